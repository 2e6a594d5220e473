#include "services/audit/core/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace cradle::audit {

std::string_view VerdictName(Verdict verdict) {
  switch (verdict) {
    case Verdict::kVerified:
      return "verified";
    case Verdict::kUnavailable:
      return "unavailable";
    case Verdict::kUnverifiable:
      return "unverifiable";
    case Verdict::kDiverged:
      return "diverged";
    case Verdict::kTampered:
      return "tampered";
    case Verdict::kForked:
      return "forked";
  }
  return "unknown";
}

void Findings::Add(std::string_view kind, Finding finding) {
  if (finding.index) first_entry_ = std::min(first_entry_.value_or(UINT64_MAX), *finding.index);
  auto found = std::find_if(kinds_.begin(), kinds_.end(), [&](const Kind& k) {
    return k.name == kind && k.verdict == finding.verdict;
  });
  if (found == kinds_.end()) {
    kinds_.push_back({std::string(kind), finding.verdict, {}, 0, {}});
    found = kinds_.end() - 1;
  }
  if (found->kept.size() < kept_max_) {
    found->kept.push_back(std::move(finding));
  } else {
    ++found->cut;
    found->last = std::move(finding);
  }
}

void Findings::AddEntry(std::string_view kind, Verdict verdict, uint64_t index,
                        std::string reason) {
  Add(kind, {verdict, index, fmt::format("entry {}", index), std::move(reason)});
}

bool Findings::Has(Verdict verdict) const {
  return std::any_of(kinds_.begin(), kinds_.end(),
                     [verdict](const Kind& kind) { return kind.verdict == verdict; });
}

std::optional<uint64_t> Findings::FirstEntry() const { return first_entry_; }

std::vector<Finding> Findings::Take() {
  std::vector<Finding> all;
  for (Kind& kind : kinds_) {
    for (Finding& finding : kind.kept) all.push_back(std::move(finding));
    if (kind.cut > 0) {
      all.push_back(
          {kind.verdict, std::nullopt, fmt::format("{} more", kind.cut),
           fmt::format("of the same kind, the last {}: {}", kind.last.subject, kind.last.reason)});
    }
  }
  kinds_.clear();
  first_entry_.reset();
  std::stable_sort(all.begin(), all.end(), [](const Finding& a, const Finding& b) {
    if (a.verdict != b.verdict) return a.verdict > b.verdict;
    return a.index.value_or(UINT64_MAX) < b.index.value_or(UINT64_MAX);
  });
  return all;
}

void Conclude(Findings& findings, Report& report) {
  report.findings = findings.Take();
  report.verdict = report.findings.empty() ? Verdict::kVerified : report.findings.front().verdict;
}

}  // namespace cradle::audit
