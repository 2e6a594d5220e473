// What the fields of statements are called in a rendering. Within this folder only.
#ifndef CRADLE_SERVICES_RULES_RENDER_WORDS_H_
#define CRADLE_SERVICES_RULES_RENDER_WORDS_H_

#include <string_view>

namespace cradle::rules {

struct Words {
  std::string_view en;
  std::string_view zh;
};

// By the name of the field; null: it has no words, and its own name is shown.
const Words* WordsOf(std::string_view field);

}  // namespace cradle::rules

#endif  // CRADLE_SERVICES_RULES_RENDER_WORDS_H_
