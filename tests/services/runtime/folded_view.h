// A view folded, as a follower would, into a RocksDB store of its own.
#ifndef CRADLE_TESTS_SERVICES_RUNTIME_FOLDED_VIEW_H_
#define CRADLE_TESTS_SERVICES_RUNTIME_FOLDED_VIEW_H_

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "services/runtime/view.h"
#include "storage/kv/rocksdb_store.h"

namespace cradle::test {

// A directory that goes with it.
class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    std::string pattern = (std::filesystem::temp_directory_path() / "cradle-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) std::abort();
    path_ = pattern;
  }
  ~TemporaryDirectory() {
    std::error_code error;
    std::filesystem::remove_all(path_, error);
  }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

class FoldedView {
 public:
  explicit FoldedView(const runtime::View& view) : view_(view) {
    auto store = kv::OpenRocksDb(directory_.path() + "/view");
    if (!store.ok()) ADD_FAILURE() << store.status();
    store_ = std::move(store).value();
    auto writer = store_->OpenWriter();
    if (!writer.ok()) ADD_FAILURE() << writer.status();
    writer_ = std::move(writer).value();
  }

  // Folds one entry and commits.
  void Fold(const rules::RuleDataLibrary& library, std::string_view entry) {
    runtime::ViewWriter pending(store_.get());
    const absl::Status folded = runtime::FoldEntry(view_, library, known(), entry, pending);
    ASSERT_TRUE(folded.ok()) << folded;
    const absl::Status committed = writer_->Commit(pending.ToBatch(), kv::Durability::kBuffered);
    ASSERT_TRUE(committed.ok()) << committed;
  }

  const kv::Reader& reader() const { return *store_; }
  uint64_t known() const { return runtime::FoldedSize(*store_).value(); }

  // All rows, the admission state and the size among them.
  std::map<std::string, std::string> Rows() const {
    std::map<std::string, std::string> rows;
    const absl::Status scanned = store_->Scan({"", ""}, kv::Order::kAscending,
                                              [&](std::string_view key, std::string_view value) {
                                                rows.emplace(key, value);
                                                return true;
                                              });
    EXPECT_TRUE(scanned.ok()) << scanned;
    return rows;
  }

  // How many rows a prefix has.
  size_t Count(std::string_view prefix) const {
    size_t count = 0;
    const absl::Status scanned = store_->Scan(kv::Prefix(prefix), kv::Order::kAscending,
                                              [&](std::string_view, std::string_view) {
                                                ++count;
                                                return true;
                                              });
    EXPECT_TRUE(scanned.ok()) << scanned;
    return count;
  }

 private:
  const runtime::View& view_;
  TemporaryDirectory directory_;
  std::unique_ptr<kv::Store> store_;
  std::unique_ptr<kv::Writer> writer_;
};

}  // namespace cradle::test

#endif  // CRADLE_TESTS_SERVICES_RUNTIME_FOLDED_VIEW_H_
