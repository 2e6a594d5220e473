// Random actors issue random statements of every event; see README.md.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <CLI/CLI.hpp>
#include <cstdint>
#include <iostream>

#include "services/rules/event_table.h"
#include "tests/model/runner.h"

namespace cradle::model {
namespace {

constexpr int kStepsBetweenChecks = 1'000;

struct Options {
  uint32_t seed = 1;
  int steps = 2'500;  // of each world
  int worlds = 8;
  int first_world = 0;
  int drop_gram_at = -1;
};

Options& TheOptions() {
  static Options options;
  return options;
}

// Of one world; that of the first is the seed given, so that any world is replayed alone.
uint32_t SeedOf(uint32_t seed, int world) {
  return seed + static_cast<uint32_t>(world) * 2'654'435'769U;
}

// False: it failed, at the step printed.
bool RunWorld(uint32_t seed, const Options& options, Tallies& tallies) {
  Runner runner(seed);
  for (int step = 0; step < options.steps && !testing::Test::HasFailure(); ++step) {
    if (step == options.drop_gram_at) runner.DropGram();
    runner.Step();
    if ((step + 1) % kStepsBetweenChecks == 0 || step + 1 == options.steps) {
      if (!testing::Test::HasFailure()) runner.Check();
    }
    if (!testing::Test::HasFailure()) continue;
    std::cerr << fmt::format(
        "model: seed {} failed at step {} ({}); again:\n"
        "  build/dev/bin/model_test --seed {} --worlds 1 --steps {}\n",
        seed, step, runner.doing(), seed, step + 1);
  }
  for (const auto& [event, tally] : runner.tallies()) {
    tallies[event].admitted += tally.admitted;
    tallies[event].disputed += tally.disputed;
    tallies[event].refused += tally.refused;
  }
  return !testing::Test::HasFailure();
}

void Print(const Tallies& tallies) {
  std::cout << fmt::format("{:>9} {:>9} {:>9}  event\n", "admitted", "disputed", "refused");
  Tally sum;
  for (const auto& [event, tally] : tallies) {
    std::cout << fmt::format("{:>9} {:>9} {:>9}  {}\n", tally.admitted, tally.disputed,
                             tally.refused, rules::EventName(event));
    sum.admitted += tally.admitted;
    sum.disputed += tally.disputed;
    sum.refused += tally.refused;
  }
  std::cout << fmt::format("{:>9} {:>9} {:>9}  in all\n", sum.admitted, sum.disputed, sum.refused);
}

TEST(ModelTest, WhateverIsAdmittedTheInvariantsHold) {
  const Options& options = TheOptions();
  Tallies tallies;
  for (int world = 0; world < options.worlds; ++world) {
    const uint32_t seed = SeedOf(options.seed, options.first_world + world);
    if (!RunWorld(seed, options, tallies)) return;
    if ((world + 1) % 20 == 0) std::cout << fmt::format("{} worlds\n", world + 1) << std::flush;
  }
  Print(tallies);
  for (const Event event : rules::Events()) {
    EXPECT_TRUE(HasAct(event)) << rules::EventName(event) << " has no act: see README.md";
    // One world alone is for replaying.
    if (options.worlds == 1) continue;
    EXPECT_GT(tallies[event].admitted, 0) << rules::EventName(event) << " was never admitted";
    EXPECT_GT(tallies[event].refused, 0) << rules::EventName(event) << " was never refused";
  }
}

}  // namespace
}  // namespace cradle::model

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  cradle::model::Options& options = cradle::model::TheOptions();
  CLI::App app("Random actors issue random statements of every event.");
  app.add_option("--seed", options.seed, "of the first world");
  app.add_option("--steps", options.steps, "of each world");
  app.add_option("--worlds", options.worlds, "each of a seed of its own");
  app.add_option("--first-world", options.first_world, "to go on with, or share, a run");
  app.add_option("--drop-gram-at", options.drop_gram_at,
                 "the step from which a batch is written one gram short: the test must fail");
  CLI11_PARSE(app, argc, argv);
  return RUN_ALL_TESTS();
}
