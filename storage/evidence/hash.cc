#include "storage/evidence/hash.h"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <cstdio>
#include <cstdlib>
#include <memory>

namespace cradle::evidence {
namespace {

// SHA-256 fails only where OpenSSL has no memory left or no default provider. A hash function that
// could say "no" would put that case into every caller; stopping is the honest answer.
void StopUnless(bool holds) {
  if (holds) return;
  std::fputs("SHA-256 is not available from OpenSSL; check its configuration\n", stderr);
  std::abort();
}

// Fetching the digest costs more than hashing a node: it is done once, and each thread keeps one
// context that is initialised again for each hash.
class Sha256Context {
 public:
  Sha256Context() : context_(EVP_MD_CTX_new(), &EVP_MD_CTX_free) {
    static EVP_MD* const kSha256 = EVP_MD_fetch(nullptr, "SHA256", nullptr);
    StopUnless(kSha256 != nullptr && context_ != nullptr);
    StopUnless(EVP_DigestInit_ex2(context_.get(), kSha256, nullptr) == 1);
  }

  void Begin() { StopUnless(EVP_DigestInit_ex2(context_.get(), nullptr, nullptr) == 1); }
  void Add(const void* bytes, size_t size) {
    StopUnless(EVP_DigestUpdate(context_.get(), bytes, size) == 1);
  }
  Hash End() {
    Hash hash;
    unsigned int size = 0;
    StopUnless(EVP_DigestFinal_ex(context_.get(), hash.data(), &size) == 1 && size == hash.size());
    return hash;
  }

 private:
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context_;
};

Sha256Context& ThreadContext() {
  thread_local Sha256Context context;
  return context;
}

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

}  // namespace

Hash Sha256(std::string_view bytes) { return Sha256({bytes}); }

Hash Sha256(std::initializer_list<std::string_view> parts) {
  Sha256Context& context = ThreadContext();
  context.Begin();
  for (std::string_view part : parts) context.Add(part.data(), part.size());
  return context.End();
}

Hash EmptyRoot() { return Sha256(""); }

Hash LeafHash(std::string_view entry) {
  static constexpr std::string_view kPrefix("\0", 1);
  return Sha256({kPrefix, entry});
}

Hash NodeHash(const Hash& left, const Hash& right) {
  std::array<uint8_t, 65> node;
  node[0] = 1;
  std::copy(left.begin(), left.end(), node.begin() + 1);
  std::copy(right.begin(), right.end(), node.begin() + 33);
  Sha256Context& context = ThreadContext();
  context.Begin();
  context.Add(node.data(), node.size());
  return context.End();
}

std::string_view AsBytes(const Hash& hash) {
  return {reinterpret_cast<const char*>(hash.data()), hash.size()};
}

absl::StatusOr<Hash> HashFromBytes(std::string_view bytes) {
  Hash hash;
  if (bytes.size() != hash.size()) {
    return absl::InvalidArgumentError(
        fmt::format("a hash is {} bytes, not {}", hash.size(), bytes.size()));
  }
  std::copy(bytes.begin(), bytes.end(), hash.begin());
  return hash;
}

std::string Hex(std::string_view bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string hex;
  hex.reserve(2 * bytes.size());
  for (char c : bytes) {
    const auto byte = static_cast<uint8_t>(c);
    hex += kDigits[byte >> 4];
    hex += kDigits[byte & 15];
  }
  return hex;
}

std::string Hex(const Hash& hash) { return Hex(AsBytes(hash)); }

absl::StatusOr<std::string> FromHex(std::string_view hex) {
  if (hex.size() % 2 != 0) {
    return absl::InvalidArgumentError(
        fmt::format("hexadecimal of an odd length, {} digits", hex.size()));
  }
  std::string bytes;
  bytes.reserve(hex.size() / 2);
  for (size_t i = 0; i < hex.size(); i += 2) {
    const int high = HexDigit(hex[i]);
    const int low = HexDigit(hex[i + 1]);
    if (high < 0 || low < 0) {
      return absl::InvalidArgumentError(
          fmt::format("not lower-case hexadecimal at digit {}", high < 0 ? i : i + 1));
    }
    bytes += static_cast<char>(high << 4 | low);
  }
  return bytes;
}

}  // namespace cradle::evidence
