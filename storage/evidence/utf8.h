// Just enough UTF-8 for signed notes and for the text of statements.
#ifndef CRADLE_STORAGE_EVIDENCE_UTF8_H_
#define CRADLE_STORAGE_EVIDENCE_UTF8_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace cradle::evidence {

// What is no code point of Unicode.
inline constexpr uint32_t kNoCodePoint = 0xFFFF'FFFF;

// Takes one code point off the front of a text that is not empty; kNoCodePoint, and nothing taken:
// the text does not go on as UTF-8 (RFC 3629).
uint32_t TakeCodePoint(std::string_view& text);

// At most the first `bytes_max` bytes of a UTF-8 text, cut between characters.
std::string_view FirstBytes(std::string_view text, size_t bytes_max);

// The property White_Space of Unicode.
bool IsSpace(uint32_t code_point);

// Valid UTF-8 (RFC 3629) with no control character below U+0020 but LF.
bool IsNoteText(std::string_view text);

// A signer's name: such text, not empty, without Unicode white space and '+'.
bool IsNoteName(std::string_view name);

}  // namespace cradle::evidence

#endif  // CRADLE_STORAGE_EVIDENCE_UTF8_H_
