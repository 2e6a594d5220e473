// The lines of a manifest and of its receipt in full: what the statement says of all of them is
// said of each that says nothing else itself.
#ifndef CRADLE_SERVICES_RULES_LINES_H_
#define CRADLE_SERVICES_RULES_LINES_H_

#include <string>

#include "cradle/statement/v1/collection_events.pb.h"
#include "cradle/statement/v1/manifest_events.pb.h"

namespace cradle::rules {

// Without `all_lines`, which the lines have taken over.
statement::v1::ManifestIssued WithFullLines(statement::v1::ManifestIssued issued);
statement::v1::ReceiptConfirmed WithFullLines(statement::v1::ReceiptConfirmed confirmed);

// The first field of what is said of all lines that each says for itself: batch or mass; empty:
// none.
std::string OwnFieldOf(const statement::v1::ManifestLine& all_lines);
std::string OwnFieldOf(const statement::v1::ReceivedLine& all_lines);

// The other way round: what all lines say alike is said once, of a statement of more than one line.
// WithFullLines gives the same lines again.
void SayOnceOfAllLines(statement::v1::ManifestIssued& issued);
void SayOnceOfAllLines(statement::v1::ReceiptConfirmed& confirmed);
void SayOnceOfAllLines(statement::v1::WasteCollected& collected);

}  // namespace cradle::rules

#endif  // CRADLE_SERVICES_RULES_LINES_H_
