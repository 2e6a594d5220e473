// What is judged of every statement: origin, place, idempotency, nonce, links, times, rule data.
#include "services/rules/admission.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "services/rules/calendar.h"
#include "services/rules/state_keys.h"
#include "tests/services/rules/district.h"

namespace cradle::rules::test {
namespace {

using absl::StatusCode;

TEST(AdmissionTest, AStatementForAnotherLogIsRefused) {
  District district;
  const Draft valid =
      district.Generate(district.producer, district.producer_site, district.NewId());
  ExpectRule(district, valid, RuleId::kLogOrigin, [](Draft& draft) {
    draft.on_completed = [](v1::Statement& message) {
      message.set_log_origin("other.example/log");
    };
  });
}

TEST(AdmissionTest, BeforeItsFoundingALogTakesNothingElse) {
  District district;
  World empty;
  const Draft draft =
      district.Generate(district.producer, district.producer_site, district.NewId());
  const auto verdict = empty.Try(draft);
  ASSERT_TRUE(verdict.ok()) << verdict.status();
  EXPECT_TRUE(Has(ViolationsOf(*verdict), RuleId::kLogFounded));
}

TEST(AdmissionTest, TheSameBytesAgainAreADuplicateWhateverTheAttestations) {
  District district;
  const auto [parsed, attestations] = district.Complete(
      district.Generate(district.producer, district.producer_site, district.NewId()));
  const auto first = district.TryParsed(parsed, attestations);
  ASSERT_TRUE(first.ok() && std::holds_alternative<Admitted>(*first));
  const uint64_t index = district.size();
  district.Apply(std::get<Admitted>(*first));
  district.Must(district.Generate(district.producer, district.producer_site, district.NewId()));
  for (const auto& again : {attestations, std::vector<ProvenAttestation>()}) {
    const auto verdict = district.TryParsed(parsed, again);
    ASSERT_TRUE(verdict.ok());
    ASSERT_TRUE(std::holds_alternative<Duplicate>(*verdict));
    EXPECT_EQ(std::get<Duplicate>(*verdict).index, index);
  }
}

TEST(AdmissionTest, OtherBytesUnderAUsedNonceAreRefused) {
  District district;
  std::string nonce;
  Draft first = district.Generate(district.producer, district.producer_site, district.NewId());
  first.on_completed = [&](v1::Statement& message) { nonce = message.nonce(); };
  district.Must(first);
  const Draft valid =
      district.Generate(district.producer, district.producer_site, district.NewId());
  const auto reuse = [&](Draft& draft) {
    draft.on_completed = [&](v1::Statement& message) { message.set_nonce(nonce); };
  };
  ExpectRule(district, valid, RuleId::kNonceUnique, reuse);
  Draft of_another_key =
      district.Generate(district.hospital, district.hospital_site, district.NewId());
  reuse(of_another_key);
  district.Must(of_another_key);
}

TEST(AdmissionTest, StatementsOfTwoKeysUnderOneNonceAreBothKnownAgain) {
  District district;
  const auto under_one_nonce = [&](Draft draft) {
    draft.on_completed = [](v1::Statement& message) {
      message.set_nonce(std::string(evidence::kNonceBytes, 'n'));
    };
    return district.Complete(draft);
  };
  const auto of_producer = [&] {
    return under_one_nonce(
        district.Generate(district.producer, district.producer_site, district.NewId()));
  };
  const uint64_t begin = district.size();
  const std::vector admitted = {
      of_producer(), under_one_nonce(district.Generate(district.hospital, district.hospital_site,
                                                       district.NewId()))};
  for (const auto& [parsed, attestations] : admitted) {
    const auto verdict = district.TryParsed(parsed, attestations);
    ASSERT_TRUE(std::holds_alternative<Admitted>(*verdict));
    district.Apply(std::get<Admitted>(*verdict));
  }
  for (size_t i = 0; i < admitted.size(); ++i) {
    const auto verdict = district.TryParsed(admitted[i].first, admitted[i].second);
    ASSERT_TRUE(std::holds_alternative<Duplicate>(*verdict)) << i;
    EXPECT_EQ(std::get<Duplicate>(*verdict).index, begin + i);
  }
  const auto [parsed, attestations] = of_producer();
  EXPECT_TRUE(Has(ViolationsOf(*district.TryParsed(parsed, attestations)), RuleId::kNonceUnique));
}

// The order that Admit promises: what fails first is all that is said.
TEST(AdmissionTest, PlaceIsJudgedBeforeTheNonceAndTheNonceBeforeAttestations) {
  District district;
  std::string nonce;
  Draft first = district.Generate(district.producer, district.producer_site, district.NewId());
  first.on_completed = [&](v1::Statement& message) { nonce = message.nonce(); };
  district.Must(first);
  Draft draft = district.Generate(district.producer, district.producer_site, district.NewId());
  const auto [fresh, unused] = district.Complete(draft);
  draft.on_completed = [&](v1::Statement& message) { message.set_nonce(nonce); };
  const auto [reused, attestations] = district.Complete(draft);
  auto too_many = attestations;
  too_many.push_back(attestations[0]);
  const auto said = [&](const evidence::ParsedStatement& statement) {
    const auto verdict = district.TryParsed(statement, too_many);
    std::set<std::string> rules;
    for (const Violation& violation : ViolationsOf(*verdict)) rules.insert(violation.rule);
    return rules;
  };
  district.now_ms -= 1;
  EXPECT_EQ(said(reused), std::set<std::string>{"LOG-TIME"});
  district.now_ms += 1;
  EXPECT_EQ(said(reused), std::set<std::string>{"NONCE-UNIQUE"});
  EXPECT_EQ(said(fresh).count("NONCE-UNIQUE"), 0u);
  EXPECT_FALSE(said(fresh).empty());
}

TEST(AdmissionTest, RecordedTimeNeverGoesBack) {
  District district;
  const Draft draft =
      district.Generate(district.producer, district.producer_site, district.NewId());
  district.now_ms -= 1;
  const auto verdict = district.Try(draft);
  ASSERT_TRUE(verdict.ok());
  EXPECT_TRUE(Has(ViolationsOf(*verdict), RuleId::kLogTime));
  district.now_ms += 1;
  district.Must(draft);
}

TEST(AdmissionTest, ARecordedTimeNoCalendarHasIsRefused) {
  District district;
  const Draft draft =
      district.Generate(district.producer, district.producer_site, district.NewId());
  for (const int64_t recorded : {INT64_MIN, INT64_MAX, kLastTimeMs + 1}) {
    district.now_ms = recorded;
    const auto verdict = district.Try(draft);
    ASSERT_TRUE(verdict.ok());
    EXPECT_TRUE(Has(ViolationsOf(*verdict), RuleId::kLogTime)) << recorded;
  }
}

// --- Links ---

TEST(LinkTest, TheLinksAreExactlyTheChainsOfTheEventInOrder) {
  District district;
  const std::string a = district.Stored();
  const std::string b = district.Stored();
  const Draft valid =
      district.Issue(district.producer, district.NewId(), {a, b}, {&district.carrier});
  ExpectRule(district, valid, RuleId::kLinkChains, [](Draft& draft) {
    draft.on_completed = [](v1::Statement& message) {
      message.mutable_links()->SwapElements(1, 2);
    };
  });
  ExpectRule(district, valid, RuleId::kLinkChains, [](Draft& draft) {
    draft.on_completed = [](v1::Statement& message) { message.mutable_links()->RemoveLast(); };
  });
  ExpectRule(district, valid, RuleId::kLinkChains, [&](Draft& draft) {
    draft.on_completed = [&](v1::Statement& message) {
      v1::Link& more = *message.add_links();
      more.set_chain("batch:" + district.NewId());
    };
  });
}

TEST(LinkTest, ALinkBehindTheHeadIsAbortedWithTheCurrentHead) {
  District district;
  const std::string batch = district.Generated(district.producer, district.producer_site);
  const Draft store = district.Store(district.producer, batch, district.producer_store);
  const auto stale = district.Complete(store);
  district.Must(store);
  const auto verdict = district.TryParsed(stale.first, stale.second);
  ASSERT_TRUE(verdict.ok());
  const auto& refused = std::get<Refused>(*verdict);
  EXPECT_EQ(refused.code, StatusCode::kAborted);
  EXPECT_EQ(refused.violations[0].field, "links[0].height");
  ASSERT_EQ(refused.heads.size(), 1u);
  EXPECT_EQ(refused.heads[0].chain, "batch:" + batch);
  EXPECT_TRUE(refused.heads[0].begun);
  EXPECT_EQ(refused.heads[0].height, 1u);
  EXPECT_EQ(refused.heads[0].statement_hash.size(), 32u);
  EXPECT_FALSE(refused.missing_predecessor.has_value());
}

TEST(LinkTest, ALinkToAnotherHashAtTheHeightIsAborted) {
  District district;
  const std::string batch = district.Generated(district.producer, district.producer_site);
  ExpectRule(district, district.Store(district.producer, batch, district.producer_store),
             RuleId::kLinkFollows, [](Draft& draft) {
               draft.on_completed = [](v1::Statement& message) {
                 message.mutable_links(0)->set_previous(std::string(32, 'x'));
               };
             });
}

TEST(LinkTest, BeginningAChainThatIsThereIsAborted) {
  District district;
  const std::string batch = district.Generated(district.producer, district.producer_site);
  Draft again = district.Generate(district.producer, district.producer_site, batch);
  again.on_completed = [](v1::Statement& message) {
    message.mutable_links(0)->set_height(0);
    message.mutable_links(0)->clear_previous();
  };
  const auto verdict = district.Try(again);
  ASSERT_TRUE(verdict.ok());
  EXPECT_EQ(std::get<Refused>(*verdict).code, StatusCode::kAborted);
}

TEST(LinkTest, ALinkAheadOfTheHeadSaysWhichPredecessorIsMissing) {
  District district;
  const std::string batch = district.Generated(district.producer, district.producer_site);
  const auto ahead = [](Draft& draft) {
    draft.on_completed = [](v1::Statement& message) {
      message.mutable_links(0)->set_height(4);
      message.mutable_links(0)->set_previous(std::string(32, 'x'));
    };
  };
  const Draft valid = district.Store(district.producer, batch, district.producer_store);
  ExpectRule(district, valid, RuleId::kLinkPredecessor, ahead);
  Draft broken = valid;
  ahead(broken);
  const auto verdict = district.Try(broken);
  const auto& refused = std::get<Refused>(*verdict);
  ASSERT_TRUE(refused.missing_predecessor.has_value());
  EXPECT_EQ(refused.missing_predecessor->chain, "batch:" + batch);
  EXPECT_EQ(refused.missing_predecessor->height, 1u) << "the first that has not arrived";
  EXPECT_EQ(refused.heads.size(), 1u);
}

TEST(LinkTest, OfAnUnknownChainTheFirstStatementIsMissing) {
  District district;
  Draft draft = district.Store(district.producer, district.Stored(), district.producer_store2);
  const std::string unknown = district.NewId();
  draft.message.mutable_batch_stored()->set_batch(unknown);
  draft.on_completed = [](v1::Statement& message) {
    message.mutable_links(0)->set_height(1);
    message.mutable_links(0)->set_previous(std::string(32, 'x'));
  };
  const auto verdict = district.Try(draft);
  const auto& refused = std::get<Refused>(*verdict);
  EXPECT_EQ(refused.code, StatusCode::kFailedPrecondition);
  ASSERT_TRUE(refused.missing_predecessor.has_value());
  EXPECT_FALSE(refused.missing_predecessor->begun);
  EXPECT_EQ(refused.missing_predecessor->height, 0u);
}

TEST(LinkTest, AConflictOnOneChainIsNoMatterOfWaitingForAnother) {
  District district;
  const std::string a = district.Stored();
  const std::string b = district.Stored();
  Draft draft = district.Issue(district.producer, district.NewId(), {a, b}, {&district.carrier});
  draft.on_completed = [](v1::Statement& message) {
    message.mutable_links(1)->set_height(9);                       // ahead
    message.mutable_links(2)->set_previous(std::string(32, 'x'));  // conflict
  };
  const auto verdict = district.Try(draft);
  const auto& refused = std::get<Refused>(*verdict);
  EXPECT_EQ(refused.code, StatusCode::kAborted);
  EXPECT_FALSE(refused.missing_predecessor.has_value());
  EXPECT_EQ(refused.heads.size(), 3u);
}

TEST(LinkTest, TwoClerksOfOneSiteNeverCollide) {
  District district;
  const auto a = district.Complete(
      district.Generate(district.producer, district.producer_site, district.NewId()));
  const auto b = district.Complete(
      district.Generate(district.producer, district.producer_site, district.NewId()));
  for (const auto& [parsed, attestations] : {b, a}) {
    const auto verdict = district.TryParsed(parsed, attestations);
    ASSERT_TRUE(verdict.ok() && std::holds_alternative<Admitted>(*verdict));
    district.Apply(std::get<Admitted>(*verdict));
  }
}

TEST(LinkTest, ChainsOfEveryEventAreNamedOrTheIdIsRefused) {
  v1::Statement statement;
  EXPECT_EQ(ChainsExtended(statement).status().code(), StatusCode::kInvalidArgument);
  statement.mutable_batch_stored()->set_batch("not an id");
  EXPECT_EQ(ChainsExtended(statement).status().code(), StatusCode::kInvalidArgument);
  District district;
  Draft draft = district.Store(district.producer, district.Stored(), district.producer_store2);
  draft.message.mutable_batch_stored()->set_batch("not an id");
  draft.by_hand = true;
  const auto verdict = district.Try(draft);
  ASSERT_TRUE(verdict.ok());
  EXPECT_EQ(std::get<Refused>(*verdict).code, StatusCode::kInvalidArgument);
}

TEST(LinkTest, CompleteRefusesANonceThatIsTooShort) {
  District district;
  v1::Statement statement;
  statement.mutable_batch_stored()->set_batch(district.NewId());
  EXPECT_EQ(Complete(district.state(), kOrigin, "short", statement).code(),
            StatusCode::kInvalidArgument);
}

// --- What an admitted statement changes ---

TEST(AdmissionTest, AnAdmittedStatementMovesHeadEntryNonceAndDevice) {
  District district;
  const std::string batch = district.NewId();
  const auto [parsed, attestations] =
      district.Complete(district.Generate(district.producer, district.producer_site, batch));
  const uint64_t index = district.size();
  const auto verdict = district.TryParsed(parsed, attestations);
  district.Apply(std::get<Admitted>(*verdict));
  const std::string hash(evidence::AsBytes(parsed.hash));
  state::v1::ChainHead head;
  ASSERT_TRUE(head.ParseFromString(**district.state().Get(keys::Chain("batch:" + batch))));
  EXPECT_EQ(head.height(), 0u);
  EXPECT_EQ(head.statement_hash(), hash);
  EXPECT_EQ(head.index(), index);
  EXPECT_EQ(head.act_time_ms(), district.now_ms);
  state::v1::EntryState entry;
  ASSERT_TRUE(entry.ParseFromString(**district.state().Get(keys::Entry(index))));
  EXPECT_EQ(entry.recorded_time_ms(), district.now_ms);
  EXPECT_EQ(entry.statement_hash(), hash);
  state::v1::NonceState nonce;
  ASSERT_TRUE(nonce.ParseFromString(**district.state().Get(keys::Nonce(parsed.message.nonce()))));
  ASSERT_EQ(nonce.uses_size(), 1);
  EXPECT_EQ(nonce.uses(0).key_id(), district.producer.handler.key_id);
  EXPECT_EQ(nonce.uses(0).statement_hash(), hash);
  EXPECT_EQ(nonce.uses(0).index(), index);
  state::v1::DeviceSequence device;
  ASSERT_TRUE(device.ParseFromString(
      **district.state().Get(keys::Device(district.producer.handler.key_id))));
  EXPECT_EQ(device.highest(), 1u);
  EXPECT_EQ(device.count(), 1u);
}

TEST(AdmissionTest, AHoleInADevicesCounterShows) {
  District district;
  district.Must(district.Generate(district.producer, district.producer_site, district.NewId()));
  Draft later = district.Generate(district.producer, district.producer_site, district.NewId());
  later.on_attested = [](std::vector<ProvenAttestation>& attestations) {
    attestations[0].message.set_seq(5);
  };
  district.Must(later);
  state::v1::DeviceSequence device;
  ASSERT_TRUE(device.ParseFromString(
      **district.state().Get(keys::Device(district.producer.handler.key_id))));
  EXPECT_EQ(device.highest(), 5u);
  EXPECT_EQ(device.count(), 2u) << "three were signed and never submitted";
}

TEST(AdmissionTest, TheSameStatementOverTheSameStateGivesTheSameVerdict) {
  District district;
  const auto [parsed, attestations] = district.Complete(district.Issue(
      district.producer, district.NewId(), {district.Stored()}, {&district.carrier}));
  const auto a = district.TryParsed(parsed, attestations);
  const auto b = World(district).TryParsed(parsed, attestations);
  EXPECT_EQ(std::get<Admitted>(*a).changes, std::get<Admitted>(*b).changes);
  EXPECT_EQ(std::get<Admitted>(*a).marks, std::get<Admitted>(*b).marks);
}

class FailingState : public StateReader {
 public:
  FailingState(const StateReader& base, std::string failing)
      : base_(base), failing_(std::move(failing)) {}
  absl::StatusOr<std::optional<std::string>> Get(std::string_view key) const override {
    if (key == failing_) return absl::UnavailableError("the disk is gone");
    return base_.Get(key);
  }

 private:
  const StateReader& base_;
  std::string failing_;
};

TEST(AdmissionTest, AFailingStoreIsNeverARefusal) {
  District district;
  const std::string batch = district.Generated(district.producer, district.producer_site);
  const auto [parsed, attestations] =
      district.Complete(district.Store(district.producer, batch, district.producer_store));
  for (const std::string& key :
       {keys::Log(), keys::Nonce(parsed.message.nonce()), keys::Chain("batch:" + batch),
        keys::Key(district.producer.handler.key_id), keys::Batch(batch),
        keys::Facility(district.producer_store)}) {
    const FailingState failing(district.state(), key);
    const auto verdict = Admit(failing, district.library(), kOrigin, parsed, attestations,
                               district.now_ms, district.size());
    EXPECT_EQ(verdict.status().code(), StatusCode::kUnavailable) << key;
  }
}

TEST(AdmissionTest, AStateThatCannotBeReadIsDataLoss) {
  District district;
  const std::string batch = district.Generated(district.producer, district.producer_site);
  const auto [parsed, attestations] =
      district.Complete(district.Store(district.producer, batch, district.producer_store));
  StateOverlay broken(&district.state());
  broken.Apply({{keys::Batch(batch), "\xFF\xFF"}});
  EXPECT_EQ(Admit(broken, district.library(), kOrigin, parsed, attestations, district.now_ms,
                  district.size())
                .status()
                .code(),
            StatusCode::kDataLoss);
}

// --- Time of act, as Admit uses it ---

TEST(ActTimeTest, AnHonestClaimCountsAsClaimed) {
  District district;
  const int64_t claimed = district.now_ms + kHourMs;
  district.now_ms += 50 * kHourMs;
  const auto verdict =
      district.Try(district.Generate(district.producer, district.producer_site, district.NewId())
                       .Claimed(claimed));
  EXPECT_EQ(std::get<Admitted>(*verdict).act_time_ms, claimed);
  EXPECT_TRUE(std::get<Admitted>(*verdict).marks.empty());
}

TEST(ActTimeTest, AWrongClockIsMarkedAndNeverRefused) {
  District district;
  const std::string batch = district.Generated(district.producer, district.producer_site);
  for (const int64_t claimed :
       {district.now_ms + 1, district.now_ms - 1, ShanghaiMs(1999, 1, 1), INT64_MIN, INT64_MAX}) {
    const auto verdict = district.Try(
        district.Store(district.producer, batch, district.producer_store).Claimed(claimed));
    ASSERT_TRUE(verdict.ok() && std::holds_alternative<Admitted>(*verdict)) << claimed;
    EXPECT_EQ(std::get<Admitted>(*verdict).act_time_ms, district.now_ms) << claimed;
    EXPECT_TRUE(Has(std::get<Admitted>(*verdict).marks, RuleId::kTimeOfAct)) << claimed;
  }
}

TEST(ActTimeTest, AClaimBeforeTheCheckpointTheFirstDeviceHadSeenDoesNotCount) {
  District district;
  const int64_t claimed = district.now_ms;
  district.now_ms += kHourMs;
  district.Generated(district.hospital, district.hospital_site, "841-001-01");
  district.now_ms += kHourMs;
  Draft draft = district.Generate(district.producer, district.producer_site, district.NewId())
                    .Claimed(claimed);
  EXPECT_EQ(std::get<Admitted>(*district.Try(draft)).act_time_ms, claimed);
  draft.seen = {district.size()};
  const auto verdict = district.Try(draft);
  EXPECT_EQ(std::get<Admitted>(*verdict).act_time_ms, district.now_ms);
  EXPECT_TRUE(Has(std::get<Admitted>(*verdict).marks, RuleId::kTimeOfAct));
}

// A log stays with the rules it names: what a later set brings waits until that set is adopted.
TEST(RuleSetTest, AnEventOfALaterSetIsUsedOnceThatSetIsAdopted) {
  District district(1);
  const std::string manifest = district.Issued({district.Stored()});
  const Draft cancel = district.Cancel(district.producer, manifest);
  const auto verdict = district.Try(cancel);
  ASSERT_TRUE(verdict.ok()) << verdict.status();
  const auto* refused = std::get_if<Refused>(&*verdict);
  ASSERT_NE(refused, nullptr);
  EXPECT_EQ(refused->violations[0].rule, FindRule(RuleId::kEventInSet).id);
  EXPECT_EQ(refused->violations[0].field, "manifest_cancelled");
  district.Must(district.AdoptRules());
  district.Must(cancel);
}

// Found by fuzzing: an event over a list of batches that is empty.
TEST(RuleSetTest, AnEventThatExtendsNoChainIsRefused) {
  District district;
  Draft draft;
  draft.message.mutable_containers_packed();
  draft.by_hand = true;
  const auto verdict = district.Try(draft.By(district.producer.handler, v1::CAPACITY_ORGANISATION));
  ASSERT_TRUE(verdict.ok()) << verdict.status();
  const auto* refused = std::get_if<Refused>(&*verdict);
  ASSERT_NE(refused, nullptr);
  EXPECT_EQ(refused->violations[0].rule, FindRule(RuleId::kFormField).id);
}

}  // namespace
}  // namespace cradle::rules::test
