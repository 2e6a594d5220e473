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
  bytes_.append(key).append(value);
  sizes_.push_back({key.size(), value.size()});
}

void Batch::Delete(std::string_view key) {
  bytes_.append(key);
  sizes_.push_back({key.size(), std::nullopt});
}

std::vector<Batch::Write> Batch::writes() const {
  std::vector<Write> writes;
  writes.reserve(sizes_.size());
  std::string_view rest = bytes_;
  const auto take = [&rest](size_t size) {
    const std::string_view taken = rest.substr(0, size);
    rest.remove_prefix(size);
    return taken;
  };
  for (const Sizes& sizes : sizes_) {
    Write& write = writes.emplace_back(Write{take(sizes.key), std::nullopt});
    if (sizes.value) write.value = take(*sizes.value);
  }
  return writes;
}

}  // namespace cradle::kv
