// Drafts of what changes, ends or follows a manifest, over a District; change what a test is about.
#ifndef CRADLE_TESTS_SERVICES_RULES_DRAFTS_MANIFEST_H_
#define CRADLE_TESTS_SERVICES_RULES_DRAFTS_MANIFEST_H_

#include <string>
#include <vector>

#include "tests/services/rules/district.h"

namespace cradle::rules::test {

// Another plant than the district's, licensed for the same waste.
struct Plant {
  Actor actor;
  std::string site;
};
Plant NewPlant(District& district);

Draft ChangeCarriers(District& district, const std::string& manifest,
                     const std::vector<const Actor*>& carriers);
// By the consignor.
Draft AttachNumber(District& district, const std::string& manifest);

// Of a line of a confirmation: refused, unweighed; accepted in part, the rest as `remainder`.
void RefuseLine(v1::ReceivedLine& line);
void AcceptPart(v1::ReceivedLine& line, int64_t accepted_mass_g, const std::string& remainder);
// Every line of the manifest refused.
Draft RefuseAll(District& district, const std::string& manifest);
// A manifest confirmed with its only line refused.
std::string RefusedManifest(District& district);

Draft Return(District& district, const std::string& manifest,
             const std::vector<std::string>& batches);
// What was refused under `manifest`, sent on to the plant.
Draft Forward(District& district, const std::string& manifest, const Plant& plant);
Draft Contest(District& district, const std::string& manifest);
Draft Resolve(District& district, const std::string& manifest);
Draft Pipe(District& district);

// Of the truck, taken over by a machine, on a scale that is verified.
v1::WeighTicket Ticket(const District& district, int64_t net_mass_g);
// The confirmation with a ticket whose net mass is what was sent, shared by what was sent.
Draft ConfirmWeighed(District& district, const std::string& manifest);

// The manifest is on paper, completed on that day.
void OnPaper(v1::ManifestIssued& issued, const std::string& completed_date);

}  // namespace cradle::rules::test

#endif  // CRADLE_TESTS_SERVICES_RULES_DRAFTS_MANIFEST_H_
