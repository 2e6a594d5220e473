#include "clients/cli/output.h"

#include <fmt/format.h>
#include <google/protobuf/util/json_util.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <utility>

#include "storage/evidence/hash.h"

namespace cradle::cli {
namespace {

using nlohmann::ordered_json;

// Scripts whose characters take two columns: CJK, kana, hangul, full-width forms.
bool IsWide(char32_t c) {
  return (c >= 0x1100 && c <= 0x115F) || (c >= 0x2E80 && c <= 0xA4CF) ||
         (c >= 0xAC00 && c <= 0xD7A3) || (c >= 0xF900 && c <= 0xFAFF) ||
         (c >= 0xFE30 && c <= 0xFE6F) || (c >= 0xFF00 && c <= 0xFF60) ||
         (c >= 0xFFE0 && c <= 0xFFE6) || (c >= 0x20000 && c <= 0x3FFFD);
}

std::string Pad(const std::string& cell, size_t width, bool right) {
  const size_t have = DisplayWidth(cell);
  const std::string space(width > have ? width - have : 0, ' ');
  return right ? space + cell : cell + space;
}

ordered_json HeadsJson(const std::vector<v1::Head>& heads) {
  ordered_json json = ordered_json::array();
  for (const v1::Head& head : heads) {
    json.push_back({{"chain", head.chain()},
                    {"begun", head.begun()},
                    {"height", head.height()},
                    {"statement_hash", evidence::Hex(head.statement_hash())}});
  }
  return json;
}

}  // namespace

std::string Dump(const ordered_json& json) {
  return json.dump(2, ' ', false, ordered_json::error_handler_t::replace);
}

absl::StatusOr<ordered_json> ToJson(const google::protobuf::Message& message) {
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  options.always_print_primitive_fields = true;
  std::string text;
  const auto status = google::protobuf::util::MessageToJsonString(message, &text, options);
  if (!status.ok()) {
    return absl::UnimplementedError(
        fmt::format("the answer has no JSON form: {}",
                    std::string(status.message().data(), status.message().size())));
  }
  return ordered_json::parse(text, nullptr, /*allow_exceptions=*/false);
}

size_t DisplayWidth(std::string_view utf8) {
  size_t width = 0;
  for (size_t i = 0; i < utf8.size();) {
    const auto lead = static_cast<unsigned char>(utf8[i]);
    const size_t length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    char32_t c = length == 1 ? lead : lead & (0xFFu >> (length + 1));
    for (size_t k = 1; k < length && i + k < utf8.size(); ++k) {
      c = (c << 6) | (static_cast<unsigned char>(utf8[i + k]) & 0x3Fu);
    }
    width += IsWide(c) ? 2 : 1;
    i += length;
  }
  return width;
}

std::string Table::Text() const {
  const std::vector<std::string>& headings = rows_.front();
  std::vector<size_t> widths(headings.size(), 0);
  std::vector<bool> right(headings.size(), false);
  for (size_t column = 0; column < headings.size(); ++column) {
    right[column] = headings[column].starts_with('>');
    for (const std::vector<std::string>& row : rows_) {
      const size_t width = DisplayWidth(row[column]) - (&row == &headings && right[column] ? 1 : 0);
      widths[column] = std::max(widths[column], width);
    }
  }
  std::string text;
  for (const std::vector<std::string>& row : rows_) {
    std::string line;
    for (size_t column = 0; column < row.size(); ++column) {
      std::string cell = row[column];
      if (&row == &headings && right[column]) cell.erase(0, 1);
      if (column > 0) line += "  ";
      line += Pad(cell, widths[column], right[column]);
    }
    line.resize(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  return text;
}

std::string ViolationLines(const std::vector<v1::Violation>& violations, bool chinese) {
  std::string text;
  for (const v1::Violation& violation : violations) {
    text += fmt::format("  {}  {}", violation.rule(),
                        violation.effect() == v1::EFFECT_MARKS ? "marked" : "forbidden");
    if (!violation.field().empty()) text += fmt::format("  {}", violation.field());
    text += fmt::format("\n    {}", chinese ? violation.message_zh() : violation.message_en());
    if (!violation.legal_basis().empty()) text += fmt::format("  [{}]", violation.legal_basis());
    text += "\n";
  }
  return text;
}

ordered_json ViolationJson(const v1::Violation& violation) {
  return {{"rule", violation.rule()},
          {"effect", violation.effect() == v1::EFFECT_MARKS ? "marks" : "forbids"},
          {"field", violation.field()},
          {"message_en", violation.message_en()},
          {"message_zh", violation.message_zh()},
          {"legal_basis", violation.legal_basis()}};
}

std::string HeadLines(const std::vector<v1::Head>& heads) {
  std::string text;
  for (const v1::Head& head : heads) {
    text += head.begun() ? fmt::format("  {} stands at height {}, {}\n", head.chain(),
                                       head.height(), evidence::Hex(head.statement_hash()))
                         : fmt::format("  {} has not begun\n", head.chain());
  }
  return text;
}

std::string RestsOnLine(std::string_view refused, std::string_view rule) {
  return fmt::format("  rests on {}, which was refused: {}\n", refused, rule);
}

std::string OutcomeText(const sdk::Outcome& outcome, const std::string& receipt_path,
                        bool chinese) {
  const std::string hash = evidence::Hex(outcome.statement_hash);
  switch (outcome.kind) {
    case sdk::Outcome::Kind::kAdmitted: {
      std::string text =
          fmt::format("admitted  entry {}{}\nreceipt   {}\n", outcome.index,
                      outcome.repeated ? " (it was there already)" : "", receipt_path);
      if (!outcome.violations.empty()) {
        text += "marked by the rules, and shown wherever it is read:\n" +
                ViolationLines(outcome.violations, chinese);
      }
      return text;
    }
    case sdk::Outcome::Kind::kDisputed:
      return fmt::format(
          "disputed  entry {}{}\nreceipt   {}\nanother statement has its place; this one is kept, "
          "changes no custody, and a regulator decides:\n{}{}",
          outcome.index, outcome.repeated ? " (it was there already)" : "", receipt_path,
          ViolationLines(outcome.violations, chinese), HeadLines(outcome.heads));
    case sdk::Outcome::Kind::kRefused:
      return fmt::format("refused   {} ({})\n{}{}", hash, absl::StatusCodeToString(outcome.code),
                         ViolationLines(outcome.violations, chinese), HeadLines(outcome.heads));
    case sdk::Outcome::Kind::kSetAside:
      return fmt::format("set aside {}\n{}", hash,
                         RestsOnLine(evidence::Hex(outcome.rests_on), outcome.rests_on_rule));
    case sdk::Outcome::Kind::kWaiting:
      break;
  }
  std::string text = fmt::format("waiting   {}\n", hash);
  if (outcome.missing_predecessor.has_value()) {
    text +=
        fmt::format("  before it {} height {} has to arrive\n",
                    outcome.missing_predecessor->chain(), outcome.missing_predecessor->height());
  }
  for (const uint32_t party : outcome.missing_parties) {
    text += fmt::format("  party {} has not attested\n", party);
  }
  return text;
}

ordered_json OutcomeJson(const sdk::Outcome& outcome, const std::string& receipt_path) {
  ordered_json json = {{"statement_hash", evidence::Hex(outcome.statement_hash)}};
  ordered_json violations = ordered_json::array();
  for (const v1::Violation& violation : outcome.violations)
    violations.push_back(ViolationJson(violation));
  if (outcome.receipted()) {
    const bool disputed = outcome.kind == sdk::Outcome::Kind::kDisputed;
    json["outcome"] = disputed ? "disputed" : "admitted";
    json["index"] = outcome.index;
    json["repeated"] = outcome.repeated;
    json["receipt"] = receipt_path;
    json["marks"] = std::move(violations);
    if (disputed) json["heads"] = HeadsJson(outcome.heads);
    return json;
  }
  json["outcome"] = outcome.kind == sdk::Outcome::Kind::kRefused    ? "refused"
                    : outcome.kind == sdk::Outcome::Kind::kSetAside ? "set aside"
                                                                    : "waiting";
  if (outcome.kind == sdk::Outcome::Kind::kSetAside) {
    json["rests_on"] = {{"statement_hash", evidence::Hex(outcome.rests_on)},
                        {"rule", outcome.rests_on_rule}};
  }
  json["code"] = absl::StatusCodeToString(outcome.code);
  json["violations"] = std::move(violations);
  json["heads"] = HeadsJson(outcome.heads);
  if (outcome.missing_predecessor.has_value()) {
    json["missing_predecessor"] = {{"chain", outcome.missing_predecessor->chain()},
                                   {"height", outcome.missing_predecessor->height()}};
  }
  json["missing_parties"] = outcome.missing_parties;
  return json;
}

Progress::Progress(std::string what, bool quiet)
    : what_(std::move(what)), quiet_(quiet || ::isatty(STDERR_FILENO) == 0) {}

Progress::~Progress() {
  if (shown_) std::fputs("\r\033[K", stderr);
}

void Progress::Show(size_t done, size_t all) {
  if (quiet_ || all == 0) return;
  const int percent = static_cast<int>(done * 100 / all);
  if (percent == last_percent_) return;
  last_percent_ = percent;
  shown_ = true;
  const size_t filled = static_cast<size_t>(percent) * 30 / 100;
  const std::string bar = std::string(filled, '#') + std::string(30 - filled, '.');
  std::fputs(fmt::format("\r{} [{}] {}/{}", what_, bar, done, all).c_str(), stderr);
  std::fflush(stderr);
}

}  // namespace cradle::cli
