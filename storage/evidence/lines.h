// Reading our text formats line by line, and their numbers. Within this folder only.
#ifndef CRADLE_STORAGE_EVIDENCE_LINES_H_
#define CRADLE_STORAGE_EVIDENCE_LINES_H_

#include <charconv>
#include <cstdint>
#include <optional>
#include <string_view>

namespace cradle::evidence {

// The next line without its LF, taken off `rest`; none if no LF is left.
inline std::optional<std::string_view> TakeLine(std::string_view& rest) {
  const size_t end = rest.find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view line = rest.substr(0, end);
  rest.remove_prefix(end + 1);
  return line;
}

// A decimal number without sign and leading zeros.
inline std::optional<uint64_t> ParseDecimal(std::string_view text) {
  if (text.empty() || (text.size() > 1 && text.front() == '0')) return std::nullopt;
  uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace cradle::evidence

#endif  // CRADLE_STORAGE_EVIDENCE_LINES_H_
