// `cradle receipt`: proof that a statement is in the log, checked with no server.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "clients/cli/arguments.h"
#include "clients/cli/commands.h"
#include "clients/cli/output.h"
#include "clients/sdk/files.h"
#include "clients/sdk/quantity.h"
#include "services/rules/admission.h"
#include "storage/evidence/entry.h"
#include "storage/evidence/receipt.h"

namespace cradle::cli {
namespace {

using LedgerStub = v1::LedgerService::Stub;

struct VerifyOptions {
  std::string file;
  std::string vkey;
  std::vector<std::string> enrolments;
};

// A receipt that holds against the log's key, opened.
struct Proven {
  evidence::Receipt receipt;
  evidence::Checkpoint checkpoint;
  evidence::Entry entry;
  evidence::ParsedStatement statement;
};

// NOT_FOUND of VerifyReceipt means that another key signed: this key can tell nothing.
absl::StatusOr<Proven> Prove(const std::string& path, const evidence::NoteVerifier& log) {
  absl::StatusOr<std::string> text = sdk::ReadFile(path, 1 << 20);
  if (!text.ok()) return text.status();
  Proven proven;
  absl::StatusOr<evidence::Receipt> receipt = evidence::ParseReceipt(*text);
  if (!receipt.ok()) {
    return absl::DataLossError(
        fmt::format("{}: {}", path, std::string(receipt.status().message())));
  }
  proven.receipt = *std::move(receipt);
  absl::StatusOr<evidence::Checkpoint> checkpoint = evidence::VerifyReceipt(proven.receipt, log);
  if (absl::IsNotFound(checkpoint.status())) {
    return absl::UnimplementedError(
        fmt::format("unverifiable: {} is not signed by the key {}; with its own key it may hold",
                    path, log.name()));
  }
  if (!checkpoint.ok()) {
    return absl::DataLossError(
        fmt::format("tampered: {}: {}", path, std::string(checkpoint.status().message())));
  }
  proven.checkpoint = *std::move(checkpoint);
  absl::StatusOr<evidence::Entry> entry = evidence::DecodeEntry(proven.receipt.entry);
  if (!entry.ok()) return Naming(path, entry.status());
  proven.entry = *std::move(entry);
  absl::StatusOr<evidence::ParsedStatement> statement =
      evidence::ParseStatement(proven.entry.signed_statement.statement);
  if (!statement.ok()) return Naming(path, statement.status());
  proven.statement = *std::move(statement);
  return proven;
}

// Keys that proven entries enrol, by id.
using Keys = std::map<std::string, evidence::PublicKey>;

void AddKey(Keys& keys, statement::v1::KeyAlgorithm algorithm, const std::string& spki) {
  absl::StatusOr<evidence::PublicKey> key = evidence::PublicKey::FromSpki(algorithm, spki);
  if (key.ok()) keys.emplace(std::string(evidence::AsBytes(key->id())), *key);
}

void AddEnrolled(const statement::v1::Statement& statement, Keys& keys) {
  if (statement.has_device_key_enrolled()) {
    AddKey(keys, statement.device_key_enrolled().algorithm(),
           statement.device_key_enrolled().key());
  }
  if (statement.has_founded()) {
    AddKey(keys, statement.founded().regulator_key().algorithm(),
           statement.founded().regulator_key().key());
    AddKey(keys, statement::v1::KEY_ALGORITHM_ED25519, statement.founded().log_key());
  }
}

// One line for each attestation: who, and whether its signature holds as far as the keys at hand
// tell. DATA_LOSS: one does not hold.
struct Checked {
  std::string text;
  Json attestations = Json::array();
  bool all_proven = true;
};

absl::StatusOr<Checked> CheckAttestations(const Proven& proven, const Keys& keys) {
  Checked checked;
  for (const evidence::SignedAttestation& attestation :
       proven.entry.signed_statement.attestations) {
    absl::StatusOr<statement::v1::Attestation> message =
        evidence::ParseAttestation(attestation.attestation);
    if (!message.ok()) return message.status();
    if (message->statement_hash() != evidence::AsBytes(proven.statement.hash)) {
      return absl::DataLossError(
          fmt::format("tampered: the attestation of party {} is of another "
                      "statement",
                      message->party()));
    }
    const auto key = keys.find(message->key_id());
    std::string verdict = "not checked: the entry that enrols its key is not given";
    if (key != keys.end()) {
      if (!evidence::VerifyAttestation(attestation, key->second).ok()) {
        return absl::DataLossError(
            fmt::format("tampered: the attestation of party {} does not verify with key {}",
                        message->party(), evidence::Hex(message->key_id())));
      }
      verdict = "holds";
    } else {
      checked.all_proven = false;
    }
    checked.attestations.push_back({{"party", message->party()},
                                    {"key_id", evidence::Hex(message->key_id())},
                                    {"person", message->person()},
                                    {"seq", message->seq()},
                                    {"seen_size", message->seen().size()},
                                    {"signature", key == keys.end() ? "not checked" : "holds"}});
    checked.text +=
        fmt::format("  party {}  key {}\n           person {}  seq {}  seen {}  signature {}\n",
                    message->party(), evidence::Hex(message->key_id()), message->person(),
                    message->seq(), message->seen().size(), verdict);
  }
  return checked;
}

absl::StatusOr<evidence::NoteVerifier> LogOf(Context& context, const std::string& vkey) {
  if (!vkey.empty()) {
    absl::StatusOr<evidence::NoteVerifier> log = evidence::NoteVerifier::FromText(vkey);
    if (!log.ok()) return Naming("--key", log.status());
    return log;
  }
  absl::StatusOr<sdk::Home*> home = context.home();
  if (!home.ok()) return home.status();
  absl::StatusOr<sdk::Identity> identity = (*home)->ReadIdentity();
  if (!identity.ok()) return identity.status();
  absl::StatusOr<evidence::NoteVerifier> log = identity->Log();
  if (!log.ok())
    return absl::InvalidArgumentError("--key VKEY is needed: this home trusts no log yet");
  return log;
}

absl::Status RunVerify(Context& context, const VerifyOptions& options) {
  absl::StatusOr<evidence::NoteVerifier> log = LogOf(context, options.vkey);
  if (!log.ok()) return log.status();
  absl::StatusOr<Proven> proven = Prove(options.file, *log);
  if (!proven.ok()) return proven.status();
  Keys keys;
  AddEnrolled(proven->statement.message, keys);  // the founding brings its own
  for (const std::string& path : options.enrolments) {
    absl::StatusOr<Proven> enrolment = Prove(path, *log);
    if (!enrolment.ok()) return enrolment.status();
    AddEnrolled(enrolment->statement.message, keys);
  }
  absl::StatusOr<Checked> checked = CheckAttestations(*proven, keys);
  if (!checked.ok()) return checked.status();

  const statement::v1::Statement& message = proven->statement.message;
  const std::string rendering = rules::Render(message, context.chinese());
  std::string text =
      fmt::format("verified: {} signed a log of {} entries in which entry {} is this\n\n{}\n",
                  log->name(), proven->checkpoint.size, proven->receipt.index, rendering);
  text += fmt::format("entry      {}\nstatement  {}\nclaimed    {}\nrecorded   {}\nroot       {}\n",
                      proven->receipt.index, evidence::Hex(proven->statement.hash),
                      sdk::FormatTime(message.claimed_time_ms()),
                      sdk::FormatTime(proven->entry.recorded_time_ms),
                      evidence::Hex(proven->checkpoint.root));
  text += "attested by\n" + checked->text;
  text +=
      "\nThis proves: the log's key signed a checkpoint that holds exactly these bytes at this "
      "index.\n";
  text += checked->all_proven
              ? "It also proves: the attestations were made with keys that the log enrolled.\n"
              : "It does not prove the signatures of keys whose enrolment is not given: add "
                "--enrolment "
                "RECEIPT for each.\n";
  text +=
      "It does not prove: that a key was not revoked before, that the rules were kept, or that the "
      "log\nshows everyone the same: `cradle audit` reads the whole log for that.\n";
  Json json = {{"verdict", "verified"},
               {"origin", log->name()},
               {"index", proven->receipt.index},
               {"size", proven->checkpoint.size},
               {"root", evidence::Hex(proven->checkpoint.root)},
               {"statement_hash", evidence::Hex(proven->statement.hash)},
               {"claimed_time_ms", message.claimed_time_ms()},
               {"recorded_time_ms", proven->entry.recorded_time_ms},
               {"attestations", checked->attestations},
               {"attestations_proven", checked->all_proven},
               {"rendering", rendering}};
  if (absl::StatusOr<Json> statement = ToJson(message); statement.ok()) {
    json["statement"] = *std::move(statement);
  }
  context.Answer(json, text);
  return absl::OkStatus();
}

struct GetOptions {
  std::string which;
  std::string out;
  bool newest = false;
};

absl::Status RunGet(Context& context, const GetOptions& options) {
  absl::StatusOr<evidence::NoteVerifier> log = LogOf(context, "");
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
