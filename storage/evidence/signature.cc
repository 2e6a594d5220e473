#include "storage/evidence/signature.h"

#include <openssl/ec.h>
#include <openssl/ecdsa.h>

#include <memory>

namespace cradle::evidence {
namespace {

constexpr int kScalarBytes = kSignatureBytes / 2;

// A positive DER INTEGER: no leading zeros but the one that keeps the sign bit clear.
size_t PutInteger(std::string_view scalar, unsigned char* out) {
  while (scalar.size() > 1 && scalar.front() == 0) scalar.remove_prefix(1);
  const size_t zero = (static_cast<unsigned char>(scalar.front()) & 0x80) != 0 ? 1 : 0;
  out[0] = 0x02;
  out[1] = static_cast<unsigned char>(scalar.size() + zero);
  out[2] = 0;
  scalar.copy(reinterpret_cast<char*>(out) + 2 + zero, scalar.size());
  return 2 + zero + scalar.size();
}

}  // namespace

DerSignature DerFromRaw(std::string_view raw) {
  DerSignature der;
  size_t size = 2;
  size += PutInteger(raw.substr(0, kScalarBytes), der.bytes + size);
  size += PutInteger(raw.substr(kScalarBytes, kScalarBytes), der.bytes + size);
  der.bytes[0] = 0x30;
  der.bytes[1] = static_cast<unsigned char>(size - 2);
  der.size = size;
  return der;
}

absl::StatusOr<std::string> RawFromDer(std::string_view der) {
  const auto* bytes = reinterpret_cast<const unsigned char*>(der.data());
  const std::unique_ptr<ECDSA_SIG, decltype(&ECDSA_SIG_free)> parsed(
      d2i_ECDSA_SIG(nullptr, &bytes, static_cast<long>(der.size())), &ECDSA_SIG_free);
  std::string raw(kSignatureBytes, '\0');
  auto* out = reinterpret_cast<unsigned char*>(raw.data());
  if (!parsed || BN_bn2binpad(ECDSA_SIG_get0_r(parsed.get()), out, kScalarBytes) < 0 ||
      BN_bn2binpad(ECDSA_SIG_get0_s(parsed.get()), out + kScalarBytes, kScalarBytes) < 0) {
    return absl::InternalError("OpenSSL made a signature of an unexpected form");
  }
  return raw;
}

}  // namespace cradle::evidence
