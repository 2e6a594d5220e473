#include "services/rules/state_keys.h"

#include <fmt/format.h>

namespace cradle::rules::keys {
namespace {

std::string Join(std::string_view kind, std::string_view first, std::string_view second = {}) {
  std::string key;
  key.reserve(kStatePrefix.size() + kind.size() + first.size() + second.size());
  key.append(kStatePrefix).append(kind).append(first).append(second);
  return key;
}

std::string BigEndian(uint64_t number) {
  std::string bytes(8, '\0');
  for (size_t i = 0; i < 8; ++i) bytes[i] = static_cast<char>(number >> (56 - 8 * i));
  return bytes;
}

}  // namespace

std::string Log() { return Join("log", ""); }
std::string Chain(std::string_view chain) { return Join("chain/", chain); }
std::string Statement(std::string_view statement_hash) { return Join("hash/", statement_hash); }
std::string Nonce(std::string_view nonce) { return Join("nonce/", nonce); }
std::string Entry(uint64_t index) { return Join("entry/", BigEndian(index)); }
std::string Element(std::string_view chain, uint64_t height) {
  return Join("element/", std::string(chain).append("/"), BigEndian(height));
}
std::string Disputes(std::string_view chain) { return Join("dispute/", chain, "/"); }
std::string Dispute(std::string_view chain, uint64_t height) {
  return Disputes(chain) + BigEndian(height);
}
std::string Organisation(std::string_view organisation) { return Join("org/", organisation); }
std::string Uscc(std::string_view uscc) { return Join("uscc/", uscc); }
std::string Identity(std::string_view kind, std::string_view identity) {
  return Join(std::string("identity/").append(kind).append("/"), identity);
}
std::string Site(std::string_view site) { return Join("site/", site); }
std::string Facility(std::string_view facility) { return Join("facility/", facility); }
std::string Ward(std::string_view ward) { return Join("ward/", ward); }
std::string Vehicle(std::string_view vehicle) { return Join("vehicle/", vehicle); }
std::string Licences(std::string_view organisation) { return Join("licences/", organisation); }
std::string Key(std::string_view key_id) { return Join("key/", key_id); }
std::string Person(std::string_view person) { return Join("person/", person); }
std::string Device(std::string_view key_id) { return Join("device/", key_id); }
std::string Batch(std::string_view batch) { return Join("batch/", batch); }
std::string Manifest(std::string_view manifest) { return Join("manifest/", manifest); }
std::string BulkAccount(std::string_view facility) { return Join("bulk/", facility); }
std::string Processed(std::string_view facility, std::string_view date) {
  return Join("processed/", facility, date);
}
std::string TransportUnit(std::string_view unit) { return Join("unit/", unit); }
std::string FacilityAccount(std::string_view facility) {
  return Join("account/facility/", facility);
}
std::string OrganisationAccount(std::string_view organisation) {
  return Join("account/org/", organisation);
}
std::string OfficialNumber(std::string_view number) { return Join("official/", number); }
std::string Permits(std::string_view site) { return Join("permits/", site); }
std::string Pilots(std::string_view user) { return Join("pilots/", user); }
std::string Approval(std::string_view organisation, std::string_view number) {
  return Join("approval/", organisation, fmt::format("/{}", number));
}
std::string LicenceAmount(std::string_view organisation, uint32_t licence, uint32_t scope,
                          int64_t year) {
  return Join("amount/licence/", organisation, fmt::format("/{}/{}/{}", licence, scope, year));
}
std::string PilotAmount(std::string_view user, uint32_t pilot) {
  return Join("amount/pilot/", user, fmt::format("/{}", pilot));
}
std::string ApprovalAmount(std::string_view organisation, std::string_view number,
                           std::string_view waste_code) {
  // A code has no slash, and a number may: the code comes first.
  return Join("amount/approval/", organisation, fmt::format("/{}/{}", waste_code, number));
}
std::string GeneratedAmount(std::string_view site, std::string_view waste_code, int64_t year) {
  return Join("amount/generated/", site, fmt::format("/{}/{}", waste_code, year));
}
std::string Round(std::string_view round) { return Join("round/", round); }
std::string Incident(std::string_view incident) { return Join("incident/", incident); }
std::string Emergency(std::string_view order) { return Join("emergency/", order); }
std::string Emergencies(std::string_view division) { return Join("emergencies/", division); }

}  // namespace cradle::rules::keys
