#include "services/rules/rules_weighing.h"

#include <vector>

#include "absl/numeric/int128.h"
#include "services/rules/calendar.h"
#include "services/rules/rules_common.h"
#include "services/rules/share_mass.h"

namespace cradle::rules {
namespace {

namespace v1 = statement::v1;

// What each line must say; empty: what the rule needs is not there, which is recorded.
std::vector<int64_t> SharesOf(Judge& judge, const v1::ReceiptConfirmed& event,
                              const v1::ManifestIssued& issued) {
  const int64_t net_g = event.weigh_ticket().net_mass_g();
  std::vector<int64_t> weights;
  weights.reserve(static_cast<size_t>(issued.lines_size()));
  if (event.weigh_share() == v1::WEIGH_SHARE_BY_LINE_WEIGHT) {
    for (int i = 0; i < event.lines_size(); ++i) {
      const int64_t mass_g = event.lines(i).line_mass_g();
      if (mass_g < 0 || mass_g > kMassMaxG) return {};  // FORM-FIELD says so
      weights.push_back(mass_g);
    }
    return ShareMass(net_g, weights);
  }
  for (const v1::ManifestLine& line : issued.lines()) weights.push_back(line.sent_mass_g());
  if (event.weigh_share() != v1::WEIGH_SHARE_ALL_TO_LINE) return ShareMass(net_g, weights);
  const size_t line = event.share_line();
  if (line == 0 || line > weights.size()) {
    judge.Violate(RuleId::kWeighShare, judge.Path("share_line"),
                  fmt::format("there is no line {} of {}", line, weights.size()),
                  fmt::format("没有第{}行，共{}行", line, weights.size()));
    return {};
  }
  int64_t& weight_g = weights[line - 1];
  weight_g += net_g - issued.total_sent_mass_g();
  if (weight_g >= 0) return weights;
  judge.Violate(RuleId::kWeighShare, judge.Path("share_line"),
                fmt::format("the difference is more than line {} has", line),
                fmt::format("差异大于第{}行的质量", line));
  return {};
}

}  // namespace

void JudgeWeighTicket(Judge& judge, const v1::WeighTicket& ticket, std::string_view vehicle) {
  RequireText(judge, ticket.ticket_number(), "weigh_ticket.ticket_number");
  RequireText(judge, ticket.scale_id(), "weigh_ticket.scale_id");
  AllowText(judge, ticket.vehicle(), "weigh_ticket.vehicle");
  RequireChosen(judge, ticket.entry(), "weigh_ticket.entry");
  RequireFactTime(judge, ticket.weighed_time_ms(), "weigh_ticket.weighed_time_ms");
  if (!ticket.photo_sha256().empty()) {
    RequireSha256(judge, ticket.photo_sha256(), "weigh_ticket.photo_sha256");
  }
  const bool masses = AllowMass(judge, ticket.gross_mass_g(), "weigh_ticket.gross_mass_g") &&
                      AllowMass(judge, ticket.tare_mass_g(), "weigh_ticket.tare_mass_g") &&
                      AllowMass(judge, ticket.net_mass_g(), "weigh_ticket.net_mass_g");
  if (masses && ticket.gross_mass_g() - ticket.tare_mass_g() != ticket.net_mass_g()) {
    judge.Violate(RuleId::kWeighTicket, judge.Path("weigh_ticket.net_mass_g"),
                  fmt::format("{} g gross less {} g tare are not {} g net", ticket.gross_mass_g(),
                              ticket.tare_mass_g(), ticket.net_mass_g()),
                  fmt::format("毛重{}克减皮重{}克不等于净重{}克", ticket.gross_mass_g(),
                              ticket.tare_mass_g(), ticket.net_mass_g()));
  }
  const auto expiry = RequireDate(judge, ticket.verification_expiry_date(),
                                  "weigh_ticket.verification_expiry_date");
  const bool timed = ticket.weighed_time_ms() > 0 && ticket.weighed_time_ms() <= kLastTimeMs;
  if (expiry && timed && *expiry < DayOf(ticket.weighed_time_ms(), kLogZoneOffsetMs)) {
    judge.Violate(RuleId::kWeighScale, judge.Path("weigh_ticket.verification_expiry_date"),
                  fmt::format("the verification of the scale ended on {}", FormatDate(*expiry)),
                  fmt::format("衡器检定有效期至 {}", FormatDate(*expiry)));
  }
  if (ticket.vehicle() != vehicle) {
    judge.Violate(
        RuleId::kWeighVehicle, judge.Path("weigh_ticket.vehicle"),
        fmt::format("weighed was \"{}\", the load came on \"{}\"", ticket.vehicle(), vehicle),
        fmt::format("过磅车辆“{}”，承运车辆“{}”", ticket.vehicle(), vehicle));
  }
  if (ticket.entry() == v1::WEIGH_ENTRY_TYPED) {
    judge.Violate(RuleId::kWeighTyped, judge.Path("weigh_ticket.entry"),
                  "the masses were typed by a person", "称量数据为人工录入");
  }
}

void JudgeWeightDifference(Judge& judge, int64_t mass_g, int64_t sent_g, std::string_view field) {
  const auto in_range = [](int64_t each_g) { return each_g >= 0 && each_g <= kMassMaxG; };
  // Beyond this other rules refuse; and nothing overflows below it.
  if (judge.rule_set() < 2 || !in_range(mass_g) || !in_range(sent_g)) return;
  const int64_t permille = LimitOf(judge, "weight_difference_alert_permille");
  const int64_t difference_g = mass_g > sent_g ? mass_g - sent_g : sent_g - mass_g;
  if (absl::int128(difference_g) * 1000 <= absl::int128(sent_g) * permille) return;
  judge.Violate(RuleId::kWeightAlert, judge.Path(field),
                fmt::format("{} g where {} g were sent: more than {} permille apart", mass_g,
                            sent_g, permille),
                fmt::format("{}克，移出{}克：相差超过千分之{}", mass_g, sent_g, permille));
}

void JudgeWeighShare(Judge& judge, const v1::ReceiptConfirmed& event,
                     const v1::ManifestIssued& issued) {
  const bool given = event.weigh_share() != v1::WEIGH_SHARE_UNSPECIFIED;
  if (given != event.has_weigh_ticket() ||
      (event.share_line() != 0 && event.weigh_share() != v1::WEIGH_SHARE_ALL_TO_LINE)) {
    judge.Violate(RuleId::kWeighShare, judge.Path("weigh_share"),
                  "a weigh ticket and the rule it is shared by are given together, a line only "
                  "where one has the difference",
                  "磅单与分摊规则须同时填写，仅差异归于一行时填写行号");
    return;
  }
  if (!given) return;
  const int64_t net_g = event.weigh_ticket().net_mass_g();
  if (net_g < 0 || net_g > kMassMaxG) return;  // FORM-FIELD says so
  const std::vector<int64_t> shares = SharesOf(judge, event, issued);
  for (size_t i = 0; i < shares.size(); ++i) {
    const int64_t received_g = event.lines(static_cast<int>(i)).received_mass_g();
    if (received_g == shares[i]) continue;
    judge.Violate(RuleId::kWeighShare, judge.Path(fmt::format("lines[{}].received_mass_g", i)),
                  fmt::format("{} g where the share of the line is {} g", received_g, shares[i]),
                  fmt::format("{}克，按规则应分摊{}克", received_g, shares[i]));
  }
}

}  // namespace cradle::rules
