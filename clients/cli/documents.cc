#include "clients/cli/documents.h"

#include <fmt/format.h>

#include <utility>

#include "clients/cli/arguments.h"
#include "clients/cli/facts.h"
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

std::string LineHelp(const std::string& packaging) {
  return "BATCH[,method=CODE][,packaging=KIND][,count=N][,form=FORM][,unstored=REASON], again for "
         "each batch; code=…,mass=… where this device cannot know them. Packaging: " +
         EnumHelp(statement::v1::Packaging_descriptor()) + " (default: " + packaging +
         "). Reason: " + EnumHelp(statement::v1::UnstoredReason_descriptor());
}

absl::StatusOr<statement::v1::ManifestLine> ParseLine(Context& context, const std::string& text,
                                                      const std::string& packaging) {
  constexpr std::string_view kWhat = "--line";
  auto fields = ParseFields(
      text, {"method", "packaging", "count", "form", "unstored", "code", "mass"}, kWhat);
  if (!fields.ok()) return fields.status();
  absl::StatusOr<std::string> batch = context.Id((*fields)[""], kWhat);
  if (!batch.ok()) return batch.status();
  statement::v1::ManifestLine line;
  line.set_batch(*batch);
  line.set_method_code((*fields)["method"]);
  const std::string given_packaging = (*fields)["packaging"];
  absl::StatusOr<statement::v1::Packaging> parsed = ParseEnum<statement::v1::Packaging>(
      statement::v1::Packaging_descriptor(), given_packaging.empty() ? packaging : given_packaging,
      kWhat);
  if (!parsed.ok()) return parsed.status();
  line.set_packaging(*parsed);
  line.set_package_count(1);
  if (const std::string& given = (*fields)["count"]; !given.empty()) {
    absl::StatusOr<uint32_t> count = CountArgument(given, "--line: count");
    if (!count.ok()) return count.status();
    line.set_package_count(*count);
  }
  if (const std::string& given = (*fields)["form"]; !given.empty()) {
    auto form = ParseEnum<statement::v1::PhysicalForm>(statement::v1::PhysicalForm_descriptor(),
                                                       given, "--line form");
    if (!form.ok()) return form.status();
    line.set_form(*form);
  }
  auto unstored = UnstoredArgument((*fields)["unstored"], "--line unstored");
  if (!unstored.ok()) return unstored.status();
  line.set_unstored_reason(*unstored);
  line.set_waste_code((*fields)["code"]);
  if (const std::string& given = (*fields)["mass"]; !given.empty()) {
    absl::StatusOr<int64_t> mass_g = MassArgument(given, "--line mass");
    if (!mass_g.ok()) return mass_g.status();
    line.set_sent_mass_g(*mass_g);
    if (!line.waste_code().empty()) return line;
  }
  absl::StatusOr<sdk::BatchFacts> facts = BatchFactsOf(context, *batch);
  if (!facts.ok()) return facts.status();
  line.set_waste_code(facts->waste_code);
  if ((*fields)["mass"].empty()) line.set_sent_mass_g(facts->mass_g);
  return line;
}

std::string ExemptHelp() {
  return "Item of the catalogue's list of exemptions: ITEM,link=LINK. Links: " +
         EnumHelp(statement::v1::ExemptLink_descriptor());
}

absl::StatusOr<statement::v1::Exemption> ParseExemption(const std::string& text) {
  auto fields = ParseFields(text, {"link"}, "--exempt");
  if (!fields.ok()) return fields.status();
  auto link = ParseEnum<statement::v1::ExemptLink>(statement::v1::ExemptLink_descriptor(),
                                                   (*fields)["link"], "--exempt link");
  if (!link.ok()) return link.status();
  absl::StatusOr<uint32_t> item = CountArgument((*fields)[""], "--exempt");
  if (!item.ok()) return item.status();
  statement::v1::Exemption exemption;
  exemption.set_item(*item);
  exemption.set_link(*link);
  return exemption;
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
