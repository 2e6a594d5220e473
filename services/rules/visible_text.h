// Text of strangers, made fit to be read by a person and to stand in a message.
#ifndef CRADLE_SERVICES_RULES_VISIBLE_TEXT_H_
#define CRADLE_SERVICES_RULES_VISIBLE_TEXT_H_

#include <cstdint>
#include <string>
#include <string_view>

namespace cradle::rules {

// What a reader does not see as such: C0 and C1 controls, ends of line and paragraph, what turns
// the direction of text (the property Bidi_Control of Unicode), and what is invisible. The joiners
// U+200C and U+200D belong to the spelling of Arabic and Indic scripts, and are none.
bool IsControl(uint32_t code_point);

// Valid UTF-8, whatever `text` is: each control as its code point, "<U+001B>", and each byte that
// is no part of a character as U+FFFD. All else stays as it is.
std::string VisibleText(std::string_view text);

// A number of units of 10^-digits, exactly: DecimalText(20500, 3) is "20.5".
std::string DecimalText(int64_t number, int digits);

// As VisibleText, of at most the first 60 bytes, cut between characters; "…" tells of a cut.
std::string Excerpt(std::string_view text);

}  // namespace cradle::rules

#endif  // CRADLE_SERVICES_RULES_VISIBLE_TEXT_H_
