#include "services/rules/identity.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "services/rules/calendar.h"
#include "services/rules/visible_text.h"

namespace cradle::rules {
namespace {

// GB 32100-2015: digits and capital letters without I, O, S, V, Z.
constexpr std::string_view kUsccAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY";

bool AllDigits(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

absl::Status Wrong(std::string_view what, std::string_view value, std::string_view why) {
  return absl::InvalidArgumentError(fmt::format("{} \"{}\": {}", what, Excerpt(value), why));
}

}  // namespace

absl::Status CheckUscc(std::string_view uscc) {
  constexpr std::string_view kWhat = "unified social credit code";
  if (uscc.size() != 18) {
    return Wrong(kWhat, uscc, fmt::format("{} characters, not 18", uscc.size()));
  }
  int sum = 0;
  int weight = 1;
  for (size_t i = 0; i < 17; ++i) {
    const size_t value = kUsccAlphabet.find(uscc[i]);
    if (value == std::string_view::npos) {
      return Wrong(kWhat, uscc, fmt::format("character {} is none of {}", i + 1, kUsccAlphabet));
    }
    sum += static_cast<int>(value) * weight;
    weight = weight * 3 % 31;
  }
  if (!AllDigits(uscc.substr(2, 6))) {
    return Wrong(kWhat, uscc, "characters 3 to 8 are a division's six digits");
  }
  const char expected = kUsccAlphabet[static_cast<size_t>((31 - sum % 31) % 31)];
  if (uscc[17] != expected) {
    return Wrong(
        kWhat, uscc,
        fmt::format("the check character is {}, expected {}", Excerpt(uscc.substr(17)), expected));
  }
  return absl::OkStatus();
}

absl::Status CheckOfficialNumber(std::string_view number) {
  constexpr std::string_view kWhat = "official manifest number";
  if (number.size() != 14) {
    return Wrong(kWhat, number, fmt::format("{} characters, not 14 digits", number.size()));
  }
  if (!AllDigits(number)) return Wrong(kWhat, number, "not 14 digits");
  // Order 23 is in force since 2022; the form it replaced counted otherwise.
  if (number.substr(0, 4) < "2022" || number[0] != '2') {
    return Wrong(kWhat, number, "does not begin with a year from 2022 on");
  }
  // GB/T 2260 numbers provinces from 11 to 82.
  if (number.substr(4, 2) < "11" || number.substr(4, 2) > "82") {
    return Wrong(kWhat, number, "digits 5 and 6 are no province");
  }
  if (number.substr(8) == "000000") return Wrong(kWhat, number, "the serial number is zero");
  return absl::OkStatus();
}

absl::Status CheckWasteCodeForm(std::string_view code) {
  constexpr std::string_view kWhat = "waste code";
  if (code.size() != 10 || code[3] != '-' || code[7] != '-' || !AllDigits(code.substr(0, 3)) ||
      !AllDigits(code.substr(4, 3)) || !AllDigits(code.substr(8, 2))) {
    return Wrong(kWhat, code, "not of the form NNN-NNN-CC");
  }
  if (code.substr(8) < "01" || code.substr(8) > "50") {
    return Wrong(kWhat, code, "its last two digits are no category from 01 to 50");
  }
  return absl::OkStatus();
}

absl::Status CheckDivisionForm(std::string_view division) {
  constexpr std::string_view kWhat = "division";
  if (division.size() != 6 || !AllDigits(division)) {
    return Wrong(kWhat, division, "not six digits of GB/T 2260");
  }
  if (division.substr(0, 2) < "11" || division.substr(0, 2) > "82") {
    return Wrong(kWhat, division, "its first two digits are no province");
  }
  if (division.substr(2, 2) == "00" && division.substr(4) != "00") {
    return Wrong(kWhat, division, "a county without a prefecture");
  }
  return absl::OkStatus();
}

absl::Status CheckDate(std::string_view date) { return ParseDate(date).status(); }

absl::Status CheckLabelCode(std::string_view label_code) {
  constexpr std::string_view kWhat = "label code";
  if (label_code.size() != 37) {
    return Wrong(kWhat, label_code, fmt::format("{} characters, not 37", label_code.size()));
  }
  if (absl::Status uscc = CheckUscc(label_code.substr(0, 18)); !uscc.ok()) {
    return Wrong(kWhat, label_code, std::string(uscc.message()));
  }
  const std::string_view rest = label_code.substr(18);
  if (!AllDigits(rest)) return Wrong(kWhat, label_code, "characters 19 to 37 are not digits");
  const std::string code =
      fmt::format("{}-{}-{}", rest.substr(0, 3), rest.substr(3, 3), rest.substr(6, 2));
  if (absl::Status waste = CheckWasteCodeForm(code); !waste.ok()) {
    return Wrong(kWhat, label_code, std::string(waste.message()));
  }
  const std::string date =
      fmt::format("{}-{}-{}", rest.substr(8, 4), rest.substr(12, 2), rest.substr(14, 2));
  if (absl::Status day = CheckDate(date); !day.ok()) {
    return Wrong(kWhat, label_code, std::string(day.message()));
  }
  return absl::OkStatus();
}

bool DivisionCovers(std::string_view authority, std::string_view division) {
  if (authority.size() != 6 || division.size() != 6) return false;
  if (authority.substr(2) == "0000") return authority.substr(0, 2) == division.substr(0, 2);
  if (authority.substr(4) == "00") return authority.substr(0, 4) == division.substr(0, 4);
  return authority == division;
}

}  // namespace cradle::rules
