#include "tests/model/runner.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <utility>
#include <variant>

#include "services/rules/calendar.h"
#include "services/rules/event_table.h"

namespace cradle::model {
namespace {

using rules::test::kOrigin;

evidence::SignedStatement Sign(const Draft& draft, const std::string& bytes,
                               const std::vector<rules::ProvenAttestation>& attestations) {
  evidence::SignedStatement result;
  result.statement = bytes;
  for (size_t i = 0; i < attestations.size(); ++i) {
    auto attested = evidence::Attest(attestations[i].message, *draft.devices.at(i).key);
    EXPECT_TRUE(attested.ok()) << attested.status();
    if (attested.ok()) result.attestations.push_back(*std::move(attested));
  }
  return result;
}

std::string FirstOf(const std::vector<rules::Violation>& violations) {
  return violations.empty() ? "nothing" : violations[0].rule + ": " + violations[0].message_en;
}

// One line each, in both languages.
std::string AllOf(const std::vector<rules::Violation>& violations) {
  std::string lines;
  for (const rules::Violation& each : violations) {
    lines += fmt::format("{} {} {} / {} / {}\n", each.rule, each.field, each.message_en,
                         each.message_zh, each.legal_basis);
  }
  return lines;
}

}  // namespace

Runner::Runner(uint32_t seed) {
  town_ = std::make_unique<Town>(seed, books_,
                                 [this](const Draft& draft, const evidence::ParsedStatement& parsed,
                                        const std::vector<rules::ProvenAttestation>& attestations) {
                                   begun_.push_back({draft, {parsed, attestations, {}, true}});
                                 });
  Begin();
}

// What the district and the town began with, entered once more, signed.
void Runner::Begin() {
  ASSERT_FALSE(begun_.empty());
  ASSERT_EQ(*town_->data().Limit("inherit_mass_share_permille", absl::CivilDay(2024, 6, 3)),
            Books::kInheritPermille)
      << "the rule data have changed";
  const Draft& founding = begun_.front().first;
  ledger_ = std::make_unique<RealLedger>(std::string(kOrigin), *founding.devices.at(1).key,
                                         founding.devices.at(0).key->public_key(),
                                         town_->library().Find(town_->rule_data_sha256()));
  for (auto& [draft, composed] : begun_) {
    composed.signed_statement = Sign(draft, composed.parsed.bytes, composed.attestations);
    const auto result = ledger_->Submit(composed.signed_statement, town_->now_ms);
    ASSERT_TRUE(std::holds_alternative<ledger::Admission>(result.outcome))
        << "the town does not begin: "
        << FirstOf(std::get<rules::Refused>(result.outcome).violations);
    books_.Enter(composed.parsed.message, ledger_->store().TakeWritten());
    ++tallies_[composed.parsed.message.event_case()].admitted;
  }
  begun_.clear();
}

std::optional<Draft> Runner::AnyDraft() {
  for (int tries = 0; tries < 50; ++tries) {
    if (auto draft = AnyAct(*town_).draft(*town_)) return draft;
  }
  return std::nullopt;
}

Runner::Composed Runner::Compose(const Draft& draft) {
  Draft by_hand = draft;
  by_hand.by_hand = true;  // what is no statement goes out too
  if (town_->OneIn(4)) {
    const evidence::Checkpoint seen = ledger_->Checkpoint();
    by_hand.on_attested = [seen](std::vector<rules::ProvenAttestation>& attestations) {
      for (rules::ProvenAttestation& each : attestations) {
        each.message.mutable_seen()->set_size(seen.size);
        each.message.mutable_seen()->set_root(std::string(evidence::AsBytes(seen.root)));
      }
    };
  }
  Composed composed;
  std::tie(composed.parsed, composed.attestations) = town_->Complete(by_hand);
  composed.signed_statement = Sign(by_hand, composed.parsed.bytes, composed.attestations);
  auto parsed = evidence::ParseStatement(composed.parsed.bytes);
  composed.form = parsed.ok();
  if (parsed.ok()) composed.parsed = *std::move(parsed);
  return composed;
}

void Runner::Step() {
  town_->now_ms += town_->Between(0, rules::kHourMs);
  if (!aside_.empty() && town_->OneIn(4)) {
    const Composed late = std::move(aside_.back());
    aside_.pop_back();
    doing_ = fmt::format("{}, overtaken", rules::EventName(late.parsed.message.event_case()));
    return Submit(late);
  }
  if (!sent_.empty() && town_->OneIn(100)) {
    doing_ = "the same once more";
    return Submit(town_->AnyOf(sent_));
  }
  std::optional<Draft> draft = AnyDraft();
  if (!draft) return;
  doing_ = rules::EventName(draft->message.event_case());
  if (town_->OneIn(10)) draft->Claimed(town_->now_ms - town_->Between(0, 60) * rules::kHourMs);
  if (town_->OneIn(5)) {
    Spoil(*town_, *draft);
    doing_ += ", made wrong";
  }
  // Two parties may sign the same step twice, as two who do not know of each other.
  const bool twice = draft->message.parties_size() > 1 && town_->OneIn(8);
  if (twice) aside_.push_back(Compose(*draft));
  Composed composed = Compose(*draft);
  if (town_->OneIn(100)) {
    doing_ += ", forged";
    return SubmitForged(std::move(composed));
  }
  Submit(composed);
}

void Runner::ExpectNothingWritten() {
  for (const rules::Change& change : ledger_->store().TakeWritten()) {
    ADD_FAILURE() << "a refusal wrote " << change.key;
  }
}

void Runner::ExpectRefused(const ledger::SubmitResult& result, const Composed& composed) {
  EXPECT_TRUE(std::holds_alternative<rules::Refused>(result.outcome));
  ++tallies_[composed.parsed.message.event_case()].refused;
  ExpectNothingWritten();
}

// One bit of a signature is another.
void Runner::SubmitForged(Composed composed) {
  if (composed.signed_statement.attestations.empty()) return;
  composed.signed_statement.attestations.back().signature[40] ^= 1;
  ExpectRefused(ledger_->Submit(composed.signed_statement, town_->now_ms), composed);
}

void Runner::ExpectWritten(const rules::Changes& changes, const rules::Changes& written) const {
  std::map<std::string, std::string> expected;
  std::map<std::string, std::string> found;
  for (const rules::Change& change : changes) expected[change.key] = change.value;
  for (const rules::Change& change : written) found[change.key] = change.value;
  for (const auto& [key, value] : expected) {
    const auto same = found.find(key);
    EXPECT_TRUE(same != found.end() && same->second == value)
        << "the ledger did not write what the rules say: " << key;
  }
  EXPECT_EQ(found.size(), expected.size()) << "the ledger wrote more than the rules say";
}

void Runner::Enter(const rules::Admitted& admitted, const Composed& composed,
                   const ledger::SubmitResult& result) {
  ++tallies_[composed.parsed.message.event_case()].admitted;
  const rules::Changes written = ledger_->store().TakeWritten();
  const auto* const answer = std::get_if<ledger::Admission>(&result.outcome);
  ASSERT_NE(answer, nullptr) << "admitted here, by the ledger not";
  EXPECT_EQ(answer->index, town_->size());
  EXPECT_FALSE(answer->repeated_submission);
  EXPECT_EQ(AllOf(answer->marks), AllOf(admitted.marks));
  books_.Enter(composed.parsed.message, written);
  ExpectWritten(admitted.changes, written);
  town_->Apply(admitted);
  town_->Learn(composed.parsed.message);
  if (sent_.size() >= 20) sent_.erase(sent_.begin());
  sent_.push_back(composed);
}

void Runner::Enter(const rules::Disputed& disputed, const Composed& composed,
                   const ledger::SubmitResult& result) {
  ++tallies_[composed.parsed.message.event_case()].disputed;
  const rules::Changes written = ledger_->store().TakeWritten();
  const auto* const answer = std::get_if<ledger::DisputedAdmission>(&result.outcome);
  ASSERT_NE(answer, nullptr) << "disputed here, by the ledger not";
  EXPECT_EQ(answer->kept.index, town_->size());
  EXPECT_EQ(AllOf(answer->kept.marks), AllOf(disputed.marks));
  books_.EnterDisputed(written);
  ExpectWritten(disputed.changes, written);
  town_->Apply(disputed);
  for (const rules::ContestedPlace& place : disputed.places) {
    town_->disputes.push_back(
        {place.chain, place.height, {std::string(evidence::AsBytes(composed.parsed.hash))}});
  }
}

void Runner::Submit(const Composed& composed) {
  if (!composed.form) {
    return ExpectRefused(ledger_->Submit(composed.signed_statement, town_->now_ms), composed);
  }
  const auto verdict = town_->TryParsed(composed.parsed, composed.attestations);
  ASSERT_TRUE(verdict.ok()) << verdict.status();
  const auto result = ledger_->Submit(composed.signed_statement, town_->now_ms);
  if (const auto* admitted = std::get_if<rules::Admitted>(&*verdict)) {
    return Enter(*admitted, composed, result);
  }
  if (const auto* disputed = std::get_if<rules::Disputed>(&*verdict)) {
    return Enter(*disputed, composed, result);
  }
  if (const auto* duplicate = std::get_if<rules::Duplicate>(&*verdict)) {
    const auto* const kept = std::get_if<ledger::DisputedAdmission>(&result.outcome);
    const auto* const answer =
        kept == nullptr ? std::get_if<ledger::Admission>(&result.outcome) : &kept->kept;
    EXPECT_EQ(kept != nullptr, duplicate->disputed);
    ASSERT_NE(answer, nullptr);
    EXPECT_TRUE(answer->repeated_submission);
    EXPECT_EQ(answer->index, duplicate->index);
    return ExpectNothingWritten();
  }
  const auto& refused = std::get<rules::Refused>(*verdict);
  const auto* const answer = std::get_if<rules::Refused>(&result.outcome);
  ASSERT_NE(answer, nullptr) << "refused here, by the ledger not: " << FirstOf(refused.violations);
  // Of a key that it does not know the ledger says so first: no signature can be proven.
  if (answer->violations.at(0).rule != "KEY-KNOWN") {
    EXPECT_EQ(answer->code, refused.code);
    EXPECT_EQ(AllOf(answer->violations), AllOf(refused.violations));
  }
  ExpectRefused(result, composed);
}

void Runner::Check() {
  books_.CheckAll();
  ledger_->Verify();
  EXPECT_EQ(ledger_->State().size(), town_->overlay().changed().size());
  EXPECT_TRUE(ledger_->State() == town_->overlay().changed())
      << "the ledger's state is not what its verdicts fold to";
}

}  // namespace cradle::model
