// What the plain functions behind the views' reads share: what they may use beside the snapshot,
// the words for bad input, pages. No gRPC.
#ifndef CRADLE_SERVICES_RUNTIME_QUERY_H_
#define CRADLE_SERVICES_RUNTIME_QUERY_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "cradle/v1/common.pb.h"
#include "services/rules/rule_data.h"
#include "storage/kv/store.h"

namespace cradle::runtime {

// Beside the snapshot.
struct QueryContext {
  uint64_t known = 0;  // entries that the snapshot has folded
  int64_t now_ms = 0;  // Unix time, UTC
  const rules::RuleDataLibrary& library;
};

inline constexpr uint32_t kPageSizeDefault = 100;
inline constexpr uint32_t kPageSizeMax = 1'000;

// INVALID_ARGUMENT, naming the field: `id` is not 26 Crockford base32 characters.
absl::Status CheckIdField(std::string_view field, std::string_view id);

// How many rows a page holds. INVALID_ARGUMENT: over kPageSizeMax.
absl::StatusOr<uint32_t> PageSize(const v1::Page& page);
// A page token is the hex of what the next page starts from.
std::string PageToken(std::string_view last);
// What PageToken was given: the last key of the page before; empty for the first page.
// INVALID_ARGUMENT: not hex, or it does not start with `prefix`, so it is of another list.
absl::StatusOr<std::string> LastOfPage(const v1::Page& page, std::string_view prefix);

// The rows of `prefix` that follow `last` (a key with that prefix; empty: all) in that order.
kv::Range RowsAfter(std::string_view prefix, std::string_view last, kv::Order order);

// UNAVAILABLE: the bundle is not here yet.
absl::StatusOr<std::shared_ptr<const rules::RuleData>> FindBundle(const QueryContext& context,
                                                                  std::string_view sha256);
// The bundle that the snapshot's log has in force.
// FAILED_PRECONDITION: the log is not founded. UNAVAILABLE: the bundle is not here yet.
absl::StatusOr<std::shared_ptr<const rules::RuleData>> RuleDataInForce(const kv::Reader& reader,
                                                                       const QueryContext& context);

// How far clocks of a zone, by IANA name ("" is the log's), are ahead of UTC.
// Errors as RuleDataInForce; FAILED_PRECONDITION: the bundle in force does not know the zone.
absl::StatusOr<int64_t> ZoneOffsetMs(const kv::Reader& reader, const QueryContext& context,
                                     std::string_view zone);
// The day that a request's field names, or today in that zone where it is empty.
// INVALID_ARGUMENT, naming the field: not a day YYYY-MM-DD.
absl::StatusOr<absl::CivilDay> DayOrToday(const QueryContext& context, int64_t zone_offset_ms,
                                          std::string_view field, std::string_view date);

// The message under a key, or nullopt. DATA_LOSS: the bytes are not such a message.
template <typename Message>
absl::StatusOr<std::optional<Message>> ReadMessage(const kv::Reader& reader, std::string_view key) {
  absl::StatusOr<std::optional<std::string>> bytes = reader.Get(key);
  if (!bytes.ok()) return bytes.status();
  if (!bytes->has_value()) return std::optional<Message>();
  Message message;
  if (!message.ParseFromString(**bytes)) {
    return absl::DataLossError("not a " + message.GetTypeName() + " under " + std::string(key));
  }
  return std::optional<Message>(std::move(message));
}

// As ReadMessage, where the absence of the key means that the store is damaged.
template <typename Message>
absl::StatusOr<Message> ReadKept(const kv::Reader& reader, std::string_view key) {
  absl::StatusOr<std::optional<Message>> message = ReadMessage<Message>(reader, key);
  if (!message.ok()) return message.status();
  if (!message->has_value()) return absl::DataLossError("nothing under " + std::string(key));
  return **std::move(message);
}

// Keys and row values are strings of fixed-width parts; integers are big-endian, so that they sort.
void AppendBigEndian(std::string& bytes, uint64_t value, int width_bytes);
// The first bytes of `bytes`, which are cut off it. `bytes` must hold so many.
uint64_t TakeBigEndian(std::string_view& bytes, int width_bytes);

}  // namespace cradle::runtime

#endif  // CRADLE_SERVICES_RUNTIME_QUERY_H_
