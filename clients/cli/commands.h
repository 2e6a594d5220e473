// The commands, by noun.
#ifndef CRADLE_CLIENTS_CLI_COMMANDS_H_
#define CRADLE_CLIENTS_CLI_COMMANDS_H_

#include <CLI/CLI.hpp>

#include "clients/cli/context.h"

namespace cradle::cli {

void AddHomeCommands(CLI::App& app, Context& context);          // init, alias
void AddKeyCommands(CLI::App& app, Context& context);           // key
void AddFoundCommand(CLI::App& app, Context& context);          // found
void AddOrganisationCommands(CLI::App& app, Context& context);  // org, licence
void AddPlaceCommands(CLI::App& app, Context& context);         // site, facility, vehicle
void AddPermitCommands(CLI::App& app, Context& context);        // permit, approval, pilot, share
void AddBatchCommands(CLI::App& app, Context& context);         // batch
void AddBulkCommands(CLI::App& app, Context& context);          // bulk
void AddManifestCommands(CLI::App& app, Context& context);      // manifest
void AddDisputeCommands(CLI::App& app, Context& context);       // dispute
void AddStatementCommands(CLI::App& app, Context& context);     // statement
void AddOutboxCommands(CLI::App& app, Context& context);        // outbox
void AddViewCommands(CLI::App& app, Context& context);          // stock, trace, monitor
void AddReceiptCommands(CLI::App& app, Context& context);       // receipt
void AddReferenceCommands(CLI::App& app, Context& context);     // codes
void AddRulesCommands(CLI::App& app, Context& context);         // rules
void AddImportCommands(CLI::App& app, Context& context);        // import
void AddAuditCommands(CLI::App& app, Context& context);         // audit
void AddOrderCommands(CLI::App& app, Context& context);         // delegate, emergency
void AddIncidentCommands(CLI::App& app, Context& context);      // incident, loss
void AddWardCommands(CLI::App& app, Context& context);          // ward
void AddRoundCommands(CLI::App& app, Context& context);         // round

// Verbs of `batch` about what batches are made of, in a file of their own.
void AddLineageCommands(CLI::App& batch, Context& context);
// Verbs of `batch` that set right what was said, in a file of their own.
void AddCorrectionCommands(CLI::App& batch, Context& context);
// Verbs of `manifest` in files of their own: what two devices attest; confirm; what changes, ends
// or follows a manifest.
void AddHandoverCommands(CLI::App& manifest, Context& context);
void AddConfirmCommand(CLI::App& manifest, Context& context);
void AddManifestChangeCommands(CLI::App& manifest, Context& context);
// `manifest self-deliver`.
void AddSelfDeliverCommand(CLI::App& manifest, Context& context);
// Verbs of `org` by which an organisation leaves.
void AddExitCommands(CLI::App& org, Context& context);
// `batch disinfect`.
void AddDisinfectCommand(CLI::App& batch, Context& context);
// `batch found`.
void AddFoundWasteCommand(CLI::App& batch, Context& context);

}  // namespace cradle::cli

#endif  // CRADLE_CLIENTS_CLI_COMMANDS_H_
