// Many threads write while many read and verify. Opens no channel, so ThreadSanitizer sees it all;
// there it runs over a store in memory, because RocksDB is not instrumented.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <future>
#include <random>
#include <string>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

#include "storage/evidence/entry.h"
#include "storage/evidence/hash.h"
#include "storage/evidence/note.h"
#include "storage/evidence/proof.h"
#include "storage/evidence/receipt.h"
#include "tests/services/ledger/fixture.h"

namespace cradle::ledger::testing {
namespace {

using evidence::SignedStatement;

#if defined(__SANITIZE_THREAD__)
constexpr auto kEngine = TestLedger::Engine::kMemory;
#else
constexpr auto kEngine = TestLedger::Engine::kRocksDb;
#endif

constexpr int kWriters = 6;
constexpr int kReaders = 3;
constexpr int kBatchesPerWriter = 25;

class HammerTest : public ::testing::Test {
 protected:
  HammerTest()
      : verifier_(evidence::NoteVerifier::Create(kOrigin, ledger_.log_key.public_key()).value()) {
    ledger_.Found();
    for (int i = 0; i < kWriters; ++i) {
      std::vector<SignedStatement> out;
      producers_.push_back(ledger_.signers.Register(statement::v1::ORGANISATION_ROLE_PRODUCER,
                                                    statement::v1::FACILITY_KIND_STORAGE_WAREHOUSE,
                                                    out));
      ledger_.Admit(out);
      std::vector<SignedStatement>& work = work_.emplace_back();
      for (int n = 0; n < kBatchesPerWriter; ++n) {
        WasteBatch batch;
        work.push_back(ledger_.signers.Generate(producers_.back(), batch));
        work.push_back(ledger_.signers.Store(producers_.back(), batch));
      }
    }
  }

  // A receipt must verify at any moment, and the first one of an index never changes.
  void ReadAtRandom(unsigned seed, const std::atomic<bool>& writing,
                    std::vector<std::string>& first_receipts, std::mutex& mutex) {
    std::mt19937 random(seed);
    while (writing) {
      const std::string note = ledger_.ledger->Checkpoint().value();
      const evidence::Checkpoint checkpoint = evidence::OpenCheckpoint(note, verifier_).value();
      const uint64_t index = random() % checkpoint.size;
      VerifyReceipts(index, first_receipts, mutex);
      VerifyConsistencyWith(checkpoint, 1 + random() % checkpoint.size);
    }
  }

  void VerifyReceipts(uint64_t index, std::vector<std::string>& first_receipts, std::mutex& mutex) {
    const LogReader& reader = ledger_.reader();
    const std::string first = reader.Receipt(index, false).value();
    const std::string newest = reader.Receipt(index, true).value();
    for (const std::string& text : {first, newest}) {
      const auto receipt = evidence::ParseReceipt(text).value();
      EXPECT_EQ(receipt.index, index);
      EXPECT_EQ(evidence::VerifyReceipt(receipt, verifier_).status(), absl::OkStatus());
    }
    std::lock_guard lock(mutex);
    if (first_receipts.size() <= index) first_receipts.resize(index + 1);
    if (first_receipts[index].empty()) first_receipts[index] = first;
    EXPECT_EQ(first_receipts[index], first) << "the receipt of " << index << " changed";
  }

  void VerifyConsistencyWith(const evidence::Checkpoint& checkpoint, uint64_t old_size) {
    const LogReader& reader = ledger_.reader();
    const auto old_root = reader.SignedRoot(old_size).value();
    if (!old_root) return;
    const auto path = reader.Consistency(old_size, checkpoint.size).value();
    EXPECT_EQ(
        evidence::VerifyConsistency(old_size, checkpoint.size, *old_root, checkpoint.root, path),
        absl::OkStatus());
  }

  TestLedger ledger_{kEngine};
  const evidence::NoteVerifier verifier_;
  std::vector<Enterprise> producers_;
  std::vector<std::vector<SignedStatement>> work_;
};

TEST_F(HammerTest, EveryReceiptVerifiesAtAnyMomentWhileWritersWrite) {
  std::atomic<bool> writing = true;
  std::mutex mutex;
  std::vector<std::string> first_receipts;
  std::vector<std::thread> readers;
  for (unsigned i = 0; i < kReaders; ++i) {
    readers.emplace_back([&, i] { ReadAtRandom(i, writing, first_receipts, mutex); });
  }
  std::vector<std::vector<Admission>> admissions(kWriters);
  std::vector<std::thread> writers;
  for (size_t w = 0; w < kWriters; ++w) {
    writers.emplace_back([&, w] {
      for (const SignedStatement& statement : work_[w]) {
        admissions[w].push_back(ledger_.Admit(statement));
      }
    });
  }
  for (std::thread& writer : writers) writer.join();
  writing = false;
  for (std::thread& reader : readers) reader.join();

  for (size_t w = 0; w < kWriters; ++w) {
    for (size_t i = 0; i < work_[w].size(); ++i) {
      const Admission& admission = admissions[w][i];
      ledger_.ExpectReceipt(admission, work_[w][i]);
      EXPECT_EQ(ledger_.reader().Receipt(admission.index, false).value(), admission.receipt);
    }
  }
  for (uint64_t index = 0; index < ledger_.ledger->size(); ++index) {
    VerifyReceipts(index, first_receipts, mutex);
  }
}

TEST_F(HammerTest, TheSameStatementFromAllThreadsIsOneEntry) {
  const uint64_t before = ledger_.ledger->size();
  std::vector<std::vector<Admission>> admissions(kWriters);
  std::vector<std::thread> writers;
  for (size_t w = 0; w < kWriters; ++w) {
    writers.emplace_back([&, w] {
      for (const SignedStatement& statement : work_[0]) {
        admissions[w].push_back(ledger_.Admit(statement));
      }
    });
  }
  for (std::thread& writer : writers) writer.join();
  EXPECT_EQ(ledger_.ledger->size(), before + work_[0].size());
  for (size_t i = 0; i < work_[0].size(); ++i) {
    size_t first_admissions = 0;
    for (size_t w = 0; w < kWriters; ++w) {
      EXPECT_EQ(admissions[w][i].receipt, admissions[0][i].receipt);
      if (!admissions[w][i].repeated_submission) ++first_admissions;
    }
    EXPECT_EQ(first_admissions, 1);
  }
}

TEST_F(HammerTest, AStoreThatRefusesNowAndThenLosesNothingAndRepeatsNothing) {
  const uint64_t before = ledger_.ledger->size();
  ledger_.faults.refuse_every = 3;
  std::atomic<int> turned_away = 0;
  std::vector<std::vector<Admission>> admissions(kWriters);
  std::vector<std::thread> writers;
  for (size_t w = 0; w < kWriters; ++w) {
    writers.emplace_back([&, w] {
      for (const SignedStatement& statement : work_[w]) {
        auto results = ledger_.TrySubmit({statement});
        while (absl::IsResourceExhausted(results.status())) {
          ++turned_away;
          results = ledger_.TrySubmit({statement});
        }
        ASSERT_EQ(results.status(), absl::OkStatus());
        ASSERT_TRUE(std::holds_alternative<Admission>(results->at(0).outcome));
        admissions[w].push_back(std::get<Admission>(results->at(0).outcome));
      }
    });
  }
  for (std::thread& writer : writers) writer.join();
  ledger_.faults.refuse_every = 0;
  EXPECT_GT(turned_away, 0);
  EXPECT_EQ(ledger_.ledger->size(), before + kWriters * 2 * kBatchesPerWriter);
  for (size_t w = 0; w < kWriters; ++w) {
    ASSERT_EQ(admissions[w].size(), work_[w].size());
    for (size_t i = 0; i < work_[w].size(); ++i) {
      ledger_.ExpectReceipt(admissions[w][i], work_[w][i]);
    }
  }
  ledger_.Close();  // the start compares the tree with all that was signed
  EXPECT_EQ(ledger_.Open(), absl::OkStatus());
}

TEST_F(HammerTest, StopWhileAllSubmitAnswersEveryone) {
  std::atomic<int> answered = 0;
  std::vector<std::thread> writers;
  for (size_t w = 0; w < kWriters; ++w) {
    writers.emplace_back([&, w] {
      for (const SignedStatement& statement : work_[w]) {
        const auto results = ledger_.TrySubmit({statement});
        if (!results.ok()) {
          EXPECT_TRUE(absl::IsUnavailable(results.status())) << results.status();
        }
        ++answered;
      }
    });
  }
  std::promise<void> grown;
  ledger_.ledger->WhenBeyond(ledger_.ledger->size() + 10, [&grown] { grown.set_value(); });
  grown.get_future().wait();
  ledger_.ledger->Stop();
  for (std::thread& writer : writers) writer.join();
  EXPECT_EQ(answered, kWriters * 2 * kBatchesPerWriter);
}

TEST_F(HammerTest, GrowthWakesEveryoneWhoWaitsOnce) {
  std::atomic<int> woken = 0;
  const uint64_t size = ledger_.ledger->size();
  std::vector<std::promise<void>> woke(20);
  for (auto& wake : woke) {
    ledger_.ledger->WhenBeyond(size, [&] {
      ++woken;
      wake.set_value();
    });
  }
  const WaitId cancelled = ledger_.ledger->WhenBeyond(size, [&woken] { woken += 1'000; });
  EXPECT_TRUE(ledger_.ledger->CancelWait(cancelled));
  EXPECT_FALSE(ledger_.ledger->CancelWait(cancelled));
  EXPECT_EQ(woken, 0);
  ledger_.Admit(work_[0][0]);
  for (auto& wake : woke) wake.get_future().wait();
  EXPECT_EQ(woken, 20);
  ledger_.ledger->WhenBeyond(size, [&woken] { ++woken; });  // grown already: at once
  EXPECT_EQ(woken, 21);
  ledger_.ledger->WhenBeyond(size + 1'000, [&woken] { ++woken; });
  ledger_.ledger->Stop();
  EXPECT_EQ(woken, 22);
}

}  // namespace
}  // namespace cradle::ledger::testing
