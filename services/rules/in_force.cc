#include "services/rules/in_force.h"

#include <google/protobuf/message.h>

#include <string>
#include <vector>

#include "cradle/statement/v1/options.pb.h"

namespace cradle::rules {
namespace {

using google::protobuf::EnumValueDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

void Refuse(Judge& judge, const std::string& path, uint32_t since) {
  judge.Violate(
      RuleId::kEventInSet, path,
      fmt::format("{} belongs to rule set {}; set {} is in force until the founding regulator "
                  "adopts another",
                  path, since, judge.rule_set()),
      fmt::format("{} 属于规则集{}；现行为规则集{}，须由创始监管部门采用新规则集", path, since,
                  judge.rule_set()));
}

void JudgeFields(Judge& judge, const Message& message, const std::string& path);

void JudgeValue(Judge& judge, const Message& message, const FieldDescriptor& field, int place,
                const std::string& path) {
  const auto* reflection = message.GetReflection();
  const bool repeated = field.is_repeated();
  if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
    JudgeFields(judge,
                repeated ? reflection->GetRepeatedMessage(message, &field, place)
                         : reflection->GetMessage(message, &field),
                path);
  } else if (field.cpp_type() == FieldDescriptor::CPPTYPE_ENUM) {
    const EnumValueDescriptor* value = repeated
                                           ? reflection->GetRepeatedEnum(message, &field, place)
                                           : reflection->GetEnum(message, &field);
    const uint32_t since = value->options().GetExtension(statement::v1::value_since_rule_set);
    if (since > judge.rule_set()) Refuse(judge, path, since);
  }
}

void JudgeFields(Judge& judge, const Message& message, const std::string& path) {
  std::vector<const FieldDescriptor*> fields;
  message.GetReflection()->ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    const std::string here = fmt::format("{}.{}", path, field->name());
    const uint32_t since = field->options().GetExtension(statement::v1::since_rule_set);
    if (since > judge.rule_set()) {
      Refuse(judge, here, since);
      continue;
    }
    if (!field->is_repeated()) {
      JudgeValue(judge, message, *field, 0, here);
      continue;
    }
    const int count = message.GetReflection()->FieldSize(message, field);
    for (int i = 0; i < count; ++i) {
      JudgeValue(judge, message, *field, i, fmt::format("{}[{}]", here, i));
    }
  }
}

}  // namespace

void JudgeInForce(Judge& judge, uint32_t newest_set) {
  const std::string event(EventName(judge.event()));
  if (judge.row().first_set > judge.rule_set()) {
    Refuse(judge, event, judge.row().first_set);
    return;
  }
  if (judge.rule_set() >= newest_set) return;
  const statement::v1::Statement& statement = judge.statement();
  const auto* field = statement.GetDescriptor()->FindFieldByNumber(static_cast<int>(judge.event()));
  JudgeFields(judge, statement.GetReflection()->GetMessage(statement, field), event);
  for (int i = 0; i < statement.parties_size(); ++i) {
    JudgeFields(judge, statement.parties(i), fmt::format("parties[{}]", i));
  }
}

}  // namespace cradle::rules
