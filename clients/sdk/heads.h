// Where chains stand, as far as this device knows: enough to link the next statement without
// asking anybody.
#ifndef CRADLE_CLIENTS_SDK_HEADS_H_
#define CRADLE_CLIENTS_SDK_HEADS_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "storage/evidence/statement.h"

namespace cradle::sdk {

struct ChainHead {
  uint64_t height = 0;
  std::string statement_hash;  // 32 bytes
  bool admitted = false;       // seen in the log; false: signed here, or received, and on its way
  friend bool operator==(const ChainHead&, const ChainHead&) = default;
};

class Heads {
 public:
  virtual ~Heads() = default;
  // nullopt: nothing known of this chain, which does not say that it has not begun.
  virtual absl::StatusOr<std::optional<ChainHead>> Find(std::string_view chain) const = 0;
  // A head without a hash: the chain has not begun, or nothing is known of it any more.
  virtual absl::Status Set(std::string_view chain, const ChainHead& head) = 0;

  // The statement now stands at the head of its chains. A head that is higher already stays.
  absl::Status Advance(const evidence::ParsedStatement& statement, bool admitted);
};

// In memory, for whoever signs for many organisations in one run. Not thread-safe.
class HeadTable : public Heads {
 public:
  absl::StatusOr<std::optional<ChainHead>> Find(std::string_view chain) const override;
  absl::Status Set(std::string_view chain, const ChainHead& head) override;

 private:
  std::map<std::string, ChainHead, std::less<>> heads_;
};

// Fills the links of a statement whose event and parties are set, from `heads`; a chain that the
// event begins gets height 0. NOT_FOUND: a chain whose head is not known, naming it.
absl::Status LinkFrom(const Heads& heads, statement::v1::Statement& statement);

// Whether the event is the first of that chain: `batch:` of a generation, `manifest:` of an issue.
bool Begins(const statement::v1::Statement& statement, std::string_view chain);

}  // namespace cradle::sdk

#endif  // CRADLE_CLIENTS_SDK_HEADS_H_
