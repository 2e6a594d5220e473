// `cradle statement`: statements as files, between devices and between sessions without a network.
#include <fmt/format.h>
#include <google/protobuf/util/json_util.h>
#include <unistd.h>

#include <cstdio>
#include <iostream>

#include "clients/cli/arguments.h"
#include "clients/cli/assertion.h"
#include "clients/cli/commands.h"
#include "clients/cli/output.h"
#include "clients/sdk/compose.h"
#include "clients/sdk/files.h"
#include "clients/sdk/quantity.h"
#include "services/rules/admission.h"
#include "storage/evidence/signed_statement_file.h"

namespace cradle::cli {
namespace {

using statement::v1::Statement;

absl::StatusOr<sdk::Pending> ReadStatementFile(const std::string& path) {
  absl::StatusOr<std::string> text = sdk::ReadFile(path, 1 << 20);
  if (!text.ok()) return text.status();
  absl::StatusOr<evidence::SignedStatement> file = evidence::ParseSignedStatementFile(*text);
  if (!file.ok()) return Naming(path, file.status());
  absl::StatusOr<evidence::ParsedStatement> parsed = evidence::ParseStatement(file->statement);
  if (!parsed.ok()) return Naming(path, parsed.status());
  sdk::Pending pending{*std::move(parsed), *std::move(file)};
  if (auto missing = sdk::MissingParties(pending.parsed, pending.signed_statement); !missing.ok()) {
    return Naming(path, missing.status());
  }
  return pending;
}

absl::Status WriteStatementFile(const std::string& path,
                                const evidence::SignedStatement& statement) {
  absl::StatusOr<std::string> text = evidence::EncodeSignedStatementFile(statement);
  if (!text.ok()) return text.status();
  return sdk::WriteFileAtomically(path, *text, 0644);
}

// Who has attested, as the attestations say; signatures are not checked here.
struct Standing {
  std::string text;
  Json parties = Json::array();
};

Standing StandingOf(const sdk::Pending& pending) {
  Standing standing;
  for (int i = 0; i < pending.parsed.message.parties_size(); ++i) {
    const statement::v1::Party& party = pending.parsed.message.parties(i);
    const std::string capacity = EnumName(statement::v1::Capacity_descriptor(), party.capacity());
    std::string by;
    for (const evidence::SignedAttestation& attestation : pending.signed_statement.attestations) {
      const auto message = evidence::ParseAttestation(attestation.attestation);
      if (message.ok() && message->party() == static_cast<uint32_t>(i)) {
        by = evidence::Hex(message->key_id());
      }
    }
    standing.parties.push_back({{"party", i},
                                {"capacity", capacity},
                                {"organisation", party.organisation()},
                                {"attested_by_key", by.empty() ? Json(nullptr) : Json(by)}});
    standing.text += fmt::format("party {}  {} {}  {}\n", i, capacity, party.organisation(),
                                 by.empty() ? "has not attested" : "attested with key " + by);
  }
  return standing;
}

Json StatementJson(const sdk::Pending& pending, const Standing& standing,
                   const std::string& rendering) {
  Json json = {{"statement_hash", evidence::Hex(pending.parsed.hash)},
               {"complete", pending.complete()},
               {"parties", standing.parties},
               {"rendering", rendering}};
  if (absl::StatusOr<Json> message = ToJson(pending.parsed.message); message.ok()) {
    json["statement"] = *std::move(message);
  }
  return json;
}

struct FileOptions {
  std::string file;
  std::string out;
  bool yes = false;
};

absl::Status RunShow(Context& context, const FileOptions& options) {
  absl::StatusOr<sdk::Pending> pending = ReadStatementFile(options.file);
  if (!pending.ok()) return pending.status();
  const Standing standing = StandingOf(*pending);
  const std::string rendering = rules::Render(pending->parsed.message, context.chinese());
  context.Answer(StatementJson(*pending, standing, rendering),
                 fmt::format("{}statement {}\n{}", rendering, evidence::Hex(pending->parsed.hash),
                             standing.text));
  return absl::OkStatus();
}

// Whoever attests has read it: a person says so on the terminal, a script by `yes`.
// INVALID_ARGUMENT: nobody can be asked; FAILED_PRECONDITION: the answer was no.
absl::Status Agree(const std::string& rendering, bool yes) {
  if (yes) return absl::OkStatus();
  if (::isatty(STDIN_FILENO) == 0 || ::isatty(STDERR_FILENO) == 0) {
    return absl::InvalidArgumentError(
        "--yes: there is no terminal to ask on; `cradle statement show FILE` prints what it says, "
        "and --yes attests it");
  }
  std::fprintf(stderr, "%sAttest this? [y/N] ", rendering.c_str());
  std::string answer;
  std::getline(std::cin, answer);
  if (answer == "y" || answer == "Y" || answer == "yes") return absl::OkStatus();
  return absl::FailedPreconditionError("not attested; nothing was signed");
}

absl::Status RunAttest(Context& context, const FileOptions& options) {
  absl::StatusOr<sdk::Pending> pending = ReadStatementFile(options.file);
  if (!pending.ok()) return pending.status();
  const std::string rendering = rules::Render(pending->parsed.message, context.chinese());
  if (absl::Status agreed = Agree(rendering, options.yes); !agreed.ok()) return agreed;
  absl::StatusOr<sdk::Client*> client = context.client();
  if (!client.ok()) return client.status();
  absl::StatusOr<sdk::Pending> attested =
      (*client)->Attest(pending->parsed, pending->signed_statement.attestations);
  if (!attested.ok()) return attested.status();
  const std::string& out = options.out.empty() ? options.file : options.out;
  if (absl::Status status = WriteStatementFile(out, attested->signed_statement); !status.ok()) {
    return status;
  }
  const Standing standing = StandingOf(*attested);
  context.Answer(StatementJson(*attested, standing, rendering),
                 fmt::format("{}{}{}", rendering, standing.text,
                             attested->complete()
                                 ? fmt::format("complete: `cradle statement submit {}`\n", out)
                                 : fmt::format("pass {} on to who has not attested\n", out)));
  return absl::OkStatus();
}

struct SubmitOptions {
  std::vector<std::string> files;
};

absl::Status RunSubmit(Context& context, const SubmitOptions& options) {
  absl::StatusOr<sdk::Client*> client = context.client();
  if (!client.ok()) return client.status();
  std::string own;
  for (const std::string& path : options.files) {
    absl::StatusOr<sdk::Pending> pending = ReadStatementFile(path);
    if (!pending.ok()) return pending.status();
    if (!pending->complete()) {
      return absl::FailedPreconditionError(
          fmt::format("{}: not every party has attested:\n{}", path, StandingOf(*pending).text));
    }
    absl::StatusOr<sdk::Pending> taken =
        (*client)->TakeIn(pending->signed_statement, /*enqueue=*/true);
    if (!taken.ok()) return taken.status();
    own = evidence::Hex(pending->parsed.hash);
  }
  if (context.options.offline) {
    context.Answer({{"kept", options.files.size()}},
                   "kept in the outbox: `cradle outbox send` when online\n");
    return absl::OkStatus();
  }
  return SendAndAnswer(context, options.files.size() == 1 ? own : "", Json::object(), "");
}

absl::Status RunKeep(Context& context, const SubmitOptions& options) {
  absl::StatusOr<sdk::Home*> home = context.home();
  if (!home.ok()) return home.status();
  absl::StatusOr<const sdk::Clock*> clock = context.clock();
  if (!clock.ok()) return clock.status();
  sdk::Client client(**home, nullptr, **clock);  // needs no server
  Json list = Json::array();
  std::string text;
  for (const std::string& path : options.files) {
    absl::StatusOr<sdk::Pending> pending = ReadStatementFile(path);
    if (!pending.ok()) return pending.status();
    absl::StatusOr<sdk::Pending> kept = client.TakeIn(pending->signed_statement, /*enqueue=*/false);
    if (!kept.ok()) return kept.status();
    const std::string hash = evidence::Hex(kept->parsed.hash);
    list.push_back({{"file", path}, {"statement_hash", hash}, {"complete", kept->complete()}});
    text += fmt::format(
        "kept {}{}\n", hash,
        kept->complete() ? "" : " (not every party has attested: nothing is linked to it)");
  }
  context.Answer(list, text);
  return absl::OkStatus();
}

struct SaveOptions {
  std::string hash;
  std::string file;
};

absl::Status RunSave(Context& context, const SaveOptions& options) {
  absl::StatusOr<std::string> hash = evidence::FromHex(options.hash);
  if (!hash.ok()) return Naming("HASH", hash.status());
  absl::StatusOr<sdk::Home*> home = context.home();
  if (!home.ok()) return home.status();
  absl::StatusOr<std::optional<sdk::Pending>> kept = (*home)->FindStatement(*hash);
  if (!kept.ok()) return kept.status();
  if (!kept->has_value()) {
    return absl::NotFoundError(fmt::format("this home keeps no statement {}", options.hash));
  }
  if (absl::Status status = WriteStatementFile(options.file, (*kept)->signed_statement);
      !status.ok()) {
    return status;
  }
  context.Answer({{"file", options.file}}, fmt::format("written to {}\n", options.file));
  return absl::OkStatus();
}

struct PrepareOptions {
  std::string event;
  AssertionOptions assertion;
};

absl::Status RunPrepare(Context& context, const PrepareOptions& options) {
  absl::StatusOr<std::string> json = sdk::ReadFile(options.event, 1 << 20);
  if (!json.ok()) return json.status();
  Statement asked;
  google::protobuf::util::JsonParseOptions strict;
  const auto parsed = google::protobuf::util::JsonStringToMessage(*json, &asked, strict);
  if (!parsed.ok()) {
    return absl::InvalidArgumentError(fmt::format(
        "{}: {}", options.event, std::string(parsed.message().data(), parsed.message().size())));
  }
  if (asked.parties_size() == 0) {
    absl::StatusOr<std::string> self = context.Self();
    if (!self.ok()) return self.status();
    sdk::AddParty(asked, *self, statement::v1::CAPACITY_ORGANISATION);
  }
  absl::StatusOr<sdk::Client*> client = context.client();
  if (!client.ok()) return client.status();
  absl::StatusOr<evidence::ParsedStatement> prepared = (*client)->Prepare(asked);
  if (!prepared.ok()) return prepared.status();
  const sdk::Pending pending{*prepared, {{}, prepared->bytes}};
  if (absl::Status status = WriteStatementFile(options.assertion.out, pending.signed_statement);
      !status.ok()) {
    return status;
  }
  const Standing standing = StandingOf(pending);
  const std::string rendering = rules::Render(prepared->message, context.chinese());
  context.Answer(StatementJson(pending, standing, rendering),
                 fmt::format("{}{}nothing is signed yet: `cradle statement attest {}`\n", rendering,
                             standing.text, options.assertion.out));
  return absl::OkStatus();
}

}  // namespace

void AddStatementCommands(CLI::App& app, Context& context) {
  CLI::App* statement = AddNoun(app, "statement", "Statements as files, between devices");
  AddCommand<PrepareOptions>(
      *statement, "prepare", "From an event in JSON to the bytes to attest", context,
      [](CLI::App& command, PrepareOptions& options) {
        command
            .add_option("EVENT", options.event,
                        "JSON of cradle.statement.v1.Statement: an event, and parties (default: "
                        "oneself as organisation)")
            ->required();
        command.add_option("--out", options.assertion.out, "Where the statement goes")
            ->required()
            ->type_name("FILE");
        command.footer(
            "Example: cradle statement prepare event.json --out moved.statement, with event.json "
            "{\"batch_moved\": {\"batch\": \"…\", \"facility\": \"…\", \"moved_time_ms\": "
            "\"1772327400000\"}}");
      },
      RunPrepare);
  AddCommand<FileOptions>(
      *statement, "show", "What a statement file says and who has attested", context,
      [](CLI::App& command, FileOptions& options) {
        command.add_option("FILE", options.file)->required();
        command.footer("Example: cradle statement show load.statement --lang zh");
      },
      RunShow);
  AddCommand<FileOptions>(
      *statement, "attest", "Attest it for this device's organisation", context,
      [](CLI::App& command, FileOptions& options) {
        command.add_option("FILE", options.file)->required();
        command.add_option("--out", options.out, "Where it goes (default: the same file)")
            ->type_name("FILE");
        command.add_flag("--yes", options.yes, "Do not ask");
        command.footer("Example: cradle statement attest load.statement");
      },
      RunAttest);
  AddCommand<SubmitOptions>(
      *statement, "submit", "Send statement files, one's own or others', in any order", context,
      [](CLI::App& command, SubmitOptions& options) {
        command.add_option("FILE", options.files)->required();
        command.footer("Example: cradle statement submit issue.statement load.statement");
      },
      RunSubmit);
  AddCommand<SubmitOptions>(
      *statement, "keep", "Take in others' statements, to go on from them offline", context,
      [](CLI::App& command, SubmitOptions& options) {
        command.add_option("FILE", options.files)->required();
      },
      RunKeep);
  AddCommand<SaveOptions>(
      *statement, "save", "Write a statement that this home keeps to a file", context,
      [](CLI::App& command, SaveOptions& options) {
        command.add_option("HASH", options.hash, "Statement hash, 64 hexadecimal characters")
            ->required();
        command.add_option("FILE", options.file)->required();
      },
      RunSave);
}

}  // namespace cradle::cli
