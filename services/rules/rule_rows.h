// The rows of the rule table, in files by part of the field, and the words they are written with.
// Within this folder only.
#ifndef CRADLE_SERVICES_RULES_RULE_ROWS_H_
#define CRADLE_SERVICES_RULES_RULE_ROWS_H_

#include <span>

#include "services/rules/rule_table.h"

namespace cradle::rules {

std::span<const Rule> StatementRules();
std::span<const Rule> PlaceRules();
std::span<const Rule> WasteRules();
std::span<const Rule> CorrectionRules();
std::span<const Rule> DisputeRules();
std::span<const Rule> LineageRules();
std::span<const Rule> PermitRules();
std::span<const Rule> OrderRules();
std::span<const Rule> IncidentRules();
std::span<const Rule> ManifestRules();
std::span<const Rule> MedicalRules();
std::span<const Rule> CollectionRules();

namespace rows {

using S = statement::v1::Statement;

// Events that rules have in common.
inline constexpr EventSet kNone;
inline constexpr EventSet kAll = EventSet::All();
inline constexpr EventSet kBegin =
    On(S::kOrganisationRegistered, S::kSiteRegistered, S::kVehicleRegistered,
       S::kFacilityRegistered, S::kStockDeclared, S::kBatchGenerated, S::kManifestIssued,
       S::kTransferApproved, S::kWasteFound, S::kIncidentReported, S::kEmergencyOrdered,
       S::kWardRegistered, S::kWasteCollected, S::kSelfDelivered);
inline constexpr EventSet kBegunBatch = On(S::kStockDeclared, S::kBatchGenerated);
// Make batches of others.
inline constexpr EventSet kMade = On(S::kBatchSplit, S::kBatchesMerged, S::kBatchesPretreated,
                                     S::kTreatmentRecorded, S::kBulkDrawn);
// Give a batch a code that it does not have from its parents.
inline constexpr EventSet kNewCode =
    kBegunBatch | On(S::kBatchOpened, S::kBatchesPretreated, S::kTreatmentRecorded, S::kBulkDrawn);
inline constexpr EventSet kCustody = On(S::kBatchStored, S::kBatchMoved, S::kBatchTreated);
// What sets a batch right.
inline constexpr EventSet kCorrecting = On(S::kBatchAmended, S::kBatchVoided);
inline constexpr EventSet kTreated = On(S::kBatchTreated, S::kTreatmentRecorded);
// Done to batches in one's own hands, other than kCustody.
inline constexpr EventSet kLineage =
    On(S::kBatchToppedUp, S::kBatchSealed, S::kBatchSplit, S::kBatchesMerged, S::kBatchRepacked,
       S::kBatchesPretreated, S::kTreatmentRecorded, S::kContainersPacked, S::kBulkFilled,
       S::kBagsHandedOver, S::kBatchDisinfected);
// A manifest is issued on the road, with its load taken.
inline constexpr EventSet kCollected = On(S::kWasteCollected);
// Issued, delivered and confirmed at once.
inline constexpr EventSet kBrought = On(S::kSelfDelivered);
inline constexpr EventSet kIssue = On(S::kManifestIssued) | kCollected | kBrought;
inline constexpr EventSet kHandover =
    On(S::kLoadTaken, S::kLoadHandedOver, S::kLoadDelivered, S::kRoundDelivered);
inline constexpr EventSet kAfterIssue = kHandover | On(S::kReceiptConfirmed);
// The consignor answers a collection at which it was not.
inline constexpr EventSet kAnswers = On(S::kCollectionCountersigned, S::kCollectionContested);
// About a manifest that is in the log.
inline constexpr EventSet kOfManifest =
    kAfterIssue |
    On(S::kManifestCancelled, S::kCarriersChanged, S::kOfficialNumberAttached, S::kLoadReturned,
       S::kReceiptContested, S::kContestResolved) |
    kAnswers;
// Carriers are named.
inline constexpr EventSet kNamesCarriers = On(S::kManifestIssued, S::kCarriersChanged) | kCollected;
inline constexpr EventSet kTwoParties =
    kHandover | kCorrecting |
    On(S::kStockDeclared, S::kFounded, S::kPermitRegistered, S::kFacilityLimitSet,
       S::kInspectionRecorded, S::kWasteFound, S::kEmergencyOrdered, S::kEmergencyEnded,
       S::kLoadReturned, S::kContestResolved, S::kPipelineTransferred, S::kWasteCollected,
       S::kSelfDelivered);
inline constexpr EventSet kLoad = On(S::kLoadTaken, S::kLoadHandedOver);
// What is asserted of a facility after its registration, with or by a regulator.
inline constexpr EventSet kOfFacility =
    On(S::kFacilityAccepted, S::kFacilityLimitSet, S::kInspectionRecorded);
// What a regulator asserts about others.
inline constexpr EventSet kByRegulator =
    On(S::kOrganisationRegistered, S::kSiteRegistered, S::kLicenceGranted, S::kDeviceKeyEnrolled,
       S::kDeviceKeyRevoked, S::kFacilityRegistered, S::kStockDeclared, S::kFounded,
       S::kDisputeResolved, S::kBulkRegistered, S::kLicenceStatusChanged, S::kTransferApproved,
       S::kPermitRegistered, S::kPilotApproved, S::kFacilityShared, S::kExitStarted,
       S::kExitCompleted, S::kDelegationEnded, S::kEmergencyOrdered, S::kEmergencyEnded,
       S::kWasteFound, S::kLossClosed) |
    kCorrecting | kOfFacility;

inline constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;
inline constexpr auto kDenied = absl::StatusCode::kPermissionDenied;
inline constexpr auto kUnauthenticated = absl::StatusCode::kUnauthenticated;
inline constexpr auto kFailed = absl::StatusCode::kFailedPrecondition;
inline constexpr auto kExists = absl::StatusCode::kAlreadyExists;
inline constexpr auto kOk = absl::StatusCode::kOk;  // of rules that only mark

}  // namespace rows
}  // namespace cradle::rules

#endif  // CRADLE_SERVICES_RULES_RULE_ROWS_H_
