// What the largest statements cost, a line of them against a statement of one batch: manifests,
// confirmations and merges through a ledger on disk, signed before the clock starts.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

#include "storage/evidence/statement.h"
#include "tests/services/ledger/fixture.h"

namespace cradle::bench {
namespace {

using Clock = std::chrono::steady_clock;
using evidence::SignedStatement;
using ledger::testing::Custody;
using ledger::testing::TestLedger;
using ledger::testing::WasteBatch;

[[noreturn]] void Fail(const std::string& why) {
  std::fprintf(stderr, "limit_bench: %s\n", why.c_str());
  std::exit(1);
}

double Median(std::vector<double> values) {
  std::nth_element(values.begin(), values.begin() + static_cast<ptrdiff_t>(values.size() / 2),
                   values.end());
  return values[values.size() / 2];
}

class LimitBenchmark {
 public:
  LimitBenchmark() : custody_(Founded(ledger_).signers) { ledger_.Admit(custody_.registrations); }

  // Microseconds of each, at the median of `rounds`.
  struct Costs {
    double issue_us;
    double confirm_us;
    double merge_us;
  };
  Costs Run(int batches, int rounds) {
    std::vector<double> issues;
    std::vector<double> confirmations;
    std::vector<double> merges;
    for (int round = 0; round < rounds; ++round) {
      const std::vector<SignedStatement> journey =
          ledger_.signers.Carry(custody_.producer, custody_.carrier, custody_.vehicle,
                                custody_.receiver, Stored(batches));
      issues.push_back(Admit(journey[0]));
      Admit(journey[1]);
      Admit(journey[2]);
      confirmations.push_back(Admit(journey[3]));
      WasteBatch made;
      merges.push_back(Admit(ledger_.signers.Merge(
          custody_.producer, Stored(std::clamp(batches, 2, evidence::kBatchesMax - 1)), made)));
    }
    return {Median(issues), Median(confirmations), Median(merges)};
  }

 private:
  static TestLedger& Founded(TestLedger& ledger) {
    ledger.Found();
    return ledger;
  }

  std::vector<WasteBatch> Stored(int count) {
    std::vector<WasteBatch> batches(static_cast<size_t>(count));
    std::vector<SignedStatement> statements;
    for (WasteBatch& batch : batches) {
      statements.push_back(ledger_.signers.Generate(custody_.producer, batch));
      statements.push_back(ledger_.signers.Store(custody_.producer, batch));
    }
    ledger_.Admit(std::move(statements));
    return batches;
  }

  double Admit(const SignedStatement& statement) {
    const auto begin = Clock::now();
    const auto results = ledger_.TrySubmit({statement});
    const auto end = Clock::now();
    if (!results.ok()) Fail(results.status().ToString());
    if (!std::holds_alternative<ledger::Admission>(results->at(0).outcome)) {
      Fail(ledger::testing::RuleOf(results->at(0)));
    }
    return std::chrono::duration<double, std::micro>(end - begin).count();
  }

  TestLedger ledger_;
  Custody custody_;
};

// `few` and `many`: the batches that the statements name.
void Print(const char* name, int few, double few_us, int many, double many_us) {
  std::printf("limit_%s_%d %.4g us\n", name, few, few_us);
  std::printf("limit_%s_%d %.4g us\n", name, many, many_us);
  std::printf("limit_%s_batch_ratio %.3g\n", name, many_us / many / (few_us / few));
}

int Main(int argc, char** argv) {
  CLI::App app("What the largest statements cost");
  int rounds = 21;
  app.add_option("--rounds", rounds, "Statements of each kind and size")
      ->check(CLI::Range(1, 1000));
  CLI11_PARSE(app, argc, argv);
  LimitBenchmark benchmark;
  const auto one = benchmark.Run(1, rounds);
  const auto largest = benchmark.Run(evidence::kBatchesMax, rounds);
  Print("manifest", 1, one.issue_us, evidence::kBatchesMax, largest.issue_us);
  Print("receipt", 1, one.confirm_us, evidence::kBatchesMax, largest.confirm_us);
  // Two and the one that is made of them.
  Print("merge", 3, one.merge_us, evidence::kBatchesMax, largest.merge_us);
  return 0;
}

}  // namespace
}  // namespace cradle::bench

int main(int argc, char** argv) { return cradle::bench::Main(argc, argv); }
