#include "storage/evidence/spki.h"

#include <fmt/format.h>
#include <openssl/bn.h>

#include <algorithm>
#include <memory>

namespace cradle::evidence {
namespace {

using namespace std::string_view_literals;

// All bytes before the point. The point of the first two is 0x04 ‖ x ‖ y, 65 bytes with the 0x04
// counted here: a compressed point would give the same key a second id.
constexpr std::string_view kP256Prefix =
    "\x30\x59\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07"
    "\x03"
    "\x42\x00\x04"sv;
constexpr std::string_view kSm2Prefix =
    "\x30\x59\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x81\x1c\xcf\x55\x01\x82\x2d"
    "\x03"
    "\x42\x00\x04"sv;
constexpr std::string_view kEd25519Prefix = "\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00"sv;

constexpr size_t kEd25519Bytes = 32;

absl::Status CheckForm(std::string_view spki_der, std::string_view prefix, size_t point_bytes,
                       std::string_view name) {
  if (spki_der.size() == prefix.size() + point_bytes && spki_der.starts_with(prefix)) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      fmt::format("not the DER SubjectPublicKeyInfo of {}: {} bytes expected, {} given", name,
                  prefix.size() + point_bytes, spki_der.size()));
}

struct FreeBn {
  void operator()(BIGNUM* number) const { BN_free(number); }
};
using Bn = std::unique_ptr<BIGNUM, FreeBn>;

Bn FromHexNumber(const char* hex) {
  BIGNUM* number = nullptr;
  BN_hex2bn(&number, hex);
  return Bn(number);
}

}  // namespace

absl::Status CheckSpkiForm(KeyAlgorithm algorithm, std::string_view spki_der) {
  switch (algorithm) {
    case statement::v1::KEY_ALGORITHM_ECDSA_P256:
      return CheckForm(spki_der, kP256Prefix, 64, "an uncompressed P-256 key");
    case statement::v1::KEY_ALGORITHM_ED25519:
      return CheckForm(spki_der, kEd25519Prefix, kEd25519Bytes, "an Ed25519 key");
    case statement::v1::KEY_ALGORITHM_SM2:
      return CheckForm(spki_der, kSm2Prefix, 64, "an uncompressed SM2 key");
    default:
      return absl::UnimplementedError(
          fmt::format("key algorithm {} is not known to this build", static_cast<int>(algorithm)));
  }
}

absl::Status CheckEd25519Point(std::string_view raw_key) {
  static const Bn kPrime =
      FromHexNumber("7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFED");
  static const Bn kD =
      FromHexNumber("52036CEE2B6FFE738CC740797779E89800700A4D4141D8AB75EB4DCA135978A3");
  std::string little_endian(raw_key);
  little_endian.back() = static_cast<char>(little_endian.back() & 0x7f);  // the sign of x
  const std::unique_ptr<BN_CTX, decltype(&BN_CTX_free)> context(BN_CTX_new(), &BN_CTX_free);
  const Bn y(BN_lebin2bn(reinterpret_cast<const unsigned char*>(little_endian.data()),
                         static_cast<int>(little_endian.size()), nullptr));
  const Bn yy(BN_new()), u(BN_new()), v(BN_new()), xx(BN_new()), sum(BN_new());
  if (!context || !kPrime || !kD || !y || !yy || !u || !v || !xx || !sum) {
    return absl::ResourceExhaustedError("no memory to look at an Ed25519 key");
  }
  if (BN_cmp(y.get(), kPrime.get()) >= 0) {
    return absl::InvalidArgumentError("an Ed25519 key whose y is not below the prime");
  }
  // RFC 8032 §5.1.3: x² = (y² - 1) / (d y² + 1) must have a root. v is never 0 on this curve.
  BN_CTX* ctx = context.get();
  const BIGNUM* p = kPrime.get();
  if (BN_mod_sqr(yy.get(), y.get(), p, ctx) != 1 ||
      BN_mod_sub(u.get(), yy.get(), BN_value_one(), p, ctx) != 1 ||
      BN_mod_mul(v.get(), kD.get(), yy.get(), p, ctx) != 1 ||
      BN_mod_add(v.get(), v.get(), BN_value_one(), p, ctx) != 1 ||
      BN_mod_inverse(v.get(), v.get(), p, ctx) == nullptr ||
      BN_mod_mul(xx.get(), u.get(), v.get(), p, ctx) != 1 ||
      BN_mod_add(sum.get(), xx.get(), yy.get(), p, ctx) != 1) {
    return absl::ResourceExhaustedError("no memory to look at an Ed25519 key");
  }
  if (BN_kronecker(xx.get(), p, ctx) == -1) {
    return absl::InvalidArgumentError("an Ed25519 key that is not a point of the curve");
  }
  // Orders 1 and 2 have x = 0, order 4 has y = 0, and twice a point of order 8 has y = 0, which by
  // the doubling formula means x² = -y².
  if (BN_is_zero(xx.get()) || BN_is_zero(yy.get()) || BN_is_zero(sum.get())) {
    return absl::InvalidArgumentError("an Ed25519 key of small order");
  }
  return absl::OkStatus();
}

std::string Ed25519Spki(std::string_view raw_key) {
  std::string spki(kEd25519Prefix);
  spki += raw_key;
  return spki;
}

std::string_view Ed25519Raw(const PublicKey& key) {
  return std::string_view(key.spki_der()).substr(kEd25519Prefix.size());
}

}  // namespace cradle::evidence
