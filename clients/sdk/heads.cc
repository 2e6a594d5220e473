#include "clients/sdk/heads.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "services/rules/admission.h"
#include "services/rules/collection.h"
#include "services/rules/made.h"

namespace cradle::sdk {

absl::Status Heads::Advance(const evidence::ParsedStatement& statement, bool admitted) {
  for (const statement::v1::Link& link : statement.message.links()) {
    absl::StatusOr<std::optional<ChainHead>> known = Find(link.chain());
    if (!known.ok()) return known.status();
    if (known->has_value()) {
      const ChainHead& head = **known;
      const bool same = head.statement_hash == evidence::AsBytes(statement.hash);
      // Of two statements at one height the log decides: what it admitted replaces what waits.
      if (head.height > link.height() || (same && (head.admitted || !admitted))) continue;
      if (head.height == link.height() && head.admitted && !admitted) continue;
    }
    const ChainHead head{link.height(), std::string(evidence::AsBytes(statement.hash)), admitted};
    if (absl::Status status = Set(link.chain(), head); !status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::StatusOr<std::optional<ChainHead>> HeadTable::Find(std::string_view chain) const {
  const auto found = heads_.find(chain);
  if (found == heads_.end()) return std::nullopt;
  return found->second;
}

absl::Status HeadTable::Set(std::string_view chain, const ChainHead& head) {
  // A head without a hash: the chain has not begun as far as is known.
  if (head.statement_hash.empty()) {
    if (const auto found = heads_.find(chain); found != heads_.end()) heads_.erase(found);
    return absl::OkStatus();
  }
  heads_.insert_or_assign(std::string(chain), head);
  return absl::OkStatus();
}

bool Begins(const statement::v1::Statement& statement, std::string_view chain) {
  using statement::v1::Statement;
  switch (statement.event_case()) {
    case Statement::kFounded:
      return true;
    case Statement::kOrganisationRegistered:
      return true;
    case Statement::kFacilityRegistered:
      return chain.starts_with("facility:");
    case Statement::kStockDeclared:
    case Statement::kBatchOpened:
    case Statement::kWasteFound:
      return chain.starts_with("batch:");
    case Statement::kBatchGenerated:  // not the one that it replaces
      return chain == "batch:" + statement.batch_generated().batch();
    case Statement::kIncidentReported:  // not the one that it was lost from
      return chain == "batch:" + statement.incident_reported().lost_batch();
    case Statement::kManifestIssued:
    case Statement::kWasteCollected:
    case Statement::kSelfDelivered:
      return chain.starts_with("manifest:");
    case Statement::kPipelineTransferred:
    case Statement::kCollectionCountersigned:
    case Statement::kCollectionContested:
      return true;
    case Statement::kReceiptConfirmed: {
      const auto& lines = statement.receipt_confirmed().lines();
      return std::any_of(lines.begin(), lines.end(), [&](const auto& line) {
        return !line.remainder_batch().empty() && chain == "batch:" + line.remainder_batch();
      });
    }
    default:
      break;
  }
  const std::vector<const statement::v1::MadeBatch*> made = rules::BatchesMade(statement);
  return std::any_of(made.begin(), made.end(), [&](const statement::v1::MadeBatch* batch) {
    return chain == "batch:" + batch->batch();
  });
}

absl::Status LinkFrom(const Heads& heads, statement::v1::Statement& statement) {
  absl::StatusOr<std::vector<std::string>> chains = rules::ChainsExtended(statement);
  if (!chains.ok()) return chains.status();
  statement.clear_links();
  for (std::string& chain : *chains) {
    statement::v1::Link& link = *statement.add_links();
    absl::StatusOr<std::optional<ChainHead>> head = heads.Find(chain);
    if (!head.ok()) return head.status();
    // A second answer says that it is one.
    const bool answered = head->has_value() && rules::CollectionAnswered(statement) != nullptr;
    if (!Begins(statement, chain) || answered) {
      if (!head->has_value()) {
        return absl::NotFoundError(fmt::format(
            "this device does not know where {} stands: be online, or take in the statement "
            "before this one (`cradle statement keep FILE`)",
            chain));
      }
      link.set_height((*head)->height + 1);
      link.set_previous((*head)->statement_hash);
    }
    link.set_chain(std::move(chain));
  }
  return absl::OkStatus();
}

}  // namespace cradle::sdk
