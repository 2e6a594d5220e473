// What becomes of findings that are too many to show.
#include "services/audit/core/report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace cradle::audit {
namespace {

Finding Of(Verdict verdict, const std::string& subject) {
  return {verdict, std::nullopt, subject, "why"};
}

TEST(FindingsTest, OfOneKindTheFirstAreKeptAndTheRestCounted) {
  Findings findings(2);
  for (const char* subject : {"a", "b", "c", "d"}) {
    findings.Add("file", Of(Verdict::kTampered, subject));
  }
  const std::vector<Finding> all = findings.Take();
  ASSERT_EQ(all.size(), 3u);
  EXPECT_EQ(all[2].subject, "2 more");
  EXPECT_EQ(all[2].verdict, Verdict::kTampered);
  EXPECT_THAT(all[2].reason, ::testing::HasSubstr("the last d"));
}

TEST(FindingsTest, AGraveOneAmongManyLightOnesOfItsKindDecidesTheVerdict) {
  Findings findings;
  for (int i = 0; i < 8; ++i) findings.Add("receipt itself", Of(Verdict::kUnverifiable, "foreign"));
  findings.Add("receipt itself", Of(Verdict::kTampered, "changed"));
  findings.Add("receipt itself", Of(Verdict::kUnverifiable, "foreign"));
  EXPECT_TRUE(findings.Has(Verdict::kTampered));
  EXPECT_TRUE(findings.Has(Verdict::kUnverifiable));
  EXPECT_FALSE(findings.Has(Verdict::kForked));
  Report report;
  Conclude(findings, report);
  EXPECT_EQ(report.verdict, Verdict::kTampered);
  ASSERT_EQ(report.findings.size(), 10u);
  EXPECT_EQ(report.findings[0].subject, "changed");
  EXPECT_EQ(report.findings[9].subject, "1 more");
}

}  // namespace
}  // namespace cradle::audit
