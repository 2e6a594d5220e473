// The way of every command that asserts something: prepare, attest, keep, send, say what became of
// it.
#ifndef CRADLE_CLIENTS_CLI_ASSERTION_H_
#define CRADLE_CLIENTS_CLI_ASSERTION_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "clients/cli/context.h"
#include "cradle/statement/v1/statement.pb.h"

namespace cradle::cli {

// Arguments that commands which assert have in common.
struct AssertionOptions {
  std::string alias;  // short name of what begins here
  // Name in `made`, and the alias of what it names, where more than the first has one.
  std::vector<std::pair<std::string, std::string>> aliases;
  std::string out;           // also write the signed statement into this file
  bool dry_run = false;      // say what would be asserted, sign nothing
  std::string organisation;  // whom to sign for; empty: the one this device is enrolled for
  std::string in_name_of;    // whose delegate one is; empty: one's own
};

// `begins`: --alias makes sense. `two_parties`: the file is how the other party attests, so --out
// is required.
void DeclareAssertion(CLI::App& command, AssertionOptions& options, bool begins,
                      bool two_parties = false);

// Prepares and attests `asked` (parties and event), then sends it unless another party has to
// attest or --offline is given. `made`: ids that began here, by name, for the answer; the first is
// the one that --alias names.
absl::Status Assert(Context& context, const statement::v1::Statement& asked,
                    const AssertionOptions& options, const Json& made = Json::object());

// A short name, and what it named before a statement gave it to another id.
struct FormerName {
  std::string name;
  std::string id;
};

// Sends the outbox and prints what became of it; of `own` alone where it is given (a statement
// hash), else of all. If the log refuses that one, the names in `former` go back.
absl::Status SendAndAnswer(Context& context, const std::string& own, const Json& made,
                           const std::string& before, const std::vector<FormerName>& former = {});

// The party that asserts something about `organisation`: itself, or a regulator about others.
void AddSelfOrRegulator(statement::v1::Statement& statement, const std::string& self,
                        const std::string& organisation);

}  // namespace cradle::cli

#endif  // CRADLE_CLIENTS_CLI_ASSERTION_H_
