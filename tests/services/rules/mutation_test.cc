// Valid statements with fields changed at random, attested by whom they should be: whatever they
// say, the answer is a verdict. A rule that finds something wrong at an event for which the table
// does not have it would be an error, and so would a crash.
#include <fmt/format.h>
#include <google/protobuf/message.h>
#include <gtest/gtest.h>

#include <random>

#include "tests/services/rules/district.h"
#include "tests/services/rules/one_of_each.h"

namespace cradle::rules::test {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// Longer than what a message repeats, and cut there it would end inside a character.
constexpr char kLongName[] = "1号危废暂存间东侧第三排第二层废矿物油专用桶第七号";

class Mutator {
 public:
  Mutator(std::mt19937& random, std::vector<std::string> texts)
      : random_(random), texts_(std::move(texts)) {}

  // Changes one field somewhere in `message`.
  void Mutate(Message& message) {
    const auto* descriptor = message.GetDescriptor();
    const auto* reflection = message.GetReflection();
    const FieldDescriptor* field = descriptor->field(
        static_cast<int>(random_() % static_cast<unsigned>(descriptor->field_count())));
    if (random_() % 6 == 0) {
      reflection->ClearField(&message, field);
      return;
    }
    if (!field->is_repeated()) return Set(message, *field);
    const int size = reflection->FieldSize(message, field);
    if (size > 0 && random_() % 4 == 0) return reflection->RemoveLast(&message, field);
    if (size > 0 && field->message_type() != nullptr && random_() % 4 != 0) {
      return Mutate(*reflection->MutableRepeatedMessage(
          &message, field, static_cast<int>(random_() % static_cast<unsigned>(size))));
    }
    Add(message, *field);
  }

 private:
  std::string Text() { return texts_[random_() % texts_.size()]; }
  int64_t Number() {
    const int64_t numbers[] = {0, 1, -1, 250'000, 249'999, INT64_MAX, INT64_MIN, 1'717'000'000'000};
    return numbers[random_() % std::size(numbers)];
  }

  void Set(Message& message, const FieldDescriptor& field) {
    const auto* reflection = message.GetReflection();
    switch (field.cpp_type()) {
      case FieldDescriptor::CPPTYPE_STRING:
        return reflection->SetString(&message, &field, Text());
      case FieldDescriptor::CPPTYPE_INT64:
        return reflection->SetInt64(&message, &field, Number());
      case FieldDescriptor::CPPTYPE_UINT64:
        return reflection->SetUInt64(&message, &field, static_cast<uint64_t>(Number()));
      case FieldDescriptor::CPPTYPE_UINT32:
        return reflection->SetUInt32(&message, &field, static_cast<uint32_t>(Number()));
      case FieldDescriptor::CPPTYPE_BOOL:
        return reflection->SetBool(&message, &field, random_() % 2 == 0);
      case FieldDescriptor::CPPTYPE_ENUM:
        return reflection->SetEnumValue(&message, &field, AnyValue(field));
      case FieldDescriptor::CPPTYPE_MESSAGE:
        return Mutate(*reflection->MutableMessage(&message, &field));
      default:
        FAIL() << "a field of a type the format does not have: " << field.full_name();
    }
  }

  void Add(Message& message, const FieldDescriptor& field) {
    const auto* reflection = message.GetReflection();
    switch (field.cpp_type()) {
      case FieldDescriptor::CPPTYPE_STRING:
        return reflection->AddString(&message, &field, Text());
      case FieldDescriptor::CPPTYPE_ENUM:
        return reflection->AddEnumValue(&message, &field, AnyValue(field));
      case FieldDescriptor::CPPTYPE_MESSAGE:
        return Mutate(*reflection->AddMessage(&message, &field));
      default:
        FAIL() << "a field of a type the format does not have: " << field.full_name();
    }
  }

  int AnyValue(const FieldDescriptor& field) {
    const auto* type = field.enum_type();
    return type->value(static_cast<int>(random_() % static_cast<unsigned>(type->value_count())))
        ->number();
  }

  std::mt19937& random_;
  std::vector<std::string> texts_;
};

TEST(MutationTest, EveryStatementGetsAVerdict) {
  District district;
  const std::string generated = district.Generated(district.producer, district.producer_site);
  const std::string stored = district.Stored();
  const std::string received = district.Received();
  const std::string issued = district.Issued({district.Stored()}, true);
  const std::string medical = district.MedicalIssued();
  const std::string taken = district.Issued({district.Stored(), district.Stored()}, true);
  district.Must(district.Take(district.producer, district.carrier, taken, district.truck));
  const std::string delivered = district.Delivered();
  const std::vector<Draft> valid = OneOfEach(district);
  std::mt19937 random(20240603);
  Mutator mutator(random, {"",
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
                           generated,
                           stored,
                           received,
                           issued,
                           taken,
                           delivered,
                           district.producer.id,
                           district.hospital.id,
                           district.carrier.id,
                           district.plant.id,
                           district.bureau.id,
                           district.producer_site,
                           district.plant_site,
                           district.plant_furnace,
                           district.producer_store,
                           district.truck,
                           district.medical_truck,
                           district.NewId()});
  int admitted = 0;
  int refused = 0;
  for (int round = 0; round < 12'000; ++round) {
    Draft draft = valid[random() % valid.size()];
    draft.by_hand = true;
    const auto* event = draft.message.GetDescriptor()->FindFieldByNumber(
        static_cast<int>(draft.message.event_case()));
    for (auto changes = 1 + random() % 3; changes > 0; --changes) {
      mutator.Mutate(*draft.message.GetReflection()->MutableMessage(&draft.message, event));
    }
    const auto [parsed, attestations] = district.Complete(draft);
    const auto verdict = district.TryParsed(parsed, attestations);
    if (!verdict.ok()) {
      ASSERT_EQ(verdict.status().code(), absl::StatusCode::kUnimplemented)
          << verdict.status() << "\n"
          << draft.message.ShortDebugString();
      ASSERT_EQ(draft.message.event_case(), v1::Statement::kRulesAdopted);
      continue;
    }
    std::holds_alternative<Admitted>(*verdict) ? ++admitted : ++refused;
  }
  EXPECT_GT(admitted, 500);
  EXPECT_GT(refused, 3000);
}

}  // namespace
}  // namespace cradle::rules::test
