#include "services/rules/visible_text.h"

#include <fmt/format.h>

#include <cstddef>
#include <cstdint>

#include "storage/evidence/utf8.h"

namespace cradle::rules {
namespace {

constexpr size_t kExcerptBytes = 60;
constexpr std::string_view kNoCharacter = "\uFFFD";

}  // namespace

bool IsControl(uint32_t c) {
  return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x061C || c == 0x200B || c == 0x200E ||
         c == 0x200F || (c >= 0x2028 && c <= 0x202E) || (c >= 0x2060 && c <= 0x206F) || c == 0xFEFF;
}

std::string VisibleText(std::string_view text) {
  std::string visible;
  visible.reserve(text.size());
  while (!text.empty()) {
    std::string_view rest = text;
    const uint32_t code_point = evidence::TakeCodePoint(rest);
    if (code_point == evidence::kNoCodePoint) {
      visible += kNoCharacter;
      rest.remove_prefix(1);
    } else if (IsControl(code_point)) {
      visible += fmt::format("<U+{:04X}>", code_point);
    } else {
      visible += text.substr(0, text.size() - rest.size());
    }
    text = rest;
  }
  return visible;
}

std::string DecimalText(int64_t number, int digits) {
  // Unsigned, so that the smallest number has a magnitude too.
  const uint64_t magnitude = number < 0 ? 0 - static_cast<uint64_t>(number) : number;
  std::string text = fmt::format("{:0{}}", magnitude, digits + 1);
  text.insert(text.size() - static_cast<size_t>(digits), 1, '.');
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return number < 0 ? "-" + text : text;
}

std::string Excerpt(std::string_view text) {
  const std::string_view first = evidence::FirstBytes(text, kExcerptBytes);
  return VisibleText(first) + (first.size() < text.size() ? "…" : "");
}

}  // namespace cradle::rules
