#include "services/rules/rules_amounts.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "services/rules/calendar.h"
#include "services/rules/identity.h"
#include "services/rules/rules_approval.h"
#include "services/rules/rules_common.h"
#include "services/rules/rules_licence.h"
#include "services/rules/rules_pilot.h"
#include "services/rules/state_keys.h"

namespace cradle::rules {
namespace {

namespace v1 = statement::v1;
using state::v1::AmountUse;
using state::v1::ManifestState;
using S = v1::Statement;

constexpr int64_t kPermilleMost = 100'000;

// Rounded down, and without overflow: a mass is at most kMassMaxG.
int64_t Share(int64_t mass_g, int64_t permille) {
  permille = std::min(permille, kPermilleMost);
  return mass_g / 1000 * permille + mass_g % 1000 * permille / 1000;
}

using Waste = std::pair<std::string_view, std::string_view>;  // code and method

Waste WasteOf(const v1::ManifestLine& line) { return {line.waste_code(), line.method_code()}; }
Waste WasteOf(const AmountUse& use) { return {use.waste_code(), use.method_code()}; }

// A mass for each waste on the manifest: reads go by these, not by lines.
template <typename MassOfLine>
std::map<Waste, int64_t> Sums(const v1::ManifestIssued& issued, MassOfLine mass_of_line) {
  std::map<Waste, int64_t> sums;
  for (int i = 0; i < issued.lines_size(); ++i) {
    int64_t& sum = sums[WasteOf(issued.lines(i))];
    // What cannot be added is refused by MASS-SUM.
    sum = AddMass(sum, mass_of_line(i)).value_or(sum);
  }
  return sums;
}

std::map<std::string_view, int64_t> ByCode(const std::map<Waste, int64_t>& sums) {
  std::map<std::string_view, int64_t> by_code;
  for (const auto& [waste, mass_g] : sums) {
    int64_t& sum = by_code[waste.first];
    sum = AddMass(sum, mass_g).value_or(sum);
  }
  return by_code;
}

std::map<std::string_view, int64_t> SentByCode(const v1::ManifestIssued& issued) {
  return ByCode(Sums(issued, [&](int i) { return issued.lines(i).sent_mass_g(); }));
}

// Empty: it counts against nothing.
std::string CounterOf(const ManifestState& manifest, const AmountUse& use, int64_t year) {
  const std::string& receiver = manifest.issued().receiver();
  if (use.licence() > 0) {
    return keys::LicenceAmount(receiver, use.licence() - 1, use.scope(), year);
  }
  return use.pilot() > 0 ? keys::PilotAmount(receiver, use.pilot() - 1) : std::string();
}

void ViolateAmount(Judge& judge, RuleId rule, std::string_view what_en, std::string_view what_zh,
                   int64_t counted_g, int64_t limit_g) {
  judge.Violate(rule, judge.Path(judge.event() == S::kRoundDelivered ? "manifests" : "manifest"),
                fmt::format("{}: {} g of {} g", what_en, counted_g, limit_g),
                fmt::format("{}：已计{}克，限额{}克", what_zh, counted_g, limit_g));
}

void JudgeLicenceAmount(Judge& judge, const v1::LicenceGranted& licence, int scope,
                        int64_t counted_g) {
  const int64_t annual_g = licence.scopes(scope).annual_mass_g();
  if (annual_g == 0 || judge.rule_set() < 2) return;
  const bool issue = judge.Issue() != nullptr;
  const std::string& waste = licence.scopes(scope).waste();
  const std::string en = fmt::format("annual amount of {} for {}", licence.licence_number(), waste);
  const std::string zh = fmt::format("许可证 {} 的 {} 年规模", licence.licence_number(), waste);
  if (counted_g > annual_g) {
    const bool forbids = LimitOf(judge, "licence_over_forbids_issue") == 1;
    ViolateAmount(judge, issue && !forbids ? RuleId::kLicenceAmountOver : RuleId::kLicenceAmount,
                  en, zh, counted_g, annual_g);
  } else if (issue && counted_g >= Share(annual_g, LimitOf(judge, "licence_warn_permille"))) {
    ViolateAmount(judge, RuleId::kLicenceAmountNear, en, zh, counted_g, annual_g);
  }
  if (counted_g >= Share(annual_g, LimitOf(judge, "licence_excess_permille"))) {
    ViolateAmount(judge, RuleId::kLicenceExcess, en, zh, counted_g, annual_g);
  }
}

// Each counter once. `year_of` tells in which year a use now counts.
template <typename YearOf>
void JudgeUses(Judge& judge, const ManifestState& manifest, YearOf year_of) {
  if (manifest.uses().empty()) return;
  const std::string& receiver = manifest.issued().receiver();
  std::optional<state::v1::LicencesState> licences;
  std::optional<state::v1::PilotsState> pilots;
  std::set<std::string> judged;
  for (const AmountUse& use : manifest.uses()) {
    const std::string counter = CounterOf(manifest, use, year_of(use));
    if (counter.empty() || !judged.insert(counter).second) continue;
    const int64_t counted_g = judge.accounts().Counted(judge, counter);
    if (use.licence() > 0) {
      if (!licences) licences = ReadLicences(judge, receiver);
      const int place = static_cast<int>(use.licence() - 1);
      if (place >= licences->licences_size()) continue;  // the store failed, and the judge knows
      JudgeLicenceAmount(judge, licences->licences(place).granted(), static_cast<int>(use.scope()),
                         counted_g);
      continue;
    }
    if (!pilots) pilots = ReadPilots(judge, receiver);
    const int place = static_cast<int>(use.pilot() - 1);
    if (place >= pilots->pilots_size()) continue;
    const v1::PilotApproved& pilot = pilots->pilots(place).approved();
    if (counted_g <= pilot.cap_mass_g()) continue;
    ViolateAmount(judge, RuleId::kPilotCap,
                  fmt::format("cap of the pilot {}", pilot.pilot_number()),
                  fmt::format("试点 {} 限额", pilot.pilot_number()), counted_g, pilot.cap_mass_g());
  }
}

int64_t ArrivalYear(Judge& judge, const ManifestState& manifest) {
  const auto arrived = ParseDate(manifest.arrival_date());
  return arrived.ok() ? arrived->year() : judge.act_day().year();
}

void CountUses(Judge& judge, const ManifestState& manifest, int sign) {
  for (const AmountUse& use : manifest.uses()) {
    const std::string counter = CounterOf(manifest, use, use.year());
    if (!counter.empty()) judge.accounts().AddToCounter(counter, sign * use.mass_g());
  }
}

void CountApproval(Judge& judge, const ManifestState& manifest,
                   const std::map<std::string_view, int64_t>& by_code, int sign) {
  if (!NamesApproval(manifest.issued())) return;
  const std::string& number = manifest.issued().approval();
  for (const auto& [code, mass_g] : by_code) {
    judge.accounts().AddToCounter(keys::ApprovalAmount(manifest.consignor(), number, code),
                                  sign * mass_g);
  }
}

}  // namespace

void CountIssued(Judge& judge, ManifestState& manifest) {
  const v1::ManifestIssued& issued = manifest.issued();
  const auto sums = Sums(issued, [&](int i) { return issued.lines(i).sent_mass_g(); });
  const state::v1::LicencesState licences = ReadLicences(judge, issued.receiver());
  WithoutLicence without(manifest.consignor(), issued);
  for (const auto& [waste, mass_g] : sums) {
    if (!CheckWasteCodeForm(waste.first).ok()) continue;  // refused by CODE-FORM
    AmountUse& use = *manifest.add_uses();
    use.set_waste_code(std::string(waste.first));
    use.set_method_code(std::string(waste.second));
    use.set_mass_g(mass_g);
    use.set_year(judge.act_day().year());
    if (const auto place = FindOperatingLicence(judge, licences, waste.first, waste.second)) {
      const v1::LicenceKind kind = licences.licences(place->licence).granted().kind();
      use.set_licence(static_cast<uint32_t>(place->licence + 1));
      use.set_scope(static_cast<uint32_t>(place->scope));
      use.set_collection(kind == v1::LICENCE_KIND_COLLECTION ||
                         kind == v1::LICENCE_KIND_SMALL_COLLECTION);
    } else if (const auto pilot = without.FindPilot(judge, waste.first)) {
      use.set_pilot(static_cast<uint32_t>(*pilot + 1));
    }
  }
  CountUses(judge, manifest, 1);
  JudgeUses(judge, manifest, [](const AmountUse& use) { return use.year(); });
  CountApproval(judge, manifest, ByCode(sums), 1);
  JudgeApprovalAmount(judge, manifest);
}

void CountArrived(Judge& judge, ManifestState& manifest) {
  ManifestState counted = manifest;
  for (int i = 0; i < manifest.received_size(); ++i) {
    counted.mutable_issued()->mutable_lines(i)->set_sent_mass_g(
        manifest.received(i).received_mass_g());
  }
  CountIssued(judge, counted);
  *manifest.mutable_uses() = counted.uses();
}

void JudgeCounted(Judge& judge, const ManifestState& manifest) {
  JudgeUses(judge, manifest, [](const AmountUse& use) { return use.year(); });
}

void GiveBack(Judge& judge, const ManifestState& manifest) {
  CountUses(judge, manifest, -1);
  CountApproval(judge, manifest, SentByCode(manifest.issued()), -1);
}

void CountReceived(Judge& judge, const ManifestState& manifest,
                   std::span<const int64_t> received_mass_g) {
  const v1::ManifestIssued& issued = manifest.issued();
  const auto sums = Sums(issued, [&](int i) { return received_mass_g[static_cast<size_t>(i)]; });
  const int64_t year = ArrivalYear(judge, manifest);
  GiveBack(judge, manifest);
  for (const AmountUse& use : manifest.uses()) {
    const std::string counter = CounterOf(manifest, use, year);
    const auto sum = sums.find(WasteOf(use));
    if (!counter.empty() && sum != sums.end()) judge.accounts().AddToCounter(counter, sum->second);
  }
  JudgeUses(judge, manifest, [year](const AmountUse&) { return year; });
  CountApproval(judge, manifest, ByCode(sums), 1);
  JudgeApprovalAmount(judge, manifest);
}

bool IsCollected(const ManifestState& manifest, int line) {
  const Waste waste = WasteOf(manifest.issued().lines(line));
  return std::any_of(manifest.uses().begin(), manifest.uses().end(), [&](const AmountUse& use) {
    return use.collection() && WasteOf(use) == waste;
  });
}

std::string HandOnByDate(Judge& judge, const ManifestState& manifest) {
  const auto arrived = ParseDate(manifest.arrival_date());
  if (judge.rule_set() < 2 || !arrived.ok()) return "";
  return FormatDate(AddWorkingDays(judge.data().holidays(), *arrived,
                                   LimitOf(judge, "collection_hand_on_working_days"))
                        .last_day);
}

}  // namespace cradle::rules
