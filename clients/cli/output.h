// How answers look: tables that hold Chinese, JSON, progress.
#ifndef CRADLE_CLIENTS_CLI_OUTPUT_H_
#define CRADLE_CLIENTS_CLI_OUTPUT_H_

#include <google/protobuf/message.h>

#include <cstddef>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "clients/sdk/outcome.h"
#include "cradle/v1/common.pb.h"

namespace cradle::cli {

// Two spaces deep; bytes that are no UTF-8 are replaced.
std::string Dump(const nlohmann::ordered_json& json);
// A message as the JSON mapping of protobuf has it, with the field names of the .proto files:
// int64 as text, bytes as base64.
absl::StatusOr<nlohmann::ordered_json> ToJson(const google::protobuf::Message& message);

// Columns on a terminal: a Chinese character takes two.
size_t DisplayWidth(std::string_view utf8);

class Table {
 public:
  explicit Table(std::vector<std::string> headings) : rows_{std::move(headings)} {}
  void Add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }
  bool empty() const { return rows_.size() == 1; }
  // Aligned by two spaces; columns whose heading begins with '>' are aligned at the right.
  std::string Text() const;

 private:
  std::vector<std::vector<std::string>> rows_;
};

// Two lines for each: "  CUSTODY-HOLDER  forbidden  batch_stored.batch", and below it, deeper, the
// message in one language with its legal basis: "    … [固废法 79]".
std::string ViolationLines(const std::vector<v1::Violation>& violations, bool chinese);
nlohmann::ordered_json ViolationJson(const v1::Violation& violation);
std::string HeadLines(const std::vector<v1::Head>& heads);

// Why a statement was set aside with a refused one (a hash in hexadecimal): one line.
std::string RestsOnLine(std::string_view refused, std::string_view rule);

// What became of a statement, for people and for programs.
std::string OutcomeText(const sdk::Outcome& outcome, const std::string& receipt_path, bool chinese);
nlohmann::ordered_json OutcomeJson(const sdk::Outcome& outcome, const std::string& receipt_path);

// A bar on stderr, on a terminal only; quiet otherwise.
class Progress {
 public:
  Progress(std::string what, bool quiet);
  ~Progress();  // clears the line
  void Show(size_t done, size_t all);

 private:
  std::string what_;
  bool shown_ = false;
  const bool quiet_;
  int last_percent_ = -1;
};

}  // namespace cradle::cli

#endif  // CRADLE_CLIENTS_CLI_OUTPUT_H_
