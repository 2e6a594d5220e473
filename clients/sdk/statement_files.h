// Files of a home that are named by the statement they are of.
#ifndef CRADLE_CLIENTS_SDK_STATEMENT_FILES_H_
#define CRADLE_CLIENTS_SDK_STATEMENT_FILES_H_

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "clients/sdk/home.h"

namespace cradle::sdk {

inline constexpr std::string_view kStatementSuffix = ".statement";

// The same error as local (files.h), saying in which file.
absl::Status At(const std::filesystem::path& path, const absl::Status& status);

// "<hash in hexadecimal><suffix>"; the hash is 32 bytes.
std::string FileName(std::string_view statement_hash, std::string_view suffix);

// All errors are local. NOT_FOUND: no such file. DATA_LOSS: it holds another statement than its
// name says.
absl::StatusOr<Pending> ReadPending(const std::filesystem::path& path);
// Every statement of a directory, by hash; none if there is no directory.
absl::StatusOr<std::vector<Pending>> ReadStatements(const std::filesystem::path& directory);
// Synced, with the attestations that a file there holds already.
absl::Status WriteStatement(const std::filesystem::path& directory,
                            const evidence::SignedStatement& statement);

}  // namespace cradle::sdk

#endif  // CRADLE_CLIENTS_SDK_STATEMENT_FILES_H_
