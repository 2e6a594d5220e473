// Fields of statements filled from a fuzzer's input: with what earlier statements said in a field
// of that name, with texts made to hurt, with new ids or with the input's own bytes.
#ifndef CRADLE_TESTS_FUZZ_STATEMENT_CHOICES_H_
#define CRADLE_TESTS_FUZZ_STATEMENT_CHOICES_H_

#include <google/protobuf/message.h>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "tests/fuzz/input.h"
#include "tests/services/rules/mutator.h"
#include "tests/services/rules/world.h"

namespace cradle::fuzz {

// What was said so far, by the last word of the field's name: "consignor_site" is a "site".
class Said {
 public:
  // Remembers every field of `message`.
  void Learn(const google::protobuf::Message& message);
  // Null: nothing was said in a field of that name.
  const std::vector<std::string>* Texts(const google::protobuf::FieldDescriptor& field) const;
  const std::vector<int64_t>* Numbers(const google::protobuf::FieldDescriptor& field) const;
  const std::vector<std::string>& AllTexts() const { return all_texts_; }

 private:
  void LearnField(const google::protobuf::Message& message,
                  const google::protobuf::FieldDescriptor& field);

  std::map<std::string, std::vector<std::string>> texts_;
  std::map<std::string, std::vector<int64_t>> numbers_;
  std::vector<std::string> all_texts_;
};

// All must outlive it. `world` gives new ids and the time.
class StatementChoices : public rules::test::Choices {
 public:
  StatementChoices(Input& input, const Said& said, rules::test::World& world)
      : input_(input), said_(said), world_(world) {}

  uint32_t Draw() override { return input_.Byte(); }
  std::string Text(const google::protobuf::FieldDescriptor& field) override;
  int64_t Number(const google::protobuf::FieldDescriptor& field) override;

 private:
  std::string AnyText(const google::protobuf::FieldDescriptor& field);

  Input& input_;
  const Said& said_;
  rules::test::World& world_;
};

}  // namespace cradle::fuzz

#endif  // CRADLE_TESTS_FUZZ_STATEMENT_CHOICES_H_
