#include "services/rules/lines.h"

#include <google/protobuf/util/message_differencer.h>

#include <string>
#include <utility>
#include <vector>

namespace cradle::rules {
namespace {

namespace v1 = statement::v1;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::util::MessageDifferencer;

std::vector<const FieldDescriptor*> Given(const Message& message) {
  std::vector<const FieldDescriptor*> fields;
  message.GetReflection()->ListFields(message, &fields);
  return fields;
}

// A field that is given in both, a message within as a whole, is the line's.
template <typename Event>
Event Full(Event event) {
  if (!event.has_all_lines()) return event;
  for (auto& line : *event.mutable_lines()) {
    auto full = event.all_lines();
    for (const FieldDescriptor* field : Given(line)) full.GetReflection()->ClearField(&full, field);
    full.MergeFrom(line);
    line = std::move(full);
  }
  event.clear_all_lines();
  return event;
}

// What each line says for itself.
bool IsOwn(const FieldDescriptor& field) {
  const std::string& name = field.name();
  return name == "batch" || name == "remainder_batch" || name.ends_with("_mass_g");
}

std::string FirstOwn(const Message& line) {
  for (const FieldDescriptor* field : Given(line)) {
    if (IsOwn(*field)) return field->name();
  }
  return {};
}

bool SaysTheSame(const Message& a, const Message& b, const FieldDescriptor* field) {
  MessageDifferencer differencer;
  return differencer.CompareWithFields(a, b, {field}, {field});
}

template <typename Event>
void SayOnce(Event& event) {
  if (event.lines_size() < 2 || event.has_all_lines()) return;
  const auto first = event.lines(0);
  for (const FieldDescriptor* field : Given(first)) {
    if (IsOwn(*field)) continue;
    bool alike = true;
    for (const auto& line : event.lines()) alike = alike && SaysTheSame(first, line, field);
    if (!alike) continue;
    auto only = first;
    for (const FieldDescriptor* other : Given(first)) {
      if (other != field) only.GetReflection()->ClearField(&only, other);
    }
    event.mutable_all_lines()->MergeFrom(only);
    for (auto& line : *event.mutable_lines()) line.GetReflection()->ClearField(&line, field);
  }
}

}  // namespace

v1::ManifestIssued WithFullLines(v1::ManifestIssued issued) { return Full(std::move(issued)); }
v1::ReceiptConfirmed WithFullLines(v1::ReceiptConfirmed confirmed) {
  return Full(std::move(confirmed));
}

std::string OwnFieldOf(const v1::ManifestLine& all_lines) { return FirstOwn(all_lines); }
std::string OwnFieldOf(const v1::ReceivedLine& all_lines) { return FirstOwn(all_lines); }

void SayOnceOfAllLines(v1::ManifestIssued& issued) { SayOnce(issued); }
void SayOnceOfAllLines(v1::ReceiptConfirmed& confirmed) { SayOnce(confirmed); }
void SayOnceOfAllLines(v1::WasteCollected& collected) { SayOnce(collected); }

}  // namespace cradle::rules
