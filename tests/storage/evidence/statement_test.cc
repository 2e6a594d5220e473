#include "storage/evidence/statement.h"

#include <google/protobuf/unknown_field_set.h>
#include <gtest/gtest.h>

#include "tests/storage/evidence/samples.h"
#include "tests/storage/evidence/status_matchers.h"

namespace cradle::evidence {
namespace {

using statement::v1::Statement;

absl::StatusOr<ParsedStatement> Parse(const Statement& statement) {
  return ParseStatement(Serialize(statement));
}

TEST(StatementTest, AWellFormedOneIsKeptAsTheBytesReceived) {
  for (const Statement& statement : {SampleStatement(), SampleManifest()}) {
    const std::string bytes = Serialize(statement);
    const auto parsed = ParseStatement(bytes);
    ASSERT_THAT(parsed, IsOk());
    EXPECT_EQ(parsed->bytes, bytes);
    EXPECT_EQ(parsed->hash, Sha256("cradle/statement/v1\n" + bytes));
    EXPECT_EQ(parsed->message.log_origin(), "log.example/district");
  }
}

TEST(StatementTest, FoundedNeedsNoOrganisationForTheLog) {
  Statement statement = SampleStatement();
  statement.mutable_founded()->set_rule_set(1);
  statement.mutable_links(0)->set_chain("log");
  statement.mutable_links(0)->set_height(0);
  statement.mutable_links(0)->clear_previous();
  statement.add_parties()->set_capacity(statement::v1::CAPACITY_LOG);
  EXPECT_THAT(Parse(statement), IsOk());
  statement.mutable_parties(1)->set_organisation(SampleId('o'));
  EXPECT_THAT(Parse(statement), IsRefused(kInvalid, "parties[1].organisation"));
}

TEST(StatementTest, BytesThatAreNoStatementAreRefused) {
  EXPECT_THAT(ParseStatement(""), IsRefused(kInvalid, "no bytes"));
  EXPECT_THAT(ParseStatement("not protobuf"), IsRefused(kInvalid, "not a Statement"));
  const std::string bytes = Serialize(SampleManifest());
  for (size_t size = 1; size < bytes.size(); ++size) {
    EXPECT_FALSE(ParseStatement(bytes.substr(0, size)).ok()) << size;
  }
}

TEST(StatementTest, TextThatIsNotUtf8IsRefused) {
  std::string bytes = Serialize(SampleStatement());
  bytes[bytes.find("log.example")] = '\xff';
  EXPECT_THAT(ParseStatement(bytes), IsRefused(kInvalid, "UTF-8"));
}

TEST(StatementTest, SixtyThousandBytesAreTheMost) {
  Statement statement = SampleStatement();
  statement.set_log_origin("");
  const size_t rest = Serialize(statement).size() + 4;  // the origin's tag and length of 3 bytes
  statement.set_log_origin(std::string(kStatementBytesMax - rest, 'x'));
  ASSERT_EQ(Serialize(statement).size(), kStatementBytesMax);
  EXPECT_THAT(Parse(statement), IsOk());
  statement.mutable_log_origin()->push_back('x');
  EXPECT_THAT(Parse(statement), IsRefused(kInvalid, "60001 bytes"));
}

TEST(StatementTest, OtherBytesForTheSameMeaningAreNotCanonical) {
  const std::string bytes = Serialize(SampleStatement());
  ASSERT_EQ(bytes.substr(0, 2), std::string("\x08\x01"));  // format = 1
  const std::string rest = bytes.substr(2);
  const std::string longer_number = std::string("\x08\x81\x00", 3) + rest;
  const std::string longer_tag = std::string("\x88\x00\x01", 3) + rest;
  const std::string twice = "\x08\x01" + bytes;
  const std::string out_of_order = rest + "\x08\x01";
  const std::string default_written = bytes + std::string("\x20\x00", 2);  // a second time, 0
  for (const std::string& other : {longer_number, longer_tag, twice, out_of_order}) {
    Statement same;
    ASSERT_TRUE(same.ParseFromString(other));
    ASSERT_EQ(Serialize(same), bytes) << "the example means something else";
    EXPECT_THAT(ParseStatement(other), IsRefused(kInvalid, "canonical"));
  }
  EXPECT_THAT(ParseStatement(default_written), IsRefused(kInvalid, "canonical"));
}

TEST(StatementTest, AnEventSplitInTwoIsNotCanonical) {
  // Protobuf merges the two halves of a message field: the meaning is the same, the bytes are not.
  Statement statement = SampleStatement();
  statement.clear_event();
  std::string bytes = Serialize(statement);
  Statement first, second;
  first.mutable_batch_stored()->set_batch(SampleId('b'));
  second.mutable_batch_stored()->set_facility(SampleId('f'));
  bytes += Serialize(first) + Serialize(second);
  EXPECT_THAT(ParseStatement(bytes), IsRefused(kInvalid, "canonical"));
}

TEST(StatementTest, AnUnknownFieldAtAnyDepthIsNamed) {
  Statement top = SampleManifest();
  top.GetReflection()->MutableUnknownFields(&top)->AddVarint(7, 1);
  EXPECT_THAT(Parse(top), IsRefused(kUnknown, "Statement.7: this field of Statement"));

  Statement nested = SampleManifest();
  auto* line = nested.mutable_manifest_issued()->mutable_lines(1);
  line->GetReflection()->MutableUnknownFields(line)->AddLengthDelimited(20, "new");
  EXPECT_THAT(Parse(nested), IsRefused(kUnknown, "Statement.manifest_issued.lines[1].20"));

  Statement deep = SampleManifest();
  auto* received = deep.mutable_receipt_confirmed()->add_lines();
  received->GetReflection()->MutableUnknownFields(received)->AddVarint(200, 1);
  EXPECT_THAT(Parse(deep), IsRefused(kUnknown, "receipt_confirmed.lines[0].200"));
}

TEST(StatementTest, AnUnknownEventIsNotKnownRatherThanMissing) {
  Statement statement = SampleStatement();
  statement.clear_event();
  statement.GetReflection()->MutableUnknownFields(&statement)->AddLengthDelimited(2000, "event");
  EXPECT_THAT(Parse(statement), IsRefused(kUnknown, "Statement.2000"));
}

TEST(StatementTest, AKnownFieldOfAnotherWireTypeIsNoStatementOfOurs) {
  Statement statement = SampleStatement();
  statement.GetReflection()->MutableUnknownFields(&statement)->AddFixed64(4, 1);
  EXPECT_THAT(Parse(statement), IsRefused(kInvalid, "claimed_time_ms: bytes of another type"));
}

TEST(StatementTest, GroupsAreRefusedHoweverDeep) {
  const std::string bytes = Serialize(SampleStatement());
  std::string shallow = bytes + "\x3b\x3c";  // field 7 as a group: start, end
  EXPECT_THAT(ParseStatement(shallow), IsRefused(kInvalid, "a group"));
  std::string deep = bytes;
  for (int i = 0; i < 25'000; ++i) deep += '\x3b';
  for (int i = 0; i < 25'000; ++i) deep += '\x3c';
  EXPECT_THAT(ParseStatement(deep), IsRefused(kInvalid, "not a Statement"));
}

TEST(StatementTest, AnUnknownEnumValueAtAnyDepthIsNamed) {
  Statement party = SampleStatement();
  party.mutable_parties(0)->set_capacity(static_cast<statement::v1::Capacity>(99));
  EXPECT_THAT(Parse(party),
              IsRefused(kUnknown, "Statement.parties[0].capacity: Capacity value 99"));

  Statement line = SampleManifest();
  line.mutable_manifest_issued()->mutable_lines(1)->set_packaging(
      static_cast<statement::v1::Packaging>(77));
  EXPECT_THAT(Parse(line), IsRefused(kUnknown, "manifest_issued.lines[1].packaging"));

  Statement repeated = SampleStatement();
  auto* organisation = repeated.mutable_organisation_registered();
  organisation->add_roles(statement::v1::ORGANISATION_ROLE_CARRIER);
  EXPECT_THAT(Parse(repeated), IsOk());
  organisation->add_roles(static_cast<statement::v1::OrganisationRole>(55));
  EXPECT_THAT(Parse(repeated), IsRefused(kUnknown, "organisation_registered.roles"));

  Statement outcome = SampleStatement();
  outcome.mutable_receipt_confirmed()->add_lines()->set_outcome(
      static_cast<statement::v1::LineOutcome>(99));
  EXPECT_THAT(Parse(outcome), IsRefused(kUnknown, "outcome"));

  Statement negative = SampleStatement();
  negative.mutable_parties(0)->set_capacity(static_cast<statement::v1::Capacity>(-1));
  EXPECT_THAT(Parse(negative), IsRefused(kUnknown, "capacity"));
}

// Each a well-formed statement with one thing changed.
struct Refusal {
  const char* name;
  void (*damage)(Statement&);
  absl::StatusCode code;
  const char* message;
};

class StatementRefusalTest : public testing::TestWithParam<Refusal> {};

TEST_P(StatementRefusalTest, IsRefusedBySayingWhichFieldAndWhy) {
  Statement statement = SampleManifest();
  GetParam().damage(statement);
  EXPECT_THAT(Parse(statement), IsRefused(GetParam().code, GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(
    Rules, StatementRefusalTest,
    testing::Values(
        Refusal{"FormatMissing", [](Statement& s) { s.clear_format(); }, kInvalid, "format"},
        Refusal{"FormatUnknown", [](Statement& s) { s.set_format(2); }, kUnknown, "format: 2"},
        Refusal{"OriginMissing", [](Statement& s) { s.clear_log_origin(); }, kInvalid,
                "log_origin"},
        Refusal{"NonceMissing", [](Statement& s) { s.clear_nonce(); }, kInvalid, "nonce: 0"},
        Refusal{"NonceShort", [](Statement& s) { s.set_nonce("123456789012345"); }, kInvalid,
                "nonce: 15"},
        Refusal{"NonceLong", [](Statement& s) { s.set_nonce("12345678901234567"); }, kInvalid,
                "nonce: 17"},
        Refusal{"EventMissing", [](Statement& s) { s.clear_event(); }, kInvalid, "event"},
        Refusal{"NoParty", [](Statement& s) { s.clear_parties(); }, kInvalid, "parties: 0"},
        Refusal{"NineParties",
                [](Statement& s) {
                  while (s.parties_size() < 9) *s.add_parties() = s.parties(0);
                },
                kInvalid, "parties: 9"},
        Refusal{"DelegateNoId", [](Statement& s) { s.mutable_parties(0)->set_delegate("x"); },
                kInvalid, "parties[0].delegate"},
        Refusal{"CapacityMissing", [](Statement& s) { s.mutable_parties(0)->clear_capacity(); },
                kInvalid, "parties[0].capacity"},
        Refusal{"OrganisationMissing",
                [](Statement& s) { s.mutable_parties(0)->clear_organisation(); }, kInvalid,
                "parties[0].organisation"},
        Refusal{"OrganisationNoId",
                [](Statement& s) { s.mutable_parties(0)->set_organisation("Acme"); }, kInvalid,
                "'Acme'"},
        Refusal{"NoLink", [](Statement& s) { s.clear_links(); }, kInvalid, "links: none"},
        Refusal{"ChainName", [](Statement& s) { s.mutable_links(1)->set_chain("batch:7"); },
                kInvalid, "links[1].chain: 'batch:7'"},
        Refusal{"ChainTwice",
                [](Statement& s) { s.mutable_links(2)->set_chain(s.links(1).chain()); }, kInvalid,
                "twice"},
        Refusal{"PreviousAtHeightZero",
                [](Statement& s) { s.mutable_links(0)->set_previous(std::string(32, 'p')); },
                kInvalid, "links[0].previous: given"},
        Refusal{"PreviousMissing", [](Statement& s) { s.mutable_links(1)->clear_previous(); },
                kInvalid, "links[1].previous: 0 bytes"},
        Refusal{"PreviousShort",
                [](Statement& s) { s.mutable_links(1)->set_previous(std::string(31, 'p')); },
                kInvalid, "links[1].previous: 31 bytes"}),
    [](const auto& test) { return std::string(test.param.name); });

TEST(StatementTest, EightPartiesAndFiveHundredBatchesAreTheMost) {
  Statement statement = SampleManifest();
  while (statement.parties_size() < 8) *statement.add_parties() = statement.parties(0);
  statement.clear_manifest_issued();
  statement.mutable_batch_stored();
  while (statement.links_size() < 501) {
    auto* link = statement.add_links();
    link->set_chain("batch:" +
                    IdFromBytes("batch number " + std::to_string(100 + statement.links_size())));
    link->set_height(0);
  }
  EXPECT_THAT(Parse(statement), IsOk());  // 500 batches and a manifest
  statement.add_links()->set_chain("batch:" + SampleId('z'));
  EXPECT_THAT(Parse(statement), IsRefused(kInvalid, "501 batches"));
}

}  // namespace
}  // namespace cradle::evidence
