// Rounds with somebody there or nobody, what is answered afterwards, and what is brought.
#include "tests/model/acts.h"
#include "tests/services/rules/drafts_collection.h"

namespace cradle::model {
namespace {

constexpr size_t kBagsMost = 4;

// What the organisation generated and still has, of its waste at one site.
std::vector<std::string> Bags(Town& town, const Actor& of) {
  const auto fits = [&](const BatchState& each) {
    return each.custodian() == of.id && IsMedical(each) && each.mass_g() > 0 &&
           (each.status() == state::v1::BATCH_STATUS_GENERATED ||
            each.status() == state::v1::BATCH_STATUS_STORED);
  };
  const BatchState* const first = town.AnyBatch(fits);
  if (first == nullptr) return {};
  std::vector<std::string> bags = town.More(*first, town.Draw() % kBagsMost, fits);
  bags.push_back(first->batch());
  return bags;
}

std::optional<Draft> Collect(Town& town) {
  const Actor& consignor = town.OneIn(3) ? town.clinic.actor : town.hospital;
  const std::vector<std::string> bags = Bags(town, consignor);
  if (bags.empty()) return std::nullopt;
  const std::string round = town.rounds.empty() || town.OneIn(3) ? "" : town.AnyOf(town.rounds);
  Draft draft = town.OneIn(2) ? rules::test::Collect(town, consignor, bags, round)
                              : rules::test::CollectAlone(town, consignor, bags, round);
  v1::WasteCollected& event = *draft.message.mutable_waste_collected();
  event.set_collected_time_ms(town.Lately());
  if (draft.message.parties_size() == 1 && town.OneIn(3)) {
    const int64_t more_g = town.Between(-200, 900);  // by the driver's scale
    v1::ManifestLine& line = *event.mutable_lines(0);
    line.set_sent_mass_g(line.sent_mass_g() + more_g);
    event.set_total_sent_mass_g(event.total_sent_mass_g() + more_g);
  }
  return draft;
}

std::optional<Draft> DeliverRound(Town& town) {
  const ManifestState* const first = town.AnyManifest([](const ManifestState& each) {
    return each.status() == state::v1::MANIFEST_STATUS_IN_TRANSIT &&
           !each.collection().round().empty();
  });
  if (first == nullptr) return std::nullopt;
  std::vector<std::string> manifests = {first->issued().manifest()};
  const ManifestState* const other = town.AnyManifest([&](const ManifestState& each) {
    return each.status() == state::v1::MANIFEST_STATUS_IN_TRANSIT &&
           each.collection().round() == first->collection().round() &&
           each.issued().manifest() != first->issued().manifest();
  });
  if (other != nullptr) manifests.push_back(other->issued().manifest());
  return rules::test::DeliverRound(town, manifests);
}

const ManifestState* Unanswered(Town& town) {
  return town.AnyManifest([](const ManifestState& each) {
    return each.unconfirmed() && !each.collection().has_contest();
  });
}

// The drafts are the hospital's.
std::optional<Draft> By(Town& town, Draft draft, const ManifestState& manifest) {
  const Actor* const consignor = town.WithId(manifest.consignor());
  if (consignor == nullptr) return std::nullopt;
  SetActor(draft, 0, *consignor);
  return draft;
}

std::optional<Draft> Countersign(Town& town) {
  const ManifestState* const manifest = Unanswered(town);
  if (manifest == nullptr) return std::nullopt;
  return By(town, rules::test::Countersign(town, manifest->issued().manifest()), *manifest);
}

std::optional<Draft> Contest(Town& town) {
  const ManifestState* const manifest = Unanswered(town);
  if (manifest == nullptr) return std::nullopt;
  return By(town, rules::test::ContestCollection(town, manifest->issued().manifest()), *manifest);
}

std::optional<Draft> Bring(Town& town) {
  const std::vector<std::string> bags = Bags(town, town.clinic.actor);
  if (bags.empty()) return std::nullopt;
  return rules::test::Bring(town, town.clinic, town.point, bags);
}

constexpr Act kActs[] = {
    {v1::Statement::kWasteCollected, Collect, 4},
    {v1::Statement::kRoundDelivered, DeliverRound, 3},
    {v1::Statement::kCollectionCountersigned, Countersign, 1},
    {v1::Statement::kCollectionContested, Contest, 1},
    {v1::Statement::kSelfDelivered, Bring, 2},
};

}  // namespace

std::span<const Act> RoundActs() { return kActs; }

}  // namespace cradle::model
