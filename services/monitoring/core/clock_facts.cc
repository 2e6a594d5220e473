#include "services/monitoring/core/clock_facts.h"

#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>
#include <utility>

#include "cradle/state/v1/lineage_state.pb.h"
#include "services/monitoring/core/storage_clock.h"
#include "services/rules/admission.h"
#include "services/rules/calendar.h"
#include "services/rules/lines.h"
#include "services/rules/made.h"
#include "services/rules/state_keys.h"

namespace cradle::monitoring {
namespace {

using state::v1::BatchState;
using state::v1::ClockFactKind;

constexpr std::string_view kBatchChain = "batch:";

class Collector {
 public:
  Collector(const rules::StateReader& before, const rules::StateReader& after,
            const rules::RuleData& data, uint64_t index, int64_t act_time_ms)
      : before_(before), after_(after), data_(data), index_(index), act_time_ms_(act_time_ms) {}

  // The earliest time ever asserted begins a clock; a time claimed later than the time of act would
  // be to the claimer's advantage and does not count.
  absl::Status Begin(const std::string& batch_id, std::initializer_list<int64_t> asserted_ms) {
    absl::StatusOr<BatchState> batch = Batch(after_, batch_id);
    if (!batch.ok()) return batch.status();
    int64_t earliest = act_time_ms_;
    for (const int64_t time_ms : asserted_ms) {
      if (time_ms > 0) earliest = std::min(earliest, time_ms);
    }
    absl::StatusOr<std::string> date = DateAt(batch->site(), earliest);
    if (!date.ok()) return date.status();
    Add(*batch, batch->custodian(), batch->site(), state::v1::CLOCK_FACT_KIND_START, *date);
    return absl::OkStatus();
  }

  absl::Status Declare(const statement::v1::StockDeclared& declared) {
    absl::StatusOr<BatchState> batch = Batch(after_, declared.batch());
    if (!batch.ok()) return batch.status();
    Add(*batch, batch->custodian(), batch->site(), state::v1::CLOCK_FACT_KIND_START,
        declared.storage_start_date());
    return absl::OkStatus();
  }

  absl::Status End(const std::string& batch_id) {
    absl::StatusOr<BatchState> batch = Batch(before_, batch_id);
    if (!batch.ok()) return batch.status();
    return StopClockOf(*batch, batch->custodian(), batch->site());
  }

  // Arrival begins the receiver's clock or, of what comes back, runs it on; confirmed or not.
  absl::Status Arrive(const std::string& id, int64_t delivered_time_ms) {
    absl::StatusOr<std::optional<state::v1::ManifestState>> manifest =
        rules::ReadManifest(after_, id);
    if (!manifest.ok()) return manifest.status();
    if (!manifest->has_value()) return Missing("manifest", id);
    const statement::v1::ManifestIssued& issued = (*manifest)->issued();
    const int64_t arrival_ms =
        delivered_time_ms > 0 ? std::min(act_time_ms_, delivered_time_ms) : act_time_ms_;
    absl::StatusOr<std::string> date = DateAt(issued.receiver_site(), arrival_ms);
    if (!date.ok()) return date.status();
    for (const statement::v1::ManifestLine& line : issued.lines()) {
      absl::StatusOr<BatchState> batch = Batch(after_, line.batch());
      if (!batch.ok()) return batch.status();
      AddReceived(*batch, issued.receiver(), issued.receiver_site(), *date);
    }
    return absl::OkStatus();
  }

  // Confirmed receipt ends the consignor's clock; the receiver's goes on with the mass weighed.
  // What is refused is the consignor's still: its clock has never stopped, the receiver's is void.
  absl::Status Confirm(const statement::v1::ReceiptConfirmed& confirmed) {
    absl::StatusOr<std::optional<state::v1::ManifestState>> manifest =
        rules::ReadManifest(after_, confirmed.manifest());
    if (!manifest.ok()) return manifest.status();
    if (!manifest->has_value()) return Missing("manifest", confirmed.manifest());
    for (const statement::v1::ReceivedLine& line : confirmed.lines()) {
      absl::StatusOr<BatchState> sent = Batch(before_, line.batch());
      if (!sent.ok()) return sent.status();
      absl::StatusOr<BatchState> received = Batch(after_, line.batch());
      if (!received.ok()) return received.status();
      if (line.outcome() == statement::v1::LINE_OUTCOME_REFUSED) {
        Add(*received, (*manifest)->issued().receiver(), (*manifest)->issued().receiver_site(),
            state::v1::CLOCK_FACT_KIND_STOP, (*manifest)->arrival_date());
        continue;
      }
      if (!line.remainder_batch().empty()) {
        absl::Status status =
            BeginRemainder(line.remainder_batch(), (*manifest)->issued().consignor_site());
        if (!status.ok()) return status;
      }
      if (absl::Status status = StopClockOf(*sent, sent->custodian(), sent->site()); !status.ok()) {
        return status;
      }
      absl::StatusOr<std::string> date = DateAt(received->site(), act_time_ms_);
      if (!date.ok()) return date.status();
      AddReceived(*received, received->custodian(), received->site(), *date);
    }
    return absl::OkStatus();
  }

  // What any other statement makes of a batch, by its state before and after.
  absl::Status Follow(const std::string& batch_id) {
    absl::StatusOr<std::optional<BatchState>> before = rules::ReadBatch(before_, batch_id);
    if (!before.ok()) return before.status();
    absl::StatusOr<BatchState> after = Batch(after_, batch_id);
    if (!after.ok()) return after.status();
    const bool held_before = before->has_value() && rules::IsHeld(**before);
    const bool held = rules::IsHeld(*after);
    const bool same_hands = held_before && held && (*before)->custodian() == after->custodian();
    if (held_before && !same_hands) {
      absl::Status status = StopClockOf(**before, (*before)->custodian(), (*before)->site());
      if (!status.ok()) return status;
    }
    return held ? Hold(same_hands ? &**before : nullptr, *after) : absl::OkStatus();
  }

  // Of the layers of a bulk store that a statement changed without extending their chains.
  absl::Status FollowLayers(const std::string& store) {
    absl::StatusOr<std::optional<std::string>> bytes = after_.Get(rules::keys::BulkAccount(store));
    if (!bytes.ok()) return bytes.status();
    state::v1::BulkAccount account;
    if (!bytes->has_value() || !account.ParseFromString(**bytes)) {
      return Missing("bulk store", store);
    }
    absl::Status status;
    for (const std::string& layer : account.touched()) {
      if (status.ok()) status = Follow(layer);
    }
    return status;
  }

  std::vector<ClockUpdate> Take() { return std::move(updates_); }

 private:
  // `before`: in the same hands; null: it begins, or comes into these hands.
  absl::Status Hold(const BatchState* before, const BatchState& after) {
    const state::v1::Holding* holding = rules::FindHolding(after, after.custodian());
    if (holding == nullptr) return Missing("the time it has lain of batch", after.batch());
    const state::v1::Holding* known =
        before == nullptr ? nullptr : rules::FindHolding(*before, before->custodian());
    if (known != nullptr && known->since_date() == holding->since_date() &&
        before->mass_g() == after.mass_g() && before->waste_code() == after.waste_code()) {
      return absl::OkStatus();
    }
    // The empty date, unknown, is before any other.
    const bool later = known != nullptr && known->since_date() < holding->since_date();
    ClockFactKind kind =
        later ? state::v1::CLOCK_FACT_KIND_CORRECTED : state::v1::CLOCK_FACT_KIND_START;
    if (known == nullptr && !rules::IsOwnWaste(after, after.custodian())) {
      kind = state::v1::CLOCK_FACT_KIND_ARRIVAL;
    }
    Add(after, after.custodian(), after.site(), kind, holding->since_date());
    if (known != nullptr) return absl::OkStatus();
    absl::StatusOr<std::string> from = DateAt(after.site(), act_time_ms_);
    if (!from.ok()) return from.status();
    updates_.back().fact.set_from_date(*from);
    return absl::OkStatus();
  }

  static absl::Status Missing(std::string_view what, std::string_view id) {
    return absl::DataLossError(fmt::format("{} {} is not in the state", what, id));
  }

  absl::StatusOr<BatchState> Batch(const rules::StateReader& state, const std::string& id) const {
    absl::StatusOr<std::optional<BatchState>> batch = rules::ReadBatch(state, id);
    if (!batch.ok()) return batch.status();
    if (!batch->has_value()) return Missing("batch", id);
    return **std::move(batch);
  }

  // What was not accepted has lain with the consignor as long as what it is a part of, and counts
  // where that was sent from.
  absl::Status BeginRemainder(const std::string& id, const std::string& site) {
    absl::StatusOr<BatchState> batch = Batch(after_, id);
    if (!batch.ok()) return batch.status();
    batch->set_site(site);
    return Hold(nullptr, *batch);
  }

  absl::StatusOr<std::string> DateAt(const std::string& site_id, int64_t time_ms) const {
    absl::StatusOr<std::optional<std::string>> bytes = after_.Get(rules::keys::Site(site_id));
    if (!bytes.ok()) return bytes.status();
    state::v1::SiteState site;
    if (bytes->has_value() && !site.ParseFromString(**bytes)) return Missing("site", site_id);
    const int64_t offset_ms =
        data_.ZoneOffsetMs(site.registered().time_zone()).value_or(rules::kLogZoneOffsetMs);
    return rules::FormatDate(rules::DayOf(time_ms, offset_ms));
  }

  absl::Status StopClockOf(const BatchState& batch, const std::string& organisation,
                           const std::string& site) {
    absl::StatusOr<std::string> date = DateAt(site, act_time_ms_);
    if (!date.ok()) return date.status();
    Add(batch, organisation, site, state::v1::CLOCK_FACT_KIND_STOP, *date);
    return absl::OkStatus();
  }

  void AddReceived(const BatchState& batch, const std::string& receiver, const std::string& site,
                   const std::string& date) {
    Add(batch, receiver, site,
        rules::IsOwnWaste(batch, receiver) ? state::v1::CLOCK_FACT_KIND_RESUME
                                           : state::v1::CLOCK_FACT_KIND_ARRIVAL,
        date);
  }

  // The organisation's own waste is T1; all else T5.
  void Add(const BatchState& batch, const std::string& organisation, const std::string& site,
           ClockFactKind kind, const std::string& date) {
    const Trigger trigger =
        rules::IsOwnWaste(batch, organisation) ? Trigger::kOwnWaste : Trigger::kCollectedWaste;
    ClockUpdate update;
    update.clock.set_batch(batch.batch());
    update.clock.set_organisation(organisation);
    update.clock.set_trigger(static_cast<uint32_t>(trigger));
    update.clock.set_waste_code(batch.waste_code());
    update.clock.set_generator(batch.generator());
    update.clock.set_site(site);
    update.clock.set_evidence_grade(batch.evidence_grade());
    update.fact.set_kind(kind);
    update.fact.set_index(index_);
    update.fact.set_date(date);
    update.fact.set_mass_g(batch.mass_g());
    updates_.push_back(std::move(update));
  }

  const rules::StateReader& before_;
  const rules::StateReader& after_;
  const rules::RuleData& data_;
  const uint64_t index_;
  const int64_t act_time_ms_;
  std::vector<ClockUpdate> updates_;
};

}  // namespace

absl::StatusOr<std::vector<ClockUpdate>> ClockUpdates(const rules::StateReader& before,
                                                      const rules::StateReader& after,
                                                      const rules::RuleData& data,
                                                      const statement::v1::Statement& statement,
                                                      uint64_t index, int64_t act_time_ms) {
  Collector collector(before, after, data, index, act_time_ms);
  absl::Status status;
  switch (statement.event_case()) {
    case statement::v1::Statement::kStockDeclared:
      status = collector.Declare(statement.stock_declared());
      break;
    case statement::v1::Statement::kBatchGenerated: {
      const auto& generated = statement.batch_generated();
      if (!generated.replaces().empty()) {
        status = collector.Follow(generated.batch());
        break;
      }
      status = collector.Begin(generated.batch(),
                               {generated.opened_time_ms(), generated.generated_time_ms()});
      break;
    }
    case statement::v1::Statement::kBatchStored: {
      const auto& stored = statement.batch_stored();
      // Storing what was received begins nothing: the clock runs since its arrival.
      status = collector.Begin(stored.batch(), {stored.stored_time_ms()});
      break;
    }
    case statement::v1::Statement::kBatchTreated:
      status = collector.End(statement.batch_treated().batch());
      break;
    case statement::v1::Statement::kLoadDelivered:
      status = collector.Arrive(statement.load_delivered().manifest(),
                                statement.load_delivered().delivered_time_ms());
      break;
    case statement::v1::Statement::kRoundDelivered:
      for (const std::string& manifest : statement.round_delivered().manifests()) {
        if (!status.ok()) break;
        status = collector.Arrive(manifest, statement.round_delivered().delivered_time_ms());
      }
      break;
    case statement::v1::Statement::kReceiptConfirmed:
      status = collector.Confirm(rules::WithFullLines(statement.receipt_confirmed()));
      break;
    case statement::v1::Statement::kBatchMoved:
    case statement::v1::Statement::kManifestIssued:
    case statement::v1::Statement::kWasteCollected:
    case statement::v1::Statement::kManifestCancelled:
      break;  // custody and age stay as they were
    case statement::v1::Statement::kIncidentReported:
      // On the road the batch is less, and its own chain waits for the manifest.
      if (!statement.incident_reported().manifest().empty() &&
          !statement.incident_reported().batch().empty()) {
        status = collector.Follow(statement.incident_reported().batch());
      }
      [[fallthrough]];
    default:
      for (const statement::v1::Link& link : statement.links()) {
        if (!status.ok() || !link.chain().starts_with(kBatchChain)) continue;
        status = collector.Follow(link.chain().substr(kBatchChain.size()));
      }
      for (const std::string& store : rules::BulkStoresChanged(statement)) {
        if (status.ok()) status = collector.FollowLayers(store);
      }
      break;
  }
  if (!status.ok()) return status;
  return collector.Take();
}

}  // namespace cradle::monitoring
