// A world with everyone in it: a founding bureau, a producer, a hospital, two carriers with
// vehicles, an operator with licences; and drafts of everything they may assert.
#ifndef CRADLE_TESTS_SERVICES_RULES_DISTRICT_H_
#define CRADLE_TESTS_SERVICES_RULES_DISTRICT_H_

#include <initializer_list>
#include <string>
#include <vector>

#include "tests/services/rules/world.h"

namespace cradle::rules::test {

class District : public World {
 public:
  // `division` is the founding bureau's.
  explicit District(uint32_t rule_set = kLastRuleSet, const std::string& division = "370700",
                    OnEntered on_entered = nullptr);

  Actor bureau;    // ecology authority, of Weifang unless told otherwise; founded the log
  Actor producer;  // in Qingzhou, 370781
  Actor hospital;  // medical institution
  Actor carrier;
  Actor carrier2;
  Actor plant;  // operator: licensed for HW08 and HW01

  std::string producer_site, producer_store, producer_store2, producer_kiln;
  std::string hospital_site, hospital_store;
  std::string plant_site, plant_store, plant_furnace;
  std::string truck, truck2, medical_truck;  // truck2 is carrier2's

  // A check character that fits.
  static std::string Uscc(int number);

  // Drafts of valid statements; change what a test is about.
  Draft RegisterOrganisation(const std::string& id,
                             std::initializer_list<v1::OrganisationRole> roles,
                             const std::string& division = "370781");
  Draft RegisterSite(const Actor& actor, const std::string& site);
  Draft RegisterVehicle(const Actor& actor, const std::string& vehicle, bool medical = false);
  Draft RegisterFacility(const Actor& actor, const std::string& site, const std::string& facility,
                         v1::FacilityKind kind, std::initializer_list<const char*> methods = {});
  Draft Enrol(const Device& by, v1::Capacity capacity, const Device& device,
              std::initializer_list<v1::KeyRole> roles);
  Draft Revoke(const Device& by, const Device& device);
  Draft GrantLicence(const Actor& holder, v1::LicenceKind kind, const std::string& waste,
                     std::initializer_list<const char*> methods = {},
                     const std::string& from = "2024-01-01", const std::string& to = "2026-12-31");
  Draft AdoptRules();

  Draft DeclareStock(const Actor& actor, const std::string& site, const std::string& facility,
                     const std::string& batch, const std::string& code = "900-214-08");
  Draft Generate(const Actor& actor, const std::string& site, const std::string& batch,
                 int64_t mass_g = 250'000, const std::string& code = "900-214-08");
  Draft Store(const Actor& actor, const std::string& batch, const std::string& facility);
  Draft Move(const Actor& actor, const std::string& batch, const std::string& facility);
  Draft Treat(const Actor& actor, const std::string& batch, const std::string& facility,
              const std::string& method, v1::Ending ending);

  Draft Issue(const Actor& consignor, const std::string& manifest,
              const std::vector<std::string>& batches, const std::vector<const Actor*>& carriers);
  Draft Take(const Actor& consignor, const Actor& by, const std::string& manifest,
             const std::string& vehicle);
  Draft HandOver(const Actor& from, const Actor& to, const std::string& manifest,
                 const std::string& vehicle);
  Draft Deliver(const Actor& by, const std::string& manifest);
  Draft Confirm(const std::string& manifest);
  Draft Cancel(const Actor& consignor, const std::string& manifest);

  // As the national system would give: each once.
  std::string NewOfficialNumber();
  // An ecology authority of another county, 370784, with its keys.
  Actor ElsewhereBureau();

  // Done, each in one call; what they return is the new id.
  std::string Generated(const Actor& actor, const std::string& site,
                        const std::string& code = "900-214-08");
  std::string Stored();                                        // the producer's, in its store
  std::string Issued(const std::vector<std::string>& batches,  // by `carrier`, then `carrier2`
                     bool two_carriers = false);
  std::string MedicalIssued();  // the hospital's, no vehicle named
  std::string Taken();
  std::string Delivered();
  std::string Received();  // a batch at the plant

 private:
  Actor NewActor(std::initializer_list<v1::OrganisationRole> roles);
  void FoundLog(uint32_t rule_set, const std::string& division);

  int official_numbers_ = 0;
};

}  // namespace cradle::rules::test

#endif  // CRADLE_TESTS_SERVICES_RULES_DISTRICT_H_
