// Drafts of rounds over many institutions and of waste brought by its producer, over a District;
// change what a test is about.
#ifndef CRADLE_TESTS_SERVICES_RULES_DRAFTS_COLLECTION_H_
#define CRADLE_TESTS_SERVICES_RULES_DRAFTS_COLLECTION_H_

#include <string>
#include <vector>

#include "tests/services/rules/district.h"

namespace cradle::rules::test {

inline constexpr const char* kBag = "841-001-01";

// A medical institution of 10 beds.
struct Clinic {
  Actor actor;
  std::string site;
};
Clinic NewClinic(District& district, uint32_t beds = 10);

// An operator that may collect medical waste, with a collection point.
struct CollectionPoint {
  Actor actor;
  std::string site;
  std::string facility;
};
CollectionPoint NewPoint(District& district);

// By the district's carrier with its medical truck, to the plant; a round of its own where `round`
// is empty. Of one consignor.
Draft Collect(District& district, const Actor& consignor, const std::vector<std::string>& batches,
              const std::string& round = "");
// With nobody there.
Draft CollectAlone(District& district, const Actor& consignor,
                   const std::vector<std::string>& batches, const std::string& round = "");
// A bag of the hospital's is collected; the manifest.
std::string Collected(District& district, bool alone, const std::string& round = "");

// All of the round of the first of them.
Draft DeliverRound(District& district, const std::vector<std::string>& manifests);
// By the hospital.
Draft Countersign(District& district, const std::string& manifest);
Draft ContestCollection(District& district, const std::string& manifest);
// By the hospital and the carrier.
Draft ResolveCollection(District& district, const std::string& manifest);

Draft Bring(District& district, const Clinic& clinic, const CollectionPoint& point,
            const std::vector<std::string>& batches);

}  // namespace cradle::rules::test

#endif  // CRADLE_TESTS_SERVICES_RULES_DRAFTS_COLLECTION_H_
