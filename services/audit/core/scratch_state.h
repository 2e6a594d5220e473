// The admission state that a verification folds for itself.
#ifndef CRADLE_SERVICES_AUDIT_CORE_SCRATCH_STATE_H_
#define CRADLE_SERVICES_AUDIT_CORE_SCRATCH_STATE_H_

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/container/flat_hash_map.h"
#include "services/rules/state.h"

namespace cradle::audit {

class ScratchState : public rules::StateReader {
 public:
  virtual absl::Status Apply(rules::Changes changes) = 0;
};

// In memory, by hash: the rules only ever ask for one key. Grows with the log by what each
// statement leaves behind for ever (its hash, nonce, entry record) and each batch and manifest it
// begins.
class ScratchStateInMemory : public ScratchState {
 public:
  absl::StatusOr<std::optional<std::string>> Get(std::string_view key) const override;
  absl::Status Apply(rules::Changes changes) override;

  size_t keys() const { return values_.size(); }
  size_t bytes() const { return bytes_; }  // of keys and values

 private:
  absl::flat_hash_map<std::string, std::string> values_;
  size_t bytes_ = 0;
};

}  // namespace cradle::audit

#endif  // CRADLE_SERVICES_AUDIT_CORE_SCRATCH_STATE_H_
