#include "tests/services/rules/mutator.h"

#include <gtest/gtest.h>

#include <iterator>

#include "tests/services/rules/district.h"

namespace cradle::rules::test {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// Longer than what a message repeats, and cut there it would end inside a character.
constexpr char kLongName[] = "1号危废暂存间东侧第三排第二层废矿物油专用桶第七号";

int AnyValue(const FieldDescriptor& field, Choices& choices) {
  const auto* type = field.enum_type();
  return type->value(static_cast<int>(choices.Draw() % static_cast<unsigned>(type->value_count())))
      ->number();
}

void Set(Message& message, const FieldDescriptor& field, Choices& choices) {
  const auto* reflection = message.GetReflection();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return reflection->SetString(&message, &field, choices.Text(field));
    case FieldDescriptor::CPPTYPE_INT64:
      return reflection->SetInt64(&message, &field, choices.Number(field));
    case FieldDescriptor::CPPTYPE_UINT64:
      return reflection->SetUInt64(&message, &field, static_cast<uint64_t>(choices.Number(field)));
    case FieldDescriptor::CPPTYPE_UINT32:
      return reflection->SetUInt32(&message, &field, static_cast<uint32_t>(choices.Number(field)));
    case FieldDescriptor::CPPTYPE_INT32:
      return reflection->SetInt32(&message, &field, static_cast<int32_t>(choices.Number(field)));
    case FieldDescriptor::CPPTYPE_BOOL:
      return reflection->SetBool(&message, &field, choices.Draw() % 2 == 0);
    case FieldDescriptor::CPPTYPE_ENUM:
      return reflection->SetEnumValue(&message, &field, AnyValue(field, choices));
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return Mutate(*reflection->MutableMessage(&message, &field), choices);
    default:
      FAIL() << "a field of a type the format does not have: " << field.full_name();
  }
}

void Add(Message& message, const FieldDescriptor& field, Choices& choices) {
  const auto* reflection = message.GetReflection();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return reflection->AddString(&message, &field, choices.Text(field));
    case FieldDescriptor::CPPTYPE_INT64:
      return reflection->AddInt64(&message, &field, choices.Number(field));
    case FieldDescriptor::CPPTYPE_UINT64:
      return reflection->AddUInt64(&message, &field, static_cast<uint64_t>(choices.Number(field)));
    case FieldDescriptor::CPPTYPE_UINT32:
      return reflection->AddUInt32(&message, &field, static_cast<uint32_t>(choices.Number(field)));
    case FieldDescriptor::CPPTYPE_INT32:
      return reflection->AddInt32(&message, &field, static_cast<int32_t>(choices.Number(field)));
    case FieldDescriptor::CPPTYPE_ENUM:
      return reflection->AddEnumValue(&message, &field, AnyValue(field, choices));
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return Mutate(*reflection->AddMessage(&message, &field), choices);
    default:
      FAIL() << "a repeated field of a type the format does not have: " << field.full_name();
  }
}

}  // namespace

int64_t Choices::Number(const FieldDescriptor& /*field*/) {
  const int64_t numbers[] = {0, 1, -1, 250'000, 249'999, INT64_MAX, INT64_MIN, 1'717'000'000'000};
  return numbers[Draw() % std::size(numbers)];
}

void Mutate(Message& message, Choices& choices) {
  const auto* descriptor = message.GetDescriptor();
  const auto* reflection = message.GetReflection();
  if (descriptor->field_count() == 0) return;
  const FieldDescriptor* field = descriptor->field(
      static_cast<int>(choices.Draw() % static_cast<unsigned>(descriptor->field_count())));
  if (choices.Draw() % 6 == 0) {
    reflection->ClearField(&message, field);
    return;
  }
  if (!field->is_repeated()) return Set(message, *field, choices);
  const int size = reflection->FieldSize(message, field);
  if (size > 0 && choices.Draw() % 4 == 0) return reflection->RemoveLast(&message, field);
  if (size > 0 && field->message_type() != nullptr && choices.Draw() % 4 != 0) {
    return Mutate(
        *reflection->MutableRepeatedMessage(
            &message, field, static_cast<int>(choices.Draw() % static_cast<unsigned>(size))),
        choices);
  }
  Add(message, *field, choices);
}

const std::vector<std::string>& HostileTexts() {
  static const std::vector<std::string> kTexts = {
      "",
      "x",
      std::string(500, 'y'),
      "\n",
      kLongName,
      "汉汉汉汉汉汉",  // 18 bytes, as a USCC has
      "\u202E甲\u009B",
      "HW08",
      "HW01",
      "900-214-08",
      "841-004-01",
      "Y11",
      "D10",
      "2024-02-30",
      "2023-01-01",
      "9999-12-31",
      "370781",
      "370000",
      "110000",
      "Asia/Urumqi",
      std::string(32, 'h'),
      "20243707000001",
      District::Uscc(1),
  };
  return kTexts;
}

}  // namespace cradle::rules::test
