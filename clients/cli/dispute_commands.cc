// `cradle dispute`: a regulator says which of the statements that claim one place tells what
// happened.
#include "clients/cli/arguments.h"
#include "clients/cli/assertion.h"
#include "clients/cli/commands.h"
#include "clients/sdk/compose.h"
#include "storage/evidence/hash.h"

namespace cradle::cli {
namespace {

struct ResolveOptions {
  std::string chain;
  uint64_t height = 0;
  std::string upheld;
  std::string reference;
  std::string reason;
  AssertionOptions assertion;
};

absl::Status RunResolve(Context& context, const ResolveOptions& options) {
  statement::v1::Statement asked;
  statement::v1::DisputeResolved& resolved = *asked.mutable_dispute_resolved();
  if (absl::Status chain = evidence::ParseChainName(options.chain).status(); !chain.ok()) {
    return Naming("CHAIN", chain);
  }
  resolved.set_chain(options.chain);
  resolved.set_height(options.height);
  absl::StatusOr<std::string> upheld = evidence::FromHex(options.upheld);
  if (!upheld.ok()) return Naming("--uphold", upheld.status());
  resolved.set_upheld(*upheld);
  resolved.set_decision_reference(options.reference);
  absl::StatusOr<statement::v1::DisputeReason> reason = ParseEnum<statement::v1::DisputeReason>(
      statement::v1::DisputeReason_descriptor(), options.reason, "--reason");
  if (!reason.ok()) return reason.status();
  resolved.set_reason(*reason);
  absl::StatusOr<std::string> self = context.Self();
  if (!self.ok()) return self.status();
  sdk::AddParty(asked, *self, statement::v1::CAPACITY_REGULATOR);
  return Assert(context, asked, options.assertion);
}

}  // namespace

void AddDisputeCommands(CLI::App& app, Context& context) {
  CLI::App* dispute =
      AddNoun(app, "dispute", "Statements that claim one place (`trace` and `manifest show` list)");
  AddCommand<ResolveOptions>(
      *dispute, "resolve", "Uphold one of them (regulator of the place)", context,
      [](CLI::App& command, ResolveOptions& options) {
        command.add_option("CHAIN", options.chain, "As listed, manifest:… or batch:…")->required();
        command.add_option("HEIGHT", options.height, "Height in dispute")->required();
        command
            .add_option("--uphold", options.upheld,
                        "Statement hash of the one that tells what happened, admitted or disputed")
            ->required()
            ->type_name("HASH");
        command.add_option("--reference", options.reference, "Number of the decision")->required();
        command
            .add_option("--reason", options.reason,
                        EnumHelp(statement::v1::DisputeReason_descriptor()))
            ->required();
        DeclareAssertion(command, options.assertion, /*begins=*/false);
        command.footer(
            "Example: cradle dispute resolve manifest:06vq… 1 --uphold 3f1c… --reference "
            "潍环争〔2026〕1号 --reason records");
      },
      RunResolve);
}

}  // namespace cradle::cli
