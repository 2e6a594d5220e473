// What each event says of mass, from the fields of the statement alone. An event that neither
// brings nor takes any is not named here.
#include "tests/model/books.h"

namespace cradle::model {
namespace {

int64_t MassOf(const Table<BatchState>& before, const std::string& batch) {
  const auto found = before.find(batch);
  return found == before.end() ? 0 : found->second.mass_g();
}

template <typename Made>
int64_t MassOfMade(const Made& made) {
  int64_t sum_g = 0;
  for (const v1::MadeBatch& each : made) sum_g += each.made_mass_g();
  return sum_g;
}

// What a line weighed becomes its mass, also where a part is turned away; what is refused whole
// keeps the mass it was sent with.
int64_t WeighedAnew(const v1::ReceiptConfirmed& event, const Table<BatchState>& before) {
  int64_t sum_g = 0;
  for (const v1::ReceivedLine& line : event.lines()) {
    const bool own = line.outcome() != v1::LINE_OUTCOME_UNSPECIFIED;
    const auto outcome = own ? line.outcome() : event.all_lines().outcome();
    if (outcome == v1::LINE_OUTCOME_REFUSED) continue;
    sum_g += line.received_mass_g() - MassOf(before, line.batch());
  }
  return sum_g;
}

int64_t WeighedAtTheCounter(const v1::SelfDelivered& event, const Table<BatchState>& before) {
  int64_t sum_g = 0;
  for (const v1::SelfDeliveredLine& line : event.lines()) {
    sum_g += line.received_mass_g() - MassOf(before, line.batch());
  }
  return sum_g;
}

}  // namespace

int64_t MassBrought(const v1::Statement& s, const Table<BatchState>& before) {
  switch (s.event_case()) {
    case v1::Statement::kStockDeclared:
      return s.stock_declared().stock_mass_g();
    case v1::Statement::kBatchGenerated:
      return s.batch_generated().generated_mass_g();
    case v1::Statement::kBatchToppedUp:
      return s.batch_topped_up().added_mass_g();
    case v1::Statement::kBatchSealed:
      return s.batch_sealed().sealed_mass_g() - MassOf(before, s.batch_sealed().batch());
    case v1::Statement::kBatchTreated:
      return -s.batch_treated().treated_mass_g();
    case v1::Statement::kBatchesPretreated:
      return MassOfMade(s.batches_pretreated().made()) - s.batches_pretreated().input_mass_g();
    case v1::Statement::kTreatmentRecorded:
      return MassOfMade(s.treatment_recorded().residues()) -
             s.treatment_recorded().treated_mass_g();
    case v1::Statement::kWasteFound:
      return s.waste_found().found_mass_g();
    case v1::Statement::kLossClosed:
      return s.loss_closed().finding() == v1::LOSS_FINDING_FOUND_AGAIN
                 ? 0
                 : -MassOf(before, s.loss_closed().batch());
    case v1::Statement::kBatchAmended:
      return s.batch_amended().amended_mass_g() == 0
                 ? 0
                 : s.batch_amended().amended_mass_g() - MassOf(before, s.batch_amended().batch());
    case v1::Statement::kBatchVoided:
      return -MassOf(before, s.batch_voided().batch());
    case v1::Statement::kReceiptConfirmed:
      return WeighedAnew(s.receipt_confirmed(), before);
    case v1::Statement::kSelfDelivered:
      return WeighedAtTheCounter(s.self_delivered(), before);
    case v1::Statement::kPipelineTransferred:
      return s.pipeline_transferred().received_mass_g();
    default:
      return 0;
  }
}

}  // namespace cradle::model
