#include "storage/evidence/key.h"

#include <fmt/format.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <utility>

#include "storage/evidence/signature.h"
#include "storage/evidence/spki.h"

namespace cradle::evidence {
namespace {

using statement::v1::KEY_ALGORITHM_ECDSA_P256;
using statement::v1::KEY_ALGORITHM_ED25519;
using statement::v1::KEY_ALGORITHM_SM2;
using statement::v1::KEY_ALGORITHM_UNSPECIFIED;

struct Free {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(EVP_PKEY_CTX* context) const { EVP_PKEY_CTX_free(context); }
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
  void operator()(BIO* bio) const { BIO_free_all(bio); }
};
using KeyPtr = std::unique_ptr<EVP_PKEY, Free>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, Free>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, Free>;
using Bio = std::unique_ptr<BIO, Free>;

// The signer's id that GB/T 35276-2017 fixes where the parties agree on no other.
constexpr std::string_view kSm2Id = "1234567812345678";

const unsigned char* Bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

// OpenSSL's oldest complaint, and an empty queue: one left behind would be read by whoever asks
// next.
std::string TakeReason() {
  const unsigned long code = ERR_get_error();
  const char* reason = code == 0 ? nullptr : ERR_reason_error_string(code);
  ERR_clear_error();
  return reason == nullptr ? "no reason given" : reason;
}

absl::Status OpenSslFailed(std::string_view what) {
  return absl::InternalError(fmt::format("OpenSSL cannot {}: {}", what, TakeReason()));
}

absl::Status DoesNotVerify() {
  ERR_clear_error();
  return absl::DataLossError("the signature does not verify");
}

KeyAlgorithm AlgorithmOf(const EVP_PKEY* key) {
  if (EVP_PKEY_is_a(key, "ED25519") == 1) return KEY_ALGORITHM_ED25519;
  if (EVP_PKEY_is_a(key, "SM2") == 1) return KEY_ALGORITHM_SM2;
  if (EVP_PKEY_is_a(key, "EC") == 1) return KEY_ALGORITHM_ECDSA_P256;  // its form tells the curve
  return KEY_ALGORITHM_UNSPECIFIED;
}

absl::StatusOr<std::string> SpkiOf(EVP_PKEY* key, KeyAlgorithm algorithm) {
  if (algorithm != KEY_ALGORITHM_ED25519 &&
      EVP_PKEY_set_utf8_string_param(key, OSSL_PKEY_PARAM_EC_POINT_CONVERSION_FORMAT,
                                     OSSL_PKEY_EC_POINT_CONVERSION_FORMAT_UNCOMPRESSED) != 1) {
    return OpenSslFailed("write a key uncompressed");
  }
  unsigned char* der = nullptr;
  const int size = i2d_PUBKEY(key, &der);
  if (size <= 0) return OpenSslFailed("encode a public key");
  std::string spki(reinterpret_cast<char*>(der), static_cast<size_t>(size));
  OPENSSL_free(der);
  return spki;
}

// A context for one signature with the digest that goes with the algorithm; for SM2 with its id.
template <typename Init>
bool Begin(EVP_MD_CTX* context, EVP_PKEY* key, KeyAlgorithm algorithm, Init init) {
  const char* digest = algorithm == KEY_ALGORITHM_ED25519 ? nullptr
                       : algorithm == KEY_ALGORITHM_SM2   ? "SM3"
                                                          : "SHA256";
  EVP_PKEY_CTX* key_context = nullptr;  // the digest context's own
  if (init(context, &key_context, digest, nullptr, nullptr, key, nullptr) != 1) return false;
  return algorithm != KEY_ALGORITHM_SM2 ||
         EVP_PKEY_CTX_set1_id(key_context, kSm2Id.data(), static_cast<int>(kSm2Id.size())) == 1;
}

}  // namespace

struct PublicKey::Decoded {
  KeyAlgorithm algorithm;
  std::string spki_der;
  Hash id;
  KeyPtr key;
  // P-256 only: ready to verify, duplicated for each call. Making one anew fetches the algorithm
  // from the provider each time; a copy does not.
  KeyContext verify;
};

absl::StatusOr<PublicKey> PublicKey::FromSpki(KeyAlgorithm algorithm, std::string_view spki_der) {
  if (absl::Status form = CheckSpkiForm(algorithm, spki_der); !form.ok()) return form;
  const unsigned char* bytes = Bytes(spki_der);
  KeyPtr key(d2i_PUBKEY(nullptr, &bytes, static_cast<long>(spki_der.size())));
  if (!key) {
    return absl::InvalidArgumentError(fmt::format("not a public key: {}", TakeReason()));
  }
  KeyContext verify;
  if (algorithm == KEY_ALGORITHM_ED25519) {
    const std::string_view raw = spki_der.substr(spki_der.size() - 32);
    if (absl::Status point = CheckEd25519Point(raw); !point.ok()) return point;
  } else if (algorithm == KEY_ALGORITHM_ECDSA_P256) {
    verify.reset(EVP_PKEY_CTX_new_from_pkey(nullptr, key.get(), nullptr));
    if (!verify || EVP_PKEY_verify_init(verify.get()) != 1) return OpenSslFailed("verify P-256");
  }
  PublicKey result;
  result.decoded_ = std::make_shared<const Decoded>(Decoded{.algorithm = algorithm,
                                                            .spki_der = std::string(spki_der),
                                                            .id = Sha256(spki_der),
                                                            .key = std::move(key),
                                                            .verify = std::move(verify)});
  return result;
}

KeyAlgorithm PublicKey::algorithm() const { return decoded_->algorithm; }
const std::string& PublicKey::spki_der() const { return decoded_->spki_der; }
const Hash& PublicKey::id() const { return decoded_->id; }

absl::Status PublicKey::Verify(std::string_view message, std::string_view signature) const {
  if (signature.size() != kSignatureBytes) {
    return absl::InvalidArgumentError(
        fmt::format("a signature is {} bytes, not {}", kSignatureBytes, signature.size()));
  }
  const KeyAlgorithm algorithm = decoded_->algorithm;
  if (algorithm == KEY_ALGORITHM_ECDSA_P256) {
    const KeyContext context(EVP_PKEY_CTX_dup(decoded_->verify.get()));
    if (!context) return OpenSslFailed("verify P-256");
    const DerSignature der = DerFromRaw(signature);
    const Hash digest = Sha256(message);
    const int verdict =
        EVP_PKEY_verify(context.get(), der.bytes, der.size, digest.data(), digest.size());
    return verdict == 1 ? absl::OkStatus() : DoesNotVerify();
  }
  const DigestContext context(EVP_MD_CTX_new());
  if (!context || !Begin(context.get(), decoded_->key.get(), algorithm, EVP_DigestVerifyInit_ex)) {
    return OpenSslFailed("verify");
  }
  int verdict = 0;
  if (algorithm == KEY_ALGORITHM_SM2) {
    const DerSignature der = DerFromRaw(signature);
    verdict = EVP_DigestVerify(context.get(), der.bytes, der.size, Bytes(message), message.size());
  } else {
    verdict = EVP_DigestVerify(context.get(), Bytes(signature), signature.size(), Bytes(message),
                               message.size());
  }
  return verdict == 1 ? absl::OkStatus() : DoesNotVerify();
}

namespace {

absl::StatusOr<std::pair<KeyPtr, PublicKey>> WithPublic(KeyPtr key) {
  const KeyAlgorithm algorithm = AlgorithmOf(key.get());
  if (algorithm == KEY_ALGORITHM_UNSPECIFIED) {
    return absl::InvalidArgumentError(
        fmt::format("a private key of type {}: only P-256, Ed25519 and SM2 are used here",
                    EVP_PKEY_get0_type_name(key.get())));
  }
  auto spki = SpkiOf(key.get(), algorithm);
  if (!spki.ok()) return spki.status();
  auto public_key = PublicKey::FromSpki(algorithm, *spki);
  if (!public_key.ok()) return public_key.status();
  return std::pair(std::move(key), *std::move(public_key));
}

}  // namespace

absl::StatusOr<PrivateKey> PrivateKey::Generate(KeyAlgorithm algorithm) {
  KeyPtr key;
  if (algorithm == KEY_ALGORITHM_ECDSA_P256) {
    key.reset(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"));
  } else if (algorithm == KEY_ALGORITHM_ED25519) {
    key.reset(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
  } else if (algorithm == KEY_ALGORITHM_SM2) {
    key.reset(EVP_PKEY_Q_keygen(nullptr, nullptr, "SM2"));
  } else {
    return absl::UnimplementedError(
        fmt::format("key algorithm {} is not known to this build", static_cast<int>(algorithm)));
  }
  if (!key) return OpenSslFailed("generate a key");
  auto both = WithPublic(std::move(key));
  if (!both.ok()) return both.status();
  PrivateKey result;
  result.public_ = std::move(both->second);
  result.key_ = std::shared_ptr<EVP_PKEY>(std::move(both->first));
  return result;
}

absl::StatusOr<PrivateKey> PrivateKey::FromPem(std::string_view pem) {
  const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  if (!bio) return OpenSslFailed("read a private key");
  // Without a callback of ours OpenSSL would ask for a passphrase on the terminal.
  const auto no_passphrase = [](char*, int, int, void*) { return -1; };
  KeyPtr key(PEM_read_bio_PrivateKey(bio.get(), nullptr, no_passphrase, nullptr));
  if (!key) {
    return absl::InvalidArgumentError(
        fmt::format("not a private key in PEM without passphrase: {}", TakeReason()));
  }
  auto both = WithPublic(std::move(key));
  if (!both.ok()) return both.status();
  PrivateKey result;
  result.public_ = std::move(both->second);
  result.key_ = std::shared_ptr<EVP_PKEY>(std::move(both->first));
  return result;
}

absl::StatusOr<std::string> PrivateKey::ToPem() const {
  const Bio bio(BIO_new(BIO_s_secmem()));
  if (!bio || PEM_write_bio_PKCS8PrivateKey(bio.get(), static_cast<EVP_PKEY*>(key_.get()), nullptr,
                                            nullptr, 0, nullptr, nullptr) != 1) {
    return OpenSslFailed("write a private key");
  }
  const char* text = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &text);
  return std::string(text, static_cast<size_t>(size));
}

absl::StatusOr<std::string> PrivateKey::Sign(std::string_view message) const {
  const KeyAlgorithm algorithm = public_.algorithm();
  const DigestContext context(EVP_MD_CTX_new());
  if (!context ||
      !Begin(context.get(), static_cast<EVP_PKEY*>(key_.get()), algorithm, EVP_DigestSignInit_ex)) {
    return OpenSslFailed("sign");
  }
  std::string signature(sizeof(DerSignature::bytes), '\0');
  size_t size = signature.size();
  if (EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                     Bytes(message), message.size()) != 1) {
    return OpenSslFailed("sign");
  }
  signature.resize(size);
  if (algorithm == KEY_ALGORITHM_ED25519) return signature;
  return RawFromDer(signature);
}

}  // namespace cradle::evidence
