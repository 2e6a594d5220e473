#include "tests/fuzz/statement_choices.h"

#include <algorithm>
#include <string_view>

#include "storage/evidence/utf8.h"

namespace cradle::fuzz {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// A pool longer than this forgets nothing, but only the newest can be drawn.
constexpr size_t kDrawn = 256;

// Fields that mean the same end in the same word; units belong to it: "sent_mass_g" is a "mass_g".
std::string LastWord(const std::string& name) {
  for (const char* unit : {"mass_g", "time_ms", "key_id"}) {
    if (name.ends_with(unit)) return unit;
  }
  const size_t bar = name.rfind('_');
  std::string word = bar == std::string::npos ? name : name.substr(bar + 1);
  // Who receives, carries or generates is an organisation.
  if (word == "receiver" || word == "parent" || word == "organisations") return "organisation";
  return word;
}

template <typename Values>
const auto* Find(const Values& values, const FieldDescriptor& field) {
  const auto found = values.find(LastWord(field.name()));
  return found == values.end() ? nullptr : &found->second;
}

// Newest first, so that a zero means what was said last.
template <typename Value>
const Value& Newest(const std::vector<Value>& values, Input& input) {
  return values[values.size() - 1 - input.Below(std::min(values.size(), kDrawn))];
}

template <typename Value>
void AddNew(std::vector<Value>& values, Value value) {
  if (std::find(values.begin(), values.end(), value) == values.end()) {
    values.push_back(std::move(value));
  }
}

}  // namespace

void Said::Learn(const Message& message) {
  std::vector<const FieldDescriptor*> fields;
  message.GetReflection()->ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) LearnField(message, *field);
}

void Said::LearnField(const Message& message, const FieldDescriptor& field) {
  const auto& reflection = *message.GetReflection();
  const std::string name = LastWord(field.name());
  const int size = field.is_repeated() ? reflection.FieldSize(message, &field) : 1;
  for (int i = 0; i < size; ++i) {
    const bool repeated = field.is_repeated();
    if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      Learn(repeated ? reflection.GetRepeatedMessage(message, &field, i)
                     : reflection.GetMessage(message, &field));
    } else if (field.cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
      std::string text = repeated ? reflection.GetRepeatedString(message, &field, i)
                                  : reflection.GetString(message, &field);
      AddNew(all_texts_, text);
      AddNew(texts_[name], std::move(text));
    } else if (field.cpp_type() == FieldDescriptor::CPPTYPE_INT64 && !repeated) {
      AddNew(numbers_[name], reflection.GetInt64(message, &field));
    }
  }
}

const std::vector<std::string>* Said::Texts(const FieldDescriptor& field) const {
  return Find(texts_, field);
}

const std::vector<int64_t>* Said::Numbers(const FieldDescriptor& field) const {
  return Find(numbers_, field);
}

std::string StatementChoices::Text(const FieldDescriptor& field) {
  std::string text = AnyText(field);
  if (field.type() == FieldDescriptor::TYPE_STRING) {
    // What is not UTF-8 no statement can say; how that is refused is for the target `statement`.
    std::string_view rest = text;
    while (!rest.empty() && evidence::TakeCodePoint(rest) != evidence::kNoCodePoint) {
    }
    if (!rest.empty()) {
      for (char& c : text) c = static_cast<char>(c & 0x7F);
    }
  }
  return text;
}

std::string StatementChoices::AnyText(const FieldDescriptor& field) {
  const uint8_t way = input_.Byte() % 8;
  if (way < 4) {
    if (const auto* texts = said_.Texts(field)) return Newest(*texts, input_);
  }
  if (way == 5 && !said_.AllTexts().empty()) return Newest(said_.AllTexts(), input_);
  if (way == 6) return world_.NewId();
  if (way == 7) return input_.Bytes(input_.Byte());
  const std::vector<std::string>& hostile = rules::test::HostileTexts();
  return hostile[input_.Below(hostile.size())];
}

int64_t StatementChoices::Number(const FieldDescriptor& field) {
  const uint8_t way = input_.Byte() % 8;
  if (way < 3) {
    if (const auto* numbers = said_.Numbers(field)) return Newest(*numbers, input_);
  }
  if (way < 5) return world_.now_ms + (static_cast<int64_t>(input_.Byte()) - 128) * 3'600'000;
  if (way == 5) return input_.Byte();
  if (way == 6) return input_.Int64();
  return Choices::Number(field);
}

}  // namespace cradle::fuzz
