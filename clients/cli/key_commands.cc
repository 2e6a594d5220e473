// `cradle key`: this device's key, and the enrolment of others.
#include <fmt/format.h>

#include "clients/cli/arguments.h"
#include "clients/cli/assertion.h"
#include "clients/cli/commands.h"
#include "clients/cli/output.h"
#include "clients/sdk/files.h"
#include "clients/sdk/identity.h"
#include "clients/sdk/quantity.h"
#include "cradle/statement/v1/organisation_events.pb.h"

namespace cradle::cli {
namespace {

using statement::v1::Statement;

struct NewOptions {
  std::string person;
  std::string out;
};

absl::Status PrintKey(Context& context, const std::string& out) {
  absl::StatusOr<sdk::Home*> home = context.home();
  if (!home.ok()) return home.status();
  absl::StatusOr<evidence::PrivateKey> key = (*home)->ReadKey();
  if (!key.ok()) return key.status();
  absl::StatusOr<sdk::Identity> identity = (*home)->ReadIdentity();
  if (!identity.ok()) return identity.status();
  absl::StatusOr<uint64_t> seq = (*home)->LastSeq();
  if (!seq.ok()) return seq.status();
  const std::string file =
      sdk::EncodePublicKeyFile({key->public_key(), identity->person, identity->organisation});
  if (!out.empty()) {
    if (absl::Status status = sdk::WriteFileAtomically(out, file, 0644); !status.ok())
      return status;
  }
  context.Answer({{"key_id", identity->key_id},
                  {"person", identity->person},
                  {"organisation", identity->organisation},
                  {"signatures", *seq},
                  {"public_key_file", file}},
                 file);
  return absl::OkStatus();
}

absl::Status RunNew(Context& context, const NewOptions& options) {
  std::string person = evidence::RandomId();
  if (!options.person.empty()) {
    absl::StatusOr<std::string> given = context.Id(options.person, "--person");
    if (!given.ok()) return given.status();
    person = *given;
  }
  absl::StatusOr<sdk::Home*> home = context.home();
  if (!home.ok()) return home.status();
  {
    absl::StatusOr<sdk::HomeLock> lock = (*home)->Lock();
    if (!lock.ok()) return lock.status();
    absl::StatusOr<evidence::PrivateKey> key =
        evidence::PrivateKey::Generate(statement::v1::KEY_ALGORITHM_ECDSA_P256);
    if (!key.ok()) return sdk::Local(key.status());
    if (absl::Status status = (*home)->CreateKey(*lock, *key, person); !status.ok()) return status;
  }
  return PrintKey(context, options.out);
}

absl::Status RunShow(Context& context, const NewOptions& options) {
  return PrintKey(context, options.out);
}

absl::Status RunClaim(Context& context, const NewOptions&) {
  absl::StatusOr<std::string> self = context.Self();
  if (!self.ok()) return self.status();
  context.Answer({{"organisation", *self}},
                 fmt::format("this device signs for organisation {}\n", *self));
  return absl::OkStatus();
}

struct EnrollOptions {
  std::string file;
  std::string organisation;
  std::string person;
  std::vector<std::string> roles = {"administrator", "operator"};
  std::string from;
  std::string to;
  AssertionOptions assertion;
};

absl::Status RunEnroll(Context& context, const EnrollOptions& options) {
  absl::StatusOr<std::string> text = sdk::ReadFile(options.file, 64 << 10);
  if (!text.ok()) return text.status();
  absl::StatusOr<sdk::PublicKeyFile> file = sdk::ParsePublicKeyFile(*text);
  if (!file.ok()) return Naming(options.file, file.status());
  absl::StatusOr<std::string> self = context.Self();
  if (!self.ok()) return self.status();
  std::string organisation = *self;
  if (!options.organisation.empty()) {
    absl::StatusOr<std::string> given = context.Id(options.organisation, "--org");
    if (!given.ok()) return given.status();
    organisation = *given;
  }
  std::string person = file->person;
  if (!options.person.empty()) {
    absl::StatusOr<std::string> given = context.Id(options.person, "--person");
    if (!given.ok()) return given.status();
    person = *given;
  }
  if (person.empty()) {
    return absl::InvalidArgumentError("the file names no person: give --person");
  }
  absl::StatusOr<int64_t> from_ms = context.Time(options.from, "--from");
  if (!from_ms.ok()) return from_ms.status();

  Statement asked;
  AddSelfOrRegulator(asked, *self, organisation);
  statement::v1::DeviceKeyEnrolled& enrolled = *asked.mutable_device_key_enrolled();
  enrolled.set_organisation(organisation);
  enrolled.set_algorithm(file->key.algorithm());
  enrolled.set_key(file->key.spki_der());
  enrolled.set_person(person);
  for (const std::string& name : options.roles) {
    absl::StatusOr<statement::v1::KeyRole> role =
        ParseEnum<statement::v1::KeyRole>(statement::v1::KeyRole_descriptor(), name, "--role");
    if (!role.ok()) return role.status();
    enrolled.add_roles(*role);
  }
  enrolled.set_valid_from_time_ms(*from_ms);
  if (!options.to.empty()) {
    absl::StatusOr<int64_t> to_ms = context.Time(options.to, "--to");
    if (!to_ms.ok()) return to_ms.status();
    enrolled.set_valid_to_time_ms(*to_ms);
  }
  return Assert(context, asked, options.assertion,
                {{"key_id", evidence::Hex(file->key.id())}, {"organisation", organisation}});
}

struct RevokeOptions {
  std::string key;
  std::string organisation;
  std::string reason;
  AssertionOptions assertion;
};

absl::Status RunRevoke(Context& context, const RevokeOptions& options) {
  absl::StatusOr<std::string> key_id = evidence::FromHex(options.key);
  if (!key_id.ok() || key_id->size() != 32) {
    return absl::InvalidArgumentError(
        "KEY-ID: 64 hexadecimal characters, as `cradle key show` prints");
  }
  absl::StatusOr<std::string> self = context.Self();
  if (!self.ok()) return self.status();
  std::string organisation = *self;
  if (!options.organisation.empty()) {
    absl::StatusOr<std::string> given = context.Id(options.organisation, "--org");
    if (!given.ok()) return given.status();
    organisation = *given;
  }
  absl::StatusOr<statement::v1::RevocationReason> reason =
      ParseEnum<statement::v1::RevocationReason>(statement::v1::RevocationReason_descriptor(),
                                                 options.reason, "--reason");
  if (!reason.ok()) return reason.status();
  Statement asked;
  AddSelfOrRegulator(asked, *self, organisation);
  statement::v1::DeviceKeyRevoked& revoked = *asked.mutable_device_key_revoked();
  revoked.set_organisation(organisation);
  revoked.set_key_id(*key_id);
  revoked.set_reason(*reason);
  return Assert(context, asked, options.assertion);
}

void DeclareEnroll(CLI::App& command, EnrollOptions& options) {
  command
      .add_option("FILE", options.file, "What `cradle key show --out FILE` wrote on that device")
      ->required();
  command.add_option("--org", options.organisation,
                     "Organisation it signs for (default: one's own; a regulator enrols the first "
                     "key of others)");
  command.add_option("--person", options.person,
                     "Who holds the device (default: as the file says)");
  AddEach(command, "--role", options.roles,
          EnumHelp(statement::v1::KeyRole_descriptor()) + " (default: both)")
      ->delimiter(',');
  command.add_option("--from", options.from, "Valid from (default: now)")->type_name("TIME");
  command.add_option("--to", options.to, "Valid to (default: until revoked)")->type_name("TIME");
  DeclareAssertion(command, options.assertion, /*begins=*/false);
  command.footer("Example: cradle key enroll driver.pub --role operator");
}

}  // namespace

void AddKeyCommands(CLI::App& app, Context& context) {
  CLI::App* key = AddNoun(app, "key", "Device keys");
  AddCommand<NewOptions>(
      *key, "new", "Make this device's key; it never leaves the home", context,
      [](CLI::App& command, NewOptions& options) {
        command.add_option("--person", options.person,
                           "Who holds the device, if that person has a device already (default: a "
                           "fresh id)");
        command.add_option("--out", options.out, "Also write the public key to this file")
            ->type_name("FILE");
        command.footer("Example: cradle key new --out key.pub");
      },
      RunNew);
  AddCommand<NewOptions>(
      *key, "show", "The public key, for whoever enrols it", context,
      [](CLI::App& command, NewOptions& options) {
        command.add_option("--out", options.out, "Also write it to this file")->type_name("FILE");
        command.footer("Example: cradle key show --out key.pub");
      },
      RunShow);
  AddCommand<NewOptions>(
      *key, "claim",
      "Find in the log which organisation this key is enrolled for, verify it, and keep it",
      context, [](CLI::App&, NewOptions&) {}, RunClaim);
  AddCommand<EnrollOptions>(*key, "enroll", "Enrol another device's key", context, DeclareEnroll,
                            RunEnroll);
  AddCommand<RevokeOptions>(
      *key, "revoke", "Revoke a key from now on", context,
      [](CLI::App& command, RevokeOptions& options) {
        command
            .add_option("KEY-ID", options.key,
                        "As `cradle key show` prints it; a regulator's key is revoked from another "
                        "regulator device")
            ->required();
        command.add_option("--org", options.organisation, "Whose key (default: one's own)");
        command
            .add_option("--reason", options.reason,
                        EnumHelp(statement::v1::RevocationReason_descriptor()))
            ->required();
        DeclareAssertion(command, options.assertion, /*begins=*/false);
        command.footer("Example: cradle key revoke 3f1c… --reason lost");
      },
      RunRevoke);
}

}  // namespace cradle::cli
