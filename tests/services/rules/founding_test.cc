// The founding of a log, adoption of rules, and whose key is whose.
#include <gtest/gtest.h>

#include "services/rules/calendar.h"
#include "tests/services/rules/bundle_parts.h"
#include "tests/services/rules/district.h"

namespace cradle::rules::test {
namespace {

using absl::StatusCode;

// The founding of an empty world, as District makes it, open to change.
struct Founding {
  World world;
  Draft draft;

  Founding() {
    const std::string id = world.NewId();
    const Device device = world.NewDevice(id);
    Device log = world.NewDevice("", v1::KEY_ALGORITHM_ED25519);
    log.person.clear();
    v1::Founded& founded = *draft.message.mutable_founded();
    founded.set_log_key(log.spki);
    founded.set_rule_set(1);
    founded.set_rule_data_sha256(world.rule_data_sha256());
    auto& regulator = *founded.mutable_regulator();
    regulator.set_organisation(id);
    regulator.set_name("潍坊市生态环境局");
    regulator.set_uscc(District::Uscc(7));
    regulator.set_division("370700");
    regulator.add_roles(v1::ORGANISATION_ROLE_ECOLOGY_AUTHORITY);
    auto& key = *founded.mutable_regulator_key();
    key.set_organisation(id);
    key.set_algorithm(device.algorithm);
    key.set_key(device.spki);
    key.set_person(device.person);
    key.add_roles(v1::KEY_ROLE_ADMINISTRATOR);
    draft.By(device, v1::CAPACITY_REGULATOR).By(log, v1::CAPACITY_LOG);
  }
  void Expect(RuleId rule, const std::function<void(Draft&)>& breaks) {
    ExpectRule(world, draft, rule, breaks);
  }
  static v1::Founded& Event(Draft& draft) { return *draft.message.mutable_founded(); }
};

TEST(FoundingTest, EntryZeroFoundsTheLogAndNoOther) {
  Founding founding;
  founding.world.Must(founding.draft);
  const auto log = ReadLog(founding.world.state());
  ASSERT_TRUE(log.ok() && log->has_value());
  EXPECT_EQ((*log)->origin(), kOrigin);
  EXPECT_EQ((*log)->rule_set(), 1u);
  EXPECT_EQ((*log)->founding_regulator(),
            founding.draft.message.founded().regulator().organisation());
  const auto again = founding.world.Try(founding.draft);
  ASSERT_TRUE(again.ok());
  EXPECT_TRUE(Has(ViolationsOf(*again), RuleId::kLogFounded));
}

TEST(FoundingTest, ItsRegulatorAndKeyAreJudgedAsTheirOwnEventsWouldBe) {
  Founding founding;
  founding.Expect(RuleId::kOrganisationIdentity, [](Draft& draft) {
    Founding::Event(draft).mutable_regulator()->set_uscc("913707810000000000");
  });
  founding.Expect(RuleId::kRegulatorAuthority, [](Draft& draft) {
    Founding::Event(draft).mutable_regulator()->set_roles(0, v1::ORGANISATION_ROLE_PRODUCER);
  });
  founding.Expect(RuleId::kKeyForm, [](Draft& draft) {
    Founding::Event(draft).mutable_regulator_key()->set_key("no key");
    draft.devices[0].spki = "no key";
    draft.devices[0].key_id = std::string(evidence::AsBytes(evidence::Sha256("no key")));
  });
  founding.Expect(RuleId::kFormField, [](Draft& draft) {
    Founding::Event(draft).mutable_regulator()->set_division("37070");
  });
  founding.Expect(RuleId::kOrganisationKnown, [&](Draft& draft) {
    auto& scoped = *Founding::Event(draft).mutable_regulator()->mutable_scoped();
    scoped.set_division("370700");
    scoped.set_local_id("1");
    scoped.set_parent(founding.world.NewId());
  });
  founding.Expect(RuleId::kPartySelf, [&](Draft& draft) {
    Founding::Event(draft).mutable_regulator()->set_organisation(founding.world.NewId());
  });
  founding.Expect(RuleId::kKeyRole, [](Draft& draft) {
    Founding::Event(draft).mutable_regulator_key()->set_roles(0, v1::KEY_ROLE_OPERATOR);
  });
}

TEST(FoundingTest, TheLogAttestsByItsOwnKey) {
  Founding founding;
  founding.Expect(RuleId::kKeyKnown, [&](Draft& draft) {
    Device other = founding.world.NewDevice("", v1::KEY_ALGORITHM_ED25519);
    other.person.clear();
    draft.devices[1] = other;
  });
  founding.Expect(RuleId::kAttestationEach, [](Draft& draft) { draft.devices.pop_back(); });
  founding.Expect(RuleId::kPartyCapacities, [](Draft& draft) {
    draft.message.mutable_parties()->SwapElements(0, 1);
    std::swap(draft.devices[0], draft.devices[1]);
  });
  founding.Expect(RuleId::kPartyTwo,
                  [](Draft& draft) { draft.devices[1].person = draft.devices[0].person; });
}

TEST(FoundingTest, ARuleSetOrBundleNotAtHandIsNoRefusalButCannotBeJudged) {
  Founding founding;
  Draft draft = founding.draft;
  draft.message.mutable_founded()->set_rule_set(kLastRuleSet + 1);
  EXPECT_EQ(founding.world.Try(draft).status().code(), StatusCode::kUnimplemented);
  draft = founding.draft;
  draft.message.mutable_founded()->set_rule_data_sha256(std::string(32, 'z'));
  EXPECT_EQ(founding.world.Try(draft).status().code(), StatusCode::kUnimplemented);
}

TEST(RulesAdoptedTest, TheFoundingRegulatorAloneAdoptsRules) {
  District district;
  // Another authority of the same city.
  Actor health;
  health.id = district.NewId();
  health.administrator = district.NewDevice(health.id);
  district.Must(
      district.RegisterOrganisation(health.id, {v1::ORGANISATION_ROLE_HEALTH_AUTHORITY}, "370700"));
  district.Must(district.Enrol(district.bureau.administrator, v1::CAPACITY_REGULATOR,
                               health.administrator, {v1::KEY_ROLE_ADMINISTRATOR}));
  ExpectRule(district, district.AdoptRules(), RuleId::kLogRegulator, [&](Draft& draft) {
    draft.devices = {health.administrator};
    draft.message.mutable_parties(0)->set_organisation(health.id);
  });
  ExpectRule(district, district.AdoptRules(), RuleId::kFormField, [&](Draft& draft) {
    draft.message.mutable_rules_adopted()->set_rule_data_sha256("short");
  });
}

TEST(RulesAdoptedTest, TheNewBundleJudgesFromTheNextIndexOn) {
  District district;
  // The same data but that a device may be offline for one hour only.
  std::string bundle = district.data().bundle();
  bundle.replace(bundle.find("offline_window_hours,72"), 23, "offline_window_hours,01");
  EXPECT_FALSE(RuleData::FromBundle(bundle).ok()) << "01 is no number of ours";
  bundle.replace(bundle.find("offline_window_hours,01"), 23, "offline_window_hours,10");
  const auto data = RuleData::FromBundle(bundle);
  ASSERT_TRUE(data.ok()) << data.status();
  Draft adopt = district.AdoptRules();
  adopt.message.mutable_rules_adopted()->set_rule_data_sha256(
      std::string(evidence::AsBytes((*data)->sha256())));
  EXPECT_EQ(district.Try(adopt).status().code(), StatusCode::kUnimplemented)
      << "not at hand: nothing could follow it";
  district.library().Add(*data);

  const int64_t claimed = district.now_ms;
  district.now_ms += 20 * kHourMs;
  const auto generate = [&] {
    return district.Generate(district.producer, district.producer_site, district.NewId())
        .Claimed(claimed);
  };
  EXPECT_FALSE(Has(district.Must(generate()), RuleId::kTimeOfAct));
  district.Must(adopt);
  EXPECT_TRUE(Has(district.Must(generate()), RuleId::kTimeOfAct));
}

// The project's bundle without one of the limits that rule set 2 asks for.
std::shared_ptr<const RuleData> DataForTheFirstSetOnly() {
  return Load(Replaced(OwnBundle(), "\ncarriers_max,", "\nanother_limit,"));
}

TEST(FoundingTest, ABundleWithoutALimitOfItsRuleSetCannotBeFoundedOn) {
  Founding founding;
  const auto data = DataForTheFirstSetOnly();
  founding.world.library().Add(data);
  Draft draft = founding.draft;
  draft.message.mutable_founded()->set_rule_data_sha256(
      std::string(evidence::AsBytes(data->sha256())));
  draft.message.mutable_founded()->set_rule_set(2);
  const auto verdict = founding.world.Try(draft);
  EXPECT_EQ(verdict.status().code(), StatusCode::kUnimplemented);
  EXPECT_EQ(verdict.status().message(), data->FitsRuleSet(2).message());
  draft.message.mutable_founded()->set_rule_set(1);
  founding.world.Must(draft);
}

TEST(RulesAdoptedTest, ABundleWithoutALimitOfTheAdoptedRuleSetCannotBeAdopted) {
  District district;
  const auto data = DataForTheFirstSetOnly();
  district.library().Add(data);
  const auto adopt = [&](uint32_t rule_set, const RuleData& named) {
    Draft draft = district.AdoptRules();
    draft.message.mutable_rules_adopted()->set_rule_set(rule_set);
    draft.message.mutable_rules_adopted()->set_rule_data_sha256(
        std::string(evidence::AsBytes(named.sha256())));
    return draft;
  };
  EXPECT_EQ(district.Try(adopt(2, *data)).status().message(), data->FitsRuleSet(2).message());
  district.Must(adopt(1, *data));
  district.Must(adopt(2, district.data()));
}

TEST(FindKeyTest, FindsEnrolledKeysTheLogsKeyAndWhatAFoundingBrings) {
  Founding founding;
  const v1::Statement& message = founding.draft.message;
  const auto& world = founding.world;
  for (const Device& device : founding.draft.devices) {
    const auto key = FindKey(world.state(), device.key_id, message);
    ASSERT_TRUE(key.ok()) << key.status();
    EXPECT_EQ(key->spki_der, device.spki);
    EXPECT_EQ(key->algorithm, device.algorithm);
  }
  EXPECT_EQ(FindKey(world.state(), std::string(32, 'k'), message).status().code(),
            StatusCode::kNotFound);
  founding.world.Must(founding.draft);
  for (const Device& device : founding.draft.devices) {
    EXPECT_EQ(FindKey(world.state(), device.key_id, v1::Statement())->spki_der, device.spki);
  }
  EXPECT_EQ(FindKey(world.state(), std::string(32, 'k'), v1::Statement()).status().code(),
            StatusCode::kNotFound);
}

}  // namespace
}  // namespace cradle::rules::test
