// Changes messages field by field, by reflection: a new event or field is reached without a word
// here. What decides, a random generator or the bytes of a fuzzer, is handed in.
#ifndef CRADLE_TESTS_SERVICES_RULES_MUTATOR_H_
#define CRADLE_TESTS_SERVICES_RULES_MUTATOR_H_

#include <google/protobuf/message.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace cradle::rules::test {

// Where choices and values come from.
class Choices {
 public:
  virtual ~Choices() = default;
  // From 0 on, below 256 at least.
  virtual uint32_t Draw() = 0;
  virtual std::string Text(const google::protobuf::FieldDescriptor& field) = 0;
  // The least and the greatest there are, and some between, unless overridden.
  virtual int64_t Number(const google::protobuf::FieldDescriptor& field);
};

// Changes one field somewhere in `message`: sets, clears, adds or removes. Ends for any choices.
void Mutate(google::protobuf::Message& message, Choices& choices);

// Texts that no field should choke on: empty, long, cut inside a character if cut carelessly,
// controls, and codes, dates, divisions and zones that are almost right.
const std::vector<std::string>& HostileTexts();

}  // namespace cradle::rules::test

#endif  // CRADLE_TESTS_SERVICES_RULES_MUTATOR_H_
