// Batches that a statement makes of others, as people write them.
#ifndef CRADLE_CLIENTS_CLI_MADE_ARGUMENTS_H_
#define CRADLE_CLIENTS_CLI_MADE_ARGUMENTS_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "clients/cli/context.h"
#include "cradle/statement/v1/lineage_events.pb.h"

namespace cradle::cli {

inline constexpr char kMadeHelp[] =
    "MASS[,code=NNN-NNN-CC][,form=FORM][,basis=BASIS][,packaging=PACKAGING], again for each";

// "400kg,code=900-210-08,basis=weighed:S1" with a fresh id; code and form as given where it names
// none.
absl::StatusOr<statement::v1::MadeBatch> ParseMade(std::string_view text, std::string_view what,
                                                   const std::string& code,
                                                   const std::string& form);
absl::Status AddMade(const std::vector<std::string>& texts, std::string_view what,
                     const std::string& code, const std::string& form,
                     google::protobuf::RepeatedPtrField<statement::v1::MadeBatch>& made);

// For the answer: {"batch": "…"} of one, {"parts1": "…", "parts2": "…"} of several.
Json MadeIds(const std::string& name,
             const google::protobuf::RepeatedPtrField<statement::v1::MadeBatch>& made);

struct Sum {
  int64_t mass_g = 0;
  std::string waste_code;  // of the first
};
// As the batches are known here or at the server.
absl::StatusOr<Sum> SumOf(Context& context,
                          const google::protobuf::RepeatedPtrField<std::string>& batches);

}  // namespace cradle::cli

#endif  // CRADLE_CLIENTS_CLI_MADE_ARGUMENTS_H_
