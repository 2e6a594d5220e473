#include "services/rules/csv.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <set>

#include "absl/status/status.h"
#include "storage/evidence/utf8.h"

namespace cradle::rules {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

// Place of the first byte that is not UTF-8 (RFC 3629), or npos.
size_t FindInvalidUtf8(std::string_view text) {
  std::string_view rest = text;
  while (!rest.empty()) {
    if (evidence::TakeCodePoint(rest) == evidence::kNoCodePoint) return text.size() - rest.size();
  }
  return std::string_view::npos;
}

// Walks the text once; each Next… leaves `at_` behind what it read.
class Reader {
 public:
  Reader(std::string_view name, std::string_view text) : name_(name), text_(text) {
    if (text_.starts_with(kByteOrderMark)) text_.remove_prefix(kByteOrderMark.size());
  }

  bool AtEnd() const { return at_ == text_.size(); }

  absl::StatusOr<CsvRow> NextRow() {
    CsvRow row;
    row.line = line_;
    for (bool more = true; more;) {
      std::string field;
      if (absl::Status read = NextField(field); !read.ok()) return read;
      row.fields.push_back(std::move(field));
      more = !AtEnd() && text_[at_] == ',';
      if (more) ++at_;
    }
    if (row.fields.size() == 1 && row.fields[0].empty()) return Error(row.line, "an empty line");
    if (absl::Status ended = EndLine(); !ended.ok()) return ended;
    return row;
  }

  absl::Status Error(size_t line, std::string_view what) const {
    return absl::InvalidArgumentError(fmt::format("{}:{}: {}", name_, line, what));
  }

 private:
  absl::Status NextField(std::string& field) {
    if (!AtEnd() && text_[at_] == '"') return NextQuoted(field);
    while (!AtEnd() && text_[at_] != ',' && text_[at_] != '\n') {
      if (text_[at_] == '\r' && at_ + 1 < text_.size() && text_[at_ + 1] == '\n') break;
      if (text_[at_] == '"') return Error(line_, "a quote inside a field that is not quoted");
      if (text_[at_] == '\r') return Error(line_, "a carriage return without line feed");
      if (text_[at_] == '\0') return Error(line_, "a NUL byte");
      field.push_back(text_[at_++]);
    }
    return absl::OkStatus();
  }

  absl::Status NextQuoted(std::string& field) {
    const size_t opened = line_;
    ++at_;
    while (true) {
      if (AtEnd()) return Error(opened, "a quote is opened and never closed");
      const char c = text_[at_++];
      if (c == '\0') return Error(line_, "a NUL byte");
      if (c == '\n') ++line_;
      if (c != '"') {
        field.push_back(c);
      } else if (!AtEnd() && text_[at_] == '"') {
        field.push_back('"');
        ++at_;
      } else {
        return absl::OkStatus();
      }
    }
  }

  absl::Status EndLine() {
    if (AtEnd()) return absl::OkStatus();
    if (text_[at_] == '\r') ++at_;
    if (AtEnd() || text_[at_] != '\n') return Error(line_, "text after a closing quote");
    ++at_;
    ++line_;
    return absl::OkStatus();
  }

  std::string_view name_;
  std::string_view text_;
  size_t at_ = 0;
  size_t line_ = 1;
};

}  // namespace

size_t CsvTable::Column(std::string_view heading) const {
  for (size_t i = 0; i < columns.size(); ++i) {
    if (columns[i] == heading) return i;
  }
  return npos;
}

absl::StatusOr<CsvTable> ParseCsv(std::string_view name, std::string_view text) {
  Reader reader(name, text);
  if (const size_t bad = FindInvalidUtf8(text); bad != std::string_view::npos) {
    const auto line =
        1 + std::count(text.begin(), text.begin() + static_cast<ptrdiff_t>(bad), '\n');
    return reader.Error(static_cast<size_t>(line), "not UTF-8: save the file as UTF-8");
  }
  if (reader.AtEnd()) return reader.Error(1, "empty: a heading line is due");
  absl::StatusOr<CsvRow> heading = reader.NextRow();
  if (!heading.ok()) return heading.status();
  CsvTable table;
  table.columns = std::move(heading->fields);
  std::set<std::string_view> seen;
  for (const std::string& column : table.columns) {
    if (column.empty()) return reader.Error(1, "a heading is empty");
    if (!seen.insert(column).second) {
      return reader.Error(1, fmt::format("the heading {} is given twice", column));
    }
  }
  while (!reader.AtEnd()) {
    absl::StatusOr<CsvRow> row = reader.NextRow();
    if (!row.ok()) return row.status();
    if (row->fields.size() != table.columns.size()) {
      return reader.Error(row->line, fmt::format("{} fields where the heading has {}",
                                                 row->fields.size(), table.columns.size()));
    }
    table.rows.push_back(*std::move(row));
  }
  return table;
}

std::string CsvLine(const std::vector<std::string>& fields) {
  std::string line;
  for (size_t i = 0; i < fields.size(); ++i) {
    if (i > 0) line.push_back(',');
    // A byte order mark that belongs to the first field would be dropped with the file's own.
    if (fields[i].find_first_of("\",\r\n") == std::string::npos &&
        !fields[i].starts_with(kByteOrderMark)) {
      line += fields[i];
      continue;
    }
    line.push_back('"');
    for (const char c : fields[i]) {
      if (c == '"') line.push_back('"');
      line.push_back(c);
    }
    line.push_back('"');
  }
  line.push_back('\n');
  return line;
}

}  // namespace cradle::rules
