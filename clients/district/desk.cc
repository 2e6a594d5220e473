#include "clients/district/desk.h"

#include <fmt/format.h>

#include <utility>

#include "clients/sdk/bulk.h"
#include "services/rules/rule_table.h"

namespace cradle::district {
namespace {

namespace v1 = statement::v1;

// Not admitted: which statement, and why.
absl::Status NotAdmitted(const evidence::SignedStatement& sent, const sdk::Outcome& outcome) {
  std::string text = "a statement was not admitted: ";
  const absl::StatusOr<evidence::ParsedStatement> parsed = evidence::ParseStatement(sent.statement);
  if (parsed.ok()) {
    text += rules::EventName(parsed->message.event_case());
    for (const v1::Link& link : parsed->message.links()) text += " " + link.chain();
  }
  if (outcome.missing_predecessor.has_value()) {
    text += fmt::format("; missing before it: {}", outcome.missing_predecessor->chain());
  }
  for (const auto& violation : outcome.violations) {
    text +=
        fmt::format("\n  {} {}: {}", violation.rule(), violation.field(), violation.message_en());
  }
  return absl::FailedPreconditionError(text);
}

}  // namespace

absl::StatusOr<const Device*> Desk::MakeDevice(const std::string& organisation) {
  absl::StatusOr<evidence::PrivateKey> key =
      evidence::PrivateKey::Generate(v1::KEY_ALGORITHM_ECDSA_P256);
  if (!key.ok()) return key.status();
  AddDevice(organisation,
            {evidence::RandomId(), *std::move(key), std::make_unique<sdk::MemoryCounter>()});
  return FindDevice(organisation);
}

void Desk::AddDevice(const std::string& organisation, Device device) {
  devices_.insert_or_assign(organisation, std::move(device));
}

const Device* Desk::FindDevice(const std::string& organisation) const {
  const auto found = devices_.find(organisation);
  return found == devices_.end() ? nullptr : &found->second;
}

absl::Status Desk::Sign(v1::Statement asked, int64_t claimed_time_ms) {
  absl::StatusOr<evidence::ParsedStatement> statement =
      sdk::Compose(std::move(asked), log_.name(), claimed_time_ms, heads_);
  if (!statement.ok()) return statement.status();
  evidence::SignedStatement signed_statement;
  signed_statement.statement = statement->bytes;
  for (int party = 0; party < statement->message.parties_size(); ++party) {
    const v1::Party& who = statement->message.parties(party);
    if (who.capacity() == v1::CAPACITY_LOG) continue;  // the log adds its own
    const Device* device = FindDevice(who.organisation());
    if (device == nullptr) {
      return absl::FailedPreconditionError(
          fmt::format("{} has no device to sign with", who.organisation()));
    }
    absl::StatusOr<evidence::SignedAttestation> attestation =
        sdk::AttestAs(*statement, static_cast<uint32_t>(party), device->key, device->person,
                      newest_, *device->counter);
    if (!attestation.ok()) return attestation.status();
    signed_statement.attestations.push_back(*std::move(attestation));
  }
  if (absl::Status status = heads_.Advance(*statement, /*admitted=*/true); !status.ok()) {
    return status;
  }
  signed_.push_back(std::move(signed_statement));
  return absl::OkStatus();
}

absl::Status Desk::Keep(size_t place, sdk::Outcome outcome) {
  if (outcome.kind != sdk::Outcome::Kind::kAdmitted) return NotAdmitted(signed_[place], outcome);
  for (const auto& mark : outcome.violations) ++marks_[mark.rule()];
  if (!newest_.has_value() || outcome.checkpoint.size > newest_->size) {
    newest_ = outcome.checkpoint;
    newest_note_ = outcome.checkpoint_note;
  }
  ++receipts_;
  if (outcome.index == 0) first_.emplace(signed_[place], std::move(outcome));
  return absl::OkStatus();
}

absl::Status Desk::Send() {
  if (signed_.empty()) return absl::OkStatus();
  sdk::BulkOptions options;
  options.progress = [this](size_t done) {
    if (progress_) progress_(receipts_ + done);
  };
  sdk::BulkSubmitter submitter(connection_, log_, options);
  for (const evidence::SignedStatement& statement : signed_) {
    if (absl::Status status = submitter.Add(statement); !status.ok()) return status;
  }
  absl::StatusOr<std::vector<sdk::Outcome>> outcomes = submitter.Finish();
  if (!outcomes.ok()) return outcomes.status();
  for (size_t place = 0; place < outcomes->size(); ++place) {
    if (absl::Status status = Keep(place, std::move((*outcomes)[place])); !status.ok()) {
      return status;
    }
  }
  signed_.clear();
  return absl::OkStatus();
}

}  // namespace cradle::district
