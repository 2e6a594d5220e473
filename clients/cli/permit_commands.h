// Arguments that commands about papers of authorities have in common.
#ifndef CRADLE_CLIENTS_CLI_PERMIT_COMMANDS_H_
#define CRADLE_CLIENTS_CLI_PERMIT_COMMANDS_H_

#include <string>

#include "absl/status/statusor.h"
#include "clients/cli/context.h"

namespace cradle::cli {

// SHA-256 of a file, for the field that names it; 32 bytes.
absl::StatusOr<std::string> FileSha256(const std::string& path);
// Of --document, which every paper has.
CLI::Option* DeclareDocument(CLI::App& command, std::string& path);
// INVALID_ARGUMENT names the argument, unless YYYY-MM-DD.
absl::Status CheckDay(const std::string& date, std::string_view argument);

// Verbs of `licence` and `facility` in files of their own.
void AddLicenceChangeCommands(CLI::App& licence, Context& context);
void AddStorageCommands(CLI::App& facility, Context& context);

}  // namespace cradle::cli

#endif  // CRADLE_CLIENTS_CLI_PERMIT_COMMANDS_H_
