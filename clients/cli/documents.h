// Arguments that several commands of manifests read alike: carriers, documents, weigh tickets.
#ifndef CRADLE_CLIENTS_CLI_DOCUMENTS_H_
#define CRADLE_CLIENTS_CLI_DOCUMENTS_H_

#include <google/protobuf/repeated_field.h>

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "clients/cli/arguments.h"
#include "clients/cli/context.h"
#include "cradle/statement/v1/manifest_events.pb.h"
#include "cradle/statement/v1/weighing.pb.h"
#include "services/rules/identity.h"

namespace cradle::cli {

// "ORG[,vehicle=VEHICLE]".
absl::StatusOr<statement::v1::CarrierLeg> ParseLeg(Context& context, const std::string& text);

// "BATCH[,method=CODE][,packaging=KIND][,count=N][,form=FORM][,unstored=REASON][,code=CODE]
// [,mass=MASS]": code and mass from what is known of the batch where they are not given.
std::string LineHelp(const std::string& packaging);
absl::StatusOr<statement::v1::ManifestLine> ParseLine(Context& context, const std::string& text,
                                                      const std::string& packaging);

// "ITEM,link=LINK".
std::string ExemptHelp();
absl::StatusOr<statement::v1::Exemption> ParseExemption(const std::string& text);

// The SHA-256 of each file, 32 bytes. Errors of reading name the file.
absl::StatusOr<std::string> DocumentSha256(const std::string& path);
absl::Status AddDocuments(const std::vector<std::string>& paths,
                          google::protobuf::RepeatedPtrField<std::string>& sha256);

// What a manifest refers to, of an event that issues one: official number, plan, fee, contract,
// exemption.
template <typename Options, typename Event>
absl::Status FillPapers(const Options& options, Event& event) {
  if (!options.official.empty()) {
    if (absl::Status status = rules::CheckOfficialNumber(options.official); !status.ok()) {
      return Naming("--official", status);
    }
    event.set_official_number(options.official);
  }
  event.set_plan_reference(options.plan);
  event.set_fee_fen(options.fee_fen);
  if (!options.contract.empty()) {
    absl::StatusOr<std::string> hash = DocumentSha256(options.contract);
    if (!hash.ok()) return hash.status();
    event.set_contract_sha256(*hash);
  }
  if (options.exempt.empty()) return absl::OkStatus();
  absl::StatusOr<statement::v1::Exemption> exemption = ParseExemption(options.exempt);
  if (!exemption.ok()) return exemption.status();
  *event.mutable_exemption() = *std::move(exemption);
  return absl::OkStatus();
}

inline constexpr char kTicketHelp[] =
    "Weigh ticket: NUMBER,gross=MASS,tare=MASS,scale=ID,verified-until=DATE"
    "[,typed=yes][,vehicle=VEHICLE][,photo=FILE][,at=TIME]";
// `vehicle`: where the text names none. Net is gross less tare.
absl::StatusOr<statement::v1::WeighTicket> ParseTicket(Context& context, const std::string& text,
                                                       const std::string& vehicle);

}  // namespace cradle::cli

#endif  // CRADLE_CLIENTS_CLI_DOCUMENTS_H_
