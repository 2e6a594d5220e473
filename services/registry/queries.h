// The registry's reads, as plain functions over a snapshot of its view. Each fills `known`.
// INVALID_ARGUMENT names the field that is malformed; NOT_FOUND names the id; DATA_LOSS: the store
// is damaged, delete it and it comes back by replay.
#ifndef CRADLE_SERVICES_REGISTRY_QUERIES_H_
#define CRADLE_SERVICES_REGISTRY_QUERIES_H_

#include "absl/status/status.h"
#include "cradle/v1/registry.pb.h"
#include "services/runtime/query.h"
#include "storage/kv/store.h"

namespace cradle::registry {

// With all that belongs to it, each in order of id; licences in order of grant.
absl::Status GetOrganisation(const kv::Reader& reader, const runtime::QueryContext& context,
                             const v1::GetOrganisationRequest& request,
                             v1::GetOrganisationResponse& response);

// In order of division, then id. A name matches whatever the case of its Latin letters.
absl::Status ListOrganisations(const kv::Reader& reader, const runtime::QueryContext& context,
                               const v1::ListOrganisationsRequest& request,
                               v1::ListOrganisationsResponse& response);

absl::Status GetFacility(const kv::Reader& reader, const runtime::QueryContext& context,
                         const v1::GetFacilityRequest& request, v1::GetFacilityResponse& response);

absl::Status GetKey(const kv::Reader& reader, const runtime::QueryContext& context,
                    const v1::GetKeyRequest& request, v1::GetKeyResponse& response);

// From the bundle that the log has in force, in order of code: the newest edition loaded that came
// into force by that date, and whether it still was.
absl::Status ListWasteCodes(const kv::Reader& reader, const runtime::QueryContext& context,
                            const v1::ListWasteCodesRequest& request,
                            v1::ListWasteCodesResponse& response);

}  // namespace cradle::registry

#endif  // CRADLE_SERVICES_REGISTRY_QUERIES_H_
