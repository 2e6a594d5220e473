// Transfers between provinces and their approvals.
#include <gtest/gtest.h>

#include <random>

#include "services/rules/state_keys.h"
#include "tests/services/rules/drafts_manifest.h"
#include "tests/services/rules/drafts_permit.h"

namespace cradle::rules::test {
namespace {

class ApprovalRulesTest : public testing::Test {
 protected:
  ApprovalRulesTest() {
    RaiseToProvince(district_);
    elsewhere_ = PlantElsewhere(district_);
  }
  void Expect(const Draft& valid, RuleId rule, const std::function<void(Draft&)>& breaks) {
    ExpectRule(district_, valid, rule, breaks);
  }
  bool Returns(const Draft& draft, RuleId rule) {
    return Has(ViolationsOf(*district_.Try(draft)), rule);
  }
  static v1::TransferApproved& Approval(Draft& draft) {
    return *draft.message.mutable_transfer_approved();
  }
  static v1::ManifestIssued& Manifest(Draft& draft) {
    return *draft.message.mutable_manifest_issued();
  }
  Draft Issue(int64_t mass_g = 250'000, const std::string& number = kNumber) {
    const std::string batch = district_.NewId();
    district_.Must(district_.Generate(district_.producer, district_.producer_site, batch, mass_g));
    Draft draft =
        district_.Issue(district_.producer, district_.NewId(), {batch}, {&district_.carrier});
    Manifest(draft).set_receiver_site(elsewhere_);
    Manifest(draft).set_approval(number);
    return draft;
  }
  std::string Issued(int64_t mass_g = 250'000) {
    const Draft draft = Issue(mass_g);
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
  void Approve() { district_.Must(ApproveTransfer(district_, kNumber, elsewhere_)); }

  static constexpr const char* kNumber = "鲁环固函〔2024〕1号";
  District district_;
  std::string elsewhere_;
};

TEST_F(ApprovalRulesTest, AnApprovalIsNewAndWellFormed) {
  const Draft valid = ApproveTransfer(district_, kNumber, elsewhere_);
  Expect(valid, RuleId::kFormField, [](Draft& draft) { Approval(draft).clear_approval_number(); });
  Expect(valid, RuleId::kFormField, [](Draft& draft) { Approval(draft).clear_wastes(); });
  Expect(valid, RuleId::kFormField,
         [](Draft& draft) { *Approval(draft).add_wastes() = Approval(draft).wastes(0); });
  Expect(valid, RuleId::kFormField,
         [](Draft& draft) { Approval(draft).mutable_wastes(0)->set_approved_mass_g(0); });
  Expect(valid, RuleId::kFormField,
         [](Draft& draft) { Approval(draft).set_valid_to_date("2024-05-31"); });
  Expect(valid, RuleId::kCodeForm,
         [](Draft& draft) { Approval(draft).mutable_wastes(0)->set_waste_code("900-214"); });
  Expect(valid, RuleId::kMethodKnown,
         [](Draft& draft) { Approval(draft).mutable_wastes(0)->set_method_code("X9"); });
  Expect(valid, RuleId::kOrganisationKnown,
         [&](Draft& draft) { Approval(draft).set_receiver(district_.NewId()); });
  Expect(valid, RuleId::kSiteOfOrganisation,
         [&](Draft& draft) { Approval(draft).set_receiver_site(district_.hospital_site); });
  district_.Must(valid);
  Expect(ApproveTransfer(district_, "another", elsewhere_), RuleId::kIdNew,
         [](Draft& draft) { Approval(draft).set_approval_number(kNumber); });
}

TEST_F(ApprovalRulesTest, TheProvinceItLeavesApprovesIt) {
  const Draft valid = ApproveTransfer(district_, kNumber, elsewhere_);
  const auto by = [](const Actor& actor) {
    return [&actor](Draft& draft) { SetParty(draft, 0, actor.id, actor.administrator); };
  };
  const Actor city = EnrolNew(district_, {v1::ORGANISATION_ROLE_ECOLOGY_AUTHORITY}, "370700");
  const Actor other = EnrolNew(district_, {v1::ORGANISATION_ROLE_ECOLOGY_AUTHORITY}, "370784");
  Expect(valid, RuleId::kApprovalProvince, by(city));
  Expect(valid, RuleId::kRegulatorDivision, by(other));
  Expect(valid, RuleId::kRegulatorAuthority, by(district_.carrier));
}

TEST_F(ApprovalRulesTest, ItHoldsTwelveMonthsAtMostAndNoLongerThanTheLicence) {
  const Draft valid = ApproveTransfer(district_, kNumber, elsewhere_);
  Expect(valid, RuleId::kApprovalPeriod,
         [](Draft& draft) { Approval(draft).set_valid_to_date("2025-06-02"); });
  Expect(valid, RuleId::kApprovalLicence, [](Draft& draft) {
    Approval(draft).set_valid_from_date("2026-06-01");
    Approval(draft).set_valid_to_date("2027-01-01");
  });
  Expect(valid, RuleId::kApprovalLicence,
         [](Draft& draft) { Approval(draft).mutable_wastes(0)->set_waste_code("900-041-49"); });
}

TEST_F(ApprovalRulesTest, BetweenProvincesAManifestNamesAnApprovalThatServes) {
  Approve();
  Draft valid = Issue();
  Manifest(valid).mutable_lines(0)->set_method_code("D10");
  Expect(valid, RuleId::kApprovalNeeded, [](Draft& draft) { Manifest(draft).clear_approval(); });
  Expect(valid, RuleId::kApprovalNeeded,
         [](Draft& draft) { Manifest(draft).set_approval("鲁环固函〔2024〕2号"); });
  const std::string third = PlantElsewhere(district_);
  Expect(valid, RuleId::kApprovalNeeded,
         [&](Draft& draft) { Manifest(draft).set_receiver_site(third); });
  district_.Must(district_.GrantLicence(district_.plant, v1::LICENCE_KIND_COMPREHENSIVE, "HW08"));
  Expect(valid, RuleId::kApprovalNeeded,
         [](Draft& draft) { Manifest(draft).mutable_lines(0)->set_method_code("D1"); });
  Draft within = Issue();
  Manifest(within).set_receiver_site(district_.plant_site);
  Manifest(within).clear_approval();
  Expect(within, RuleId::kFormField, [](Draft& draft) { Manifest(draft).set_approval(kNumber); });
  district_.now_ms = ShanghaiMs(2025, 6, 1, 12);
  EXPECT_TRUE(Returns(valid, RuleId::kApprovalNeeded)) << "it has expired";
}

TEST_F(ApprovalRulesTest, ADayByPipelineNamesAnApprovalTooAndIsMarked) {
  Approve();
  Draft valid = Pipe(district_);
  v1::PipelineTransferred& event = *valid.message.mutable_pipeline_transferred();
  event.set_receiver_site(elsewhere_);
  event.set_approval(kNumber);
  event.set_sent_mass_g(1'000'000);
  event.set_received_mass_g(1'000'000);
  const auto piped = [](Draft& draft) -> v1::PipelineTransferred& {
    return *draft.message.mutable_pipeline_transferred();
  };
  Expect(valid, RuleId::kApprovalNeeded, [&](Draft& draft) { piped(draft).clear_approval(); });
  Expect(valid, RuleId::kApprovalNeeded,
         [&](Draft& draft) { piped(draft).set_approval("鲁环固函〔2024〕2号"); });
  Expect(valid, RuleId::kApprovalNeeded,
         [&](Draft& draft) { piped(draft).set_transfer_date("2024-05-31"); });
  Expect(valid, RuleId::kApprovalAmount, [&](Draft& draft) {
    piped(draft).set_sent_mass_g(1'000'001);
    piped(draft).set_received_mass_g(1'000'001);
  });
  // The day it went counts, not the one it is told.
  district_.now_ms = ShanghaiMs(2025, 6, 1, 9);
  piped(valid).set_transfer_date("2025-05-31");
  EXPECT_FALSE(Returns(valid, RuleId::kApprovalNeeded));
  piped(valid).set_transfer_date("2025-06-01");
  EXPECT_TRUE(Returns(valid, RuleId::kApprovalNeeded));
}

TEST_F(ApprovalRulesTest, ItsAmountIsUsedAtIssueAndGivenBackAndMarkedAtReceipt) {
  Approve();
  const std::string a = Issued(600'000);
  Expect(Issue(400'000), RuleId::kApprovalAmount, [&](Draft& draft) { draft = Issue(400'001); });
  district_.Must(district_.Cancel(district_.producer, a));
  const std::string b = Issued(1'000'000);
  district_.Must(Take(b));
  district_.Must(district_.Deliver(district_.carrier, b));
  Expect(Confirm(b, 1'000'000), RuleId::kApprovalAmount,
         [&](Draft& draft) { draft = Confirm(b, 1'000'001); });
  district_.Must(Confirm(b, 900'000));
  EXPECT_FALSE(Returns(Issue(100'000), RuleId::kApprovalAmount));
  EXPECT_TRUE(Returns(Issue(100'001), RuleId::kApprovalAmount));
}

TEST_F(ApprovalRulesTest, ExpiredOnTheRoadIsMarked) {
  Approve();
  const std::string issued = Issued();
  const std::string taken = Issued();
  const std::string delivered = Issued();
  district_.Must(Take(taken));
  district_.Must(Take(delivered));
  district_.Must(district_.Deliver(district_.carrier, delivered));
  const Draft drafts[] = {Take(issued), district_.Deliver(district_.carrier, taken),
                          district_.Confirm(delivered)};
  for (const bool expired : {false, true}) {
    district_.now_ms = expired ? ShanghaiMs(2025, 6, 1, 0) : ShanghaiMs(2025, 5, 31, 23);
    for (const Draft& draft : drafts) {
      EXPECT_EQ(Returns(draft, RuleId::kApprovalExpired), expired)
          << EventName(draft.message.event_case());
    }
  }
}

// Issued, cancelled, taken, delivered and confirmed in any order: the counter is the sum.
TEST_F(ApprovalRulesTest, TheCounterIsTheSumOfWhatStandsAndWhatWasReceived) {
  district_.Must(ApproveTransfer(district_, kNumber, elsewhere_, 1'000'000'000));
  std::mt19937 random(11);
  std::map<std::string, int64_t> counts;
  for (int step = 0; step < 100; ++step) {
    const auto mass_g = static_cast<int64_t>(1 + random() % 1'000'000);
    if (counts.empty() || random() % 3 == 0) counts[Issued(mass_g)] = mass_g;
    const auto one = std::next(counts.begin(), static_cast<long>(random() % counts.size()));
    if (random() % 5 == 0) {
      if (district_.Submit(district_.Cancel(district_.producer, one->first))) one->second = 0;
    } else if (district_.Manifest(one->first).status() == state::v1::MANIFEST_STATUS_ISSUED) {
      district_.Submit(Take(one->first));
    } else if (!district_.Submit(district_.Deliver(district_.carrier, one->first)) &&
               district_.Submit(Confirm(one->first, mass_g))) {
      one->second = mass_g;
    }
    int64_t sum = 0;
    for (const auto& [manifest, counted_g] : counts) sum += counted_g;
    state::v1::MassCounter counter;
    const std::string key = keys::ApprovalAmount(district_.producer.id, kNumber, "900-214-08");
    counter.ParseFromString(district_.state().Get(key)->value_or(""));
    ASSERT_EQ(counter.mass_g(), sum) << "after step " << step;
  }
}

TEST_F(ApprovalRulesTest, UnderTheFirstRuleSetNoneIsAskedFor) {
  District first(1);
  const std::string site = PlantElsewhere(first);
  const std::string batch = first.Generated(first.producer, first.producer_site);
  Draft issue = first.Issue(first.producer, first.NewId(), {batch}, {&first.carrier});
  Manifest(issue).set_receiver_site(site);
  EXPECT_TRUE(first.Must(issue).empty());
}

}  // namespace
}  // namespace cradle::rules::test
