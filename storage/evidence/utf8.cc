#include "storage/evidence/utf8.h"

#include <cstddef>
#include <cstdint>

namespace cradle::evidence {

uint32_t TakeCodePoint(std::string_view& text) {
  const auto lead = static_cast<uint8_t>(text.front());
  const size_t size = lead < 0x80   ? 1
                      : lead < 0xC2 ? 0
                      : lead < 0xE0 ? 2
                      : lead < 0xF0 ? 3
                      : lead < 0xF5 ? 4
                                    : 0;
  if (size == 0 || text.size() < size) return kNoCodePoint;
  uint32_t code_point = size == 1 ? lead : lead & (0x7FU >> size);
  for (size_t i = 1; i < size; ++i) {
    const auto byte = static_cast<uint8_t>(text[i]);
    if ((byte & 0xC0) != 0x80) return kNoCodePoint;
    code_point = code_point << 6 | (byte & 0x3F);
  }
  // Forms longer than need be, surrogates, and what lies beyond Unicode.
  if ((size == 3 && code_point < 0x800) || (size == 4 && code_point < 0x10000) ||
      (code_point >= 0xD800 && code_point < 0xE000) || code_point > 0x10FFFF) {
    return kNoCodePoint;
  }
  text.remove_prefix(size);
  return code_point;
}

std::string_view FirstBytes(std::string_view text, size_t bytes_max) {
  if (text.size() <= bytes_max) return text;
  size_t end = bytes_max;
  while (end > 0 && (static_cast<uint8_t>(text[end]) & 0xC0) == 0x80) --end;
  return text.substr(0, end);
}

bool IsSpace(uint32_t c) {
  return (c >= 0x09 && c <= 0x0D) || c == 0x20 || c == 0x85 || c == 0xA0 || c == 0x1680 ||
         (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F ||
         c == 0x3000;
}

bool IsNoteText(std::string_view text) {
  while (!text.empty()) {
    const uint32_t c = TakeCodePoint(text);
    if (c == kNoCodePoint || (c < 0x20 && c != '\n')) return false;
  }
  return true;
}

bool IsNoteName(std::string_view name) {
  if (name.empty()) return false;
  while (!name.empty()) {
    const uint32_t c = TakeCodePoint(name);
    if (c == kNoCodePoint || c < 0x20 || c == '+' || IsSpace(c)) return false;
  }
  return true;
}

}  // namespace cradle::evidence
