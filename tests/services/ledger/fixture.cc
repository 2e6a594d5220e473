#include "tests/services/ledger/fixture.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <future>
#include <utility>
#include <variant>

#include "storage/evidence/entry.h"
#include "storage/evidence/note.h"
#include "storage/evidence/receipt.h"
#include "storage/kv/rocksdb_store.h"
#include "tests/services/ledger/memory_store.h"

namespace cradle::ledger::testing {
namespace {

namespace fs = std::filesystem;

std::string NewDirectory() {
  std::string path = (fs::temp_directory_path() / "cradle_ledger_XXXXXX").string();
  if (mkdtemp(path.data()) == nullptr) ADD_FAILURE() << "no temporary directory: " << path;
  return path;
}

}  // namespace

TestLedger::TestLedger(Engine engine)
    : directory(NewDirectory()),
      log_key(evidence::PrivateKey::Generate(statement::v1::KEY_ALGORITHM_ED25519).value()),
      engine_(engine) {
  EXPECT_EQ(Open(), absl::OkStatus());
}

TestLedger::~TestLedger() {
  Close();
  std::error_code error;
  fs::remove_all(directory, error);
}

absl::Status TestLedger::Open() {
  if (engine_ == Engine::kRocksDb) {
    auto opened = kv::OpenRocksDb(directory + "/store");
    if (!opened.ok()) return opened.status();
    store = *std::move(opened);
  } else if (store == nullptr) {
    store = std::make_unique<MemoryStore>();
  }
  faulty_ = std::make_unique<FaultyStore>(store.get(), &faults);
  LedgerOptions options;
  options.identity = {kOrigin, log_key, signers.regulator.key.public_key()};
  options.store = faulty_.get();
  options.journal_directory = journal_directory();
  options.library.Add(SampleRuleData());
  options.clock = &clock;
  options.limits = limits;
  options.journal = journal_options;
  auto opened = Ledger::Open(std::move(options));
  if (!opened.ok()) {
    Close();
    return opened.status();
  }
  ledger = *std::move(opened);
  return absl::OkStatus();
}

void TestLedger::Close() {
  ledger.reset();
  faulty_.reset();
  if (engine_ == Engine::kRocksDb) store.reset();
}

void TestLedger::Copy(const std::string& from, const std::string& to) {
  fs::remove_all(directory + "/" + to);
  fs::copy(directory + "/" + from, directory + "/" + to, fs::copy_options::recursive);
}
void TestLedger::CopyStore(const std::string& name) { Copy("store", name); }
void TestLedger::RestoreStore(const std::string& name) { Copy(name, "store"); }
void TestLedger::CopyJournal(const std::string& name) { Copy("journal", name); }
void TestLedger::RestoreJournal(const std::string& name) { Copy(name, "journal"); }

absl::StatusOr<std::vector<SubmitResult>> TestLedger::TrySubmit(
    std::vector<evidence::SignedStatement> statements) {
  std::promise<absl::StatusOr<std::vector<SubmitResult>>> answer;
  ledger->Submit(std::move(statements),
                 [&answer](auto results) { answer.set_value(std::move(results)); });
  return answer.get_future().get();
}

std::vector<SubmitResult> TestLedger::Submit(std::vector<evidence::SignedStatement> statements) {
  const size_t count = statements.size();
  auto results = TrySubmit(std::move(statements));
  EXPECT_EQ(results.status(), absl::OkStatus());
  if (!results.ok()) return std::vector<SubmitResult>(count);
  EXPECT_EQ(results->size(), count);
  return *std::move(results);
}

SubmitResult TestLedger::Submit(evidence::SignedStatement statement) {
  return Submit(std::vector<evidence::SignedStatement>{std::move(statement)}).at(0);
}

std::vector<Admission> TestLedger::Admit(std::vector<evidence::SignedStatement> statements) {
  std::vector<Admission> admissions;
  for (SubmitResult& result : Submit(std::move(statements))) {
    if (auto* admission = std::get_if<Admission>(&result.outcome)) {
      admissions.push_back(std::move(*admission));
      continue;
    }
    for (const auto& violation : std::get<rules::Refused>(result.outcome).violations) {
      ADD_FAILURE() << violation.rule << " " << violation.field << ": " << violation.message_en;
    }
    admissions.emplace_back();
  }
  return admissions;
}

Admission TestLedger::Admit(evidence::SignedStatement statement) {
  return Admit(std::vector<evidence::SignedStatement>{std::move(statement)}).at(0);
}

void TestLedger::ExpectReceipt(const Admission& admission,
                               const evidence::SignedStatement& statement) const {
  const auto verifier = evidence::NoteVerifier::Create(kOrigin, log_key.public_key()).value();
  const auto receipt = evidence::ParseReceipt(admission.receipt);
  ASSERT_EQ(receipt.status(), absl::OkStatus());
  EXPECT_EQ(receipt->index, admission.index);
  EXPECT_EQ(evidence::VerifyReceipt(*receipt, verifier).status(), absl::OkStatus());
  const auto entry = evidence::DecodeEntry(receipt->entry);
  ASSERT_EQ(entry.status(), absl::OkStatus());
  EXPECT_EQ(entry->signed_statement.statement, statement.statement);
}

rules::Refused RefusedOf(const SubmitResult& result) {
  if (const auto* refused = std::get_if<rules::Refused>(&result.outcome)) return *refused;
  ADD_FAILURE() << "admitted at " << std::get<Admission>(result.outcome).index;
  return {};
}

std::string RuleOf(const SubmitResult& result) {
  const rules::Refused refused = RefusedOf(result);
  return refused.violations.empty() ? "" : refused.violations[0].rule;
}

}  // namespace cradle::ledger::testing
