#include "storage/evidence/strict_message.h"

#include <fmt/format.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/unknown_field_set.h>

#include <string>

#include "storage/evidence/statement.h"

namespace cradle::evidence {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
using google::protobuf::UnknownField;
using google::protobuf::UnknownFieldSet;

// Our messages are five deep; groups, which no format here has, could be deeper.
constexpr int kDepthMax = 16;

// The path is built only on the way out of a refusal.
absl::Status Within(std::string_view step, const absl::Status& inner) {
  return absl::Status(inner.code(), fmt::format("{}.{}", step, std::string(inner.message())));
}

absl::Status CheckUnknownFields(const Message& message, const UnknownFieldSet& unknown) {
  if (unknown.empty()) return absl::OkStatus();
  const UnknownField& field = unknown.field(0);
  const Descriptor* type = message.GetDescriptor();
  if (const FieldDescriptor* known = type->FindFieldByNumber(field.number())) {
    return absl::InvalidArgumentError(fmt::format("{}: bytes of another type", known->name()));
  }
  if (field.type() == UnknownField::TYPE_GROUP) {
    return absl::InvalidArgumentError(fmt::format("{}: a group", field.number()));
  }
  return absl::UnimplementedError(
      fmt::format("{}: this field of {} is not known to this build", field.number(), type->name()));
}

absl::Status CheckEnumValue(const FieldDescriptor& field, int value) {
  if (field.enum_type()->FindValueByNumber(value) != nullptr) return absl::OkStatus();
  return absl::UnimplementedError(fmt::format("{}: {} value {} is not known to this build",
                                              field.name(), field.enum_type()->name(), value));
}

absl::Status CheckKnown(const Message& message);

absl::Status CheckField(const Message& message, const FieldDescriptor& field) {
  const Reflection& reflection = *message.GetReflection();
  const bool is_message = field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
  if (!is_message && field.cpp_type() != FieldDescriptor::CPPTYPE_ENUM) return absl::OkStatus();
  if (!field.is_repeated()) {
    if (!is_message) return CheckEnumValue(field, reflection.GetEnumValue(message, &field));
    if (!reflection.HasField(message, &field)) return absl::OkStatus();
    absl::Status inner = CheckKnown(reflection.GetMessage(message, &field));
    return inner.ok() ? inner : Within(field.name(), inner);
  }
  for (int i = 0; i < reflection.FieldSize(message, &field); ++i) {
    if (!is_message) {
      absl::Status value =
          CheckEnumValue(field, reflection.GetRepeatedEnumValue(message, &field, i));
      if (!value.ok()) return value;
      continue;
    }
    absl::Status inner = CheckKnown(reflection.GetRepeatedMessage(message, &field, i));
    if (!inner.ok()) return Within(fmt::format("{}[{}]", field.name(), i), inner);
  }
  return absl::OkStatus();
}

// No unknown field and no unknown enum value, at any depth.
absl::Status CheckKnown(const Message& message) {
  absl::Status unknown =
      CheckUnknownFields(message, message.GetReflection()->GetUnknownFields(message));
  if (!unknown.ok()) return unknown;
  const Descriptor& type = *message.GetDescriptor();
  for (int i = 0; i < type.field_count(); ++i) {
    if (type.field(i)->real_containing_oneof() != nullptr) continue;
    absl::Status checked = CheckField(message, *type.field(i));
    if (!checked.ok()) return checked;
  }
  // Of the fields that exclude each other at most one is there, and a statement has dozens.
  for (int i = 0; i < type.real_oneof_decl_count(); ++i) {
    const FieldDescriptor* field =
        message.GetReflection()->GetOneofFieldDescriptor(message, type.oneof_decl(i));
    if (field == nullptr) continue;
    absl::Status checked = CheckField(message, *field);
    if (!checked.ok()) return checked;
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status ParseStrictly(std::string_view bytes, Message& message) {
  const std::string& name = message.GetDescriptor()->name();
  google::protobuf::io::CodedInputStream input(reinterpret_cast<const uint8_t*>(bytes.data()),
                                               static_cast<int>(bytes.size()));
  input.SetRecursionLimit(kDepthMax);
  if (!message.ParseFromCodedStream(&input) || !input.ConsumedEntireMessage()) {
    return absl::InvalidArgumentError(
        fmt::format("not a {}: the bytes are no protobuf message of that type, or a text in it is "
                    "not UTF-8",
                    name));
  }
  absl::Status known = CheckKnown(message);
  if (!known.ok()) return Within(name, known);
  if (Serialize(message) != bytes) {
    return absl::InvalidArgumentError(
        fmt::format("{}: not in canonical form; fields in order of their numbers, each once, none "
                    "with its default value, lengths and numbers as short as can be",
                    name));
  }
  return absl::OkStatus();
}

}  // namespace cradle::evidence
