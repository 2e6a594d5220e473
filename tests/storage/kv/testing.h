// Small things the tests of kv share.
#ifndef CRADLE_TESTS_STORAGE_KV_TESTING_H_
#define CRADLE_TESTS_STORAGE_KV_TESTING_H_

#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "storage/kv/store.h"

#define ASSERT_OK(expression) ASSERT_EQ(expression, absl::OkStatus())
#define EXPECT_OK(expression) EXPECT_EQ(expression, absl::OkStatus())

namespace cradle::kv {

// Made empty, for every user to look into; removed with all in it.
class TemporaryDirectory {
 public:
  TemporaryDirectory();
  ~TemporaryDirectory();
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

  std::string path() const { return path_.string(); }
  std::string operator/(std::string_view name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

// These read what must be readable; a test fails if it is not.
std::optional<std::string> Get(const Reader& reader, std::string_view key);
std::vector<std::optional<std::string>> MultiGet(const Reader& reader,
                                                 const std::vector<std::string>& keys);
std::vector<std::pair<std::string, std::string>> Scan(const Reader& reader, const Range& range,
                                                      Order order);
std::vector<std::string> ScanKeys(const Reader& reader, const Range& range, Order order);

std::string ReadFile(const std::string& path);
void WriteFile(const std::string& path, std::string_view bytes);

// The files in the directory whose names end so, sorted.
std::vector<std::string> FilesEndingIn(const std::string& directory, std::string_view suffix);

}  // namespace cradle::kv

#endif  // CRADLE_TESTS_STORAGE_KV_TESTING_H_
