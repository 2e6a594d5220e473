// Text of strangers, made fit to be read by a person and to stand in a message.
#ifndef CRADLE_SERVICES_RULES_VISIBLE_TEXT_H_
#define CRADLE_SERVICES_RULES_VISIBLE_TEXT_H_

#include <string>
#include <string_view>

namespace cradle::rules {

// Valid UTF-8, whatever `text` is: each character that would end a line, drive a terminal or turn
// the direction of writing as its code point, "<U+001B>" (C0, DEL and C1, the line and paragraph
// separators, and what has the property Bidi_Control of Unicode), and each byte that is no part of
// a character as U+FFFD. All else stays as it is.
std::string VisibleText(std::string_view text);

// As VisibleText, of at most the first 60 bytes, cut between characters; "…" tells of a cut.
std::string Excerpt(std::string_view text);

}  // namespace cradle::rules

#endif  // CRADLE_SERVICES_RULES_VISIBLE_TEXT_H_
