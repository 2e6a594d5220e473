#include "storage/evidence/key.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "tests/storage/evidence/status_matchers.h"

namespace cradle::evidence {
namespace {

using statement::v1::KEY_ALGORITHM_ECDSA_P256;
using statement::v1::KEY_ALGORITHM_ED25519;
using statement::v1::KEY_ALGORITHM_SM2;
using statement::v1::KEY_ALGORITHM_UNSPECIFIED;

constexpr KeyAlgorithm kUnknownAlgorithm = static_cast<KeyAlgorithm>(9);

class KeyTest : public testing::TestWithParam<KeyAlgorithm> {
 protected:
  const PrivateKey key_ = PrivateKey::Generate(GetParam()).value();
};

INSTANTIATE_TEST_SUITE_P(Algorithms, KeyTest,
                         testing::Values(KEY_ALGORITHM_ECDSA_P256, KEY_ALGORITHM_ED25519,
                                         KEY_ALGORITHM_SM2),
                         [](const auto& test) { return KeyAlgorithm_Name(test.param); });

TEST_P(KeyTest, WhatItSignsVerifiesAndNothingElseDoes) {
  const auto signature = key_.Sign("message");
  ASSERT_THAT(signature, IsOk());
  EXPECT_EQ(signature->size(), 64U);
  const PublicKey& key = key_.public_key();
  EXPECT_THAT(key.Verify("message", *signature), IsOk());
  EXPECT_THAT(key.Verify("massage", *signature), IsRefused(kDataLoss, "verify"));
  EXPECT_THAT(key.Verify("", *signature), IsRefused(kDataLoss, "verify"));
  const PrivateKey other = PrivateKey::Generate(GetParam()).value();
  EXPECT_THAT(other.public_key().Verify("message", *signature), IsRefused(kDataLoss, "verify"));
}

TEST_P(KeyTest, EveryFlippedBitOfASignatureIsRefused) {
  const std::string signature = key_.Sign("message").value();
  for (size_t bit = 0; bit < 8 * signature.size(); bit += 7) {
    std::string damaged = signature;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << bit % 8));
    EXPECT_THAT(key_.public_key().Verify("message", damaged), IsRefused(kDataLoss, "verify"));
  }
}

TEST_P(KeyTest, ASignatureIsSixtyFourBytes) {
  const std::string signature = key_.Sign("message").value();
  EXPECT_THAT(key_.public_key().Verify("message", signature + "x"), IsRefused(kInvalid, "65"));
  EXPECT_THAT(key_.public_key().Verify("message", signature.substr(1)), IsRefused(kInvalid, "63"));
  EXPECT_THAT(key_.public_key().Verify("message", ""), IsRefused(kInvalid, "64"));
}

TEST_P(KeyTest, SignaturesAreAlwaysSixtyFourBytesAlsoWithLeadingZeros) {
  for (int i = 0; i < 600; ++i) {
    const std::string message = std::to_string(i);
    const std::string signature = key_.Sign(message).value();
    ASSERT_EQ(signature.size(), 64U);
    ASSERT_THAT(key_.public_key().Verify(message, signature), IsOk());
  }
}

TEST_P(KeyTest, PublicAndPrivateFormsRoundTrip) {
  const PublicKey& key = key_.public_key();
  const auto read = PublicKey::FromSpki(GetParam(), key.spki_der());
  ASSERT_THAT(read, IsOk());
  EXPECT_EQ(read->algorithm(), GetParam());
  EXPECT_EQ(read->spki_der(), key.spki_der());
  EXPECT_EQ(read->id(), Sha256(key.spki_der()));
  const auto pem = key_.ToPem();
  ASSERT_THAT(pem, IsOk());
  EXPECT_TRUE(pem->starts_with("-----BEGIN PRIVATE KEY-----\n"));
  const auto again = PrivateKey::FromPem(*pem);
  ASSERT_THAT(again, IsOk());
  EXPECT_EQ(again->public_key().id(), key.id());
  EXPECT_THAT(key.Verify("message", again->Sign("message").value()), IsOk());
}

TEST_P(KeyTest, OnlyTheOneEncodingOfThatAlgorithmIsAKey) {
  const std::string spki = key_.public_key().spki_der();
  EXPECT_THAT(PublicKey::FromSpki(GetParam(), spki + '\0'), IsRefused(kInvalid, "SubjectPublic"));
  EXPECT_THAT(PublicKey::FromSpki(GetParam(), spki.substr(0, spki.size() - 1)),
              IsRefused(kInvalid, "SubjectPublic"));
  EXPECT_THAT(PublicKey::FromSpki(GetParam(), ""), IsRefused(kInvalid, "SubjectPublic"));
  for (KeyAlgorithm other : {KEY_ALGORITHM_ECDSA_P256, KEY_ALGORITHM_ED25519, KEY_ALGORITHM_SM2}) {
    if (other == GetParam()) continue;
    EXPECT_THAT(PublicKey::FromSpki(other, spki), IsRefused(kInvalid, "SubjectPublic"));
  }
  EXPECT_THAT(PublicKey::FromSpki(kUnknownAlgorithm, spki), IsRefused(kUnknown, "9"));
  EXPECT_THAT(PublicKey::FromSpki(KEY_ALGORITHM_UNSPECIFIED, spki), IsRefused(kUnknown, "0"));
}

TEST_P(KeyTest, ManyThreadsVerifyWithOneKey) {
  const std::string signature = key_.Sign("message").value();
  std::atomic<int> right = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, copy = key_.public_key()] {
      for (int i = 0; i < 50; ++i) {
        right += copy.Verify("message", signature).ok() ? 1 : 0;
        right += copy.Verify("another", signature).ok() ? 0 : 1;
        right += copy.Verify("mine", key_.Sign("mine").value()).ok() ? 1 : 0;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(right, 4 * 50 * 3);
}

constexpr std::string_view kP256Order =
    "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";
constexpr std::string_view kSm2Order =
    "fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123";

void ExpectRangeOfScalars(KeyAlgorithm algorithm, std::string_view order_hex) {
  const PrivateKey key = PrivateKey::Generate(algorithm).value();
  const std::string signature = key.Sign("message").value();
  const std::string r = signature.substr(0, 32);
  const std::string s = signature.substr(32);
  const std::string zero(32, '\0');
  const std::string order = FromHex(order_hex).value();
  const std::string most(32, '\xff');
  for (const std::string& bad : {zero, order, most}) {
    EXPECT_THAT(key.public_key().Verify("message", bad + s), IsRefused(kDataLoss, "verify"));
    EXPECT_THAT(key.public_key().Verify("message", r + bad), IsRefused(kDataLoss, "verify"));
    EXPECT_THAT(key.public_key().Verify("message", bad + bad), IsRefused(kDataLoss, "verify"));
  }
}

TEST(P256Test, ScalarsAreAboveZeroAndBelowTheOrder) {
  ExpectRangeOfScalars(KEY_ALGORITHM_ECDSA_P256, kP256Order);
}

TEST(Sm2Test, ScalarsAreAboveZeroAndBelowTheOrder) {
  ExpectRangeOfScalars(KEY_ALGORITHM_SM2, kSm2Order);
}

// RFC 6979 §A.2.5, with SHA-256 and message "sample".
TEST(P256Test, VerifiesTheSignatureOfRfc6979) {
  const std::string spki = FromHex(
                               "3059301306072a8648ce3d020106082a8648ce3d03010703420004"
                               "60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6"
                               "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299")
                               .value();
  const std::string signature =
      FromHex(
          "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"
          "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8")
          .value();
  const auto key = PublicKey::FromSpki(KEY_ALGORITHM_ECDSA_P256, spki);
  ASSERT_THAT(key, IsOk());
  EXPECT_THAT(key->Verify("sample", signature), IsOk());
  EXPECT_THAT(key->Verify("simple", signature), IsRefused(kDataLoss, ""));
}

TEST(P256Test, APointOffTheCurveIsNoKey) {
  std::string spki = PrivateKey::Generate(KEY_ALGORITHM_ECDSA_P256)->public_key().spki_der();
  spki.back() = static_cast<char>(spki.back() ^ 1);
  EXPECT_THAT(PublicKey::FromSpki(KEY_ALGORITHM_ECDSA_P256, spki), IsRefused(kInvalid, "not"));
}

// RFC 8032 §7.1, test 2.
TEST(Ed25519Test, VerifiesTheSignatureOfRfc8032) {
  const std::string spki = FromHex(
                               "302a300506032b65700321003d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec"
                               "4968cc0cd55f12af4660c")
                               .value();
  const std::string signature =
      FromHex(
          "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
          "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00")
          .value();
  const auto key = PublicKey::FromSpki(KEY_ALGORITHM_ED25519, spki);
  ASSERT_THAT(key, IsOk());
  EXPECT_THAT(key->Verify("\x72", signature), IsOk());
}

// With such keys some signature verifies under every message, or nearly.
TEST(Ed25519Test, PointsOfSmallOrderAreNoKeys) {
  for (const char* point : {"0100000000000000000000000000000000000000000000000000000000000000",
                            "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                            "0000000000000000000000000000000000000000000000000000000000000000",
                            "0000000000000000000000000000000000000000000000000000000000000080",
                            "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
                            "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"}) {
    EXPECT_THAT(
        PublicKey::FromSpki(KEY_ALGORITHM_ED25519,
                            FromHex(std::string("302a300506032b6570032100") + point).value()),
        IsRefused(kInvalid, "small order"))
        << point;
  }
}

TEST(Ed25519Test, WhatIsNoPointIsNoKey) {
  const auto read = [](const char* point) {
    return PublicKey::FromSpki(KEY_ALGORITHM_ED25519,
                               FromHex(std::string("302a300506032b6570032100") + point).value());
  };
  EXPECT_THAT(read("0200000000000000000000000000000000000000000000000000000000000000"),
              IsRefused(kInvalid, "not a point"));
  EXPECT_THAT(read("edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
              IsRefused(kInvalid, "below the prime"));
}

// GB/T 32918.5-2017, annex A: the message "message digest" under the usual id.
TEST(Sm2Test, VerifiesTheSignatureOfTheStandard) {
  const std::string spki = FromHex(
                               "3059301306072a8648ce3d020106082a811ccf5501822d03420004"
                               "09f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020"
                               "ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13")
                               .value();
  const std::string signature =
      FromHex(
          "f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3"
          "b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa")
          .value();
  const auto key = PublicKey::FromSpki(KEY_ALGORITHM_SM2, spki);
  ASSERT_THAT(key, IsOk());
  EXPECT_THAT(key->Verify("message digest", signature), IsOk());
}

TEST(PemTest, WhatIsNoPrivateKeyOfOursIsRefused) {
  EXPECT_THAT(PrivateKey::FromPem(""), IsRefused(kInvalid, "private key"));
  EXPECT_THAT(PrivateKey::FromPem("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"),
              IsRefused(kInvalid, "private key"));
  EXPECT_THAT(PrivateKey::Generate(kUnknownAlgorithm), IsRefused(kUnknown, "9"));
  // Encrypted: OpenSSL would ask on the terminal, if it could.
  EXPECT_THAT(
      PrivateKey::FromPem("-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
                          "MIHsMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAjNS4j0Yg4o8gICCAAw\n"
                          "-----END ENCRYPTED PRIVATE KEY-----\n"),
      IsRefused(kInvalid, "private key"));
}

}  // namespace
}  // namespace cradle::evidence
