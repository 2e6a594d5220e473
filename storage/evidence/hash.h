// SHA-256 and the hashes of the Merkle tree (RFC 9162 §2.1.1).
#ifndef CRADLE_STORAGE_EVIDENCE_HASH_H_
#define CRADLE_STORAGE_EVIDENCE_HASH_H_

#include <array>
#include <compare>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace cradle::evidence {

using Hash = std::array<uint8_t, 32>;

Hash Sha256(std::string_view bytes);
// Of the parts, one after the other.
Hash Sha256(std::initializer_list<std::string_view> parts);

Hash EmptyRoot();                                    // SHA-256("")
Hash LeafHash(std::string_view entry);               // SHA-256(0x00 ‖ entry)
Hash NodeHash(const Hash& left, const Hash& right);  // SHA-256(0x01 ‖ left ‖ right)

std::string_view AsBytes(const Hash& hash);  // lives as long as `hash`
// INVALID_ARGUMENT unless exactly 32 bytes.
absl::StatusOr<Hash> HashFromBytes(std::string_view bytes);

std::string Hex(std::string_view bytes);
std::string Hex(const Hash& hash);
// INVALID_ARGUMENT: not lower-case hexadecimal.
absl::StatusOr<std::string> FromHex(std::string_view hex);
std::string Base64(std::string_view bytes);  // RFC 4648 §4, padded
// INVALID_ARGUMENT: not exactly what Base64 writes.
absl::StatusOr<std::string> FromBase64(std::string_view text);

}  // namespace cradle::evidence

#endif  // CRADLE_STORAGE_EVIDENCE_HASH_H_
