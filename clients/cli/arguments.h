// Arguments as people write them, into the words of the statements.
#ifndef CRADLE_CLIENTS_CLI_ARGUMENTS_H_
#define CRADLE_CLIENTS_CLI_ARGUMENTS_H_

#include <google/protobuf/descriptor.h>

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "cradle/statement/v1/common.pb.h"

namespace cradle::cli {

// The names of an enum on the command line: "owner-word" for EVIDENCE_GRADE_OWNER_WORD.
std::string EnumName(const google::protobuf::EnumDescriptor* type, int number);
std::vector<std::string> EnumNames(const google::protobuf::EnumDescriptor* type);
// "solid, semi-solid, liquid", for help texts.
std::string EnumHelp(const google::protobuf::EnumDescriptor* type);
// INVALID_ARGUMENT: none of that name; lists them.
absl::StatusOr<int> EnumNumber(const google::protobuf::EnumDescriptor* type, std::string_view name,
                               std::string_view what);
template <typename Enum>
absl::StatusOr<Enum> ParseEnum(const google::protobuf::EnumDescriptor* type, std::string_view name,
                               std::string_view what) {
  absl::StatusOr<int> number = EnumNumber(type, name, what);
  if (!number.ok()) return number.status();
  return static_cast<Enum>(*number);
}

// Why own waste was in no store; UNSPECIFIED where the text is empty.
absl::StatusOr<statement::v1::UnstoredReason> UnstoredArgument(std::string_view text,
                                                               std::string_view what);

// ParseMass, naming the argument.
absl::StatusOr<int64_t> MassArgument(std::string_view text, std::string_view what);

// A number of things.
absl::StatusOr<uint32_t> CountArgument(std::string_view text, std::string_view what);

// "weighed[:SCALE[:DIVISION]]", "counted:COUNTxMASS", "estimated", "declared".
inline constexpr char kBasisHelp[] =
    "How the mass was got: weighed[:SCALE[:DIVISION]], counted:COUNTxMASS (counted:12x20kg), "
    "estimated or declared";
absl::StatusOr<statement::v1::MassBasis> ParseBasis(std::string_view text);

// "PACKAGING[:MASS[:LABEL]]" with a fresh id: "drum:180kg".
absl::StatusOr<statement::v1::Container> ParseContainer(std::string_view text);

// "VALUE,key=value,key=value": the value before the first comma under "", keys only of `allowed`.
absl::StatusOr<std::map<std::string, std::string>> ParseFields(
    std::string_view text, const std::vector<std::string>& allowed, std::string_view what);

// From so many lines on, what all lines of a manifest say is said once: 500 of them in full would
// be no statement any more.
inline constexpr int kManyLines = 50;

// The parts between the separators; at least one.
std::vector<std::string> Split(std::string_view text, char separator);

}  // namespace cradle::cli

#endif  // CRADLE_CLIENTS_CLI_ARGUMENTS_H_
