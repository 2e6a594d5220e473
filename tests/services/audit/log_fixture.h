// Whole logs for the verifier: real keys, real signatures, admitted by the rules, laid out as
// tiles.
#ifndef CRADLE_TESTS_SERVICES_AUDIT_LOG_FIXTURE_H_
#define CRADLE_TESTS_SERVICES_AUDIT_LOG_FIXTURE_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "services/audit/core/report.h"
#include "services/audit/core/verify_log.h"
#include "services/rules/admission.h"
#include "storage/evidence/entry.h"
#include "storage/evidence/key.h"
#include "storage/evidence/note.h"
#include "tests/services/ledger/signers.h"

namespace cradle::audit::testing {

inline constexpr char kOrigin[] = "log.example.org/district";

// A directory that goes with the object.
class TemporaryDirectory {
 public:
  TemporaryDirectory();
  ~TemporaryDirectory();
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

std::string ReadAll(const std::string& path);
void WriteAll(const std::string& path, std::string_view bytes);
// Changes one byte of a file.
void FlipByte(const std::string& path, size_t offset, uint8_t mask = 0x01);

// What the log's operator can do: append entries, admitted or not, and sign any tree.
class LogFixture {
 public:
  enum class Registered { kNobody, kCustody };

  // Founds the log and registers a producer, a carrier and an operator, or nobody.
  explicit LogFixture(Registered registered = Registered::kCustody);

  // Forms the entry and lets the rules admit it, or keep it as disputed; any other verdict than
  // that kind's fails the test. Gives the index.
  uint64_t Append(const evidence::SignedStatement& statement,
                  evidence::EntryKind kind = evidence::EntryKind::kAdmitted);
  uint64_t AppendAll(const std::vector<evidence::SignedStatement>& statements);
  // The entry without asking the rules.
  uint64_t Force(const evidence::SignedStatement& statement,
                 evidence::EntryKind kind = evidence::EntryKind::kAdmitted);

  // One batch through all of its life, 8 entries.
  void Carry();
  // Generates and stores batches until the log has at least `size` entries.
  void GrowTo(uint64_t size);

  uint64_t size() const { return entries.size(); }
  evidence::Hash Root(uint64_t size) const;
  std::string Checkpoint(uint64_t size) const;  // signed
  std::string Receipt(uint64_t index, uint64_t size) const;
  statement::v1::Seen Seen(uint64_t size) const;

  // Lays out the first `size` entries with tiles, checkpoint, rule data and a journal of
  // `journalled` sizes; the directory must be empty.
  void Write(const std::string& directory, uint64_t size,
             const std::vector<uint64_t>& journalled = {}) const;
  void Write(const std::string& directory) const { Write(directory, size()); }
  // The same without new tiles and checkpoint: only the entry bundles are written over.
  void WriteEntries(const std::string& directory) const;

  // Decodes, changes and encodes an entry.
  void Edit(uint64_t index, const std::function<void(evidence::Entry&)>& change);

  const evidence::PrivateKey log_key;
  const evidence::NoteVerifier verifier;
  ledger::testing::Signers signers{kOrigin};
  std::unique_ptr<ledger::testing::Custody> custody;
  std::vector<std::string> entries;
  rules::RuleDataLibrary library;
  int64_t now_ms = ledger::testing::kStartMs;

 private:
  evidence::Entry Form(const evidence::SignedStatement& statement, evidence::EntryKind kind);

  rules::EmptyState empty_;
  rules::StateOverlay state_{&empty_};
};

// Verifies a directory with the fixture's key.
Report Verify(const LogFixture& log, const std::string& directory,
              const VerifyOptions& options = {});

// For failure messages.
std::string Describe(const Report& report);
// A finding of that verdict on that entry.
bool Names(const Report& report, Verdict verdict, uint64_t index);
bool NamesSubject(const Report& report, Verdict verdict, std::string_view subject);

}  // namespace cradle::audit::testing

#endif  // CRADLE_TESTS_SERVICES_AUDIT_LOG_FIXTURE_H_
