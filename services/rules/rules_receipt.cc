// Confirmation of a receipt, line by line: accepted, partly, refused; and what differs from what
// was sent.
#include <algorithm>
#include <vector>

#include "services/rules/batch_state.h"
#include "services/rules/calendar.h"
#include "services/rules/event_rules.h"
#include "services/rules/identity.h"
#include "services/rules/rules_amounts.h"
#include "services/rules/rules_approval.h"
#include "services/rules/rules_common.h"
#include "services/rules/rules_manifest.h"
#include "services/rules/rules_weighing.h"
#include "services/rules/state_keys.h"

namespace cradle::rules {
namespace {

namespace v1 = statement::v1;
using S = v1::Statement;
using state::v1::BatchState;
using state::v1::ManifestState;

// RECEIPT-LINES, RECEIPT-OUTCOME: every line of the manifest, in order.
bool JudgeReceiptLines(Judge& judge, const v1::ReceiptConfirmed& event,
                       const v1::ManifestIssued& issued) {
  const bool exact = std::equal(
      event.lines().begin(), event.lines().end(), issued.lines().begin(), issued.lines().end(),
      [](const v1::ReceivedLine& a, const v1::ManifestLine& b) { return a.batch() == b.batch(); });
  for (const RuleId rule : {RuleId::kReceiptLines, RuleId::kReceiptOutcome}) {
    if (exact) continue;
    judge.Violate(
        rule, judge.Path("lines"),
        fmt::format("not the {} lines of the manifest, in its order", issued.lines_size()),
        fmt::format("与联单的{}行及其顺序不符", issued.lines_size()));
  }
  if (!exact) return false;
  for (int i = 0; i < event.lines_size(); ++i) {
    if (event.lines(i).outcome() == v1::LINE_OUTCOME_ACCEPTED) continue;
    judge.Violate(RuleId::kReceiptLines, judge.Path(fmt::format("lines[{}].outcome", i)),
                  "a line is accepted whole", "各行须全部接受");
  }
  return true;
}

// a - b; 0 where one is no mass, which is refused elsewhere: the changes are put all the same.
int64_t DifferenceG(int64_t a, int64_t b) {
  const bool masses = a >= 0 && a <= kMassMaxG && b >= 0 && b <= kMassMaxG;
  return masses ? a - b : 0;
}

// Turned away without being weighed.
bool IsUnweighed(const v1::ReceivedLine& line) {
  return line.outcome() == v1::LINE_OUTCOME_REFUSED && line.received_mass_g() == 0 &&
         line.mass_basis().method() == v1::MASS_METHOD_UNSPECIFIED;
}

// RECEIPT-OUTCOME: of one line, and ID-NEW of its remainder.
void JudgeOutcome(Judge& judge, const v1::ReceivedLine& line, int place) {
  const auto field = [place](std::string_view name) {
    return fmt::format("lines[{}].{}", place, name);
  };
  const auto wrong = [&](std::string_view name, std::string en, std::string zh) {
    judge.Violate(RuleId::kReceiptOutcome, judge.Path(field(name)), std::move(en), std::move(zh));
  };
  const bool accepted = line.outcome() == v1::LINE_OUTCOME_ACCEPTED;
  const bool partly = line.outcome() == v1::LINE_OUTCOME_PARTLY_ACCEPTED;
  if (!accepted && !partly && line.outcome() != v1::LINE_OUTCOME_REFUSED) {
    return wrong("outcome", "a line is accepted, partly accepted or refused",
                 "各行须为接受、部分接受或拒收");
  }
  if (accepted == (line.refusal_reason() != v1::REFUSAL_REASON_UNSPECIFIED)) {
    wrong("refusal_reason", "what is not accepted has a reason, and nothing else has one",
          "未接受的须填写原因，全部接受的不得填写");
  }
  const bool split = line.accepted_mass_g() > 0 && line.accepted_mass_g() < line.received_mass_g();
  if (partly ? !split : line.accepted_mass_g() != 0) {
    wrong("accepted_mass_g",
          fmt::format("of a partly accepted line more than nothing and less than all of {} g; of "
                      "another it is not given",
                      line.received_mass_g()),
          fmt::format("部分接受时须大于零且小于{}克，其他情况不填写", line.received_mass_g()));
  }
  if (partly == line.remainder_batch().empty()) {
    wrong("remainder_batch", "a partly accepted line names the batch of what is not, no other does",
          "部分接受须填写未接受部分的批次编号，其他情况不填写");
  }
  if (!line.remainder_batch().empty()) {
    RequireNew(judge, keys::Batch(line.remainder_batch()), line.remainder_batch(),
               field("remainder_batch"));
  }
}

// 重大差异 of one line, each kind once, computed and marked. `batch` as it was sent.
state::v1::LineDifference JudgeDifferences(Judge& judge, const v1::ReceivedLine& line,
                                           const v1::ManifestLine& sent, const BatchState& batch,
                                           int place) {
  state::v1::LineDifference difference;
  difference.set_line(static_cast<uint32_t>(place));
  const auto add = [&](state::v1::DifferenceKind kind, RuleId rule, std::string_view name,
                       std::string en, std::string zh) {
    difference.add_kinds(kind);
    judge.Violate(rule, judge.Path(fmt::format("lines[{}].{}", place, name)), std::move(en),
                  std::move(zh));
  };
  // What was reported lost on the road is in another batch: received all the same, it would be
  // there twice.
  if (!batch.incident().empty() && sent.sent_mass_g() > batch.mass_g() &&
      line.received_mass_g() > batch.mass_g()) {
    difference.set_mass_difference_g(DifferenceG(line.received_mass_g(), batch.mass_g()));
    add(state::v1::DIFFERENCE_KIND_QUANTITY, RuleId::kReceiptDifference, "received_mass_g",
        fmt::format("{} g received where {} g were left after what was lost",
                    line.received_mass_g(), batch.mass_g()),
        fmt::format("接受{}克，扣除已报流失量后仅余{}克", line.received_mass_g(), batch.mass_g()));
  } else if (!IsUnweighed(line) && line.received_mass_g() != sent.sent_mass_g()) {
    difference.set_mass_difference_g(DifferenceG(line.received_mass_g(), sent.sent_mass_g()));
    add(state::v1::DIFFERENCE_KIND_QUANTITY, RuleId::kReceiptDifference, "received_mass_g",
        fmt::format("{} g received where {} g were sent", line.received_mass_g(),
                    sent.sent_mass_g()),
        fmt::format("接受{}克，移出{}克", line.received_mass_g(), sent.sent_mass_g()));
  }
  const bool other_packaging = line.packaging() != v1::PACKAGING_UNSPECIFIED &&
                               sent.packaging() != v1::PACKAGING_UNSPECIFIED &&
                               line.packaging() != sent.packaging();
  const bool other_count = line.package_count() != 0 && sent.package_count() != 0 &&
                           line.package_count() != sent.package_count();
  if (other_packaging || other_count) {
    add(state::v1::DIFFERENCE_KIND_PACKAGING, RuleId::kDifferencePackaging,
        other_packaging ? "packaging" : "package_count",
        other_packaging ? std::string("it came in another packaging than it was sent in")
                        : fmt::format("{} packages came where {} were sent", line.package_count(),
                                      sent.package_count()),
        other_packaging
            ? std::string("包装方式与移出时不符")
            : fmt::format("接受{}件，移出{}件", line.package_count(), sent.package_count()));
  }
  const v1::PhysicalForm form =
      sent.form() == v1::PHYSICAL_FORM_UNSPECIFIED ? batch.form() : sent.form();
  if (line.form() != v1::PHYSICAL_FORM_UNSPECIFIED && form != v1::PHYSICAL_FORM_UNSPECIFIED &&
      line.form() != form) {
    add(state::v1::DIFFERENCE_KIND_FORM, RuleId::kDifferenceForm, "form",
        "it came in another form than it was sent in", "形态与移出时不符");
  }
  if (!line.observed_waste_code().empty() && line.observed_waste_code() != sent.waste_code()) {
    add(state::v1::DIFFERENCE_KIND_PROPERTY, RuleId::kDifferenceProperty, "observed_waste_code",
        fmt::format("the waste is not {}", sent.waste_code()),
        fmt::format("废物不是 {}", sent.waste_code()));
  }
  if (difference.kinds().empty() && line.outcome() != v1::LINE_OUTCOME_ACCEPTED) {
    add(state::v1::DIFFERENCE_KIND_OTHER, RuleId::kDifferenceOther, "outcome",
        "it is not accepted although neither mass, packaging, form nor code differ",
        "质量、包装、形态、代码均无差异，但未予接受");
  }
  return difference;
}

}  // namespace

state::v1::LineDifference JudgeReceivedLine(Judge& judge, const v1::ReceivedLine& line,
                                            const v1::ManifestLine& sent, const BatchState& batch,
                                            int place) {
  const auto field = [place](std::string_view name) {
    return fmt::format("lines[{}].{}", place, name);
  };
  if (line.received_mass_g() < 0) {
    judge.Violate(RuleId::kMassPositive, judge.Path(field("received_mass_g")),
                  "received_mass_g is below zero", "received_mass_g 小于零");
  }
  LimitMass(judge, line.received_mass_g(), field("received_mass_g"));
  AllowMass(judge, line.accepted_mass_g(), field("accepted_mass_g"));
  AllowMass(judge, line.line_mass_g(), field("line_mass_g"));
  if (!IsUnweighed(line)) {
    JudgeMassBasis(judge, line.mass_basis(), line.received_mass_g(), field("mass_basis"));
  }
  state::v1::LineDifference difference = JudgeDifferences(judge, line, sent, batch, place);
  if (!line.note_sha256().empty()) RequireSha256(judge, line.note_sha256(), field("note_sha256"));
  if (!line.observed_waste_code().empty()) {
    RequireWasteCode(judge, line.observed_waste_code(), field("observed_waste_code"));
  }
  AllowCode(judge, line.method_code(), field("method_code"));
  AllowCode(judge, line.observed_waste_code(), field("observed_waste_code"));
  if (!line.method_code().empty()) {
    FindMethod(judge, line.method_code(), field("method_code"));
    JudgeMedicalMethod(judge, sent.waste_code(), line.method_code(), field("method_code"));
  }
  return difference;
}

namespace {

// CONFIRMATION-LATE.
void JudgeInTime(Judge& judge, const ManifestState& manifest) {
  const absl::StatusOr<absl::CivilDay> arrival = ParseDate(manifest.arrival_date());
  if (judge.rule_set() < 2 || !arrival.ok()) return;
  const WorkingDayPeriod period = AddWorkingDays(judge.data().holidays(), *arrival,
                                                 LimitOf(judge, "confirmation_working_days"));
  if (EarliestDay(judge, manifest.issued().receiver_site(), {}) <= FormatDate(period.last_day)) {
    return;
  }
  const bool table = !period.year_without_table;
  judge.Violate(RuleId::kConfirmationLate, judge.Path("confirmed_time_ms"),
                fmt::format("delivered on {}, to be confirmed by {}{}", manifest.arrival_date(),
                            FormatDate(period.last_day),
                            table ? "" : " (counted without a table of holidays)"),
                fmt::format("{} 送达，应于 {} 前确认{}", manifest.arrival_date(),
                            FormatDate(period.last_day), table ? "" : "（未载入节假日表）"));
}

int64_t AcceptedMass(const v1::ReceivedLine& line) {
  switch (line.outcome()) {
    case v1::LINE_OUTCOME_REFUSED:
      return 0;
    case v1::LINE_OUTCOME_PARTLY_ACCEPTED:
      return line.accepted_mass_g();
    default:
      return line.received_mass_g();
  }
}

}  // namespace

BatchState AcceptedOf(const BatchState& sent, const ManifestState& manifest, int64_t mass_g,
                      const std::string& hand_on_by_date) {
  BatchState received = sent;
  received.set_status(state::v1::BATCH_STATUS_RECEIVED);
  received.set_status_before(state::v1::BATCH_STATUS_UNSPECIFIED);
  received.set_custodian(manifest.issued().receiver());
  received.set_site(manifest.issued().receiver_site());
  received.set_facility("");
  received.set_manifest("");
  received.set_mass_g(mass_g);
  received.set_hand_on_by_date(hand_on_by_date);
  received.clear_refused_manifest();
  received.clear_medical();
  if (IsMedical(received.waste_code())) {
    received.mutable_medical()->set_arrived_time_ms(manifest.arrived_time_ms());
  }
  HoldSince(received, manifest.issued().receiver(), manifest.arrival_date());
  return received;
}

namespace {

// What is refused stays the consignor's, and its clock runs on; only it lies at the receiver's.
BatchState RefusedOf(const BatchState& sent, const ManifestState& manifest) {
  BatchState refused = sent;
  refused.set_status(state::v1::BATCH_STATUS_REFUSED);
  refused.set_status_before(state::v1::BATCH_STATUS_UNSPECIFIED);
  refused.set_site(manifest.issued().receiver_site());
  refused.set_facility("");
  refused.set_manifest("");
  refused.set_refused_manifest(manifest.issued().manifest());
  return refused;
}

// `hand_on_by_date`: of what is accepted; empty where nothing asks for it.
void PutLine(Judge& judge, const v1::ReceivedLine& line, const BatchState& sent,
             const ManifestState& manifest, const std::string& hand_on_by_date) {
  if (line.outcome() == v1::LINE_OUTCOME_REFUSED) {
    return PutBatch(judge, &sent, RefusedOf(sent, manifest));
  }
  const bool partly = line.outcome() == v1::LINE_OUTCOME_PARTLY_ACCEPTED;
  BatchState accepted = AcceptedOf(sent, manifest, AcceptedMass(line), hand_on_by_date);
  // Weighed anew, also where the scale says the same.
  accepted.set_mass_index(judge.index());
  if (!partly) return PutBatch(judge, &sent, std::move(accepted));
  // How the containers were parted is not told.
  accepted.clear_packages();
  accepted.add_children(line.remainder_batch());
  BatchState remainder = RefusedOf(sent, manifest);
  remainder.set_batch(line.remainder_batch());
  remainder.set_mass_g(DifferenceG(line.received_mass_g(), line.accepted_mass_g()));
  remainder.clear_packages();
  remainder.clear_parents();
  remainder.clear_children();
  remainder.clear_batch_code();
  remainder.clear_replaces();
  remainder.add_parents(sent.batch());
  remainder.set_begun_index(judge.index());
  PutBatch(judge, &sent, std::move(accepted));
  PutBatch(judge, nullptr, std::move(remainder));
}

void PutManifest(Judge& judge, const v1::ReceiptConfirmed& event, ManifestState manifest) {
  bool report = !manifest.differences().empty();
  for (const v1::ReceivedLine& line : event.lines()) {
    report = report || line.outcome() != v1::LINE_OUTCOME_ACCEPTED;
  }
  if (report && judge.rule_set() >= 2) {
    const auto site =
        judge.Read<state::v1::SiteState>(keys::Site(manifest.issued().receiver_site()));
    if (site) manifest.set_report_division(site->registered().division());
  }
  if (event.has_weigh_ticket()) {
    manifest.set_vehicle_difference_g(
        DifferenceG(event.weigh_ticket().net_mass_g(), manifest.issued().total_sent_mass_g()));
    manifest.set_weighed_vehicle(event.weigh_ticket().vehicle());
  }
  manifest.set_status(state::v1::MANIFEST_STATUS_CONFIRMED);
  manifest.set_confirmed_time_ms(judge.act_time_ms());
  manifest.mutable_received()->CopyFrom(event.lines());
  manifest.set_index(judge.index());
  judge.Put(keys::Manifest(event.manifest()), manifest);
}

// What the receiver says it takes: a licence covers what it sees, and is not needed for what it
// refuses.
void AddWaste(WasteOfLines& wastes, const v1::ReceivedLine& line, const v1::ManifestLine& sent) {
  if (line.outcome() == v1::LINE_OUTCOME_REFUSED) return;
  const bool observed =
      !line.observed_waste_code().empty() && CheckWasteCodeForm(line.observed_waste_code()).ok();
  const WasteOfLines::Waste waste{observed ? line.observed_waste_code() : sent.waste_code(),
                                  line.method_code()};
  if (std::find(wastes.distinct.begin(), wastes.distinct.end(), waste) == wastes.distinct.end()) {
    wastes.distinct.push_back(waste);
  }
}

void JudgeVehicleWeighed(Judge& judge, const v1::ReceiptConfirmed& event,
                         const ManifestState& manifest) {
  int64_t sent_g = 0;
  for (int i = 0; i < event.lines_size(); ++i) {
    if (event.has_weigh_ticket() || !IsUnweighed(event.lines(i))) {
      sent_g += manifest.issued().lines(i).sent_mass_g();
    }
  }
  if (event.has_weigh_ticket()) {
    JudgeWeighTicket(judge, event.weigh_ticket(),
                     manifest.vehicles().empty() ? "" : *manifest.vehicles().rbegin());
  }
  JudgeWeighShare(judge, event, manifest.issued());
  JudgeWeightDifference(judge, event.total_received_mass_g(), sent_g, "total_received_mass_g");
}

void JudgeReceiptConfirmed(Judge& judge) {
  JudgeAllLines(judge, judge.statement().receipt_confirmed());
  const v1::ReceiptConfirmed event = WithFullLines(judge.statement().receipt_confirmed());
  RequireFactTime(judge, event.confirmed_time_ms(), "confirmed_time_ms");
  const auto& found =
      JudgeManifest(judge, event.manifest(), {state::v1::MANIFEST_STATUS_DELIVERED});
  if (!found) return;
  RequireParty(judge, 0, found->issued().receiver());
  if (!JudgeReceiptLines(judge, event, found->issued())) return;
  std::optional<int64_t> total = 0;
  WasteOfLines wastes;
  ManifestState manifest = *found;
  std::vector<int64_t> accepted_g;
  const std::string hand_on_by_date = HandOnByDate(judge, manifest);
  for (int i = 0; i < event.lines_size(); ++i) {
    const v1::ReceivedLine& line = event.lines(i);
    const v1::ManifestLine& sent = found->issued().lines(i);
    const std::optional<BatchState> batch = ReadBatchOfManifest(judge, line.batch());
    if (!batch) return;
    auto difference = JudgeReceivedLine(judge, line, sent, *batch, i);
    JudgeOutcome(judge, line, i);
    if (!difference.kinds().empty()) *manifest.add_differences() = std::move(difference);
    total = AddMass(total, line.received_mass_g());
    AddWaste(wastes, line, sent);
    accepted_g.push_back(AcceptedMass(line));
    PutLine(judge, line, *batch, manifest, IsCollected(manifest, i) ? hand_on_by_date : "");
  }
  JudgeTotal(judge, total, event.total_received_mass_g(), "total_received_mass_g");
  JudgeReceiverOf(judge, found->issued().receiver(), wastes, "parties[0].organisation");
  CountReceived(judge, manifest, accepted_g);
  JudgeApprovalHolds(judge, manifest);
  JudgeVehicleWeighed(judge, event, manifest);
  JudgeInTime(judge, manifest);
  PutManifest(judge, event, std::move(manifest));
}

constexpr EventRow kEvents[] = {
    {.event = S::kReceiptConfirmed,
     .title_en = "Receipt confirmed",
     .title_zh = "接受确认",
     .key_role = v1::KEY_ROLE_OPERATOR,
     .parties = &parties::Always<parties::kReceiver>,
     .chains =
         [](const S& s, ChainList& chains) {
           chains.Add("manifest", s.receipt_confirmed().manifest());
           for (const auto& line : s.receipt_confirmed().lines()) {
             chains.Add("batch", line.batch());
             if (!line.remainder_batch().empty()) chains.Add("batch", line.remainder_batch());
           }
         },
     .judge = JudgeReceiptConfirmed,
     .manifest = [](const S& s) -> const std::string& { return s.receipt_confirmed().manifest(); }},
};

}  // namespace

std::span<const EventRow> ReceiptEvents() { return kEvents; }

}  // namespace cradle::rules
