#include "storage/evidence/signed_statement_file.h"

#include <gtest/gtest.h>

#include "tests/storage/evidence/samples.h"
#include "tests/storage/evidence/status_matchers.h"

namespace cradle::evidence {
namespace {

SignedStatement Sample(size_t attestations) {
  SignedStatement result = SampleEntry().signed_statement;
  const SignedAttestation first = result.attestations[0];
  result.attestations.resize(attestations, first);
  return result;
}

TEST(SignedStatementFileTest, HasTheLinesOfTheFormat) {
  SignedStatement statement;
  statement.statement = "statement";
  statement.attestations = {{statement::v1::KEY_ALGORITHM_ECDSA_P256, "one", std::string(64, 'a')},
                            {statement::v1::KEY_ALGORITHM_SM2, "two", std::string(64, 'b')}};
  EXPECT_EQ(*EncodeSignedStatementFile(statement),
            "cradle-statement/v1\n"
            "statement " +
                Base64("statement") +
                "\n"
                "attestation ecdsa-p256 " +
                Base64("one") + " " + Base64(std::string(64, 'a')) +
                "\n"
                "attestation sm2 " +
                Base64("two") + " " + Base64(std::string(64, 'b')) + "\n");
}

TEST(SignedStatementFileTest, RoundTripsWithTheAttestationsSoFar) {
  for (size_t attestations = 0; attestations <= 8; ++attestations) {
    const SignedStatement statement = Sample(attestations);
    const auto text = EncodeSignedStatementFile(statement);
    ASSERT_THAT(text, IsOk());
    const auto parsed = ParseSignedStatementFile(*text);
    ASSERT_THAT(parsed, IsOk());
    EXPECT_EQ(*parsed, statement);
    EXPECT_EQ(*EncodeSignedStatementFile(*parsed), *text);
  }
}

TEST(SignedStatementFileTest, CutAnywhereButAfterALineItIsRefused) {
  const std::string text = EncodeSignedStatementFile(Sample(2)).value();
  for (size_t size = 0; size < text.size(); ++size) {
    const bool whole_lines = size > 20 && text[size - 1] == '\n';
    EXPECT_EQ(ParseSignedStatementFile(std::string_view(text).substr(0, size)).ok(), whole_lines)
        << size;
  }
}

TEST(SignedStatementFileTest, RefusalsSayWhichLine) {
  const std::string text = EncodeSignedStatementFile(Sample(1)).value();
  const auto replaced = [&text](const std::string& from, const std::string& to) {
    std::string changed = text;
    changed.replace(changed.find(from), from.size(), to);
    return ParseSignedStatementFile(changed);
  };
  EXPECT_THAT(ParseSignedStatementFile("PDF"), IsRefused(kInvalid, "line 1"));
  EXPECT_THAT(replaced("/v1", "/v2"), IsRefused(kUnknown, "v2"));
  EXPECT_THAT(replaced("\n", "\r\n"), IsRefused(kInvalid, "CR LF"));
  EXPECT_THAT(replaced("\nstatement ", "\nstatement  "), IsRefused(kInvalid, "line 2"));
  EXPECT_THAT(replaced("\nstatement ", "\nfact "), IsRefused(kInvalid, "line 2"));
  EXPECT_THAT(replaced("\nattestation ", "\n\nattestation "), IsRefused(kInvalid, "line 3"));
  EXPECT_THAT(replaced(" ecdsa-p256 ", " rsa "), IsRefused(kUnknown, "'rsa'"));
  EXPECT_THAT(replaced(" ecdsa-p256 ", " ecdsa-p256  "), IsRefused(kInvalid, "line 3"));
  EXPECT_THAT(replaced(Base64(std::string(64, '1')), Base64(std::string(63, '1'))),
              IsRefused(kInvalid, "63"));
  EXPECT_THAT(ParseSignedStatementFile(text + "\n"), IsRefused(kInvalid, "line 4"));
  EXPECT_THAT(ParseSignedStatementFile(text + "attestation x\n"), IsRefused(kInvalid, "line 4"));
  EXPECT_THAT(ParseSignedStatementFile(text.substr(0, text.size() - 1)),
              IsRefused(kInvalid, "line 3"));
  EXPECT_THAT(ParseSignedStatementFile("cradle-statement/v1\nstatement \n"),
              IsRefused(kInvalid, "empty"));
  EXPECT_THAT(ParseSignedStatementFile("cradle-statement/v1\nstatement " +
                                       Base64(std::string(60'001, 's')) + "\n"),
              IsRefused(kInvalid, "60001"));
  const std::string last_line = text.substr(text.find("attestation"));
  std::string nine = text;
  for (int i = 0; i < 8; ++i) nine += last_line;
  EXPECT_THAT(ParseSignedStatementFile(nine), IsRefused(kInvalid, "over 8"));
}

TEST(SignedStatementFileTest, WhatItCouldNotReadBackIsNotWritten) {
  EXPECT_THAT(EncodeSignedStatementFile({}), IsRefused(kInvalid, "0 bytes"));
  EXPECT_THAT(EncodeSignedStatementFile(Sample(9)), IsRefused(kInvalid, "9 attestations"));
  SignedStatement unknown = Sample(1);
  unknown.attestations[0].algorithm = static_cast<KeyAlgorithm>(9);
  EXPECT_THAT(EncodeSignedStatementFile(unknown), IsRefused(kUnknown, "9"));
  SignedStatement unsigned_one = Sample(1);
  unsigned_one.attestations[0].signature.clear();
  EXPECT_THAT(EncodeSignedStatementFile(unsigned_one), IsRefused(kInvalid, "signature"));
}

}  // namespace
}  // namespace cradle::evidence
