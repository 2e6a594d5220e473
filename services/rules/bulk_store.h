// The account of a bulk store: which layers lie in it and which leave. Within this folder only.
#ifndef CRADLE_SERVICES_RULES_BULK_STORE_H_
#define CRADLE_SERVICES_RULES_BULK_STORE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cradle/state/v1/lineage_state.pb.h"
#include "services/rules/judge.h"
#include "services/rules/lineage.h"

namespace cradle::rules {

// Layers are batches with the status ABSORBED; their order is that of their age, the oldest first.
// What a statement does to one store goes through one of these, and each layer is written once.
class BulkStore {
 public:
  // FACILITY-OF-ORGANISATION, BULK-KNOWN: a bulk store of who acts. nullopt: none.
  static std::optional<BulkStore> Open(Judge& judge, const std::string& facility,
                                       std::string_view field);

  const std::string& site() const { return site_; }
  statement::v1::BulkKind kind() const { return account_.kind(); }
  const google::protobuf::RepeatedPtrField<state::v1::BulkLayer>& layers() const {
    return account_.layers();
  }
  // What lies there as the account has it.
  int64_t present_mass_g() const;

  // The batch becomes a layer.
  void Fill(Judge& judge, const state::v1::BatchState& batch);

  // What was drawn of a layer.
  struct Drawn {
    state::v1::BatchState layer;  // as it was
    int64_t mass_g = 0;
  };
  // BULK-MASS. Takes the oldest layers of own waste, or of received.
  std::vector<Drawn> Draw(Judge& judge, bool own, int64_t mass_g, std::string_view field);
  // Writes the layers, each with what was made of it.
  void PutDrawn(Judge& judge, const std::vector<Drawn>& drawn, const MadeBatches& made);

  // BULK-SHORTFALL, BULK-SURPLUS: that much lies there. What is missing stays on the account, and
  // comes back when it is found.
  void Anchor(Judge& judge, int64_t level_mass_g, std::string_view field);

  void Put(Judge& judge);

 private:
  void Insert(state::v1::BulkLayer layer);
  void Miss(Judge& judge, int64_t mass_g);
  void Find(Judge& judge, int64_t mass_g);

  std::string facility_;
  std::string site_;
  state::v1::BulkAccount account_;
};

// What was drawn as parents of what is made of it: each layer with the mass that it gave.
void AddDrawn(const std::vector<BulkStore::Drawn>& drawn, Lineage& lineage);

}  // namespace cradle::rules

#endif  // CRADLE_SERVICES_RULES_BULK_STORE_H_
