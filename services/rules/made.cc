#include "services/rules/made.h"

namespace cradle::rules {

using statement::v1::MadeBatch;
using statement::v1::Statement;

std::vector<const MadeBatch*> BatchesMade(const Statement& statement) {
  const auto all = [](const google::protobuf::RepeatedPtrField<MadeBatch>& made) {
    return std::vector<const MadeBatch*>(made.pointer_begin(), made.pointer_end());
  };
  switch (statement.event_case()) {
    case Statement::kBatchSplit:
      return all(statement.batch_split().parts());
    case Statement::kBatchesMerged:
      return {&statement.batches_merged().made()};
    case Statement::kBatchesPretreated:
      return all(statement.batches_pretreated().made());
    case Statement::kTreatmentRecorded:
      return all(statement.treatment_recorded().residues());
    case Statement::kBulkDrawn:
      return {&statement.bulk_drawn().drawn()};
    default:
      return {};
  }
}

std::vector<std::string> BatchesUsed(const Statement& statement) {
  const auto all = [](const google::protobuf::RepeatedPtrField<std::string>& batches) {
    return std::vector<std::string>(batches.begin(), batches.end());
  };
  switch (statement.event_case()) {
    case Statement::kBatchSplit:
      return {statement.batch_split().batch()};
    case Statement::kBatchesMerged:
      return all(statement.batches_merged().parents());
    case Statement::kBatchesPretreated:
      return all(statement.batches_pretreated().parents());
    case Statement::kTreatmentRecorded:
      return all(statement.treatment_recorded().batches());
    default:
      return {};
  }
}

std::vector<std::string> BulkStoresChanged(const Statement& statement) {
  switch (statement.event_case()) {
    case Statement::kBulkFilled:
      return {statement.bulk_filled().facility()};
    case Statement::kBulkDrawn:
      return {statement.bulk_drawn().facility()};
    case Statement::kBulkLevelRead:
      return {statement.bulk_level_read().facility()};
    case Statement::kBulkEmptied:
      return {statement.bulk_emptied().facility()};
    case Statement::kTreatmentRecorded: {
      std::vector<std::string> stores;
      for (const auto& feed : statement.treatment_recorded().feeds()) {
        stores.push_back(feed.facility());
      }
      return stores;
    }
    default:
      return {};
  }
}

}  // namespace cradle::rules
