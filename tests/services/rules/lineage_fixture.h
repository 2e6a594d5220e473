// What the tests of lineage have in common.
#ifndef CRADLE_TESTS_SERVICES_RULES_LINEAGE_FIXTURE_H_
#define CRADLE_TESTS_SERVICES_RULES_LINEAGE_FIXTURE_H_

#include <google/protobuf/message.h>

#include <functional>
#include <string>
#include <vector>

#include "services/rules/batch_state.h"
#include "services/rules/calendar.h"
#include "services/rules/state_keys.h"
#include "tests/services/rules/drafts_lineage.h"

namespace cradle::rules::test {

class LineageTest : public testing::Test {
 protected:
  using Containers = google::protobuf::RepeatedPtrField<v1::Container>;
  // A valid statement, with the ways to what a test changes of it.
  struct Case {
    Draft valid;
    std::function<std::string*(Draft&)> batch;      // a batch that must be in hand
    std::function<v1::MadeBatch*(Draft&)> made;     // one that it makes
    std::function<Containers*(Draft&)> containers;  // of its own
  };

  void Expect(const Draft& valid, RuleId rule, const std::function<void(Draft&)>& breaks) {
    ExpectRule(district_, valid, rule, breaks);
  }
  std::string Stored() { return district_.Stored(); }
  std::string Filling() {
    const std::string batch = district_.NewId();
    district_.Must(Open(district_, producer_, district_.producer_site, batch));
    return batch;
  }
  // Of the producer at another site of its own.
  std::string Elsewhere() {
    if (other_site_.empty()) {
      other_site_ = district_.NewId();
      district_.Must(district_.RegisterSite(producer_, other_site_));
    }
    return district_.Generated(producer_, other_site_);
  }
  std::string OtherSite() {
    Elsewhere();
    return other_site_;
  }
  std::string NewFacility(const std::string& site, v1::FacilityKind kind,
                          const std::string& accepted = "2023-01-01") {
    const std::string facility = district_.NewId();
    Draft draft = district_.RegisterFacility(producer_, site, facility, kind, {});
    draft.message.mutable_facility_registered()->set_acceptance_date(accepted);
    if (kind == v1::FACILITY_KIND_UTILISATION) {
      draft.message.mutable_facility_registered()->add_method_codes("R9");
    }
    draft.message.mutable_facility_registered()->add_process_codes("dewatering");
    draft.message.mutable_facility_registered()->set_throughput_mass_g_per_day(1'000'000);
    district_.Must(draft);
    return facility;
  }
  std::string Since(const std::string& batch, const Actor& actor) {
    const state::v1::BatchState state = district_.Batch(batch);
    const state::v1::Holding* holding = FindHolding(state, actor.id);
    return holding == nullptr ? "never" : holding->since_date();
  }
  // Stock of that age, in the producer's store.
  std::string Declared(const std::string& since, v1::EvidenceGrade grade) {
    const std::string batch = district_.NewId();
    Draft draft =
        district_.DeclareStock(producer_, district_.producer_site, district_.producer_store, batch);
    draft.message.mutable_stock_declared()->set_storage_start_date(since);
    draft.message.mutable_stock_declared()->set_evidence_grade(grade);
    draft.message.mutable_stock_declared()->set_stock_mass_g(250'000);
    district_.Must(draft);
    return batch;
  }
  // What the plant took from others, as declared when the system came.
  std::string Taken(const std::string& code = kOil) {
    const std::string batch = district_.NewId();
    Draft draft = district_.DeclareStock(district_.plant, district_.plant_site,
                                         district_.plant_store, batch, code);
    draft.message.mutable_stock_declared()->set_origin(v1::STOCK_ORIGIN_RECEIVED);
    draft.message.mutable_stock_declared()->set_stock_mass_g(250'000);
    district_.Must(draft);
    return batch;
  }
  int64_t Held(const Actor& actor) {
    state::v1::OrganisationAccount account;
    account.ParseFromString(
        district_.state().Get(keys::OrganisationAccount(actor.id))->value_or(std::string()));
    return account.held_mass_g();
  }
  int64_t StoredIn(const std::string& facility) {
    state::v1::FacilityAccount account;
    account.ParseFromString(
        district_.state().Get(keys::FacilityAccount(facility))->value_or(std::string()));
    return account.stored_mass_g();
  }
  static google::protobuf::Message* EventOf(Draft& draft) {
    const auto* field = draft.message.GetDescriptor()->FindFieldByNumber(
        static_cast<int>(draft.message.event_case()));
    return draft.message.GetReflection()->MutableMessage(&draft.message, field);
  }
  static void SetText(Draft& draft, const char* name, const std::string& text) {
    google::protobuf::Message* event = EventOf(draft);
    event->GetReflection()->SetString(event, event->GetDescriptor()->FindFieldByName(name), text);
  }

  // Every event of lineage, valid, of the producer's.
  std::vector<Case> Cases();

  District district_;
  const Actor& producer_ = district_.producer;
  std::string other_site_;
};

inline std::vector<LineageTest::Case> LineageTest::Cases() {
  const std::string press = NewPress(district_, producer_, district_.producer_site);
  const std::string tank = NewTank(district_, producer_, district_.producer_site);
  const std::string full = NewTank(district_, producer_, district_.producer_site);
  district_.Must(Fill(district_, producer_, full, {Stored()}));
  using D = Draft;
  return {
      {Open(district_, producer_, district_.producer_site, district_.NewId()), nullptr, nullptr,
       [](D& d) { return d.message.mutable_batch_opened()->mutable_containers(); }},
      {TopUp(district_, producer_, Filling(), 1000),
       [](D& d) { return d.message.mutable_batch_topped_up()->mutable_batch(); }, nullptr, nullptr},
      {Seal(district_, producer_, Filling(), 1000),
       [](D& d) { return d.message.mutable_batch_sealed()->mutable_batch(); }, nullptr,
       [](D& d) { return d.message.mutable_batch_sealed()->mutable_containers(); }},
      {Split(district_, producer_, Stored(), 100'000),
       [](D& d) { return d.message.mutable_batch_split()->mutable_batch(); },
       [](D& d) { return d.message.mutable_batch_split()->mutable_parts(0); }, nullptr},
      {Merge(district_, producer_, {Stored(), Stored()}),
       [](D& d) { return d.message.mutable_batches_merged()->mutable_parents(0); },
       [](D& d) { return d.message.mutable_batches_merged()->mutable_made(); }, nullptr},
      {Repack(district_, producer_, Stored()),
       [](D& d) { return d.message.mutable_batch_repacked()->mutable_batch(); }, nullptr,
       [](D& d) { return d.message.mutable_batch_repacked()->mutable_containers(); }},
      {Pretreat(district_, producer_, {Stored(), Stored()}, press),
       [](D& d) { return d.message.mutable_batches_pretreated()->mutable_parents(0); },
       [](D& d) { return d.message.mutable_batches_pretreated()->mutable_made(0); }, nullptr},
      {Record(district_, producer_, {Stored(), Stored()}, district_.producer_kiln, "R9",
              v1::ENDING_UTILISED),
       [](D& d) { return d.message.mutable_treatment_recorded()->mutable_batches(0); },
       [](D& d) { return d.message.mutable_treatment_recorded()->mutable_residues(0); }, nullptr},
      {Pack(district_, producer_, {Stored(), Stored()}),
       [](D& d) { return d.message.mutable_containers_packed()->mutable_batches(0); }, nullptr,
       nullptr},
      {Fill(district_, producer_, tank, {Stored(), Stored()}),
       [](D& d) { return d.message.mutable_bulk_filled()->mutable_batches(0); }, nullptr, nullptr},
      {Draw(district_, producer_, full, 1000), nullptr,
       [](D& d) { return d.message.mutable_bulk_drawn()->mutable_drawn(); }, nullptr},
      {ReadLevel(district_, producer_, full, 250'000), nullptr, nullptr, nullptr},
      {Empty(district_, producer_, tank), nullptr, nullptr, nullptr},
  };
}

}  // namespace cradle::rules::test

#endif  // CRADLE_TESTS_SERVICES_RULES_LINEAGE_FIXTURE_H_
