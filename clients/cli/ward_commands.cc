// `cradle ward` and `cradle batch disinfect`: medical waste inside an institution and a disposer.
#include <fmt/format.h>

#include "clients/cli/arguments.h"
#include "clients/cli/assertion.h"
#include "clients/cli/commands.h"
#include "clients/sdk/compose.h"
#include "cradle/statement/v1/medical_events.pb.h"

namespace cradle::cli {
namespace {

using statement::v1::Statement;

struct WardOptions {
  std::string site;
  std::string department;
  AssertionOptions assertion;
};

absl::Status RunAdd(Context& context, const WardOptions& options) {
  absl::StatusOr<std::string> self = context.Self();
  if (!self.ok()) return self.status();
  absl::StatusOr<std::string> site = context.Id(options.site, "--site");
  if (!site.ok()) return site.status();
  Statement asked;
  sdk::AddParty(asked, *self, statement::v1::CAPACITY_ORGANISATION);
  statement::v1::WardRegistered& ward = *asked.mutable_ward_registered();
  ward.set_organisation(*self);
  ward.set_ward(evidence::RandomId());
  ward.set_site(*site);
  ward.set_department_code(options.department);
  return Assert(context, asked, options.assertion, {{"ward", ward.ward()}});
}

// What is done to several batches in one facility.
struct BagsOptions {
  std::string ward;
  std::vector<std::string> batches;
  std::string facility;
  std::string agent;
  std::string at;
  AssertionOptions assertion;
};

struct Bags {
  std::string self;
  std::vector<std::string> batches;
  std::string facility;
  int64_t time_ms = 0;
};

absl::StatusOr<Bags> BeginBags(Context& context, const BagsOptions& options) {
  Bags bags;
  absl::StatusOr<std::string> self = context.Self();
  if (!self.ok()) return self.status();
  bags.self = *self;
  for (const std::string& text : options.batches) {
    absl::StatusOr<std::string> batch = context.Id(text, "BATCH");
    if (!batch.ok()) return batch.status();
    bags.batches.push_back(*std::move(batch));
  }
  absl::StatusOr<std::string> facility = context.Id(options.facility, "--facility");
  if (!facility.ok()) return facility.status();
  bags.facility = *facility;
  absl::StatusOr<int64_t> time_ms = context.Time(options.at, "--at");
  if (!time_ms.ok()) return time_ms.status();
  bags.time_ms = *time_ms;
  return bags;
}

absl::Status RunHandOver(Context& context, const BagsOptions& options) {
  absl::StatusOr<std::string> ward = context.Id(options.ward, "WARD");
  if (!ward.ok()) return ward.status();
  absl::StatusOr<Bags> bags = BeginBags(context, options);
  if (!bags.ok()) return bags.status();
  Statement asked;
  sdk::AddParty(asked, bags->self, statement::v1::CAPACITY_ORGANISATION);
  sdk::AddParty(asked, bags->self, statement::v1::CAPACITY_ORGANISATION);
  statement::v1::BagsHandedOver& event = *asked.mutable_bags_handed_over();
  event.set_ward(*ward);
  event.set_facility(bags->facility);
  event.mutable_batches()->Assign(bags->batches.begin(), bags->batches.end());
  event.set_handed_over_time_ms(bags->time_ms);
  return Assert(context, asked, options.assertion);
}

absl::Status RunDisinfect(Context& context, const BagsOptions& options) {
  absl::StatusOr<Bags> bags = BeginBags(context, options);
  if (!bags.ok()) return bags.status();
  absl::StatusOr<statement::v1::Disinfectant> agent = ParseEnum<statement::v1::Disinfectant>(
      statement::v1::Disinfectant_descriptor(), options.agent, "--agent");
  if (!agent.ok()) return agent.status();
  Statement asked;
  sdk::AddParty(asked, bags->self, statement::v1::CAPACITY_ORGANISATION);
  statement::v1::BatchDisinfected& event = *asked.mutable_batch_disinfected();
  event.mutable_batches()->Assign(bags->batches.begin(), bags->batches.end());
  event.set_facility(bags->facility);
  event.set_agent(*agent);
  event.set_disinfected_time_ms(bags->time_ms);
  return Assert(context, asked, options.assertion);
}

void DeclareBags(CLI::App& command, BagsOptions& options) {
  command.add_option("BATCH", options.batches, "The bags, up to 500")->required();
  command.add_option("--at", options.at, "When (default: now)")->type_name("TIME");
}

}  // namespace

void AddDisinfectCommand(CLI::App& batch, Context& context) {
  AddCommand<BagsOptions>(
      batch, "disinfect", "Waste is disinfected where it waits for its treatment", context,
      [](CLI::App& command, BagsOptions& options) {
        DeclareBags(command, options);
        command.add_option("--facility", options.facility, "Where it is done")->required();
        command
            .add_option("--agent", options.agent,
                        EnumHelp(statement::v1::Disinfectant_descriptor()))
            ->required();
        DeclareAssertion(command, options.assertion, /*begins=*/false);
        command.footer(
            "Example: cradle batch disinfect @bag1 @bag2 --facility @hall --agent chlorine");
      },
      RunDisinfect);
}

void AddWardCommands(CLI::App& app, Context& context) {
  CLI::App* ward = AddNoun(app, "ward", "Wards of a medical institution, and their bags");
  AddCommand<WardOptions>(
      *ward, "add", "Register a ward (administrators)", context,
      [](CLI::App& command, WardOptions& options) {
        command.add_option("--site", options.site, "Site it is at")->required();
        command
            .add_option("--department", options.department,
                        "Its code in the list of departments (诊疗科目), as 03 or 03.04")
            ->required();
        DeclareAssertion(command, options.assertion, /*begins=*/true);
        command.footer(
            "Example: cradle ward add --site @ward-block --department 03.04 --alias surgery\n"
            "The log keeps no name of it: the alias stays on this device.");
      },
      RunAdd);
  AddCommand<BagsOptions>(
      *ward, "hand-over", "Bags go to the store: two persons of the institution attest", context,
      [](CLI::App& command, BagsOptions& options) {
        command.add_option("WARD", options.ward, "Where they come from")->required();
        DeclareBags(command, options);
        command.add_option("--facility", options.facility, "Store for medical waste")->required();
        DeclareAssertion(command, options.assertion, /*begins=*/false, /*two_parties=*/true);
        command.footer(
            "Example: cradle ward hand-over @surgery @bag1 @bag2 --facility @medstore --out "
            "bags.statement\n"
            "Then `cradle statement attest bags.statement` on the device of who takes them in.");
      },
      RunHandOver);
}

}  // namespace cradle::cli
