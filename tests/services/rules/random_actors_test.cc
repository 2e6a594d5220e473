// Actors who do whatever comes to their minds, allowed or not: whatever the rules admit, masses are
// kept, every batch has one custodian, chains have no hole, and a refusal changes nothing.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <map>
#include <random>

#include "services/rules/state_keys.h"
#include "tests/services/rules/district.h"
#include "tests/services/rules/drafts_manifest.h"

namespace cradle::rules::test {
namespace {

class Actors {
 public:
  explicit Actors(uint32_t seed) : random_(seed) {
    actors_ = {&district_.producer, &district_.hospital, &district_.carrier, &district_.carrier2,
               &district_.plant};
    sites_ = {{district_.producer_site, &district_.producer},
              {district_.hospital_site, &district_.hospital},
              {district_.plant_site, &district_.plant}};
    facilities_ = {district_.producer_store, district_.producer_store2, district_.producer_kiln,
                   district_.hospital_store, district_.plant_store,     district_.plant_furnace};
    for (const auto& [key, value] : district_.overlay().changed()) CountHead(key, value);
  }

  void Step() {
    district_.now_ms += static_cast<int64_t>(random_() % 3'600'000);
    switch (random_() % 10) {
      case 0:
      case 1:
        return Generate();
      case 2:
        return Store();
      case 3:
        return Treat();
      case 4:
      case 5:
        return Issue();
      case 6:
        return Take();
      case 7:
        return HandOver();
      case 8:
        return random_() % 4 == 0 ? Cancel() : random_() % 4 == 0 ? Return() : Deliver();
      default:
        return Confirm();
    }
  }

  void Check() {
    int64_t held = 0;
    for (const std::string& batch : batches_) {
      const state::v1::BatchState state = district_.Batch(batch);
      held += state.mass_g();
      ASSERT_GE(state.mass_g(), 0);
      const bool known = std::any_of(actors_.begin(), actors_.end(), [&](const Actor* actor) {
        return actor->id == state.custodian();
      });
      ASSERT_TRUE(known) << "the one custodian is an organisation";
      ASSERT_EQ(state.manifest().empty(), state.status() != state::v1::BATCH_STATUS_CONSIGNED);
      if (state.manifest().empty()) continue;
      const state::v1::ManifestState manifest = district_.Manifest(state.manifest());
      ASSERT_EQ(manifest.consignor(), state.custodian())
          << "the consignor's until receipt is confirmed";
      ASSERT_NE(manifest.status(), state::v1::MANIFEST_STATUS_CONFIRMED);
    }
    ASSERT_EQ(held, generated_g_ + difference_g_) << "no gram from nowhere, none lost unrecorded";
    CheckAccounts();
  }

  int admitted() const { return admitted_; }
  int refused() const { return refused_; }
  const std::map<Event, int>& by_event() const { return by_event_; }

 private:
  // The sums kept with every change are the sums of what there is.
  void CheckAccounts() {
    std::map<std::string, int64_t> in_facility;
    std::map<std::string, int64_t> held;
    for (const std::string& id : batches_) {
      const state::v1::BatchState batch = district_.Batch(id);
      if (batch.status() != state::v1::BATCH_STATUS_TREATED)
        held[batch.custodian()] += batch.mass_g();
      const bool waits =
          !batch.manifest().empty() && batch.status_before() == state::v1::BATCH_STATUS_STORED &&
          district_.Manifest(batch.manifest()).status() == state::v1::MANIFEST_STATUS_ISSUED;
      if (batch.status() == state::v1::BATCH_STATUS_STORED || waits) {
        in_facility[batch.facility()] += batch.mass_g();
      }
    }
    for (const std::string& facility : facilities_) {
      state::v1::FacilityAccount account;
      account.ParseFromString(
          district_.state().Get(keys::FacilityAccount(facility))->value_or(std::string()));
      ASSERT_EQ(account.stored_mass_g() + account.consigned_mass_g(), in_facility[facility]);
    }
    for (const Actor* actor : actors_) {
      state::v1::OrganisationAccount account;
      account.ParseFromString(
          district_.state().Get(keys::OrganisationAccount(actor->id))->value_or(std::string()));
      ASSERT_EQ(account.held_mass_g(), held[actor->id]);
    }
  }

  const Actor& AnyActor() { return *actors_[random_() % actors_.size()]; }
  template <typename Items>
  const auto& AnyOf(const Items& items) {
    return items[random_() % items.size()];
  }
  // Mostly the one who may, to get anywhere.
  const Actor& Mostly(const Actor& actor) { return random_() % 8 == 0 ? AnyActor() : actor; }
  const Actor& WithId(const std::string& id) {
    for (const Actor* actor : actors_) {
      if (actor->id == id) return *actor;
    }
    return *actors_[0];
  }
  std::string StoreOf(const Actor& actor) {
    if (&actor == &district_.hospital) return district_.hospital_store;
    if (&actor == &district_.plant) return district_.plant_store;
    return random_() % 2 == 0 ? district_.producer_store : district_.producer_store2;
  }
  std::string AnyBatch() { return AnyOf(batches_); }
  std::string AnyManifest() { return AnyOf(manifests_); }

  // Submits, and checks what the log promises for every statement.
  bool Submit(const Draft& draft) {
    const auto before = district_.overlay().changed();
    const auto verdict = district_.Try(draft);
    EXPECT_TRUE(verdict.ok()) << verdict.status();
    const auto* admitted = std::get_if<Admitted>(&*verdict);
    EXPECT_EQ(district_.overlay().changed(), before) << "judging writes nothing";
    if (admitted == nullptr) {
      ++refused_;
      return false;
    }
    district_.Apply(*admitted);
    for (const Change& change : admitted->changes) CountHead(change.key, change.value);
    ++admitted_;
    ++by_event_[draft.message.event_case()];
    return true;
  }

  // Heights are contiguous: each head is one above the last.
  void CountHead(const std::string& key, const std::string& value) {
    const std::string prefix = keys::Chain("");
    if (!key.starts_with(prefix)) return;
    state::v1::ChainHead head;
    ASSERT_TRUE(head.ParseFromString(value));
    const auto [place, first] = heights_.emplace(key, head.height());
    if (first) return;
    EXPECT_EQ(head.height(), place->second + 1) << key;
    place->second = head.height();
  }

  void Generate() {
    const auto& [site, owner] = sites_[random_() % sites_.size()];
    const std::string batch =
        random_() % 10 == 0 && !batches_.empty() ? AnyBatch() : district_.NewId();
    const auto mass_g = static_cast<int64_t>(random_() % 1'000'000);
    const std::string code = owner == &district_.hospital ? "841-001-01" : "900-214-08";
    if (Submit(district_.Generate(Mostly(*owner), site, batch, mass_g, code))) {
      batches_.push_back(batch);
      generated_g_ += mass_g;
    }
  }
  void Store() {
    if (batches_.empty()) return;
    const std::string batch = AnyBatch();
    const Actor& actor = Mostly(WithId(district_.Batch(batch).custodian()));
    const std::string facility = random_() % 4 == 0 ? AnyOf(facilities_) : StoreOf(actor);
    Submit(random_() % 3 != 0 ? district_.Store(actor, batch, facility)
                              : district_.Move(actor, batch, facility));
  }
  void Treat() {
    if (batches_.empty() || random_() % 3 != 0) return;
    const std::string batch = AnyBatch();
    const Actor& actor = Mostly(WithId(district_.Batch(batch).custodian()));
    const bool burns = random_() % 2 == 0;
    Submit(district_.Treat(actor, batch, burns ? district_.plant_furnace : district_.producer_kiln,
                           burns ? "D10" : "R9",
                           burns ? v1::ENDING_DISPOSED : v1::ENDING_UTILISED));
  }
  void Issue() {
    if (batches_.empty()) return;
    std::set<std::string> lines;
    for (auto count = 1 + random_() % 2; count > 0; --count) lines.insert(AnyBatch());
    std::vector<const Actor*> carriers = {&Mostly(district_.carrier)};
    if (random_() % 2 == 0) carriers.push_back(&Mostly(district_.carrier2));
    const std::string manifest = district_.NewId();
    const Actor& consignor = Mostly(WithId(district_.Batch(*lines.begin()).custodian()));
    if (Submit(district_.Issue(consignor, manifest, {lines.begin(), lines.end()}, carriers))) {
      manifests_.push_back(manifest);
    }
  }
  void Cancel() {
    if (manifests_.empty()) return;
    const std::string manifest = AnyManifest();
    Submit(district_.Cancel(Mostly(WithId(district_.Manifest(manifest).consignor())), manifest));
  }
  void Take() {
    if (manifests_.empty()) return;
    const std::string manifest = AnyManifest();
    Submit(district_.Take(Mostly(WithId(district_.Manifest(manifest).consignor())),
                          Mostly(district_.carrier), manifest, district_.truck));
  }
  void HandOver() {
    if (manifests_.empty()) return;
    Submit(district_.HandOver(Mostly(district_.carrier), Mostly(district_.carrier2), AnyManifest(),
                              district_.truck2));
  }
  void Deliver() {
    if (manifests_.empty()) return;
    const std::string manifest = AnyManifest();
    const auto carriers = district_.Manifest(manifest).issued().carriers();
    Submit(district_.Deliver(Mostly(WithId(carriers.rbegin()->organisation())), manifest));
  }
  void Return() {
    std::string manifest;
    std::vector<std::string> refused;
    for (const std::string& batch : batches_) {
      const std::string under = district_.Batch(batch).refused_manifest();
      if (manifest.empty()) manifest = under;
      if (!under.empty() && under == manifest) refused.push_back(batch);
    }
    if (refused.empty()) return;
    Draft draft = test::Return(district_, manifest, refused);
    const Actor& consignor = Mostly(WithId(district_.Manifest(manifest).consignor()));
    draft.message.mutable_parties(1)->set_organisation(consignor.id);
    draft.devices[1] = consignor.handler;
    Submit(draft);
  }
  // The first line is not accepted whole, or what the receiver says of it is nonsense.
  void ConfirmInPart(Draft draft) {
    auto& event = *draft.message.mutable_receipt_confirmed();
    auto& line = *event.mutable_lines(0);
    const int64_t sent_g = line.received_mass_g();
    if (random_() % 2 == 0) {
      RefuseLine(line);
      event.set_total_received_mass_g(event.total_received_mass_g() - sent_g);
      Submit(draft);
      return;
    }
    const std::string rest = district_.NewId();
    AcceptPart(line, random_() % 4 == 0 ? sent_g : sent_g / 3, rest);
    if (Submit(draft)) batches_.push_back(rest);
  }
  void Confirm() {
    if (manifests_.empty()) return;
    Draft draft = district_.Confirm(AnyManifest());
    if (random_() % 4 == 0) return ConfirmInPart(std::move(draft));
    auto& event = *draft.message.mutable_receipt_confirmed();
    const auto difference = static_cast<int64_t>(random_() % 3) - 1;
    auto& line = *event.mutable_lines(0);
    line.set_received_mass_g(line.received_mass_g() + difference);
    if (random_() % 8 != 0) {
      event.set_total_received_mass_g(event.total_received_mass_g() + difference);
    }
    if (Submit(draft)) difference_g_ += difference;
  }

  std::mt19937 random_;
  District district_;
  std::vector<const Actor*> actors_;
  std::vector<std::pair<std::string, const Actor*>> sites_;
  std::vector<std::string> facilities_;
  std::vector<std::string> batches_;
  std::vector<std::string> manifests_;
  std::map<std::string, uint64_t> heights_;
  std::map<Event, int> by_event_;
  int64_t generated_g_ = 0;
  int64_t difference_g_ = 0;  // recorded at receipt
  int admitted_ = 0;
  int refused_ = 0;
};

TEST(RandomActorsTest, WhateverIsAdmittedMassesCustodyAndChainsHold) {
  std::map<Event, int> seen;
  for (uint32_t seed = 1; seed <= 10; ++seed) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    Actors actors(seed);
    for (int step = 0; step < 700; ++step) {
      actors.Step();
      if (step % 50 == 0) actors.Check();
      if (HasFailure()) return;
    }
    actors.Check();
    EXPECT_GT(actors.admitted(), 100);
    EXPECT_GT(actors.refused(), 100);
    for (const auto& [event, count] : actors.by_event()) seen[event] += count;
  }
  for (const Event event :
       {v1::Statement::kBatchGenerated, v1::Statement::kBatchStored, v1::Statement::kBatchMoved,
        v1::Statement::kBatchTreated, v1::Statement::kManifestIssued, v1::Statement::kLoadTaken,
        v1::Statement::kLoadHandedOver, v1::Statement::kLoadDelivered,
        v1::Statement::kReceiptConfirmed, v1::Statement::kManifestCancelled,
        v1::Statement::kLoadReturned}) {
    EXPECT_GT(seen[event], 0) << EventName(event) << " was never admitted";
  }
}

}  // namespace
}  // namespace cradle::rules::test
