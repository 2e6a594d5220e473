#include <gtest/gtest.h>

#include "storage/kv/rocksdb_store.h"
#include "tests/storage/kv/contract.h"
#include "tests/storage/kv/testing.h"

namespace cradle::kv {
namespace {

class RocksDbHome final : public EngineHome {
 public:
  absl::StatusOr<std::unique_ptr<Store>> Open() override { return OpenRocksDb(directory_ / "kv"); }

 private:
  TemporaryDirectory directory_;
};

INSTANTIATE_TEST_SUITE_P(
    RocksDb, ContractTest,
    testing::Values(EngineFactory{"RocksDb", [] { return std::make_unique<RocksDbHome>(); }}),
    [](const testing::TestParamInfo<EngineFactory>& engine) { return engine.param.name; });

}  // namespace
}  // namespace cradle::kv
