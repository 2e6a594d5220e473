// Masses, times and dates as people write them. Exact: no floating point anywhere.
#ifndef CRADLE_CLIENTS_SDK_QUANTITY_H_
#define CRADLE_CLIENTS_SDK_QUANTITY_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace cradle::sdk {

// Grams from "12.5kg", "1.2 t", "300g", also with 吨, 千克, 公斤 or 克.
// INVALID_ARGUMENT: no unit, not a plain decimal, finer than a gram, or over 9 × 10^15 g.
absl::StatusOr<int64_t> ParseMass(std::string_view text);
// A plain decimal in a unit of so many grams, as a ledger column of tonnes has it.
absl::StatusOr<int64_t> ParseDecimalMass(std::string_view digits, int64_t unit_mass_g);
// "1.2t", "12.5kg", "300g": the largest unit of which there is at least one, exactly.
std::string FormatMass(int64_t mass_g);
// Tonnes with all that is needed behind the point: "0.0125".
std::string FormatTonnes(int64_t mass_g);

// Unix milliseconds from RFC 3339 with its zone ("2026-03-01T08:30:00+08:00"), or "now".
// INVALID_ARGUMENT: another form, or finer than a millisecond.
absl::StatusOr<int64_t> ParseTime(std::string_view text, int64_t now_ms);
// RFC 3339 at China Standard Time, as the log's zone is: "2026-03-01T08:30:00+08:00".
std::string FormatTime(int64_t time_ms);
// "2026-03-01 08:30" at China Standard Time; "-" for 0.
std::string FormatTimeShort(int64_t time_ms);
// The civil day at China Standard Time, YYYY-MM-DD.
std::string FormatDay(int64_t time_ms);

}  // namespace cradle::sdk

#endif  // CRADLE_CLIENTS_SDK_QUANTITY_H_
