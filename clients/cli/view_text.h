// How batches and manifests look to a person.
#ifndef CRADLE_CLIENTS_CLI_VIEW_TEXT_H_
#define CRADLE_CLIENTS_CLI_VIEW_TEXT_H_

#include <string>

#include "cradle/v1/tracking.pb.h"

namespace cradle::cli {

// "stored", "in-transit".
std::string StatusText(state::v1::BatchStatus status);
// "412 d", or "unknown".
std::string AgeText(int64_t age_days);
// "2026-03-03 23:59", with " overdue" behind it where it is; "-": nothing limits its stay.
std::string DueText(const v1::BatchView& view);
std::string BatchText(const v1::BatchView& view, const std::string& on_date, bool chinese);
std::string ManifestText(const v1::ManifestView& view, bool chinese);
// One paragraph for each: who claims the place, who stands there, what was decided.
std::string DisputesText(const google::protobuf::RepeatedPtrField<v1::DisputeView>& disputes,
                         bool chinese);
std::string TraceText(const v1::TraceResponse& trace, bool chinese);

}  // namespace cradle::cli

#endif  // CRADLE_CLIENTS_CLI_VIEW_TEXT_H_
