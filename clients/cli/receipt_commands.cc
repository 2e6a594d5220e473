// `cradle receipt`: proof that a statement is in the log, checked with no server.
#include <fmt/format.h>

#include <algorithm>

#include "clients/cli/arguments.h"
#include "clients/cli/commands.h"
#include "clients/cli/output.h"
#include "clients/sdk/files.h"
#include "clients/sdk/quantity.h"
#include "services/audit/core/verify_receipt.h"
#include "services/rules/admission.h"
#include "storage/evidence/receipt.h"

namespace cradle::cli {
namespace {

using LedgerStub = v1::LedgerService::Stub;

struct VerifyOptions {
  std::string file;
  std::string vkey;
  std::vector<std::string> enrolments;
};

absl::StatusOr<audit::Kept> ReadReceipt(const std::string& path) {
  absl::StatusOr<std::string> bytes = sdk::ReadFile(path, 1 << 20);
  if (!bytes.ok()) return bytes.status();
  return audit::Kept{path, *std::move(bytes)};
}

// Of one attestation, in words for the line that names it.
std::string SignatureText(const audit::ReceiptProof& proof, size_t i) {
  const absl::Status& proven = proof.attestations[i];
  if (absl::IsNotFound(proven)) return "not checked: the entry that enrols its key is not given";
  if (!proven.ok()) return "not checked: " + std::string(proven.message());
  const statement::v1::Statement& message = proof.entry.statement.message;
  if (message.parties(static_cast<int>(i)).capacity() == statement::v1::CAPACITY_LOG) {
    return "holds, the log's own key";
  }
  return message.has_founded() ? "holds, with the key that the founding itself brings"
                               : "holds, key enrolled before for this organisation";
}

// One line for each attestation: who, and whether its signature holds as far as the keys at hand
// tell.
std::string AttestationsText(const audit::ReceiptProof& proof) {
  std::string text;
  for (size_t i = 0; i < proof.attestations.size(); ++i) {
    const statement::v1::Attestation& message = proof.entry.attestations[i].message;
    text += fmt::format("  party {}  key {}\n           person {}  seq {}  seen {}  signature {}\n",
                        i, evidence::Hex(message.key_id()), message.person(), message.seq(),
                        message.seen().size(), SignatureText(proof, i));
  }
  return text;
}

Json AttestationsJson(const audit::ReceiptProof& proof) {
  Json attestations = Json::array();
  for (size_t i = 0; i < proof.attestations.size(); ++i) {
    const statement::v1::Attestation& message = proof.entry.attestations[i].message;
    attestations.push_back({{"party", message.party()},
                            {"key_id", evidence::Hex(message.key_id())},
                            {"person", message.person()},
                            {"seq", message.seq()},
                            {"seen_size", message.seen().size()},
                            {"signature", proof.attestations[i].ok() ? "holds" : "not checked"}});
  }
  return attestations;
}

// What is proven, what only further receipts would prove, and what no receipt can.
std::string ScopeText(const audit::ReceiptProof& proof) {
  std::string text =
      "This proves: the log's key signed a checkpoint that holds exactly these bytes at this "
      "index.\n";
  const bool founds = proof.entry.statement.message.has_founded();
  if (!proof.AllProven()) {
    text +=
        "It does not prove who attested where a signature is not checked: add --enrolment RECEIPT "
        "for each key.\n";
  } else if (founds) {
    text +=
        "It also proves: the attestations were made with the keys that the founding itself brings. "
        "Whose\nthe regulator's key is, no entry can prove: compare it with the regulator.\n";
  } else {
    text +=
        "It also proves: each attestation was made with a key that the log enrolled before, for "
        "the\norganisation of its party.\n";
  }
  if (proof.enrolments_unproven > 0) {
    text += fmt::format(
        "It does not prove who asked for the enrolments given: {} attestations in them need "
        "further "
        "--enrolment\nreceipts, up to the founding.\n",
        proof.enrolments_unproven);
  }
  return text +
         "It does not prove: that a key was not revoked before, that the rules were kept, or that "
         "the log\nshows everyone the same: `cradle audit` reads the whole log for that.\n";
}

Json ReceiptJson(const audit::ReceiptProof& proof, const std::string& origin,
                 const std::string& rendering) {
  const statement::v1::Statement& message = proof.entry.statement.message;
  Json json = {{"verdict", "verified"},
               {"origin", origin},
               {"index", proof.index},
               {"disputed", proof.entry.entry.kind == evidence::EntryKind::kDisputed},
               {"size", proof.checkpoint.size},
               {"root", evidence::Hex(proof.checkpoint.root)},
               {"statement_hash", evidence::Hex(proof.entry.statement.hash)},
               {"claimed_time_ms", message.claimed_time_ms()},
               {"recorded_time_ms", proof.entry.entry.recorded_time_ms},
               {"attestations", AttestationsJson(proof)},
               {"attestations_proven", proof.AllProven()},
               {"enrolments_unproven", proof.enrolments_unproven},
               {"rendering", rendering}};
  if (absl::StatusOr<Json> statement = ToJson(message); statement.ok()) {
    json["statement"] = *std::move(statement);
  }
  return json;
}

absl::Status RunVerify(Context& context, const VerifyOptions& options) {
  absl::StatusOr<evidence::NoteVerifier> log = context.LogKey(options.vkey);
  if (absl::IsFailedPrecondition(log.status()))
    return absl::InvalidArgumentError("--key VKEY is needed: this home trusts no log yet");
  if (!log.ok()) return log.status();
  absl::StatusOr<audit::Kept> receipt = ReadReceipt(options.file);
  if (!receipt.ok()) return receipt.status();
  std::vector<audit::Kept> enrolments;
  for (const std::string& path : options.enrolments) {
    absl::StatusOr<audit::Kept> enrolment = ReadReceipt(path);
    if (!enrolment.ok()) return enrolment.status();
    enrolments.push_back(*std::move(enrolment));
  }
  absl::StatusOr<audit::ReceiptProof> proof = audit::VerifyReceipt(*receipt, enrolments, *log);
  if (!proof.ok()) return proof.status();

  const statement::v1::Statement& message = proof->entry.statement.message;
  const std::string rendering = rules::Render(message, context.chinese());
  std::string text =
      fmt::format("verified: {} signed a log of {} entries in which entry {} is this\n\n{}\n",
                  log->name(), proof->checkpoint.size, proof->index, rendering);
  text += fmt::format(
      "entry      {}\nstatement  {}\nclaimed    {}\nrecorded   {}\nroot       {}\n", proof->index,
      evidence::Hex(proof->entry.statement.hash), sdk::FormatTime(message.claimed_time_ms()),
      sdk::FormatTime(proof->entry.entry.recorded_time_ms), evidence::Hex(proof->checkpoint.root));
  if (proof->entry.entry.kind == evidence::EntryKind::kDisputed) {
    text +=
        "kept as disputed: another statement has its place on a chain, and this one changed no "
        "custody\n";
  }
  text += "attested by\n" + AttestationsText(*proof) + "\n" + ScopeText(*proof);
  context.Answer(ReceiptJson(*proof, log->name(), rendering), text);
  return absl::OkStatus();
}

struct GetOptions {
  std::string which;
  std::string out;
  bool newest = false;
};

absl::Status RunGet(Context& context, const GetOptions& options) {
  absl::StatusOr<evidence::NoteVerifier> log = context.LogKey();
  if (!log.ok()) return log.status();
  absl::StatusOr<sdk::Connection*> server = context.connection();
  if (!server.ok()) return server.status();
  v1::GetReceiptRequest request;
  request.set_newest(options.newest);
  const bool digits =
      !options.which.empty() && options.which.size() < 20 &&
      std::all_of(
          options.which.begin(), options.which.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (digits) {
    request.set_index(std::stoull(options.which));
  } else {
    absl::StatusOr<std::string> hash = evidence::FromHex(options.which);
    if (!hash.ok() || hash->size() != 32) {
      return absl::InvalidArgumentError(
          "INDEX: the number of an entry, or a statement hash of 64 hexadecimal characters");
    }
    request.set_statement_hash(*hash);
  }
  auto answer = (*server)->Call((*server)->ledger(), &LedgerStub::GetReceipt, request);
  if (!answer.ok()) return answer.status();
  absl::StatusOr<evidence::Receipt> receipt = evidence::ParseReceipt(answer->receipt());
  const absl::Status holds =
      receipt.ok() ? evidence::VerifyReceipt(*receipt, *log).status() : receipt.status();
  if (!holds.ok()) {
    return absl::DataLossError(fmt::format("the receipt that the server gave does not hold: {}",
                                           std::string(holds.message())));
  }
  if (digits && receipt->index != request.index()) {
    return absl::DataLossError(
        fmt::format("the server gave the receipt of entry {}", receipt->index));
  }
  if (!options.out.empty()) {
    if (absl::Status status = sdk::WriteFileAtomically(options.out, answer->receipt(), 0644);
        !status.ok()) {
      return status;
    }
  }
  context.Answer({{"index", receipt->index}, {"receipt", answer->receipt()}, {"file", options.out}},
                 options.out.empty() ? answer->receipt()
                                     : fmt::format("receipt of entry {} written to {}\n",
                                                   receipt->index, options.out));
  return absl::OkStatus();
}

}  // namespace

void AddReceiptCommands(CLI::App& app, Context& context) {
  CLI::App* receipt = AddNoun(app, "receipt", "Proofs that statements are in the log");
  AddCommand<VerifyOptions>(
      *receipt, "verify", "Check a receipt with no server, and say what it proves", context,
      [](CLI::App& command, VerifyOptions& options) {
        command.add_option("FILE", options.file, "A .tlog-proof file")->required();
        command
            .add_option(
                "--key", options.vkey,
                "The log's verifier key, got out of band (default: the one this home trusts)")
            ->type_name("VKEY");
        AddEach(command, "--enrolment", options.enrolments,
                "Receipt of an entry that enrols a key, to check signatures with; again for "
                "each")
            ->type_name("FILE");
        command.footer(
            "Example: cradle receipt verify 3f1c….tlog-proof --key "
            "log.example.org/weifang+1a2b3c4d+AZ…");
      },
      RunVerify);
  AddCommand<GetOptions>(
      *receipt, "get", "Fetch the receipt of an entry", context,
      [](CLI::App& command, GetOptions& options) {
        command.add_option("INDEX", options.which, "Number of the entry, or statement hash")
            ->required();
        command.add_option("--out", options.out, "Where it goes (default: the screen)")
            ->type_name("FILE");
        command.add_flag("--newest", options.newest, "Against the newest checkpoint");
        command.footer("Example: cradle receipt get 42 --out 42.tlog-proof");
      },
      RunGet);
}

}  // namespace cradle::cli
