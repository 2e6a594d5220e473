// Is a view what the log folds to?
#ifndef CRADLE_SERVICES_AUDIT_VERIFY_VIEW_H_
#define CRADLE_SERVICES_AUDIT_VERIFY_VIEW_H_

#include <cstdint>
#include <functional>
#include <string>

#include "services/audit/core/log_source.h"
#include "services/audit/core/report.h"
#include "services/runtime/view.h"
#include "storage/kv/store.h"

namespace cradle::audit {

struct VerifyViewOptions {
  // Where the log is folded again; a folder below it is made and removed. Empty: the system's
  // temporary directory. It takes as much room as the view.
  std::string scratch_directory;
  // Called on the caller's thread; false stops.
  std::function<bool(uint64_t entries, uint64_t size)> progress;
};

// Folds as many entries of the log as `stored` has folded with the code of `view` and compares the
// two key by key: each wrong, missing or superfluous key is a finding, diverged. That the entries
// themselves are the log's is VerifyLog's to say.
// `stored` is one state of the view's store: a snapshot where somebody writes to it.
Report VerifyView(const LogSource& source, const runtime::View& view, const kv::Reader& stored,
                  const VerifyViewOptions& options = {});

// A key as the report shows it: printable bytes as they are, others as \xNN.
std::string PrintableKey(std::string_view key);

}  // namespace cradle::audit

#endif  // CRADLE_SERVICES_AUDIT_VERIFY_VIEW_H_
