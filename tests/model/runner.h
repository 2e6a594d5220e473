// One world: a town whose people issue statements at random, a ledger that takes them, and what
// must hold after each.
#ifndef CRADLE_TESTS_MODEL_RUNNER_H_
#define CRADLE_TESTS_MODEL_RUNNER_H_

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tests/model/acts.h"
#include "tests/model/books.h"
#include "tests/model/real_ledger.h"
#include "tests/model/town.h"

namespace cradle::model {

struct Tally {
  int admitted = 0;
  int disputed = 0;
  int refused = 0;
};
using Tallies = std::map<Event, Tally>;

class Runner {
 public:
  explicit Runner(uint32_t seed);

  // One statement, mostly: composed, signed, judged here and submitted; the test fails where the
  // two verdicts, or what they leave, differ, or an invariant does not hold.
  void Step();
  // Everything anew: accounts, views, audit.
  void Check();
  // What the next admitted batch weighs is written one gram short.
  void DropGram() { ledger_->store().DropGram(); }

  const Tallies& tallies() const { return tallies_; }
  // Of the last step.
  const std::string& doing() const { return doing_; }

 private:
  // A statement as it goes out.
  struct Composed {
    evidence::ParsedStatement parsed;
    std::vector<rules::ProvenAttestation> attestations;
    evidence::SignedStatement signed_statement;
    bool form = true;  // it is one
  };

  void Begin();
  std::optional<Draft> AnyDraft();
  Composed Compose(const Draft& draft);
  void Submit(const Composed& composed);
  void SubmitForged(Composed composed);
  void ExpectRefused(const ledger::SubmitResult& result, const Composed& composed);
  void Enter(const rules::Admitted& admitted, const Composed& composed,
             const ledger::SubmitResult& result);
  void Enter(const rules::Disputed& disputed, const Composed& composed,
             const ledger::SubmitResult& result);
  void ExpectWritten(const rules::Changes& changes, const rules::Changes& written) const;
  void ExpectNothingWritten();

  std::vector<std::pair<Draft, Composed>> begun_;  // what the town begins with
  Books books_;
  std::unique_ptr<Town> town_;
  std::unique_ptr<RealLedger> ledger_;
  std::vector<Composed> aside_;  // signed, and overtaken by another before they arrive
  std::vector<Composed> sent_;   // the last few that were admitted
  Tallies tallies_;
  std::string doing_;
};

}  // namespace cradle::model

#endif  // CRADLE_TESTS_MODEL_RUNNER_H_
