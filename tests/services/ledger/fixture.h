// A ledger in a temporary directory with the people who submit to it.
#ifndef CRADLE_TESTS_SERVICES_LEDGER_FIXTURE_H_
#define CRADLE_TESTS_SERVICES_LEDGER_FIXTURE_H_

#include <memory>
#include <string>
#include <vector>

#include "services/ledger/ledger.h"
#include "services/runtime/clock.h"
#include "storage/kv/store.h"
#include "tests/services/ledger/faulty_store.h"
#include "tests/services/ledger/signers.h"

namespace cradle::ledger::testing {

inline constexpr char kOrigin[] = "log.example.org/district";

class TestLedger {
 public:
  enum class Engine { kRocksDb, kMemory };

  // Opens an empty ledger; nothing is founded.
  explicit TestLedger(Engine engine = Engine::kRocksDb);
  ~TestLedger();

  absl::Status Open();
  void Close();  // the ledger and, on disk, its store
  // Copies and puts back what is in the store's or the journal's directory; closed only.
  void CopyStore(const std::string& name);
  void RestoreStore(const std::string& name);
  void CopyJournal(const std::string& name);
  void RestoreJournal(const std::string& name);

  // Waits for the answer.
  absl::StatusOr<std::vector<SubmitResult>> TrySubmit(
      std::vector<evidence::SignedStatement> statements);
  // Fails the test unless the call was processed.
  std::vector<SubmitResult> Submit(std::vector<evidence::SignedStatement> statements);
  SubmitResult Submit(evidence::SignedStatement statement);
  // Fails the test unless all are admitted.
  std::vector<Admission> Admit(std::vector<evidence::SignedStatement> statements);
  Admission Admit(evidence::SignedStatement statement);

  void Found() { Admit(signers.Found(log_key.public_key())); }
  // A receipt as a client verifies it: index, statement, log key.
  void ExpectReceipt(const Admission& admission, const evidence::SignedStatement& statement) const;
  const LogReader& reader() const { return *ledger->reader().value(); }
  std::string journal_directory() const { return directory + "/journal"; }

  const std::string directory;
  const evidence::PrivateKey log_key;
  runtime::ManualClock clock{kStartMs};
  Signers signers{kOrigin};
  Faults faults;
  SequencerLimits limits;
  JournalOptions journal_options;
  std::unique_ptr<kv::Store> store;
  std::unique_ptr<Ledger> ledger;

 private:
  void Copy(const std::string& from, const std::string& to);

  const Engine engine_;
  std::unique_ptr<kv::Store> faulty_;
};

// The refusal, or fails the test.
rules::Refused RefusedOf(const SubmitResult& result);
std::string RuleOf(const SubmitResult& result);

}  // namespace cradle::ledger::testing

#endif  // CRADLE_TESTS_SERVICES_LEDGER_FIXTURE_H_
