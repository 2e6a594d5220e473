#include "clients/sdk/identity.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <utility>

#include "storage/evidence/hash.h"
#include "storage/evidence/statement.h"

namespace cradle::sdk {
namespace {

constexpr int kHomeFormat = 1;
constexpr std::string_view kPemBegin = "-----BEGIN PUBLIC KEY-----\n";
constexpr std::string_view kPemEnd = "-----END PUBLIC KEY-----";

// The text after `name: ` on a line of its own before the PEM block; empty if there is none.
std::string_view Field(std::string_view preamble, std::string_view name) {
  while (!preamble.empty()) {
    const size_t end = preamble.find('\n');
    std::string_view line = preamble.substr(0, end);
    preamble = end == std::string_view::npos ? "" : preamble.substr(end + 1);
    if (line.starts_with(name) && line.substr(name.size()).starts_with(": ")) {
      return line.substr(name.size() + 2);
    }
  }
  return "";
}

}  // namespace

absl::StatusOr<evidence::NoteVerifier> Identity::Log() const {
  if (log_vkey.empty()) {
    return absl::FailedPreconditionError(
        "this device trusts no log yet: run `cradle init --server HOST:PORT --vkey KEY` with the "
        "verifier key that the operator of the log gave you");
  }
  return evidence::NoteVerifier::FromText(log_vkey);
}

std::string EncodeIdentity(const Identity& identity) {
  const nlohmann::ordered_json json = {
      {"format", kHomeFormat},
      {"server", identity.server},
      {"log_origin", identity.log_origin},
      {"log_vkey", identity.log_vkey},
      {"organisation", identity.organisation},
      {"person", identity.person},
      {"key_id", identity.key_id},
  };
  return json.dump(2) + "\n";
}

absl::StatusOr<Identity> ParseIdentity(std::string_view text) {
  const auto json = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) return absl::InvalidArgumentError("not a JSON object");
  const auto format = json.find("format");
  if (format == json.end() || !format->is_number_integer()) {
    return absl::InvalidArgumentError("it has no format number");
  }
  if (format->get<int64_t>() != kHomeFormat) {
    return absl::InvalidArgumentError(fmt::format("its format is {}, this program knows {}",
                                                  format->get<int64_t>(), kHomeFormat));
  }
  Identity identity;
  const std::pair<const char*, std::string*> fields[] = {
      {"server", &identity.server},     {"log_origin", &identity.log_origin},
      {"log_vkey", &identity.log_vkey}, {"organisation", &identity.organisation},
      {"person", &identity.person},     {"key_id", &identity.key_id}};
  for (const auto& [name, value] : fields) {
    const auto field = json.find(name);
    if (field == json.end()) continue;
    if (!field->is_string()) return absl::InvalidArgumentError(fmt::format("{} is not text", name));
    *value = field->get<std::string>();
  }
  return identity;
}

std::string EncodePublicKeyFile(const PublicKeyFile& file) {
  std::string text = "cradle device key\n";
  if (!file.organisation.empty()) text += fmt::format("organisation: {}\n", file.organisation);
  text += fmt::format("person: {}\nkey id: {}\n{}", file.person, evidence::Hex(file.key.id()),
                      kPemBegin);
  const std::string base64 = evidence::Base64(file.key.spki_der());
  for (size_t at = 0; at < base64.size(); at += 64) text += base64.substr(at, 64) + "\n";
  return text + std::string(kPemEnd) + "\n";
}

absl::StatusOr<PublicKeyFile> ParsePublicKeyFile(std::string_view text) {
  const size_t begin = text.find(kPemBegin);
  const size_t end = begin == std::string_view::npos ? begin : text.find(kPemEnd, begin);
  if (end == std::string_view::npos) {
    return absl::InvalidArgumentError(
        "no PEM public key in it: take the file that `cradle key show --out FILE` writes");
  }
  std::string base64;
  for (const char c : text.substr(begin + kPemBegin.size(), end - begin - kPemBegin.size())) {
    if (c != '\n' && c != '\r') base64 += c;
  }
  absl::StatusOr<std::string> spki = evidence::FromBase64(base64);
  if (!spki.ok()) return spki.status();
  absl::StatusOr<evidence::PublicKey> key =
      evidence::PublicKey::FromSpki(statement::v1::KEY_ALGORITHM_ECDSA_P256, *spki);
  if (!key.ok()) return key.status();
  PublicKeyFile file;
  file.key = *std::move(key);
  const std::string_view preamble = text.substr(0, begin);
  file.person = std::string(Field(preamble, "person"));
  file.organisation = std::string(Field(preamble, "organisation"));
  const std::string_view key_id = Field(preamble, "key id");
  if (!key_id.empty() && key_id != evidence::Hex(file.key.id())) {
    return absl::InvalidArgumentError(
        "the key id above the key is not the key's: ask for the file again");
  }
  for (const std::string& id : {file.person, file.organisation}) {
    if (!id.empty() && !evidence::IsId(id)) {
      return absl::InvalidArgumentError(fmt::format("'{}' is not an id", id));
    }
  }
  return file;
}

}  // namespace cradle::sdk
