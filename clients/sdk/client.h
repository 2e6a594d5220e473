// A device at work: prepares, attests, keeps, sends, and believes nothing it has not verified.
#ifndef CRADLE_CLIENTS_SDK_CLIENT_H_
#define CRADLE_CLIENTS_SDK_CLIENT_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "clients/sdk/clock.h"
#include "clients/sdk/connection.h"
#include "clients/sdk/home.h"
#include "clients/sdk/outcome.h"

namespace cradle::sdk {

// At most so many statements go into one call.
inline constexpr size_t kStatementsPerCall = 500;
inline constexpr size_t kCallBytesMax = 3u << 20;  // gRPC servers take 4 MiB unless told otherwise

// Not thread-safe. What it is given must outlive it.
class Client {
 public:
  // Without a connection it works offline: it prepares from the heads it knows and keeps the rest.
  Client(Home& home, const Connection* connection, const Clock& clock)
      : home_(home), connection_(connection), clock_(clock) {}

  bool online() const { return connection_ != nullptr; }

  // The organisation that this device signs for: from the home, else from the enrolment of its key
  // in the log, whose receipt is verified and which is then kept in the home.
  absl::StatusOr<std::string> Organisation();

  // The bytes to attest for an event and its parties. Links come from the server, or from the heads
  // that this device knows where it is ahead of the log or the server cannot be reached; all else
  // is composed here, and what the server prepared is checked against what was asked.
  // DATA_LOSS: the server prepared something else, or a chain shorter than a receipt proved.
  absl::StatusOr<evidence::ParsedStatement> Prepare(const statement::v1::Statement& asked);

  // Attests for `organisation`, or where it is empty for Organisation(), keeps the statement and
  // puts it into the outbox, all on disk before this returns. A statement that this device has
  // attested is not signed again. NOT_FOUND: the organisation is no party of it.
  absl::StatusOr<Pending> Attest(const evidence::ParsedStatement& statement,
                                 const std::vector<evidence::SignedAttestation>& so_far = {},
                                 const std::string& organisation = "");

  // A statement from somebody else: kept, and its chains stand there, so that what follows it can
  // be prepared offline. With `enqueue` this device sends it too.
  absl::StatusOr<Pending> TakeIn(const evidence::SignedStatement& statement, bool enqueue);

  // Submits all that is complete in the outbox and asks for receipts of what waits for others.
  // Admitted, or kept as disputed: the receipt is verified, kept, and the checkpoint observed; what
  // rests on a disputed statement is sent all the same. Refused for good: moved
  // aside, with whatever in the outbox rests on it. One outcome each, in order of statement hash.
  // An error leaves in the outbox what was not settled before it.
  absl::StatusOr<std::vector<Outcome>> SendOutbox(
      const std::function<void(size_t done, size_t all)>& progress = nullptr);

  // Fetches the newest checkpoint and observes it (observe.h).
  absl::StatusOr<evidence::Checkpoint> Refresh();
  // Size of the checkpoint held: what a read must know of at least to show one's own writes.
  absl::StatusOr<uint64_t> SeenSize() const;

 private:
  static absl::Status Offline();  // why nothing is asked of a server
  absl::StatusOr<evidence::ParsedStatement> PrepareOnline(statement::v1::Statement asked,
                                                          const evidence::NoteVerifier& log);
  absl::StatusOr<std::vector<Outcome>> SubmitCall(const std::vector<Pending>& statements,
                                                  const evidence::NoteVerifier& log);
  absl::StatusOr<Outcome> AskReceipt(const Pending& pending, const evidence::NoteVerifier& log);
  // Moves what is settled out of the outbox; returns what had to be set aside with it.
  absl::StatusOr<std::vector<RestsOn>> Settle(const std::vector<Pending>& sent,
                                              const std::vector<Outcome>& results);
  absl::Status CheckOwnAttestation(const Outcome& outcome) const;

  Home& home_;
  const Connection* connection_;
  const Clock& clock_;
};

// The reasons of a refusal as JSON, as kept beside a refused statement.
std::string ReasonsJson(const Outcome& outcome);

}  // namespace cradle::sdk

#endif  // CRADLE_CLIENTS_SDK_CLIENT_H_
