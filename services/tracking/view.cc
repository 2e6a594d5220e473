#include "services/tracking/view.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "cradle/state/v1/lineage_state.pb.h"
#include "cradle/v1/tracking.pb.h"
#include "services/rules/calendar.h"
#include "services/rules/collection.h"
#include "services/rules/made.h"
#include "services/rules/rule_table.h"
#include "services/rules/state_keys.h"
#include "services/runtime/query.h"
#include "services/runtime/status.h"

namespace cradle::tracking {
namespace {

using runtime::FoldedEntry;
using runtime::ViewWriter;
using state::v1::BatchState;
using state::v1::ManifestState;
using statement::v1::Statement;

// Where a statement that moves a manifest happened, as far as it says.
std::string SiteOf(const Statement& statement, const ManifestState& manifest) {
  switch (statement.event_case()) {
    case Statement::kManifestIssued:
    case Statement::kManifestCancelled:
    case Statement::kLoadTaken:
    case Statement::kLoadReturned:
    case Statement::kWasteCollected:
      return manifest.issued().consignor_site();
    case Statement::kLoadDelivered:
    case Statement::kReceiptConfirmed:
    case Statement::kPipelineTransferred:
    case Statement::kRoundDelivered:
    case Statement::kSelfDelivered:
      return manifest.issued().receiver_site();
    default:
      return "";
  }
}

bool SaysMass(const Statement& statement) {
  switch (statement.event_case()) {
    case Statement::kStockDeclared:
    case Statement::kBatchGenerated:
    case Statement::kBatchStored:
    case Statement::kBatchTreated:
    case Statement::kBatchAmended:
    case Statement::kManifestIssued:
    case Statement::kReceiptConfirmed:
    case Statement::kBatchToppedUp:
    case Statement::kBatchSealed:
    case Statement::kBatchSplit:
    case Statement::kBatchesMerged:
    case Statement::kBatchesPretreated:
    case Statement::kTreatmentRecorded:
    case Statement::kBulkFilled:
    case Statement::kBulkDrawn:
    case Statement::kWasteFound:
    case Statement::kIncidentReported:
    case Statement::kPipelineTransferred:
    case Statement::kWasteCollected:
    case Statement::kSelfDelivered:
      return true;
    default:
      return false;
  }
}

// The day the batch's age counts from, encoded.
absl::StatusOr<uint32_t> StartOf(const BatchState& batch) {
  const std::string date = rules::EarliestStartDate(batch);
  if (date.empty()) return rows::EncodeDay(std::nullopt);
  absl::StatusOr<absl::CivilDay> day = rules::ParseDate(date);
  if (!day.ok()) return day.status();
  return rows::EncodeDay(*day);
}

// The rows that a batch in that state has in stock.
absl::StatusOr<std::set<std::string>> StockKeys(const std::optional<BatchState>& batch) {
  if (!batch || !rules::IsHeld(*batch)) return std::set<std::string>();
  absl::StatusOr<uint32_t> start = StartOf(*batch);
  if (!start.ok()) return start.status();
  const std::string suffix = rows::DayBytes(*start) + batch->batch();
  std::set<std::string> keys{rows::StockOfAll() + suffix,
                             rows::StockOf(batch->custodian()) + suffix,
                             rows::StockOfCategory(rows::CategoryOf(batch->waste_code())) + suffix};
  if (!batch->facility().empty()) keys.insert(rows::StockIn(batch->facility()) + suffix);
  return keys;
}

absl::Status FoldStock(const std::optional<BatchState>& before, const BatchState& after,
                       ViewWriter& writer) {
  absl::StatusOr<std::set<std::string>> gone = StockKeys(before);
  if (!gone.ok()) return gone.status();
  absl::StatusOr<std::set<std::string>> keys = StockKeys(after);
  if (!keys.ok()) return keys.status();
  for (const std::string& key : *gone) {
    if (!keys->contains(key)) writer.Delete(key);
  }
  const std::string row =
      rows::Encode(rows::StockRow{after.mass_g(), after.custodian(), after.waste_code()});
  for (const std::string& key : *keys) writer.Put(key, row);
  return absl::OkStatus();
}

// The state of `batch` before and after, and its rows.
absl::StatusOr<BatchState> FoldBatch(const FoldedEntry& folded, std::string_view batch,
                                     ViewWriter& writer) {
  absl::StatusOr<std::optional<BatchState>> before = rules::ReadBatch(folded.before, batch);
  if (!before.ok()) return before.status();
  absl::StatusOr<std::optional<BatchState>> after = rules::ReadBatch(folded.after, batch);
  if (!after.ok()) return after.status();
  if (!after->has_value()) {
    return absl::DataLossError(fmt::format("batch {} has no state after its statement", batch));
  }
  if (absl::Status status = FoldStock(*before, **after, writer); !status.ok()) {
    return status;
  }
  rows::BatchStepRow step;
  step.mass_g = SaysMass(folded.statement.message) ? (*after)->mass_g() : 0;
  step.marked = !folded.admitted.marks.empty();
  step.manifest = (*after)->manifest();
  std::string key = rows::BatchSteps(batch);
  runtime::AppendBigEndian(key, folded.index, rows::kIndexBytes);
  writer.Put(key, rows::Encode(step));
  return **std::move(after);
}

std::set<std::string> PartiesOf(const ManifestState& manifest) {
  std::set<std::string> parties{"", manifest.consignor(), manifest.issued().receiver()};
  for (const statement::v1::CarrierLeg& leg : manifest.issued().carriers()) {
    parties.insert(leg.organisation());
  }
  return parties;
}

// The rows of a manifest in the lists of its parties.
std::set<std::string> ListKeys(const ManifestState& manifest, std::string_view issued_index) {
  std::set<std::string> keys;
  for (const std::string& party : PartiesOf(manifest)) {
    for (const auto status : {state::v1::MANIFEST_STATUS_UNSPECIFIED, manifest.status()}) {
      keys.insert(rows::Manifests(party, status).append(issued_index));
    }
    if (manifest.unconfirmed()) keys.insert(rows::Unconfirmed(party).append(issued_index));
  }
  return keys;
}

absl::StatusOr<ManifestState> FoldManifest(const FoldedEntry& folded, std::string_view manifest,
                                           ViewWriter& writer) {
  absl::StatusOr<std::optional<ManifestState>> before =
      rules::ReadManifest(folded.before, manifest);
  if (!before.ok()) return before.status();
  absl::StatusOr<std::optional<ManifestState>> after = rules::ReadManifest(folded.after, manifest);
  if (!after.ok()) return after.status();
  if (!after->has_value()) {
    return absl::DataLossError(
        fmt::format("manifest {} has no state after its statement", manifest));
  }
  std::string step_key = rows::ManifestSteps(manifest);
  runtime::AppendBigEndian(step_key, folded.index, rows::kIndexBytes);
  writer.Put(step_key, std::string(1, folded.admitted.marks.empty() ? 0 : 1));

  std::string issued_index;
  if (before->has_value()) {
    absl::StatusOr<std::optional<std::string>> kept = writer.Get(rows::Issued(manifest));
    if (!kept.ok()) return kept.status();
    if (!kept->has_value()) {
      return absl::DataLossError(fmt::format("the issue of manifest {} is missing", manifest));
    }
    issued_index = **std::move(kept);
  } else {
    runtime::AppendBigEndian(issued_index, folded.index, rows::kIndexBytes);
    writer.Put(rows::Issued(manifest), issued_index);
  }
  const std::set<std::string> keys = ListKeys(**after, issued_index);
  if (before->has_value()) {
    // A carrier that was dropped has it in its lists no more.
    for (const std::string& key : ListKeys(**before, issued_index)) {
      if (!keys.contains(key)) writer.Delete(key);
    }
  }
  const bool relisted = !before->has_value() || keys != ListKeys(**before, issued_index);
  for (const std::string& key : keys) {
    if (relisted) writer.Put(key, manifest);
  }
  return **std::move(after);
}

v1::TraceStep StepOf(const FoldedEntry& folded) {
  const Statement& statement = folded.statement.message;
  v1::TraceStep step;
  step.set_index(folded.index);
  step.set_statement_hash(std::string(evidence::AsBytes(folded.statement.hash)));
  step.set_event(std::string(rules::EventName(statement.event_case())));
  step.set_claimed_time_ms(statement.claimed_time_ms());
  step.set_act_time_ms(folded.admitted.act_time_ms);
  step.set_recorded_time_ms(folded.entry.recorded_time_ms);
  for (const statement::v1::Party& party : statement.parties()) {
    step.add_organisations(party.organisation());
  }
  for (const rules::Violation& mark : folded.admitted.marks) {
    *step.add_marks() = runtime::ToProto(mark);
  }
  return step;
}

// The layers that a statement about a bulk store changed, which do not extend its chain; one of
// them.
absl::StatusOr<std::optional<BatchState>> FoldLayers(const FoldedEntry& folded,
                                                     ViewWriter& writer) {
  std::optional<BatchState> layer;
  const Statement& statement = folded.statement.message;
  if (statement.has_bulk_filled()) return layer;  // they do
  for (const std::string& store : rules::BulkStoresChanged(statement)) {
    absl::StatusOr<std::optional<std::string>> bytes =
        folded.after.Get(rules::keys::BulkAccount(store));
    if (!bytes.ok()) return bytes.status();
    state::v1::BulkAccount account;
    if (!bytes->has_value() || !account.ParseFromString(**bytes)) {
      return absl::DataLossError(fmt::format("the account of bulk store {} is missing", store));
    }
    for (const std::string& id : account.touched()) {
      absl::StatusOr<BatchState> after = FoldBatch(folded, id, writer);
      if (!after.ok()) return after.status();
      layer = *std::move(after);
    }
  }
  return layer;
}

class Tracking : public runtime::View {
 public:
  std::string_view name() const override { return "tracking"; }

  absl::Status Fold(const FoldedEntry& folded, ViewWriter& writer) const override {
    std::optional<BatchState> batch;
    std::optional<ManifestState> manifest;
    for (const statement::v1::Link& link : folded.statement.message.links()) {
      absl::StatusOr<evidence::ChainName> chain = evidence::ParseChainName(link.chain());
      if (!chain.ok()) return chain.status();
      if (chain->kind == "batch") {
        absl::StatusOr<BatchState> after = FoldBatch(folded, chain->id, writer);
        if (!after.ok()) return after.status();
        batch = *std::move(after);
      } else if (chain->kind == "manifest") {
        absl::StatusOr<ManifestState> after = FoldManifest(folded, chain->id, writer);
        if (!after.ok()) return after.status();
        manifest = *std::move(after);
      }
    }
    // An answer to a collection is a docket's: what it changes is the manifest.
    if (const std::string* answered = rules::CollectionAnswered(folded.statement.message)) {
      absl::StatusOr<ManifestState> after = FoldManifest(folded, *answered, writer);
      if (!after.ok()) return after.status();
      manifest = *std::move(after);
    }
    // A loss on the road lessens a batch whose chain waits for its manifest.
    const auto& incident = folded.statement.message.incident_reported();
    if (!incident.manifest().empty() && !incident.batch().empty()) {
      absl::StatusOr<BatchState> after = FoldBatch(folded, incident.batch(), writer);
      if (!after.ok()) return after.status();
    }
    absl::StatusOr<std::optional<BatchState>> layer = FoldLayers(folded, writer);
    if (!layer.ok()) return layer.status();
    if (!batch) batch = *std::move(layer);
    if (!batch && !manifest) return absl::OkStatus();
    v1::TraceStep step = StepOf(folded);
    if (manifest) {
      step.set_site(SiteOf(folded.statement.message, *manifest));
    } else {
      step.set_site(batch->site());
      step.set_facility(batch->facility());
    }
    writer.Put(rows::Step(folded.index), evidence::Serialize(step));
    return absl::OkStatus();
  }
};

}  // namespace

const runtime::View& TrackingView() {
  static const Tracking kView;
  return kView;
}

}  // namespace cradle::tracking
