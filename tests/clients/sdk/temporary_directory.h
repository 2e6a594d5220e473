// A directory that is gone when the test is.
#ifndef CRADLE_TESTS_CLIENTS_SDK_TEMPORARY_DIRECTORY_H_
#define CRADLE_TESTS_CLIENTS_SDK_TEMPORARY_DIRECTORY_H_

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <string>
#include <system_error>

namespace cradle::sdk {

class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    std::string path = (std::filesystem::temp_directory_path() / "cradle_client_XXXXXX").string();
    if (mkdtemp(path.data()) == nullptr) ADD_FAILURE() << "no temporary directory: " << path;
    path_ = path;
  }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  ~TemporaryDirectory() {
    std::error_code error;
    std::filesystem::remove_all(path_, error);
  }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace cradle::sdk

#endif  // CRADLE_TESTS_CLIENTS_SDK_TEMPORARY_DIRECTORY_H_
