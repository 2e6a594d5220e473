#include "services/registry/queries.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "services/registry/amounts.h"
#include "services/registry/view.h"
#include "services/rules/calendar.h"
#include "services/rules/identity.h"
#include "services/rules/state_keys.h"
#include "storage/evidence/hash.h"

namespace cradle::registry {
namespace {

namespace keys = rules::keys;

absl::Status InField(std::string_view field, const absl::Status& status) {
  return absl::InvalidArgumentError(fmt::format("{}: {}", field, std::string(status.message())));
}

// The message that a request asks for by id. NOT_FOUND: `what` and id.
template <typename Message>
absl::StatusOr<Message> Find(const kv::Reader& reader, std::string_view key, std::string_view what,
                             std::string_view id) {
  absl::StatusOr<std::optional<Message>> message = runtime::ReadMessage<Message>(reader, key);
  if (!message.ok()) return message.status();
  if (!message->has_value()) {
    return absl::NotFoundError(fmt::format("no {} {} is registered", what, id));
  }
  return **std::move(message);
}

absl::StatusOr<std::string> OrganisationAsked(const kv::Reader& reader,
                                              const v1::GetOrganisationRequest& request) {
  if (request.by_case() == v1::GetOrganisationRequest::kUscc) {
    if (absl::Status status = rules::CheckUscc(request.uscc()); !status.ok()) {
      return InField("uscc", status);
    }
    absl::StatusOr<std::optional<std::string>> id = reader.Get(keys::Uscc(request.uscc()));
    if (!id.ok()) return id.status();
    if (!id->has_value()) {
      return absl::NotFoundError(
          fmt::format("no organisation of USCC {} is registered", request.uscc()));
    }
    return **std::move(id);
  }
  if (request.by_case() != v1::GetOrganisationRequest::kOrganisation) {
    return absl::InvalidArgumentError("by: give an organisation or a uscc");
  }
  if (absl::Status status = runtime::CheckIdField("organisation", request.organisation());
      !status.ok()) {
    return status;
  }
  return request.organisation();
}

// Adds what the rows under `prefix` name, read under `key_of(id)`, to `messages`.
template <typename Message, typename KeyOf>
absl::Status ReadOwned(const kv::Reader& reader, const std::string& prefix, KeyOf key_of,
                       google::protobuf::RepeatedPtrField<Message>* messages) {
  std::vector<std::string> state_keys;
  absl::Status status = reader.Scan(kv::Prefix(prefix), kv::Order::kAscending,
                                    [&](std::string_view key, std::string_view) {
                                      state_keys.push_back(key_of(key.substr(prefix.size())));
                                      return true;
                                    });
  if (!status.ok()) return status;
  for (const std::string& key : state_keys) {
    absl::StatusOr<Message> message = runtime::ReadKept<Message>(reader, key);
    if (!message.ok()) return message.status();
    *messages->Add() = *std::move(message);
  }
  return absl::OkStatus();
}

// Permits of the sites that are in the answer, pilots, approvals.
absl::Status ReadPapers(const kv::Reader& reader, const std::string& id,
                        v1::GetOrganisationResponse& response) {
  for (const state::v1::SiteState& site : response.sites()) {
    auto permits = runtime::ReadMessage<state::v1::PermitsState>(
        reader, keys::Permits(site.registered().site()));
    if (!permits.ok()) return permits.status();
    if (permits->has_value()) response.mutable_permits()->MergeFrom((*permits)->permits());
  }
  auto pilots = runtime::ReadMessage<state::v1::PilotsState>(reader, keys::Pilots(id));
  if (!pilots.ok()) return pilots.status();
  if (pilots->has_value()) *response.mutable_pilots() = std::move(*(*pilots)->mutable_pilots());
  return ReadOwned(
      reader, rows::Approvals(id),
      [&](std::string_view number) { return keys::Approval(id, number); },
      response.mutable_approvals());
}

bool ContainsIgnoringCase(std::string_view text, std::string_view part) {
  return std::search(text.begin(), text.end(), part.begin(), part.end(), [](char a, char b) {
           return absl::ascii_tolower(static_cast<unsigned char>(a)) ==
                  absl::ascii_tolower(static_cast<unsigned char>(b));
         }) != text.end();
}

}  // namespace

absl::Status GetOrganisation(const kv::Reader& reader, const runtime::QueryContext& context,
                             const v1::GetOrganisationRequest& request,
                             v1::GetOrganisationResponse& response) {
  response.set_known(context.known);
  absl::StatusOr<std::string> id = OrganisationAsked(reader, request);
  if (!id.ok()) return id.status();
  auto organisation =
      Find<state::v1::OrganisationState>(reader, keys::Organisation(*id), "organisation", *id);
  if (!organisation.ok()) return organisation.status();
  *response.mutable_organisation() = *std::move(organisation);

  absl::Status status = ReadOwned(reader, rows::Sites(*id), &keys::Site, response.mutable_sites());
  status.Update(
      ReadOwned(reader, rows::Facilities(*id), &keys::Facility, response.mutable_facilities()));
  status.Update(
      ReadOwned(reader, rows::Vehicles(*id), &keys::Vehicle, response.mutable_vehicles()));
  status.Update(ReadOwned(reader, rows::Keys(*id), &keys::Key, response.mutable_keys()));
  auto licences = runtime::ReadMessage<state::v1::LicencesState>(reader, keys::Licences(*id));
  status.Update(licences.status());
  if (status.ok() && licences->has_value()) {
    *response.mutable_licences() = std::move(*(*licences)->mutable_licences());
    *response.mutable_licence_changes() = std::move(*(*licences)->mutable_changes());
  }
  status.Update(ReadOwned(reader, rows::Wards(*id), &keys::Ward, response.mutable_wards()));
  status.Update(ReadPapers(reader, *id, response));
  if (!status.ok()) return status;
  return AddAmounts(reader, rules::DayOf(context.now_ms, rules::kLogZoneOffsetMs), response);
}

absl::Status ListOrganisations(const kv::Reader& reader, const runtime::QueryContext& context,
                               const v1::ListOrganisationsRequest& request,
                               v1::ListOrganisationsResponse& response) {
  response.set_known(context.known);
  if (!request.division().empty()) {
    if (absl::Status status = rules::CheckDivisionForm(request.division()); !status.ok()) {
      return InField("division", status);
    }
  }
  if (!statement::v1::OrganisationRole_IsValid(request.role())) {
    return absl::InvalidArgumentError(
        fmt::format("role: {} is none of the roles known here", static_cast<int>(request.role())));
  }
  absl::StatusOr<uint32_t> page_size = runtime::PageSize(request.page());
  if (!page_size.ok()) return page_size.status();
  const std::string prefix = rows::List(request.role(), request.division());
  absl::StatusOr<std::string> last = runtime::LastOfPage(request.page(), prefix);
  if (!last.ok()) return last.status();

  constexpr size_t kIdSize = 26;
  std::vector<std::string> state_keys;
  bool more = false;
  absl::Status status =
      reader.Scan(runtime::RowsAfter(prefix, *last, kv::Order::kAscending), kv::Order::kAscending,
                  [&](std::string_view key, std::string_view name) {
                    if (!ContainsIgnoringCase(name, request.name_contains())) return true;
                    more = state_keys.size() == *page_size;
                    if (more) return false;
                    state_keys.push_back(keys::Organisation(key.substr(key.size() - kIdSize)));
                    *last = key;
                    return true;
                  });
  if (!status.ok()) return status;
  for (const std::string& key : state_keys) {
    auto organisation = runtime::ReadKept<state::v1::OrganisationState>(reader, key);
    if (!organisation.ok()) return organisation.status();
    *response.add_organisations() = *std::move(organisation);
  }
  if (more) response.set_next_token(runtime::PageToken(*last));
  return absl::OkStatus();
}

absl::Status GetFacility(const kv::Reader& reader, const runtime::QueryContext& context,
                         const v1::GetFacilityRequest& request, v1::GetFacilityResponse& response) {
  response.set_known(context.known);
  const std::string& id = request.facility();
  if (absl::Status status = runtime::CheckIdField("facility", id); !status.ok()) return status;
  auto facility = Find<state::v1::FacilityState>(reader, keys::Facility(id), "facility", id);
  if (!facility.ok()) return facility.status();
  auto site =
      runtime::ReadKept<state::v1::SiteState>(reader, keys::Site(facility->registered().site()));
  if (!site.ok()) return site.status();
  *response.mutable_facility() = *std::move(facility);
  *response.mutable_site() = *std::move(site);
  return absl::OkStatus();
}

absl::Status GetKey(const kv::Reader& reader, const runtime::QueryContext& context,
                    const v1::GetKeyRequest& request, v1::GetKeyResponse& response) {
  response.set_known(context.known);
  const std::string& id = request.key_id();
  if (id.size() != evidence::Hash().size()) {
    return absl::InvalidArgumentError(
        fmt::format("key_id: a key id is 32 bytes, this is {}", id.size()));
  }
  auto key = Find<state::v1::KeyState>(reader, keys::Key(id), "device key", evidence::Hex(id));
  if (!key.ok()) return key.status();
  auto sequence = runtime::ReadMessage<state::v1::DeviceSequence>(reader, keys::Device(id));
  if (!sequence.ok()) return sequence.status();
  *response.mutable_key() = *std::move(key);
  if (sequence->has_value()) *response.mutable_sequence() = **std::move(sequence);
  return absl::OkStatus();
}

absl::Status ListWasteCodes(const kv::Reader& reader, const runtime::QueryContext& context,
                            const v1::ListWasteCodesRequest& request,
                            v1::ListWasteCodesResponse& response) {
  response.set_known(context.known);
  absl::StatusOr<absl::CivilDay> day =
      runtime::DayOrToday(context, rules::kLogZoneOffsetMs, "on_date", request.on_date());
  if (!day.ok()) return day.status();
  const std::string& category = request.category();
  if (!category.empty() && (category.size() != 4 || !category.starts_with("HW"))) {
    return absl::InvalidArgumentError("category: one of HW01 to HW50, as printed");
  }
  auto data = runtime::RuleDataInForce(reader, context);
  if (!data.ok()) return data.status();
  response.set_edition_in_force((*data)->CatalogueLoadedOn(*day));
  for (const rules::WasteCode* code : (*data)->WasteCodesInLatest(*day)) {
    if (!category.empty() && code->category != category) continue;
    v1::WasteCode& listed = *response.add_codes();
    listed.set_code(code->code);
    listed.set_category(code->category);
    listed.set_name(code->name);
    listed.set_hazards(code->hazards);
  }
  return absl::OkStatus();
}

}  // namespace cradle::registry
