// The log as a ledger serves it, for the verifier and the mirror.
#ifndef CRADLE_SERVICES_AUDIT_LEDGER_SOURCE_H_
#define CRADLE_SERVICES_AUDIT_LEDGER_SOURCE_H_

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "cradle/v1/ledger.grpc.pb.h"
#include "services/audit/core/log_source.h"
#include "services/audit/core/verify_chain.h"

namespace cradle::audit {

// Knows no tiles and no journal: the verifier rebuilds the tree from the entries, and asks for
// consistency proofs where it has to find the place at which they part from the checkpoint.
class LedgerSource : public LogSource {
 public:
  // `ledger` must outlive it. Each call waits at most `call_timeout`.
  explicit LedgerSource(v1::LedgerService::StubInterface& ledger,
                        std::chrono::milliseconds call_timeout = std::chrono::seconds(30))
      : ledger_(ledger), call_timeout_(call_timeout) {}

  absl::StatusOr<std::string> Checkpoint() const override;
  absl::StatusOr<EntryBundle> ReadEntryBundle(uint64_t index, uint64_t width) const override;
  absl::StatusOr<std::string> ReadRuleBundle(std::string_view sha256) const override;
  absl::StatusOr<std::vector<evidence::Hash>> ConsistencyPath(uint64_t old_size,
                                                              uint64_t new_size) const override;

  absl::StatusOr<std::vector<evidence::Hash>> InclusionPath(uint64_t index, uint64_t size) const;
  // All entries of a chain by height; the paths are left empty. NOT_FOUND: it has not begun.
  absl::StatusOr<std::vector<ProvenEntry>> ReadChain(const std::string& chain) const;
  // Returns when the log has at least `size` entries. UNAVAILABLE: not within the call's timeout.
  absl::Status WaitForSize(uint64_t size) const;

 private:
  v1::LedgerService::StubInterface& ledger_;
  const std::chrono::milliseconds call_timeout_;
};

// A chain with everything that proves it: the enrolments of its keys, and of the keys that attest
// those, back to the founding.
absl::StatusOr<ChainBundle> FetchChain(const LedgerSource& source, const std::string& chain);

}  // namespace cradle::audit

#endif  // CRADLE_SERVICES_AUDIT_LEDGER_SOURCE_H_
