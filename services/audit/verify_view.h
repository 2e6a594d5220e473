// Is a store what the log folds to? A view's, or any other whose keys follow from the entries.
#ifndef CRADLE_SERVICES_AUDIT_VERIFY_VIEW_H_
#define CRADLE_SERVICES_AUDIT_VERIFY_VIEW_H_

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "services/audit/core/log_source.h"
#include "services/audit/core/report.h"
#include "services/runtime/view.h"
#include "storage/kv/store.h"

namespace cradle::audit {

struct VerifyViewOptions {
  // Where the log is folded again; a folder below it is made and removed. Empty: the system's
  // temporary directory. It takes as much room as the keys compared.
  std::string scratch_directory;
  // Called on the caller's thread; false stops.
  std::function<bool(uint64_t entries, uint64_t size)> progress;
};

// What a store's keys are folded with: a view, and what the store has beside it.
class RecordFold {
 public:
  virtual ~RecordFold() = default;
  // As findings name the store: "view tracking".
  virtual std::string name() const = 0;
  // Its admission state, its own keys and kSizeKey are what the store should have.
  virtual const runtime::View& view() const = 0;
  // Told the entries of each bundle in order, once they are folded: adds to `writer` what the store
  // keeps of many entries together. An error ends the verification, unavailable.
  virtual absl::Status FoldBundle(std::span<const std::string_view> /*entries*/,
                                  runtime::ViewWriter& /*writer*/, Findings& /*findings*/) {
    return absl::OkStatus();
  }
  // A key that is in its place whatever the fold has there: it is not compared.
  virtual bool IsBeside(std::string_view /*key*/) const { return false; }
};

// Folds as many entries of the log as `stored` says it has (runtime::kSizeKey) and compares the two
// key by key: each wrong, missing or superfluous key is a finding, diverged. What cannot be read is
// unavailable. Every key of `stored` is read. That the entries themselves are the log's is
// VerifyLog's to say.
// `stored` is one state of the store: a snapshot where somebody writes to it.
Report VerifyRecords(const LogSource& source, RecordFold& fold, const kv::Reader& stored,
                     const VerifyViewOptions& options = {});

// The same of a view's store.
Report VerifyView(const LogSource& source, const runtime::View& view, const kv::Reader& stored,
                  const VerifyViewOptions& options = {});

// A key as the report shows it: printable bytes as they are, others as \xNN.
std::string PrintableKey(std::string_view key);

}  // namespace cradle::audit

#endif  // CRADLE_SERVICES_AUDIT_VERIFY_VIEW_H_
