// Numbers and byte strings of the binary formats. Within this folder only.
#ifndef CRADLE_STORAGE_EVIDENCE_BIG_ENDIAN_H_
#define CRADLE_STORAGE_EVIDENCE_BIG_ENDIAN_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cradle::evidence {

// The lowest `size` bytes of `number`.
inline void AppendBigEndian(std::string& bytes, uint64_t number, int size) {
  for (int shift = 8 * (size - 1); shift >= 0; shift -= 8) {
    bytes += static_cast<char>(number >> shift);
  }
}

// Reads from the front. What is not there is none, and so is all that follows it.
class BigEndianReader {
 public:
  explicit BigEndianReader(std::string_view bytes) : rest_(bytes) {}

  std::optional<std::string_view> Bytes(size_t size) {
    if (ended_ || rest_.size() < size) {
      ended_ = true;
      return std::nullopt;
    }
    const std::string_view bytes = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return bytes;
  }

  std::optional<uint64_t> Number(size_t size) {
    const auto bytes = Bytes(size);
    if (!bytes) return std::nullopt;
    uint64_t number = 0;
    for (char c : *bytes) number = number << 8 | static_cast<uint8_t>(c);
    return number;
  }

  std::string_view Rest() const { return ended_ ? std::string_view() : rest_; }

 private:
  std::string_view rest_;
  bool ended_ = false;
};

}  // namespace cradle::evidence

#endif  // CRADLE_STORAGE_EVIDENCE_BIG_ENDIAN_H_
