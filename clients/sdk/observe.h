// The device's memory of the log: each checkpoint it verified must continue the one before, so that
// a log that tells two stories is caught by whoever saw both.
#ifndef CRADLE_CLIENTS_SDK_OBSERVE_H_
#define CRADLE_CLIENTS_SDK_OBSERVE_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "clients/sdk/connection.h"
#include "clients/sdk/home.h"
#include "storage/evidence/note.h"

namespace cradle::sdk {

// The checkpoint held, verified again. DATA_LOSS: the file is not one that this log signed.
absl::StatusOr<std::optional<evidence::Checkpoint>> HeldCheckpoint(
    const Home& home, const evidence::NoteVerifier& log);

// Compares a checkpoint (as signed) with the one held by a consistency proof from the server, and
// holds it if it is newer.
// DATA_LOSS: the log's signature fails; or *forked*: the two are signed for one size and different
//   roots; or *unproven*: the server does not prove that the longer continues the shorter, which
//   may be its fault and not the log's. Of the last two what is held stays, and the other is kept
//   under forks/ as evidence.
// Other errors are the connection's: nothing is changed.
absl::Status Observe(Home& home, const Connection& connection, const evidence::NoteVerifier& log,
                     const std::string& note);

}  // namespace cradle::sdk

#endif  // CRADLE_CLIENTS_SDK_OBSERVE_H_
