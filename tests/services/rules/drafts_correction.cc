#include "tests/services/rules/drafts_correction.h"

#include "services/rules/state_keys.h"

namespace cradle::rules::test {

Draft Amend(const District& district, const Actor& author, const std::string& batch,
            bool generation) {
  const state::v1::BatchState state = district.Batch(batch);
  state::v1::EntryState entry;
  entry.ParseFromString(district.state()
                            .Get(keys::Entry(generation ? state.begun_index() : state.mass_index()))
                            ->value_or(std::string()));
  Draft draft;
  v1::BatchAmended& event = *draft.message.mutable_batch_amended();
  event.set_batch(batch);
  event.set_corrects(entry.statement_hash());
  event.set_reason(v1::AMEND_REASON_WRITING_ERROR);
  draft.By(author.handler, v1::CAPACITY_ORGANISATION);
  return draft;
}

Draft Void(const Actor& author, const std::string& batch, const Actor& regulator) {
  Draft draft;
  v1::BatchVoided& event = *draft.message.mutable_batch_voided();
  event.set_batch(batch);
  event.set_reason(v1::AMEND_REASON_DOUBLE_ENTRY);
  draft.By(author.handler, v1::CAPACITY_ORGANISATION);
  draft.By(regulator.handler, v1::CAPACITY_REGULATOR);
  return draft;
}

}  // namespace cradle::rules::test
