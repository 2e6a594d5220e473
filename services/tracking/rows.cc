#include <fmt/format.h>

#include <algorithm>

#include "absl/status/status.h"
#include "services/runtime/query.h"
#include "services/tracking/view.h"

namespace cradle::tracking::rows {
namespace {

constexpr absl::CivilDay kUnixEpoch(1970, 1, 1);
constexpr int64_t kEpochEncoded = int64_t{1} << 31;
constexpr size_t kMassBytes = 8;
constexpr std::string_view kEveryone = "-";

}  // namespace

uint32_t EncodeDay(std::optional<absl::CivilDay> day) {
  if (!day) return 0;
  return static_cast<uint32_t>(
      std::clamp<int64_t>(*day - kUnixEpoch + kEpochEncoded, 1, UINT32_MAX));
}

std::optional<absl::CivilDay> DecodeDay(uint32_t encoded) {
  if (encoded == 0) return std::nullopt;
  return kUnixEpoch + (int64_t{encoded} - kEpochEncoded);
}

std::string DayBytes(uint32_t encoded) {
  std::string bytes;
  runtime::AppendBigEndian(bytes, encoded, kDayBytes);
  return bytes;
}

std::string StockOfAll() { return "v/stock/all/"; }
std::string StockOf(std::string_view organisation) {
  return fmt::format("v/stock/organisation/{}", organisation);
}
std::string StockIn(std::string_view facility) {
  return fmt::format("v/stock/facility/{}", facility);
}
std::string StockOfCategory(std::string_view two_digits) {
  return fmt::format("v/stock/category/{}", two_digits);
}

std::string Step(uint64_t index) {
  std::string key = "v/step/";
  runtime::AppendBigEndian(key, index, kIndexBytes);
  return key;
}

std::string BatchSteps(std::string_view batch) { return fmt::format("v/batch-steps/{}", batch); }
std::string ManifestSteps(std::string_view manifest) {
  return fmt::format("v/manifest-steps/{}", manifest);
}
std::string Issued(std::string_view manifest) { return fmt::format("v/issued/{}", manifest); }

std::string Manifests(std::string_view party, state::v1::ManifestStatus status) {
  std::string key = fmt::format("v/manifests/{}/", party.empty() ? kEveryone : party);
  key.push_back(static_cast<char>(status));
  return key;
}

std::string Unconfirmed(std::string_view party) {
  return fmt::format("v/unconfirmed/{}/", party.empty() ? kEveryone : party);
}

std::string_view CategoryOf(std::string_view waste_code) {
  return waste_code.substr(waste_code.size() - std::min<size_t>(2, waste_code.size()));
}

std::string Encode(const StockRow& row) {
  std::string bytes;
  runtime::AppendBigEndian(bytes, static_cast<uint64_t>(row.mass_g), kMassBytes);
  return bytes.append(row.custodian).append(row.waste_code);
}

absl::StatusOr<StockRow> DecodeStockRow(std::string_view bytes) {
  if (bytes.size() < kMassBytes + kIdBytes) {
    return absl::DataLossError("a stock row of tracking is too short");
  }
  StockRow row;
  row.mass_g = static_cast<int64_t>(runtime::TakeBigEndian(bytes, kMassBytes));
  row.custodian = bytes.substr(0, kIdBytes);
  row.waste_code = bytes.substr(kIdBytes);
  return row;
}

std::string Encode(const BatchStepRow& row) {
  std::string bytes;
  runtime::AppendBigEndian(bytes, static_cast<uint64_t>(row.mass_g), kMassBytes);
  bytes.push_back(row.marked ? 1 : 0);
  return bytes.append(row.manifest);
}

absl::StatusOr<BatchStepRow> DecodeBatchStepRow(std::string_view bytes) {
  if (bytes.size() < kMassBytes + 1) {
    return absl::DataLossError("a batch's step in tracking is too short");
  }
  BatchStepRow row;
  row.mass_g = static_cast<int64_t>(runtime::TakeBigEndian(bytes, kMassBytes));
  row.marked = bytes.front() != 0;
  row.manifest = bytes.substr(1);
  return row;
}

}  // namespace cradle::tracking::rows
