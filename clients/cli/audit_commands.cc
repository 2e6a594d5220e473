// `cradle audit`: a copy of the log, and whether it is true, found out on this machine.
#include <fmt/format.h>
#include <google/protobuf/stubs/logging.h>

#include <algorithm>
#include <filesystem>

#include "clients/cli/commands.h"
#include "clients/cli/output.h"
#include "clients/sdk/files.h"
#include "services/audit/core/founded_key.h"
#include "services/audit/core/mirror.h"
#include "services/audit/core/tile_directory.h"
#include "services/audit/core/verify_chain.h"
#include "services/audit/core/verify_log.h"
#include "services/audit/ledger_source.h"

namespace cradle::cli {
namespace {

constexpr size_t kKeptBytesMax = 1 << 20;  // of a receipt or checkpoint

Json ReportJson(const audit::Report& report) {
  Json findings = Json::array();
  for (const audit::Finding& finding : report.findings) {
    Json added = {{"verdict", audit::VerdictName(finding.verdict)},
                  {"subject", finding.subject},
                  {"reason", finding.reason}};
    if (finding.index) added["index"] = *finding.index;
    findings.push_back(std::move(added));
  }
  return {{"verdict", audit::VerdictName(report.verdict)},
          {"scope", report.scope},
          {"entries", report.entries},
          {"attestations", report.attestations},
          {"root", evidence::Hex(report.root)},
          {"findings", std::move(findings)}};
}

std::string ReportText(std::string_view what, const audit::Report& report) {
  std::string text = fmt::format("{} {}\n", what, audit::VerdictName(report.verdict));
  for (const audit::Finding& finding : report.findings) {
    text += fmt::format("  {:<12}  {}", audit::VerdictName(finding.verdict), finding.subject);
    const std::string entry = fmt::format("entry {}", finding.index.value_or(0));
    if (finding.index && finding.subject != entry) text += fmt::format(" ({})", entry);
    text += fmt::format(": {}\n", finding.reason);
  }
  text += fmt::format("entries       {}\nattestations  {}\nroot          {}\n{}\n", report.entries,
                      report.attestations, evidence::Hex(report.root), report.scope);
  return text;
}

absl::Status Answer(Context& context, std::string_view what, const audit::Report& report) {
  context.Answer(ReportJson(report), ReportText(what, report));
  switch (report.verdict) {
    case audit::Verdict::kVerified:
      return absl::OkStatus();
    case audit::Verdict::kUnavailable:
    case audit::Verdict::kUnverifiable:
      return Printed(Exit::kUnverifiable);
    case audit::Verdict::kDiverged:
    case audit::Verdict::kTampered:
    case audit::Verdict::kForked:
      return Printed(Exit::kNotVerified);
  }
  return Printed(Exit::kUnverifiable);
}

std::function<bool(uint64_t, uint64_t)> Show(Progress& progress) {
  return [&progress](uint64_t entries, uint64_t size) {
    progress.Show(entries, size);
    return true;
  };
}

struct MirrorArguments {
  std::string directory;
  std::string vkey;
};

absl::Status RunMirror(Context& context, const MirrorArguments& arguments) {
  absl::StatusOr<evidence::NoteVerifier> log = context.LogKey(arguments.vkey);
  if (!log.ok()) return log.status();
  absl::StatusOr<sdk::Connection*> server = context.connection();
  if (!server.ok()) return server.status();
  const audit::LedgerSource source((*server)->ledger());
  absl::StatusOr<audit::MirrorResult> mirrored = [&] {
    Progress progress("entries", context.options.json);
    audit::MirrorOptions options;
    options.progress = Show(progress);
    return audit::Mirror(source, arguments.directory, *log, options);
  }();
  if (absl::IsPermissionDenied(mirrored.status()) || absl::IsResourceExhausted(mirrored.status())) {
    return sdk::Local(mirrored.status());
  }
  if (!mirrored.ok()) return mirrored.status();
  Json missing = Json::array();
  for (const std::string& sha256 : mirrored->missing_rule_data) {
    missing.push_back(evidence::Hex(sha256));
    context.Remark(
        fmt::format("the server does not have the rule data {}: without it, what it "
                    "judges cannot be verified",
                    evidence::Hex(sha256)));
  }
  context.Answer({{"directory", arguments.directory},
                  {"size_before", mirrored->size_before},
                  {"size", mirrored->size},
                  {"missing_rule_data", std::move(missing)}},
                 fmt::format("{} has {} entries, {} of them new\nNext: cradle audit verify {}\n",
                             arguments.directory, mirrored->size,
                             mirrored->size - mirrored->size_before, arguments.directory));
  return absl::OkStatus();
}

struct VerifyArguments {
  std::string directory;
  std::string vkey;
  std::vector<std::string> receipts;
  std::vector<std::string> checkpoints;
  bool mine = false;
  int threads = 0;
};

absl::Status AddKept(const std::vector<std::string>& paths, std::vector<audit::Kept>& kept) {
  for (const std::string& path : paths) {
    absl::StatusOr<std::string> bytes = sdk::ReadFile(path, kKeptBytesMax);
    if (!bytes.ok()) return bytes.status();
    kept.push_back({path, std::move(*bytes)});
  }
  return absl::OkStatus();
}

// The receipts of this home, and the last checkpoint it verified.
absl::Status AddMine(Context& context, audit::VerifyOptions& options) {
  absl::StatusOr<sdk::Home*> home = context.home();
  if (!home.ok()) return home.status();
  const std::filesystem::path receipts = (*home)->path() / "receipts";
  absl::StatusOr<std::vector<std::string>> names = sdk::ListFiles(receipts, ".tlog-proof");
  if (!names.ok()) return names.status();
  std::vector<std::string> paths;
  for (const std::string& name : *names) paths.push_back((receipts / name).string());
  if (absl::Status added = AddKept(paths, options.receipts); !added.ok()) return added;
  absl::StatusOr<std::optional<std::string>> seen = (*home)->ReadSeen();
  if (!seen.ok()) return seen.status();
  if (*seen) options.checkpoints.push_back({"the checkpoint this home has seen", **seen});
  return absl::OkStatus();
}

// Without a key there is nothing to verify against: shows which key the log claims.
absl::Status AnswerNoKey(Context& context, const audit::LogSource& source) {
  absl::StatusOr<evidence::NoteVerifier> founded = audit::FoundedLogKey(source);
  audit::Report report;
  report.verdict = audit::Verdict::kUnverifiable;
  report.scope =
      "Nothing was verified: a log is verified with a key that came another way than the "
      "log itself.";
  std::string reason = "no key was given and this home trusts no log";
  if (founded.ok()) {
    reason += fmt::format(
        "; the log says that its key is {}; if its operator tells you the same, "
        "give it with --key",
        founded->ToText());
  }
  report.findings = {{report.verdict, std::nullopt, "the log's key", reason}};
  return Answer(context, "log", report);
}

absl::Status RunVerify(Context& context, const VerifyArguments& arguments) {
  std::error_code error;
  if (!std::filesystem::is_directory(arguments.directory, error)) {
    return absl::InvalidArgumentError(
        fmt::format("DIR: {} is no directory; `cradle audit mirror {}` makes one",
                    arguments.directory, arguments.directory));
  }
  const audit::TileDirectory source(arguments.directory);
  absl::StatusOr<evidence::NoteVerifier> log = context.LogKey(arguments.vkey);
  if (absl::IsFailedPrecondition(log.status())) return AnswerNoKey(context, source);
  if (!log.ok()) return log.status();
  audit::VerifyOptions options;
  options.threads = arguments.threads;
  if (absl::Status added = AddKept(arguments.receipts, options.receipts); !added.ok()) return added;
  if (absl::Status added = AddKept(arguments.checkpoints, options.checkpoints); !added.ok()) {
    return added;
  }
  if (arguments.mine) {
    if (absl::Status added = AddMine(context, options); !added.ok()) return added;
  }
  google::protobuf::SetLogHandler(nullptr);  // what does not parse is a finding, told once
  Progress progress("entries", context.options.json);
  options.progress = Show(progress);
  const audit::Report report = audit::VerifyLog(source, *log, options);
  return Answer(context, "log", report);
}

struct ChainArguments {
  std::string chain;
  std::string vkey;
};

absl::Status RunChain(Context& context, const ChainArguments& arguments) {
  absl::StatusOr<evidence::NoteVerifier> log = context.LogKey(arguments.vkey);
  if (!log.ok()) return log.status();
  absl::StatusOr<sdk::Connection*> server = context.connection();
  if (!server.ok()) return server.status();
  std::string chain = arguments.chain;
  if (const size_t at = chain.find(":@"); at != std::string::npos) {
    absl::StatusOr<std::string> id = context.Id(chain.substr(at + 1), "CHAIN");
    if (!id.ok()) return id.status();
    chain = chain.substr(0, at + 1) + *id;
  }
  if (absl::StatusOr<evidence::ChainName> name = evidence::ParseChainName(chain); !name.ok()) {
    return Naming("CHAIN", name.status());
  }
  const audit::LedgerSource source((*server)->ledger());
  absl::StatusOr<audit::ChainBundle> bundle = audit::FetchChain(source, chain);
  if (!bundle.ok()) return bundle.status();
  return Answer(context, chain, audit::VerifyChain(*bundle, *log));
}

constexpr char kKeyHelp[] =
    "The log's verifier key, got out of band (default: the one this home trusts)";

}  // namespace

void AddAuditCommands(CLI::App& app, Context& context) {
  CLI::App* audit = AddNoun(app, "audit", "Copy the log and find out whether it is true");
  AddCommand<MirrorArguments>(
      *audit, "mirror", "Copy the log into a directory, or bring the copy up to date", context,
      [](CLI::App& command, MirrorArguments& arguments) {
        command.add_option("DIR", arguments.directory, "Where the copy is kept")->required();
        command.add_option("--key", arguments.vkey, kKeyHelp)->type_name("VKEY");
        command.footer(
            "A log that does not continue the copy is refused and the copy stays as it is.\n"
            "Example: cradle audit mirror copy/");
      },
      RunMirror);
  AddCommand<VerifyArguments>(
      *audit, "verify", "Read every byte of a copy and judge all of it again, with no server",
      context,
      [](CLI::App& command, VerifyArguments& arguments) {
        command.add_option("DIR", arguments.directory, "The copy")->required();
        command.add_option("--key", arguments.vkey, kKeyHelp)->type_name("VKEY");
        command
            .add_option("--receipt", arguments.receipts,
                        "A receipt somebody kept: shows whether history was rewritten; again for "
                        "each")
            ->type_name("FILE");
        command
            .add_option("--checkpoint", arguments.checkpoints,
                        "A signed checkpoint somebody kept; again for each")
            ->type_name("FILE");
        command.add_flag("--mine", arguments.mine,
                         "Also the receipts and the checkpoint that this home has kept");
        command.add_option("--threads", arguments.threads, "How many (default: one for each core)")
            ->check(CLI::Range(1, 1024));
        command.footer(
            "Exit codes: 0 verified; 4 tampered, forked or diverged; 5 unverifiable or "
            "unavailable.\n"
            "Example: cradle audit verify copy/ --receipt 3f1c….tlog-proof");
      },
      RunVerify);
  AddCommand<ChainArguments>(
      *audit, "chain", "Fetch one chain with its proofs and verify it by itself", context,
      [](CLI::App& command, ChainArguments& arguments) {
        command
            .add_option("CHAIN", arguments.chain,
                        "log, or org:, facility:, batch: or manifest: and an id or @name")
            ->required();
        command.add_option("--key", arguments.vkey, kKeyHelp)->type_name("VKEY");
        command.footer("Example: cradle audit chain batch:@drum-7");
      },
      RunChain);
}

}  // namespace cradle::cli
