#include "clients/cli/documents.h"

#include <fmt/format.h>

#include <utility>

#include "clients/cli/arguments.h"
#include "clients/sdk/files.h"
#include "storage/evidence/hash.h"

namespace cradle::cli {

absl::StatusOr<statement::v1::CarrierLeg> ParseLeg(Context& context, const std::string& text) {
  auto fields = ParseFields(text, {"vehicle"}, "--carrier");
  if (!fields.ok()) return fields.status();
  absl::StatusOr<std::string> organisation = context.Id((*fields)[""], "--carrier");
  if (!organisation.ok()) return organisation.status();
  statement::v1::CarrierLeg leg;
  leg.set_organisation(*organisation);
  if ((*fields)["vehicle"].empty()) return leg;
  absl::StatusOr<std::string> vehicle = context.Id((*fields)["vehicle"], "--carrier vehicle");
  if (!vehicle.ok()) return vehicle.status();
  leg.set_vehicle(*vehicle);
  return leg;
}

absl::StatusOr<std::string> DocumentSha256(const std::string& path) {
  absl::StatusOr<std::string> bytes = sdk::ReadFile(path);
  if (!bytes.ok()) return bytes.status();
  return std::string(evidence::AsBytes(evidence::Sha256(*bytes)));
}

absl::Status AddDocuments(const std::vector<std::string>& paths,
                          google::protobuf::RepeatedPtrField<std::string>& sha256) {
  for (const std::string& path : paths) {
    absl::StatusOr<std::string> hash = DocumentSha256(path);
    if (!hash.ok()) return hash.status();
    *sha256.Add() = *std::move(hash);
  }
  return absl::OkStatus();
}

absl::StatusOr<statement::v1::WeighTicket> ParseTicket(Context& context, const std::string& text,
                                                       const std::string& vehicle) {
  constexpr std::string_view kWhat = "--ticket";
  auto fields = ParseFields(
      text, {"gross", "tare", "scale", "verified-until", "typed", "vehicle", "photo", "at"}, kWhat);
  if (!fields.ok()) return fields.status();
  for (const char* needed : {"", "gross", "tare", "scale", "verified-until"}) {
    if (!(*fields)[needed].empty()) continue;
    return absl::InvalidArgumentError(
        fmt::format("{}: no {}: NUMBER,gross=MASS,tare=MASS,scale=ID,verified-until=DATE", kWhat,
                    *needed == '\0' ? "number" : needed));
  }
  statement::v1::WeighTicket ticket;
  ticket.set_ticket_number((*fields)[""]);
  absl::StatusOr<int64_t> gross_g = MassArgument((*fields)["gross"], "--ticket gross");
  if (!gross_g.ok()) return gross_g.status();
  absl::StatusOr<int64_t> tare_g = MassArgument((*fields)["tare"], "--ticket tare");
  if (!tare_g.ok()) return tare_g.status();
  if (*tare_g > *gross_g) {
    return absl::InvalidArgumentError(
        fmt::format("{}: the vehicle weighs more empty than with its load", kWhat));
  }
  ticket.set_gross_mass_g(*gross_g);
  ticket.set_tare_mass_g(*tare_g);
  ticket.set_net_mass_g(*gross_g - *tare_g);
  ticket.set_scale_id((*fields)["scale"]);
  ticket.set_verification_expiry_date((*fields)["verified-until"]);
  const std::string& typed = (*fields)["typed"];
  if (!typed.empty() && typed != "yes" && typed != "no") {
    return absl::InvalidArgumentError(fmt::format("{}: typed is yes or no", kWhat));
  }
  ticket.set_entry(typed == "yes" ? statement::v1::WEIGH_ENTRY_TYPED
                                  : statement::v1::WEIGH_ENTRY_AUTOMATIC);
  ticket.set_vehicle(vehicle);
  if (!(*fields)["vehicle"].empty()) {
    absl::StatusOr<std::string> given = context.Id((*fields)["vehicle"], "--ticket vehicle");
    if (!given.ok()) return given.status();
    ticket.set_vehicle(*given);
  }
  if (!(*fields)["photo"].empty()) {
    absl::StatusOr<std::string> photo = DocumentSha256((*fields)["photo"]);
    if (!photo.ok()) return photo.status();
    ticket.set_photo_sha256(*photo);
  }
  absl::StatusOr<int64_t> time_ms = context.Time((*fields)["at"], "--ticket at");
  if (!time_ms.ok()) return time_ms.status();
  ticket.set_weighed_time_ms(*time_ms);
  return ticket;
}

}  // namespace cradle::cli
