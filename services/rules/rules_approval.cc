// Approvals of transfers between provinces: Order 23, art 21-28.
#include "services/rules/rules_approval.h"

#include <algorithm>
#include <set>

#include "services/rules/calendar.h"
#include "services/rules/event_rules.h"
#include "services/rules/rules_common.h"
#include "services/rules/rules_licence.h"
#include "services/rules/rules_manifest.h"
#include "services/rules/state_keys.h"

namespace cradle::rules {
namespace {

namespace v1 = statement::v1;
using S = v1::Statement;

constexpr int kWastesMax = 500;

const v1::ApprovedWaste* FindWaste(const v1::TransferApproved& approval,
                                   std::string_view waste_code) {
  const auto& wastes = approval.wastes();
  const auto found = std::find_if(wastes.begin(), wastes.end(), [&](const v1::ApprovedWaste& w) {
    return w.waste_code() == waste_code;
  });
  return found == wastes.end() ? nullptr : &*found;
}

void JudgeWastes(Judge& judge, const v1::TransferApproved& event) {
  if (event.wastes().empty() || event.wastes_size() > kWastesMax) {
    judge.Violate(RuleId::kFormField, judge.Path("wastes"),
                  fmt::format("wastes: {}, not 1 to {}", event.wastes_size(), kWastesMax),
                  fmt::format("wastes：{}种，应为1至{}种", event.wastes_size(), kWastesMax));
    return;
  }
  std::set<std::string_view> distinct;
  for (int i = 0; i < event.wastes_size(); ++i) {
    const v1::ApprovedWaste& waste = event.wastes(i);
    const auto field = [i](std::string_view name) { return fmt::format("wastes[{}].{}", i, name); };
    RequireWasteCode(judge, waste.waste_code(), field("waste_code"));
    RequireMassLimit(judge, waste.approved_mass_g(), field("approved_mass_g"));
    if (!waste.method_code().empty()) FindMethod(judge, waste.method_code(), field("method_code"));
    if (distinct.insert(waste.waste_code()).second) continue;
    judge.Violate(RuleId::kFormField, judge.Path(field("waste_code")),
                  fmt::format("wastes[{}]: the code is given twice", i),
                  fmt::format("wastes[{}]：废物代码重复", i));
  }
}

// APPROVAL-PERIOD, APPROVAL-LICENCE.
void JudgeApprovedPeriod(Judge& judge, const v1::TransferApproved& event, const Period& period) {
  const absl::CivilDay last = AddMonths(period.from, LimitOf(judge, "approval_months_max"));
  if (period.to > last) {
    judge.Violate(
        RuleId::kApprovalPeriod, judge.Path("valid_to_date"),
        fmt::format("an approval from {} ends on {} at the latest", event.valid_from_date(),
                    FormatDate(last)),
        fmt::format("自 {} 起的批准，止日不得晚于 {}", event.valid_from_date(), FormatDate(last)));
  }
  const state::v1::LicencesState licences = ReadLicences(judge, event.receiver());
  for (int i = 0; i < event.wastes_size(); ++i) {
    const std::string& code = event.wastes(i).waste_code();
    // Of another form: CODE-FORM has said so.
    if (code.size() != 10 ||
        HasOperatingLicenceFor(licences, code, event.valid_from_date(), event.valid_to_date())) {
      continue;
    }
    judge.Violate(RuleId::kApprovalLicence, judge.Path(fmt::format("wastes[{}].waste_code", i)),
                  fmt::format("the receiver has no licence for {} from {} to {}", code,
                              event.valid_from_date(), event.valid_to_date()),
                  fmt::format("接受人在 {} 至 {} 没有覆盖 {} 的许可证", event.valid_from_date(),
                              event.valid_to_date(), code));
  }
}

// APPROVAL-PROVINCE, and what holds of every regulator.
void JudgeProvince(Judge& judge, const v1::SiteRegistered& site) {
  JudgeRegulator(judge, 0, site.division());
  const auto& authority = judge.Organisation(FirstParty(judge));
  if (!authority || authority->registered().division().ends_with("0000")) return;
  judge.Violate(RuleId::kApprovalProvince, "parties[0].organisation",
                fmt::format("{} is no authority of a province", authority->registered().name()),
                fmt::format("{} 不是省级主管部门", authority->registered().name()));
}

void JudgeTransferApproved(Judge& judge) {
  const v1::TransferApproved& event = judge.statement().transfer_approved();
  RequireText(judge, event.approval_number(), "approval_number");
  RequireSha256(judge, event.document_sha256(), "document_sha256");
  JudgeWastes(judge, event);
  const auto period = RequirePeriod(judge, event.valid_from_date(), event.valid_to_date());
  FindOrganisation(judge, event.organisation(), judge.Path("organisation"));
  if (const auto site =
          FindSite(judge, event.consignor_site(), event.organisation(), "consignor_site")) {
    JudgeProvince(judge, *site);
  }
  if (FindOrganisation(judge, event.receiver(), judge.Path("receiver"))) {
    FindSite(judge, event.receiver_site(), event.receiver(), "receiver_site");
  }
  if (period) JudgeApprovedPeriod(judge, event, *period);
  const std::string key = keys::Approval(event.organisation(), event.approval_number());
  RequireNew(judge, key, event.approval_number(), "approval_number");
  state::v1::ApprovalState approval;
  *approval.mutable_approved() = event;
  approval.set_index(judge.index());
  judge.Put(key, approval);
}

std::string_view Province(const std::optional<state::v1::SiteState>& site) {
  return site ? std::string_view(site->registered().division()).substr(0, 2) : std::string_view();
}

// What was refused leaves from where it was refused.
std::string SiteOfDeparture(Judge& judge, const v1::ManifestIssued& event) {
  if (event.forwards_manifest().empty() || event.lines().empty()) return event.consignor_site();
  const auto batch = judge.Read<state::v1::BatchState>(keys::Batch(event.lines(0).batch()));
  return batch ? batch->site() : event.consignor_site();
}

// Why an approval does not serve for this manifest; empty: it does.
struct Reason {
  std::string en;
  std::string zh;
};
std::optional<Reason> WhyNot(const v1::ManifestIssued& event, const std::string& date,
                             const std::optional<state::v1::ApprovalState>& state) {
  if (event.approval().empty()) {
    return Reason{"the places lie in different provinces and no approval is named",
                  "跨省转移未填写批准文号"};
  }
  if (!state) {
    return Reason{fmt::format("the consignor has no approval {}", event.approval()),
                  fmt::format("移出人没有批准 {}", event.approval())};
  }
  const v1::TransferApproved& approval = state->approved();
  if (approval.consignor_site() != event.consignor_site() ||
      approval.receiver() != event.receiver() ||
      approval.receiver_site() != event.receiver_site()) {
    return Reason{fmt::format("{} is for other places", event.approval()),
                  fmt::format("{} 所批准的场所不同", event.approval())};
  }
  if (date < approval.valid_from_date() || approval.valid_to_date() < date) {
    return Reason{fmt::format("{} holds from {} to {}", event.approval(),
                              approval.valid_from_date(), approval.valid_to_date()),
                  fmt::format("{} 有效期为 {} 至 {}", event.approval(), approval.valid_from_date(),
                              approval.valid_to_date())};
  }
  for (const WasteOfLines::Waste& waste : WastesOf(event).distinct) {
    const v1::ApprovedWaste* approved = FindWaste(approval, waste.code);
    const bool method =
        approved != nullptr && (waste.method_code.empty() || approved->method_code().empty() ||
                                waste.method_code == approved->method_code());
    if (method) continue;
    return Reason{
        fmt::format("{} does not name {} {}", event.approval(), waste.code, waste.method_code),
        fmt::format("{} 未批准 {} {}", event.approval(), waste.code, waste.method_code)};
  }
  return std::nullopt;
}

}  // namespace

bool NamesApproval(const v1::ManifestIssued& issued) {
  return !issued.approval().empty() && issued.approval().size() <= kTextBytesMax;
}

void JudgeApproval(Judge& judge, const v1::ManifestIssued& event, const std::string& date) {
  if (judge.rule_set() < 2 || !AllowText(judge, event.approval(), "approval")) return;
  const auto from = judge.Read<state::v1::SiteState>(keys::Site(SiteOfDeparture(judge, event)));
  const auto to = judge.Read<state::v1::SiteState>(keys::Site(event.receiver_site()));
  if (!from || !to) return;  // refused by SITE-OF-ORGANISATION
  if (Province(from) == Province(to)) {
    if (event.approval().empty()) return;
    judge.Violate(RuleId::kFormField, judge.Path("approval"),
                  "approval: within a province none is needed", "approval：省内转移无需批准");
    return;
  }
  std::optional<state::v1::ApprovalState> approval;
  if (!event.approval().empty()) {
    approval =
        judge.Read<state::v1::ApprovalState>(keys::Approval(HolderNamed(judge), event.approval()));
  }
  const auto reason = WhyNot(event, date, approval);
  if (!reason) return;
  if (judge.event() == S::kManifestIssued || judge.event() == S::kPipelineTransferred) {
    judge.Violate(RuleId::kApprovalNeeded, judge.Path("approval"), reason->en, reason->zh);
  } else {
    judge.Violate(RuleId::kApprovalNeeded, judge.Path("receiver_site"),
                  "it lies in another province: only a manifest that is issued names an approval",
                  "位于外省：仅填写的联单可注明批准文号");
  }
}

void JudgeApprovalHolds(Judge& judge, const state::v1::ManifestState& manifest) {
  if (!NamesApproval(manifest.issued())) return;
  const std::string& number = manifest.issued().approval();
  const auto approval =
      judge.Read<state::v1::ApprovalState>(keys::Approval(manifest.consignor(), number));
  if (!approval || FormatDate(judge.act_day()) <= approval->approved().valid_to_date()) return;
  judge.Violate(RuleId::kApprovalExpired, judge.Path("manifest"),
                fmt::format("{} held until {}", number, approval->approved().valid_to_date()),
                fmt::format("{} 有效期至 {}", number, approval->approved().valid_to_date()));
}

void JudgeApprovalAmount(Judge& judge, const state::v1::ManifestState& manifest) {
  if (!NamesApproval(manifest.issued())) return;
  const std::string& number = manifest.issued().approval();
  const auto approval =
      judge.Read<state::v1::ApprovalState>(keys::Approval(manifest.consignor(), number));
  if (!approval) return;  // refused by APPROVAL-NEEDED
  std::set<std::string_view> judged;
  for (const state::v1::AmountUse& use : manifest.uses()) {
    const v1::ApprovedWaste* approved = FindWaste(approval->approved(), use.waste_code());
    if (approved == nullptr || !judged.insert(use.waste_code()).second) continue;
    const int64_t counted_g = judge.accounts().Counted(
        judge, keys::ApprovalAmount(manifest.consignor(), number, use.waste_code()));
    if (counted_g <= approved->approved_mass_g()) continue;
    judge.Violate(RuleId::kApprovalAmount, judge.Path("manifest"),
                  fmt::format("{} g of {} under {}, which approves {} g", counted_g,
                              use.waste_code(), number, approved->approved_mass_g()),
                  fmt::format("{} 批准 {} 共{}克，已计{}克", number, use.waste_code(),
                              approved->approved_mass_g(), counted_g));
  }
}

namespace {

constexpr EventRow kEvents[] = {
    {.event = S::kTransferApproved,
     .title_en = "Approval of a transfer between provinces",
     .title_zh = "跨省转移批准",
     .key_role = v1::KEY_ROLE_ADMINISTRATOR,
     .parties = &parties::Always<parties::kRegulator>,
     .chains = [](const S& s,
                  ChainList& chains) { chains.Add("org", s.transfer_approved().organisation()); },
     .judge = JudgeTransferApproved,
     .first_set = 2},
};

}  // namespace

std::span<const EventRow> ApprovalEvents() { return kEvents; }

}  // namespace cradle::rules
