// Everyone's pen: one process that holds the keys of a whole district, signs for each organisation
// as its own device would, and submits through the public API.
#ifndef CRADLE_CLIENTS_DISTRICT_DESK_H_
#define CRADLE_CLIENTS_DISTRICT_DESK_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "clients/sdk/compose.h"
#include "clients/sdk/connection.h"
#include "clients/sdk/heads.h"
#include "clients/sdk/outcome.h"
#include "storage/evidence/key.h"
#include "storage/evidence/note.h"
#include "storage/evidence/statement.h"

namespace cradle::district {

// A device of an organisation: its key, who holds it, the counter it signs with.
struct Device {
  std::string person;
  evidence::PrivateKey key;
  std::unique_ptr<sdk::SequenceCounter> counter;
};

// Not thread-safe; `connection` must outlive it.
class Desk {
 public:
  Desk(const sdk::Connection& connection, evidence::NoteVerifier log)
      : connection_(connection), log_(std::move(log)) {}

  // A new P-256 key for an organisation (id), and a random person. It signs from its enrolment on.
  absl::StatusOr<const Device*> MakeDevice(const std::string& organisation);
  void AddDevice(const std::string& organisation, Device device);
  const Device* FindDevice(const std::string& organisation) const;

  // Composes a statement whose parties and event are set, claimed at `claimed_time_ms`, and attests
  // it for every party but the log. It links to what was signed here before.
  absl::Status Sign(statement::v1::Statement asked, int64_t claimed_time_ms);

  // Submits what was signed since the last time and verifies each receipt. Every statement must be
  // admitted. FAILED_PRECONDITION: one was not; says which and why.
  absl::Status Send();

  // Called as receipts are verified, with their number so far.
  void OnProgress(std::function<void(size_t)> progress) { progress_ = std::move(progress); }

  size_t receipts() const { return receipts_; }
  // The statement and receipt of the first entry.
  const std::optional<std::pair<evidence::SignedStatement, sdk::Outcome>>& first() const {
    return first_;
  }
  // The newest checkpoint among the receipts, as signed; empty before the first.
  const std::string& newest_note() const { return newest_note_; }
  const std::optional<evidence::Checkpoint>& newest() const { return newest_; }
  // How often each rule marked a statement.
  const std::map<std::string, size_t>& marks() const { return marks_; }

 private:
  absl::Status Keep(size_t place, sdk::Outcome outcome);

  const sdk::Connection& connection_;
  const evidence::NoteVerifier log_;
  sdk::HeadTable heads_;
  std::map<std::string, Device> devices_;
  std::vector<evidence::SignedStatement> signed_;
  std::function<void(size_t)> progress_;
  size_t receipts_ = 0;
  std::optional<std::pair<evidence::SignedStatement, sdk::Outcome>> first_;
  std::optional<evidence::Checkpoint> newest_;
  std::string newest_note_;
  std::map<std::string, size_t> marks_;
};

}  // namespace cradle::district

#endif  // CRADLE_CLIENTS_DISTRICT_DESK_H_
