// Drafts of valid statements about what batches are made of: filling, splitting, merging,
// treatment, transport units and bulk stores; change what a test is about.
#ifndef CRADLE_TESTS_SERVICES_RULES_DRAFTS_LINEAGE_H_
#define CRADLE_TESTS_SERVICES_RULES_DRAFTS_LINEAGE_H_

#include <string>
#include <vector>

#include "cradle/state/v1/lineage_state.pb.h"
#include "tests/services/rules/district.h"

namespace cradle::rules::test {

inline constexpr char kOil[] = "900-214-08";
using Batches = std::vector<std::string>;

v1::MadeBatch Made(District& district, int64_t mass_g, const std::string& code = kOil);

Draft Open(District& district, const Actor& actor, const std::string& site,
           const std::string& batch, const std::string& facility = "");
Draft TopUp(District& district, const Actor& actor, const std::string& batch, int64_t mass_g);
Draft Seal(District& district, const Actor& actor, const std::string& batch, int64_t mass_g);
// Into two parts, the first of `first_g`.
Draft Split(District& district, const Actor& actor, const std::string& batch, int64_t first_g);
Draft Merge(District& district, const Actor& actor, const Batches& parents,
            const std::string& facility = "");
Draft Repack(District& district, const Actor& actor, const std::string& batch);
// By dewatering: half of it is released as water.
Draft Pretreat(District& district, const Actor& actor, const Batches& parents,
               const std::string& facility);
// With one residue of a tenth of the mass.
Draft Record(District& district, const Actor& actor, const Batches& batches,
             const std::string& facility, const std::string& method, v1::Ending ending);
Draft Pack(District& district, const Actor& actor, const Batches& batches);

Draft RegisterBulk(District& district, const Actor& actor, const std::string& facility,
                   v1::BulkKind kind = v1::BULK_KIND_TANK_AREA);
Draft Fill(District& district, const Actor& actor, const std::string& facility,
           const Batches& batches);
Draft Draw(District& district, const Actor& actor, const std::string& facility, int64_t mass_g);
Draft ReadLevel(District& district, const Actor& actor, const std::string& facility,
                int64_t mass_g);
Draft Empty(District& district, const Actor& actor, const std::string& facility);

// Done: a facility of the actor with 1 t a day of dewatering; a bulk store.
std::string NewPress(District& district, const Actor& actor, const std::string& site);
std::string NewTank(District& district, const Actor& actor, const std::string& site,
                    v1::BulkKind kind = v1::BULK_KIND_TANK_AREA);

state::v1::BulkAccount BulkOf(const District& district, const std::string& facility);

}  // namespace cradle::rules::test

#endif  // CRADLE_TESTS_SERVICES_RULES_DRAFTS_LINEAGE_H_
