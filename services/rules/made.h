// What a statement makes of which batches, as it says itself.
#ifndef CRADLE_SERVICES_RULES_MADE_H_
#define CRADLE_SERVICES_RULES_MADE_H_

#include <string>
#include <vector>

#include "cradle/statement/v1/statement.pb.h"

namespace cradle::rules {

// The batches that it begins by making them of others; none of another event.
std::vector<const statement::v1::MadeBatch*> BatchesMade(const statement::v1::Statement& statement);

// The batches that it ends by making others of them, or by treating them; none of another event.
// What a bulk store gives is not among them: that is in its account.
std::vector<std::string> BatchesUsed(const statement::v1::Statement& statement);

// The bulk stores whose layers it changes.
std::vector<std::string> BulkStoresChanged(const statement::v1::Statement& statement);

}  // namespace cradle::rules

#endif  // CRADLE_SERVICES_RULES_MADE_H_
