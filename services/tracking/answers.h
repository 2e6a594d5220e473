// Builds the messages that tracking's reads return, from the rows of view.h.
#ifndef CRADLE_SERVICES_TRACKING_ANSWERS_H_
#define CRADLE_SERVICES_TRACKING_ANSWERS_H_

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "cradle/v1/tracking.pb.h"
#include "services/runtime/query.h"
#include "services/tracking/view.h"
#include "storage/kv/store.h"

namespace cradle::tracking {

// A statement in a batch's life, before its step is read.
struct StepOfBatch {
  uint64_t index = 0;
  int64_t mass_g = 0;
  std::string chain;  // through which it concerns the batch
  bool marked = false;
};

// For one request over one snapshot, which must outlive it, as must the context. Keeps the names it
// has read.
class Answers {
 public:
  Answers(const kv::Reader& reader, const runtime::QueryContext& context)
      : reader_(reader), context_(context) {}

  // NOT_FOUND: names the batch. So for manifests.
  absl::StatusOr<state::v1::BatchState> FindBatch(std::string_view batch) const;
  absl::StatusOr<state::v1::ManifestState> FindManifest(std::string_view manifest) const;

  // Of a site, as registered; empty is the log's.
  absl::StatusOr<std::string> ZoneOf(std::string_view site) const;
  // Empty for no organisation: the log itself.
  absl::StatusOr<std::string> NameOf(const std::string& organisation);

  // In order of index.
  // Without how far it is and by which way.
  absl::StatusOr<v1::RelatedBatch> Related(const state::v1::BatchState& batch);
  absl::StatusOr<std::vector<StepOfBatch>> StepsOf(std::string_view batch) const;
  absl::StatusOr<v1::TraceStep> Step(uint64_t index) const;

  // `as_of_ms`: what is due before is overdue.
  absl::StatusOr<v1::BatchView> View(state::v1::BatchState batch, absl::CivilDay on_day,
                                     int64_t as_of_ms);
  absl::StatusOr<v1::ManifestView> View(state::v1::ManifestState manifest);

  // Adds the disputes on a chain, open and resolved, by height.
  absl::Status AddDisputes(const std::string& chain,
                           google::protobuf::RepeatedPtrField<v1::DisputeView>* disputes);
  // On the batch's own chain, then on those of the manifests it has been on.
  absl::Status AddDisputesOf(const state::v1::BatchState& batch,
                             google::protobuf::RepeatedPtrField<v1::DisputeView>* disputes);

 private:
  absl::Status AddMarks(uint64_t index,
                        google::protobuf::RepeatedPtrField<v1::Violation>* marks) const;

  // By when medical waste must leave, in `view`, whose status is known.
  absl::Status AddDue(const state::v1::BatchState& batch, int64_t as_of_ms, v1::BatchView& view);

  const kv::Reader& reader_;
  const runtime::QueryContext& context_;
  std::map<std::string, std::string> names_;
};

}  // namespace cradle::tracking

#endif  // CRADLE_SERVICES_TRACKING_ANSWERS_H_
