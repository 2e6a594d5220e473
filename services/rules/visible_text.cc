#include "services/rules/visible_text.h"

#include <fmt/format.h>

#include <cstddef>
#include <cstdint>

namespace cradle::rules {
namespace {

constexpr size_t kExcerptBytes = 60;
constexpr std::string_view kNoCharacter = "\uFFFD";

bool IsContinuation(char c) { return (static_cast<uint8_t>(c) & 0xC0) == 0x80; }

bool IsUnfit(uint32_t c) {
  const bool control = c < 0x20 || (c >= 0x7F && c <= 0x9F);
  const bool separator = c == 0x2028 || c == 0x2029;
  const bool bidi = c == 0x061C || c == 0x200E || c == 0x200F || (c >= 0x202A && c <= 0x202E) ||
                    (c >= 0x2066 && c <= 0x2069);
  return control || separator || bidi;
}

struct CodePoint {
  uint32_t value = 0;
  size_t size = 1;  // bytes
  bool valid = false;
};

// The first of a text that is not empty (RFC 3629). Bytes that are none take nothing of what
// follows.
CodePoint First(std::string_view text) {
  const auto lead = static_cast<uint8_t>(text.front());
  if (lead < 0x80) return {lead, 1, true};
  if (lead < 0xC2 || lead > 0xF4) return {};
  const size_t size = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  if (text.size() < size) return {};
  uint32_t value = lead & (0x7FU >> size);
  for (size_t i = 1; i < size; ++i) {
    if (!IsContinuation(text[i])) return {};
    value = value << 6 | (static_cast<uint8_t>(text[i]) & 0x3F);
  }
  const bool overlong = (size == 3 && value < 0x800) || (size == 4 && value < 0x10000);
  const bool surrogate = value >= 0xD800 && value <= 0xDFFF;
  if (overlong || surrogate || value > 0x10FFFF) return {};
  return {value, size, true};
}

}  // namespace

std::string VisibleText(std::string_view text) {
  std::string visible;
  visible.reserve(text.size());
  while (!text.empty()) {
    const CodePoint first = First(text);
    if (!first.valid) {
      visible += kNoCharacter;
    } else if (IsUnfit(first.value)) {
      visible += fmt::format("<U+{:04X}>", first.value);
    } else {
      visible += text.substr(0, first.size);
    }
    text.remove_prefix(first.size);
  }
  return visible;
}

std::string Excerpt(std::string_view text) {
  if (text.size() <= kExcerptBytes) return VisibleText(text);
  size_t end = kExcerptBytes;
  while (end > 0 && IsContinuation(text[end])) --end;
  return VisibleText(text.substr(0, end)) + "…";
}

}  // namespace cradle::rules
