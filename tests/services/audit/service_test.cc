// The audit beside a real ledger: what it reads, it reads through the ledger's API.
#include "services/audit/service.h"

#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "cradle/v1/audit.grpc.pb.h"
#include "services/audit/core/mirror.h"
#include "services/audit/core/tile_directory.h"
#include "services/audit/core/verify_chain.h"
#include "services/audit/ledger_source.h"
#include "services/ledger/grpc_service.h"
#include "services/ledger/store_layout.h"
#include "storage/kv/rocksdb_store.h"
#include "tests/services/audit/log_fixture.h"
#include "tests/services/ledger/fixture.h"

namespace cradle::audit::testing {
namespace {

using ledger::testing::TestLedger;
using ::testing::HasSubstr;

class AuditServiceTest : public ::testing::Test {
 protected:
  AuditServiceTest() {
    ledger_.Found();
    custody_ = std::make_unique<ledger::testing::Custody>(ledger_.signers);
    ledger_.Admit(custody_->registrations);
    ledger_.Admit(ledger_.signers.Generate(custody_->producer, batch_));
    ledger_.Admit(ledger_.signers.Store(custody_->producer, batch_));
    for (auto& statement : ledger_.signers.Carry(custody_->producer, custody_->carrier,
                                                 custody_->vehicle, custody_->receiver, {batch_})) {
      ledger_.Admit(statement);
    }
    Serve();
  }
  ~AuditServiceTest() override { StopServing(); }

  evidence::NoteVerifier LogKey() const {
    return evidence::NoteVerifier::Create(ledger::testing::kOrigin, ledger_.log_key.public_key())
        .value();
  }

  void Serve(std::optional<evidence::NoteVerifier> key = std::nullopt) {
    ledger_service_ = std::make_unique<ledger::LedgerGrpcService>(ledger_.ledger.get());
    audit_ = NewAuditService(key ? std::move(key) : LogKey());
    grpc::ServerBuilder builder;
    builder.RegisterService(ledger_service_.get());
    builder.RegisterService(&audit_->grpc_service());
    server_ = builder.BuildAndStart();
    ledger_stub_ = v1::LedgerService::NewStub(server_->InProcessChannel({}));
    stub_ = v1::AuditService::NewStub(server_->InProcessChannel({}));
    rule_data_ = std::make_unique<runtime::RuleDataSource>(ledger_stub_);
  }

  void Start() {
    ASSERT_TRUE(audit_->Start(directory_.path(), ledger_stub_, *rule_data_, ledger_.clock).ok());
  }

  void StopServing() {
    if (server_ == nullptr) return;
    audit_->Stop();
    server_->Shutdown();
    server_.reset();
    audit_.reset();
    ledger_service_.reset();
  }

  struct Verified {
    grpc::Status status;
    std::vector<uint64_t> progress;
    v1::Report report;
  };
  Verified VerifyLogNow(uint64_t at_least = 0,
                        std::chrono::milliseconds timeout = std::chrono::seconds(60)) {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + timeout);
    v1::VerifyLogRequest request;
    request.set_at_least(at_least);
    auto stream = stub_->VerifyLog(&context, request);
    Verified verified;
    v1::VerifyLogResponse response;
    while (stream->Read(&response)) {
      if (response.has_report()) {
        verified.report = response.report();
      } else {
        verified.progress.push_back(response.verified_entries());
      }
    }
    verified.status = stream->Finish();
    return verified;
  }

  TestLedger ledger_;
  std::unique_ptr<ledger::testing::Custody> custody_;
  ledger::testing::WasteBatch batch_;
  TemporaryDirectory directory_;
  std::unique_ptr<ledger::LedgerGrpcService> ledger_service_;
  std::unique_ptr<runtime::FollowingService> audit_;
  std::unique_ptr<grpc::Server> server_;
  std::shared_ptr<v1::LedgerService::StubInterface> ledger_stub_;
  std::unique_ptr<v1::AuditService::Stub> stub_;
  std::unique_ptr<runtime::RuleDataSource> rule_data_;
};

TEST_F(AuditServiceTest, BeforeItIsStartedItIsUnavailable) {
  EXPECT_EQ(VerifyLogNow().status.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_FALSE(audit_->Health().ok());
}

TEST_F(AuditServiceTest, ATrueLedgerIsVerified) {
  Start();
  const Verified verified = VerifyLogNow();
  ASSERT_TRUE(verified.status.ok()) << verified.status.error_message();
  EXPECT_EQ(verified.report.verdict(), v1::VERDICT_VERIFIED) << verified.report.DebugString();
  EXPECT_EQ(verified.report.entries(), ledger_.ledger->size());
  EXPECT_FALSE(verified.progress.empty());
}

TEST_F(AuditServiceTest, ItWaitsForTheSizeAskedForUntilTheDeadline) {
  Start();
  const uint64_t size = ledger_.ledger->size();
  const Verified verified = VerifyLogNow(size + 1, std::chrono::milliseconds(300));
  EXPECT_THAT(verified.status.error_code(),
              ::testing::AnyOf(grpc::StatusCode::UNAVAILABLE, grpc::StatusCode::DEADLINE_EXCEEDED));
  EXPECT_TRUE(VerifyLogNow(size).status.ok());
}

TEST_F(AuditServiceTest, AnEntryChangedInTheLedgersStoreIsTamperedAndFoundWithoutTiles) {
  // Far from the end, which the ledger itself checks when it opens.
  const uint64_t index = 11;
  std::vector<evidence::SignedStatement> statements;
  for (int i = 0; i < 600; ++i) {
    ledger::testing::WasteBatch batch;
    statements.push_back(ledger_.signers.Generate(custody_->producer, batch));
  }
  ledger_.Admit(std::move(statements));
  StopServing();
  ledger_.Close();
  {
    // As somebody with the disk in his hands would, past the ledger.
    auto store = kv::OpenRocksDb(ledger_.directory + "/store").value();
    auto writer = store->OpenWriter().value();
    const std::string key = ledger::EntryKey(index);
    std::string entry = store->Get(key).value().value();
    entry[20] ^= 1;  // the salt: no signature covers it
    kv::Batch batch;
    batch.Put(key, entry);
    ASSERT_TRUE(writer->Commit(batch, kv::Durability::kSynced).ok());
  }
  const absl::Status opened = ledger_.Open();
  ASSERT_TRUE(opened.ok()) << opened;
  Serve();
  Start();
  const Verified verified = VerifyLogNow();
  ASSERT_TRUE(verified.status.ok()) << verified.status.error_message();
  EXPECT_EQ(verified.report.verdict(), v1::VERDICT_TAMPERED);
  ASSERT_FALSE(verified.report.findings().empty());
  EXPECT_TRUE(verified.report.findings(0).has_index());
  EXPECT_EQ(verified.report.findings(0).index(), index) << verified.report.DebugString();
}

TEST_F(AuditServiceTest, WithAnotherLogsKeyItIsUnverifiable) {
  StopServing();
  const LogFixture other(LogFixture::Registered::kNobody);
  Serve(other.verifier);
  Start();
  EXPECT_EQ(VerifyLogNow().report.verdict(), v1::VERDICT_UNVERIFIABLE);
}

TEST_F(AuditServiceTest, AChainIsVerifiedWithTheKeysItNeeds) {
  Start();
  grpc::ClientContext context;
  v1::VerifyChainRequest request;
  request.set_chain("batch:" + batch_.id);
  v1::VerifyChainResponse response;
  const grpc::Status status = stub_->VerifyChain(&context, request, &response);
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(response.report().verdict(), v1::VERDICT_VERIFIED) << response.DebugString();
  EXPECT_GE(response.report().entries(), 3u);
  EXPECT_GE(response.report().attestations(), 3u);
}

TEST_F(AuditServiceTest, AChainThatHasNotBegunIsNotFound) {
  Start();
  grpc::ClientContext context;
  v1::VerifyChainRequest request;
  request.set_chain("batch:" + evidence::RandomId());
  v1::VerifyChainResponse response;
  EXPECT_EQ(stub_->VerifyChain(&context, request, &response).error_code(),
            grpc::StatusCode::NOT_FOUND);
}

TEST_F(AuditServiceTest, AMirrorOfALedgerVerifiesWithNoServer) {
  const LedgerSource source(*ledger_stub_);
  TemporaryDirectory copy;
  const auto mirrored = Mirror(source, copy.path(), LogKey());
  ASSERT_TRUE(mirrored.ok()) << mirrored.status();
  EXPECT_EQ(mirrored->size, ledger_.ledger->size());
  ledger::testing::WasteBatch batch;
  ledger_.Admit(ledger_.signers.Generate(custody_->producer, batch));
  ASSERT_TRUE(Mirror(source, copy.path(), LogKey()).ok());
  StopServing();
  const Report report = VerifyLog(TileDirectory(copy.path()), LogKey());
  EXPECT_EQ(report.verdict, Verdict::kVerified) << Describe(report);
  EXPECT_EQ(report.entries, ledger_.ledger->size());
}

TEST_F(AuditServiceTest, StoppingItEndsWhatWaits) {
  Start();
  grpc::ClientContext context;
  v1::VerifyLogRequest request;
  request.set_at_least(ledger_.ledger->size());
  auto stream = stub_->VerifyLog(&context, request);
  StopServing();
  v1::VerifyLogResponse response;
  while (stream->Read(&response)) {
  }
  const grpc::Status status = stream->Finish();  // whatever it was when stopped, it ends
  EXPECT_THAT(status.error_code(),
              ::testing::AnyOf(grpc::StatusCode::OK, grpc::StatusCode::UNAVAILABLE));
}

}  // namespace
}  // namespace cradle::audit::testing
