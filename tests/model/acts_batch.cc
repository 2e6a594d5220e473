// Batches begun, stored, moved, ended and corrected.
#include "tests/model/acts.h"
#include "tests/services/rules/drafts_correction.h"

namespace cradle::model {
namespace {

bool IsLoose(const BatchState& batch) {
  return batch.status() == state::v1::BATCH_STATUS_GENERATED ||
         batch.status() == state::v1::BATCH_STATUS_STORED ||
         batch.status() == state::v1::BATCH_STATUS_RECEIVED;
}

std::optional<Draft> Declare(Town& town) {
  const bool medical = town.OneIn(5);
  const Actor& actor = medical ? town.hospital : town.OneIn(3) ? town.plant : town.producer;
  const std::string site = medical                     ? town.hospital_site
                           : actor.id == town.plant.id ? town.plant_site
                                                       : town.producer_site;
  const std::string store = medical                     ? town.hospital_store
                            : actor.id == town.plant.id ? town.plant_store
                                                        : town.producer_store;
  Draft draft =
      town.DeclareStock(actor, site, store, town.NewId(), medical ? "841-001-01" : "900-214-08");
  v1::StockDeclared& event = *draft.message.mutable_stock_declared();
  event.set_stock_mass_g(town.Mass());
  event.set_storage_start_date(town.OneIn(6) ? "" : town.DayBefore(500));
  event.set_foreign_origin(town.OneIn(30));
  if (actor.id == town.plant.id && town.OneIn(2)) event.set_origin(v1::STOCK_ORIGIN_RECEIVED);
  if (town.OneIn(3)) {
    event.set_evidence_grade(v1::EVIDENCE_GRADE_INSPECTED);
    draft.By(town.bureau.handler, v1::CAPACITY_REGULATOR);
  }
  return draft;
}

std::optional<Draft> Generate(Town& town) {
  const bool medical = town.OneIn(3);
  const bool clinic = medical && town.OneIn(3);
  const Actor& actor = clinic          ? town.clinic.actor
                       : medical       ? town.hospital
                       : town.OneIn(6) ? town.plant
                                       : town.producer;
  const std::string site = clinic                      ? town.clinic.site
                           : medical                   ? town.hospital_site
                           : actor.id == town.plant.id ? town.plant_site
                                                       : town.producer_site;
  const char* const code = medical         ? town.OneIn(4) ? "841-002-01" : "841-001-01"
                           : town.OneIn(8) ? "900-041-49"
                                           : "900-214-08";
  Draft draft = town.Generate(actor, site, town.NewId(), town.Mass(), code);
  v1::BatchGenerated& event = *draft.message.mutable_batch_generated();
  event.set_generated_time_ms(town.Lately());
  if (town.OneIn(6)) event.set_opened_time_ms(event.generated_time_ms() - 40LL * 86'400'000);
  event.set_foreign_origin(town.OneIn(40));
  if (medical && !clinic && !town.wards.empty() && town.OneIn(2))
    event.set_ward(town.AnyOf(town.wards));
  if (town.OneIn(4) && !town.voided.empty()) {
    const BatchState& voided = town.books().batches().find(town.AnyOf(town.voided))->second;
    const Actor* const generator = town.WithId(voided.generator());
    if (generator == nullptr) return draft;
    event.set_replaces(voided.batch());
    event.set_site(voided.site());
    event.set_waste_code(voided.waste_code());
    SetActor(draft, 0, *generator);
  }
  return draft;
}

std::optional<Draft> Store(Town& town) {
  const BatchState* const batch = town.AnyBatch([](const BatchState& each) {
    return each.status() == state::v1::BATCH_STATUS_GENERATED ||
           each.status() == state::v1::BATCH_STATUS_RECEIVED;
  });
  if (batch == nullptr) return std::nullopt;
  const std::string store = town.StoreAt(*batch);
  if (store.empty()) return std::nullopt;
  Draft draft = town.Store(*town.WithId(batch->custodian()), batch->batch(), store);
  draft.message.mutable_batch_stored()->set_stored_time_ms(town.Lately());
  return draft;
}

std::optional<Draft> Move(Town& town) {
  const BatchState* const batch = town.AnyBatch(
      [](const BatchState& each) { return each.status() == state::v1::BATCH_STATUS_STORED; });
  if (batch == nullptr) return std::nullopt;
  const std::string store = town.StoreAt(*batch);
  if (store.empty()) return std::nullopt;
  return town.Move(*town.WithId(batch->custodian()), batch->batch(), store);
}

std::optional<Draft> Treat(Town& town) {
  const BatchState* const batch = town.AnyBatch([&](const BatchState& each) {
    return IsLoose(each) && (each.custodian() == town.plant.id ||
                             (each.custodian() == town.producer.id && town.OneIn(4)));
  });
  if (batch == nullptr) return std::nullopt;
  const Actor& actor = *town.WithId(batch->custodian());
  const bool burns = actor.id == town.plant.id;
  return town.Treat(actor, batch->batch(), burns ? town.plant_furnace : town.producer_kiln,
                    !burns              ? "R9"
                    : IsMedical(*batch) ? "Y10"
                                        : "D10",
                    burns ? v1::ENDING_DISPOSED : v1::ENDING_UTILISED);
}

// The regulator and the counterpart attest where the rules may ask for it.
void WithOthers(Town& town, const BatchState& batch, const std::string& author, Draft& draft) {
  const std::string& counterpart =
      batch.custodian() == author ? batch.generator() : batch.custodian();
  const Actor* const other = town.WithId(counterpart);
  if (batch.others_acted() && counterpart != author && other != nullptr) {
    draft.By(other->handler, v1::CAPACITY_ORGANISATION);
  }
  draft.By(town.bureau.handler, v1::CAPACITY_REGULATOR);
}

std::optional<Draft> Amend(Town& town) {
  const BatchState* const batch = town.AnyBatch([&](const BatchState& each) {
    return each.manifest().empty() && town.WithId(each.generator()) != nullptr;
  });
  if (batch == nullptr) return std::nullopt;
  const uint32_t what = town.Draw() % 5;
  const bool of_mass = what == 0 || what == 1;
  const std::string author = of_mass || what == 2 ? batch->custodian() : batch->generator();
  Draft draft = rules::test::Amend(town, *town.WithId(author), batch->batch(), !of_mass);
  v1::BatchAmended& event = *draft.message.mutable_batch_amended();
  if (of_mass) {
    event.set_amended_mass_g(batch->mass_g() + town.Between(-2'000, 6'000));
    event.mutable_mass_basis()->set_method(v1::MASS_METHOD_WEIGHED);
  } else if (what == 2) {
    event.set_storage_start_date(town.DayBefore(300));
  } else if (what == 3) {
    event.set_waste_code(town.OneIn(2) ? "900-214-08" : "900-249-08");
  } else {
    event.set_form(town.OneIn(2) ? v1::PHYSICAL_FORM_SOLID : v1::PHYSICAL_FORM_SEMI_SOLID);
  }
  if (town.OneIn(2)) WithOthers(town, *batch, author, draft);
  return draft;
}

std::optional<Draft> Void(Town& town) {
  const BatchState* const batch = town.AnyBatch([&](const BatchState& each) {
    return each.manifest().empty() && town.WithId(each.generator()) != nullptr;
  });
  if (batch == nullptr) return std::nullopt;
  Draft draft = rules::test::Void(*town.WithId(batch->generator()), batch->batch(), town.bureau);
  draft.message.mutable_parties()->RemoveLast();
  draft.devices.pop_back();
  WithOthers(town, *batch, batch->generator(), draft);
  return draft;
}

constexpr Act kActs[] = {
    {v1::Statement::kStockDeclared, Declare, 3}, {v1::Statement::kBatchGenerated, Generate, 14},
    {v1::Statement::kBatchStored, Store, 10},    {v1::Statement::kBatchMoved, Move, 3},
    {v1::Statement::kBatchTreated, Treat, 5},    {v1::Statement::kBatchAmended, Amend, 4},
    {v1::Statement::kBatchVoided, Void, 1},
};

}  // namespace

std::span<const Act> BatchActs() { return kActs; }

}  // namespace cradle::model
