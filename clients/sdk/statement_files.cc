#include "clients/sdk/statement_files.h"

#include <fmt/format.h>

#include <utility>

#include "clients/sdk/files.h"
#include "storage/evidence/hash.h"
#include "storage/evidence/signed_statement_file.h"

namespace cradle::sdk {

// The same error, saying in which file.
absl::Status At(const std::filesystem::path& path, const absl::Status& status) {
  return Local(
      {status.code(), fmt::format("{}: {}", path.string(), std::string(status.message()))});
}

std::string FileName(std::string_view statement_hash, std::string_view suffix) {
  return evidence::Hex(statement_hash) + std::string(suffix);
}

absl::StatusOr<Pending> ReadPending(const std::filesystem::path& path) {
  absl::StatusOr<std::string> text = ReadFile(path);
  if (!text.ok()) return text.status();
  absl::StatusOr<evidence::SignedStatement> signed_statement =
      evidence::ParseSignedStatementFile(*text);
  if (!signed_statement.ok()) return At(path, signed_statement.status());
  absl::StatusOr<evidence::ParsedStatement> parsed =
      evidence::ParseStatement(signed_statement->statement);
  if (!parsed.ok()) return At(path, parsed.status());
  if (path.stem().string() != evidence::Hex(parsed->hash)) {
    return At(path, absl::DataLossError("the statement in it is not the one its name says"));
  }
  return Pending{*std::move(parsed), *std::move(signed_statement)};
}

absl::StatusOr<std::vector<Pending>> ReadStatements(const std::filesystem::path& directory) {
  absl::StatusOr<std::vector<std::string>> names = ListFiles(directory, kStatementSuffix);
  if (!names.ok()) return names.status();
  std::vector<Pending> statements;
  statements.reserve(names->size());
  for (const std::string& name : *names) {
    absl::StatusOr<Pending> pending = ReadPending(directory / name);
    if (!pending.ok()) return pending.status();
    statements.push_back(*std::move(pending));
  }
  return statements;
}

absl::Status WriteStatement(const std::filesystem::path& directory,
                            const evidence::SignedStatement& statement) {
  if (absl::Status status = MakeDirectory(directory); !status.ok()) return status;
  const evidence::Hash hash = evidence::StatementHash(statement.statement);
  const std::filesystem::path path =
      directory / FileName(evidence::AsBytes(hash), kStatementSuffix);
  evidence::SignedStatement merged = statement;
  absl::StatusOr<std::string> kept = ReadFile(path);
  if (kept.ok()) {
    // A file cut by hand is no reason to lose the statement that is at hand.
    const absl::StatusOr<evidence::SignedStatement> before =
        evidence::ParseSignedStatementFile(*kept);
    if (before.ok() && before->statement == statement.statement) {
      absl::StatusOr<evidence::SignedStatement> both = Merge(statement, *before);
      if (!both.ok()) return At(path, both.status());
      if (*both == *before) return absl::OkStatus();
      merged = *std::move(both);
    }
  } else if (!absl::IsNotFound(kept.status())) {
    return kept.status();
  }
  absl::StatusOr<std::string> text = evidence::EncodeSignedStatementFile(merged);
  if (!text.ok()) return Local(text.status());
  return WriteFileAtomically(path, *text);
}

}  // namespace cradle::sdk
