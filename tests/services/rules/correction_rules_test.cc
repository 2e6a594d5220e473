// What was said wrongly is set right forward, by those who must agree.
#include <gtest/gtest.h>

#include "services/rules/admission.h"
#include "services/rules/batch_state.h"
#include "services/rules/calendar.h"
#include "services/rules/field_rules.h"
#include "services/rules/state_keys.h"
#include "tests/services/rules/drafts_correction.h"
#include "tests/services/rules/drafts_lineage.h"
#include "tests/services/rules/drafts_order.h"

namespace cradle::rules::test {
namespace {

class CorrectionRulesTest : public testing::Test {
 protected:
  void Expect(const Draft& valid, RuleId rule, const std::function<void(Draft&)>& breaks) {
    ExpectRule(district_, valid, rule, breaks);
  }
  static v1::BatchAmended& Event(Draft& draft) { return *draft.message.mutable_batch_amended(); }
  // More than was logged: against the author's interest.
  Draft More(const std::string& batch, int64_t mass_g = 260'000) {
    Draft draft = Amend(district_, district_.producer, batch, false);
    Event(draft).set_amended_mass_g(mass_g);
    Event(draft).mutable_mass_basis()->set_method(v1::MASS_METHOD_ESTIMATED);
    return draft;
  }
  Draft Start(const std::string& batch, const std::string& date) {
    Draft draft = Amend(district_, district_.producer, batch);
    Event(draft).set_storage_start_date(date);
    return draft;
  }
  Draft WithRegulator(Draft draft) {
    draft.By(district_.bureau.handler, v1::CAPACITY_REGULATOR);
    return draft;
  }
  std::string Since(const std::string& batch) {
    const state::v1::BatchState state = district_.Batch(batch);
    return FindHolding(state, district_.producer.id)->since_date();
  }
  // Another actor's operator, in the place of a party.
  static void SetParty(Draft& draft, int place, const Actor& actor) {
    draft.message.mutable_parties(place)->set_organisation(actor.id);
    draft.devices[static_cast<size_t>(place)] = actor.handler;
  }
  District district_;
};

TEST_F(CorrectionRulesTest, TheAuthorAloneSetsOneFieldRightForAWhile) {
  const std::string batch = district_.Stored();
  const Draft valid = More(batch);
  Expect(valid, RuleId::kFormField,
         [](Draft& draft) { Event(draft).set_reason(v1::AMEND_REASON_UNSPECIFIED); });
  Expect(valid, RuleId::kFormField, [](Draft& draft) { Event(draft).add_evidence_sha256("x"); });
  Expect(valid, RuleId::kBatchKnown,
         [&](Draft& draft) { Event(draft).set_batch(district_.NewId()); });
  Expect(valid, RuleId::kPartySelf, [&](Draft& draft) { SetParty(draft, 0, district_.hospital); });
  Expect(valid, RuleId::kAmendChanges, [](Draft& draft) { Event(draft).clear_amended_mass_g(); });
  Expect(valid, RuleId::kAmendChanges, [](Draft& draft) { Event(draft).set_batch_code("B-1"); });
  Expect(valid, RuleId::kAmendChanges,
         [](Draft& draft) { Event(draft).set_amended_mass_g(250'000); });
  Expect(valid, RuleId::kAmendCorrects,
         [](Draft& draft) { Event(draft).set_corrects(std::string(32, 'h')); });
  Expect(valid, RuleId::kMassPositive, [](Draft& draft) { Event(draft).set_amended_mass_g(-1); });
  Expect(valid, RuleId::kMassSum, [](Draft& draft) {
    Event(draft).mutable_mass_basis()->set_method(v1::MASS_METHOD_COUNTED);
    Event(draft).mutable_mass_basis()->set_count(2);
    Event(draft).mutable_mass_basis()->set_unit_mass_g(7);
  });
  district_.Must(valid);
  EXPECT_EQ(district_.Batch(batch).mass_g(), 260'000);
  district_.Must(More(batch, 270'000));  // names the amendment, which is the mass's author now
}

TEST_F(CorrectionRulesTest, AloneOnlyForTheHoursAllowedAndWhileNobodyElseHasActed) {
  const std::string batch = district_.Stored();
  const int64_t begun_ms = district_.now_ms;
  district_.now_ms = begun_ms + 24 * kHourMs;
  district_.Must(More(batch));
  const std::string late = district_.Stored();
  district_.now_ms += 24 * kHourMs + 1;
  Draft wide = More(late);
  const auto refused = district_.Try(wide);
  EXPECT_TRUE(Has(ViolationsOf(*refused), RuleId::kAmendAlone));
  district_.Must(WithRegulator(wide));
}

TEST_F(CorrectionRulesTest, NeverAloneInOnesOwnFavour) {
  const std::string batch = district_.Stored();
  Expect(More(batch), RuleId::kAmendAlone,
         [](Draft& draft) { Event(draft).set_amended_mass_g(249'999); });
  Draft code = WithRegulator(Amend(district_, district_.producer, batch));
  Event(code).set_waste_code("900-217-08");
  Expect(code, RuleId::kCodeForm, [](Draft& draft) { Event(draft).set_waste_code("900-217"); });
  Expect(code, RuleId::kAmendAlone, [](Draft& draft) {
    draft.message.mutable_parties()->RemoveLast();
    draft.devices.pop_back();
  });
  Expect(code, RuleId::kRegulatorAuthority,
         [&](Draft& draft) { SetParty(draft, 1, district_.plant); });
  const Actor elsewhere = district_.ElsewhereBureau();
  Expect(code, RuleId::kRegulatorDivision, [&](Draft& draft) { SetParty(draft, 1, elsewhere); });
  Expect(code, RuleId::kPartyTwo, [&](Draft& draft) { draft.devices[1] = draft.devices[0]; });
  EXPECT_TRUE(Has(district_.Must(code), RuleId::kCorrectionListed));
  EXPECT_EQ(district_.Batch(batch).waste_code(), "900-217-08");
}

TEST_F(CorrectionRulesTest, AStartMovesEarlierByTheAuthorAndLaterByARegulatorAlone) {
  const std::string batch = district_.Stored();
  district_.now_ms += 90 * kDayMs;
  const Draft earlier = Start(batch, "2024-01-31");
  Expect(earlier, RuleId::kFormField,
         [](Draft& draft) { Event(draft).set_storage_start_date("2024-01-32"); });
  Expect(WithRegulator(earlier), RuleId::kStockStart,
         [](Draft& draft) { Event(draft).set_storage_start_date("2026-01-01"); });
  EXPECT_FALSE(Has(district_.Must(earlier), RuleId::kCorrectionListed));
  EXPECT_EQ(Since(batch), "2024-01-31");
  const Draft later = Start(batch, "2024-03-01");
  Expect(WithRegulator(later), RuleId::kAmendAlone, [](Draft& draft) {
    draft.message.mutable_parties()->RemoveLast();
    draft.devices.pop_back();
  });
  EXPECT_TRUE(Has(district_.Must(WithRegulator(later)), RuleId::kCorrectionListed));
  EXPECT_EQ(Since(batch), "2024-03-01");
}

TEST_F(CorrectionRulesTest, WhereAnotherHasActedItAttestsToo) {
  const std::string batch = district_.Received();
  Draft code = Amend(district_, district_.producer, batch);
  Event(code).set_waste_code("900-217-08");
  code.By(district_.plant.handler, v1::CAPACITY_ORGANISATION);
  code.By(district_.bureau.handler, v1::CAPACITY_REGULATOR);
  Expect(code, RuleId::kAmendCounterpart,
         [&](Draft& draft) { SetParty(draft, 1, district_.hospital); });
  Expect(code, RuleId::kAmendCounterpart, [](Draft& draft) {
    draft.message.mutable_parties()->DeleteSubrange(1, 1);
    draft.devices.erase(draft.devices.begin() + 1);
  });
  Expect(code, RuleId::kAmendSealed, [](Draft& draft) {
    Event(draft).clear_waste_code();
    Event(draft).set_batch_code("B-1");
  });
  district_.Must(code);
  Draft weight = Amend(district_, district_.plant, batch, false);
  Event(weight).set_amended_mass_g(250'500);
  Event(weight).mutable_mass_basis()->set_method(v1::MASS_METHOD_ESTIMATED);
  Expect(WithRegulator(Start(district_.Stored(), "2024-05-01")), RuleId::kAmendAlone,
         [&](Draft& draft) { draft = weight; });
}

TEST_F(CorrectionRulesTest, NothingIsSetRightOnTheRoadOrAfterTheEnd) {
  const std::string batch = district_.Stored();
  const std::string consigned = district_.Stored();
  district_.Must(
      district_.Issue(district_.producer, district_.NewId(), {consigned}, {&district_.carrier}));
  Expect(More(batch), RuleId::kBatchOnManifest, [&](Draft& draft) { draft = More(consigned); });
  const std::string ended = district_.Stored();
  district_.Must(district_.Treat(district_.producer, ended, district_.producer_kiln, "R9",
                                 v1::ENDING_UTILISED));
  Expect(WithRegulator(More(batch)), RuleId::kAmendSealed,
         [&](Draft& draft) { draft = WithRegulator(More(ended)); });
}

TEST_F(CorrectionRulesTest, FormAndOwnCodeAreSetRightBeforeTheFirstLoad) {
  const std::string batch = district_.Stored();
  Draft form = Amend(district_, district_.producer, batch);
  Event(form).set_form(v1::PHYSICAL_FORM_SEMI_SOLID);
  district_.Must(form);
  EXPECT_EQ(district_.Batch(batch).form(), v1::PHYSICAL_FORM_SEMI_SOLID);
  Draft code = Amend(district_, district_.producer, batch);
  Event(code).set_batch_code("HWCS20240603001");
  district_.Must(code);
  EXPECT_EQ(district_.Batch(batch).batch_code(), "HWCS20240603001");
}

TEST_F(CorrectionRulesTest, ACodeOfNoCatalogueIsNotAmendedInto) {
  district_.now_ms = ShanghaiMs(2024, 12, 1);
  const std::string batch = district_.Stored();
  Draft code = WithRegulator(Amend(district_, district_.producer, batch));
  Event(code).set_waste_code("900-217-08");
  Expect(code, RuleId::kCodeCatalogue,
         [](Draft& draft) { Event(draft).set_waste_code("999-999-08"); });
  district_.now_ms = ShanghaiMs(2025, 2, 1);
  Expect(code, RuleId::kCodeEdition,
         [](Draft& draft) { Event(draft).set_waste_code("999-999-08"); });
}

TEST_F(CorrectionRulesTest, WasteOfNobodyKnownIsSetRightByWhoHoldsItAndARegulator) {
  const std::string batch = district_.NewId();
  Draft found = FindWaste(district_, batch);
  found.message.mutable_waste_found()->set_identification(v1::IDENTIFICATION_TO_IDENTIFY);
  district_.Must(found);
  Draft proven = WithRegulator(Amend(district_, district_.plant, batch));
  Event(proven).set_waste_code("900-214-08");
  Event(proven).set_reason(v1::AMEND_REASON_IDENTIFIED_ANEW);
  Expect(proven, RuleId::kAmendChanges,
         [](Draft& draft) { Event(draft).set_reason(v1::AMEND_REASON_WRITING_ERROR); });
  Expect(proven, RuleId::kPartySelf, [&](Draft& draft) { SetParty(draft, 0, district_.producer); });
  district_.Must(proven);
  EXPECT_EQ(district_.Batch(batch).identification(), v1::IDENTIFICATION_IDENTIFIED);
  Draft code = WithRegulator(Amend(district_, district_.plant, batch));
  Event(code).set_waste_code("900-217-08");
  Expect(code, RuleId::kAmendChanges,
         [](Draft& draft) { Event(draft).set_waste_code("900-214-08"); });
  district_.Must(code);
  district_.Must(Void(district_.plant, batch, district_.bureau));
}

TEST_F(CorrectionRulesTest, AVoidBatchIsListedAndWhatReplacesItKeepsItsAge) {
  const std::string batch = district_.Stored();
  const Draft valid = Void(district_.producer, batch, district_.bureau);
  Expect(valid, RuleId::kFormField, [](Draft& draft) {
    draft.message.mutable_batch_voided()->set_reason(v1::AMEND_REASON_UNSPECIFIED);
  });
  Expect(valid, RuleId::kBatchKnown,
         [&](Draft& draft) { draft.message.mutable_batch_voided()->set_batch(district_.NewId()); });
  Expect(valid, RuleId::kPartySelf, [&](Draft& draft) { SetParty(draft, 0, district_.hospital); });
  Expect(valid, RuleId::kRegulatorAuthority,
         [&](Draft& draft) { SetParty(draft, 1, district_.plant); });
  const Actor elsewhere = district_.ElsewhereBureau();
  Expect(valid, RuleId::kRegulatorDivision, [&](Draft& draft) { SetParty(draft, 1, elsewhere); });
  Expect(valid, RuleId::kPartyTwo, [&](Draft& draft) { draft.devices[1] = draft.devices[0]; });
  const std::string consigned = district_.Stored();
  district_.Must(
      district_.Issue(district_.producer, district_.NewId(), {consigned}, {&district_.carrier}));
  Expect(valid, RuleId::kBatchOnManifest,
         [&](Draft& draft) { draft = Void(district_.producer, consigned, district_.bureau); });
  const std::string received = district_.Received();
  Expect(valid, RuleId::kAmendCounterpart,
         [&](Draft& draft) { draft = Void(district_.producer, received, district_.bureau); });

  EXPECT_TRUE(Has(district_.Must(valid), RuleId::kCorrectionListed));
  EXPECT_EQ(district_.Batch(batch).status(), state::v1::BATCH_STATUS_VOIDED);
  Expect(Void(district_.producer, district_.Stored(), district_.bureau), RuleId::kBatchState,
         [&](Draft& draft) { draft = Void(district_.producer, batch, district_.bureau); });
  // A layer would stay in the account of its store, and could be drawn from.
  const std::string layer = district_.Stored();
  const std::string tank = NewTank(district_, district_.producer, district_.producer_site);
  district_.Must(Fill(district_, district_.producer, tank, {layer}));
  Expect(Void(district_.producer, district_.Stored(), district_.bureau), RuleId::kBatchState,
         [&](Draft& draft) { draft = Void(district_.producer, layer, district_.bureau); });

  district_.now_ms += 200 * kDayMs;
  const std::string anew = district_.NewId();
  Draft generate = district_.Generate(district_.producer, district_.producer_site, anew);
  generate.message.mutable_batch_generated()->set_replaces(batch);
  const std::string living = district_.Stored();
  Expect(generate, RuleId::kBatchReplaces,
         [&](Draft& draft) { draft.message.mutable_batch_generated()->set_replaces(living); });
  district_.Must(generate);
  EXPECT_EQ(Since(anew), "2024-06-03");
  Expect(district_.Generate(district_.producer, district_.producer_site, district_.NewId()),
         RuleId::kBatchReplaces,
         [&](Draft& draft) { draft.message.mutable_batch_generated()->set_replaces(batch); });
}

TEST(FieldRulesTest, EveryFieldIsOneOfTheAmendment) {
  for (const FieldRule& rule : FieldRules()) {
    EXPECT_NE(v1::BatchAmended::descriptor()->FindFieldByName(std::string(rule.name)), nullptr)
        << rule.name;
    EXPECT_EQ(&rule, &FieldRules()[static_cast<size_t>(rule.field)]);
  }
}

}  // namespace
}  // namespace cradle::rules::test
