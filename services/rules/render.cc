// A statement as a person reads it before attesting: every field that is given, by reflection, so
// that nothing is signed unseen.
#include <fmt/format.h>
#include <google/protobuf/message.h>

#include <string>
#include <string_view>
#include <vector>

#include "services/rules/admission.h"
#include "services/rules/calendar.h"
#include "services/rules/event_table.h"
#include "services/rules/render_words.h"
#include "services/rules/visible_text.h"
#include "storage/evidence/hash.h"

namespace cradle::rules {
namespace {

namespace v1 = statement::v1;
using google::protobuf::EnumValueDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// "ORGANISATION_ROLE_CARRIER" less "ORGANISATION_ROLE_": what all values of the enumeration begin
// with, as the first, "…_UNSPECIFIED", tells.
std::string_view Short(const EnumValueDescriptor& value) {
  const std::string_view unset = value.type()->value(0)->name();
  std::string_view name = value.name();
  name.remove_prefix(unset.size() - std::string_view("UNSPECIFIED").size());
  return name;
}

// Grams stay exact: tonnes are what the field reads.
std::string MassText(int64_t mass_g) {
  const int64_t whole = mass_g / 1'000'000;
  const int64_t rest = mass_g % 1'000'000;
  return fmt::format("{} g = {}{}.{:06} t", mass_g, mass_g < 0 && whole == 0 ? "-" : "", whole,
                     rest < 0 ? -rest : rest);
}

// In the log's zone.
std::string TimeText(int64_t time_ms) {
  const absl::CivilDay day = DayOf(time_ms, kLogZoneOffsetMs);
  const int64_t seconds = (time_ms - StartOfDayMs(day, kLogZoneOffsetMs)) / 1000;
  return fmt::format("{} {:02}:{:02}:{:02} +08:00", FormatDate(day), seconds / 3600,
                     seconds / 60 % 60, seconds % 60);
}

std::string IntegerText(std::string_view field, int64_t number) {
  if (field.ends_with("_mass_g") || field.ends_with("_mass_g_per_day")) return MassText(number);
  if (field.ends_with("_time_ms")) return TimeText(number);
  if (field.ends_with("milli_celsius")) return DecimalText(number, 3) + " °C";
  if (field.ends_with("_e7")) return DecimalText(number, 7) + "°";
  if (field.ends_with("_fen")) return DecimalText(number, 2) + " CNY";
  return fmt::format("{}", number);
}

// A hash as it is; anything longer, as a key, by its own.
std::string BytesText(std::string_view bytes) {
  return bytes.size() <= 32 ? evidence::Hex(bytes) : evidence::Hex(evidence::Sha256(bytes));
}

class Page {
 public:
  explicit Page(bool chinese) : chinese_(chinese) {}

  void Heading(std::string_view text) { text_ += fmt::format("{}\n", text); }
  // All that a statement says comes through here: no value makes a line of its own.
  void Line(std::string_view label, std::string_view value) {
    text_ += fmt::format("{}{}{}\n", label, Colon(), VisibleText(value));
  }
  void Known(const Words& label, std::string_view value) {
    if (!value.empty()) Line(Of(label), value);
  }
  // A line for each field; a message within it is one line, and so is each of several.
  void Fields(const Message& message) {
    for (const FieldDescriptor* field : Given(message)) Field(message, *field);
  }
  std::string Take() { return std::move(text_); }

 private:
  std::string_view Of(const Words& words) const { return chinese_ ? words.zh : words.en; }
  std::string_view Colon() const { return chinese_ ? "：" : ": "; }

  std::string Label(const FieldDescriptor& field) const {
    const Words* const words = WordsOf(field.name());
    return words == nullptr ? field.name() : std::string(Of(*words));
  }

  // The fields that are given, in the order of the format. Of declared stock the start of storage
  // is told even when it is not known: that counts as over a year.
  static std::vector<const FieldDescriptor*> Given(const Message& message) {
    std::vector<const FieldDescriptor*> given;
    const auto* descriptor = message.GetDescriptor();
    const auto* reflection = message.GetReflection();
    for (int i = 0; i < descriptor->field_count(); ++i) {
      const FieldDescriptor* const field = descriptor->field(i);
      const bool there = field->is_repeated() ? reflection->FieldSize(message, field) > 0
                                              : reflection->HasField(message, field);
      if (there || IsStart(*field)) given.push_back(field);
    }
    return given;
  }

  void Field(const Message& message, const FieldDescriptor& field) {
    const bool nested = field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
    if (!field.is_repeated()) {
      Line(Label(field), Value(message, field, -1));
    } else if (nested || field.type() == FieldDescriptor::TYPE_BYTES) {
      const int count = message.GetReflection()->FieldSize(message, &field);
      for (int i = 0; i < count; ++i) Line("- " + Label(field), Value(message, field, i));
    } else {
      Line(Label(field), List(message, field));
    }
  }

  std::string List(const Message& message, const FieldDescriptor& field) const {
    std::string list;
    const int count = message.GetReflection()->FieldSize(message, &field);
    for (int i = 0; i < count; ++i) {
      if (i > 0) list += ' ';
      list += Value(message, field, i);
    }
    return list;
  }

  // `place`: -1 of a field that is not repeated.
  std::string Value(const Message& message, const FieldDescriptor& field, int place) const {
    const auto* r = message.GetReflection();
    const bool one = place < 0;
    switch (field.cpp_type()) {
      case FieldDescriptor::CPPTYPE_MESSAGE:
        return Inline(one ? r->GetMessage(message, &field)
                          : r->GetRepeatedMessage(message, &field, place));
      case FieldDescriptor::CPPTYPE_ENUM:
        return std::string(Short(
            *(one ? r->GetEnum(message, &field) : r->GetRepeatedEnum(message, &field, place))));
      case FieldDescriptor::CPPTYPE_BOOL:
        return chinese_ ? "是" : "yes";
      case FieldDescriptor::CPPTYPE_INT64:
        return IntegerText(field.name(), one ? r->GetInt64(message, &field)
                                             : r->GetRepeatedInt64(message, &field, place));
      case FieldDescriptor::CPPTYPE_INT32:
        return fmt::format(
            "{}", one ? r->GetInt32(message, &field) : r->GetRepeatedInt32(message, &field, place));
      case FieldDescriptor::CPPTYPE_UINT32:
        return fmt::format("{}", one ? r->GetUInt32(message, &field)
                                     : r->GetRepeatedUInt32(message, &field, place));
      case FieldDescriptor::CPPTYPE_UINT64:
        return fmt::format("{}", one ? r->GetUInt64(message, &field)
                                     : r->GetRepeatedUInt64(message, &field, place));
      default:
        break;  // a text: the format has no floats
    }
    const std::string text =
        one ? r->GetString(message, &field) : r->GetRepeatedString(message, &field, place);
    if (field.type() == FieldDescriptor::TYPE_BYTES) return BytesText(text);
    return text.empty() && IsStart(field) ? "?" : text;
  }

  // "Batch: …, Waste code: …, How: (By: WEIGHED, Scale: 7)".
  std::string Inline(const Message& message) const {
    std::string text;
    for (const FieldDescriptor* field : Given(message)) {
      if (!text.empty()) text += chinese_ ? "，" : ", ";
      const bool nested = field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
      const std::string value =
          field->is_repeated() ? List(message, *field) : Value(message, *field, -1);
      text += fmt::format("{}{}{}{}{}", Label(*field), Colon(), nested ? "(" : "", value,
                          nested ? ")" : "");
    }
    return text;
  }

  static bool IsStart(const FieldDescriptor& field) {
    return field.containing_type() == v1::StockDeclared::descriptor() &&
           field.number() == v1::StockDeclared::kStorageStartDateFieldNumber;
  }

  bool chinese_;
  std::string text_;
};

}  // namespace

std::string Render(const v1::Statement& statement, bool chinese) {
  Page page(chinese);
  const EventRow* const row = FindEvent(statement.event_case());
  if (row == nullptr) {
    page.Heading(chinese ? "无事项" : "No event");
    return page.Take();
  }
  page.Heading(chinese ? row->title_zh : row->title_en);
  page.Known({"Log", "日志"}, statement.log_origin());
  if (statement.claimed_time_ms() != 0) {
    page.Known({"Claimed time", "所称时间"}, TimeText(statement.claimed_time_ms()));
  }
  for (const v1::Party& party : statement.parties()) {
    page.Known(
        {"Party", "签署方"},
        fmt::format("{} {}", Short(*v1::Capacity_descriptor()->FindValueByNumber(party.capacity())),
                    party.organisation()));
    page.Known({"Signed for it by", "代签单位"}, party.delegate());
  }
  page.Fields(statement.GetReflection()->GetMessage(
      statement, statement.GetDescriptor()->FindFieldByNumber(statement.event_case())));
  for (const v1::Link& link : statement.links()) {
    if (link.height() == 0) {
      page.Known({"Begins", "起始"}, link.chain());
    } else {
      page.Known({"Extends", "延伸"}, fmt::format("{} @ {}", link.chain(), link.height()));
    }
  }
  return page.Take();
}

}  // namespace cradle::rules
