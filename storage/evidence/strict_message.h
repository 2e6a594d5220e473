// Parsing protobuf as a format for ever: canonical bytes, nothing unknown. Within this folder only.
#ifndef CRADLE_STORAGE_EVIDENCE_STRICT_MESSAGE_H_
#define CRADLE_STORAGE_EVIDENCE_STRICT_MESSAGE_H_

#include <google/protobuf/message.h>

#include <string_view>

#include "absl/status/status.h"

namespace cradle::evidence {

// Parses `bytes` into `message`. INVALID_ARGUMENT: not that message, or not its canonical bytes.
// UNIMPLEMENTED: a field or an enum value that this build does not know; the message names it.
absl::Status ParseStrictly(std::string_view bytes, google::protobuf::Message& message);

}  // namespace cradle::evidence

#endif  // CRADLE_STORAGE_EVIDENCE_STRICT_MESSAGE_H_
