// Signed notes and checkpoints (C2SP signed-note, tlog-checkpoint).
#ifndef CRADLE_STORAGE_EVIDENCE_NOTE_H_
#define CRADLE_STORAGE_EVIDENCE_NOTE_H_

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "storage/evidence/hash.h"
#include "storage/evidence/key.h"

namespace cradle::evidence {

// A name and an Ed25519 key that notes are verified with.
class NoteVerifier {
 public:
  // From `name+hex(keyID)+base64(0x01 ‖ key)`. INVALID_ARGUMENT: not of that form, or the key ID is
  // not that of name and key.
  static absl::StatusOr<NoteVerifier> FromText(std::string_view vkey);
  // INVALID_ARGUMENT: the name has a space or '+', or the key is not Ed25519.
  static absl::StatusOr<NoteVerifier> Create(std::string_view name, const PublicKey& key);

  const std::string& name() const { return name_; }
  const PublicKey& key() const { return key_; }
  std::string_view key_id() const { return key_id_; }  // 4 bytes
  std::string ToText() const;

 private:
  std::string name_;
  PublicKey key_;
  std::string key_id_;
};

struct NoteSignature {
  std::string name;
  std::string key_id;     // 4 bytes
  std::string signature;  // the bytes after the key ID
};

struct Note {
  std::string text;  // ends in LF
  std::vector<NoteSignature> signatures;
};

absl::StatusOr<Note> ParseNote(std::string_view bytes);
absl::StatusOr<std::string> SignNote(std::string_view text, std::string_view name,
                                     const PrivateKey& key);
// The text, if at least one of `verifiers` signed. Unknown keys are ignored.
// DATA_LOSS: a known key's signature fails. NOT_FOUND: no known key signed.
// INVALID_ARGUMENT: not a note.
absl::StatusOr<std::string> OpenNote(std::string_view bytes,
                                     std::span<const NoteVerifier> verifiers);

struct Checkpoint {
  std::string origin;
  uint64_t size = 0;
  Hash root{};
  friend bool operator==(const Checkpoint&, const Checkpoint&) = default;
};

std::string CheckpointText(const Checkpoint& checkpoint);
absl::StatusOr<Checkpoint> ParseCheckpointText(std::string_view text);
// A signed note named by the origin.
absl::StatusOr<std::string> SignCheckpoint(const Checkpoint& checkpoint, const PrivateKey& key);
// As OpenNote, and the origin must be the verifier's name.
absl::StatusOr<Checkpoint> OpenCheckpoint(std::string_view note, const NoteVerifier& log);

}  // namespace cradle::evidence

#endif  // CRADLE_STORAGE_EVIDENCE_NOTE_H_
