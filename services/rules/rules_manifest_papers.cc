// What a manifest rests on: plan, contract, exemption, paper, the labels of what it lists, and the
// manifest it sends on.
#include <algorithm>

#include "services/rules/calendar.h"
#include "services/rules/rules_common.h"
#include "services/rules/rules_manifest.h"
#include "services/rules/state_keys.h"

namespace cradle::rules {
namespace {

namespace v1 = statement::v1;
using state::v1::BatchState;

// As printed in the list of exemptions.
std::string_view NameOf(v1::ExemptLink link) {
  switch (link) {
    case v1::EXEMPT_LINK_ALL:
      return "全部环节";
    case v1::EXEMPT_LINK_COLLECTION:
      return "收集";
    case v1::EXEMPT_LINK_TRANSPORT:
      return "运输";
    case v1::EXEMPT_LINK_UTILISATION:
      return "利用";
    case v1::EXEMPT_LINK_DISPOSAL:
      return "处置";
    default:
      return "";
  }
}

// Who may move waste without naming a plan or a contract is decided here and nowhere else.
void JudgeReferences(Judge& judge, const v1::ManifestIssued& event) {
  if (event.plan_reference().empty()) {
    judge.Violate(RuleId::kPlanDue, judge.Path("plan_reference"),
                  "the manifest names no management plan", "联单未填写管理计划备案编号");
  }
  if (event.contract_sha256().empty()) {
    judge.Violate(RuleId::kContractDue, judge.Path("contract_sha256"),
                  "the manifest names no written contract", "联单未附书面合同");
  }
}

void JudgeExemption(Judge& judge, const v1::ManifestIssued& event) {
  if (!event.has_exemption()) return;
  const v1::Exemption& exemption = event.exemption();
  if (!RequireChosen(judge, exemption.link(), "exemption.link")) return;
  const std::string_view link = NameOf(exemption.link());
  for (int i = 0; i < event.lines_size(); ++i) {
    const std::string& code = event.lines(i).waste_code();
    if (judge.data().Exempts(exemption.item(), link, code, judge.act_day())) continue;
    judge.Violate(RuleId::kExemptionListed, judge.Path("exemption"),
                  fmt::format("item {} of the list of exemptions does not exempt {} for {}",
                              exemption.item(), code, link),
                  fmt::format("豁免清单第{}项的{}环节不适用于 {}", exemption.item(), link, code));
  }
  judge.Violate(RuleId::kExemptionUsed, judge.Path("exemption"),
                fmt::format("moved under item {} of the list of exemptions", exemption.item()),
                fmt::format("按豁免清单第{}项转移", exemption.item()));
}

void JudgePaperForm(Judge& judge, const v1::ManifestIssued& event) {
  if (!event.has_paper()) return;
  const v1::Paper& paper = event.paper();
  RequireText(judge, paper.number(), "paper.number");
  RequireChosen(judge, paper.reason(), "paper.reason");
  RequireSha256(judge, paper.scan_sha256(), "paper.scan_sha256");
  const auto completed = RequireDate(judge, paper.completed_date(), "paper.completed_date");
  if (completed && *completed > DayOf(judge.recorded_time_ms(), kLogZoneOffsetMs)) {
    judge.Violate(RuleId::kFormField, judge.Path("paper.completed_date"),
                  "paper.completed_date: after the day it was recorded",
                  "paper.completed_date：晚于登记之日");
  }
}

// What is printed on the containers is not what the line says.
void JudgeLabels(Judge& judge, const v1::ManifestLine& line, const BatchState& batch, int place) {
  const auto differs = [&](std::string_view field, const std::string& en, const std::string& zh) {
    judge.Violate(RuleId::kLabelManifest, judge.Path(fmt::format("lines[{}].{}", place, field)), en,
                  zh);
  };
  if (line.form() != v1::PHYSICAL_FORM_UNSPECIFIED && line.form() != batch.form()) {
    differs("form", "the batch was entered with another form", "与批次登记的形态不符");
  }
  if (batch.packages().empty()) return;  // not entered by container
  uint64_t count = 0;
  bool packaged = false;
  for (const state::v1::PackageCount& package : batch.packages()) {
    count += package.count();
    packaged = packaged || package.packaging() == line.packaging();
  }
  if (count != line.package_count()) {
    differs(
        "package_count",
        fmt::format("{} packages where the batch has {} containers", line.package_count(), count),
        fmt::format("包装{}件，批次有{}个容器", line.package_count(), count));
  }
  if (!packaged) {
    differs("packaging", "no container of the batch has this packaging", "批次没有此种包装的容器");
  }
}

// FORWARD-REFUSED: a manifest that sends on takes refused batches of one other manifest and nothing
// else, and those go by no other.
void JudgeForward(Judge& judge, const v1::ManifestIssued& event,
                  const std::vector<BatchState>& batches) {
  const std::string& earlier = event.forwards_manifest();
  for (const BatchState& batch : batches) {
    const bool refused = batch.status() == state::v1::BATCH_STATUS_REFUSED;
    if (refused ? batch.refused_manifest() == earlier : earlier.empty()) continue;
    // A collection forwards nothing.
    const bool issue = judge.event() == v1::Statement::kManifestIssued;
    judge.Violate(
        RuleId::kForwardRefused, judge.Path(issue ? "forwards_manifest" : "lines"),
        refused ? fmt::format("{} was refused under the manifest {}: it goes on by a manifest that "
                              "names that one in forwards_manifest",
                              batch.batch(), batch.refused_manifest())
                : fmt::format("{} was not refused under a manifest", batch.batch()),
        refused ? fmt::format("{} 在联单 {} 中被拒收，须以 forwards_manifest 注明该联单的联单转送",
                              batch.batch(), batch.refused_manifest())
                : fmt::format("{} 未在联单中被拒收", batch.batch()));
  }
  if (earlier.empty()) return;
  const auto before = judge.Read<state::v1::ManifestState>(keys::Manifest(earlier));
  if (!before || before->issued().receiver() != event.receiver()) return;
  judge.Violate(RuleId::kForwardRefused, judge.Path("receiver"),
                fmt::format("{} has refused them", event.receiver()),
                fmt::format("{} 已拒收", event.receiver()));
}

}  // namespace

void JudgePapers(Judge& judge, const v1::ManifestIssued& event,
                 const std::vector<BatchState>& batches) {
  JudgeReferences(judge, event);
  JudgeExemption(judge, event);
  JudgePaperForm(judge, event);
  auto batch = batches.begin();
  for (int i = 0; i < event.lines_size() && batch != batches.end(); ++i) {
    if (batch->batch() != event.lines(i).batch()) continue;  // not known
    JudgeLabels(judge, event.lines(i), *batch, i);
    ++batch;
  }
  JudgeForward(judge, event, batches);
}

}  // namespace cradle::rules
