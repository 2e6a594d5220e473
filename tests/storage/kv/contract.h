// What every engine behind storage/kv/store.h must do. A test program for an engine lists
// contract.cc among its sources and instantiates ContractTest with a factory for its engine.
#ifndef CRADLE_TESTS_STORAGE_KV_CONTRACT_H_
#define CRADLE_TESTS_STORAGE_KV_CONTRACT_H_

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <ostream>
#include <string>

#include "storage/kv/store.h"

namespace cradle::kv {

// A place where one store is kept. Open is called again only when what it gave before is destroyed,
// and finds what was committed.
class EngineHome {
 public:
  virtual ~EngineHome() = default;
  virtual absl::StatusOr<std::unique_ptr<Store>> Open() = 0;
};

struct EngineFactory {
  std::string name;
  std::function<std::unique_ptr<EngineHome>()> new_home;  // each one empty
};

// So that a failure names the engine.
inline void PrintTo(const EngineFactory& engine, std::ostream* out) { *out << engine.name; }

class ContractTest : public testing::TestWithParam<EngineFactory> {
 protected:
  void SetUp() override;
  void Reopen();
  // Commits with the writer of the test, which must succeed.
  void Commit(const Batch& batch, Durability durability = Durability::kBuffered);
  void Put(std::string_view key, std::string_view value);
  void OpenWriter();

  std::unique_ptr<EngineHome> home_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<Writer> writer_;
};

}  // namespace cradle::kv

#endif  // CRADLE_TESTS_STORAGE_KV_CONTRACT_H_
