#include "services/rules/collection.h"

#include <fmt/format.h>

#include "storage/evidence/hash.h"
#include "storage/evidence/statement.h"

namespace cradle::rules {

std::string DocketOfCollection(std::string_view manifest) {
  const evidence::Hash hash = evidence::Sha256(fmt::format("cradle/collection/v1\n{}", manifest));
  return evidence::IdFromBytes(evidence::AsBytes(hash).substr(0, 16));
}

const std::string* CollectionAnswered(const statement::v1::Statement& statement) {
  if (statement.has_collection_countersigned()) {
    return &statement.collection_countersigned().manifest();
  }
  if (statement.has_collection_contested()) return &statement.collection_contested().manifest();
  if (statement.has_contest_resolved() && statement.contest_resolved().of_collection()) {
    return &statement.contest_resolved().manifest();
  }
  return nullptr;
}

}  // namespace cradle::rules
