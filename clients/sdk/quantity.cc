#include "clients/sdk/quantity.h"

#include <fmt/format.h>

#include <array>
#include <limits>

#include "absl/time/time.h"

namespace cradle::sdk {
namespace {

constexpr int64_t kMassMax_g = 9'000'000'000'000'000;

struct Unit {
  std::string_view name;
  int64_t mass_g;
};

// Longest name first where one ends in another.
constexpr std::array<Unit, 8> kUnits = {{{"kg", 1'000},
                                         {"千克", 1'000},
                                         {"公斤", 1'000},
                                         {"克", 1},
                                         {"吨", 1'000'000},
                                         {"KG", 1'000},
                                         {"t", 1'000'000},
                                         {"g", 1}}};

std::string_view Trim(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

absl::StatusOr<int64_t> Digits(std::string_view digits, std::string_view whole) {
  int64_t value = 0;
  for (const char c : digits) {
    if (!IsDigit(c)) {
      return absl::InvalidArgumentError(
          fmt::format("'{}' is not a plain decimal number such as 12.5", whole));
    }
    if (value > kMassMax_g / 10) {
      return absl::InvalidArgumentError(fmt::format("'{}' is too large", whole));
    }
    value = value * 10 + (c - '0');
  }
  return value;
}

// `mass_g` in units of `unit_mass_g` (a power of ten), with the zeros at the end left away.
std::string InUnits(int64_t mass_g, int64_t unit_mass_g) {
  std::string text = fmt::format("{}", mass_g / unit_mass_g);
  const int64_t rest = mass_g % unit_mass_g;
  if (rest == 0) return text;
  std::string fraction = fmt::format("{}", rest + unit_mass_g).substr(1);
  fraction.resize(fraction.find_last_not_of('0') + 1);
  return text + "." + fraction;
}

absl::TimeZone China() { return absl::FixedTimeZone(8 * 3600); }

}  // namespace

absl::StatusOr<int64_t> ParseDecimalMass(std::string_view digits, int64_t unit_mass_g) {
  const std::string_view number = Trim(digits);
  const size_t point = number.find('.');
  const std::string_view whole = number.substr(0, point);
  std::string_view fraction = point == std::string_view::npos ? "" : number.substr(point + 1);
  if (whole.empty() || (point != std::string_view::npos && fraction.empty())) {
    return absl::InvalidArgumentError(
        fmt::format("'{}' is not a plain decimal number such as 12.5", digits));
  }
  absl::StatusOr<int64_t> mass_g = Digits(whole, digits);
  if (!mass_g.ok()) return mass_g.status();
  if (*mass_g > kMassMax_g / unit_mass_g) {
    return absl::InvalidArgumentError(fmt::format("'{}' is too large", digits));
  }
  *mass_g *= unit_mass_g;

  while (!fraction.empty() && fraction.back() == '0') fraction.remove_suffix(1);
  int64_t place_mass_g = unit_mass_g;
  for (const char c : fraction) {
    if (!IsDigit(c)) {
      return absl::InvalidArgumentError(
          fmt::format("'{}' is not a plain decimal number such as 12.5", digits));
    }
    if (place_mass_g == 1) {
      return absl::InvalidArgumentError(
          fmt::format("'{}' is finer than a gram: mass is recorded in whole grams", digits));
    }
    place_mass_g /= 10;
    *mass_g += (c - '0') * place_mass_g;
  }
  return *mass_g;
}

absl::StatusOr<int64_t> ParseMass(std::string_view text) {
  const std::string_view trimmed = Trim(text);
  for (const Unit& unit : kUnits) {
    if (!trimmed.ends_with(unit.name)) continue;
    return ParseDecimalMass(trimmed.substr(0, trimmed.size() - unit.name.size()), unit.mass_g);
  }
  return absl::InvalidArgumentError(
      fmt::format("'{}' has no unit: write 300g, 12.5kg or 1.2t", text));
}

std::string FormatMass(int64_t mass_g) {
  if (mass_g < 0) {
    // Differences are shown too; the smallest int64 has no positive.
    if (mass_g == std::numeric_limits<int64_t>::min()) return fmt::format("{}g", mass_g);
    return "-" + FormatMass(-mass_g);
  }
  if (mass_g >= 1'000'000) return InUnits(mass_g, 1'000'000) + "t";
  if (mass_g >= 1'000) return InUnits(mass_g, 1'000) + "kg";
  return fmt::format("{}g", mass_g);
}

std::string FormatTonnes(int64_t mass_g) {
  return mass_g < 0 ? "-" + InUnits(-mass_g, 1'000'000) : InUnits(mass_g, 1'000'000);
}

absl::StatusOr<int64_t> ParseTime(std::string_view text, int64_t now_ms) {
  if (text == "now") return now_ms;
  absl::Time time;
  std::string error;
  if (!absl::ParseTime(absl::RFC3339_full, std::string(text), &time, &error)) {
    return absl::InvalidArgumentError(
        fmt::format("'{}' is not a time with its zone, such as 2026-03-01T08:30:00+08:00", text));
  }
  const int64_t time_ms = absl::ToUnixMillis(time);
  if (absl::FromUnixMillis(time_ms) != time) {
    return absl::InvalidArgumentError(fmt::format("'{}' is finer than a millisecond", text));
  }
  return time_ms;
}

std::string FormatTime(int64_t time_ms) {
  return absl::FormatTime("%Y-%m-%d%ET%H:%M:%E*S%Ez", absl::FromUnixMillis(time_ms), China());
}

std::string FormatTimeShort(int64_t time_ms) {
  if (time_ms == 0) return "-";
  return absl::FormatTime("%Y-%m-%d %H:%M", absl::FromUnixMillis(time_ms), China());
}

std::string FormatDay(int64_t time_ms) {
  return absl::FormatTime("%Y-%m-%d", absl::FromUnixMillis(time_ms), China());
}

}  // namespace cradle::sdk
