// The data directory of one log:
//   cradle.json          origin, the pinned regulator's key, the log's verifier key
//   log-key.pem          the log's Ed25519 key, mode 0600
//   ledger/              the ledger's store
//   journal/             the signer's journal: never restored from a backup
//   rule-data/           <sha256>.bundle
//   views/<service>/     rebuilt by replay when deleted
//   admin.sock           while serving
#ifndef CRADLE_SERVICES_CRADLED_CONFIG_H_
#define CRADLE_SERVICES_CRADLED_CONFIG_H_

#include <filesystem>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "storage/evidence/key.h"
#include "storage/evidence/note.h"

namespace cradle::cradled {

inline constexpr int kDataFormat = 1;

struct DataDirectory {
  std::filesystem::path root;

  std::filesystem::path config() const { return root / "cradle.json"; }
  std::filesystem::path log_key() const { return root / "log-key.pem"; }
  std::filesystem::path ledger() const { return root / "ledger"; }
  std::filesystem::path journal() const { return root / "journal"; }
  std::filesystem::path rule_data() const { return root / "rule-data"; }
  std::filesystem::path view(const std::string& name) const { return root / "views" / name; }
  std::filesystem::path admin_socket() const { return root / "admin.sock"; }
};

struct Config {
  std::string origin;
  evidence::NoteVerifier log;         // the log's verifier key, named by the origin
  evidence::PublicKey regulator_key;  // who may found the log
  std::string rule_data_sha256;       // hex: the bundle that init brought
};

// NOT_FOUND: no log in this directory. FAILED_PRECONDITION: a newer format. INVALID_ARGUMENT: the
// file is damaged; says where.
absl::StatusOr<Config> ReadConfig(const DataDirectory& data);
absl::Status WriteConfig(const DataDirectory& data, const Config& config);

// Whole files. Errors name the path.
absl::StatusOr<std::string> ReadFile(const std::filesystem::path& path);
// Written beside, synced, renamed into place; `mode` as chmod takes it.
absl::Status WriteFile(const std::filesystem::path& path, std::string_view bytes, int mode);

}  // namespace cradle::cradled

#endif  // CRADLE_SERVICES_CRADLED_CONFIG_H_
