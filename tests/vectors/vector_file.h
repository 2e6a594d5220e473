// One file of vectors. What is in it stays as it is for ever: a run of the generator only adds
// vectors whose name is new.
#ifndef CRADLE_TESTS_VECTORS_VECTOR_FILE_H_
#define CRADLE_TESTS_VECTORS_VECTOR_FILE_H_

#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "absl/status/status.h"

namespace cradle::vectors {

using Json = nlohmann::ordered_json;

inline Json ReadJson(const std::filesystem::path& path) {
  std::ifstream in(path);
  return Json::parse(in);
}

class VectorFile {
 public:
  VectorFile(std::filesystem::path path, std::string about) : path_(std::move(path)) {
    if (std::filesystem::exists(path_)) file_ = ReadJson(path_);
    file_["about"] = std::move(about);
    if (!file_.contains("vectors")) file_["vectors"] = Json::array();
  }

  // The vector of that name as it is in the file, made now only if it was not there.
  Json Add(const std::string& name, const std::function<Json()>& make) {
    for (const Json& vector : file_["vectors"]) {
      if (vector["name"] == name) return vector;
    }
    Json vector = {{"name", name}};
    vector.update(make());
    file_["vectors"].push_back(vector);
    std::cout << path_.filename().string() << ": added " << name << "\n";
    return vector;
  }

  void Write() const { std::ofstream(path_) << file_.dump(1) << "\n"; }

 private:
  std::filesystem::path path_;
  Json file_ = Json::object();
};

// What a verifier answers, in words that do not depend on our language.
inline std::string Verdict(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kOk:
      return "ok";
    case absl::StatusCode::kInvalidArgument:
      return "malformed";
    case absl::StatusCode::kUnimplemented:
      return "unknown";
    case absl::StatusCode::kDataLoss:
      return "false";
    case absl::StatusCode::kNotFound:
      return "unsigned";
    default:
      return status.ToString();
  }
}

}  // namespace cradle::vectors

#endif  // CRADLE_TESTS_VECTORS_VECTOR_FILE_H_
