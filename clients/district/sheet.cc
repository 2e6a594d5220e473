#include "clients/district/sheet.h"

#include <fmt/format.h>

#include <cctype>
#include <charconv>
#include <sstream>

#include "clients/sdk/files.h"
#include "clients/sdk/quantity.h"

namespace cradle::district {
namespace {

// PHYSICAL_FORM_ of PHYSICAL_FORM_UNSPECIFIED.
std::string EnumPrefix(const google::protobuf::EnumDescriptor* descriptor) {
  constexpr std::string_view kUnspecified = "UNSPECIFIED";
  const std::string& name = descriptor->value(0)->name();
  return name.substr(0, name.size() - kUnspecified.size());
}

}  // namespace

void RowReader::Fail(std::string_view what) {
  if (!status_.ok()) return;
  status_ = absl::InvalidArgumentError(fmt::format("{}:{}: {}", file_, row_.line, what));
}

std::string RowReader::Text(std::string_view heading) {
  const size_t column = table_.Column(heading);
  if (column != rules::CsvTable::npos) return row_.fields[column];
  Fail(fmt::format("the file has no column {}", heading));
  return "";
}

std::string RowReader::Required(std::string_view heading) {
  std::string text = Text(heading);
  if (text.empty()) Fail(fmt::format("{} is empty", heading));
  return text;
}

int64_t RowReader::Integer(std::string_view heading) {
  const std::string text = Required(heading);
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) {
    Fail(fmt::format("{}: '{}' is no whole number", heading, text));
    return 0;
  }
  return value;
}

int64_t RowReader::IntegerOr(std::string_view heading, int64_t otherwise) {
  return Text(heading).empty() ? otherwise : Integer(heading);
}

int64_t RowReader::MassG(std::string_view heading) {
  const absl::StatusOr<int64_t> mass_g = sdk::ParseDecimalMass(Required(heading), 1000);
  if (mass_g.ok()) return *mass_g;
  Fail(fmt::format("{}: {}", heading, std::string(mass_g.status().message())));
  return 0;
}

bool RowReader::YesNo(std::string_view heading) {
  const std::string text = Required(heading);
  if (text != "yes" && text != "no") Fail(fmt::format("{}: yes or no, not '{}'", heading, text));
  return text == "yes";
}

std::vector<std::string> RowReader::Words(std::string_view heading) {
  std::istringstream text(Text(heading));
  std::vector<std::string> words;
  for (std::string word; text >> word;) words.push_back(word);
  return words;
}

int RowReader::EnumNumber(const google::protobuf::EnumDescriptor* descriptor,
                          std::string_view word) {
  std::string name = EnumPrefix(descriptor);
  for (const char c : word) {
    name += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  const auto* value = descriptor->FindValueByName(name);
  if (value == nullptr || value->number() == 0) {
    Fail(fmt::format("'{}' is no {}", word, descriptor->name()));
    return 0;
  }
  return value->number();
}

absl::Status ReadSheet(const std::filesystem::path& path,
                       const std::function<void(RowReader&)>& read) {
  absl::StatusOr<std::string> text = sdk::ReadFile(path);
  if (!text.ok()) return text.status();
  const std::string file = path.string();
  absl::StatusOr<rules::CsvTable> table = rules::ParseCsv(file, *text);
  if (!table.ok()) return table.status();
  for (const rules::CsvRow& row : table->rows) {
    RowReader reader(file, *table, row);
    read(reader);
    if (!reader.status().ok()) return reader.status();
  }
  return absl::OkStatus();
}

}  // namespace cradle::district
