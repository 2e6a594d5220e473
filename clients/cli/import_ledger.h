// Ledgers as HJ 1259-2022 prints them (tables B.1 and B.2, Chinese headings) into statements. Pure:
// same file, same statements, so that an import can be run again.
#ifndef CRADLE_CLIENTS_CLI_IMPORT_LEDGER_H_
#define CRADLE_CLIENTS_CLI_IMPORT_LEDGER_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "cradle/statement/v1/statement.pb.h"

namespace cradle::cli {

enum class LedgerTable {
  kGeneration,  // B.1 危险废物产生环节记录表
  kStorageIn,   // B.2 危险废物入库环节记录表
};

// What the tables do not say themselves.
struct LedgerImport {
  LedgerTable table = LedgerTable::kGeneration;
  std::string organisation;  // whose ledger it is; party of every statement
  std::string site;          // B.1: where the waste came into being
  statement::v1::PhysicalForm form = statement::v1::PHYSICAL_FORM_OTHER;  // B.1 without 形态
  statement::v1::MassBasis basis;
  // B.2: id of the facility of a line's 贮存设施编码, and of the batch of its 产生批次编码 where
  // that was not imported from B.1; empty: unknown.
  std::function<std::string(std::string_view code)> facility_of;
  std::function<std::string(std::string_view code)> batch_of;
};

struct LineError {
  size_t line = 0;  // of the file, from 1
  std::string column;
  std::string message;
};

struct LedgerLine {
  size_t line = 0;
  std::string code;  // 产生批次编码 or 入库批次编码
  // Party, event, nonce and claimed time; the links are to come.
  statement::v1::Statement asked;
};

struct ParsedLedger {
  std::vector<LedgerLine> lines;  // those that hold
  std::vector<LineError> errors;  // of the others, in order; several for one line
};

// INVALID_ARGUMENT: the file as a whole cannot be read: empty, no CSV, headings missing.
absl::StatusOr<ParsedLedger> ParseLedger(std::string_view name, std::string_view csv,
                                         const LedgerImport& import);

// The id that a batch code of an organisation gets when it is imported.
std::string ImportedBatchId(std::string_view organisation, std::string_view batch_code);

// "2021-10-31", "2021-10-31 08:30[:00]", "2021/10/31 8:30", "2021年10月31日", at China Standard
// Time (midnight where no time is given), or RFC 3339. INVALID_ARGUMENT: none of them.
absl::StatusOr<int64_t> ParseLedgerTime(std::string_view text);

}  // namespace cradle::cli

#endif  // CRADLE_CLIENTS_CLI_IMPORT_LEDGER_H_
