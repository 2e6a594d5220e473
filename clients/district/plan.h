// The statements of a district, one function for each kind: from a row of a file to an event and
// its parties. Pure.
#ifndef CRADLE_CLIENTS_DISTRICT_PLAN_H_
#define CRADLE_CLIENTS_DISTRICT_PLAN_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/time/civil_time.h"
#include "clients/district/desk.h"
#include "clients/district/district.h"
#include "storage/evidence/note.h"

namespace cradle::district {

// How many statements a load of this district makes.
size_t CountStatements(const District& district);

statement::v1::Statement Founding(const District& district, const Organisation& regulator,
                                  const Device& device, const evidence::NoteVerifier& log,
                                  const std::string& rule_data_sha256, int64_t time_ms);
statement::v1::Statement Registration(const District& district, const Organisation& organisation);
statement::v1::Statement Enrolment(const District& district, const Organisation& organisation,
                                   const Device& device, int64_t time_ms);
statement::v1::Statement Registration(const District& district, const Site& site);
statement::v1::Statement Registration(const District& district, const Facility& facility,
                                      absl::CivilDay today);
statement::v1::Statement Registration(const District& district, const Vehicle& vehicle);
// By `authority` (key).
statement::v1::Statement Grant(const District& district, const Licence& licence,
                               const std::string& authority, absl::CivilDay today);
// With the attestation of `inspector` (key) where it was inspected.
statement::v1::Statement Declaration(const District& district, const Stock& stock,
                                     const std::string& inspector, const std::string& start_date);

statement::v1::Statement Generated(const District& district, const Pickup& pickup,
                                   const PickupLine& line, int64_t time_ms);
statement::v1::Statement Stored(const District& district, const Pickup& pickup,
                                const PickupLine& line, int64_t time_ms);
statement::v1::Statement Issued(const District& district, const Pickup& pickup);
statement::v1::Statement Taken(const District& district, const Pickup& pickup, int64_t time_ms);
statement::v1::Statement Delivered(const District& district, const Pickup& pickup, int64_t time_ms);
statement::v1::Statement Confirmed(const District& district, const Pickup& pickup, int64_t time_ms);
statement::v1::Statement StoredByReceiver(const District& district, const Pickup& pickup,
                                          const PickupLine& line, int64_t time_ms);
statement::v1::Statement Treated(const District& district, const Pickup& pickup,
                                 const PickupLine& line, int64_t time_ms);

}  // namespace cradle::district

#endif  // CRADLE_CLIENTS_DISTRICT_PLAN_H_
