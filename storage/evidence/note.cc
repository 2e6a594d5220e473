#include "storage/evidence/note.h"

#include <fmt/format.h>

#include <algorithm>

#include "storage/evidence/lines.h"
#include "storage/evidence/signature.h"
#include "storage/evidence/spki.h"
#include "storage/evidence/utf8.h"

namespace cradle::evidence {
namespace {

constexpr std::string_view kSignaturePrefix = "\u2014 ";  // em dash, space
constexpr size_t kKeyIdBytes = 4;
constexpr char kEd25519Type = 0x01;
constexpr size_t kSignaturesMax = 100;
constexpr size_t kNoteBytesMax = 1'000'000;

absl::Status NotANote(std::string_view why) {
  return absl::InvalidArgumentError(fmt::format("not a signed note: {}", why));
}

std::string KeyId(std::string_view name, const PublicKey& key) {
  const Hash hash = Sha256({name, "\n", std::string_view(&kEd25519Type, 1), Ed25519Raw(key)});
  return std::string(AsBytes(hash).substr(0, kKeyIdBytes));
}

absl::StatusOr<NoteSignature> ParseSignatureLine(std::string_view line) {
  if (!line.starts_with(kSignaturePrefix)) {
    return NotANote("a line after the last empty line is not a signature");
  }
  line.remove_prefix(kSignaturePrefix.size());
  const size_t space = line.find(' ');
  if (space == std::string_view::npos) return NotANote("a signature line without a signature");
  const std::string_view name = line.substr(0, space);
  if (!IsNoteName(name)) return NotANote("a signature line whose name is no name");
  auto bytes = FromBase64(line.substr(space + 1));
  if (!bytes.ok())
    return NotANote(
        fmt::format("signature of {}: {}", name, std::string(bytes.status().message())));
  if (bytes->size() <= kKeyIdBytes) {
    return NotANote(fmt::format("signature of {}: {} bytes only", name, bytes->size()));
  }
  return NoteSignature{.name = std::string(name),
                       .key_id = bytes->substr(0, kKeyIdBytes),
                       .signature = bytes->substr(kKeyIdBytes)};
}

}  // namespace

absl::StatusOr<NoteVerifier> NoteVerifier::Create(std::string_view name, const PublicKey& key) {
  if (!IsNoteName(name)) {
    return absl::InvalidArgumentError(
        fmt::format("'{}' cannot name a signer: it is empty, or has white space or '+'", name));
  }
  if (key.algorithm() != statement::v1::KEY_ALGORITHM_ED25519) {
    return absl::InvalidArgumentError("notes are signed with Ed25519 keys only");
  }
  NoteVerifier verifier;
  verifier.name_ = name;
  verifier.key_ = key;
  verifier.key_id_ = KeyId(name, key);
  return verifier;
}

absl::StatusOr<NoteVerifier> NoteVerifier::FromText(std::string_view vkey) {
  // Base64 may have a '+' in it: only the first two separate.
  const size_t first = vkey.find('+');
  const size_t second = first == std::string_view::npos ? first : vkey.find('+', first + 1);
  if (second == std::string_view::npos) {
    return absl::InvalidArgumentError("a verifier key is name+hex(key ID)+base64(type and key)");
  }
  auto key_id = FromHex(vkey.substr(first + 1, second - first - 1));
  if (!key_id.ok()) return key_id.status();
  auto typed_key = FromBase64(vkey.substr(second + 1));
  if (!typed_key.ok()) return typed_key.status();
  if (typed_key->size() != 33 || typed_key->front() != kEd25519Type) {
    return absl::InvalidArgumentError("a verifier key that is not of type 0x01 (Ed25519)");
  }
  auto key = PublicKey::FromSpki(statement::v1::KEY_ALGORITHM_ED25519,
                                 Ed25519Spki(std::string_view(*typed_key).substr(1)));
  if (!key.ok()) return key.status();
  auto verifier = Create(vkey.substr(0, first), *key);
  if (verifier.ok() && verifier->key_id() != *key_id) {
    return absl::InvalidArgumentError(
        fmt::format("the verifier key says key ID {}, name and key give {}", Hex(*key_id),
                    Hex(verifier->key_id())));
  }
  return verifier;
}

std::string NoteVerifier::ToText() const {
  std::string typed_key(1, kEd25519Type);
  typed_key += Ed25519Raw(key_);
  return fmt::format("{}+{}+{}", name_, Hex(key_id_), Base64(typed_key));
}

absl::StatusOr<Note> ParseNote(std::string_view bytes) {
  if (bytes.size() > kNoteBytesMax) return NotANote("it is over 1,000,000 bytes");
  if (!IsNoteText(bytes)) return NotANote("it is not UTF-8, or has control characters");
  const size_t split = bytes.rfind("\n\n");
  if (split == std::string_view::npos) return NotANote("it has no empty line");
  Note note;
  note.text = bytes.substr(0, split + 1);
  std::string_view rest = bytes.substr(split + 2);
  if (rest.empty()) return NotANote("it has no signature");
  while (!rest.empty()) {
    const auto line = TakeLine(rest);
    if (!line) return NotANote("the last line does not end in LF");
    if (note.signatures.size() == kSignaturesMax) return NotANote("it has over 100 signatures");
    auto signature = ParseSignatureLine(*line);
    if (!signature.ok()) return signature.status();
    note.signatures.push_back(*std::move(signature));
  }
  return note;
}

absl::StatusOr<std::string> SignNote(std::string_view text, std::string_view name,
                                     const PrivateKey& key) {
  if (!text.ends_with('\n')) return absl::InvalidArgumentError("a note's text ends in LF");
  if (!IsNoteText(text)) {
    return absl::InvalidArgumentError("a note's text is UTF-8 without control characters but LF");
  }
  auto verifier = NoteVerifier::Create(name, key.public_key());
  if (!verifier.ok()) return verifier.status();
  auto signature = key.Sign(text);
  if (!signature.ok()) return signature.status();
  return fmt::format("{}\n{}{} {}\n", text, kSignaturePrefix, name,
                     Base64(std::string(verifier->key_id()) + *signature));
}

absl::StatusOr<std::string> OpenNote(std::string_view bytes,
                                     std::span<const NoteVerifier> verifiers) {
  auto note = ParseNote(bytes);
  if (!note.ok()) return note.status();
  bool signed_by_known = false;
  for (const NoteSignature& signature : note->signatures) {
    for (const NoteVerifier& verifier : verifiers) {
      if (verifier.name() != signature.name || verifier.key_id() != signature.key_id) continue;
      if (!verifier.key().Verify(note->text, signature.signature).ok()) {
        return absl::DataLossError(
            fmt::format("the note's signature by {} does not verify", verifier.name()));
      }
      signed_by_known = true;
    }
  }
  if (!signed_by_known) return absl::NotFoundError("the note is signed by no known key");
  return std::move(note->text);
}

std::string CheckpointText(const Checkpoint& checkpoint) {
  return fmt::format("{}\n{}\n{}\n", checkpoint.origin, checkpoint.size,
                     Base64(AsBytes(checkpoint.root)));
}

absl::StatusOr<Checkpoint> ParseCheckpointText(std::string_view text) {
  const auto origin = TakeLine(text);
  const auto size = TakeLine(text);
  const auto root = TakeLine(text);
  if (!root) return absl::InvalidArgumentError("a checkpoint has three lines, each ending in LF");
  if (!text.empty()) {
    return absl::InvalidArgumentError("a checkpoint has three lines; extension lines are refused");
  }
  if (!IsNoteName(*origin)) {
    return absl::InvalidArgumentError(
        "a checkpoint's origin is not empty and has no white space or '+'");
  }
  const auto size_number = ParseDecimal(*size);
  if (!size_number) {
    return absl::InvalidArgumentError(
        "a checkpoint's size is a decimal number without leading zeros");
  }
  auto root_bytes = FromBase64(*root);
  if (!root_bytes.ok()) return root_bytes.status();
  auto root_hash = HashFromBytes(*root_bytes);
  if (!root_hash.ok()) return root_hash.status();
  return Checkpoint{.origin = std::string(*origin), .size = *size_number, .root = *root_hash};
}

absl::StatusOr<std::string> SignCheckpoint(const Checkpoint& checkpoint, const PrivateKey& key) {
  return SignNote(CheckpointText(checkpoint), checkpoint.origin, key);
}

absl::StatusOr<Checkpoint> OpenCheckpoint(std::string_view note, const NoteVerifier& log) {
  auto text = OpenNote(note, {&log, 1});
  if (!text.ok()) return text.status();
  auto checkpoint = ParseCheckpointText(*text);
  if (checkpoint.ok() && checkpoint->origin != log.name()) {
    return absl::InvalidArgumentError(
        fmt::format("the checkpoint is of log {}, not of {}", checkpoint->origin, log.name()));
  }
  return checkpoint;
}

}  // namespace cradle::evidence
