#include "tests/model/real_ledger.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <future>
#include <utility>

#include "cradle/state/v1/state.pb.h"
#include "services/audit/core/verify_log.h"
#include "services/audit/verify_view.h"
#include "services/cradled/ledger_records.h"
#include "services/cradled/store_source.h"
#include "services/ledger/store_layout.h"
#include "services/monitoring/view.h"
#include "services/registry/view.h"
#include "services/rules/state_keys.h"
#include "services/tracking/view.h"

namespace cradle::model {
namespace {

namespace fs = std::filesystem;

void ExpectVerified(const std::string& what, const audit::Report& report, uint64_t entries) {
  EXPECT_EQ(report.verdict, audit::Verdict::kVerified)
      << what << " is " << audit::VerdictName(report.verdict) << ": " << report.scope;
  EXPECT_EQ(report.entries, entries) << what;
  for (const audit::Finding& finding : report.findings) {
    ADD_FAILURE() << what << ": " << finding.subject << ": " << finding.reason;
  }
}

}  // namespace

Directory::Directory() {
  std::error_code error;
  const fs::path memory = "/dev/shm";
  const bool there = fs::is_directory(memory, error) && access(memory.c_str(), W_OK) == 0;
  path_ = ((there ? memory : fs::temp_directory_path()) / "cradle-model-XXXXXX").string();
  if (mkdtemp(path_.data()) == nullptr) ADD_FAILURE() << "no temporary directory: " << path_;
}

Directory::~Directory() {
  std::error_code error;
  fs::remove_all(path_, error);
}

class NotingStore::NotingWriter : public kv::Writer {
 public:
  NotingWriter(std::unique_ptr<kv::Writer> writer, NotingStore* store)
      : writer_(std::move(writer)), store_(store) {}
  uint64_t epoch() const override { return writer_->epoch(); }
  absl::Status Commit(const kv::Batch& batch, kv::Durability durability) override {
    kv::Batch kept;
    for (const auto& write : batch.writes()) {
      if (write.value) {
        kept.Put(write.key, store_->Noted(std::string(write.key), std::string(*write.value)));
      } else {
        kept.Delete(write.key);
      }
    }
    return writer_->Commit(kept, durability);
  }

 private:
  const std::unique_ptr<kv::Writer> writer_;
  NotingStore* const store_;
};

absl::StatusOr<std::unique_ptr<kv::Writer>> NotingStore::OpenWriter() {
  auto writer = store_.OpenWriter();
  if (!writer.ok()) return writer.status();
  return std::make_unique<NotingWriter>(*std::move(writer), this);
}

std::string NotingStore::Noted(const std::string& key, const std::string& value) {
  if (!key.starts_with(rules::keys::kStatePrefix)) return value;
  std::string kept = value;
  state::v1::BatchState batch;
  if (drop_gram_ && key.starts_with(rules::keys::Batch("")) && batch.ParseFromString(value) &&
      batch.mass_g() > 0) {
    batch.set_mass_g(batch.mass_g() - 1);
    kept = batch.SerializeAsString();
    drop_gram_ = false;
  }
  const std::lock_guard lock(mutex_);
  written_.push_back({key, kept});
  return kept;
}

rules::Changes NotingStore::TakeWritten() {
  const std::lock_guard lock(mutex_);
  return std::exchange(written_, {});
}

RealLedger::RealLedger(const std::string& origin, const evidence::PrivateKey& log_key,
                       const evidence::PublicKey& regulator_key,
                       std::shared_ptr<const rules::RuleData> data)
    : data_(std::move(data)),
      verifier_(evidence::NoteVerifier::Create(origin, log_key.public_key()).value()) {
  library_.Add(data_);
  const fs::path bundles = fs::path(directory_.path()) / "rule-data";
  fs::create_directories(bundles);
  std::ofstream(bundles / (evidence::Hex(data_->sha256()) + ".bundle"), std::ios::binary)
      << data_->bundle();
  ledger::LedgerOptions options;
  options.identity = {origin, log_key, regulator_key};
  options.store = &store_;
  options.journal_directory = directory_.path() + "/journal";
  options.library = library_;
  options.clock = &clock_;
  auto opened = ledger::Ledger::Open(std::move(options));
  EXPECT_TRUE(opened.ok()) << opened.status();
  ledger_ = std::move(opened).value();
  for (const runtime::View* view :
       {&tracking::TrackingView(), &registry::RegistryView(), &monitoring::MonitoringView()}) {
    auto folded = std::make_unique<FoldedView>();
    folded->view = view;
    folded->writer = folded->store.OpenWriter().value();
    views_.push_back(std::move(folded));
  }
}

RealLedger::~RealLedger() { ledger_.reset(); }

ledger::SubmitResult RealLedger::Submit(const evidence::SignedStatement& statement,
                                        int64_t now_ms) {
  clock_.Set(now_ms);
  std::promise<absl::StatusOr<std::vector<ledger::SubmitResult>>> answer;
  ledger_->Submit({statement}, [&answer](auto results) { answer.set_value(std::move(results)); });
  auto results = answer.get_future().get();
  EXPECT_TRUE(results.ok()) << results.status();
  if (!results.ok() || results->size() != 1) return {};
  return std::move(results->front());
}

evidence::Checkpoint RealLedger::Checkpoint() const {
  const auto note = ledger_->Checkpoint();
  EXPECT_TRUE(note.ok()) << note.status();
  auto checkpoint = evidence::OpenCheckpoint(note.value_or(""), verifier_);
  EXPECT_TRUE(checkpoint.ok()) << checkpoint.status();
  return checkpoint.ok() ? *checkpoint : evidence::Checkpoint();
}

rules::StateRows RealLedger::State() const {
  rules::StateRows state;
  const absl::Status scanned =
      store_.Scan(kv::Prefix(rules::keys::kStatePrefix), kv::Order::kAscending,
                  [&](std::string_view key, std::string_view value) {
                    state.emplace(key, value);
                    return true;
                  });
  EXPECT_TRUE(scanned.ok()) << scanned;
  return state;
}

void RealLedger::CatchUp(FoldedView& view) {
  const uint64_t size = ledger_->size();
  for (; view.folded < size; ++view.folded) {
    const auto entry = ledger::ReadEntry(store_, view.folded);
    ASSERT_TRUE(entry.ok()) << entry.status();
    runtime::ViewWriter writer(&view.store);
    const absl::Status folded =
        runtime::FoldEntry(*view.view, library_, view.folded, *entry, writer);
    ASSERT_TRUE(folded.ok()) << view.view->name() << " at entry " << view.folded << ": " << folded;
    const absl::Status written = view.writer->Commit(writer.ToBatch(), kv::Durability::kBuffered);
    ASSERT_TRUE(written.ok()) << written;
  }
}

void RealLedger::Verify() {
  const uint64_t size = ledger_->size();
  const cradled::StoreSource source(cradled::DataDirectory{directory_.path()}, store_);
  audit::VerifyOptions options;
  options.threads = 1;
  const audit::Report log = audit::VerifyLog(source, verifier_, options);
  ExpectVerified("the log", log, size);
  audit::VerifyViewOptions scratch;
  scratch.scratch_directory = directory_.path();
  ExpectVerified("the ledger's records",
                 cradled::VerifyLedgerRecords(source, log, verifier_, store_, scratch), size);
  for (const auto& view : views_) {
    CatchUp(*view);
    ExpectVerified(fmt::format("the view {}", view->view->name()),
                   audit::VerifyView(source, *view->view, view->store, scratch), size);
  }
}

}  // namespace cradle::model
