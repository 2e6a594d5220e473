// What a person reads before attesting: for every statement that parses, in both languages, lines
// of valid UTF-8 in which nothing hides.
#include <cstdint>

#include "services/rules/admission.h"
#include "services/rules/rule_table.h"
#include "storage/evidence/statement.h"
#include "tests/fuzz/check.h"
#include "tests/fuzz/input.h"
#include "tests/fuzz/statement_choices.h"
#include "tests/services/rules/mutator.h"
#include "tests/services/rules/one_of_each.h"

namespace cradle::fuzz {
namespace {

using rules::test::District;
using rules::test::Draft;
using statement::v1::Statement;

struct Start {
  Start() : drafts(rules::test::OneOfEach(district)) {
    FailedExpectationsEndTheProgram();
    for (const Draft& draft : drafts) said.Learn(draft.message);
  }
  District district;
  std::vector<Draft> drafts;
  Said said;
};

void CheckRendered(const std::string& bytes) {
  const auto parsed = evidence::ParseStatement(bytes);
  if (!parsed.ok()) return;
  for (const bool chinese : {false, true}) {
    const std::string text = rules::Render(parsed->message, chinese);
    Check(!text.empty(), "there is something to read");
    CheckVisible(text, "what a person reads");
    Check(rules::Render(parsed->message, chinese) == text, "it reads the same again");
  }
}

// A statement of the right form around any event.
std::string Built(Input& input) {
  static const Start kStart;
  rules::test::World world;
  StatementChoices choices(input, kStart.said, world);
  Statement message;
  if (input.Byte() % 2 == 0) {
    message = kStart.drafts[input.Below(kStart.drafts.size())].message;
  } else {
    const auto events = rules::Events();
    message.GetReflection()->MutableMessage(
        &message, message.GetDescriptor()->FindFieldByNumber(
                      static_cast<int>(events[input.Below(events.size())])));
    message.add_parties()->set_capacity(statement::v1::CAPACITY_LOG);
  }
  const auto* event =
      message.GetDescriptor()->FindFieldByNumber(static_cast<int>(message.event_case()));
  for (int changes = 0; changes < 40 && !input.AtEnd(); ++changes) {
    Mutate(*message.GetReflection()->MutableMessage(&message, event), choices);
  }
  message.set_format(evidence::kStatementFormat);
  message.set_log_origin("log.example/test");
  message.set_nonce(std::string(evidence::kNonceBytes, 'n'));
  message.add_links()->set_chain("log");
  return evidence::Serialize(message);
}

}  // namespace
}  // namespace cradle::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace cradle::fuzz;
  const google::protobuf::LogSilencer silencer;
  CheckRendered(std::string(reinterpret_cast<const char*>(data), size));
  Input input(data, size);
  CheckRendered(Built(input));
  return 0;
}
