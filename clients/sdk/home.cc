#include "clients/sdk/home.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <nlohmann/json.hpp>
#include <thread>
#include <utility>

#include "clients/sdk/files.h"
#include "clients/sdk/statement_files.h"
#include "storage/evidence/hash.h"
#include "storage/evidence/signed_statement_file.h"

namespace cradle::sdk {
namespace {

constexpr std::string_view kReceiptSuffix = ".tlog-proof";

// One file per chain: height, hash and whether the log has it.
class FileHeads : public Heads {
 public:
  explicit FileHeads(std::filesystem::path directory) : directory_(std::move(directory)) {}

  absl::StatusOr<std::optional<ChainHead>> Find(std::string_view chain) const override {
    const std::filesystem::path path = PathOf(chain);
    absl::StatusOr<std::string> text = ReadFile(path);
    if (absl::IsNotFound(text.status())) return std::nullopt;
    if (!text.ok()) return text.status();
    const auto json = nlohmann::json::parse(*text, nullptr, /*allow_exceptions=*/false);
    const bool whole = json.is_object() && json.contains("height") &&
                       json["height"].is_number_unsigned() && json.contains("statement_hash") &&
                       json["statement_hash"].is_string() && json.contains("admitted") &&
                       json["admitted"].is_boolean();
    if (!whole) return At(path, absl::DataLossError("not the head of a chain: remove the file"));
    absl::StatusOr<std::string> hash = evidence::FromHex(json["statement_hash"].get<std::string>());
    if (!hash.ok()) return At(path, hash.status());
    return ChainHead{json["height"].get<uint64_t>(), *std::move(hash),
                     json["admitted"].get<bool>()};
  }

  absl::Status Set(std::string_view chain, const ChainHead& head) override {
    const std::filesystem::path path = PathOf(chain);
    if (head.statement_hash.empty()) return RemoveFile(path);
    if (absl::Status status = MakeDirectory(directory_); !status.ok()) return status;
    const nlohmann::ordered_json json = {{"height", head.height},
                                         {"statement_hash", evidence::Hex(head.statement_hash)},
                                         {"admitted", head.admitted}};
    return WriteFileAtomically(path, json.dump() + "\n");
  }

 private:
  std::filesystem::path PathOf(std::string_view chain) const {
    return directory_ / std::string(chain);
  }

  std::filesystem::path directory_;
};

bool IsAliasName(std::string_view name) {
  if (name.empty() || name.size() > 64) return false;
  return std::all_of(name.begin(), name.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= 0x80 || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
  });
}

}  // namespace

// --- lock ---------------------------------------------------------------------------------------

HomeLock::HomeLock(HomeLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

HomeLock::~HomeLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

absl::StatusOr<HomeLock> Home::Lock(std::chrono::milliseconds wait) const {
  const std::filesystem::path path = path_ / "lock";
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor < 0) {
    return Local(absl::UnavailableError(
        fmt::format("cannot open {}: {}", path.string(), std::strerror(errno))));
  }
  HomeLock lock(descriptor);
  constexpr std::chrono::milliseconds kStep(20);
  for (std::chrono::milliseconds waited(0);; waited += kStep) {
    if (::flock(descriptor, LOCK_EX | LOCK_NB) == 0) return lock;
    if (errno != EWOULDBLOCK && errno != EINTR) {
      return Local(absl::UnavailableError(
          fmt::format("cannot lock {}: {}", path.string(), std::strerror(errno))));
    }
    if (waited >= wait) {
      return Local(absl::UnavailableError(
          fmt::format("another process is signing or sending from {}: try again when it is done",
                      path_.string())));
    }
    std::this_thread::sleep_for(kStep);
  }
}

// --- opening ------------------------------------------------------------------------------------

Home::Home(std::filesystem::path path)
    : path_(std::move(path)), heads_(std::make_unique<FileHeads>(path_ / "heads")) {}

absl::StatusOr<std::filesystem::path> Home::DefaultPath() {
  if (const char* named = std::getenv("CRADLE_HOME"); named != nullptr && *named != '\0') {
    return std::filesystem::path(named);
  }
  if (const char* user = std::getenv("HOME"); user != nullptr && *user != '\0') {
    return std::filesystem::path(user) / ".cradle";
  }
  return Local(
      absl::NotFoundError("neither CRADLE_HOME nor HOME is set: name the home with --home"));
}

absl::StatusOr<Home> Home::Open(const std::filesystem::path& path) {
  if (absl::Status status = MakeDirectory(path); !status.ok()) return status;
  struct stat there{};
  if (::stat(path.c_str(), &there) != 0) {
    return Local(absl::UnavailableError(
        fmt::format("cannot look at {}: {}", path.string(), std::strerror(errno))));
  }
  if ((there.st_mode & 0077) != 0) {
    return Local(absl::PermissionDeniedError(
        fmt::format("{} is open to other users: `chmod 700 {}`", path.string(), path.string())));
  }
  return Home(path);
}

// --- identity and key ---------------------------------------------------------------------------

absl::StatusOr<Identity> Home::ReadIdentity() const {
  const std::filesystem::path path = path_ / "identity.json";
  absl::StatusOr<std::string> text = ReadFile(path);
  if (absl::IsNotFound(text.status())) return Identity{};
  if (!text.ok()) return text.status();
  absl::StatusOr<Identity> identity = ParseIdentity(*text);
  if (!identity.ok()) return At(path, identity.status());
  return identity;
}

absl::Status Home::WriteIdentity(const HomeLock&, const Identity& identity) {
  return WriteFileAtomically(path_ / "identity.json", EncodeIdentity(identity));
}

absl::Status Home::CreateKey(const HomeLock& lock, const evidence::PrivateKey& key,
                             std::string_view person) {
  const std::filesystem::path path = path_ / "key.pem";
  struct stat there{};
  if (::stat(path.c_str(), &there) == 0) {
    return Local(absl::AlreadyExistsError(fmt::format(
        "{} holds a key already: a second device, or a second person, takes a home of its own "
        "(--home)",
        path_.string())));
  }
  absl::StatusOr<std::string> pem = key.ToPem();
  if (!pem.ok()) return Local(pem.status());
  absl::StatusOr<Identity> identity = ReadIdentity();
  if (!identity.ok()) return identity.status();
  identity->person = person;
  identity->key_id = evidence::Hex(key.public_key().id());
  // A home with a key and no counter is refused, so the counter comes first.
  if (absl::Status status = WriteFileAtomically(path_ / "seq", "0\n"); !status.ok()) return status;
  if (absl::Status status = WriteIdentity(lock, *identity); !status.ok()) return status;
  return WriteFileAtomically(path, *pem, 0600);
}

absl::StatusOr<evidence::PrivateKey> Home::ReadKey() const {
  const std::filesystem::path path = path_ / "key.pem";
  struct stat there{};
  if (::stat(path.c_str(), &there) == 0 && (there.st_mode & 0077) != 0) {
    return Local(absl::PermissionDeniedError(
        fmt::format("{} is open to other users: `chmod 600 {}`", path.string(), path.string())));
  }
  absl::StatusOr<std::string> pem = ReadFile(path);
  if (absl::IsNotFound(pem.status())) {
    return Local(absl::NotFoundError(
        fmt::format("{} holds no key: make one with `cradle key new`", path_.string())));
  }
  if (!pem.ok()) return pem.status();
  absl::StatusOr<evidence::PrivateKey> key = evidence::PrivateKey::FromPem(*pem);
  if (!key.ok()) return At(path, key.status());
  return key;
}

// --- the counter --------------------------------------------------------------------------------

absl::StatusOr<uint64_t> Home::LastSeq() const {
  const std::filesystem::path path = path_ / "seq";
  absl::StatusOr<std::string> text = ReadFile(path);
  if (absl::IsNotFound(text.status())) {
    return At(path, absl::DataLossError(
                        "the counter of signatures is missing; starting over would use numbers "
                        "twice: put it back, or revoke this key and make a new one"));
  }
  if (!text.ok()) return text.status();
  uint64_t seq = 0;
  const char* const end = text->data() + text->size();
  const auto [stop, error] = std::from_chars(text->data(), end, seq);
  if (error != std::errc() || std::string_view(stop, static_cast<size_t>(end - stop)) != "\n") {
    return At(path,
              absl::DataLossError("the counter of signatures is not a number: put it back, or "
                                  "revoke this key and make a new one"));
  }
  return seq;
}

absl::StatusOr<uint64_t> Home::NextSeq(const HomeLock&) {
  absl::StatusOr<uint64_t> last = LastSeq();
  if (!last.ok()) return last.status();
  const uint64_t next = *last + 1;
  if (absl::Status status = WriteFileAtomically(path_ / "seq", fmt::format("{}\n", next));
      !status.ok()) {
    return status;
  }
  return next;
}

absl::Status Home::RaiseSeq(const HomeLock&, uint64_t at_least) {
  absl::StatusOr<uint64_t> last = LastSeq();
  if (!last.ok()) return last.status();
  if (*last >= at_least) return absl::OkStatus();
  return WriteFileAtomically(path_ / "seq", fmt::format("{}\n", at_least));
}

// --- checkpoints --------------------------------------------------------------------------------

absl::StatusOr<std::optional<std::string>> Home::ReadSeen() const {
  absl::StatusOr<std::string> note = ReadFile(path_ / "seen");
  if (absl::IsNotFound(note.status())) return std::nullopt;
  if (!note.ok()) return note.status();
  return *std::move(note);
}

absl::Status Home::WriteSeen(const HomeLock&, std::string_view note) {
  return WriteFileAtomically(path_ / "seen", note);
}

absl::StatusOr<std::filesystem::path> Home::KeepFork(std::string_view note) {
  const std::filesystem::path directory = path_ / "forks";
  if (absl::Status status = MakeDirectory(directory); !status.ok()) return status;
  const std::filesystem::path path =
      directory / (evidence::Hex(evidence::Sha256(note)).substr(0, 16) + ".checkpoint");
  if (absl::Status status = WriteFileAtomically(path, note); !status.ok()) return status;
  return path;
}

// --- statements ---------------------------------------------------------------------------------

bool Pending::complete() const {
  const absl::StatusOr<std::vector<uint32_t>> missing = MissingParties(parsed, signed_statement);
  return missing.ok() && missing->empty();
}

absl::Status Home::KeepStatement(const HomeLock&, const evidence::SignedStatement& statement) {
  return WriteStatement(path_ / "statements", statement);
}

absl::StatusOr<std::optional<Pending>> Home::FindStatement(std::string_view statement_hash) const {
  absl::StatusOr<Pending> pending =
      ReadPending(path_ / "statements" / FileName(statement_hash, kStatementSuffix));
  if (absl::IsNotFound(pending.status())) return std::nullopt;
  if (!pending.ok()) return pending.status();
  return *std::move(pending);
}

absl::Status Home::Enqueue(const HomeLock&, const evidence::SignedStatement& statement) {
  return WriteStatement(path_ / "outbox", statement);
}

absl::StatusOr<std::vector<Pending>> Home::ReadOutbox() const {
  return ReadStatements(path_ / "outbox");
}

std::filesystem::path Home::ReceiptPath(std::string_view statement_hash) const {
  return path_ / "receipts" / FileName(statement_hash, kReceiptSuffix);
}

absl::StatusOr<std::optional<std::string>> Home::FindReceipt(
    std::string_view statement_hash) const {
  absl::StatusOr<std::string> receipt = ReadFile(ReceiptPath(statement_hash));
  if (absl::IsNotFound(receipt.status())) return std::nullopt;
  if (!receipt.ok()) return receipt.status();
  return *std::move(receipt);
}

absl::Status Home::Receipted(const HomeLock&, const evidence::ParsedStatement& statement,
                             std::string_view receipt, bool admitted) {
  const std::string_view hash = evidence::AsBytes(statement.hash);
  if (absl::Status status = MakeDirectory(path_ / "receipts"); !status.ok()) return status;
  if (absl::Status status = WriteFileAtomically(ReceiptPath(hash), receipt); !status.ok()) {
    return status;
  }
  if (absl::Status status = heads_->Advance(statement, admitted); !status.ok()) return status;
  return RemoveFile(path_ / "outbox" / FileName(hash, kStatementSuffix));
}

// --- short names --------------------------------------------------------------------------------

absl::StatusOr<std::map<std::string, std::string>> Home::ReadAliases() const {
  const std::filesystem::path path = path_ / "aliases.json";
  std::map<std::string, std::string> aliases;
  absl::StatusOr<std::string> text = ReadFile(path);
  if (absl::IsNotFound(text.status())) return aliases;
  if (!text.ok()) return text.status();
  const auto json = nlohmann::json::parse(*text, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) return At(path, absl::DataLossError("not a JSON object of names and ids"));
  for (const auto& [name, id] : json.items()) {
    if (!id.is_string())
      return At(path, absl::DataLossError(fmt::format("'{}' is not text", name)));
    aliases[name] = id.get<std::string>();
  }
  return aliases;
}

absl::Status Home::SetAlias(const HomeLock&, std::string_view name, std::string_view id) {
  if (!IsAliasName(name)) {
    return absl::InvalidArgumentError(fmt::format(
        "'{}' is not a short name: letters, digits, '_', '-' and '.', at most 64 bytes", name));
  }
  if (!evidence::IsId(id)) return absl::InvalidArgumentError(fmt::format("'{}' is not an id", id));
  absl::StatusOr<std::map<std::string, std::string>> aliases = ReadAliases();
  if (!aliases.ok()) return aliases.status();
  (*aliases)[std::string(name)] = std::string(id);
  return WriteFileAtomically(
      path_ / "aliases.json",
      nlohmann::json(*aliases).dump(2, ' ', false, nlohmann::json::error_handler_t::replace) +
          "\n");
}

// --- attestations of a statement ----------------------------------------------------------------

namespace {

// The attestations by party. INVALID_ARGUMENT as MissingParties.
absl::StatusOr<std::map<uint32_t, evidence::SignedAttestation>> ByParty(
    const evidence::SignedStatement& signed_statement) {
  const evidence::Hash hash = evidence::StatementHash(signed_statement.statement);
  std::map<uint32_t, evidence::SignedAttestation> by_party;
  for (const evidence::SignedAttestation& attestation : signed_statement.attestations) {
    absl::StatusOr<statement::v1::Attestation> message =
        evidence::ParseAttestation(attestation.attestation);
    if (!message.ok()) return message.status();
    if (message->statement_hash() != evidence::AsBytes(hash)) {
      return absl::InvalidArgumentError(
          fmt::format("the attestation of party {} is of another statement", message->party()));
    }
    if (!by_party.emplace(message->party(), attestation).second) {
      return absl::InvalidArgumentError(
          fmt::format("party {} has attested twice", message->party()));
    }
  }
  return by_party;
}

}  // namespace

absl::StatusOr<std::vector<uint32_t>> MissingParties(
    const evidence::ParsedStatement& statement, const evidence::SignedStatement& signed_statement) {
  auto by_party = ByParty(signed_statement);
  if (!by_party.ok()) return by_party.status();
  // Founded names the log as its second party: the ledger attests for it when it admits.
  std::vector<uint32_t> missing;
  for (uint32_t party = 0; party < static_cast<uint32_t>(statement.message.parties_size());
       ++party) {
    const bool by_the_ledger = statement.message.parties(static_cast<int>(party)).capacity() ==
                               statement::v1::CAPACITY_LOG;
    if (!by_party->contains(party) && !by_the_ledger) missing.push_back(party);
  }
  return missing;
}

absl::StatusOr<evidence::SignedStatement> Merge(const evidence::SignedStatement& one,
                                                const evidence::SignedStatement& other) {
  if (one.statement != other.statement) {
    return absl::InvalidArgumentError("attestations of two different statements");
  }
  auto by_party = ByParty(one);
  if (!by_party.ok()) return by_party.status();
  auto more = ByParty(other);
  if (!more.ok()) return more.status();
  by_party->merge(*more);
  evidence::SignedStatement merged;
  merged.statement = one.statement;
  for (auto& [party, attestation] : *by_party)
    merged.attestations.push_back(std::move(attestation));
  return merged;
}

}  // namespace cradle::sdk
