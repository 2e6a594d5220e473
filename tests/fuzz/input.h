// The bytes of a fuzzer's input, taken from the front as choices and values. Where they are at an
// end, everything is zero.
#ifndef CRADLE_TESTS_FUZZ_INPUT_H_
#define CRADLE_TESTS_FUZZ_INPUT_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace cradle::fuzz {

class Input {
 public:
  Input(const uint8_t* data, size_t size) : rest_(reinterpret_cast<const char*>(data), size) {}

  bool AtEnd() const { return rest_.empty(); }
  uint8_t Byte() {
    if (rest_.empty()) return 0;
    const auto byte = static_cast<uint8_t>(rest_[0]);
    rest_.remove_prefix(1);
    return byte;
  }
  // From 0 to count - 1; count is 1 to 65536.
  size_t Below(size_t count) {
    const size_t low = Byte();
    return (count > 256 ? low << 8 | Byte() : low) % count;
  }
  int64_t Int64() {
    uint64_t number = 0;
    for (int i = 0; i < 8; ++i) number = number << 8 | Byte();
    return static_cast<int64_t>(number);
  }
  std::string Bytes(size_t count) {
    const std::string_view bytes = rest_.substr(0, count);
    rest_.remove_prefix(bytes.size());
    return std::string(bytes);
  }
  std::string_view Rest() const { return rest_; }

 private:
  std::string_view rest_;
};

}  // namespace cradle::fuzz

#endif  // CRADLE_TESTS_FUZZ_INPUT_H_
