// Batches filled, split, merged, pre-treated, treated, put into a tank and drawn from it, at
// random: whatever the rules admit, mass is kept, nothing gets younger and no source is lost.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>

#include "tests/services/rules/lineage_fixture.h"

namespace cradle::rules::test {
namespace {

using state::v1::BatchState;

class Lineages : public LineageTest {
 protected:
  void Run(uint32_t seed, int steps) {
    random_.seed(seed);
    tank_ = NewTank(district_, producer_, district_.producer_site);
    press_ = NewPress(district_, producer_, district_.producer_site);
    for (int step = 0; step < steps; ++step) {
      district_.now_ms += static_cast<int64_t>(random_() % kDayMs);
      Step();
      if (HasFailure()) return;
      if (step % 20 == 0) Check();
    }
    Check();
    EXPECT_GT(admitted_, steps / 3);
  }

 private:
  std::string Any() { return batches_[random_() % batches_.size()]; }
  Batches Some() {
    std::set<std::string> some;
    for (auto count = 1 + random_() % 3; count > 0; --count) some.insert(Any());
    return {some.begin(), some.end()};
  }
  // The sum of what is held changes by `change_g` if it is admitted; what is made is `made`.
  void Try(const Draft& draft, int64_t change_g, const std::vector<v1::MadeBatch>& made) {
    if (!district_.Submit(draft)) return;
    ++admitted_;
    held_g_ += change_g;
    for (const v1::MadeBatch& each : made) batches_.push_back(each.batch());
  }

  void Step() {
    switch (batches_.size() < 4 ? 0 : random_() % 9) {
      case 0:
      case 1:
        return Begin();
      case 2: {
        const std::string batch = Any();
        const int64_t mass_g = district_.Batch(batch).mass_g();
        if (mass_g < 2) return;
        const Draft draft =
            Split(district_, producer_, batch, 1 + static_cast<int64_t>(random_()) % (mass_g - 1));
        const auto& parts = draft.message.batch_split().parts();
        return Try(draft, 0, {parts.begin(), parts.end()});
      }
      case 3: {
        const Draft draft =
            Merge(district_, producer_, Some(), random_() % 2 == 0 ? district_.producer_store : "");
        return Try(draft, 0, {draft.message.batches_merged().made()});
      }
      case 4: {
        const Draft draft = Pretreat(district_, producer_, Some(), press_);
        const auto& event = draft.message.batches_pretreated();
        return Try(draft, event.made(0).made_mass_g() - event.input_mass_g(), {event.made(0)});
      }
      case 5:
        return Treat();
      case 6:
        return Try(Fill(district_, producer_, tank_, Some()), 0, {});
      case 7: {
        const Draft draft =
            Draw(district_, producer_, tank_, 1 + static_cast<int64_t>(random_() % 300'000));
        return Try(draft, 0, {draft.message.bulk_drawn().drawn()});
      }
      default: {
        int64_t level_g = 0;
        const auto account = BulkOf(district_, tank_);
        for (const auto& layer : account.layers()) level_g += layer.mass_g();
        level_g = std::max<int64_t>(0, level_g + static_cast<int64_t>(random_() % 2001) - 1000);
        return Try(random_() % 8 == 0 ? Empty(district_, producer_, tank_)
                                      : ReadLevel(district_, producer_, tank_, level_g),
                   0, {});
      }
    }
  }
  void Begin() {
    const std::string batch = district_.NewId();
    Draft draft =
        district_.DeclareStock(producer_, district_.producer_site, district_.producer_store, batch);
    auto& event = *draft.message.mutable_stock_declared();
    event.set_storage_start_date(
        random_() % 10 == 0 ? "" : fmt::format("2023-{:02}-01", 1 + random_() % 12));
    event.set_stock_mass_g(1 + static_cast<int64_t>(random_() % 500'000));
    v1::MadeBatch made;
    made.set_batch(batch);
    Try(draft, event.stock_mass_g(), {made});
  }
  void Treat() {
    Draft draft =
        Record(district_, producer_, Some(), district_.producer_kiln, "R9", v1::ENDING_UTILISED);
    auto& event = *draft.message.mutable_treatment_recorded();
    if (random_() % 2 == 0) {
      v1::BulkFeed& feed = *event.add_feeds();
      feed.set_facility(tank_);
      feed.set_own_mass_g(1 + static_cast<int64_t>(random_() % 100'000));
      event.set_treated_mass_g(event.treated_mass_g() + feed.own_mass_g());
    }
    if (random_() % 3 == 0) event.mutable_residues(0)->set_made_mass_g(event.treated_mass_g());
    if (event.residues(0).made_mass_g() * 10 <= event.treated_mass_g() * 7) {
      anew_.insert(event.residues(0).batch());
    }
    Try(draft, event.residues(0).made_mass_g() - event.treated_mass_g(), {event.residues(0)});
  }

  void Check() {
    EXPECT_EQ(Held(producer_), held_g_) << "no gram from nowhere, none lost unrecorded";
    int64_t sum_g = 0;
    int64_t layers_g = 0;
    for (const std::string& id : batches_) {
      const BatchState batch = district_.Batch(id);
      if (IsHeld(batch)) sum_g += batch.mass_g();
      if (batch.status() == state::v1::BATCH_STATUS_ABSORBED) layers_g += MassInStore(batch);
      ASSERT_GE(batch.mass_g(), batch.unaccounted_mass_g());
      ASSERT_GE(batch.unaccounted_mass_g(), 0);
      CheckParents(batch);
    }
    EXPECT_EQ(sum_g, held_g_);
    EXPECT_EQ(StoredIn(tank_), layers_g);
    int64_t account_g = 0;
    std::string before;
    const auto account = BulkOf(district_, tank_);
    for (const auto& layer : account.layers()) {
      account_g += layer.mass_g();
      EXPECT_LE(before, layer.since_date()) << "oldest first";
      before = layer.since_date();
    }
    EXPECT_EQ(account_g, layers_g);
  }
  void CheckParents(const BatchState& child) {
    for (const std::string& id : child.parents()) {
      const BatchState parent = district_.Batch(id);
      EXPECT_NE(std::find(parent.children().begin(), parent.children().end(), child.batch()),
                parent.children().end())
          << "lineage goes both ways";
      // A small residue of final treatment alone begins anew.
      if (anew_.contains(child.batch())) continue;
      EXPECT_LE(Since(child.batch(), producer_), Since(id, producer_));
      EXPECT_GE(child.evidence_grade(), parent.evidence_grade());
      EXPECT_TRUE(child.oldest_out_first() || !parent.oldest_out_first() ||
                  parent.status() == state::v1::BATCH_STATUS_ABSORBED || !parent.bulk().empty());
    }
  }

  std::mt19937 random_;
  std::set<std::string> anew_;  // small residues of final treatment
  std::string tank_;
  std::string press_;
  Batches batches_;
  int64_t held_g_ = 0;
  int admitted_ = 0;
};

class LineagePropertyTest : public Lineages, public testing::WithParamInterface<uint32_t> {};

TEST_P(LineagePropertyTest, MassIsKeptNothingGetsYoungerAndNoSourceIsLost) {
  SCOPED_TRACE(fmt::format("seed {}", GetParam()));
  Run(GetParam(), 400);
}

INSTANTIATE_TEST_SUITE_P(Seeds, LineagePropertyTest, testing::Range(1u, 6u));

}  // namespace
}  // namespace cradle::rules::test
