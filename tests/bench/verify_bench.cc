// Verification of a whole log from its bytes, against bare P-256 verification of the same
// attestations on all cores.
#include <fmt/format.h>
#include <sys/resource.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <future>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "clients/sdk/outcome.h"
#include "services/audit/core/verify_log.h"
#include "services/cradled/config.h"
#include "services/cradled/store_source.h"
#include "services/ledger/ledger.h"
#include "services/runtime/clock.h"
#include "storage/evidence/entry.h"
#include "storage/evidence/hash.h"
#include "storage/kv/rocksdb_store.h"
#include "tests/bench/append_workload.h"
#include "tests/services/ledger/signers.h"

namespace cradle::bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr size_t kLanes = 16;
constexpr size_t kStatementsPerCall = 500;

double Seconds(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

double Median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

[[noreturn]] void Fail(const std::string& why) {
  std::fprintf(stderr, "verify_bench: %s\n", why.c_str());
  std::exit(1);
}

// What is proven of one attestation: its signature under its key.
struct Proof {
  const evidence::PublicKey* key;
  evidence::SignedAttestation attestation;
};

class VerifyBenchmark {
 public:
  VerifyBenchmark(std::string directory, uint64_t entries)
      : data_{std::move(directory)},
        log_key_(evidence::PrivateKey::Generate(statement::v1::KEY_ALGORITHM_ED25519).value()),
        verifier_(evidence::NoteVerifier::Create(kOrigin, log_key_.public_key()).value()),
        workload_(kLanes, log_key_.public_key()) {
    WriteLog(entries);
    CollectProofs();
  }

  void Run(int rounds) {
    std::vector<double> ratios;
    std::vector<double> rates;
    for (int round = 0; round < rounds; ++round) {
      const double raw = static_cast<double>(proofs_.size()) / TimeRawVerification();
      const double whole = static_cast<double>(proofs_.size()) / TimeVerifyLog();
      rates.push_back(whole);
      ratios.push_back(whole / raw);
      std::fprintf(stderr, "round %d: %.0f attestations/s, raw P-256 %.0f/s, ratio %.3f\n",
                   round + 1, whole, raw, ratios.back());
    }
    rusage used{};
    getrusage(RUSAGE_SELF, &used);
    std::printf("verify_attestations_per_second %.4g 1/s\n", Median(rates));
    std::printf("verify_ratio %.3g\n", Median(ratios));
    std::printf("verify_peak_memory %.4g MiB\n", static_cast<double>(used.ru_maxrss) / 1024);
  }

 private:
  void WriteLog(uint64_t entries) {
    const auto rule_data = ledger::testing::SampleRuleData();
    std::filesystem::create_directories(data_.rule_data());
    const std::string bundle = evidence::Hex(rule_data->sha256()) + ".bundle";
    if (!cradled::WriteFile(data_.rule_data() / bundle, rule_data->bundle(), 0644).ok()) {
      Fail("cannot write the rule data");
    }
    auto store = kv::OpenRocksDb(data_.ledger().string());
    if (!store.ok()) Fail(store.status().ToString());
    store_ = *std::move(store);
    ledger::LedgerOptions options;
    options.identity = {kOrigin, log_key_, workload_.regulator_key()};
    options.store = store_.get();
    options.journal_directory = data_.journal().string();
    options.library.Add(rule_data);
    options.clock = &clock_;
    auto opened = ledger::Ledger::Open(std::move(options));
    if (!opened.ok()) Fail(opened.status().ToString());
    for (const v1::SubmitRequest& request : workload_.Setup()) Submit(**opened, request);
    while ((*opened)->size() < entries) {
      for (const Lane& lane : workload_.Sign(kStatementsPerCall)) {
        v1::SubmitRequest request;
        for (const v1::SubmitRequest& one : lane) request.MergeFrom(one);
        Submit(**opened, request);
      }
    }
    std::fprintf(stderr, "a log of %zu entries\n", static_cast<size_t>((*opened)->size()));
  }

  static void Submit(ledger::Ledger& ledger, const v1::SubmitRequest& request) {
    std::vector<evidence::SignedStatement> statements;
    for (const v1::SignedStatement& statement : request.statements()) {
      statements.push_back(sdk::FromProto(statement));
    }
    std::promise<std::string> refused;
    ledger.Submit(std::move(statements), [&](auto results) {
      if (!results.ok()) return refused.set_value(results.status().ToString());
      for (const ledger::SubmitResult& result : *results) {
        if (!std::holds_alternative<ledger::Admission>(result.outcome)) {
          return refused.set_value("a statement was refused");
        }
      }
      refused.set_value("");
    });
    if (const std::string why = refused.get_future().get(); !why.empty()) Fail(why);
  }

  // All attestations by P-256 keys, with their keys decoded: decoding is not what is compared.
  void CollectProofs() {
    for (const std::string& spki : workload_.Keys()) {
      auto key = evidence::PublicKey::FromSpki(statement::v1::KEY_ALGORITHM_ECDSA_P256, spki);
      if (!key.ok()) Fail(key.status().ToString());
      keys_.emplace(std::string(evidence::AsBytes(key->id())), *key);
    }
    const uint64_t size = ledger::ReadSize(*store_).value();
    for (uint64_t index = 0; index < size; ++index) {
      const auto entry = evidence::DecodeEntry(ledger::ReadEntry(*store_, index).value());
      for (const auto& attestation : entry->signed_statement.attestations) {
        const auto message = evidence::ParseAttestation(attestation.attestation);
        const auto key = keys_.find(message->key_id());
        if (key != keys_.end()) proofs_.push_back({&key->second, attestation});
      }
    }
  }

  double TimeRawVerification() const {
    const size_t threads = std::max(1U, std::thread::hardware_concurrency());
    std::atomic<size_t> next = 0;
    std::atomic<size_t> failed = 0;
    const auto begin = Clock::now();
    std::vector<std::thread> workers;
    for (size_t i = 0; i < threads; ++i) {
      workers.emplace_back([&] {
        for (size_t at = next++; at < proofs_.size(); at = next++) {
          if (!evidence::VerifyAttestation(proofs_[at].attestation, *proofs_[at].key).ok()) {
            ++failed;
          }
        }
      });
    }
    for (std::thread& worker : workers) worker.join();
    const double seconds = Seconds(begin);
    if (failed > 0) Fail("a signature does not hold");
    return seconds;
  }

  double TimeVerifyLog() const {
    const cradled::StoreSource source(data_, *store_);
    const auto begin = Clock::now();
    const audit::Report report = audit::VerifyLog(source, verifier_);
    const double seconds = Seconds(begin);
    if (report.verdict != audit::Verdict::kVerified) {
      Fail(report.findings.empty() ? "not verified" : report.findings[0].reason);
    }
    return seconds;
  }

  const cradled::DataDirectory data_;
  const evidence::PrivateKey log_key_;
  const evidence::NoteVerifier verifier_;
  const runtime::ManualClock clock_{ledger::testing::kStartMs + 3'600'000};
  Workload workload_;
  std::unique_ptr<kv::Store> store_;
  std::map<std::string, evidence::PublicKey> keys_;
  std::vector<Proof> proofs_;
};

int Main(int argc, char** argv) {
  uint64_t entries = 20'000;
  int rounds = 3;
  CLI::App app("Verification of a whole log against bare P-256 verification on all cores.");
  app.add_option("--entries", entries, "of the log at least");
  app.add_option("--rounds", rounds, "rounds of both");
  CLI11_PARSE(app, argc, argv);
  std::string directory = (std::filesystem::temp_directory_path() / "verify_bench_XXXXXX").string();
  if (mkdtemp(directory.data()) == nullptr) Fail("no temporary directory");
  {
    VerifyBenchmark(directory, entries).Run(rounds);
  }
  std::filesystem::remove_all(directory);
  return 0;
}

}  // namespace
}  // namespace cradle::bench

int main(int argc, char** argv) { return cradle::bench::Main(argc, argv); }
