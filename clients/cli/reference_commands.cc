// `cradle codes`: the catalogue.
#include <fmt/format.h>

#include "clients/cli/arguments.h"
#include "clients/cli/commands.h"
#include "clients/cli/output.h"

namespace cradle::cli {
namespace {

using RegistryStub = v1::RegistryService::Stub;

struct CodesOptions {
  std::string category;
  std::string code;
  std::string on;
};

absl::StatusOr<v1::ListWasteCodesResponse> FetchCodes(Context& context,
                                                      const CodesOptions& options) {
  absl::StatusOr<sdk::Connection*> server = context.connection();
  if (!server.ok()) return server.status();
  v1::ListWasteCodesRequest request;
  request.set_at_least(context.at_least());
  request.set_on_date(options.on);
  request.set_category(options.category);
  return (*server)->Call((*server)->registry(), &RegistryStub::ListWasteCodes, request);
}

std::string EditionText(const v1::ListWasteCodesResponse& answer) {
  return answer.edition_in_force() ? ""
                                   : "the edition in force on that day is not loaded: these are of "
                                     "the newest before it\n";
}

absl::Status RunCodes(Context& context, const CodesOptions& options) {
  absl::StatusOr<v1::ListWasteCodesResponse> answer = FetchCodes(context, options);
  if (!answer.ok()) return answer.status();
  Table table({"CODE", "CATEGORY", "HAZARDS", "NAME"});
  for (const v1::WasteCode& code : answer->codes()) {
    table.Add({code.code(), code.category(), code.hazards(), code.name()});
  }
  absl::StatusOr<Json> json = ToJson(*answer);
  if (!json.ok()) return json.status();
  context.Answer(*json, table.Text() + EditionText(*answer));
  return absl::OkStatus();
}

absl::Status RunCode(Context& context, const CodesOptions& options) {
  absl::StatusOr<v1::ListWasteCodesResponse> answer = FetchCodes(context, options);
  if (!answer.ok()) return answer.status();
  for (const v1::WasteCode& code : answer->codes()) {
    if (code.code() != options.code) continue;
    absl::StatusOr<Json> json = ToJson(code);
    if (!json.ok()) return json.status();
    context.Answer(*json, fmt::format("{}  {}  hazards {}\n{}\n{}", code.code(), code.category(),
                                      code.hazards(), code.name(), EditionText(*answer)));
    return absl::OkStatus();
  }
  return absl::NotFoundError(
      fmt::format("{} is not in the catalogue; {}", options.code, EditionText(*answer)));
}

}  // namespace

void AddReferenceCommands(CLI::App& app, Context& context) {
  CLI::App* codes = AddNoun(app, "codes", "Waste codes of the catalogue (国家危险废物名录)");
  AddCommand<CodesOptions>(
      *codes, "list", "All codes, or those of a category", context,
      [](CLI::App& command, CodesOptions& options) {
        command.add_option("--category", options.category, "HW01 …");
        command.add_option("--on", options.on, "Edition in force on this day (default: today)");
        command.footer("Example: cradle codes list --category HW08");
      },
      RunCodes);
  AddCommand<CodesOptions>(
      *codes, "show", "One code", context,
      [](CLI::App& command, CodesOptions& options) {
        command.add_option("CODE", options.code, "NNN-NNN-CC")->required();
        command.add_option("--on", options.on, "Edition in force on this day (default: today)");
        command.footer("Example: cradle codes show 900-214-08");
      },
      RunCode);
}

}  // namespace cradle::cli
