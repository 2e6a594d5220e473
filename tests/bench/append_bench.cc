// Attested, judged, synced appends with 64 in flight, against a bare gRPC server that echoes and
// makes the same verifications; then what things cost as the log grows.
#include <fmt/format.h>
#include <sys/stat.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "storage/evidence/hash.h"
#include "storage/evidence/note.h"
#include "tests/bench/append_client.h"
#include "tests/bench/append_servers.h"
#include "tests/bench/append_workload.h"
#include "tests/bench/process.h"

namespace cradle::bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr size_t kInFlight = 64;
constexpr size_t kGrowthPerRequest = 13;  // statements a request, while the log is only grown
constexpr int kReads = 200;

struct Settings {
  std::string directory;
  size_t rounds = 5;
  size_t round_statements = 10'000;
  uint64_t entries_max = 1'000'000;
};

double Seconds(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

double Median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

void Progress(const std::string& text) { std::fprintf(stderr, "%s\n", text.c_str()); }
void Figure(const std::string& name, double value, const std::string& unit) {
  std::printf("%s %.4g%s%s\n", name.c_str(), value, unit.empty() ? "" : " ", unit.c_str());
  std::fflush(stdout);
}

void WriteFile(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

class AppendBenchmark {
 public:
  explicit AppendBenchmark(Settings settings)
      : settings_(std::move(settings)),
        log_key_(evidence::PrivateKey::Generate(statement::v1::KEY_ALGORITHM_ED25519).value()),
        verifier_(evidence::NoteVerifier::Create(kOrigin, log_key_.public_key()).value()),
        workload_(kInFlight, log_key_.public_key()) {
    WriteFile(settings_.directory + "/" + kLogKeyFile, log_key_.ToPem().value());
    WriteFile(settings_.directory + "/" + kRegulatorFile,
              evidence::Hex(workload_.regulator_key().spki_der()));
    std::string keys;
    for (const std::string& key : workload_.Keys()) keys += evidence::Hex(key) + "\n";
    WriteFile(settings_.directory + "/" + kKeysFile, keys);
    StartLedger();
    for (auto& request : workload_.Setup()) Append({{std::move(request)}});
  }

  void Run() {
    CompareWithBaseline();
    for (uint64_t entries = 10'000; entries <= settings_.entries_max; entries *= 10) {
      GrowTo(entries);
      CostAt(entries);
    }
    Figure("append_peak_memory", peak_memory_mib_, "MiB");
  }

 private:
  void StartLedger() {
    const auto begin = Clock::now();
    ledger_ = std::make_unique<ServerProcess>(
        std::vector<std::string>{"--serve", "ledger", "--directory", settings_.directory});
    start_seconds_ = Seconds(begin);
    stub_ = Connect(ledger_->address());
  }

  // Sends, stops the clock, then checks every receipt.
  double Append(const std::vector<Lane>& lanes) {
    const bench::Run run = Send(*stub_, lanes);
    CheckReceipts(lanes, run, verifier_);
    size_ += run.statements;
    peak_memory_mib_ = std::max(peak_memory_mib_, ledger_->PeakMemoryMib());
    return run.per_second();
  }

  void CompareWithBaseline() {
    ServerProcess baseline({"--serve", "baseline", "--directory", settings_.directory});
    const auto baseline_stub = Connect(baseline.address());
    std::vector<double> appends;
    std::vector<double> echoes;
    std::vector<double> ratios;
    double statements = 0;
    const double echo_cpu_begin = baseline.CpuSeconds();
    const double append_cpu_begin = ledger_->CpuSeconds();
    for (size_t round = 0; round < settings_.rounds; ++round) {
      const std::vector<Lane> lanes = workload_.Sign(settings_.round_statements / kInFlight);
      echoes.push_back(Send(*baseline_stub, lanes).per_second());
      appends.push_back(Append(lanes));
      for (const Lane& lane : lanes) statements += static_cast<double>(lane.size());
      ratios.push_back(appends.back() / echoes.back());
      Progress(fmt::format("round {}: {:.0f} appends/s, baseline {:.0f}/s, ratio {:.3f}", round + 1,
                           appends.back(), echoes.back(), ratios.back()));
    }
    Figure("append_per_second", Median(appends), "1/s");
    Figure("append_baseline_per_second", Median(echoes), "1/s");
    Figure("append_ratio", Median(ratios), "");
    Figure("append_cpu", 1e6 * (ledger_->CpuSeconds() - append_cpu_begin) / statements, "us");
    Figure("append_baseline_cpu", 1e6 * (baseline.CpuSeconds() - echo_cpu_begin) / statements,
           "us");
    Figure("append_baseline_peak_memory", baseline.PeakMemoryMib(), "MiB");
  }

  void GrowTo(uint64_t entries) {
    while (size_ < entries) {
      const uint64_t missing = std::min<uint64_t>(entries - size_, 100'000);
      std::vector<Lane> lanes = workload_.Sign(missing / kInFlight + 1);
      for (Lane& lane : lanes) lane = Pack(lane);
      Append(lanes);
      Progress(fmt::format("grown to {} entries", size_));
    }
  }

  // Many statements a request: the log grows faster, and it is not measured.
  static Lane Pack(const Lane& lane) {
    Lane packed;
    for (size_t i = 0; i < lane.size(); ++i) {
      if (i % kGrowthPerRequest == 0) packed.emplace_back();
      *packed.back().add_statements() = lane[i].statements(0);
    }
    return packed;
  }

  void CostAt(uint64_t entries) {
    const std::string at = fmt::format("_at_1e{}", std::to_string(entries).size() - 1);
    Figure("append_cost" + at, 1e6 / Append(workload_.Sign(settings_.round_statements / kInFlight)),
           "us");
    ledger_->Stop();
    StartLedger();
    Figure("append_start" + at, start_seconds_ * 1e3, "ms");
    Figure("append_proof" + at, TimeRead([this](uint64_t index) { ReadProof(index); }), "us");
    Figure("append_receipt" + at, TimeRead([this](uint64_t index) { ReadReceipt(index); }), "us");
    Figure("append_list" + at, TimeRead([this](uint64_t index) { ReadChunk(index); }), "us");
  }

  // Microseconds of one read, over indexes spread through the log.
  template <typename Read>
  double TimeRead(Read read) {
    read(0);
    const auto begin = Clock::now();
    for (int i = 0; i < kReads; ++i) {
      read((static_cast<uint64_t>(i) * 2'654'435'761u) % size_);
    }
    return Seconds(begin) * 1e6 / kReads;
  }

  template <typename Call>
  static void Must(Call call) {
    grpc::ClientContext context;
    const grpc::Status status = call(context);
    if (status.ok()) return;
    Progress("a read failed: " + status.error_message());
    std::exit(1);
  }

  void ReadProof(uint64_t index) {
    v1::GetProofRequest request;
    request.mutable_inclusion()->set_index(index);
    request.mutable_inclusion()->set_size(size_);
    v1::GetProofResponse response;
    Must([&](auto& context) { return stub_->GetProof(&context, request, &response); });
  }

  void ReadReceipt(uint64_t index) {
    v1::GetReceiptRequest request;
    request.set_index(index);
    v1::GetReceiptResponse response;
    Must([&](auto& context) { return stub_->GetReceipt(&context, request, &response); });
  }

  // A hundred entries from the index on.
  void ReadChunk(uint64_t index) {
    v1::ReadEntriesRequest request;
    request.set_from_index(index);
    request.set_until_size(std::min<uint64_t>(index + 100, size_));
    Must([&](auto& context) {
      auto stream = stub_->ReadEntries(&context, request);
      v1::ReadEntriesResponse response;
      while (stream->Read(&response)) {
      }
      return stream->Finish();
    });
  }

  const Settings settings_;
  const evidence::PrivateKey log_key_;
  const evidence::NoteVerifier verifier_;
  Workload workload_;
  std::unique_ptr<ServerProcess> ledger_;
  std::unique_ptr<v1::LedgerService::Stub> stub_;
  double start_seconds_ = 0;
  double peak_memory_mib_ = 0;
  uint64_t size_ = 0;
};

std::string NewDirectory() {
  std::string path = (std::filesystem::temp_directory_path() / "append_bench_XXXXXX").string();
  return mkdtemp(path.data()) == nullptr ? "" : path;
}

int Main(int argc, char** argv) {
  Settings settings;
  std::string serve;
  CLI::App app("Appends per second against a bare gRPC server with the same verifications.");
  app.add_option("--entries", settings.entries_max, "how far the log is grown");
  app.add_option("--rounds", settings.rounds, "rounds of ledger and baseline");
  app.add_option("--statements", settings.round_statements, "statements a round");
  app.add_option("--directory", settings.directory, "where the data goes; default: temporary");
  app.add_option("--serve", serve, "of the benchmark itself")->group("");
  CLI11_PARSE(app, argc, argv);
  if (serve == "ledger") return ServeLedger(settings.directory);
  if (serve == "baseline") return ServeBaseline(settings.directory);
  const bool temporary = settings.directory.empty();
  if (temporary) settings.directory = NewDirectory();
  std::filesystem::create_directories(settings.directory);
  {
    AppendBenchmark(settings).Run();
  }
  if (temporary) std::filesystem::remove_all(settings.directory);
  return 0;
}

}  // namespace
}  // namespace cradle::bench

int main(int argc, char** argv) { return cradle::bench::Main(argc, argv); }
