// A district as its CSV files give it: who is there, what lies there, what happened in a week.
// Days are counted back from today, so that the files never grow old.
#ifndef CRADLE_CLIENTS_DISTRICT_DISTRICT_H_
#define CRADLE_CLIENTS_DISTRICT_DISTRICT_H_

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "cradle/statement/v1/statement.pb.h"

namespace cradle::district {

// Keys (`organisation`, `site` …) are the short names of the files; ids are drawn at random when
// the files are read.
struct Organisation {
  std::string key;
  statement::v1::OrganisationRegistered registered;
  std::string parent;         // key; empty: none
  std::string registered_by;  // key; empty: it founds the log
};

struct Site {
  std::string organisation;  // key
  statement::v1::SiteRegistered registered;
};

struct Facility {
  std::string organisation;                      // key
  std::string site;                              // key
  statement::v1::FacilityRegistered registered;  // but for the date of acceptance
  int64_t accepted_days_ago = 0;
};

struct Licence {
  std::string organisation;               // key
  statement::v1::LicenceGranted granted;  // but for its dates
  int64_t from_days_ago = 0;
  int64_t to_days_ago = 0;  // below zero: still to come
};

struct Vehicle {
  std::string organisation;  // key
  statement::v1::VehicleRegistered registered;
};

struct Stock {
  std::string organisation;               // key
  statement::v1::StockDeclared declared;  // but for the start of storage
  std::string stored_days_ago;            // a number, `anniversary`, `anniversary+1` or `unknown`
  int64_t declared_days_ago = 0;
};

// How far a manifest came.
enum class Step { kIssued = 1, kTaken, kDelivered, kConfirmed, kStored, kTreated };

struct PickupLine {
  std::string batch;  // id
  bool old = false;   // the batch is declared stock; else it is generated on the morning
  std::string code;
  int64_t sent_mass_g = 0;
  int64_t received_mass_g = 0;
  statement::v1::PhysicalForm form = statement::v1::PHYSICAL_FORM_UNSPECIFIED;
  statement::v1::Packaging packaging = statement::v1::PACKAGING_UNSPECIFIED;
  uint32_t packages = 0;
  std::string method_code;
};

struct Pickup {
  std::string manifest;            // id
  std::string consignor;           // key of an organisation
  std::string consignor_site;      // key
  std::string consignor_facility;  // key; empty: what was generated is collected without a store
  std::string carrier;             // key of an organisation
  std::string vehicle;             // key
  std::string receiver_facility;   // key: where it is stored
  std::string treatment_facility;  // key; empty: none
  int64_t taken_days_ago = 0;
  int64_t delivered_days_ago = 0;
  Step last_step = Step::kIssued;
  std::vector<PickupLine> lines;
};

struct District {
  std::map<std::string, Organisation> organisations;
  std::map<std::string, Site> sites;
  std::map<std::string, Facility> facilities;
  std::vector<Licence> licences;
  std::map<std::string, Vehicle> vehicles;
  std::map<std::string, Stock> stock;
  std::map<std::string, Pickup> pickups;

  const std::string& Id(const std::string& organisation) const {
    return organisations.at(organisation).registered.organisation();
  }
};

// Days before today on which the district goes live, and the first and last day of pickups.
inline constexpr int64_t kGoLiveDaysAgo = 8;
inline constexpr int64_t kFirstPickupDaysAgo = 7;
inline constexpr int64_t kLastPickupDaysAgo = 1;

// The seven files of a directory, every name in them resolved.
// INVALID_ARGUMENT: file, line and what is wrong with it. NOT_FOUND: no such file.
absl::StatusOr<District> ReadDistrict(const std::filesystem::path& directory);

// The day on which storage began, YYYY-MM-DD; empty for `unknown`.
// `anniversary`: the first start whose year is not over today; it ends today, but on 29 February,
// with which no year ends. `anniversary+1`: the day before, whose year is over.
// INVALID_ARGUMENT: none of these words and no number.
absl::StatusOr<std::string> StorageStartDate(const std::string& stored_days_ago,
                                             absl::CivilDay today);

}  // namespace cradle::district

#endif  // CRADLE_CLIENTS_DISTRICT_DISTRICT_H_
