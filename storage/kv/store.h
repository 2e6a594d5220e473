// The seam to an ordered key-value store. Every service keeps its data behind it; every engine
// passes tests/storage/kv/contract.
#ifndef CRADLE_STORAGE_KV_STORE_H_
#define CRADLE_STORAGE_KV_STORE_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace cradle::kv {

inline constexpr size_t kKeyBytesMax = 1024;
inline constexpr size_t kValueBytesMax = 1 << 20;

// Keys in [begin, end), bytewise; an empty `end` means to the last key.
struct Range {
  std::string begin;
  std::string end;
};

// The range of all keys that start with `prefix`.
Range Prefix(std::string_view prefix);

enum class Order { kAscending, kDescending };

// Told one key and its value; both views die with the call. Returns false to stop the scan.
using Visitor = std::function<bool(std::string_view key, std::string_view value)>;

// Reads one state of the store. Safe to call from many threads.
class Reader {
 public:
  virtual ~Reader() = default;

  // The value, or nullopt where there is none.
  // DATA_LOSS: the stored bytes fail their checksum. UNAVAILABLE: the disk cannot be read.
  virtual absl::StatusOr<std::optional<std::string>> Get(std::string_view key) const = 0;

  // One answer for each key, in order, all of one state.
  virtual absl::StatusOr<std::vector<std::optional<std::string>>> MultiGet(
      std::span<const std::string> keys) const = 0;

  // Visits the range in order, over one state of the store.
  virtual absl::Status Scan(const Range& range, Order order, const Visitor& visit) const = 0;
};

// What one commit writes. Later writes of a key win over earlier ones.
class Batch {
 public:
  void Put(std::string_view key, std::string_view value);
  void Delete(std::string_view key);

  // Views of the batch's own bytes: they die when it changes or goes.
  struct Write {
    std::string_view key;
    std::optional<std::string_view> value;  // nullopt: delete
  };
  // In order, made for the call.
  std::vector<Write> writes() const;
  bool empty() const { return sizes_.empty(); }
  // Of all keys and values.
  size_t bytes() const { return bytes_.size(); }

 private:
  struct Sizes {
    size_t key = 0;
    std::optional<size_t> value;
  };
  // One after the other, key and value, so that a write of many is no more than one allocation.
  std::string bytes_;
  std::vector<Sizes> sizes_;
};

enum class Durability {
  kBuffered,  // survives the process, not the machine
  kSynced,    // on the disk when Commit returns OK
};

// The one who may write. Made by Store::OpenWriter. One thread at a time may call it.
class Writer {
 public:
  virtual ~Writer() = default;

  virtual uint64_t epoch() const = 0;

  // All of the batch or nothing.
  // ABORTED: fenced by a later writer; nothing was written, and this one never writes again.
  // INVALID_ARGUMENT: a key or value over its limit; nothing was written.
  // RESOURCE_EXHAUSTED: the disk is full; nothing was written.
  // UNKNOWN: the engine cannot say whether it was written: reopen the store and read first.
  virtual absl::Status Commit(const Batch& batch, Durability durability) = 0;
};

// An open store. Reads see the latest committed state. Must outlive its writers and snapshots.
class Store : public Reader {
 public:
  // A fixed state. UNAVAILABLE from its reads means that it has expired: take another.
  virtual std::unique_ptr<Reader> Snapshot() const = 0;

  // Takes the next epoch and fences every writer opened before.
  virtual absl::StatusOr<std::unique_ptr<Writer>> OpenWriter() = 0;
};

}  // namespace cradle::kv

#endif  // CRADLE_STORAGE_KV_STORE_H_
