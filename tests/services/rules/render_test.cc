#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "services/rules/admission.h"
#include "services/rules/rule_table.h"
#include "tests/services/rules/district.h"
#include "tests/services/rules/one_of_each.h"

namespace cradle::rules::test {
namespace {

using testing::HasSubstr;
using testing::Not;

// Every text and number of `message`, found in `page`.
void ExpectAllIn(const google::protobuf::Message& message, const std::string& page) {
  const auto* descriptor = message.GetDescriptor();
  const auto* reflection = message.GetReflection();
  for (int i = 0; i < descriptor->field_count(); ++i) {
    const auto* field = descriptor->field(i);
    if (field->type() != google::protobuf::FieldDescriptor::TYPE_STRING) continue;
    const int count = field->is_repeated()                   ? reflection->FieldSize(message, field)
                      : reflection->HasField(message, field) ? 1
                                                             : 0;
    for (int k = 0; k < count; ++k) {
      const std::string value = field->is_repeated()
                                    ? reflection->GetRepeatedString(message, field, k)
                                    : reflection->GetString(message, field);
      EXPECT_THAT(page, HasSubstr(value)) << field->full_name();
    }
  }
}

TEST(RenderTest, APersonReadsEveryFactOfEveryEventInBothLanguages) {
  District district;
  const std::vector<Draft> drafts = OneOfEach(district);
  std::set<Event> rendered = {v1::Statement::kFounded};
  for (const Draft& draft : drafts) {
    const v1::Statement message = district.Complete(draft).first.message;
    rendered.insert(message.event_case());
    const std::string english = Render(message, false);
    const std::string chinese = Render(message, true);
    EXPECT_NE(english, chinese);
    const auto& event = message.GetReflection()->GetMessage(
        message, message.GetDescriptor()->FindFieldByNumber(message.event_case()));
    for (const std::string& page : {english, chinese}) {
      ExpectAllIn(event, page);
      EXPECT_THAT(page, HasSubstr(std::string(kOrigin)));
      EXPECT_THAT(page, HasSubstr(message.links(0).chain()));
      EXPECT_THAT(page, HasSubstr(message.parties(0).organisation()));
      EXPECT_THAT(page, HasSubstr("2024-06-03 12:00:00 +08:00"));
    }
  }
  EXPECT_EQ(rendered.size(), Events().size());
}

TEST(RenderTest, AMassIsReadInGramsAndTonnesExactly) {
  District district;
  const Draft draft =
      district.Generate(district.producer, district.producer_site, district.NewId(), 1'250'007);
  EXPECT_THAT(Render(draft.message, false), HasSubstr("Mass: 1250007 g = 1.250007 t"));
  EXPECT_THAT(Render(draft.message, true), HasSubstr("质量：1250007 g = 1.250007 t"));
}

// What a stranger wrote may neither end a line, nor drive the terminal, nor turn its text round.
TEST(RenderTest, ControlCharactersOfAStatementAreShownNotObeyed) {
  const std::pair<std::string, std::string> shown[] = {
      {"\n", "<U+000A>"},     {"\r", "<U+000D>"},     {"\t", "<U+0009>"},
      {"\x1B", "<U+001B>"},   {"\x7F", "<U+007F>"},   {std::string(1, '\0'), "<U+0000>"},
      {"\u0080", "<U+0080>"}, {"\u0085", "<U+0085>"}, {"\u009B", "<U+009B>"},
      {"\u009F", "<U+009F>"}, {"\u2028", "<U+2028>"}, {"\u2029", "<U+2029>"},
      {"\u202A", "<U+202A>"}, {"\u202E", "<U+202E>"}, {"\u2066", "<U+2066>"},
      {"\u2069", "<U+2069>"}, {"\u200E", "<U+200E>"}, {"\u200F", "<U+200F>"},
      {"\u061C", "<U+061C>"},
  };
  for (const auto& [control, escape] : shown) {
    v1::Statement statement;
    v1::OrganisationRegistered& event = *statement.mutable_organisation_registered();
    event.set_name("甲" + control + "Mass: 1 g");
    EXPECT_THAT(Render(statement, false), HasSubstr("\nName: 甲" + escape + "Mass: 1 g\n"));
    EXPECT_THAT(Render(statement, true), HasSubstr("\n名称：甲" + escape + "Mass: 1 g\n"));
  }
}

TEST(RenderTest, NoFieldOfAStatementCanForgeALine) {
  District district;
  Draft draft =
      district.Issue(district.producer, district.NewId(), {district.Stored()}, {&district.carrier});
  v1::Statement& statement = draft.message;
  statement.set_log_origin(std::string(kOrigin));
  const auto count_lines = [&](bool chinese) {
    const std::string page = Render(statement, chinese);
    return std::count(page.begin(), page.end(), '\n');
  };
  const auto english = count_lines(false);
  const auto chinese = count_lines(true);
  const std::string forged = "x\nTotal: 1 g = 0.000001 t\x1B[2K";
  statement.set_log_origin(forged);
  statement.mutable_parties(0)->set_organisation(forged);
  v1::ManifestIssued& issued = *statement.mutable_manifest_issued();
  issued.set_manifest(forged);
  issued.set_receiver(forged);
  issued.mutable_lines(0)->set_batch(forged);
  issued.mutable_carriers(0)->set_vehicle(forged);
  EXPECT_EQ(count_lines(false), english);
  EXPECT_EQ(count_lines(true), chinese);
  EXPECT_THAT(Render(statement, false), Not(HasSubstr("\x1B")));
  EXPECT_THAT(Render(statement, true), Not(HasSubstr("\x1B")));
}

TEST(RenderTest, OtherTextStaysAsItIs) {
  const std::string text =
      "青州市“甲”化工，2号 – É ß ü 〈丙〉 ￥ \U00020BB7 \u00A0\u2010\u2030\u205E\u2070";
  v1::Statement statement;
  statement.mutable_organisation_registered()->set_name(text);
  EXPECT_THAT(Render(statement, false), HasSubstr("Name: " + text + "\n"));
  EXPECT_THAT(Render(statement, true), HasSubstr("名称：" + text + "\n"));
}

TEST(RenderTest, AnEmptyStatementHasNoEvent) {
  EXPECT_EQ(Render(v1::Statement(), false), "No event\n");
}

}  // namespace
}  // namespace cradle::rules::test
