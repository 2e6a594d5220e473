// The ledger of one log: admits statements, puts them in order and proves it. No gRPC in here.
#ifndef CRADLE_SERVICES_LEDGER_LEDGER_H_
#define CRADLE_SERVICES_LEDGER_LEDGER_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "cradle/statement/v1/statement.pb.h"
#include "services/ledger/attestation_prover.h"
#include "services/ledger/journal.h"
#include "services/ledger/log_identity.h"
#include "services/ledger/log_reader.h"
#include "services/ledger/sequencer.h"
#include "services/ledger/submission.h"
#include "services/ledger/tip.h"
#include "services/rules/rule_data.h"
#include "services/runtime/clock.h"
#include "storage/kv/store.h"

namespace cradle::ledger {

inline constexpr size_t kSubmissionStatementsMax = 1'000;

struct LedgerOptions {
  LogIdentity identity;
  kv::Store* store = nullptr;     // its writer is taken here; must outlive the ledger
  std::string journal_directory;  // beside the store, never inside, never restored with it
  rules::RuleDataLibrary library;
  const runtime::Clock* clock = nullptr;  // must outlive the ledger
  SequencerLimits limits;
  size_t cached_keys_max = 65'536;
  JournalOptions journal;
};

// What a person is about to attest.
struct Prepared {
  evidence::ParsedStatement statement;
  std::string rendering_en;
  std::string rendering_zh;
};

// Safe to call from many threads. Until the log is founded, Submit refuses all but the founding by
// the pinned regulator, and what reads finds nothing. When it had to stop serving, every call
// answers health().
class Ledger {
 public:
  // Errors as SignerJournal::Open and Recover have them, and the store's.
  static absl::StatusOr<std::unique_ptr<Ledger>> Open(LedgerOptions options);
  ~Ledger() { Stop(); }

  // Proves the attestations on this thread, then waits its turn. `done` is called once: on this
  // thread if the call is refused as a whole, else on one of the ledger's, which it must not hold.
  // INVALID_ARGUMENT: no statements, or more than kSubmissionStatementsMax. RESOURCE_EXHAUSTED: too
  // many in flight, or a disk is full. UNAVAILABLE: stopping. In each of these cases the same bytes
  // may be submitted again.
  void Submit(std::vector<evidence::SignedStatement> statements, SubmitCallback done);

  // Completes parties, event and (if not 0) claimed time to the bytes to attest.
  // INVALID_ARGUMENT: not a statement that could be attested; names the field.
  // FAILED_PRECONDITION: a chain it extends is not there.
  absl::StatusOr<Prepared> Prepare(statement::v1::Statement statement) const;

  // NOT_FOUND: the log is not founded. A signed note.
  absl::StatusOr<std::string> Checkpoint() const;
  uint64_t size() const { return tip_.size(); }  // of the newest signed checkpoint
  // What reads the log, or why nobody may.
  absl::StatusOr<const LogReader*> reader() const;
  // NOT_FOUND: no bundle of that hash here.
  absl::StatusOr<std::string> RuleData(std::string_view sha256) const;

  // Growth, without polling: Tip::WhenBeyond and Cancel. `ready` also comes when the ledger stops;
  // it must not block.
  WaitId WhenBeyond(uint64_t size, std::function<void()> ready) {
    return tip_.WhenBeyond(size, std::move(ready));
  }
  bool CancelWait(WaitId wait) { return tip_.Cancel(wait); }

  // Answers what was submitted, then refuses all that comes with UNAVAILABLE.
  void Stop();
  absl::Status health() const;

 private:
  explicit Ledger(LedgerOptions options);
  void ProveAttestations(StatementInFlight& statement, absl::Status& failed);

  const LedgerOptions options_;
  std::unique_ptr<SignerJournal> journal_;
  std::unique_ptr<kv::Writer> writer_;
  std::unique_ptr<Signer> signer_;
  Tip tip_;
  LogReader reader_;
  AttestationProver prover_;
  std::unique_ptr<Sequencer> sequencer_;
};

}  // namespace cradle::ledger

#endif  // CRADLE_SERVICES_LEDGER_LEDGER_H_
