// Ids and chain names.
#include <fmt/format.h>
#include <openssl/rand.h>

#include <array>
#include <cstdio>
#include <cstdlib>

#include "storage/evidence/statement.h"

namespace cradle::evidence {
namespace {

constexpr std::string_view kAlphabet = "0123456789abcdefghjkmnpqrstvwxyz";  // no i, l, o, u
constexpr size_t kIdBytes = 16;
constexpr size_t kIdCharacters = 26;

constexpr std::array<std::string_view, 5> kChainKinds = {"org", "facility", "batch", "manifest",
                                                         "docket"};

}  // namespace

std::string IdFromBytes(std::string_view sixteen_bytes) {
  // A big-endian number of 128 bits, five bits a character; the first has three of them.
  std::string id;
  id.reserve(kIdCharacters);
  uint32_t bits = 0;
  int count = 2;  // 26 characters hold 130 bits: two zeros in front
  for (size_t i = 0; i < kIdBytes; ++i) {
    bits = bits << 8 | (i < sixteen_bytes.size() ? static_cast<uint8_t>(sixteen_bytes[i]) : 0);
    for (count += 8; count >= 5; count -= 5) id += kAlphabet[bits >> (count - 5) & 31];
  }
  return id;
}

std::string RandomId() {
  std::array<unsigned char, kIdBytes> bytes;
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) {
    // An id that is not random could meet another: there is nothing sensible to go on with.
    std::fputs("the system gives no random bytes\n", stderr);
    std::abort();
  }
  return IdFromBytes({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

bool IsId(std::string_view id) {
  return id.size() == kIdCharacters && id.front() >= '0' && id.front() <= '7' &&
         id.find_first_not_of(kAlphabet) == std::string_view::npos;
}

absl::StatusOr<ChainName> ParseChainName(std::string_view chain) {
  if (chain == "log") return ChainName{.kind = "log", .id = ""};
  const size_t colon = chain.find(':');
  if (colon != std::string_view::npos) {
    const std::string_view kind = chain.substr(0, colon);
    const std::string_view id = chain.substr(colon + 1);
    for (std::string_view known : kChainKinds) {
      if (kind == known && IsId(id)) {
        return ChainName{.kind = std::string(kind), .id = std::string(id)};
      }
    }
  }
  return absl::InvalidArgumentError(
      fmt::format("'{}' is not a chain: 'log', or 'org:', 'facility:', 'batch:', 'manifest:' or "
                  "'docket:' and an id of 26 characters",
                  chain));
}

}  // namespace cradle::evidence
