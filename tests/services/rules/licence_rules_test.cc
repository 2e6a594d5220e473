// Licences after their grant: suspended, revoked, how long they hold, how much they are for.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <random>

#include "services/rules/calendar.h"
#include "services/rules/state_keys.h"
#include "tests/services/rules/bundle_parts.h"
#include "tests/services/rules/drafts_lineage.h"
#include "tests/services/rules/drafts_permit.h"

namespace cradle::rules::test {
namespace {

constexpr int64_t kTonne = 1'000'000;

class LicenceRulesTest : public testing::Test {
 protected:
  void Expect(const Draft& valid, RuleId rule, const std::function<void(Draft&)>& breaks) {
    ExpectRule(district_, valid, rule, breaks);
  }
  bool Returns(const Draft& draft, RuleId rule) {
    return Has(ViolationsOf(*district_.Try(draft)), rule);
  }
  // A batch of the producer that no store has to hold.
  std::string Heavy(int64_t mass_g) {
    const std::string batch = district_.NewId();
    district_.Must(district_.Generate(district_.producer, district_.producer_site, batch, mass_g));
    return batch;
  }
  Draft IssueOf(int64_t mass_g) {
    return district_.Issue(district_.producer, district_.NewId(), {Heavy(mass_g)},
                           {&district_.carrier});
  }
  std::string Issued(int64_t mass_g) {
    const Draft draft = IssueOf(mass_g);
    district_.Must(draft);
    return draft.message.manifest_issued().manifest();
  }
  Draft Take(const std::string& manifest) {
    return district_.Take(district_.producer, district_.carrier, manifest, district_.truck);
  }
  Draft Confirm(const std::string& manifest, int64_t received_mass_g) {
    Draft draft = district_.Confirm(manifest);
    v1::ReceiptConfirmed& event = *draft.message.mutable_receipt_confirmed();
    event.mutable_lines(0)->set_received_mass_g(received_mass_g);
    event.set_total_received_mass_g(received_mass_g);
    return draft;
  }
  // What the licence of the plant for used oil, its first, is counted to have taken.
  int64_t Counted(int64_t year = 2024) {
    state::v1::MassCounter counter;
    const std::string key = keys::LicenceAmount(district_.plant.id, 0, 0, year);
    counter.ParseFromString(district_.state().Get(key)->value_or(std::string()));
    return counter.mass_g();
  }
  District district_;
};

TEST_F(LicenceRulesTest, ALicenceIsSuspendedReinstatedAndRevokedByItsNumber) {
  const auto event = [](Draft& draft) -> v1::LicenceStatusChanged& {
    return *draft.message.mutable_licence_status_changed();
  };
  const Draft suspend = ChangeLicence(district_, district_.plant, v1::LICENCE_CHANGE_SUSPENDED);
  Expect(suspend, RuleId::kLicenceKnown,
         [&](Draft& draft) { event(draft).set_licence_number("潍坊危证99号"); });
  Expect(suspend, RuleId::kLicenceChange,
         [&](Draft& draft) { event(draft).set_change(v1::LICENCE_CHANGE_REINSTATED); });
  Expect(suspend, RuleId::kFormField,
         [&](Draft& draft) { event(draft).set_decision_sha256("short"); });
  Expect(suspend, RuleId::kFormField,
         [&](Draft& draft) { event(draft).set_valid_from_date("2024-02-30"); });
  Expect(suspend, RuleId::kFormField,
         [&](Draft& draft) { event(draft).set_valid_to_date("2024-05-01"); });
  Expect(suspend, RuleId::kOrganisationKnown,
         [&](Draft& draft) { event(draft).set_organisation(district_.NewId()); });
  const Actor elsewhere = EnrolNew(district_, {v1::ORGANISATION_ROLE_ECOLOGY_AUTHORITY}, "370784");
  Expect(suspend, RuleId::kRegulatorDivision,
         [&](Draft& draft) { SetParty(draft, 0, elsewhere.id, elsewhere.administrator); });
  Expect(suspend, RuleId::kRegulatorAuthority, [&](Draft& draft) {
    SetParty(draft, 0, district_.carrier.id, district_.carrier.administrator);
  });
  district_.Must(suspend);
  district_.Must(ChangeLicence(district_, district_.plant, v1::LICENCE_CHANGE_REINSTATED));
  district_.Must(ChangeLicence(district_, district_.plant, v1::LICENCE_CHANGE_REVOKED));
  for (const auto change : {v1::LICENCE_CHANGE_SUSPENDED, v1::LICENCE_CHANGE_REINSTATED}) {
    EXPECT_TRUE(Returns(ChangeLicence(district_, district_.plant, change), RuleId::kLicenceChange));
  }
}

TEST_F(LicenceRulesTest, SuspendedItTakesNoNewManifestAndWhatIsMovingIsMarked) {
  const std::string issued = district_.Issued({district_.Stored()}, true);
  const std::string taken_of_two = district_.Issued({district_.Stored()}, true);
  district_.Must(Take(taken_of_two));
  const std::string taken = district_.Taken();
  const std::string delivered = district_.Delivered();
  const std::string received = district_.Received();
  const Draft drafts[] = {
      district_.Issue(district_.producer, district_.NewId(), {district_.Stored()},
                      {&district_.carrier}),
      Take(issued),
      district_.HandOver(district_.carrier, district_.carrier2, taken_of_two, district_.truck2),
      district_.Deliver(district_.carrier, taken),
      district_.Confirm(delivered),
      district_.Treat(district_.plant, received, district_.plant_furnace, "D10",
                      v1::ENDING_DISPOSED),
      Record(district_, district_.plant, {received}, district_.plant_furnace, "D10",
             v1::ENDING_DISPOSED)};
  const auto expect = [&](bool stands) {
    for (const Draft& draft : drafts) {
      const auto verdict = district_.Try(draft);
      EXPECT_EQ(Has(ViolationsOf(*verdict), RuleId::kLicenceStands), !stands)
          << EventName(draft.message.event_case());
      const bool issue = draft.message.has_manifest_issued();
      EXPECT_EQ(std::holds_alternative<Admitted>(*verdict), stands || !issue);
    }
  };
  expect(true);
  district_.Must(
      ChangeLicence(district_, district_.plant, v1::LICENCE_CHANGE_SUSPENDED, "2024-06-04"));
  expect(true);  // from tomorrow on
  district_.now_ms += kDayMs;
  expect(false);
  district_.Must(
      ChangeLicence(district_, district_.plant, v1::LICENCE_CHANGE_REINSTATED, "2024-06-04"));
  expect(true);
  Draft until = ChangeLicence(district_, district_.plant, v1::LICENCE_CHANGE_SUSPENDED);
  until.message.mutable_licence_status_changed()->set_valid_to_date("2024-06-03");
  district_.Must(until);
  expect(true);  // its last day is over
  district_.Must(ChangeLicence(district_, district_.carrier, v1::LICENCE_CHANGE_REVOKED));
  EXPECT_TRUE(Returns(Take(issued), RuleId::kLicenceStands)) << "a transport permit too";
}

TEST_F(LicenceRulesTest, EachKindHoldsNoLongerThanItIsGrantedFor) {
  const auto grant = [&](v1::LicenceKind kind, const char* to) {
    return district_.GrantLicence(district_.plant, kind, "HW08", {}, "2024-01-01", to);
  };
  const auto ends = [](const char* to) {
    return [to](Draft& draft) { draft.message.mutable_licence_granted()->set_valid_to_date(to); };
  };
  Expect(grant(v1::LICENCE_KIND_COMPREHENSIVE, "2029-01-01"), RuleId::kLicenceTerm,
         ends("2029-01-02"));
  Expect(grant(v1::LICENCE_KIND_COLLECTION, "2027-01-01"), RuleId::kLicenceTerm,
         ends("2027-01-02"));
  Expect(grant(v1::LICENCE_KIND_SMALL_COLLECTION, "2025-12-31"), RuleId::kLicenceTerm,
         ends("2026-01-01"));
  Expect(grant(v1::LICENCE_KIND_COLLECTION, "2026-12-31"), RuleId::kLicenceCollection,
         [](Draft& draft) {
           draft.message.mutable_licence_granted()->mutable_scopes(0)->add_method_codes("D10");
         });
  District first(1);
  first.Must(first.GrantLicence(first.plant, v1::LICENCE_KIND_COLLECTION, "HW08", {"D10"},
                                "2024-01-01", "2034-01-01"));
}

// --- The annual amount: 5 000 t of used oil ---

TEST_F(LicenceRulesTest, TheAnnualAmountIsWarnedOfFromFourFifthsAndHoldsTheIssue) {
  const auto weighs = [&](int64_t mass_g) {
    return [this, mass_g](Draft& draft) { draft = IssueOf(mass_g); };
  };
  Expect(IssueOf(4'000 * kTonne - 1), RuleId::kLicenceAmountNear, weighs(4'000 * kTonne));
  Issued(4'000 * kTonne - 1);
  Expect(IssueOf(1'000 * kTonne + 1), RuleId::kLicenceAmount, weighs(1'000 * kTonne + 2));
  const std::string at_the_limit = Issued(1'000 * kTonne + 1);
  EXPECT_TRUE(Returns(IssueOf(1), RuleId::kLicenceAmount));
  district_.Must(district_.Cancel(district_.producer, at_the_limit));
  EXPECT_FALSE(Returns(IssueOf(1), RuleId::kLicenceAmount)) << "what is cancelled is given back";
}

TEST_F(LicenceRulesTest, OverItOnTheRoadAndAtReceiptIsMarked) {
  const std::string a = Issued(4'000 * kTonne);
  const std::string b = Issued(900 * kTonne);
  for (const std::string& manifest : {a}) {
    district_.Must(Take(manifest));
    district_.Must(district_.Deliver(district_.carrier, manifest));
  }
  const Draft take = Take(b);
  EXPECT_FALSE(Returns(take, RuleId::kLicenceAmount));
  Expect(Confirm(a, 4'100 * kTonne), RuleId::kLicenceAmount,
         [&](Draft& draft) { draft = Confirm(a, 4'101 * kTonne); });
  Expect(Confirm(a, 5'099 * kTonne), RuleId::kLicenceExcess,
         [&](Draft& draft) { draft = Confirm(a, 5'100 * kTonne); });
  district_.Must(Confirm(a, 5'100 * kTonne));
  for (const RuleId rule : {RuleId::kLicenceAmount, RuleId::kLicenceExcess}) {
    EXPECT_TRUE(Returns(take, rule));
  }
  district_.Must(take);
  const Draft deliver = district_.Deliver(district_.carrier, b);
  for (const RuleId rule : {RuleId::kLicenceAmount, RuleId::kLicenceExcess}) {
    EXPECT_TRUE(Returns(deliver, rule));
  }
  district_.Must(deliver);
  EXPECT_EQ(Counted(), 6'000 * kTonne);
}

TEST_F(LicenceRulesTest, WhereTheRuleDataLetsItAManifestOverTheAmountIsOnlyMarked) {
  const auto data =
      Load(Replaced(OwnBundle(), "licence_over_forbids_issue,1,", "licence_over_forbids_issue,0,"));
  district_.library().Add(data);
  Draft adopt = district_.AdoptRules();
  adopt.message.mutable_rules_adopted()->set_rule_data_sha256(
      std::string(evidence::AsBytes(data->sha256())));
  district_.Must(adopt);
  const Draft valid = IssueOf(5'000 * kTonne);
  Expect(valid, RuleId::kLicenceAmountOver,
         [&](Draft& draft) { draft = IssueOf(5'000 * kTonne + 1); });
  Expect(valid, RuleId::kLicenceExcess, [&](Draft& draft) { draft = IssueOf(6'000 * kTonne); });
}

TEST_F(LicenceRulesTest, WhatIsReceivedCountsInTheYearItArrives) {
  district_.now_ms = ShanghaiMs(2024, 12, 31, 12);
  const std::string manifest = Issued(100 * kTonne);
  district_.Must(Take(manifest));
  EXPECT_EQ(Counted(2024), 100 * kTonne);
  district_.now_ms = ShanghaiMs(2025, 1, 1, 12);
  district_.Must(district_.Deliver(district_.carrier, manifest));
  district_.Must(Confirm(manifest, 99 * kTonne));
  EXPECT_EQ(Counted(2024), 0);
  EXPECT_EQ(Counted(2025), 99 * kTonne);
}

TEST_F(LicenceRulesTest, ManyLinesOfOneWasteAreReadOnce) {
  std::vector<std::string> batches;
  for (int i = 0; i < 20; ++i) batches.push_back(Heavy(kTonne));
  const std::string manifest = district_.Issued(batches);
  EXPECT_EQ(district_.Manifest(manifest).uses_size(), 1);
  EXPECT_EQ(Counted(), 20 * kTonne);
}

// Issued, cancelled, taken, delivered and confirmed in any order: the counter is the sum.
TEST_F(LicenceRulesTest, TheCounterIsTheSumOfWhatStandsAndWhatWasReceived) {
  for (uint32_t seed = 1; seed <= 5; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    const int64_t before = Counted();
    std::map<std::string, int64_t> counts;  // by manifest
    for (int step = 0; step < 80; ++step) {
      std::vector<std::string> manifests;
      for (const auto& [manifest, mass_g] : counts) manifests.push_back(manifest);
      const auto any = [&] { return manifests[random() % manifests.size()]; };
      const auto mass_g = static_cast<int64_t>(1 + random() % 1'000'000);
      if (manifests.empty() || random() % 3 == 0) {
        counts[Issued(mass_g)] = mass_g;
      } else if (const std::string manifest = any(); random() % 6 == 0) {
        if (district_.Submit(district_.Cancel(district_.producer, manifest))) counts[manifest] = 0;
      } else if (district_.Manifest(manifest).status() == state::v1::MANIFEST_STATUS_ISSUED) {
        district_.Submit(Take(manifest));
      } else if (!district_.Submit(district_.Deliver(district_.carrier, manifest)) &&
                 district_.Submit(Confirm(manifest, mass_g))) {
        counts[manifest] = mass_g;
      }
      int64_t sum = before;
      for (const auto& [manifest, counted_g] : counts) sum += counted_g;
      ASSERT_EQ(Counted(), sum) << "after step " << step;
    }
  }
}

// --- Collection ---

TEST_F(LicenceRulesTest, WhatWasCollectedIsHandedOnWithinNinetyWorkingDays) {
  const std::string code = "900-041-49";
  const Actor other = EnrolNew(district_, {v1::ORGANISATION_ROLE_OPERATOR});
  const std::string other_site = district_.NewId();
  district_.Must(district_.RegisterSite(other, other_site));
  district_.Must(district_.GrantLicence(district_.carrier, v1::LICENCE_KIND_TRANSPORT, "HW49"));
  district_.Must(district_.GrantLicence(district_.plant, v1::LICENCE_KIND_COLLECTION, "HW49"));
  district_.Must(district_.GrantLicence(other, v1::LICENCE_KIND_COMPREHENSIVE, "HW49", {"D10"}));
  const std::string batch = district_.Generated(district_.producer, district_.producer_site, code);
  const std::string manifest = district_.Issued({batch});
  district_.Must(Take(manifest));
  district_.Must(district_.Deliver(district_.carrier, manifest));
  district_.Must(district_.Confirm(manifest));
  const std::string last = district_.Batch(batch).hand_on_by_date();
  EXPECT_EQ(
      last,
      FormatDate(
          AddWorkingDays(district_.data().holidays(), absl::CivilDay(2024, 6, 3), 90).last_day));
  Draft on = district_.Issue(district_.plant, district_.NewId(), {batch}, {&district_.carrier});
  on.message.mutable_manifest_issued()->set_receiver(other.id);
  on.message.mutable_manifest_issued()->set_receiver_site(other_site);
  district_.now_ms = StartOfDayMs(*ParseDate(last), kLogZoneOffsetMs) + kDayMs - 1;
  EXPECT_FALSE(Returns(on, RuleId::kCollectionHandOn));
  district_.now_ms += 1;
  EXPECT_TRUE(Returns(on, RuleId::kCollectionHandOn));
}

}  // namespace
}  // namespace cradle::rules::test
