#include "services/cradled/init.h"

#include <fmt/format.h>

#include <algorithm>
#include <system_error>
#include <utility>

#include "services/rules/rule_data.h"
#include "storage/evidence/hash.h"

namespace cradle::cradled {
namespace {

namespace fs = std::filesystem;

// The SubjectPublicKeyInfo inside a "PUBLIC KEY" PEM block; text around the block is allowed.
absl::StatusOr<std::string> SpkiFromPem(std::string_view pem) {
  constexpr std::string_view kBegin = "-----BEGIN PUBLIC KEY-----";
  constexpr std::string_view kEnd = "-----END PUBLIC KEY-----";
  const size_t begin = pem.find(kBegin);
  const size_t end = pem.find(kEnd);
  if (begin == std::string_view::npos || end == std::string_view::npos || end < begin) {
    return absl::InvalidArgumentError("no PEM block PUBLIC KEY in it");
  }
  std::string base64(pem.substr(begin + kBegin.size(), end - begin - kBegin.size()));
  std::erase_if(base64, [](char c) { return c == '\n' || c == '\r' || c == ' '; });
  return evidence::FromBase64(base64);
}

absl::StatusOr<evidence::PublicKey> ReadPublicKey(const std::string& path) {
  absl::StatusOr<std::string> pem = ReadFile(path);
  if (!pem.ok()) return pem.status();
  absl::StatusOr<std::string> spki = SpkiFromPem(*pem);
  if (!spki.ok()) {
    return absl::InvalidArgumentError(
        fmt::format("{}: {}", path, std::string(spki.status().message())));
  }
  for (const auto algorithm :
       {statement::v1::KEY_ALGORITHM_ECDSA_P256, statement::v1::KEY_ALGORITHM_ED25519,
        statement::v1::KEY_ALGORITHM_SM2}) {
    absl::StatusOr<evidence::PublicKey> key = evidence::PublicKey::FromSpki(algorithm, *spki);
    if (key.ok()) return key;
  }
  return absl::InvalidArgumentError(
      fmt::format("{}: neither an ECDSA P-256, an Ed25519 nor an SM2 public key", path));
}

absl::StatusOr<std::shared_ptr<const rules::RuleData>> LoadRuleData(const std::string& path) {
  std::error_code unreadable;  // is told by reading it
  absl::StatusOr<std::string> bundle =
      fs::is_directory(path, unreadable) ? rules::PackRuleData(path) : ReadFile(path);
  if (!bundle.ok()) return bundle.status();
  return rules::RuleData::FromBundle(*bundle);
}

absl::Status CheckOrigin(std::string_view origin) {
  const bool form = !origin.empty() && origin.size() <= 200 &&
                    origin.find("://") == std::string_view::npos &&
                    std::all_of(origin.begin(), origin.end(),
                                [](unsigned char c) { return c > ' ' && c < 0x7F && c != '+'; });
  if (form) return absl::OkStatus();
  return absl::InvalidArgumentError(
      "--origin: a URL without scheme, such as log.example.org/weifang: no space, no +, ASCII");
}

// Nothing may be there yet, or an empty directory.
absl::Status CheckIsNew(const DataDirectory& data) {
  std::error_code error;
  if (fs::exists(data.config(), error)) {
    return absl::AlreadyExistsError(data.root.string() + " holds a log already");
  }
  if (!error && fs::exists(data.root, error) && !fs::is_empty(data.root, error) && !error) {
    return absl::AlreadyExistsError(data.root.string() + " is not empty");
  }
  if (!error) return absl::OkStatus();
  return absl::PermissionDeniedError(
      fmt::format("cannot look into {}: {}", data.root.string(), error.message()));
}

absl::Status MakeDirectory(const fs::path& path) {
  std::error_code error;
  fs::create_directories(path, error);
  if (!error) return absl::OkStatus();
  return absl::PermissionDeniedError(
      fmt::format("cannot make {}: {}", path.string(), error.message()));
}

}  // namespace

absl::StatusOr<Config> Init(const InitOptions& options) {
  const DataDirectory data{options.data};
  if (absl::Status status = CheckIsNew(data); !status.ok()) return status;
  if (absl::Status status = CheckOrigin(options.origin); !status.ok()) return status;
  absl::StatusOr<evidence::PublicKey> regulator = ReadPublicKey(options.regulator_key);
  if (!regulator.ok()) return regulator.status();
  absl::StatusOr<std::shared_ptr<const rules::RuleData>> rule_data =
      LoadRuleData(options.rule_data.empty() ? InstalledRuleData() : options.rule_data);
  if (!rule_data.ok()) return rule_data.status();
  absl::StatusOr<evidence::PrivateKey> log_key =
      evidence::PrivateKey::Generate(statement::v1::KEY_ALGORITHM_ED25519);
  if (!log_key.ok()) return log_key.status();
  absl::StatusOr<std::string> pem = log_key->ToPem();
  if (!pem.ok()) return pem.status();
  absl::StatusOr<evidence::NoteVerifier> verifier =
      evidence::NoteVerifier::Create(options.origin, log_key->public_key());
  if (!verifier.ok()) return verifier.status();

  const std::string sha256 = evidence::Hex((*rule_data)->sha256());
  const Config config{options.origin, *std::move(verifier), *std::move(regulator), sha256};
  for (const fs::path& directory : {data.root, data.journal(), data.rule_data()}) {
    if (absl::Status status = MakeDirectory(directory); !status.ok()) return status;
  }
  // The configuration comes last: without it the directory holds no log.
  absl::Status status =
      WriteFile(data.rule_data() / (sha256 + ".bundle"), (*rule_data)->bundle(), 0644);
  if (status.ok()) status = WriteFile(data.log_key(), *pem, 0600);
  if (status.ok()) status = WriteConfig(data, config);
  if (!status.ok()) {
    std::error_code ignored;  // what failed is told already
    fs::remove_all(data.root, ignored);
    return status;
  }
  return config;
}

std::string InstalledRuleData() {
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  return (program.parent_path().parent_path() / "share" / "cradle" / "rule-data.bundle").string();
}

}  // namespace cradle::cradled
