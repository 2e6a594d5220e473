#include "storage/kv/store.h"

namespace cradle::kv {

Range Prefix(std::string_view prefix) {
  // The first key after all that start with the prefix: the prefix with its last byte raised.
  // A byte 0xff cannot be raised and is dropped; when none is left there is no such key.
  std::string end(prefix);
  while (!end.empty() && static_cast<unsigned char>(end.back()) == 0xff) end.pop_back();
  if (!end.empty()) end.back() = static_cast<char>(static_cast<unsigned char>(end.back()) + 1);
  return Range{.begin = std::string(prefix), .end = std::move(end)};
}

void Batch::Put(std::string_view key, std::string_view value) {
  writes_.push_back(Write{.key = std::string(key), .value = std::string(value)});
}

void Batch::Delete(std::string_view key) {
  writes_.push_back(Write{.key = std::string(key), .value = std::nullopt});
}

}  // namespace cradle::kv
