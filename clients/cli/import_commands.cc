// `cradle import ledger`: HJ 1259 ledgers into the log, safe to run again.
#include <fmt/format.h>

#include <map>
#include <set>

#include "clients/cli/arguments.h"
#include "clients/cli/commands.h"
#include "clients/cli/import_ledger.h"
#include "clients/cli/output.h"
#include "clients/sdk/files.h"
#include "storage/evidence/entry.h"

namespace cradle::cli {
namespace {

using LedgerStub = v1::LedgerService::Stub;

struct ImportOptions {
  std::string file;
  std::string table;
  std::string site;
  std::string facility;
  std::string form = "other";
  std::string basis = "declared";
  bool dry_run = false;
};

// What became of one line.
struct LineOutcome {
  std::string code;
  std::string state;  // "admitted", "already there", "kept", "waiting", "refused", "error"
  std::string column;
  std::string message;
};

using Outcomes = std::map<size_t, LineOutcome>;  // by line; an error's messages are joined

// Batches of one's own stock by the code printed on them, for ledgers of waste logged otherwise.
absl::StatusOr<std::map<std::string, std::string, std::less<>>> BatchesByCode(
    Context& context, const std::string& organisation) {
  std::map<std::string, std::string, std::less<>> batches;
  if (context.options.offline) return batches;
  absl::StatusOr<sdk::Connection*> server = context.connection();
  if (!server.ok()) return server.status();
  v1::ListStockRequest request;
  request.set_at_least(context.at_least());
  request.mutable_page()->set_size(1000);
  request.set_organisation(organisation);
  do {
    auto answer =
        (*server)->Call((*server)->tracking(), &v1::TrackingService::Stub::ListStock, request);
    if (!answer.ok()) return answer.status();
    for (const v1::BatchView& view : answer->batches()) {
      if (!view.batch().batch_code().empty()) {
        batches[view.batch().batch_code()] = view.batch().batch();
      }
    }
    request.mutable_page()->set_token(answer->next_token());
  } while (!request.page().token().empty());
  return batches;
}

absl::StatusOr<LedgerImport> MakeImport(Context& context, const ImportOptions& options) {
  LedgerImport import;
  if (options.table != "B.1" && options.table != "B.2") {
    return absl::InvalidArgumentError("--table: B.1 (generation) or B.2 (into storage)");
  }
  import.table = options.table == "B.1" ? LedgerTable::kGeneration : LedgerTable::kStorageIn;
  absl::StatusOr<std::string> self = context.Self();
  if (!self.ok()) return self.status();
  import.organisation = *self;
  if (import.table == LedgerTable::kGeneration) {
    absl::StatusOr<std::string> site = context.Id(options.site, "--site");
    if (!site.ok()) return site.status();
    import.site = *site;
  }
  absl::StatusOr<statement::v1::PhysicalForm> form = ParseEnum<statement::v1::PhysicalForm>(
      statement::v1::PhysicalForm_descriptor(), options.form, "--form");
  if (!form.ok()) return form.status();
  import.form = *form;
  absl::StatusOr<statement::v1::MassBasis> basis = ParseBasis(options.basis);
  if (!basis.ok()) return basis.status();
  import.basis = *basis;
  if (import.table == LedgerTable::kStorageIn) {
    std::string facility;
    if (!options.facility.empty()) {
      absl::StatusOr<std::string> given = context.Id(options.facility, "--facility");
      if (!given.ok()) return given.status();
      facility = *given;
    }
    import.facility_of = [&context, facility](std::string_view code) {
      if (!facility.empty()) return facility;
      absl::StatusOr<std::string> named = context.Id("@" + std::string(code), "");
      return named.ok() ? *named : std::string();
    };
    auto batches = BatchesByCode(context, *self);
    if (!batches.ok()) return batches.status();
    import.batch_of = [batches = *std::move(batches)](std::string_view code) {
      const auto found = batches.find(code);
      return found == batches.end() ? std::string() : found->second;
    };
  }
  return import;
}

// Whether a statement with this nonce stands on the chain in the log.
absl::StatusOr<bool> OnChain(const sdk::Connection& server, const std::string& chain,
                             const std::string& nonce) {
  v1::GetChainRequest request;
  request.set_chain(chain);
  request.set_limit(1000);
  auto answer = server.Call(server.ledger(), &LedgerStub::GetChain, request);
  if (absl::IsNotFound(answer.status())) return false;
  if (!answer.ok()) return answer.status();
  for (const auto& element : answer->elements()) {
    absl::StatusOr<evidence::Entry> entry = evidence::DecodeEntry(element.entry());
    if (!entry.ok()) return entry.status();
    absl::StatusOr<evidence::ParsedStatement> statement =
        evidence::ParseStatement(entry->signed_statement.statement);
    if (statement.ok() && statement->message.nonce() == nonce) return true;
  }
  return false;
}

// Whether this device has attested a statement of the chain with this nonce before.
absl::StatusOr<std::optional<sdk::Pending>> KeptHere(sdk::Home& home, const std::string& chain,
                                                     const std::string& nonce) {
  absl::StatusOr<std::optional<sdk::ChainHead>> head = home.heads().Find(chain);
  if (!head.ok()) return head.status();
  std::string hash = head->has_value() ? (*head)->statement_hash : "";
  while (!hash.empty()) {
    absl::StatusOr<std::optional<sdk::Pending>> kept = home.FindStatement(hash);
    if (!kept.ok()) return kept.status();
    if (!kept->has_value()) break;
    if ((*kept)->parsed.message.nonce() == nonce) return kept;
    hash.clear();
    for (const statement::v1::Link& link : (*kept)->parsed.message.links()) {
      if (link.chain() == chain) hash = link.previous();
    }
  }
  return std::nullopt;
}

// Signs a line that is new; says what it is where it is not. The hash of what is signed, or of what
// was signed before and waits.
absl::StatusOr<std::optional<evidence::Hash>> SignLine(Context& context, const LedgerLine& line,
                                                       LineOutcome& outcome) {
  absl::StatusOr<sdk::Home*> home = context.home();
  if (!home.ok()) return home.status();
  absl::StatusOr<sdk::Client*> client = context.client();
  if (!client.ok()) return client.status();
  const statement::v1::Statement& asked = line.asked;
  const std::string chain =
      "batch:" + (asked.has_batch_generated() ? asked.batch_generated().batch()
                                              : asked.batch_stored().batch());
  absl::StatusOr<std::optional<sdk::Pending>> kept = KeptHere(**home, chain, asked.nonce());
  if (!kept.ok()) return kept.status();
  if (kept->has_value()) {
    const evidence::Hash& hash = (*kept)->parsed.hash;
    absl::StatusOr<std::optional<std::string>> receipt =
        (*home)->FindReceipt(evidence::AsBytes(hash));
    if (!receipt.ok()) return receipt.status();
    outcome.state = receipt->has_value() ? "already there" : "kept";
    if (receipt->has_value()) return std::nullopt;
    return hash;
  }
  if ((*client)->online()) {
    absl::StatusOr<sdk::Connection*> server = context.connection();
    if (!server.ok()) return server.status();
    absl::StatusOr<bool> there = OnChain(**server, chain, asked.nonce());
    if (!there.ok()) return there.status();
    if (*there) {
      outcome.state = "already there";
      return std::nullopt;
    }
  }
  absl::StatusOr<evidence::ParsedStatement> prepared = (*client)->Prepare(asked);
  if (!prepared.ok()) return prepared.status();
  absl::StatusOr<sdk::Pending> pending = (*client)->Attest(*prepared);
  if (!pending.ok()) return pending.status();
  outcome.state = "kept";
  return pending->parsed.hash;
}

absl::Status SendLines(Context& context, const std::map<evidence::Hash, size_t>& line_of,
                       Outcomes& outcomes) {
  absl::StatusOr<sdk::Client*> client = context.client();
  if (!client.ok()) return client.status();
  Progress progress("sending", context.options.json);
  absl::StatusOr<std::vector<sdk::Outcome>> sent =
      (*client)->SendOutbox([&](size_t done, size_t all) { progress.Show(done, all); });
  if (!sent.ok()) return sent.status();
  for (const sdk::Outcome& outcome : *sent) {
    const auto found = line_of.find(outcome.statement_hash);
    if (found == line_of.end()) continue;
    LineOutcome& line = outcomes[found->second];
    switch (outcome.kind) {
      case sdk::Outcome::Kind::kAdmitted:
        line.state = outcome.repeated ? "already there" : "admitted";
        line.message = fmt::format("entry {}", outcome.index);
        break;
      case sdk::Outcome::Kind::kDisputed:
        line.state = "disputed";
        break;
      case sdk::Outcome::Kind::kWaiting:
        line.state = "waiting";
        break;
      case sdk::Outcome::Kind::kRefused:
        line.state = "refused";
        break;
      case sdk::Outcome::Kind::kSetAside:
        line.state = "set aside";
        line.message = fmt::format("rests on {}, which was refused: {}",
                                   evidence::Hex(outcome.rests_on), outcome.rests_on_rule);
        break;
    }
    if (outcome.kind == sdk::Outcome::Kind::kAdmitted || outcome.violations.empty()) continue;
    const v1::Violation& first = outcome.violations.front();
    line.column = first.field();
    line.message = fmt::format("{}: {}", first.rule(),
                               context.chinese() ? first.message_zh() : first.message_en());
  }
  return absl::OkStatus();
}

absl::Status AnswerLines(Context& context, const Outcomes& outcomes, const absl::Status& sending) {
  std::map<std::string, size_t> counts;
  Table table({">LINE", "CODE", "STATE", "COLUMN", "MESSAGE"});
  Json list = Json::array();
  bool failed = false;
  for (const auto& [line, outcome] : outcomes) {
    ++counts[outcome.state];
    const bool bad = outcome.state == "error" || outcome.state == "refused" ||
                     outcome.state == "set aside" || outcome.state == "waiting";
    failed = failed || bad;
    if (bad) {
      table.Add(
          {fmt::format("{}", line), outcome.code, outcome.state, outcome.column, outcome.message});
    }
    list.push_back({{"line", line},
                    {"code", outcome.code},
                    {"state", outcome.state},
                    {"column", outcome.column},
                    {"message", outcome.message}});
  }
  Json json = {{"lines", std::move(list)}};
  std::string text = table.empty() ? "" : table.Text();
  for (const auto& [state, count] : counts) {
    json[state] = count;
    text += fmt::format("{} {}\n", count, state);
  }
  if (!sending.ok()) {
    json["error"] = std::string(sending.message());
    text += fmt::format(
        "not sent: {}\nwhat is signed is kept: run this again, or `cradle outbox send`\n",
        std::string(sending.message()));
  }
  context.Answer(json, text);
  if (!sending.ok()) return Printed(ExitOf(sending));
  return Printed(failed ? Exit::kRefused : Exit::kOk);
}

absl::Status RunImport(Context& context, const ImportOptions& options) {
  absl::StatusOr<std::string> csv = sdk::ReadFile(options.file, 64 << 20);
  if (!csv.ok()) return csv.status();
  if (csv->find_first_not_of("\xEF\xBB\xBF \t\r\n") == std::string::npos) {
    return absl::InvalidArgumentError(fmt::format("{} is empty", options.file));
  }
  absl::StatusOr<LedgerImport> import = MakeImport(context, options);
  if (!import.ok()) return import.status();
  absl::StatusOr<ParsedLedger> ledger = ParseLedger(options.file, *csv, *import);
  if (!ledger.ok()) return ledger.status();

  Outcomes outcomes;
  for (const LineError& error : ledger->errors) {
    LineOutcome& outcome = outcomes[error.line];
    outcome.state = "error";
    if (outcome.column.empty()) outcome.column = error.column;
    outcome.message += (outcome.message.empty() ? "" : "; ") + error.column + " " + error.message;
  }
  std::map<evidence::Hash, size_t> line_of;
  Progress progress("signing", context.options.json);
  size_t done = 0;
  for (const LedgerLine& line : ledger->lines) {
    LineOutcome& outcome = outcomes[line.line];
    outcome.code = line.code;
    outcome.state = "would be signed";
    progress.Show(++done, ledger->lines.size());
    if (options.dry_run) continue;
    absl::StatusOr<std::optional<evidence::Hash>> hash = SignLine(context, line, outcome);
    if (hash.ok()) {
      if (hash->has_value()) line_of[**hash] = line.line;
      continue;
    }
    // A line that cannot be linked is the line's trouble; all else is everybody's.
    if (!absl::IsNotFound(hash.status()) && !absl::IsInvalidArgument(hash.status())) {
      return hash.status();
    }
    outcome.state = "error";
    outcome.message = std::string(hash.status().message());
  }
  absl::Status sending;
  if (!options.dry_run && !context.options.offline && !line_of.empty()) {
    sending = SendLines(context, line_of, outcomes);
    if (!sending.ok() && !sdk::IsTransient(sending)) return sending;
  }
  return AnswerLines(context, outcomes, sending);
}

}  // namespace

void AddImportCommands(CLI::App& app, Context& context) {
  CLI::App* import = AddNoun(app, "import", "From files of other systems");
  AddCommand<ImportOptions>(
      *import, "ledger", "A ledger of HJ 1259-2022, as CSV with its Chinese headings", context,
      [](CLI::App& command, ImportOptions& options) {
        command.add_option("FILE", options.file, "CSV, UTF-8")->required();
        command.add_option("--table", options.table, "B.1 (generation) or B.2 (into storage)")
            ->required();
        command.add_option("--site", options.site, "B.1: site where the waste came into being");
        command.add_option("--facility", options.facility,
                           "B.2: facility of all lines (default: 贮存设施编码 as an alias)");
        command.add_option(
            "--form", options.form,
            "B.1 has no 形态: " + EnumHelp(statement::v1::PhysicalForm_descriptor()) +
                " (default: other; a column 形态 is taken where there is one)");
        command.add_option("--basis", options.basis, kBasisHelp);
        command.add_flag("--dry-run", options.dry_run, "Check the file; sign nothing");
        command.footer(
            "Lines that hold are sent, lines that do not are named. Running it again sends what is "
            "missing and nothing twice.\nExample: cradle import ledger 产生环节.csv --table B.1 "
            "--site "
            "@plant --form liquid");
      },
      RunImport);
}

}  // namespace cradle::cli
