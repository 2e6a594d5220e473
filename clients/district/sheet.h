// One CSV file of a district, read strictly: the first error stays and names file and line.
#ifndef CRADLE_CLIENTS_DISTRICT_SHEET_H_
#define CRADLE_CLIENTS_DISTRICT_SHEET_H_

#include <google/protobuf/descriptor.h>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "services/rules/csv.h"

namespace cradle::district {

// One row while it is read. Readers answer a zero value once something was wrong; what it was is in
// `status`.
class RowReader {
 public:
  RowReader(const std::string& file, const rules::CsvTable& table, const rules::CsvRow& row)
      : file_(file), table_(table), row_(row) {}

  std::string Text(std::string_view heading);      // may be empty
  std::string Required(std::string_view heading);  // may not
  // An integer, possibly below zero; an empty field is `otherwise` where that is given.
  int64_t Integer(std::string_view heading);
  int64_t IntegerOr(std::string_view heading, int64_t otherwise);
  int64_t MassG(std::string_view heading);  // from kilograms
  bool YesNo(std::string_view heading);
  std::vector<std::string> Words(std::string_view heading);  // separated by blanks
  // The value of an enum by the end of its name: "liquid" of PHYSICAL_FORM_LIQUID.
  template <typename Enum>
  Enum Choice(std::string_view heading, const google::protobuf::EnumDescriptor* descriptor) {
    return static_cast<Enum>(EnumNumber(descriptor, Required(heading)));
  }
  int EnumNumber(const google::protobuf::EnumDescriptor* descriptor, std::string_view word);
  // The row of another file that this one names.
  template <typename Value>
  const Value* Find(const std::map<std::string, Value>& among, const std::string& key) {
    const auto found = among.find(key);
    if (found != among.end()) return &found->second;
    Fail("nothing is called '" + key + "'");
    return nullptr;
  }

  void Fail(std::string_view what);
  const absl::Status& status() const { return status_; }

 private:
  const std::string& file_;
  const rules::CsvTable& table_;
  const rules::CsvRow& row_;
  absl::Status status_;
};

// Calls `read` for each row of a file. NOT_FOUND: no such file. INVALID_ARGUMENT: file and line.
absl::Status ReadSheet(const std::filesystem::path& path,
                       const std::function<void(RowReader&)>& read);

}  // namespace cradle::district

#endif  // CRADLE_CLIENTS_DISTRICT_SHEET_H_
