#include "storage/evidence/entry.h"

#include <gtest/gtest.h>

#include "tests/storage/evidence/samples.h"
#include "tests/storage/evidence/status_matchers.h"

namespace cradle::evidence {
namespace {

// Where the statement begins: head, then two attestations of the sample.
size_t StatementAt(const Entry& entry) {
  size_t at = 2 + 1 + 1 + 8 + 16 + 1;
  for (const SignedAttestation& attestation : entry.signed_statement.attestations) {
    at += 1 + 2 + attestation.attestation.size() + 2 + attestation.signature.size();
  }
  return at;
}

TEST(EntryTest, HasTheBytesOfTheFormat) {
  Entry entry;
  entry.kind = EntryKind::kDisputed;
  entry.recorded_time_ms = 0x0102030405060708;
  entry.salt.fill(0xEE);
  entry.signed_statement.attestations = {{statement::v1::KEY_ALGORITHM_ED25519, "att", "sign"}};
  entry.signed_statement.statement = "statement";
  EXPECT_EQ(Hex(*EncodeEntry(entry)),
            "4345"
            "01"
            "02"
            "0102030405060708"
            "eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee"
            "01"
            "02"
            "0003"
            "617474"
            "0004"
            "7369676e"
            "73746174656d656e74");
}

TEST(EntryTest, RoundTrips) {
  for (EntryKind kind : {EntryKind::kAdmitted, EntryKind::kDisputed}) {
    Entry entry = SampleEntry();
    entry.kind = kind;
    const auto bytes = EncodeEntry(entry);
    ASSERT_THAT(bytes, IsOk());
    const auto decoded = DecodeEntry(*bytes);
    ASSERT_THAT(decoded, IsOk());
    EXPECT_EQ(*decoded, entry);
    EXPECT_EQ(*EncodeEntry(*decoded), *bytes);
  }
}

TEST(EntryTest, CutAtAnyByteItIsNoEntryOrHoldsNoStatement) {
  const Entry entry = SampleEntry();
  const std::string bytes = EncodeEntry(entry).value();
  const size_t statement_at = StatementAt(entry);
  for (size_t size = 0; size < bytes.size(); ++size) {
    const auto decoded = DecodeEntry(std::string_view(bytes).substr(0, size));
    if (size <= statement_at) {
      EXPECT_THAT(decoded, IsRefused(kInvalid, "not an entry")) << size;
    } else {
      // The statement is what remains: that some of it is missing, its own form and hash tell.
      ASSERT_THAT(decoded, IsOk());
      EXPECT_FALSE(ParseStatement(decoded->signed_statement.statement).ok()) << size;
    }
  }
}

TEST(EntryTest, ATrailingByteIsNoPartOfTheStatement) {
  const std::string bytes = EncodeEntry(SampleEntry()).value();
  for (int byte = 0; byte < 256; ++byte) {
    const auto decoded = DecodeEntry(bytes + static_cast<char>(byte));
    ASSERT_THAT(decoded, IsOk());
    EXPECT_FALSE(ParseStatement(decoded->signed_statement.statement).ok()) << byte;
  }
}

TEST(EntryTest, WhatThisBuildDoesNotKnowIsUnknownRatherThanBroken) {
  std::string version = EncodeEntry(SampleEntry()).value();
  version[2] = 2;
  EXPECT_THAT(DecodeEntry(version), IsRefused(kUnknown, "version 2"));
  for (char kind : {0, 3, 127}) {
    std::string bytes = EncodeEntry(SampleEntry()).value();
    bytes[3] = kind;
    EXPECT_THAT(DecodeEntry(bytes), IsRefused(kUnknown, "kind"));
  }
}

TEST(EntryTest, OtherBytesAreNoEntry) {
  const std::string good = EncodeEntry(SampleEntry()).value();
  std::string magic = good;
  magic[0] = 'X';
  EXPECT_THAT(DecodeEntry(magic), IsRefused(kInvalid, "'CE'"));
  std::string negative_time = good;
  negative_time[4] = '\x80';
  EXPECT_THAT(DecodeEntry(negative_time), IsRefused(kInvalid, "before 1970"));
  std::string no_algorithm = good;
  no_algorithm[29] = 0;
  EXPECT_THAT(DecodeEntry(no_algorithm), IsRefused(kInvalid, "algorithm"));
  EXPECT_THAT(DecodeEntry(good + std::string(kEntryBytesMax, 'x')), IsRefused(kInvalid, "65535"));
}

TEST(EntryTest, AnAlgorithmOfTheFutureIsCarriedAsItIs) {
  std::string bytes = EncodeEntry(SampleEntry()).value();
  bytes[29] = '\xfe';
  const auto entry = DecodeEntry(bytes);
  ASSERT_THAT(entry, IsOk());
  EXPECT_EQ(static_cast<int>(entry->signed_statement.attestations[0].algorithm), 254);
  EXPECT_EQ(*EncodeEntry(*entry), bytes);
}

TEST(EntryTest, WhatDoesNotFitIsNotEncoded) {
  Entry large = SampleEntry();
  const size_t head = StatementAt(large);
  large.signed_statement.statement = std::string(kEntryBytesMax - head, 's');
  EXPECT_THAT(EncodeEntry(large), IsOk());
  large.signed_statement.statement += 's';
  EXPECT_THAT(EncodeEntry(large), IsRefused(kInvalid, "65536 bytes"));

  Entry many = SampleEntry();
  many.signed_statement.attestations.resize(256, many.signed_statement.attestations[0]);
  EXPECT_THAT(EncodeEntry(many), IsRefused(kInvalid, "256 attestations"));

  Entry empty = SampleEntry();
  empty.signed_statement.statement.clear();
  EXPECT_THAT(EncodeEntry(empty), IsRefused(kInvalid, "no statement"));

  Entry before = SampleEntry();
  before.recorded_time_ms = -1;
  EXPECT_THAT(EncodeEntry(before), IsRefused(kInvalid, "1970"));

  Entry algorithm = SampleEntry();
  algorithm.signed_statement.attestations[1].algorithm = statement::v1::KEY_ALGORITHM_UNSPECIFIED;
  EXPECT_THAT(EncodeEntry(algorithm), IsRefused(kInvalid, "algorithm"));

  Entry long_attestation = SampleEntry();
  long_attestation.signed_statement.attestations[1].attestation.assign(65'536, 'a');
  EXPECT_THAT(EncodeEntry(long_attestation), IsRefused(kInvalid, "length"));

  Entry kind = SampleEntry();
  kind.kind = static_cast<EntryKind>(3);
  EXPECT_THAT(EncodeEntry(kind), IsRefused(kInvalid, "kind 3"));
}

// The largest statement with all its attestations must fit, or a well-formed one could not be kept.
TEST(EntryTest, TheLargestStatementFitsWithEightAttestations) {
  const PrivateKey key = PrivateKey::Generate(statement::v1::KEY_ALGORITHM_ED25519).value();
  statement::v1::Attestation attestation = SampleAttestation(key);
  attestation.set_party(7);
  attestation.set_seq(UINT64_MAX);
  attestation.mutable_seen()->set_size(UINT64_MAX);
  Entry entry;
  entry.signed_statement.statement.assign(kStatementBytesMax, 's');
  entry.signed_statement.attestations.assign(kPartiesMax, Attest(attestation, key).value());
  EXPECT_THAT(EncodeEntry(entry), IsOk());
}

}  // namespace
}  // namespace cradle::evidence
