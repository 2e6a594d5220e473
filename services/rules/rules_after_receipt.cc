// What follows a receipt: refused waste comes back, and its consignor contests what the receiver
// says.
#include <algorithm>
#include <set>

#include "services/rules/admission.h"
#include "services/rules/batch_state.h"
#include "services/rules/calendar.h"
#include "services/rules/event_rules.h"
#include "services/rules/rules_collection.h"
#include "services/rules/rules_common.h"
#include "services/rules/rules_manifest.h"
#include "services/rules/state_keys.h"

namespace cradle::rules {
namespace {

namespace v1 = statement::v1;
using S = v1::Statement;
using state::v1::BatchState;
using state::v1::ManifestState;

using Ids = google::protobuf::RepeatedPtrField<std::string>;

// RETURN-BATCHES: what is brought back was refused under the manifest and has gone nowhere since.
std::vector<BatchState> JudgeReturned(Judge& judge, const Ids& batches, std::string_view manifest) {
  std::vector<BatchState> returned;
  std::set<std::string_view> distinct;
  const auto wrong = [&](std::string_view field, std::string en, std::string zh) {
    judge.Violate(RuleId::kReturnBatches, judge.Path(field), std::move(en), std::move(zh));
  };
  if (batches.empty()) wrong("batches", "no batch is returned", "没有退回的批次");
  for (int i = 0; i < batches.size(); ++i) {
    const std::string field = fmt::format("batches[{}]", i);
    auto batch = judge.Read<BatchState>(keys::Batch(batches[i]));
    if (!distinct.insert(batches[i]).second || !batch ||
        batch->status() != state::v1::BATCH_STATUS_REFUSED ||
        batch->refused_manifest() != manifest) {
      wrong(field, fmt::format("{} does not lie refused under this manifest", batches[i]),
            fmt::format("{} 不是本联单拒收后待退回的批次", batches[i]));
      continue;
    }
    returned.push_back(*std::move(batch));
  }
  return returned;
}

WasteOfLines WastesOf(const std::vector<BatchState>& batches) {
  v1::ManifestIssued lines;
  for (const BatchState& batch : batches) lines.add_lines()->set_waste_code(batch.waste_code());
  return rules::WastesOf(lines);
}

void JudgeLoadReturned(Judge& judge) {
  const v1::LoadReturned& event = judge.statement().load_returned();
  RequireFactTime(judge, event.returned_time_ms(), "returned_time_ms");
  AllowText(judge, event.vehicle(), "vehicle");
  const auto& found =
      JudgeManifest(judge, event.manifest(), {state::v1::MANIFEST_STATUS_CONFIRMED});
  if (!found) return;
  RequireParty(judge, 1, found->consignor());
  const std::vector<BatchState> batches = JudgeReturned(judge, event.batches(), event.manifest());
  const WasteOfLines wastes = WastesOf(batches);
  const std::string& carrier = FirstParty(judge);
  JudgeVehicle(judge, event.vehicle(), carrier, wastes.medical, "vehicle");
  JudgeCarrierOf(judge, carrier, wastes, "parties[0].organisation");
  ManifestState manifest = *found;
  for (const BatchState& refused : batches) {
    BatchState returned = refused;
    returned.set_status(IsOwnWaste(refused, refused.custodian())
                            ? state::v1::BATCH_STATUS_GENERATED
                            : state::v1::BATCH_STATUS_RECEIVED);
    returned.set_site(found->issued().consignor_site());
    returned.clear_refused_manifest();
    PutBatch(judge, &refused, std::move(returned));
    manifest.add_returned_batches(refused.batch());
  }
  const bool refused_whole = std::all_of(
      found->received().begin(), found->received().end(),
      [](const v1::ReceivedLine& line) { return line.outcome() == v1::LINE_OUTCOME_REFUSED; });
  if (refused_whole && manifest.returned_batches_size() == found->issued().lines_size()) {
    manifest.set_status(state::v1::MANIFEST_STATUS_RETURNED);
  }
  manifest.set_index(judge.index());
  judge.Put(keys::Manifest(event.manifest()), manifest);
}

// CONTEST-BATCHES: batches of the manifest, remainders too, each once.
void JudgeContestedBatches(Judge& judge, const Ids& batches, const ManifestState& manifest) {
  std::set<std::string_view> open;
  for (const v1::ManifestLine& line : manifest.issued().lines()) open.insert(line.batch());
  for (const v1::ReceivedLine& line : manifest.received()) {
    if (!line.remainder_batch().empty()) open.insert(line.remainder_batch());
  }
  if (batches.empty()) {
    judge.Violate(RuleId::kContestBatches, judge.Path("batches"), "no batch is named",
                  "未列出批次");
  }
  for (int i = 0; i < batches.size(); ++i) {
    if (open.erase(batches[i]) > 0) continue;
    judge.Violate(RuleId::kContestBatches, judge.Path(fmt::format("batches[{}]", i)),
                  fmt::format("{} is not of this manifest, or is named twice", batches[i]),
                  fmt::format("{} 不属于本联单，或重复列出", batches[i]));
  }
}

// CONTEST-LATE: counted from the confirmation; what became of the waste, from the last that
// happened to it.
void JudgeContestTime(Judge& judge, const v1::ReceiptContested& event,
                      const ManifestState& manifest) {
  int64_t begin_ms = manifest.confirmed_time_ms();
  if (event.reason() == v1::CONTEST_REASON_TREATMENT) {
    for (const std::string& batch : event.batches()) {
      const auto head = judge.Read<state::v1::ChainHead>(keys::Chain("batch:" + batch));
      if (head) begin_ms = std::max(begin_ms, head->act_time_ms());
    }
  }
  const absl::CivilDay last = DayOf(begin_ms, kLogZoneOffsetMs) + LimitOf(judge, "contest_days");
  if (judge.act_day() <= last) return;
  judge.Violate(RuleId::kContestLate, judge.Path("manifest"),
                fmt::format("it could be contested until {}", FormatDate(last)),
                fmt::format("异议期限至 {}", FormatDate(last)));
}

// CONTEST-OPEN: whether one is open is as it must be.
bool RequireContest(Judge& judge, const ManifestState& manifest, bool open) {
  const bool is_open =
      !manifest.contests().empty() && manifest.contests().rbegin()->resolved_index() == 0;
  if (is_open == open) return true;
  judge.Violate(
      RuleId::kContestOpen, judge.Path("manifest"),
      is_open ? "a contest of this receipt is open" : "no contest of this receipt is open",
      is_open ? "该接受确认已有未决异议" : "该接受确认没有未决异议");
  return false;
}

void JudgeReceiptContested(Judge& judge) {
  const v1::ReceiptContested& event = judge.statement().receipt_contested();
  RequireChosen(judge, event.reason(), "reason");
  RequireDocuments(judge, event.evidence_sha256(), "evidence_sha256");
  const auto& found =
      JudgeManifest(judge, event.manifest(),
                    {state::v1::MANIFEST_STATUS_CONFIRMED, state::v1::MANIFEST_STATUS_RETURNED});
  if (!found) return;
  RequireParty(judge, 0, found->consignor());
  JudgeContestedBatches(judge, event.batches(), *found);
  RequireContest(judge, *found, false);
  if (const int most = LimitOf(judge, "contests_max"); found->contests_size() >= most) {
    judge.Violate(RuleId::kContestOpen, judge.Path("manifest"),
                  fmt::format("it has been contested {} times, the most there may be", most),
                  fmt::format("已提出异议{}次，达到上限", most));
  }
  JudgeContestTime(judge, event, *found);
  ManifestState manifest = *found;
  state::v1::Contest& contest = *manifest.add_contests();
  *contest.mutable_contested() = event;
  contest.set_index(judge.index());
  contest.set_contested_time_ms(judge.act_time_ms());
  manifest.set_index(judge.index());
  judge.Put(keys::Manifest(event.manifest()), manifest);
}

void JudgeContestResolved(Judge& judge) {
  const v1::ContestResolved& event = judge.statement().contest_resolved();
  RequireChosen(judge, event.resolution(), "resolution");
  RequireDocuments(judge, event.evidence_sha256(), "evidence_sha256");
  if (event.of_collection()) return JudgeCollectionResolved(judge, event);
  const auto& found =
      JudgeManifest(judge, event.manifest(),
                    {state::v1::MANIFEST_STATUS_CONFIRMED, state::v1::MANIFEST_STATUS_RETURNED});
  if (!found) return;
  if (judge.statement().parties(0).capacity() == v1::CAPACITY_REGULATOR) {
    const auto site = judge.Read<state::v1::SiteState>(keys::Site(found->issued().receiver_site()));
    JudgeRegulator(judge, 0, site ? site->registered().division() : std::string());
  } else {
    RequireParty(judge, 0, found->consignor());
    RequireParty(judge, 1, found->issued().receiver());
  }
  if (!RequireContest(judge, *found, true)) return;
  ManifestState manifest = *found;
  state::v1::Contest& contest = *manifest.mutable_contests()->rbegin();
  contest.set_resolved_index(judge.index());
  contest.set_resolution(event.resolution());
  manifest.set_index(judge.index());
  judge.Put(keys::Manifest(event.manifest()), manifest);
}

constexpr EventRow kEvents[] = {
    {.event = S::kLoadReturned,
     .title_en = "Refused load returned",
     .title_zh = "拒收退回",
     .key_role = v1::KEY_ROLE_OPERATOR,
     .parties = &parties::Always<parties::kReturn>,
     .chains =
         [](const S& s, ChainList& chains) {
           chains.Add("manifest", s.load_returned().manifest());
           for (const std::string& batch : s.load_returned().batches()) chains.Add("batch", batch);
         },
     .judge = JudgeLoadReturned,
     .manifest = [](const S& s) -> const std::string& { return s.load_returned().manifest(); },
     .handover = true,
     .first_set = 2},
    {.event = S::kReceiptContested,
     .title_en = "Receipt contested",
     .title_zh = "对接受确认提出异议",
     .key_role = v1::KEY_ROLE_OPERATOR,
     .parties = &parties::Always<parties::kConsignor>,
     .chains = [](const S& s,
                  ChainList& chains) { chains.Add("manifest", s.receipt_contested().manifest()); },
     .judge = JudgeReceiptContested,
     .manifest = [](const S& s) -> const std::string& { return s.receipt_contested().manifest(); },
     .first_set = 2},
    {.event = S::kContestResolved,
     .title_en = "Contest resolved",
     .title_zh = "异议处理",
     .key_role = v1::KEY_ROLE_OPERATOR,
     .parties =
         [](const S& s) {
           return s.contest_resolved().of_collection() ? PartyLists(parties::kPickupOrRegulator)
                                                       : PartyLists(parties::kEndsOrRegulator);
         },
     .chains =
         [](const S& s, ChainList& chains) {
           const std::string& manifest = s.contest_resolved().manifest();
           if (s.contest_resolved().of_collection()) return AddDocket(manifest, chains);
           chains.Add("manifest", manifest);
         },
     .judge = JudgeContestResolved,
     .manifest = [](const S& s) -> const std::string& { return s.contest_resolved().manifest(); },
     .first_set = 2},
};

}  // namespace

std::span<const EventRow> AfterReceiptEvents() { return kEvents; }

}  // namespace cradle::rules
