#include "clients/cli/arguments.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "clients/cli/context.h"
#include "clients/sdk/quantity.h"
#include "storage/evidence/statement.h"

namespace cradle::cli {
namespace {

// What all values of the enum begin with: the name of the one numbered 0 less "UNSPECIFIED".
std::string_view PrefixOf(const google::protobuf::EnumDescriptor* type) {
  std::string_view zero = type->FindValueByNumber(0)->name();
  constexpr std::string_view kUnspecified = "UNSPECIFIED";
  if (zero.ends_with(kUnspecified)) zero.remove_suffix(kUnspecified.size());
  return zero;
}

}  // namespace

std::string EnumName(const google::protobuf::EnumDescriptor* type, int number) {
  const auto* value = type->FindValueByNumber(number);
  if (value == nullptr) return fmt::format("{}", number);
  std::string name = value->name().substr(PrefixOf(type).size());
  std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) {
    return c == '_' ? '-' : static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  });
  return name;
}

std::vector<std::string> EnumNames(const google::protobuf::EnumDescriptor* type) {
  std::vector<std::string> names;
  for (int i = 0; i < type->value_count(); ++i) {
    if (type->value(i)->number() != 0) names.push_back(EnumName(type, type->value(i)->number()));
  }
  return names;
}

std::string EnumHelp(const google::protobuf::EnumDescriptor* type) {
  return fmt::format("{}", fmt::join(EnumNames(type), ", "));
}

absl::StatusOr<int> EnumNumber(const google::protobuf::EnumDescriptor* type, std::string_view name,
                               std::string_view what) {
  for (int i = 0; i < type->value_count(); ++i) {
    const int number = type->value(i)->number();
    if (number != 0 && EnumName(type, number) == name) return number;
  }
  return absl::InvalidArgumentError(
      fmt::format("{}: '{}' is none of {}", what, name, EnumHelp(type)));
}

absl::StatusOr<statement::v1::UnstoredReason> UnstoredArgument(std::string_view text,
                                                               std::string_view what) {
  if (text.empty()) return statement::v1::UNSTORED_REASON_UNSPECIFIED;
  return ParseEnum<statement::v1::UnstoredReason>(statement::v1::UnstoredReason_descriptor(), text,
                                                  what);
}

absl::StatusOr<int64_t> MassArgument(std::string_view text, std::string_view what) {
  absl::StatusOr<int64_t> mass_g = sdk::ParseMass(text);
  if (!mass_g.ok()) return Naming(what, mass_g.status());
  return mass_g;
}

std::vector<std::string> Split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  while (true) {
    const size_t end = text.find(separator);
    parts.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

absl::StatusOr<uint32_t> CountArgument(std::string_view text, std::string_view what) {
  uint32_t count = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, count);
  if (error != std::errc() || stop != end) {
    return absl::InvalidArgumentError(fmt::format("{} '{}' is no number", what, text));
  }
  return count;
}

absl::StatusOr<statement::v1::MassBasis> ParseBasis(std::string_view text) {
  constexpr std::string_view kWhat = "--basis";
  statement::v1::MassBasis basis;
  const std::vector<std::string> parts = Split(text, ':');
  const std::string& method = parts[0];
  if (method == "weighed" && parts.size() <= 3) {
    basis.set_method(statement::v1::MASS_METHOD_WEIGHED);
    if (parts.size() > 1) basis.set_scale_id(parts[1]);
    if (parts.size() > 2) {
      absl::StatusOr<int64_t> division_mass_g = MassArgument(parts[2], kWhat);
      if (!division_mass_g.ok()) return division_mass_g.status();
      basis.set_division_mass_g(*division_mass_g);
    }
    return basis;
  }
  if (method == "counted" && parts.size() == 2) {
    const size_t times = parts[1].find('x');
    int64_t count = 0;
    const char* const begin = parts[1].data();
    const auto [end, error] =
        std::from_chars(begin, begin + (times == std::string::npos ? 0 : times), count);
    if (times != std::string::npos && error == std::errc() && end == begin + times && count > 0) {
      absl::StatusOr<int64_t> unit_mass_g = MassArgument(parts[1].substr(times + 1), kWhat);
      if (!unit_mass_g.ok()) return unit_mass_g.status();
      basis.set_method(statement::v1::MASS_METHOD_COUNTED);
      basis.set_count(count);
      basis.set_unit_mass_g(*unit_mass_g);
      return basis;
    }
  }
  if (parts.size() == 1 && (method == "estimated" || method == "declared")) {
    basis.set_method(method == "estimated" ? statement::v1::MASS_METHOD_ESTIMATED
                                           : statement::v1::MASS_METHOD_DECLARED);
    return basis;
  }
  return absl::InvalidArgumentError(fmt::format(
      "{}: '{}' is none of weighed, weighed:SCALE, weighed:SCALE:100g, counted:12x20kg, estimated, "
      "declared",
      kWhat, text));
}

absl::StatusOr<statement::v1::Container> ParseContainer(std::string_view text) {
  constexpr std::string_view kWhat = "--container";
  const std::vector<std::string> parts = Split(text, ':');
  if (parts.size() > 3) {
    return absl::InvalidArgumentError(
        fmt::format("{}: '{}' is not PACKAGING[:MASS[:LABEL]]", kWhat, text));
  }
  statement::v1::Container container;
  container.set_container(evidence::RandomId());
  absl::StatusOr<statement::v1::Packaging> packaging =
      ParseEnum<statement::v1::Packaging>(statement::v1::Packaging_descriptor(), parts[0], kWhat);
  if (!packaging.ok()) return packaging.status();
  container.set_packaging(*packaging);
  if (parts.size() > 1 && !parts[1].empty()) {
    absl::StatusOr<int64_t> net_mass_g = MassArgument(parts[1], kWhat);
    if (!net_mass_g.ok()) return net_mass_g.status();
    container.set_net_mass_g(*net_mass_g);
  }
  if (parts.size() > 2) container.set_label_code(parts[2]);
  return container;
}

absl::StatusOr<std::map<std::string, std::string>> ParseFields(
    std::string_view text, const std::vector<std::string>& allowed, std::string_view what) {
  std::map<std::string, std::string> fields;
  const std::vector<std::string> parts = Split(text, ',');
  fields[""] = parts[0];
  for (size_t i = 1; i < parts.size(); ++i) {
    const size_t equals = parts[i].find('=');
    const std::string key = parts[i].substr(0, equals);
    if (equals == std::string::npos ||
        std::find(allowed.begin(), allowed.end(), key) == allowed.end()) {
      return absl::InvalidArgumentError(
          fmt::format("{}: '{}' is not one of {}=…", what, parts[i], fmt::join(allowed, "=…, ")));
    }
    if (!fields.emplace(key, parts[i].substr(equals + 1)).second) {
      return absl::InvalidArgumentError(fmt::format("{}: '{}' is given twice", what, key));
    }
  }
  return fields;
}

}  // namespace cradle::cli
