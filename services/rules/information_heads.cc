#include "services/rules/information_heads.h"

namespace cradle::rules {
namespace {

using state::v1::BatchState;

InformationStatus OfKind(const BatchState& batch) {
  return batch.identification() == statement::v1::IDENTIFICATION_TO_IDENTIFY
             ? InformationStatus::kMissing
             : InformationStatus::kGiven;
}

// Of a container that is being filled it is due when it is sealed.
InformationStatus OfQuantity(const BatchState& batch) {
  return batch.status() == state::v1::BATCH_STATUS_FILLING ? InformationStatus::kNotYetDue
                                                           : InformationStatus::kGiven;
}

InformationStatus OfStorage(const BatchState& batch) {
  if (batch.was_stored()) return InformationStatus::kGiven;
  switch (batch.status()) {
    case state::v1::BATCH_STATUS_GENERATED:
    case state::v1::BATCH_STATUS_FILLING:
      return InformationStatus::kNotYetDue;
    case state::v1::BATCH_STATUS_CONSUMED:
    case state::v1::BATCH_STATUS_VOIDED:
    case state::v1::BATCH_STATUS_LOST:
    case state::v1::BATCH_STATUS_CLOSED:
      return InformationStatus::kNotApplicable;
    default:
      return batch.unstored_reason() == statement::v1::UNSTORED_REASON_UNSPECIFIED
                 ? InformationStatus::kMissing
                 : InformationStatus::kNotApplicable;
  }
}

bool HasEnded(const BatchState& batch) {
  return batch.status() == state::v1::BATCH_STATUS_TREATED ||
         batch.status() == state::v1::BATCH_STATUS_CONSUMED ||
         batch.status() == state::v1::BATCH_STATUS_VOIDED ||
         batch.status() == state::v1::BATCH_STATUS_CLOSED;
}

InformationStatus OfDestination(const BatchState& batch) {
  if (!batch.manifests().empty()) return InformationStatus::kGiven;
  return HasEnded(batch) ? InformationStatus::kNotApplicable : InformationStatus::kNotYetDue;
}

InformationStatus OfEnding(const BatchState& batch, bool utilised) {
  if (!HasEnded(batch)) return InformationStatus::kNotYetDue;
  if (batch.status() != state::v1::BATCH_STATUS_TREATED) return InformationStatus::kNotApplicable;
  const bool was_utilised = batch.ending() == statement::v1::ENDING_UTILISED;
  return was_utilised == utilised ? InformationStatus::kGiven : InformationStatus::kNotApplicable;
}

}  // namespace

InformationStatus StatusOfHead(const BatchState& batch, InformationHead head) {
  switch (head) {
    case InformationHead::kKind:
      return OfKind(batch);
    case InformationHead::kQuantity:
      return OfQuantity(batch);
    case InformationHead::kStorage:
      return OfStorage(batch);
    case InformationHead::kDestination:
      return OfDestination(batch);
    case InformationHead::kUtilisation:
      return OfEnding(batch, true);
    case InformationHead::kDisposal:
      return OfEnding(batch, false);
  }
  return InformationStatus::kNotApplicable;
}

}  // namespace cradle::rules
