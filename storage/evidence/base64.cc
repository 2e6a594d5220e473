// RFC 4648 §4, strictly: one text for each byte string, so that files with base64 in them are
// canonical. OpenSSL's decoder lets white space and loose bits pass.
#include <fmt/format.h>

#include <array>

#include "storage/evidence/hash.h"

namespace cradle::evidence {
namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

constexpr std::array<int8_t, 256> MakeValues() {
  std::array<int8_t, 256> values{};
  for (int8_t& value : values) value = -1;
  for (size_t i = 0; i < kAlphabet.size(); ++i) {
    values[static_cast<uint8_t>(kAlphabet[i])] = static_cast<int8_t>(i);
  }
  return values;
}

constexpr std::array<int8_t, 256> kValues = MakeValues();

}  // namespace

std::string Base64(std::string_view bytes) {
  std::string text((bytes.size() + 2) / 3 * 4, '=');
  char* next = text.data();
  for (size_t i = 0; i < bytes.size(); i += 3, next += 4) {
    const size_t count = std::min<size_t>(3, bytes.size() - i);
    uint32_t group = 0;
    for (size_t k = 0; k < 3; ++k) {
      group = group << 8 | (k < count ? static_cast<uint8_t>(bytes[i + k]) : 0);
    }
    next[0] = kAlphabet[group >> 18];
    next[1] = kAlphabet[group >> 12 & 63];
    if (count > 1) next[2] = kAlphabet[group >> 6 & 63];
    if (count > 2) next[3] = kAlphabet[group & 63];
  }
  return text;
}

absl::StatusOr<std::string> FromBase64(std::string_view text) {
  if (text.size() % 4 != 0) {
    return absl::InvalidArgumentError(
        fmt::format("base64 of {} characters: not a multiple of 4", text.size()));
  }
  size_t padding = 0;
  while (padding < 2 && padding < text.size() && text[text.size() - 1 - padding] == '=') ++padding;
  std::string bytes;
  bytes.reserve(text.size() / 4 * 3);
  uint32_t group = 0;
  for (size_t i = 0; i < text.size() - padding; ++i) {
    const int8_t value = kValues[static_cast<uint8_t>(text[i])];
    if (value < 0) {
      return absl::InvalidArgumentError(
          fmt::format("character {} of the base64 is not of its alphabet", i));
    }
    group = group << 6 | static_cast<uint32_t>(value);
    if (i % 4 == 3) {
      bytes += static_cast<char>(group >> 16);
      bytes += static_cast<char>(group >> 8);
      bytes += static_cast<char>(group);
      group = 0;
    }
  }
  if (padding == 2) {
    if ((group & 15) != 0) return absl::InvalidArgumentError("base64 with bits left over");
    bytes += static_cast<char>(group >> 4);
  } else if (padding == 1) {
    if ((group & 3) != 0) return absl::InvalidArgumentError("base64 with bits left over");
    bytes += static_cast<char>(group >> 10);
    bytes += static_cast<char>(group >> 2);
  }
  return bytes;
}

}  // namespace cradle::evidence
