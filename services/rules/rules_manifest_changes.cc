// What the consignor changes of a manifest after its issue.
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

void JudgeManifestCancelled(Judge& judge) {
  const v1::ManifestCancelled& event = judge.statement().manifest_cancelled();
  RequireChosen(judge, event.reason(), "reason");
  const auto& found = JudgeManifest(judge, event.manifest(), state::v1::MANIFEST_STATUS_ISSUED);
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
  judge.accounts().Consign(*found, -1);
  GiveBack(judge, *found);
  state::v1::ManifestState manifest = *found;
  manifest.set_status(state::v1::MANIFEST_STATUS_CANCELLED);
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
};

}  // namespace

std::span<const EventRow> ManifestChangeEvents() { return kEvents; }

}  // namespace cradle::rules
