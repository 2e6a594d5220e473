#include "services/rules/rule_table.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "services/rules/admission.h"
#include "services/rules/event_table.h"
#include "services/rules/render_words.h"
#include "tests/services/rules/bundle_parts.h"
#include "tests/services/rules/world.h"

namespace cradle::rules {
namespace {

using S = statement::v1::Statement;

TEST(RuleTableTest, EveryRuleHasAnIdOfItsOwnAndSaysWhatHoldsInBothLanguages) {
  std::set<std::string_view> ids;
  for (const Rule& rule : Rules()) {
    EXPECT_TRUE(ids.insert(rule.id).second) << rule.id;
    EXPECT_FALSE(rule.text_en.empty()) << rule.id;
    EXPECT_FALSE(rule.text_zh.empty()) << rule.id;
    EXPECT_NE(rule.text_en, rule.text_zh) << rule.id;
    EXPECT_EQ(FindRule(rule.id), &rule);
    EXPECT_EQ(&FindRule(rule.number), &rule) << "one row for each number";
    EXPECT_TRUE((rule.forbids & rule.marks).empty()) << rule.id << " both forbids and marks";
    EXPECT_FALSE((rule.forbids | rule.marks).empty()) << rule.id << " holds nowhere";
    EXPECT_TRUE((rule.marks_one_sided & ~rule.forbids).empty())
        << rule.id << " marks one-sided what it does not forbid";
    EXPECT_EQ(rule.forbids.empty(), rule.code == absl::StatusCode::kOk) << rule.id;
    EXPECT_TRUE(rule.last_set == 0 || rule.first_set <= rule.last_set) << rule.id;
  }
  EXPECT_EQ(Rules().size(), static_cast<size_t>(RuleId::kCount));
  EXPECT_EQ(FindRule("NO-SUCH-RULE"), nullptr);
}

TEST(RuleTableTest, EverySubjectOfLegalBasisIsInTheRuleData) {
  const test::World world;
  for (const absl::CivilDay day : {absl::CivilDay(2024, 6, 3), absl::CivilDay(2027, 1, 1)}) {
    for (const Rule& rule : Rules()) {
      if (rule.basis.empty()) continue;
      EXPECT_FALSE(world.data().LegalBasis(rule.basis, day).empty())
          << rule.id << " cites " << rule.basis;
    }
  }
}

TEST(RuleTableTest, EverySubjectOfTheRuleDataIsCitedByARule) {
  // What a finding cites, which is not what a rule forbids or marks.
  std::set<std::string_view> cited = {"emergency_plan", "one_year", "penalties"};
  for (const Rule& rule : Rules()) cited.insert(rule.basis);
  for (const std::string& subject : test::SubjectsOfLegalBasis()) {
    EXPECT_TRUE(cited.contains(subject)) << subject;
  }
}

// What a rule's text says as a number is what the rule data say now.
TEST(RuleTableTest, NumbersInRuleTextsAreThoseOfTheRuleData) {
  const test::World world;
  struct Said {
    RuleId rule;
    const char* limit;
    std::string (*words)(int64_t);
  };
  const auto plain = [](int64_t value) { return std::to_string(value); };
  const Said said[] = {
      {RuleId::kMedicalStoredLate, "medical_storage_days", plain},
      {RuleId::kMedicalCollectedLate, "collection_interval_days", plain},
      {RuleId::kMedicalDisposerLate, "medical_disposer_hours_warm", plain},
      {RuleId::kMedicalDisposerLate, "medical_disposer_hours_cold", plain},
      {RuleId::kMedicalDisposerLate, "medical_disposer_hours_remote", plain},
      {RuleId::kMedicalDisposerLate, "medical_cold_milli_celsius",
       [](int64_t value) { return std::to_string(value / 1000); }},
      {RuleId::kCountersignLate, "countersign_hours", plain},
      {RuleId::kLicenceExcess, "licence_excess_permille",
       [](int64_t value) { return fmt::format("{}%", (value - 1000) / 10); }},
  };
  for (const Said& each : said) {
    const auto limit = world.data().Limit(each.limit, absl::CivilDay(2026, 1, 1));
    ASSERT_TRUE(limit.ok()) << each.limit;
    EXPECT_THAT(FindRule(each.rule).text_en, testing::HasSubstr(each.words(*limit)));
    EXPECT_THAT(FindRule(each.rule).text_zh, testing::HasSubstr(each.words(*limit)));
  }
}

TEST(RuleTableTest, EveryEventOfTheFormatIsJudged) {
  const auto* oneof = S::descriptor()->FindOneofByName("event");
  EXPECT_EQ(static_cast<size_t>(oneof->field_count()), Events().size());
  for (int i = 0; i < oneof->field_count(); ++i) {
    const auto event = static_cast<Event>(oneof->field(i)->number());
    EXPECT_NE(std::find(Events().begin(), Events().end(), event), Events().end());
    EXPECT_EQ(EventName(event), oneof->field(i)->name());
  }
  EXPECT_EQ(EventName(S::EVENT_NOT_SET), "");
  for (const EventRow& row : EventRows()) {
    EXPECT_EQ(FindEvent(row.event), &row);
    EXPECT_FALSE(row.title_en.empty() || row.title_zh.empty()) << EventName(row.event);
    EXPECT_NE(row.key_role, statement::v1::KEY_ROLE_UNSPECIFIED) << EventName(row.event);
    EXPECT_TRUE(row.parties != nullptr && row.chains != nullptr && row.judge != nullptr);
    EXPECT_LE(row.first_set, kLastRuleSet) << EventName(row.event);
  }
  EXPECT_EQ(FindEvent(S::EVENT_NOT_SET), nullptr);
}

void ExpectWords(const google::protobuf::Descriptor& message,
                 std::set<const google::protobuf::Descriptor*>& seen) {
  if (!seen.insert(&message).second) return;
  for (int i = 0; i < message.field_count(); ++i) {
    const auto& field = *message.field(i);
    EXPECT_NE(WordsOf(field.name()), nullptr) << field.full_name() << " has no words";
    if (field.message_type() != nullptr) ExpectWords(*field.message_type(), seen);
  }
}

// What is signed is read: in the reader's own words.
TEST(RuleTableTest, EveryFieldOfEveryEventHasWordsInBothLanguages) {
  std::set<const google::protobuf::Descriptor*> seen;
  const auto* oneof = S::descriptor()->FindOneofByName("event");
  for (int i = 0; i < oneof->field_count(); ++i) {
    ExpectWords(*oneof->field(i)->message_type(), seen);
  }
  EXPECT_EQ(WordsOf("no_such_field"), nullptr);
}

// What has happened is never refused for licence, permit, capacity, code, weight or time.
TEST(RuleTableTest, FactsAreNotForbiddenForLicenceCodeVehicleOrTime) {
  const RuleId reasons[] = {
      RuleId::kLicenceCarrier,   RuleId::kLicenceReceiver,    RuleId::kLicenceMethod,
      RuleId::kCodeForm,         RuleId::kCodeCatalogue,      RuleId::kCodeEdition,
      RuleId::kMethodKnown,      RuleId::kFacilityAccepted,   RuleId::kFacilityMethod,
      RuleId::kVehicleAsIssued,  RuleId::kVehicleRegistered,  RuleId::kMedicalVehicle,
      RuleId::kMedicalMethod,    RuleId::kReceiptDifference,  RuleId::kTimeOfAct,
      RuleId::kTimeFact,         RuleId::kOfficialNumberForm, RuleId::kOfficialNumberUnique,
      RuleId::kLicenceStands,    RuleId::kLicenceAmount,      RuleId::kLicenceExcess,
      RuleId::kPilotCap,         RuleId::kApprovalAmount,     RuleId::kApprovalExpired,
      RuleId::kPermitCode,       RuleId::kPermitAmount,       RuleId::kStorageCapacity,
      RuleId::kStoragePermitted, RuleId::kStoragePoint,
  };
  for (const Event fact : {S::kLoadTaken, S::kLoadHandedOver, S::kLoadDelivered,
                           S::kReceiptConfirmed, S::kBatchStored, S::kBatchTreated}) {
    for (const RuleId reason : reasons) {
      EXPECT_NE(FindRule(reason).At(fact), Effect::kForbids)
          << FindRule(reason).id << " at " << EventName(fact);
    }
  }
}

TEST(RuleTableTest, ARuleIsInForceFromItsFirstToItsLastSet) {
  Rule rule = FindRule(RuleId::kLogOrigin);
  EXPECT_TRUE(rule.InForce(kFirstRuleSet));
  rule.first_set = 2;
  rule.last_set = 3;
  EXPECT_FALSE(rule.InForce(1));
  EXPECT_TRUE(rule.InForce(2));
  EXPECT_TRUE(rule.InForce(3));
  EXPECT_FALSE(rule.InForce(4));
}

}  // namespace
}  // namespace cradle::rules
