// The particulars of an organisation, as `found` and `org register` take them.
#ifndef CRADLE_CLIENTS_CLI_ORGANISATION_H_
#define CRADLE_CLIENTS_CLI_ORGANISATION_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "clients/cli/context.h"
#include "cradle/statement/v1/organisation_events.pb.h"

namespace cradle::cli {

struct OrganisationOptions {
  std::string name;
  std::string uscc;
  std::string medical_registration;
  std::string local_id;
  std::string parent;
  std::string division;
  std::vector<std::string> roles;
  uint32_t beds = 0;
};

void DeclareOrganisation(CLI::App& command, OrganisationOptions& options);
// With a fresh id. INVALID_ARGUMENT: an option, named; the check character of a USCC is checked.
absl::StatusOr<statement::v1::OrganisationRegistered> MakeOrganisation(
    Context& context, const OrganisationOptions& options);

}  // namespace cradle::cli

#endif  // CRADLE_CLIENTS_CLI_ORGANISATION_H_
