// What is said of all lines at once, and of each in full.
#include "services/rules/lines.h"

#include <gmock/gmock.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include <random>

#include "storage/evidence/statement.h"
#include "tests/services/rules/district.h"

namespace cradle::rules::test {
namespace {

using google::protobuf::util::MessageDifferencer;

TEST(LinesTest, ALineSaysWhatItSaysAndTakesOverTheRest) {
  v1::ReceiptConfirmed confirmed;
  v1::ReceivedLine& all = *confirmed.mutable_all_lines();
  all.set_outcome(v1::LINE_OUTCOME_ACCEPTED);
  all.set_method_code("D10");
  all.mutable_mass_basis()->set_method(v1::MASS_METHOD_WEIGHED);
  all.mutable_mass_basis()->set_scale_id("S1");
  confirmed.add_lines()->set_batch("a");
  v1::ReceivedLine& other = *confirmed.add_lines();
  other.set_method_code("D1");
  other.mutable_mass_basis()->set_method(v1::MASS_METHOD_ESTIMATED);
  const v1::ReceiptConfirmed full = WithFullLines(confirmed);
  EXPECT_FALSE(full.has_all_lines());
  EXPECT_EQ(full.lines(0).batch(), "a");
  EXPECT_EQ(full.lines(0).outcome(), v1::LINE_OUTCOME_ACCEPTED);
  EXPECT_EQ(full.lines(0).mass_basis().scale_id(), "S1");
  EXPECT_EQ(full.lines(1).method_code(), "D1");
  EXPECT_EQ(full.lines(1).mass_basis().scale_id(), "") << "its own basis as a whole";
}

TEST(LinesTest, SayingOnceChangesNoLine) {
  std::mt19937 random(20261122);
  for (int round = 0; round < 500; ++round) {
    v1::ManifestIssued issued;
    const int lines = 1 + static_cast<int>(random() % 6);
    const unsigned kinds = 1 + random() % 3;
    for (int i = 0; i < lines; ++i) {
      v1::ManifestLine& line = *issued.add_lines();
      line.set_batch(std::string(26, static_cast<char>('a' + i)));
      line.set_sent_mass_g(1'000);
      line.set_waste_code(random() % kinds == 0 ? "900-214-08" : "900-249-08");
      line.set_packaging(static_cast<v1::Packaging>(random() % kinds));
      line.set_package_count(random() % kinds);
      if (random() % kinds == 0) line.set_method_code("D10");
    }
    v1::ManifestIssued once = issued;
    SayOnceOfAllLines(once);
    EXPECT_TRUE(MessageDifferencer::Equals(WithFullLines(once), issued)) << issued.DebugString();
    EXPECT_LE(once.ByteSizeLong(), issued.ByteSizeLong() + 20);
    EXPECT_EQ(OwnFieldOf(once.all_lines()), "");
    if (kinds == 1 && lines > 1) {
      EXPECT_EQ(once.lines(0).waste_code(), "");
      EXPECT_EQ(once.all_lines().waste_code(), "900-214-08");
    }
  }
}

TEST(LinesTest, WhatIsSaidOfAllLinesIsJudgedOfEach) {
  District district;
  Draft issue = district.Issue(district.producer, district.NewId(),
                               {district.Stored(), district.Stored()}, {&district.carrier});
  const v1::ManifestIssued each = issue.message.manifest_issued();
  SayOnceOfAllLines(*issue.message.mutable_manifest_issued());
  ASSERT_EQ(issue.message.manifest_issued().lines(1).waste_code(), "");
  ExpectRule(district, issue, RuleId::kManifestLineCode, [](Draft& draft) {
    draft.message.mutable_manifest_issued()->mutable_all_lines()->set_waste_code("900-249-08");
  });
  ExpectRule(district, issue, RuleId::kFormField, [](Draft& draft) {
    draft.message.mutable_manifest_issued()->mutable_all_lines()->set_sent_mass_g(1);
  });
  district.Must(issue);
  const v1::ManifestIssued kept = district.Manifest(each.manifest()).issued();
  EXPECT_TRUE(MessageDifferencer::Equals(kept, each)) << "the state has the lines in full";

  district.Must(
      district.Take(district.producer, district.carrier, each.manifest(), district.truck));
  district.Must(district.Deliver(district.carrier, each.manifest()));
  Draft confirm = district.Confirm(each.manifest());
  SayOnceOfAllLines(*confirm.message.mutable_receipt_confirmed());
  ExpectRule(district, confirm, RuleId::kReceiptOutcome, [](Draft& draft) {
    draft.message.mutable_receipt_confirmed()->mutable_all_lines()->clear_outcome();
  });
  ExpectRule(district, confirm, RuleId::kFormField, [&](Draft& draft) {
    draft.message.mutable_receipt_confirmed()->mutable_all_lines()->set_batch(
        each.lines(0).batch());
  });
  EXPECT_TRUE(district.Must(confirm).empty());
}

}  // namespace
}  // namespace cradle::rules::test
