// What is changed of a manifest after its issue: cancelled, other carriers, its official number.
#include <algorithm>

#include "services/rules/batch_state.h"
#include "services/rules/event_rules.h"
#include "services/rules/rules_amounts.h"
#include "services/rules/rules_common.h"
#include "services/rules/rules_manifest.h"
#include "services/rules/state_keys.h"

namespace cradle::rules {
namespace {

namespace v1 = statement::v1;
using S = v1::Statement;

// MANIFEST-BATCHES.
bool JudgeAllBatches(Judge& judge, const google::protobuf::RepeatedPtrField<std::string>& batches,
                     const v1::ManifestIssued& issued) {
  const auto& lines = issued.lines();
  if (std::equal(batches.begin(), batches.end(), lines.begin(), lines.end(),
                 [](const std::string& batch, const v1::ManifestLine& line) {
                   return batch == line.batch();
                 })) {
    return true;
  }
  judge.Violate(RuleId::kManifestBatches, judge.Path("batches"),
                fmt::format("not the {} batches of the manifest, in its order", lines.size()),
                fmt::format("与联单的{}个批次及其顺序不符", lines.size()));
  return false;
}

// A driver alone said that it was collected, and it was found that it was not.
bool WasNeverCollected(const state::v1::ManifestState& manifest) {
  const state::v1::CollectionContest& contest = manifest.collection().contest();
  return manifest.status() == state::v1::MANIFEST_STATUS_IN_TRANSIT &&
         contest.resolution() == v1::CONTEST_RESOLUTION_UPHELD &&
         (contest.contested().reason() == v1::COLLECTION_CONTEST_REASON_NOT_OURS ||
          contest.contested().reason() == v1::COLLECTION_CONTEST_REASON_NOBODY_COLLECTED);
}

void JudgeManifestCancelled(Judge& judge) {
  const v1::ManifestCancelled& event = judge.statement().manifest_cancelled();
  RequireChosen(judge, event.reason(), "reason");
  const bool undone = judge.Manifest() && WasNeverCollected(*judge.Manifest());
  const auto& found = JudgeManifest(
      judge, event.manifest(),
      {state::v1::MANIFEST_STATUS_ISSUED,
       undone ? state::v1::MANIFEST_STATUS_IN_TRANSIT : state::v1::MANIFEST_STATUS_ISSUED});
  if (!found) return;
  RequireParty(judge, 0, found->consignor());
  if (!JudgeAllBatches(judge, event.batches(), found->issued())) return;
  for (const std::string& id : event.batches()) {
    const std::optional<state::v1::BatchState> batch = ReadBatchOfManifest(judge, id);
    if (!batch) return;
    state::v1::BatchState restored = *batch;
    restored.set_status(batch->status_before());
    restored.set_status_before(state::v1::BATCH_STATUS_UNSPECIFIED);
    restored.set_manifest("");
    PutBatch(judge, &*batch, std::move(restored));
  }
  if (!undone) judge.accounts().Consign(*found, -1);
  GiveBack(judge, *found);
  state::v1::ManifestState manifest = *found;
  manifest.set_status(state::v1::MANIFEST_STATUS_CANCELLED);
  manifest.set_index(judge.index());
  judge.Put(keys::Manifest(event.manifest()), manifest);
}

// Who has signed stays; of those still to come one list takes the place of the other.
void JudgeCarriersChanged(Judge& judge) {
  const v1::CarriersChanged& event = judge.statement().carriers_changed();
  const auto& found =
      JudgeManifest(judge, event.manifest(),
                    {state::v1::MANIFEST_STATUS_ISSUED, state::v1::MANIFEST_STATUS_IN_TRANSIT});
  if (!found) return;
  RequireParty(judge, 0, found->consignor());
  const v1::ManifestIssued& issued = found->issued();
  // Of a manifest in another state, which was refused above, nobody is to come.
  const int have_signed =
      found->status() == state::v1::MANIFEST_STATUS_ISSUED
          ? 0
          : std::min(static_cast<int>(found->carrier()) + 1, issued.carriers_size());
  JudgeLegParties(judge, found->consignor(), issued.receiver(),
                  have_signed == 0 ? "" : issued.carriers(have_signed - 1).organisation(),
                  event.carriers());
  JudgeLegs(judge, static_cast<size_t>(have_signed), event.carriers(), WastesOf(issued));
  state::v1::ManifestState manifest = *found;
  Legs& legs = *manifest.mutable_issued()->mutable_carriers();
  legs.DeleteSubrange(have_signed, legs.size() - have_signed);
  legs.MergeFrom(event.carriers());
  manifest.set_index(judge.index());
  judge.Put(keys::Manifest(event.manifest()), manifest);
}

void JudgeOfficialNumberAttached(Judge& judge) {
  const v1::OfficialNumberAttached& event = judge.statement().official_number_attached();
  const auto& found =
      JudgeManifest(judge, event.manifest(),
                    {state::v1::MANIFEST_STATUS_ISSUED, state::v1::MANIFEST_STATUS_DELIVERED,
                     state::v1::MANIFEST_STATUS_CONFIRMED, state::v1::MANIFEST_STATUS_RETURNED});
  if (!found) return;
  const bool consignor = judge.statement().parties(0).capacity() == v1::CAPACITY_CONSIGNOR;
  RequireParty(judge, 0, consignor ? found->consignor() : found->issued().receiver());
  if (!RequireText(judge, event.official_number(), "official_number")) return;
  if (!found->official_number().empty()) {
    judge.Violate(RuleId::kOfficialNumberUnique, judge.Path("official_number"),
                  fmt::format("the manifest has the number {}", found->official_number()),
                  fmt::format("联单已有编号 {}", found->official_number()));
    return;
  }
  if (!JudgeOfficialNumber(judge, event.official_number(), event.manifest(), "")) return;
  state::v1::ManifestState manifest = *found;
  manifest.set_official_number(event.official_number());
  manifest.set_official_number_due(false);
  manifest.set_index(judge.index());
  judge.Put(keys::Manifest(event.manifest()), manifest);
}

constexpr EventRow kEvents[] = {
    {.event = S::kManifestCancelled,
     .title_en = "Cancellation of a manifest",
     .title_zh = "作废联单",
     .key_role = v1::KEY_ROLE_OPERATOR,
     .parties = &parties::Always<parties::kConsignor>,
     .chains =
         [](const S& s, ChainList& chains) {
           chains.Add("manifest", s.manifest_cancelled().manifest());
           for (const std::string& batch : s.manifest_cancelled().batches()) {
             chains.Add("batch", batch);
           }
         },
     .judge = JudgeManifestCancelled,
     .manifest = [](const S& s) -> const std::string& { return s.manifest_cancelled().manifest(); },
     .first_set = 2},
    {.event = S::kCarriersChanged,
     .title_en = "Change of carriers",
     .title_zh = "变更承运人",
     .key_role = v1::KEY_ROLE_OPERATOR,
     .parties = &parties::Always<parties::kConsignor>,
     .chains = [](const S& s,
                  ChainList& chains) { chains.Add("manifest", s.carriers_changed().manifest()); },
     .judge = JudgeCarriersChanged,
     .manifest = [](const S& s) -> const std::string& { return s.carriers_changed().manifest(); },
     .first_set = 2},
    {.event = S::kOfficialNumberAttached,
     .title_en = "Official number attached",
     .title_zh = "填写官方联单编号",
     .key_role = v1::KEY_ROLE_OPERATOR,
     .parties = &parties::Always<parties::kConsignorOrReceiver>,
     .chains =
         [](const S& s, ChainList& chains) {
           chains.Add("manifest", s.official_number_attached().manifest());
         },
     .judge = JudgeOfficialNumberAttached,
     .manifest = [](const S& s) -> const std::string& {
       return s.official_number_attached().manifest();
     },
     .first_set = 2},
};

}  // namespace

std::span<const EventRow> ManifestChangeEvents() { return kEvents; }

}  // namespace cradle::rules
