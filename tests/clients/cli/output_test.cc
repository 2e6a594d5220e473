// Arguments in, tables out.
#include "clients/cli/output.h"

#include <gtest/gtest.h>

#include "clients/cli/arguments.h"
#include "clients/cli/context.h"
#include "clients/sdk/files.h"
#include "cradle/statement/v1/batch_events.pb.h"

namespace cradle::cli {
namespace {

TEST(TableTest, ChineseTakesTwoColumns) {
  EXPECT_EQ(DisplayWidth("oil"), 3u);
  EXPECT_EQ(DisplayWidth("废矿物油"), 8u);
  EXPECT_EQ(DisplayWidth("é×→"), 3u);
  Table table({"NAME", ">MASS", "CODE"});
  table.Add({"青州化工", "1.2t", "HW08"});
  table.Add({"ABC", "300g", "HW49"});
  EXPECT_EQ(table.Text(),
            "NAME      MASS  CODE\n"
            "青州化工  1.2t  HW08\n"
            "ABC       300g  HW49\n");
}

TEST(TableTest, TextCutInTheMiddleOfACharacterDoesNoHarm) {
  EXPECT_GT(DisplayWidth("\xE5\xBA"), 0u);
  EXPECT_FALSE(Dump({{"text", "\xE5\xBA"}}).empty());
}

TEST(ArgumentsTest, EnumsHaveTheNamesOfTheStatements) {
  const auto* grade = statement::v1::EvidenceGrade_descriptor();
  EXPECT_EQ(EnumName(grade, statement::v1::EVIDENCE_GRADE_OWNER_WORD), "owner-word");
  EXPECT_EQ(EnumNumber(grade, "documented", "--grade").value(),
            statement::v1::EVIDENCE_GRADE_DOCUMENTED);
  const absl::Status status = EnumNumber(grade, "unspecified", "--grade").status();
  EXPECT_EQ(status.message(),
            "--grade: 'unspecified' is none of inspected, documented, owner-word");
}

TEST(ArgumentsTest, BasisSaysHowAMassWasGot) {
  EXPECT_EQ(ParseBasis("weighed")->method(), statement::v1::MASS_METHOD_WEIGHED);
  EXPECT_EQ(ParseBasis("weighed:S1:100g")->scale_id(), "S1");
  EXPECT_EQ(ParseBasis("weighed:S1:100g")->division_mass_g(), 100);
  EXPECT_EQ(ParseBasis("counted:12x20kg")->count(), 12);
  EXPECT_EQ(ParseBasis("counted:12x20kg")->unit_mass_g(), 20'000);
  EXPECT_EQ(ParseBasis("estimated")->method(), statement::v1::MASS_METHOD_ESTIMATED);
  for (const char* text : {"", "guessed", "counted", "counted:0x1kg", "counted:x1kg", "counted:3x",
                           "weighed:a:b", "weighed:a:1kg:c", "declared:5kg"}) {
    EXPECT_FALSE(ParseBasis(text).ok()) << text;
  }
}

TEST(ArgumentsTest, ContainersHaveFreshIds) {
  const auto one = ParseContainer("drum:180kg:L1").value();
  EXPECT_EQ(one.packaging(), statement::v1::PACKAGING_DRUM);
  EXPECT_EQ(one.net_mass_g(), 180'000);
  EXPECT_EQ(one.label_code(), "L1");
  EXPECT_NE(ParseContainer("bag")->container(), ParseContainer("bag")->container());
  EXPECT_FALSE(ParseContainer("barrel").ok());
  EXPECT_FALSE(ParseContainer("bag:1kg:L:x").ok());
}

TEST(ArgumentsTest, FieldsAreThoseAllowedAndEachOnce) {
  auto fields = ParseFields("@oil1,mass=1t,method=D10", {"mass", "method"}, "--line").value();
  EXPECT_EQ(fields[""], "@oil1");
  EXPECT_EQ(fields["mass"], "1t");
  EXPECT_FALSE(ParseFields("@oil1,weight=1t", {"mass"}, "--line").ok());
  EXPECT_FALSE(ParseFields("@oil1,mass=1t,mass=2t", {"mass"}, "--line").ok());
}

TEST(ExitTest, SaysWhatAScriptCanActOn) {
  EXPECT_EQ(ExitOf(absl::OkStatus()), Exit::kOk);
  EXPECT_EQ(ExitOf(absl::FailedPreconditionError("no")), Exit::kRefused);
  EXPECT_EQ(ExitOf(absl::NotFoundError("no such batch")), Exit::kRefused);
  EXPECT_EQ(ExitOf(absl::InvalidArgumentError("--mass")), Exit::kUsage);
  EXPECT_EQ(ExitOf(absl::UnavailableError("away")), Exit::kUnreachable);
  EXPECT_EQ(ExitOf(absl::DataLossError("tampered")), Exit::kNotVerified);
  EXPECT_EQ(ExitOf(absl::UnimplementedError("unknown key")), Exit::kUnverifiable);
  EXPECT_EQ(ExitOf(sdk::Local(absl::UnavailableError("disk"))), Exit::kLocal);
  EXPECT_EQ(ExitOf(Naming("--home", sdk::Local(absl::UnavailableError("disk")))), Exit::kLocal);
  EXPECT_EQ(ExitOf(Printed(Exit::kNotVerified)), Exit::kNotVerified);
}

}  // namespace
}  // namespace cradle::cli
