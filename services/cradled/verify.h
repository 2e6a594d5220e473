// `cradled verify`: everything in a data directory that nobody serves, from its bytes.
#ifndef CRADLE_SERVICES_CRADLED_VERIFY_H_
#define CRADLE_SERVICES_CRADLED_VERIFY_H_

#include <cstdint>
#include <string>

#include "services/audit/core/report.h"

namespace cradle::cradled {

// Prints the report. Exit codes: 0 verified, 1 could not begin, 4 tampered, forked or diverged,
// 5 unverifiable or unavailable.
int VerifyData(const std::string& data);

// What is to be said of entries stored beyond the signed checkpoint that `report` was read against;
// empty: there are none, or no signed checkpoint to tell them by. `stored`: entries in the store.
// `journal_read`: the signer's journal was there and whole, so that nothing longer was ever signed.
std::string BeyondCheckpoint(uint64_t stored, const audit::Report& report, bool journal_read);

}  // namespace cradle::cradled

#endif  // CRADLE_SERVICES_CRADLED_VERIFY_H_
