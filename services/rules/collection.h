// Collections at which the consignor was not, and its answers.
#ifndef CRADLE_SERVICES_RULES_COLLECTION_H_
#define CRADLE_SERVICES_RULES_COLLECTION_H_

#include <string>
#include <string_view>

#include "cradle/statement/v1/statement.pb.h"

namespace cradle::rules {

// The id of the docket whose chain the answers to a collection extend, so that none of them takes
// the place of what the driver signs on the road meanwhile: of the first 16 bytes of
// SHA-256("cradle/collection/v1\n" manifest).
std::string DocketOfCollection(std::string_view manifest);

// The manifest whose collection the statement answers, or whose contest of it it resolves; null: it
// is no such statement.
const std::string* CollectionAnswered(const statement::v1::Statement& statement);

}  // namespace cradle::rules

#endif  // CRADLE_SERVICES_RULES_COLLECTION_H_
