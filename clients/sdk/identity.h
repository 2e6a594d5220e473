// Who this device speaks for, which log it trusts, and how its key is shown to others.
#ifndef CRADLE_CLIENTS_SDK_IDENTITY_H_
#define CRADLE_CLIENTS_SDK_IDENTITY_H_

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "storage/evidence/key.h"
#include "storage/evidence/note.h"

namespace cradle::sdk {

// identity.json of a home. Fields are empty until known.
struct Identity {
  std::string server;  // host:port
  std::string log_origin;
  std::string log_vkey;      // how the log's checkpoints are verified; got out of band
  std::string organisation;  // id
  std::string person;        // id
  std::string key_id;        // 64 hex characters
  friend bool operator==(const Identity&, const Identity&) = default;

  // FAILED_PRECONDITION: no log trusted yet.
  absl::StatusOr<evidence::NoteVerifier> Log() const;
};

std::string EncodeIdentity(const Identity& identity);
// INVALID_ARGUMENT: not such a file; says what.
absl::StatusOr<Identity> ParseIdentity(std::string_view json);

// What `key show` prints and `key enroll` takes: a PEM public key with lines above it that say
// whose it is, so that OpenSSL reads the same file.
struct PublicKeyFile {
  evidence::PublicKey key;
  std::string person;        // id
  std::string organisation;  // id; empty where the device has none yet
};

std::string EncodePublicKeyFile(const PublicKeyFile& file);
// INVALID_ARGUMENT: no P-256 public key in it, or an id that is none.
absl::StatusOr<PublicKeyFile> ParsePublicKeyFile(std::string_view text);

}  // namespace cradle::sdk

#endif  // CRADLE_CLIENTS_SDK_IDENTITY_H_
