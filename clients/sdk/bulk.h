// Many statements through the public API: up to 500 in a call, several calls under way at once.
#ifndef CRADLE_CLIENTS_SDK_BULK_H_
#define CRADLE_CLIENTS_SDK_BULK_H_

#include <cstddef>
#include <functional>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "clients/sdk/client.h"
#include "clients/sdk/connection.h"
#include "clients/sdk/outcome.h"
#include "storage/evidence/note.h"
#include "storage/evidence/statement.h"

namespace cradle::sdk {

struct BulkOptions {
  size_t statements_per_call = kStatementsPerCall;
  size_t calls_in_flight = 4;
  // Called as receipts are verified, from one thread at a time.
  std::function<void(size_t done)> progress;
};

// Submits what it is given on threads of its own. Statements of a chain may come in any order: what
// a call finds without its predecessor is sent again while that leads on. What a statement depends
// on without linking it (keys, sites, licences) has to be in the log before: Finish that load
// first. Add and Finish are called from one thread; the connection must outlive it.
class BulkSubmitter {
 public:
  BulkSubmitter(const Connection& connection, evidence::NoteVerifier log, BulkOptions options = {});
  ~BulkSubmitter();  // waits for the calls under way; what is not finished is lost
  BulkSubmitter(const BulkSubmitter&) = delete;
  BulkSubmitter& operator=(const BulkSubmitter&) = delete;

  // Blocks while `calls_in_flight` calls wait. An error is the first that a call met: nothing more
  // is sent. Retries of the connection's policy have been made by then.
  absl::Status Add(evidence::SignedStatement statement);

  // Sends the rest and waits for all. One outcome each, in the order added; the checkpoints of the
  // receipts are verified against the log's key, not compared with each other: Observe the newest.
  absl::StatusOr<std::vector<Outcome>> Finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace cradle::sdk

#endif  // CRADLE_CLIENTS_SDK_BULK_H_
