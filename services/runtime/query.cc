#include "services/runtime/query.h"

#include <fmt/format.h>

#include "services/rules/admission.h"
#include "services/rules/calendar.h"
#include "services/runtime/view.h"
#include "storage/evidence/hash.h"
#include "storage/evidence/statement.h"

namespace cradle::runtime {

absl::Status CheckIdField(std::string_view field, std::string_view id) {
  if (evidence::IsId(id)) return absl::OkStatus();
  return absl::InvalidArgumentError(
      fmt::format("{}: an id is 26 lower-case Crockford base32 characters", field));
}

absl::StatusOr<uint32_t> PageSize(const v1::Page& page) {
  if (page.size() > kPageSizeMax) {
    return absl::InvalidArgumentError(
        fmt::format("page.size: {} is over {}", page.size(), kPageSizeMax));
  }
  return page.size() == 0 ? kPageSizeDefault : page.size();
}

std::string PageToken(std::string_view last) { return evidence::Hex(last); }

absl::StatusOr<std::string> LastOfPage(const v1::Page& page, std::string_view prefix) {
  if (page.token().empty()) return std::string();
  absl::StatusOr<std::string> last = evidence::FromHex(page.token());
  if (!last.ok() || !last->starts_with(prefix) || last->size() > kv::kKeyBytesMax) {
    return absl::InvalidArgumentError(
        "page.token: not one that this list returned; ask for the first page again");
  }
  return last;
}

kv::Range RowsAfter(std::string_view prefix, std::string_view last, kv::Order order) {
  kv::Range range = kv::Prefix(prefix);
  if (last.empty()) return range;
  if (order == kv::Order::kAscending) {
    range.begin = std::string(last) + '\0';
  } else {
    range.end = std::string(last);
  }
  return range;
}

absl::StatusOr<std::shared_ptr<const rules::RuleData>> FindBundle(const QueryContext& context,
                                                                  std::string_view sha256) {
  std::shared_ptr<const rules::RuleData> data = context.library.Find(sha256);
  if (data == nullptr) {
    return absl::UnavailableError(fmt::format(
        "the data bundle in force, {}, is not here yet; try again", evidence::Hex(sha256)));
  }
  return data;
}

absl::StatusOr<std::shared_ptr<const rules::RuleData>> RuleDataInForce(
    const kv::Reader& reader, const QueryContext& context) {
  absl::StatusOr<std::optional<state::v1::LogState>> log = rules::ReadLog(StoredState(&reader));
  if (!log.ok()) return log.status();
  if (!log->has_value()) return absl::FailedPreconditionError("the log is not founded yet");
  return FindBundle(context, (*log)->rule_data_sha256());
}

absl::StatusOr<int64_t> ZoneOffsetMs(const kv::Reader& reader, const QueryContext& context,
                                     std::string_view zone) {
  if (zone.empty()) return rules::kLogZoneOffsetMs;
  absl::StatusOr<std::shared_ptr<const rules::RuleData>> data = RuleDataInForce(reader, context);
  if (!data.ok()) return data.status();
  const std::optional<int64_t> offset_ms = (*data)->ZoneOffsetMs(zone);
  if (offset_ms) return *offset_ms;
  return absl::FailedPreconditionError(
      fmt::format("the data bundle in force does not know the time zone {}", zone));
}

absl::StatusOr<absl::CivilDay> DayOrToday(const QueryContext& context, int64_t zone_offset_ms,
                                          std::string_view field, std::string_view date) {
  if (date.empty()) return rules::DayOf(context.now_ms, zone_offset_ms);
  absl::StatusOr<absl::CivilDay> day = rules::ParseDate(date);
  if (day.ok()) return day;
  return absl::InvalidArgumentError(
      fmt::format("{}: {}", field, std::string(day.status().message())));
}

void AppendBigEndian(std::string& bytes, uint64_t value, int width_bytes) {
  for (int shift = 8 * (width_bytes - 1); shift >= 0; shift -= 8) {
    bytes.push_back(static_cast<char>(value >> shift));
  }
}

uint64_t TakeBigEndian(std::string_view& bytes, int width_bytes) {
  uint64_t value = 0;
  for (int i = 0; i < width_bytes; ++i) {
    value = (value << 8) | static_cast<unsigned char>(bytes[i]);
  }
  bytes.remove_prefix(width_bytes);
  return value;
}

}  // namespace cradle::runtime
