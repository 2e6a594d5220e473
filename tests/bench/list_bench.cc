// What the monitoring view costs as the log grows: folding an entry, and the list of who is over
// the limit, whose length stays the same.
#include <fmt/format.h>
#include <stdlib.h>
#include <sys/resource.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "clients/sdk/outcome.h"
#include "services/monitoring/view.h"
#include "services/runtime/clock.h"
#include "services/runtime/view.h"
#include "storage/evidence/entry.h"
#include "storage/evidence/statement.h"
#include "storage/kv/rocksdb_store.h"
#include "tests/bench/append_workload.h"

namespace cradle::bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr size_t kEnterprises = 64;  // each with one batch over the limit
constexpr size_t kStatementsPerCommit = 500;
constexpr size_t kStatementsPerSigning = 100'000;
constexpr int kLists = 101;
constexpr int64_t kDayMs = 86'400'000;
constexpr int64_t kOldDays = 400;

double Microseconds(Clock::duration duration) {
  return std::chrono::duration<double, std::micro>(duration).count();
}

[[noreturn]] void Fail(const std::string& why) {
  std::fprintf(stderr, "list_bench: %s\n", why.c_str());
  std::exit(1);
}

void Must(const absl::Status& status) {
  if (!status.ok()) Fail(status.ToString());
}

class ListBenchmark {
 public:
  explicit ListBenchmark(const std::string& directory)
      : log_key_(evidence::PrivateKey::Generate(statement::v1::KEY_ALGORITHM_ED25519).value()),
        begin_ms_(runtime::SystemClock().NowMs() - kOldDays * kDayMs),
        workload_(kEnterprises, log_key_.public_key(), begin_ms_) {
    auto store = kv::OpenRocksDb(directory);
    Must(store.status());
    store_ = *std::move(store);
    auto writer = store_->OpenWriter();
    Must(writer.status());
    writer_ = *std::move(writer);
    library_.Add(ledger::testing::SampleRuleData());
    recorded_ms_ = begin_ms_;
    Fold(workload_.Setup(&log_key_));
    Fold(workload_.Stock());
    recorded_ms_ = runtime::SystemClock().NowMs();
  }

  void Run(uint64_t entries_max) {
    for (uint64_t entries = 10'000; entries <= entries_max; entries *= 10) {
      const double fold_us = GrowTo(entries);
      const std::string at = fmt::format("_at_1e{}", std::to_string(entries).size() - 1);
      std::printf("list_fold_cost%s %.4g us\n", at.c_str(), fold_us);
      std::printf("list_cost%s %.4g us\n", at.c_str(), MedianListCost());
      std::fflush(stdout);
    }
    rusage used{};
    getrusage(RUSAGE_SELF, &used);
    std::printf("list_peak_memory %.4g MiB\n", static_cast<double>(used.ru_maxrss) / 1024);
  }

 private:
  // Signs and folds more. Microseconds of one entry's fold, among those folded last.
  double GrowTo(uint64_t entries) {
    double fold_us = 0;
    while (size_ < entries) {
      const size_t missing = std::min<size_t>(entries - size_, kStatementsPerSigning);
      std::vector<v1::SubmitRequest> requests;
      for (Lane& lane : workload_.Sign(missing / kEnterprises + 1)) {
        std::move(lane.begin(), lane.end(), std::back_inserter(requests));
      }
      recorded_ms_ = runtime::SystemClock().NowMs();
      const uint64_t before = size_;
      const auto begin = Clock::now();
      Fold(requests);
      fold_us = Microseconds(Clock::now() - begin) / static_cast<double>(size_ - before);
      std::fprintf(stderr, "%llu entries folded\n", static_cast<unsigned long long>(size_));
    }
    return fold_us;
  }

  void Fold(const std::vector<v1::SubmitRequest>& requests) {
    runtime::ViewWriter changes(store_.get());
    size_t uncommitted = 0;
    for (const v1::SubmitRequest& request : requests) {
      for (const v1::SignedStatement& signed_statement : request.statements()) {
        evidence::Entry entry;
        entry.recorded_time_ms = recorded_ms_;
        entry.signed_statement = sdk::FromProto(signed_statement);
        const auto bytes = evidence::EncodeEntry(entry);
        Must(bytes.status());
        Must(runtime::FoldEntry(monitoring::MonitoringView(), library_, size_++, *bytes, changes));
        ++uncommitted;
      }
      if (uncommitted >= kStatementsPerCommit || &request == &requests.back()) {
        Must(writer_->Commit(changes.ToBatch(), kv::Durability::kBuffered));
        changes.Clear();
        uncommitted = 0;
      }
    }
  }

  double MedianListCost() const {
    std::vector<double> costs;
    for (int i = 0; i < kLists; ++i) {
      const auto begin = Clock::now();
      v1::GetListResponse list;
      Must(monitoring::GetList(*store_, {size_, recorded_ms_, library_}, {}, list));
      costs.push_back(Microseconds(Clock::now() - begin));
      if (list.listed_size() != kEnterprises) {
        Fail(fmt::format("{} enterprises are listed, not {}", list.listed_size(), kEnterprises));
      }
    }
    std::nth_element(costs.begin(), costs.begin() + kLists / 2, costs.end());
    return costs[kLists / 2];
  }

  const evidence::PrivateKey log_key_;
  const int64_t begin_ms_;
  Workload workload_;
  rules::RuleDataLibrary library_;
  std::unique_ptr<kv::Store> store_;
  std::unique_ptr<kv::Writer> writer_;
  int64_t recorded_ms_ = 0;
  uint64_t size_ = 0;
};

int Main(int argc, char** argv) {
  uint64_t entries = 1'000'000;
  CLI::App app("The monitoring view as the log grows: the cost of folding and of the list.");
  app.add_option("--entries", entries, "how far the log is grown");
  CLI11_PARSE(app, argc, argv);
  std::string directory = (std::filesystem::temp_directory_path() / "list_bench_XXXXXX").string();
  if (mkdtemp(directory.data()) == nullptr) Fail("no temporary directory");
  {
    ListBenchmark(directory).Run(entries);
  }
  std::filesystem::remove_all(directory);
  return 0;
}

}  // namespace
}  // namespace cradle::bench

int main(int argc, char** argv) { return cradle::bench::Main(argc, argv); }
