#include "clients/sdk/local_facts.h"

#include <algorithm>
#include <functional>
#include <utility>
#include <vector>

#include "services/rules/event_table.h"
#include "services/rules/lines.h"
#include "services/rules/made.h"

namespace cradle::sdk {
namespace {

using statement::v1::Statement;

// Calls `visit` with the statements of a chain from its head back, until it answers false, the
// chain's beginning, or a statement that is not kept here. Says whether the head is in the log.
absl::StatusOr<bool> WalkBack(Home& home, const std::string& chain,
                              const std::function<bool(const Statement&)>& visit) {
  absl::StatusOr<std::optional<ChainHead>> head = home.heads().Find(chain);
  if (!head.ok()) return head.status();
  if (!head->has_value()) return true;
  std::string hash = (*head)->statement_hash;
  while (!hash.empty()) {
    absl::StatusOr<std::optional<Pending>> kept = home.FindStatement(hash);
    if (!kept.ok()) return kept.status();
    if (!kept->has_value() || !visit((*kept)->parsed.message)) break;
    hash.clear();
    for (const statement::v1::Link& link : (*kept)->parsed.message.links()) {
      if (link.chain() == chain) hash = link.previous();
    }
  }
  return (*head)->admitted;
}

// The batch's mass after it: what is refused keeps the mass it was sent with.
template <typename Mass>
void TakeOverLine(const statement::v1::ReceivedLine& line, const Mass& mass) {
  if (line.outcome() == statement::v1::LINE_OUTCOME_PARTLY_ACCEPTED) {
    mass(line.accepted_mass_g());
  } else if (line.outcome() == statement::v1::LINE_OUTCOME_ACCEPTED) {
    mass(line.received_mass_g());
  }
}

// Takes over what a statement says of the batch and is not known yet from a later one. `lost_g`:
// what later statements say was lost of it.
void TakeOver(const Statement& statement, std::string_view batch, BatchFacts& facts,
              int64_t& lost_g) {
  const auto mass = [&](int64_t mass_g) {
    if (facts.mass_g == 0) facts.mass_g = mass_g - lost_g;
  };
  const auto code = [&](const std::string& waste_code) {
    if (facts.waste_code.empty()) facts.waste_code = waste_code;
  };
  switch (statement.event_case()) {
    case Statement::kBatchGenerated:
      if (statement.batch_generated().batch() != batch) return;  // the one in its place
      code(statement.batch_generated().waste_code());
      return mass(statement.batch_generated().generated_mass_g());
    case Statement::kStockDeclared:
      code(statement.stock_declared().waste_code());
      return mass(statement.stock_declared().stock_mass_g());
    case Statement::kBatchAmended:
      code(statement.batch_amended().waste_code());
      return mass(statement.batch_amended().amended_mass_g());
    case Statement::kWasteFound:
      code(statement.waste_found().waste_code());
      return mass(statement.waste_found().found_mass_g());
    case Statement::kIncidentReported: {
      const auto& incident = statement.incident_reported();
      if (incident.lost_batch() == batch) return mass(incident.lost_mass_g());
      // A batch that is lost whole keeps its mass.
      if (facts.mass_g == 0 && !incident.lost_batch().empty()) lost_g += incident.lost_mass_g();
      return;
    }
    case Statement::kBatchStored:
      return mass(statement.batch_stored().stored_mass_g());
    case Statement::kManifestIssued: {
      const auto issued = rules::WithFullLines(statement.manifest_issued());
      for (const auto& line : issued.lines()) {
        if (line.batch() != batch) continue;
        code(line.waste_code());
        mass(line.sent_mass_g());
      }
      return;
    }
    case Statement::kWasteCollected:
      for (const auto& line : statement.waste_collected().lines()) {
        if (line.batch() != batch) continue;
        code(line.waste_code().empty() ? statement.waste_collected().all_lines().waste_code()
                                       : line.waste_code());
        // What the driver weighed alone is not the batch's mass.
        if (!rules::IsOneSided(statement)) mass(line.sent_mass_g());
      }
      return;
    case Statement::kSelfDelivered:
      for (const auto& line : statement.self_delivered().lines()) {
        if (line.batch() != batch) continue;
        code(line.waste_code());
        mass(line.received_mass_g());
      }
      return;
    case Statement::kReceiptConfirmed: {
      const auto confirmed = rules::WithFullLines(statement.receipt_confirmed());
      for (const auto& line : confirmed.lines()) {
        if (line.batch() == batch) {
          TakeOverLine(line, mass);
        } else if (line.remainder_batch() == batch) {
          mass(line.received_mass_g() - line.accepted_mass_g());
        }
      }
      return;
    }
    case Statement::kPipelineTransferred:
      code(statement.pipeline_transferred().waste_code());
      return mass(statement.pipeline_transferred().received_mass_g());
    case Statement::kBatchOpened:
      code(statement.batch_opened().waste_code());
      return mass(facts.filled_mass_g);
    case Statement::kBatchToppedUp:
      facts.filled_mass_g += statement.batch_topped_up().added_mass_g();
      return;
    case Statement::kBatchSealed:
      return mass(statement.batch_sealed().sealed_mass_g());
    default:
      break;
  }
  for (const statement::v1::MadeBatch* made : rules::BatchesMade(statement)) {
    if (made->batch() != batch) continue;
    code(made->waste_code());
    return mass(made->made_mass_g());
  }
}

// What a statement changes of who carries: those who have signed stay, those to come are replaced.
void Follow(const Statement& statement, ManifestFacts& facts) {
  if (statement.has_load_handed_over()) ++facts.carrier;
  if (statement.has_load_taken()) facts.taken = true;
  if (!statement.has_carriers_changed()) return;
  auto& legs = *facts.issued.mutable_carriers();
  const int have_signed =
      facts.taken ? std::min(static_cast<int>(facts.carrier) + 1, legs.size()) : 0;
  legs.DeleteSubrange(have_signed, legs.size() - have_signed);
  legs.MergeFrom(statement.carriers_changed().carriers());
}

}  // namespace

absl::StatusOr<std::optional<BatchFacts>> FindBatchFacts(Home& home, std::string_view batch) {
  BatchFacts facts;
  int64_t lost_g = 0;
  absl::StatusOr<bool> admitted =
      WalkBack(home, "batch:" + std::string(batch), [&](const Statement& statement) {
        TakeOver(statement, batch, facts, lost_g);
        return facts.waste_code.empty() || facts.mass_g == 0;
      });
  if (!admitted.ok()) return admitted.status();
  if (facts.waste_code.empty() || facts.mass_g == 0) return std::nullopt;
  facts.ahead = !*admitted;
  return facts;
}

absl::StatusOr<std::optional<ManifestFacts>> FindManifestFacts(Home& home,
                                                               std::string_view manifest) {
  ManifestFacts facts;
  bool issued = false;
  std::vector<Statement> changes;  // of carriers, each with those who came before it
  absl::StatusOr<bool> admitted =
      WalkBack(home, "manifest:" + std::string(manifest), [&](const Statement& statement) {
        if (statement.has_load_handed_over() || statement.has_load_taken() ||
            statement.has_carriers_changed()) {
          changes.push_back(statement);
        }
        const rules::EventRow* const row = rules::FindEvent(statement.event_case());
        if (statement.has_manifest_issued()) {
          facts.issued = rules::WithFullLines(statement.manifest_issued());
        } else if (row != nullptr && row->issues != nullptr) {
          facts.issued = rules::WithFullLines(row->issues(statement));
          facts.taken = true;
        } else {
          return true;
        }
        facts.consignor = statement.parties_size() > 0 ? statement.parties(0).organisation() : "";
        if (statement.has_waste_collected())
          facts.consignor = statement.waste_collected().consignor();
        issued = true;
        return false;
      });
  if (!admitted.ok()) return admitted.status();
  if (!issued) return std::nullopt;
  for (auto change = changes.rbegin(); change != changes.rend(); ++change) Follow(*change, facts);
  facts.ahead = !*admitted;
  return facts;
}

}  // namespace cradle::sdk
