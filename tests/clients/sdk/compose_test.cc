// From an event to an attestation: links without a network, and prepared bytes that are not
// trusted.
#include "clients/sdk/compose.h"

#include <gtest/gtest.h>

namespace cradle::sdk {
namespace {

using statement::v1::Statement;

constexpr char kOrigin[] = "log.example.org/t";
constexpr int64_t kNow_ms = 1'772'325'000'000;

void AddParty(Statement& statement, const std::string& organisation,
              statement::v1::Capacity capacity) {
  statement::v1::Party& party = *statement.add_parties();
  party.set_organisation(organisation);
  party.set_capacity(capacity);
}

class ComposeTest : public ::testing::Test {
 protected:
  Statement Generated() const {
    Statement asked;
    AddParty(asked, producer_, statement::v1::CAPACITY_ORGANISATION);
    statement::v1::BatchGenerated& generated = *asked.mutable_batch_generated();
    generated.set_batch(batch_);
    generated.set_site(evidence::RandomId());
    generated.set_waste_code("900-214-08");
    generated.set_generated_mass_g(1'200'000);
    generated.mutable_mass_basis()->set_method(statement::v1::MASS_METHOD_DECLARED);
    generated.set_form(statement::v1::PHYSICAL_FORM_LIQUID);
    return asked;
  }

  Statement Stored() const {
    Statement asked;
    AddParty(asked, producer_, statement::v1::CAPACITY_ORGANISATION);
    asked.mutable_batch_stored()->set_batch(batch_);
    asked.mutable_batch_stored()->set_facility(evidence::RandomId());
    asked.mutable_batch_stored()->set_stored_mass_g(1'200'000);
    return asked;
  }

  Statement Issued() const {
    Statement asked;
    AddParty(asked, producer_, statement::v1::CAPACITY_CONSIGNOR);
    statement::v1::ManifestIssued& issued = *asked.mutable_manifest_issued();
    issued.set_manifest(manifest_);
    issued.add_lines()->set_batch(batch_);
    issued.mutable_lines(0)->set_packaging(statement::v1::PACKAGING_DRUM);
    return asked;
  }

  Statement Taken() const {
    Statement asked;
    AddParty(asked, producer_, statement::v1::CAPACITY_CONSIGNOR);
    AddParty(asked, evidence::RandomId(), statement::v1::CAPACITY_CARRIER);
    asked.mutable_load_taken()->set_manifest(manifest_);
    return asked;
  }

  evidence::ParsedStatement ComposeAndAdvance(const Statement& asked, bool admitted = false) {
    auto composed = Compose(asked, kOrigin, kNow_ms, heads_);
    EXPECT_TRUE(composed.ok()) << composed.status();
    EXPECT_EQ(heads_.Advance(*composed, admitted), absl::OkStatus());
    return *composed;
  }

  const std::string producer_ = evidence::RandomId();
  const std::string batch_ = evidence::RandomId();
  const std::string manifest_ = evidence::RandomId();
  HeadTable heads_;
};

TEST_F(ComposeTest, FillsWhatIsNotTheCallersToSay) {
  const evidence::ParsedStatement composed = Compose(Generated(), kOrigin, kNow_ms, heads_).value();
  EXPECT_EQ(composed.message.format(), evidence::kStatementFormat);
  EXPECT_EQ(composed.message.log_origin(), kOrigin);
  EXPECT_EQ(composed.message.nonce().size(), evidence::kNonceBytes);
  EXPECT_EQ(composed.message.claimed_time_ms(), kNow_ms);
  EXPECT_NE(Compose(Generated(), kOrigin, kNow_ms, heads_)->message.nonce(),
            composed.message.nonce());
}

TEST_F(ComposeTest, ChainOfSeveralStatementsIsLinkedWithNoNetwork) {
  const auto generated = ComposeAndAdvance(Generated());
  const auto stored = ComposeAndAdvance(Stored());
  const auto issued = ComposeAndAdvance(Issued());
  const auto taken = ComposeAndAdvance(Taken());

  EXPECT_EQ(generated.message.links(0).height(), 0u);
  EXPECT_TRUE(generated.message.links(0).previous().empty());
  EXPECT_EQ(stored.message.links(0).height(), 1u);
  EXPECT_EQ(stored.message.links(0).previous(), evidence::AsBytes(generated.hash));
  ASSERT_EQ(issued.message.links_size(), 2);
  EXPECT_EQ(issued.message.links(0).chain(), "manifest:" + manifest_);
  EXPECT_EQ(issued.message.links(0).height(), 0u);
  EXPECT_EQ(issued.message.links(1).chain(), "batch:" + batch_);
  EXPECT_EQ(issued.message.links(1).previous(), evidence::AsBytes(stored.hash));
  ASSERT_EQ(taken.message.links_size(), 1);
  EXPECT_EQ(taken.message.links(0).height(), 1u);
  EXPECT_EQ(taken.message.links(0).previous(), evidence::AsBytes(issued.hash));
}

TEST_F(ComposeTest, UnknownHeadIsSaidAndNeverGuessed) {
  const absl::Status status = Compose(Stored(), kOrigin, kNow_ms, heads_).status();
  EXPECT_TRUE(absl::IsNotFound(status));
  EXPECT_NE(std::string(status.message()).find("batch:" + batch_), std::string::npos);
}

TEST_F(ComposeTest, HeadThatIsHigherStays) {
  const auto generated = ComposeAndAdvance(Generated());
  const auto stored = ComposeAndAdvance(Stored());
  ASSERT_EQ(heads_.Advance(generated, /*admitted=*/true), absl::OkStatus());
  EXPECT_EQ(heads_.Find("batch:" + batch_).value()->statement_hash, evidence::AsBytes(stored.hash));
}

TEST_F(ComposeTest, WhatTheLogAdmittedReplacesWhatWaits) {
  const auto mine = ComposeAndAdvance(Generated());
  const auto theirs = Compose(Generated(), kOrigin, kNow_ms, heads_).value();
  ASSERT_NE(mine.hash, theirs.hash);
  ASSERT_EQ(heads_.Advance(theirs, /*admitted=*/true), absl::OkStatus());
  EXPECT_EQ(heads_.Find("batch:" + batch_).value()->statement_hash, evidence::AsBytes(theirs.hash));
  ASSERT_EQ(heads_.Advance(mine, /*admitted=*/false), absl::OkStatus());
  EXPECT_EQ(heads_.Find("batch:" + batch_).value()->statement_hash, evidence::AsBytes(theirs.hash));
}

// What a server that lies might prepare.
class PreparedTest : public ComposeTest {
 protected:
  PreparedTest() {
    ComposeAndAdvance(Generated());
    asked_ = Stored();
    honest_ = Compose(asked_, kOrigin, kNow_ms, heads_).value().message;
  }
  absl::Status Check(const Statement& prepared) const {
    auto parsed = evidence::ParseStatement(evidence::Serialize(prepared));
    EXPECT_TRUE(parsed.ok()) << parsed.status();
    return CheckPrepared(asked_, kOrigin, *parsed);
  }
  Statement asked_;
  Statement honest_;
};

TEST_F(PreparedTest, HonestBytesPass) { EXPECT_EQ(Check(honest_), absl::OkStatus()); }

TEST_F(PreparedTest, AnotherMassIsNotSigned) {
  honest_.mutable_batch_stored()->set_stored_mass_g(1);
  const absl::Status status = Check(honest_);
  EXPECT_TRUE(absl::IsDataLoss(status));
  EXPECT_NE(std::string(status.message()).find("the event differs"), std::string::npos);
}

TEST_F(PreparedTest, AnotherEventIsNotSigned) {
  honest_.mutable_batch_moved()->set_batch(batch_);
  honest_.mutable_batch_moved()->set_facility(evidence::RandomId());
  EXPECT_TRUE(absl::IsDataLoss(Check(honest_)));
}

TEST_F(PreparedTest, AnotherPartyOrCapacityIsNotSigned) {
  Statement other = honest_;
  other.mutable_parties(0)->set_organisation(evidence::RandomId());
  EXPECT_TRUE(absl::IsDataLoss(Check(other)));
  other = honest_;
  other.mutable_parties(0)->set_capacity(statement::v1::CAPACITY_REGULATOR);
  EXPECT_TRUE(absl::IsDataLoss(Check(other)));
  other = honest_;
  AddParty(other, evidence::RandomId(), statement::v1::CAPACITY_CARRIER);
  EXPECT_TRUE(absl::IsDataLoss(Check(other)));
}

TEST_F(PreparedTest, AnotherLogIsNotSigned) {
  honest_.set_log_origin("log.example.org/another");
  EXPECT_TRUE(absl::IsDataLoss(Check(honest_)));
}

TEST_F(PreparedTest, AnotherChainOrMoreOfThemIsNotSigned) {
  Statement other = honest_;
  other.mutable_links(0)->set_chain("batch:" + evidence::RandomId());
  EXPECT_TRUE(absl::IsDataLoss(Check(other)));
  other = honest_;
  *other.add_links() = honest_.links(0);
  other.mutable_links(1)->set_chain("org:" + producer_);
  EXPECT_TRUE(absl::IsDataLoss(Check(other)));
  other = honest_;
  other.clear_links();
  EXPECT_FALSE(
      CheckPrepared(asked_, kOrigin, {evidence::Serialize(other), other, evidence::Hash{}}).ok());
}

TEST_F(PreparedTest, ClaimedTimeThatWasAskedForIsKept) {
  asked_.set_claimed_time_ms(kNow_ms);
  EXPECT_EQ(Check(honest_), absl::OkStatus());
  honest_.set_claimed_time_ms(kNow_ms - 1);
  EXPECT_TRUE(absl::IsDataLoss(Check(honest_)));
}

TEST_F(ComposeTest, AttestationBindsStatementPartyPersonNumberAndCheckpointSeen) {
  const evidence::PrivateKey key =
      evidence::PrivateKey::Generate(statement::v1::KEY_ALGORITHM_ECDSA_P256).value();
  const auto statement = ComposeAndAdvance(Generated());
  const std::string person = evidence::RandomId();
  MemoryCounter counter(6);
  const evidence::Checkpoint seen{kOrigin, 40, evidence::Sha256("root")};
  const auto attestation = AttestAs(statement, 0, key, person, seen, counter).value();
  EXPECT_EQ(evidence::VerifyAttestation(attestation, key.public_key()), absl::OkStatus());
  const auto message = evidence::ParseAttestation(attestation.attestation).value();
  EXPECT_EQ(message.statement_hash(), evidence::AsBytes(statement.hash));
  EXPECT_EQ(message.party(), 0u);
  EXPECT_EQ(message.person(), person);
  EXPECT_EQ(message.seq(), 7u);
  EXPECT_EQ(message.seen().size(), 40u);
  EXPECT_EQ(message.seen().root(), evidence::AsBytes(seen.root));
  EXPECT_FALSE(AttestAs(statement, 1, key, person, seen, counter).ok());
}

TEST_F(ComposeTest, OrganisationIsOnePartyOrNone) {
  Statement statement = Taken();
  EXPECT_EQ(PartyOf(statement, producer_).value(), 0u);
  EXPECT_TRUE(absl::IsNotFound(PartyOf(statement, evidence::RandomId()).status()));
  statement.mutable_parties(1)->set_organisation(producer_);
  EXPECT_TRUE(absl::IsFailedPrecondition(PartyOf(statement, producer_).status()));
}

TEST_F(ComposeTest, TwoPersonsOfOneInstitutionSignOneAfterTheOther) {
  Statement statement;
  statement.mutable_bags_handed_over();
  AddParty(statement, producer_, statement::v1::CAPACITY_ORGANISATION);
  AddParty(statement, producer_, statement::v1::CAPACITY_ORGANISATION);
  EXPECT_EQ(PartyOf(statement, producer_).value(), 0u);
  EXPECT_EQ(PartyOf(statement, producer_, {0}).value(), 1u);
}

TEST_F(ComposeTest, ADelegateSignsInThePlaceOfItsPrincipal) {
  Statement statement = Taken();
  const std::string delegate = evidence::RandomId();
  statement.mutable_parties(0)->set_delegate(delegate);
  EXPECT_EQ(PartyOf(statement, delegate).value(), 0u);
  EXPECT_TRUE(absl::IsNotFound(PartyOf(statement, producer_).status()));
}

}  // namespace
}  // namespace cradle::sdk
