#include "tests/storage/kv/testing.h"

#include <sys/stat.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <system_error>

namespace cradle::kv {

TemporaryDirectory::TemporaryDirectory() {
  std::string pattern = (std::filesystem::temp_directory_path() / "cradle_kv_XXXXXX").string();
  EXPECT_NE(::mkdtemp(pattern.data()), nullptr) << pattern;
  path_ = pattern;
  EXPECT_EQ(::chmod(pattern.c_str(), 0755), 0) << pattern;
}

TemporaryDirectory::~TemporaryDirectory() {
  std::error_code error;
  std::filesystem::remove_all(path_, error);
  EXPECT_FALSE(error) << path_ << ": " << error.message();
}

std::optional<std::string> Get(const Reader& reader, std::string_view key) {
  absl::StatusOr<std::optional<std::string>> value = reader.Get(key);
  EXPECT_OK(value.status());
  return value.ok() ? *value : std::nullopt;
}

std::vector<std::optional<std::string>> MultiGet(const Reader& reader,
                                                 const std::vector<std::string>& keys) {
  absl::StatusOr<std::vector<std::optional<std::string>>> values = reader.MultiGet(keys);
  EXPECT_OK(values.status());
  return values.ok() ? *std::move(values) : std::vector<std::optional<std::string>>();
}

std::vector<std::pair<std::string, std::string>> Scan(const Reader& reader, const Range& range,
                                                      Order order) {
  std::vector<std::pair<std::string, std::string>> found;
  EXPECT_OK(reader.Scan(range, order, [&](std::string_view key, std::string_view value) {
    found.emplace_back(key, value);
    return true;
  }));
  return found;
}

std::vector<std::string> ScanKeys(const Reader& reader, const Range& range, Order order) {
  std::vector<std::string> keys;
  for (auto& [key, value] : Scan(reader, range, order)) keys.push_back(key);
  return keys;
}

std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file.good()) << path;
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

void WriteFile(const std::string& path, std::string_view bytes) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << bytes;
  file.close();
  EXPECT_TRUE(file.good()) << path;
}

std::vector<std::string> FilesEndingIn(const std::string& directory, std::string_view suffix) {
  std::vector<std::string> paths;
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    if (entry.path().string().ends_with(suffix)) paths.push_back(entry.path().string());
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

}  // namespace cradle::kv
