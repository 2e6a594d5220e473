// What a verification found.
#ifndef CRADLE_SERVICES_AUDIT_CORE_REPORT_H_
#define CRADLE_SERVICES_AUDIT_CORE_REPORT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/evidence/hash.h"

namespace cradle::audit {

// In order of gravity: a report's verdict is that of its gravest finding.
enum class Verdict {
  kVerified,
  kUnavailable,   // bytes missing
  kUnverifiable,  // key, rule set, data bundle or format unknown
  kDiverged,      // a view's key is not what the log folds to
  kTampered,      // bytes, signature, link, order or rule do not hold
  kForked,        // two signed checkpoints, or a kept receipt, do not agree
};

// "verified", "tampered", …
std::string_view VerdictName(Verdict verdict);

struct Finding {
  Verdict verdict = Verdict::kUnverifiable;
  std::optional<uint64_t> index;  // the entry, where it is one
  std::string subject;            // "entry 7", or the tile, key, receipt or checkpoint
  std::string reason;
  friend bool operator==(const Finding&, const Finding&) = default;
};

struct Report {
  Verdict verdict = Verdict::kVerified;  // of the gravest finding
  std::string scope;                     // what was read and what that proves
  std::optional<uint64_t>
      signed_size;                // of the checkpoint read against, if the log's key signed it
  uint64_t entries = 0;           // read
  uint64_t attestations = 0;      // whose signatures hold
  evidence::Hash root{};          // rebuilt from the entries read
  std::vector<Finding> findings;  // gravest first, then by entry
};

// Gathers findings. Of each kind of trouble and each verdict the first `kept_max` are kept and the
// rest counted, so that one cause with many consequences stays readable and many light findings
// never hide a grave one. Not thread-safe.
class Findings {
 public:
  explicit Findings(size_t kept_max = 8) : kept_max_(kept_max) {}

  // `kind` groups findings for counting and is not shown.
  void Add(std::string_view kind, Finding finding);
  void AddEntry(std::string_view kind, Verdict verdict, uint64_t index, std::string reason);
  bool Has(Verdict verdict) const;
  std::optional<uint64_t> FirstEntry() const;  // the first entry that a finding names

  // Gravest first; within one verdict by entry, those that name none last. One line more for each
  // kind and verdict that was cut.
  std::vector<Finding> Take();

 private:
  struct Kind {
    std::string name;
    Verdict verdict = Verdict::kUnverifiable;  // of all of them
    std::vector<Finding> kept;                 // never empty
    uint64_t cut = 0;
    Finding last;  // the last one cut
  };
  size_t kept_max_;
  std::vector<Kind> kinds_;
  std::optional<uint64_t> first_entry_;
};

// Sorts the findings in and sets the verdict.
void Conclude(Findings& findings, Report& report);

}  // namespace cradle::audit

#endif  // CRADLE_SERVICES_AUDIT_CORE_REPORT_H_
