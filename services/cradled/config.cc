#include "services/cradled/config.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "storage/evidence/hash.h"

namespace cradle::cradled {
namespace {

absl::Status Failed(std::string_view what, const std::filesystem::path& path) {
  const absl::StatusCode code = errno == EACCES || errno == EPERM
                                    ? absl::StatusCode::kPermissionDenied
                                : errno == ENOSPC ? absl::StatusCode::kResourceExhausted
                                : errno == ENOENT ? absl::StatusCode::kNotFound
                                                  : absl::StatusCode::kUnavailable;
  return {code, fmt::format("cannot {} {}: {}", what, path.string(), std::strerror(errno))};
}

}  // namespace

absl::StatusOr<std::string> ReadFile(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return Failed("read", path);
  std::ostringstream bytes;
  bytes << file.rdbuf();
  return bytes.str();
}

absl::Status WriteFile(const std::filesystem::path& path, std::string_view bytes, int mode) {
  const std::string beside = path.string() + ".new";
  const int file = ::open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
  if (file < 0) return Failed("create", beside);
  size_t written = 0;
  while (written < bytes.size()) {
    const ssize_t n = ::write(file, bytes.data() + written, bytes.size() - written);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) break;
    written += static_cast<size_t>(n);
  }
  const bool complete = written == bytes.size() && ::fsync(file) == 0;
  const absl::Status failed = complete ? absl::OkStatus() : Failed("write", beside);
  ::close(file);
  if (!failed.ok()) return failed;
  if (::rename(beside.c_str(), path.c_str()) != 0) return Failed("put into place", path);
  const std::filesystem::path parent = path.has_parent_path() ? path.parent_path() : ".";
  const int directory = ::open(parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (directory < 0) return Failed("open", parent);
  const int synced = ::fsync(directory);
  ::close(directory);
  return synced == 0 ? absl::OkStatus() : Failed("sync", parent);
}

absl::Status WriteConfig(const DataDirectory& data, const Config& config) {
  const nlohmann::ordered_json json = {
      {"format", kDataFormat},
      {"origin", config.origin},
      {"log_vkey", config.log.ToText()},
      {"regulator_key_algorithm", static_cast<int>(config.regulator_key.algorithm())},
      {"regulator_key", evidence::Base64(config.regulator_key.spki_der())},
      {"rule_data_sha256", config.rule_data_sha256},
  };
  return WriteFile(data.config(), json.dump(2) + "\n", 0644);
}

absl::StatusOr<Config> ReadConfig(const DataDirectory& data) {
  absl::StatusOr<std::string> text = ReadFile(data.config());
  if (absl::IsNotFound(text.status())) {
    return absl::NotFoundError(
        fmt::format("{} holds no log: make one with `cradled init --data {}`", data.root.string(),
                    data.root.string()));
  }
  if (!text.ok()) return text.status();
  const auto json = nlohmann::json::parse(*text, nullptr, /*allow_exceptions=*/false);
  const auto damaged = [&](std::string_view what) {
    return absl::InvalidArgumentError(fmt::format("{}: {}", data.config().string(), what));
  };
  if (!json.is_object()) return damaged("not a JSON object");
  const auto text_of = [&](const char* name) -> std::string {
    const auto value = json.find(name);
    return value != json.end() && value->is_string() ? value->get<std::string>() : "";
  };
  const auto number_of = [&](const char* name) -> int {
    const auto value = json.find(name);
    return value != json.end() && value->is_number_integer() ? value->get<int>() : 0;
  };
  const int format = number_of("format");
  if (format > kDataFormat) {
    return absl::FailedPreconditionError(
        fmt::format("{} has format {}, this program knows {}: use the newer cradled",
                    data.config().string(), format, kDataFormat));
  }
  if (format < 1) return damaged("no format number");

  Config config;
  config.origin = text_of("origin");
  absl::StatusOr<evidence::NoteVerifier> log =
      evidence::NoteVerifier::FromText(text_of("log_vkey"));
  if (!log.ok()) return damaged("log_vkey: " + std::string(log.status().message()));
  if (log->name() != config.origin) return damaged("log_vkey is not named by the origin");
  config.log = *std::move(log);
  absl::StatusOr<std::string> spki = evidence::FromBase64(text_of("regulator_key"));
  if (!spki.ok()) return damaged("regulator_key: " + std::string(spki.status().message()));
  absl::StatusOr<evidence::PublicKey> regulator = evidence::PublicKey::FromSpki(
      static_cast<evidence::KeyAlgorithm>(number_of("regulator_key_algorithm")), *spki);
  if (!regulator.ok())
    return damaged("regulator_key: " + std::string(regulator.status().message()));
  config.regulator_key = *std::move(regulator);
  config.rule_data_sha256 = text_of("rule_data_sha256");
  return config;
}

}  // namespace cradle::cradled
