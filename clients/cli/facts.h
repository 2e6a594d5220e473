// What a command has to know of a batch or manifest to write the next statement: from this device
// where it is ahead of the log or offline, else from the server.
#ifndef CRADLE_CLIENTS_CLI_FACTS_H_
#define CRADLE_CLIENTS_CLI_FACTS_H_

#include <string>

#include "absl/status/statusor.h"
#include "clients/cli/context.h"
#include "clients/sdk/local_facts.h"

namespace cradle::cli {

absl::StatusOr<sdk::BatchFacts> BatchFactsOf(Context& context, const std::string& batch);
absl::StatusOr<sdk::ManifestFacts> ManifestFactsOf(Context& context, const std::string& manifest);

}  // namespace cradle::cli

#endif  // CRADLE_CLIENTS_CLI_FACTS_H_
