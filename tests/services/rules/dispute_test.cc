// Two statements for one place of a chain: which are kept, what they change, who decides.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "services/rules/calendar.h"
#include "services/rules/disputes.h"
#include "services/rules/state_keys.h"
#include "tests/services/rules/district.h"

namespace cradle::rules::test {
namespace {

using absl::StatusCode;
using testing::ElementsAre;
using testing::IsEmpty;

using Signed = std::pair<evidence::ParsedStatement, std::vector<ProvenAttestation>>;

class DisputeTest : public testing::Test {
 protected:
  DisputeTest() {
    Adopt(2);
    manifest_ = district_.Issued({district_.Stored()}, /*two_carriers=*/true);
    chain_ = "manifest:" + manifest_;
  }

  void Adopt(uint32_t rule_set) {
    Draft adopted = district_.AdoptRules();
    adopted.message.mutable_rules_adopted()->set_rule_set(rule_set);
    district_.Must(adopted);
  }

  Draft Take() {
    return district_.Take(district_.producer, district_.carrier, manifest_, district_.truck);
  }
  Draft HandOver() {
    return district_.HandOver(district_.carrier, district_.carrier2, manifest_, district_.truck2);
  }
  Draft Deliver() { return district_.Deliver(district_.carrier2, manifest_); }

  static std::string HashOf(const Signed& statement) {
    return std::string(evidence::AsBytes(statement.first.hash));
  }
  // With its one link at that height, after that statement.
  Signed Linked(Draft draft, uint64_t height, const std::string& previous) {
    draft.on_completed = [height, previous](v1::Statement& message) {
      message.mutable_links(0)->set_height(height);
      message.mutable_links(0)->set_previous(previous);
    };
    return district_.Complete(draft);
  }

  Verdict Judge(const Signed& statement) {
    auto verdict = district_.TryParsed(statement.first, statement.second);
    EXPECT_TRUE(verdict.ok()) << verdict.status();
    return verdict.ok() ? *std::move(verdict) : Verdict(Refused());
  }
  // Admits what is in order; its index.
  uint64_t Admit(const Signed& statement) {
    const Verdict verdict = Judge(statement);
    EXPECT_TRUE(std::holds_alternative<Admitted>(verdict)) << Why(verdict);
    if (const auto* admitted = std::get_if<Admitted>(&verdict)) district_.Apply(*admitted);
    return district_.size() - 1;
  }
  Disputed Dispute(const Signed& statement) {
    Verdict verdict = Judge(statement);
    EXPECT_TRUE(std::holds_alternative<Disputed>(verdict)) << Why(verdict);
    if (!std::holds_alternative<Disputed>(verdict)) return {};
    district_.Apply(std::get<Disputed>(verdict));
    return std::get<Disputed>(std::move(verdict));
  }
  Refused Refuse(const Signed& statement) {
    Verdict verdict = Judge(statement);
    EXPECT_TRUE(std::holds_alternative<Refused>(verdict));
    if (!std::holds_alternative<Refused>(verdict)) return {};
    return std::get<Refused>(std::move(verdict));
  }
  static std::string Why(const Verdict& verdict) {
    const std::vector<Violation> violations = ViolationsOf(verdict);
    return violations.empty() ? "" : violations[0].rule + ": " + violations[0].message_en;
  }

  // Both parties of both true; the first is admitted.
  struct Two {
    Signed admitted;
    Signed disputed;
    uint64_t admitted_index = 0;
    uint64_t disputed_index = 0;
  };
  Two TakenTwice() {
    Two two{district_.Complete(Take()), district_.Complete(Take())};
    two.admitted_index = Admit(two.admitted);
    two.disputed_index = district_.size();
    Dispute(two.disputed);
    return two;
  }

  state::v1::DisputeState Record(uint64_t height) {
    const auto record = ReadDispute(district_.state(), chain_, height);
    EXPECT_TRUE(record.ok() && record->has_value()) << height;
    return record.ok() && *record ? **record : state::v1::DisputeState();
  }
  std::string Head() {
    state::v1::ChainHead head;
    EXPECT_TRUE(head.ParseFromString(**district_.state().Get(keys::Chain(chain_))));
    return head.statement_hash();
  }

  Draft Resolve(uint64_t height, const std::string& upheld) {
    Draft draft;
    v1::DisputeResolved& event = *draft.message.mutable_dispute_resolved();
    event.set_chain(chain_);
    event.set_height(height);
    event.set_upheld(upheld);
    event.set_decision_reference("潍环争〔2024〕1号");
    event.set_reason(v1::DISPUTE_REASON_RECORDS);
    return draft.By(district_.bureau.handler, v1::CAPACITY_REGULATOR);
  }

  District district_;
  std::string manifest_;
  std::string chain_;
};

TEST_F(DisputeTest, TheSecondOfTwoTruePickupsIsKeptAndChangesNoCustody) {
  const Signed first = district_.Complete(Take());
  const Signed second = district_.Complete(Take());
  const uint64_t index = Admit(first);
  const state::v1::ManifestState before = district_.Manifest(manifest_);
  const uint64_t disputed_index = district_.size();
  const Disputed disputed = Dispute(second);

  ASSERT_EQ(disputed.places.size(), 1u);
  EXPECT_EQ(disputed.places[0].chain, chain_);
  EXPECT_EQ(disputed.places[0].height, 1u);
  EXPECT_EQ(disputed.places[0].standing_index, index);
  ASSERT_EQ(disputed.heads.size(), 1u);
  EXPECT_EQ(disputed.heads[0].statement_hash, HashOf(first));
  EXPECT_TRUE(Has(disputed.marks, RuleId::kLinkDisputed));
  std::set<std::string> changed;
  for (const Change& change : disputed.changes) changed.insert(change.key);
  EXPECT_EQ(changed, (std::set<std::string>{keys::Log(), keys::Statement(HashOf(second)),
                                            keys::Nonce(second.first.message.nonce()),
                                            keys::Entry(disputed_index), keys::Dispute(chain_, 1),
                                            keys::Device(district_.producer.handler.key_id),
                                            keys::Device(district_.carrier.handler.key_id)}));

  EXPECT_EQ(Head(), HashOf(first));
  EXPECT_EQ(district_.Manifest(manifest_).SerializeAsString(), before.SerializeAsString());
  const state::v1::DisputeState record = Record(1);
  EXPECT_EQ(record.chain(), chain_);
  ASSERT_EQ(record.claims_size(), 1);
  EXPECT_EQ(record.claims(0).index(), disputed_index);
  EXPECT_EQ(record.claims(0).statement_hash(), HashOf(second));
  EXPECT_THAT(record.claims(0).organisations(),
              ElementsAre(district_.producer.id, district_.carrier.id));
  EXPECT_TRUE(IsOpen(record));
  // The chain goes on from what was admitted.
  district_.Must(HandOver());
}

TEST_F(DisputeTest, ARetryIsAnsweredAsTheDisputedEntryItIs) {
  const Two two = TakenTwice();
  const Verdict again = Judge(two.disputed);
  const auto* duplicate = std::get_if<Duplicate>(&again);
  ASSERT_NE(duplicate, nullptr);
  EXPECT_EQ(duplicate->index, two.disputed_index);
  EXPECT_TRUE(duplicate->disputed);
  ASSERT_EQ(duplicate->heads.size(), 1u);
  EXPECT_EQ(duplicate->heads[0].statement_hash, HashOf(two.admitted));
  const Verdict admitted = Judge(two.admitted);
  EXPECT_FALSE(std::get<Duplicate>(admitted).disputed);
}

TEST_F(DisputeTest, ANonceOfADisputedStatementIsUsed) {
  const Two two = TakenTwice();
  Draft other = HandOver();
  other.devices[0] = district_.producer.handler;
  other.message.mutable_parties(0)->set_organisation(district_.producer.id);
  other.on_completed = [&](v1::Statement& message) {
    message.set_nonce(two.disputed.first.message.nonce());
  };
  EXPECT_EQ(Refuse(district_.Complete(other)).violations[0].rule, "NONCE-UNIQUE");
}

TEST_F(DisputeTest, UnderRuleSetOneItIsRefusedWithTheHead) {
  Adopt(1);
  const Signed first = district_.Complete(Take());
  const Signed second = district_.Complete(Take());
  Admit(first);
  const Refused refused = Refuse(second);
  EXPECT_EQ(refused.code, StatusCode::kAborted);
  ASSERT_EQ(refused.violations.size(), 1u);
  EXPECT_EQ(refused.violations[0].rule, "LINK-FOLLOWS");
  EXPECT_FALSE(refused.missing_predecessor.has_value());
}

TEST_F(DisputeTest, AStatementOfOneOrganisationIsRefusedAsBefore) {
  const std::string batch = district_.Generated(district_.producer, district_.producer_site);
  const Draft store = district_.Store(district_.producer, batch, district_.producer_store);
  const Signed stale = district_.Complete(store);
  district_.Must(store);
  const Refused refused = Refuse(stale);
  EXPECT_EQ(refused.code, StatusCode::kAborted);
  EXPECT_EQ(refused.violations[0].rule, "LINK-FOLLOWS");
  EXPECT_FALSE(refused.missing_predecessor.has_value());
}

TEST_F(DisputeTest, AnAttestationThatDoesNotHoldMakesNoDispute) {
  const Signed first = district_.Complete(Take());
  Draft one_person = Take();
  one_person.on_attested = [](std::vector<ProvenAttestation>& attestations) {
    attestations[1].message.set_person(attestations[0].message.person());
  };
  const Signed second = district_.Complete(one_person);
  Admit(first);
  EXPECT_EQ(Refuse(second).violations[0].rule, "PARTY-TWO");
}

TEST_F(DisputeTest, WhatIsNotWellFormedIsRefusedWhoeverIsRight) {
  const Signed first = district_.Complete(Take());
  Draft without_time = Take();
  without_time.message.mutable_load_taken()->clear_taken_time_ms();
  const Signed second = district_.Complete(without_time);
  Admit(first);
  const Refused refused = Refuse(second);
  EXPECT_EQ(refused.code, StatusCode::kInvalidArgument);
  EXPECT_EQ(refused.violations[0].rule, "FORM-FIELD");
}

// Of the state that the winner has made, nothing is said against the claim.
TEST_F(DisputeTest, AClaimOfAnotherVehicleAndCarrierIsKept) {
  Draft by_another =
      district_.Take(district_.producer, district_.carrier2, manifest_, district_.truck2);
  const Signed second = district_.Complete(by_another);
  Admit(district_.Complete(Take()));
  EXPECT_THAT(Dispute(second).marks, testing::SizeIs(1));
}

TEST_F(DisputeTest, ItsTimeIsMeasuredByWhatItFollows) {
  const int64_t taken_ms = district_.now_ms;
  const Signed second = district_.Complete(Take());
  district_.now_ms += kHourMs;
  Admit(district_.Complete(Take()));
  district_.now_ms += kHourMs;
  Admit(district_.Complete(HandOver()));
  const Disputed disputed = Dispute(second);
  EXPECT_EQ(disputed.act_time_ms, taken_ms) << "not by the handover, which it does not follow";
  EXPECT_FALSE(Has(disputed.marks, RuleId::kTimeOfAct));
}

TEST_F(DisputeTest, APlaceTheChainHasLongLeftCanBeDisputed) {
  const Signed second = district_.Complete(Take());
  const uint64_t index = Admit(district_.Complete(Take()));
  Admit(district_.Complete(HandOver()));
  Admit(district_.Complete(Deliver()));
  Admit(district_.Complete(district_.Confirm(manifest_)));
  EXPECT_EQ(Dispute(second).places.at(0).standing_index, index);
}

// What stands at a height is kept under either rule set: what was refused then is kept when it is
// submitted again.
TEST_F(DisputeTest, AHeightPassedUnderTheFirstRuleSetCanBeDisputedUnderTheSecond) {
  Adopt(1);
  const Signed second = district_.Complete(Take());
  const uint64_t taken = Admit(district_.Complete(Take()));
  const Signed behind = district_.Complete(HandOver());
  const uint64_t handed = Admit(district_.Complete(HandOver()));
  for (const Signed& stale : {second, behind}) {
    EXPECT_EQ(Refuse(stale).code, StatusCode::kAborted);
  }
  Adopt(2);
  EXPECT_EQ(Dispute(second).places.at(0).standing_index, taken);
  EXPECT_EQ(Dispute(behind).places.at(0).standing_index, handed);
}

TEST_F(DisputeTest, WhatFollowsADisputedStatementIsKeptAlikeAlsoAheadOfTheHead) {
  const Two two = TakenTwice();
  const Signed over = Linked(HandOver(), 2, HashOf(two.disputed));
  const Disputed second = Dispute(over);
  EXPECT_EQ(second.places.at(0).height, 2u);
  EXPECT_FALSE(second.places.at(0).standing_index.has_value());
  const Signed arrived = Linked(Deliver(), 3, HashOf(over));
  EXPECT_TRUE(Has(Dispute(arrived).marks, RuleId::kLinkDisputed));
  EXPECT_EQ(district_.Manifest(manifest_).status(), state::v1::MANIFEST_STATUS_IN_TRANSIT);
  EXPECT_EQ(Head(), HashOf(two.admitted));
  for (const uint64_t height : {1, 2, 3}) EXPECT_EQ(Record(height).claims_size(), 1) << height;
}

TEST_F(DisputeTest, OneOrganisationDoesNotFollowADisputedStatement) {
  const Two two = TakenTwice();
  const Signed over = Linked(HandOver(), 2, HashOf(two.disputed));
  Dispute(over);
  const Signed arrived = Linked(Deliver(), 3, HashOf(over));
  Dispute(arrived);
  Draft confirmed = district_.Confirm(manifest_);
  const Refused refused = Refuse(Linked(confirmed, 4, HashOf(arrived)));
  EXPECT_EQ(refused.violations[0].rule, "LINK-PREDECESSOR");
}

TEST_F(DisputeTest, WhatFollowsAClaimThatHasNotArrivedWaitsForIt) {
  const Signed first = district_.Complete(Take());
  const Signed second = district_.Complete(Take());
  Admit(first);
  const Signed over = Linked(HandOver(), 2, HashOf(second));
  const Signed arrived = Linked(Deliver(), 3, HashOf(over));
  const Refused early = Refuse(over);
  EXPECT_EQ(early.code, StatusCode::kAborted);
  ASSERT_TRUE(early.missing_predecessor.has_value());
  EXPECT_EQ(early.missing_predecessor->chain, chain_);
  EXPECT_EQ(early.missing_predecessor->height, 1u);
  const Refused earlier = Refuse(arrived);
  ASSERT_TRUE(earlier.missing_predecessor.has_value());
  EXPECT_EQ(earlier.missing_predecessor->height, 2u);
  Dispute(second);
  Dispute(over);
  Dispute(arrived);
}

TEST_F(DisputeTest, AChainBegunTwiceIsAnErrorAndNoDispute) {
  Draft inspected = district_.DeclareStock(district_.producer, district_.producer_site,
                                           district_.producer_store, district_.NewId());
  inspected.message.mutable_stock_declared()->set_evidence_grade(v1::EVIDENCE_GRADE_INSPECTED);
  inspected.By(district_.bureau.handler, v1::CAPACITY_REGULATOR);
  const Signed second = district_.Complete(inspected);
  district_.Must(inspected);
  const Refused refused = Refuse(second);
  EXPECT_EQ(refused.violations[0].rule, "LINK-FOLLOWS");
  EXPECT_FALSE(refused.missing_predecessor.has_value());
}

TEST_F(DisputeTest, SixteenClaimsOfOneHeightAreKeptAndTheNextNamesTheLimit) {
  std::vector<Signed> claims;
  for (int i = 0; i < 18; ++i) claims.push_back(district_.Complete(Take()));
  Admit(claims[0]);
  for (int i = 1; i <= 16; ++i) Dispute(claims[static_cast<size_t>(i)]);
  const Refused refused = Refuse(claims[17]);
  EXPECT_EQ(refused.code, StatusCode::kFailedPrecondition);
  ASSERT_THAT(refused.violations, testing::Not(IsEmpty()));
  EXPECT_EQ(refused.violations[0].rule, "DISPUTE-CLAIMS");
  EXPECT_THAT(refused.violations[0].message_en, testing::HasSubstr("dispute_claims_max is 16"));
  EXPECT_EQ(refused.heads.size(), 1u);
  EXPECT_FALSE(refused.missing_predecessor.has_value());
  // Another height has its own count.
  Dispute(Linked(HandOver(), 2, HashOf(claims[3])));
}

// --- Resolution ---

TEST_F(DisputeTest, TheRegulatorUpholdsOneAndNothingButTheRecordChanges) {
  const Two two = TakenTwice();
  const Signed resolution = district_.Complete(Resolve(1, HashOf(two.disputed)));
  const uint64_t index = district_.size();
  const Verdict verdict = Judge(resolution);
  ASSERT_TRUE(std::holds_alternative<Admitted>(verdict)) << Why(verdict);
  const std::string docket = "docket:" + DocketOfDispute(chain_, 1);
  std::set<std::string> changed;
  for (const Change& change : std::get<Admitted>(verdict).changes) changed.insert(change.key);
  EXPECT_EQ(changed, (std::set<std::string>{keys::Log(), keys::Statement(HashOf(resolution)),
                                            keys::Nonce(resolution.first.message.nonce()),
                                            keys::Entry(index), keys::Dispute(chain_, 1),
                                            keys::Chain(docket), keys::Element(docket, 0),
                                            keys::Device(district_.bureau.handler.key_id)}));
  district_.Apply(std::get<Admitted>(verdict));
  const state::v1::DisputeState record = Record(1);
  EXPECT_FALSE(IsOpen(record));
  EXPECT_EQ(record.resolution().resolved().upheld(), HashOf(two.disputed));
  EXPECT_EQ(record.resolution().index(), index);
  EXPECT_EQ(record.resolution().regulator(), district_.bureau.id);
  EXPECT_EQ(Head(), HashOf(two.admitted)) << "what was judged between stands";
  district_.Must(HandOver());
}

TEST_F(DisputeTest, ALaterResolutionRevisesAndALaterClaimOpensAgain) {
  const Signed third = district_.Complete(Take());
  const Two two = TakenTwice();
  district_.Must(Resolve(1, HashOf(two.disputed)));
  const Signed stale = district_.Complete(Resolve(1, HashOf(two.admitted)));
  Admit(stale);
  EXPECT_EQ(stale.first.message.links(0).height(), 1u);
  EXPECT_EQ(Record(1).resolution().resolved().upheld(), HashOf(two.admitted));
  EXPECT_FALSE(IsOpen(Record(1)));
  Dispute(third);
  EXPECT_TRUE(IsOpen(Record(1)));
  EXPECT_EQ(Record(1).resolution().resolved().upheld(), HashOf(two.admitted)) << "it is kept";
}

TEST_F(DisputeTest, AResolutionIsOfADisputeAndUpholdsOneOfItsStatements) {
  const Two two = TakenTwice();
  const Draft valid = Resolve(1, HashOf(two.admitted));
  const auto event = [](Draft& draft) { return draft.message.mutable_dispute_resolved(); };
  const auto expect = [&](RuleId rule, const std::function<void(Draft&)>& breaks) {
    ExpectRule(district_, valid, rule, breaks);
  };
  expect(RuleId::kDisputeKnown, [&](Draft& draft) { event(draft)->set_height(0); });
  expect(RuleId::kDisputeKnown, [&](Draft& draft) { event(draft)->set_chain("log"); });
  expect(RuleId::kDisputeUpheld,
         [&](Draft& draft) { event(draft)->set_upheld(std::string(32, 'x')); });
  expect(RuleId::kFormField, [&](Draft& draft) { event(draft)->set_upheld("short"); });
  expect(RuleId::kFormField, [&](Draft& draft) { event(draft)->clear_decision_reference(); });
  expect(RuleId::kFormField, [&](Draft& draft) { event(draft)->set_decision_reference("\n"); });
  expect(RuleId::kFormField, [&](Draft& draft) { event(draft)->clear_reason(); });
  expect(RuleId::kPartyCapacities, [&](Draft& draft) {
    draft.message.mutable_parties(0)->set_capacity(v1::CAPACITY_ORGANISATION);
  });
  Draft no_chain = valid;
  event(no_chain)->set_chain("manifest:nobody");
  no_chain.by_hand = true;
  EXPECT_EQ(Refuse(district_.Complete(no_chain)).violations[0].rule, "FORM-FIELD");
}

TEST_F(DisputeTest, TheRegulatorOfThePlaceDecides) {
  const Two two = TakenTwice();
  const auto actor = [&](v1::OrganisationRole role, const std::string& division) {
    const std::string id = district_.NewId();
    district_.Must(district_.RegisterOrganisation(id, {role}, division));
    const Device device = district_.NewDevice(id);
    district_.Must(district_.Enrol(district_.bureau.administrator, v1::CAPACITY_REGULATOR, device,
                                   {v1::KEY_ROLE_OPERATOR}));
    return device;
  };
  const auto by = [](const Device& device) {
    return [device](Draft& draft) {
      draft.message.mutable_parties(0)->set_organisation(device.organisation);
      draft.devices[0] = device;
    };
  };
  const Draft valid = Resolve(1, HashOf(two.admitted));
  const Device beside = actor(v1::ORGANISATION_ROLE_ECOLOGY_AUTHORITY, "370782");
  ExpectRule(district_, valid, RuleId::kRegulatorDivision, by(beside));
  ExpectRule(district_, valid, RuleId::kRegulatorAuthority,
             by(actor(v1::ORGANISATION_ROLE_PRODUCER, "370781")));
  ExpectRule(district_, valid, RuleId::kLogRegulator, [&](Draft& draft) {
    by(beside)(draft);
    draft.message.mutable_dispute_resolved()->set_chain("org:" + district_.producer.id);
  });
  Draft of_the_county = valid;
  by(actor(v1::ORGANISATION_ROLE_ECOLOGY_AUTHORITY, "370781"))(of_the_county);
  district_.Must(of_the_county);
}

TEST_F(DisputeTest, BeforeTheRuleSetThereIsNothingToResolve) {
  Adopt(1);
  district_.Must(Take());
  const Refused refused = Refuse(district_.Complete(Resolve(1, Head())));
  EXPECT_EQ(refused.violations[0].rule, "EVENT-IN-SET");
}

// The docket's name is the same on every machine, in every release.
TEST(DocketOfDisputeTest, TheNameIsOfChainAndHeight) {
  const std::string chain = "manifest:00000000000000000000000000";
  EXPECT_EQ(DocketOfDispute(chain, 1), "3pe5f4wvbhv7g7ygh39ykbj3kr");
  EXPECT_EQ(DocketOfDispute(chain, 12), "3hjsbbe3pb8xsqnw1xdnpyghqp");
}

}  // namespace
}  // namespace cradle::rules::test
