#include "services/cradled/verify.h"

#include <fmt/format.h>

#include <filesystem>
#include <iostream>
#include <memory>
#include <system_error>
#include <utility>
#include <vector>

#include "services/audit/core/verify_log.h"
#include "services/audit/verify_view.h"
#include "services/cradled/config.h"
#include "services/cradled/ledger_records.h"
#include "services/cradled/store_source.h"
#include "services/monitoring/view.h"
#include "services/registry/view.h"
#include "services/tracking/view.h"
#include "storage/evidence/hash.h"
#include "storage/kv/rocksdb_store.h"

namespace cradle::cradled {
namespace {

constexpr int kCouldNotBegin = 1;
constexpr int kDoesNotHold = 4;
constexpr int kCannotTell = 5;

int ExitCode(audit::Verdict verdict) {
  switch (verdict) {
    case audit::Verdict::kVerified:
      return 0;
    case audit::Verdict::kUnavailable:
    case audit::Verdict::kUnverifiable:
      return kCannotTell;
    default:
      return kDoesNotHold;
  }
}

void Print(const std::string& what, const audit::Report& report) {
  std::cout << fmt::format("{} {}: {} entries\n", what, audit::VerdictName(report.verdict),
                           report.entries);
  if (!report.scope.empty()) std::cout << "  " << report.scope << "\n";
  for (const audit::Finding& finding : report.findings) {
    std::cout << fmt::format("  {}: {}: {}\n", audit::VerdictName(finding.verdict), finding.subject,
                             finding.reason);
  }
}

// A view that is not there yet has nothing to diverge: it comes by replay.
absl::StatusOr<audit::Verdict> VerifyOneView(const DataDirectory& data, const StoreSource& source,
                                             const runtime::View& view) {
  const std::string name(view.name());
  std::error_code error;  // then opening it says what it is
  if (!std::filesystem::exists(data.view(name), error) && !error) {
    std::cout << "view " << name << " is not there: it will be rebuilt\n";
    return audit::Verdict::kVerified;
  }
  absl::StatusOr<std::unique_ptr<kv::Store>> store =
      kv::OpenRocksDb(data.view(name).string(), {.create_if_missing = false, .read_only = true});
  if (!store.ok()) return store.status();
  const absl::StatusOr<bool> fits = runtime::IsOfThisVersion(view, **store);
  if (fits.ok() && !*fits) {  // what cannot be read, the comparison says
    std::cout << "view " << name << " is of another version: the next start folds it anew\n";
    return audit::Verdict::kVerified;
  }
  const audit::Report report = audit::VerifyView(source, view, **store);
  Print("view " + name, report);
  return report.verdict;
}

absl::StatusOr<audit::Verdict> Verify(const DataDirectory& data) {
  absl::StatusOr<Config> config = ReadConfig(data);
  if (!config.ok()) return config.status();
  absl::StatusOr<std::unique_ptr<kv::Store>> store =
      kv::OpenRocksDb(data.ledger().string(), {.create_if_missing = false, .read_only = true});
  if (!store.ok()) return store.status();
  const StoreSource source(data, **store);
  const audit::Report report = audit::VerifyLog(source, config->log);
  Print("log", report);
  // A size that cannot be read is a finding of the records.
  if (absl::StatusOr<uint64_t> stored = ledger::ReadSize(**store); stored.ok()) {
    const absl::StatusOr<std::vector<std::string>> journal = source.JournalCheckpoints();
    const std::string beyond = BeyondCheckpoint(*stored, report, journal.ok() && !journal->empty());
    if (!beyond.empty()) std::cout << "  " << beyond << "\n";
  }
  const audit::Report records = VerifyLedgerRecords(source, report, config->log, **store);
  Print("ledger's records", records);
  audit::Verdict gravest = std::max(report.verdict, records.verdict);
  for (const runtime::View* view :
       {&registry::RegistryView(), &tracking::TrackingView(), &monitoring::MonitoringView()}) {
    absl::StatusOr<audit::Verdict> verdict = VerifyOneView(data, source, *view);
    if (!verdict.ok()) return verdict.status();
    gravest = std::max(gravest, *verdict);
  }
  return gravest;
}

}  // namespace

std::string BeyondCheckpoint(uint64_t stored, const audit::Report& report, bool journal_read) {
  if (!report.signed_size || stored <= *report.signed_size) return "";
  const uint64_t beyond = stored - *report.signed_size;
  if (journal_read) {
    return fmt::format(
        "{} more entries are stored and under no signed checkpoint yet: nobody holds a receipt for "
        "them, and they are not verified",
        beyond);
  }
  return fmt::format(
      "{} more entries are stored beyond the newest checkpoint in the store, and are not verified; "
      "whether somebody holds a receipt for them only the signer's journal tells, which is not "
      "there or cannot be read",
      beyond);
}

int VerifyData(const std::string& data) {
  const absl::StatusOr<audit::Verdict> verdict = Verify(DataDirectory{data});
  if (!verdict.ok()) {
    std::cerr << "cradled: " << std::string(verdict.status().message()) << "\n";
    return kCouldNotBegin;
  }
  std::cout << audit::VerdictName(*verdict) << "\n";
  return ExitCode(*verdict);
}

}  // namespace cradle::cradled
