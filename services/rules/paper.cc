#include "services/rules/paper.h"

#include <string>

#include "services/rules/calendar.h"

namespace cradle::rules {
namespace {

using S = statement::v1::Statement;

// Null: it enters no step of a manifest on paper. `delivered` is the day of the delivery in the
// log.
const statement::v1::Paper* PaperOf(Judge& judge, std::string& delivered) {
  const statement::v1::ManifestIssued* issued = nullptr;
  switch (judge.event()) {
    case S::kManifestIssued:
      issued = &judge.statement().manifest_issued();
      break;
    case S::kLoadTaken:
    case S::kLoadHandedOver:
    case S::kLoadDelivered:
    case S::kReceiptConfirmed: {
      const auto& manifest = judge.Manifest();
      if (!manifest) return nullptr;
      issued = &manifest->issued();
      delivered = manifest->arrival_date();
      break;
    }
    default:
      return nullptr;
  }
  return issued->has_paper() ? &issued->paper() : nullptr;
}

}  // namespace

std::optional<PaperPeriod> FindPaperPeriod(Judge& judge) {
  std::string delivered;
  const statement::v1::Paper* const paper = PaperOf(judge, delivered);
  if (paper == nullptr) return std::nullopt;
  const absl::CivilDay recorded = DayOf(judge.recorded_time_ms(), kLogZoneOffsetMs);
  const auto completed = ParseDate(delivered.empty() ? paper->completed_date() : delivered);
  if (!completed.ok()) return std::nullopt;  // FORM-FIELD says so
  const absl::StatusOr<int64_t> days = judge.data().Limit("paper_backfill_working_days", recorded);
  if (!days.ok()) {
    judge.Fail(days.status());
    return std::nullopt;
  }
  const WorkingDayPeriod period = AddWorkingDays(judge.data().holidays(), *completed, *days);
  return PaperPeriod{*completed, period, recorded > period.last_day};
}

void JudgePaperTime(Judge& judge, const PaperPeriod& paper) {
  if (!paper.late) return;
  const WorkingDayPeriod& period = paper.period;
  const bool table = !period.year_without_table;
  judge.Violate(RuleId::kPaperLate, "claimed_time_ms",
                fmt::format("the transfer was completed on {}, to be entered by {}{}",
                            FormatDate(paper.completed), FormatDate(period.last_day),
                            table ? "" : " (counted without a table of holidays)"),
                fmt::format("转移于 {} 完成，应于 {} 前补录{}", FormatDate(paper.completed),
                            FormatDate(period.last_day), table ? "" : "（未载入节假日表）"));
}

}  // namespace cradle::rules
