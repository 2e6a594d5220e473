// Stock that shrinks with no exit entry: whatever random actors try, what an organisation has in
// its custody grows less by an exit alone, by just what the exit names.
#include <gtest/gtest.h>

#include <map>
#include <random>

#include "services/rules/state_keys.h"
#include "tests/services/rules/district.h"
#include "tests/services/rules/drafts_order.h"

namespace cradle::rules::test {
namespace {

using S = v1::Statement;

class Stock {
  template <typename Items>
  const typename Items::value_type& AnyOf(const Items& items) {
    return items[random_() % items.size()];
  }

 public:
  explicit Stock(uint32_t seed) : random_(seed) {
    actors_ = {&district_.producer, &district_.hospital, &district_.carrier, &district_.plant};
  }

  void Step() {
    district_.now_ms += static_cast<int64_t>(random_() % 3'600'000);
    if (batches_.empty()) return Generate();
    const std::string batch = AnyOf(batches_);
    const Actor& holder = Mostly(WithId(district_.Batch(batch).custodian()));
    switch (random_() % 9) {
      case 0:
        return Generate();
      case 1:
        Submit(district_.Store(holder, batch, district_.producer_store));
        return;
      case 2:
        Submit(district_.Treat(holder, batch, district_.producer_kiln, "R9", v1::ENDING_UTILISED));
        return;
      case 3:
        return Issue(holder, batch);
      case 4:
      case 5:
        return Transport();
      case 6:
        return Lose(holder, batch);
      case 7:
        return Find();
      default:
        return Close(batch);
    }
  }

  int losses() const { return losses_; }
  int exits() const { return exits_; }

 private:
  const Actor& Mostly(const Actor& actor) { return random_() % 8 == 0 ? *AnyOf(actors_) : actor; }
  const Actor& WithId(const std::string& id) {
    for (const Actor* actor : actors_) {
      if (actor->id == id) return *actor;
    }
    return *actors_[0];
  }
  int64_t Held(const Actor& actor) {
    state::v1::OrganisationAccount account;
    account.ParseFromString(
        district_.state().Get(keys::OrganisationAccount(actor.id))->value_or(std::string()));
    return account.held_mass_g();
  }

  // What the statement lets leave the custody of each, by its own words.
  std::map<std::string, int64_t> Leaving(const S& statement) {
    std::map<std::string, int64_t> leaving;
    if (statement.has_batch_treated()) {
      const auto batch = district_.Batch(statement.batch_treated().batch());
      leaving[batch.custodian()] += statement.batch_treated().treated_mass_g();
    }
    if (statement.has_loss_closed() &&
        statement.loss_closed().finding() != v1::LOSS_FINDING_FOUND_AGAIN) {
      const auto batch = district_.Batch(statement.loss_closed().batch());
      leaving[batch.custodian()] += batch.mass_g();
    }
    for (const v1::ReceivedLine& line : statement.receipt_confirmed().lines()) {
      const auto batch = district_.Batch(line.batch());
      leaving[batch.custodian()] += batch.mass_g();
    }
    return leaving;
  }

  bool Submit(const Draft& draft) {
    std::map<std::string, int64_t> before;
    for (const Actor* actor : actors_) before[actor->id] = Held(*actor);
    const auto verdict = district_.Try(draft);
    EXPECT_TRUE(verdict.ok()) << verdict.status();
    const auto* admitted = std::get_if<Admitted>(&*verdict);
    if (admitted == nullptr) return false;
    std::map<std::string, int64_t> leaving = Leaving(draft.message);
    district_.Apply(*admitted);
    for (const Actor* actor : actors_) {
      EXPECT_GE(Held(*actor), before[actor->id] - leaving[actor->id])
          << EventName(draft.message.event_case()) << " let stock shrink without an exit";
    }
    exits_ += leaving.empty() ? 0 : 1;
    return true;
  }

  void Generate() {
    const std::string batch = district_.NewId();
    const bool medical = random_() % 2 == 0;
    if (Submit(medical ? district_.Generate(district_.hospital, district_.hospital_site, batch,
                                            Mass(), "841-001-01")
                       : district_.Generate(district_.producer, district_.producer_site, batch,
                                            Mass()))) {
      batches_.push_back(batch);
    }
  }
  int64_t Mass() { return static_cast<int64_t>(random_() % 300'000); }
  void Issue(const Actor& holder, const std::string& batch) {
    const std::string manifest = district_.NewId();
    if (Submit(district_.Issue(holder, manifest, {batch}, {&district_.carrier}))) {
      manifests_.push_back(manifest);
    }
  }
  void Transport() {
    if (manifests_.empty()) return;
    const std::string manifest = AnyOf(manifests_);
    const Actor& consignor = WithId(district_.Manifest(manifest).consignor());
    switch (random_() % 4) {
      case 0:
        Submit(district_.Take(consignor, district_.carrier, manifest, district_.medical_truck));
        return;
      case 1:
        Submit(district_.Deliver(district_.carrier, manifest));
        return;
      case 2:
        Submit(district_.Confirm(manifest));
        return;
      default:
        if (random_() % 4 == 0) Submit(district_.Cancel(consignor, manifest));
    }
  }
  void Lose(const Actor& holder, const std::string& batch) {
    const state::v1::BatchState state = district_.Batch(batch);
    const bool road = !state.manifest().empty();
    const bool whole = !road && random_() % 3 == 0;
    const std::string lost = whole ? "" : district_.NewId();
    Draft draft = ReportLoss(district_, road && random_() % 2 == 0 ? district_.carrier : holder,
                             batch, whole ? state.mass_g() : Mass(), lost);
    if (road) draft.message.mutable_incident_reported()->set_manifest(state.manifest());
    if (!Submit(draft)) return;
    ++losses_;
    if (!lost.empty()) batches_.push_back(lost);
  }
  void Find() {
    const std::string batch = district_.NewId();
    if (random_() % 4 == 0 && Submit(FindWaste(district_, batch))) batches_.push_back(batch);
  }
  void Close(const std::string& batch) {
    Submit(
        CloseLoss(district_, batch,
                  random_() % 2 == 0 ? v1::LOSS_FINDING_FOUND_AGAIN : v1::LOSS_FINDING_DESTROYED));
  }

  std::mt19937 random_;
  District district_;
  std::vector<const Actor*> actors_;
  std::vector<std::string> batches_;
  std::vector<std::string> manifests_;
  int losses_ = 0;
  int exits_ = 0;
};

TEST(ShrinkingStockTest, StockGrowsLessByAnExitAlone) {
  for (const uint32_t seed : {1U, 2U, 20240603U}) {
    SCOPED_TRACE(seed);
    Stock stock(seed);
    for (int step = 0; step < 700 && !testing::Test::HasFailure(); ++step) stock.Step();
    EXPECT_GT(stock.losses(), 20);
    EXPECT_GT(stock.exits(), 30);
  }
}

}  // namespace
}  // namespace cradle::rules::test
