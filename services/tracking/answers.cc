#include "services/tracking/answers.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "services/rules/admission.h"
#include "services/rules/calendar.h"
#include "services/rules/disputes.h"
#include "services/rules/information_heads.h"
#include "services/rules/medical_clock.h"
#include "services/rules/state_keys.h"
#include "services/runtime/query.h"

namespace cradle::tracking {
namespace {

namespace keys = rules::keys;
using state::v1::BatchState;
using state::v1::ManifestState;

uint64_t IndexAtEnd(std::string_view key) {
  key.remove_prefix(key.size() - rows::kIndexBytes);
  return runtime::TakeBigEndian(key, rows::kIndexBytes);
}

struct OwnStep {
  uint64_t index = 0;
  rows::BatchStepRow row;
};

absl::StatusOr<std::vector<OwnStep>> OwnSteps(const kv::Reader& reader, std::string_view batch) {
  std::vector<OwnStep> steps;
  absl::Status damage;
  absl::Status status = reader.Scan(kv::Prefix(rows::BatchSteps(batch)), kv::Order::kAscending,
                                    [&](std::string_view key, std::string_view value) {
                                      auto row = rows::DecodeBatchStepRow(value);
                                      damage.Update(row.status());
                                      if (!row.ok()) return false;
                                      steps.push_back({IndexAtEnd(key), *std::move(row)});
                                      return true;
                                    });
  status.Update(damage);
  if (!status.ok()) return status;
  return steps;
}

// The manifest's steps between two of the batch's own, which extend the batch's chain too.
absl::Status StepsBetween(const kv::Reader& reader, std::string_view manifest, uint64_t after,
                          uint64_t before, std::vector<StepOfBatch>& steps) {
  const std::string prefix = rows::ManifestSteps(manifest);
  kv::Range range{prefix, prefix};
  runtime::AppendBigEndian(range.begin, after + 1, rows::kIndexBytes);
  runtime::AppendBigEndian(range.end, before, rows::kIndexBytes);
  return reader.Scan(range, kv::Order::kAscending,
                     [&](std::string_view key, std::string_view marked) {
                       steps.push_back({IndexAtEnd(key), 0, fmt::format("manifest:{}", manifest),
                                        !marked.empty() && marked.front() != 0});
                       return true;
                     });
}

}  // namespace

absl::StatusOr<BatchState> Answers::FindBatch(std::string_view batch) const {
  absl::StatusOr<std::optional<BatchState>> state =
      runtime::ReadMessage<BatchState>(reader_, keys::Batch(batch));
  if (!state.ok()) return state.status();
  if (state->has_value()) return **std::move(state);
  return absl::NotFoundError(fmt::format("no batch {} is in the log", batch));
}

absl::StatusOr<ManifestState> Answers::FindManifest(std::string_view manifest) const {
  absl::StatusOr<std::optional<ManifestState>> state =
      runtime::ReadMessage<ManifestState>(reader_, keys::Manifest(manifest));
  if (!state.ok()) return state.status();
  if (state->has_value()) return **std::move(state);
  return absl::NotFoundError(fmt::format("no manifest {} is in the log", manifest));
}

absl::StatusOr<std::string> Answers::ZoneOf(std::string_view site) const {
  auto state = runtime::ReadKept<state::v1::SiteState>(reader_, keys::Site(site));
  if (!state.ok()) return state.status();
  return state->registered().time_zone();
}

absl::StatusOr<std::string> Answers::NameOf(const std::string& organisation) {
  if (organisation.empty()) return std::string();
  const auto found = names_.find(organisation);
  if (found != names_.end()) return found->second;
  auto state =
      runtime::ReadKept<state::v1::OrganisationState>(reader_, keys::Organisation(organisation));
  if (!state.ok()) return state.status();
  return names_.emplace(organisation, state->registered().name()).first->second;
}

absl::StatusOr<std::vector<StepOfBatch>> Answers::StepsOf(std::string_view batch) const {
  absl::StatusOr<std::vector<OwnStep>> own = OwnSteps(reader_, batch);
  if (!own.ok()) return own.status();
  std::vector<StepOfBatch> steps;
  for (size_t i = 0; i < own->size(); ++i) {
    const OwnStep& step = (*own)[i];
    steps.push_back({step.index, step.row.mass_g, fmt::format("batch:{}", batch), step.row.marked});
    if (step.row.manifest.empty()) continue;
    const uint64_t until = i + 1 < own->size() ? (*own)[i + 1].index : UINT64_MAX;
    absl::Status status = StepsBetween(reader_, step.row.manifest, step.index, until, steps);
    if (!status.ok()) return status;
  }
  return steps;
}

absl::StatusOr<v1::TraceStep> Answers::Step(uint64_t index) const {
  return runtime::ReadKept<v1::TraceStep>(reader_, rows::Step(index));
}

absl::Status Answers::AddMarks(uint64_t index,
                               google::protobuf::RepeatedPtrField<v1::Violation>* marks) const {
  absl::StatusOr<v1::TraceStep> step = Step(index);
  if (step.ok()) marks->MergeFrom(step->marks());
  return step.status();
}

absl::Status Answers::AddDue(const BatchState& batch, int64_t as_of_ms, v1::BatchView& view) {
  if (!batch.waste_code().ends_with("-01") || view.status() == state::v1::BATCH_STATUS_IN_TRANSIT) {
    return absl::OkStatus();
  }
  const auto data = runtime::RuleDataInForce(reader_, context_);
  if (!data.ok()) return data.status();
  const auto limits =
      rules::MedicalLimitsOn(**data, rules::DayOf(context_.now_ms, rules::kLogZoneOffsetMs));
  if (!limits) return absl::OkStatus();  // of a first rule set
  const absl::StatusOr<std::string> zone = ZoneOf(batch.site());
  if (!zone.ok()) return zone.status();
  std::optional<state::v1::FacilityState> facility;
  if (!batch.facility().empty()) {
    auto state =
        runtime::ReadKept<state::v1::FacilityState>(reader_, keys::Facility(batch.facility()));
    if (!state.ok()) return state.status();
    facility = *std::move(state);
  }
  const std::optional<int64_t> due_ms =
      rules::MedicalDueMs(batch, facility ? &*facility : nullptr,
                          (*data)->ZoneOffsetMs(*zone).value_or(rules::kLogZoneOffsetMs), *limits);
  if (!due_ms) return absl::OkStatus();
  view.set_due_time_ms(*due_ms);
  view.set_overdue(*due_ms < as_of_ms);
  return absl::OkStatus();
}

absl::StatusOr<v1::BatchView> Answers::View(BatchState batch, absl::CivilDay on_day,
                                            int64_t as_of_ms) {
  v1::BatchView view;
  std::optional<ManifestState> manifest;
  if (!batch.manifest().empty()) {
    absl::StatusOr<ManifestState> on = FindManifest(batch.manifest());
    if (!on.ok()) return on.status();
    manifest = *std::move(on);
  }
  view.set_status(rules::BatchStatusOf(batch, manifest ? &*manifest : nullptr));

  if (absl::Status status = AddDue(batch, as_of_ms, view); !status.ok()) return status;

  absl::StatusOr<std::string> generator = NameOf(batch.generator());
  if (!generator.ok()) return generator.status();
  view.set_generator_name(*generator);
  absl::StatusOr<std::string> custodian = NameOf(batch.custodian());
  if (!custodian.ok()) return custodian.status();
  view.set_custodian_name(*custodian);

  for (const rules::InformationHead head : rules::kInformationHeads) {
    if (rules::StatusOfHead(batch, head) != rules::InformationStatus::kMissing) continue;
    view.add_missing(static_cast<v1::InformationHead>(static_cast<int>(head) + 1));
  }

  const std::string start = rules::EarliestStartDate(batch);
  view.set_storage_start_date(start);
  view.set_age_days(-1);  // unknown
  if (!start.empty()) {
    absl::StatusOr<absl::CivilDay> start_day = rules::ParseDate(start);
    if (!start_day.ok()) return start_day.status();
    view.set_age_days(std::max<int64_t>(0, on_day - *start_day));
  }

  absl::StatusOr<std::vector<StepOfBatch>> steps = StepsOf(batch.batch());
  if (!steps.ok()) return steps.status();
  for (const StepOfBatch& step : *steps) {
    if (!step.marked) continue;
    if (absl::Status status = AddMarks(step.index, view.mutable_marks()); !status.ok()) {
      return status;
    }
  }
  *view.mutable_batch() = std::move(batch);
  return view;
}

absl::StatusOr<v1::RelatedBatch> Answers::Related(const BatchState& batch) {
  v1::RelatedBatch related;
  related.set_batch(batch.batch());
  related.set_waste_code(batch.waste_code());
  related.set_mass_g(batch.mass_g());
  related.set_status(batch.status());
  *related.mutable_generators() = batch.generators();
  if (!batch.generator().empty()) related.add_generators(batch.generator());
  for (const std::string& generator : related.generators()) {
    absl::StatusOr<std::string> name = NameOf(generator);
    if (!name.ok()) return name.status();
    related.add_generator_names(*std::move(name));
  }
  related.set_storage_start_date(rules::EarliestStartDate(batch));
  related.set_oldest_out_first(batch.oldest_out_first());
  return related;
}

absl::StatusOr<v1::ManifestView> Answers::View(ManifestState manifest) {
  v1::ManifestView view;
  absl::StatusOr<std::string> consignor = NameOf(manifest.consignor());
  if (!consignor.ok()) return consignor.status();
  view.set_consignor_name(*consignor);
  for (const statement::v1::CarrierLeg& leg : manifest.issued().carriers()) {
    absl::StatusOr<std::string> carrier = NameOf(leg.organisation());
    if (!carrier.ok()) return carrier.status();
    view.add_carrier_names(*carrier);
  }
  absl::StatusOr<std::string> receiver = NameOf(manifest.issued().receiver());
  if (!receiver.ok()) return receiver.status();
  view.set_receiver_name(*receiver);

  std::vector<StepOfBatch> steps;
  const std::string prefix = rows::ManifestSteps(manifest.issued().manifest());
  absl::Status status = reader_.Scan(kv::Prefix(prefix), kv::Order::kAscending,
                                     [&](std::string_view key, std::string_view marked) {
                                       if (!marked.empty() && marked.front() != 0) {
                                         steps.push_back({IndexAtEnd(key), 0, "", true});
                                       }
                                       return true;
                                     });
  if (!status.ok()) return status;
  for (const StepOfBatch& step : steps) {
    status = AddMarks(step.index, view.mutable_marks());
    if (!status.ok()) return status;
  }
  int64_t difference_g = 0;
  for (const state::v1::LineDifference& difference : manifest.differences()) {
    difference_g += difference.mass_difference_g();
  }
  view.set_difference_mass_g(difference_g);
  *view.mutable_manifest() = std::move(manifest);
  return view;
}

absl::Status Answers::AddDisputes(const std::string& chain,
                                  google::protobuf::RepeatedPtrField<v1::DisputeView>* disputes) {
  absl::Status damage;
  std::vector<state::v1::DisputeState> found;
  absl::Status status = reader_.Scan(
      kv::Prefix(keys::Disputes(chain)), kv::Order::kAscending,
      [&](std::string_view, std::string_view bytes) {
        if (!found.emplace_back().ParseFromString(std::string(bytes))) {
          damage = absl::DataLossError(fmt::format("a dispute on {} is damaged", chain));
        }
        return damage.ok();
      });
  status.Update(damage);
  if (!status.ok()) return status;
  const runtime::StoredState state(&reader_);
  for (state::v1::DisputeState& dispute : found) {
    v1::DisputeView& view = *disputes->Add();
    view.set_open(rules::IsOpen(dispute));
    const auto standing = rules::ReadStanding(state, chain, dispute.height());
    if (!standing.ok()) return standing.status();
    if (*standing) {
      view.set_admitted_index((*standing)->index());
      view.set_admitted_statement_hash((*standing)->statement_hash());
    }
    for (const state::v1::DisputedClaim& claim : dispute.claims()) {
      for (const std::string& organisation : claim.organisations()) {
        absl::StatusOr<std::string> name = NameOf(organisation);
        if (!name.ok()) return name.status();
        view.add_organisation_names(*std::move(name));
      }
    }
    *view.mutable_dispute() = std::move(dispute);
  }
  return absl::OkStatus();
}

absl::Status Answers::AddDisputesOf(const BatchState& batch,
                                    google::protobuf::RepeatedPtrField<v1::DisputeView>* disputes) {
  absl::Status status = AddDisputes(fmt::format("batch:{}", batch.batch()), disputes);
  for (const std::string& manifest : batch.manifests()) {
    if (status.ok()) status = AddDisputes(fmt::format("manifest:{}", manifest), disputes);
  }
  return status;
}

}  // namespace cradle::tracking
