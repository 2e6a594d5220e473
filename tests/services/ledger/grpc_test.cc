// The thin edge, over a real in-process channel.
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "services/ledger/grpc_service.h"
#include "storage/evidence/entry.h"
#include "storage/evidence/hash.h"
#include "storage/evidence/note.h"
#include "storage/evidence/proof.h"
#include "storage/evidence/receipt.h"
#include "tests/services/ledger/fixture.h"

namespace cradle::ledger::testing {
namespace {

using evidence::SignedStatement;

v1::SignedStatement ToProto(const SignedStatement& statement) {
  v1::SignedStatement proto;
  proto.set_statement(statement.statement);
  for (const auto& attestation : statement.attestations) {
    v1::SignedAttestation& added = *proto.add_attestations();
    added.set_algorithm(attestation.algorithm);
    added.set_attestation(attestation.attestation);
    added.set_signature(attestation.signature);
  }
  return proto;
}

class GrpcTest : public ::testing::Test {
 protected:
  GrpcTest()
      : verifier_(evidence::NoteVerifier::Create(kOrigin, ledger_.log_key.public_key()).value()) {
    service_ = std::make_unique<LedgerGrpcService>(ledger_.ledger.get());
    grpc::ServerBuilder builder;
    builder.RegisterService(service_.get());
    server_ = builder.BuildAndStart();
    stub_ = v1::LedgerService::NewStub(server_->InProcessChannel({}));
  }
  ~GrpcTest() override {
    ledger_.ledger->Stop();
    server_->Shutdown();
  }

  v1::SubmitResponse Submit(const std::vector<SignedStatement>& statements) {
    v1::SubmitRequest request;
    for (const auto& statement : statements) *request.add_statements() = ToProto(statement);
    v1::SubmitResponse response;
    grpc::ClientContext context;
    const grpc::Status status = stub_->Submit(&context, request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response;
  }

  void FoundAndRegister() {
    std::vector<SignedStatement> statements = {ledger_.signers.Found(ledger_.log_key.public_key())};
    producer_ =
        ledger_.signers.Register(statement::v1::ORGANISATION_ROLE_PRODUCER,
                                 statement::v1::FACILITY_KIND_STORAGE_WAREHOUSE, statements);
    const v1::SubmitResponse response = Submit(statements);
    for (const auto& result : response.results()) EXPECT_TRUE(result.has_admitted());
  }
  SignedStatement Generate() {
    WasteBatch batch;
    return ledger_.signers.Generate(producer_, batch);
  }
  grpc::StatusCode ReadAll(const v1::ReadEntriesRequest& request, std::vector<std::string>& out) {
    grpc::ClientContext context;
    auto stream = stub_->ReadEntries(&context, request);
    v1::ReadEntriesResponse response;
    while (stream->Read(&response)) {
      EXPECT_EQ(response.first_index(), request.from_index() + out.size());
      EXPECT_LE(response.entries_size(), 256);
      out.insert(out.end(), response.entries().begin(), response.entries().end());
    }
    return stream->Finish().error_code();
  }

  TestLedger ledger_;
  const evidence::NoteVerifier verifier_;
  std::unique_ptr<LedgerGrpcService> service_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<v1::LedgerService::Stub> stub_;
  Enterprise producer_;
};

TEST_F(GrpcTest, SubmitAnswersOneResultForEachInTheOrderGiven) {
  FoundAndRegister();
  const SignedStatement good = Generate();
  SignedStatement bad = Generate();
  bad.attestations[0].signature[0] ^= 1;
  const v1::SubmitResponse response = Submit({bad, good, {{}, "garbage"}});
  ASSERT_EQ(response.results_size(), 3);
  EXPECT_EQ(response.results(0).refused().code(), grpc::StatusCode::UNAUTHENTICATED);
  EXPECT_EQ(response.results(0).refused().violations(0).field(), "attestations[0].signature");
  ASSERT_TRUE(response.results(1).has_admitted());
  EXPECT_EQ(response.results(2).refused().violations(0).rule(), "FORM");
  const auto receipt = evidence::ParseReceipt(response.results(1).admitted().receipt()).value();
  EXPECT_EQ(evidence::VerifyReceipt(receipt, verifier_).status(), absl::OkStatus());

  for (const bool by_hash : {false, true}) {
    v1::GetReceiptRequest request;
    if (by_hash) {
      request.set_statement_hash(response.results(1).statement_hash());
    } else {
      request.set_index(response.results(1).admitted().index());
    }
    v1::GetReceiptResponse again;
    grpc::ClientContext context;
    ASSERT_TRUE(stub_->GetReceipt(&context, request, &again).ok());
    EXPECT_EQ(again.receipt(), response.results(1).admitted().receipt());
  }
}

TEST_F(GrpcTest, ACallThatCannotBeProcessedHasAStatus) {
  {
    grpc::ClientContext context;
    v1::SubmitResponse response;
    EXPECT_EQ(stub_->Submit(&context, {}, &response).error_code(),
              grpc::StatusCode::INVALID_ARGUMENT);
  }
  {
    grpc::ClientContext context;
    v1::GetCheckpointResponse response;
    EXPECT_EQ(stub_->GetCheckpoint(&context, {}, &response).error_code(),
              grpc::StatusCode::NOT_FOUND);
  }
  {
    grpc::ClientContext context;
    v1::GetReceiptResponse response;
    EXPECT_EQ(stub_->GetReceipt(&context, {}, &response).error_code(),
              grpc::StatusCode::INVALID_ARGUMENT);
  }
  {
    grpc::ClientContext context;
    v1::GetProofResponse response;
    EXPECT_EQ(stub_->GetProof(&context, {}, &response).error_code(),
              grpc::StatusCode::INVALID_ARGUMENT);
  }
}

TEST_F(GrpcTest, ProofsVerifyAgainstTheCheckpoint) {
  FoundAndRegister();
  const evidence::Checkpoint old =
      evidence::OpenCheckpoint(ledger_.ledger->Checkpoint().value(), verifier_).value();
  Submit({Generate()});
  grpc::ClientContext checkpoint_context;
  v1::GetCheckpointResponse note;
  ASSERT_TRUE(stub_->GetCheckpoint(&checkpoint_context, {}, &note).ok());
  const auto now = evidence::OpenCheckpoint(note.checkpoint(), verifier_).value();
  v1::GetProofRequest request;
  request.mutable_consistency()->set_old_size(old.size);
  request.mutable_consistency()->set_new_size(now.size);
  v1::GetProofResponse response;
  grpc::ClientContext context;
  ASSERT_TRUE(stub_->GetProof(&context, request, &response).ok());
  std::vector<evidence::Hash> path;
  for (const auto& hash : response.path()) path.push_back(*evidence::HashFromBytes(hash));
  EXPECT_EQ(evidence::VerifyConsistency(old.size, now.size, old.root, now.root, path),
            absl::OkStatus());
}

TEST_F(GrpcTest, PrepareGivesBytesThatAreAdmittedOnceAttested) {
  FoundAndRegister();
  v1::PrepareRequest request;
  statement::v1::Statement& statement = *request.mutable_statement();
  statement::v1::Party& party = *statement.add_parties();
  party.set_organisation(producer_.device.organisation);
  party.set_capacity(statement::v1::CAPACITY_ORGANISATION);
  ledger_.signers.Generated(producer_, evidence::RandomId(), 1'000)(statement);
  v1::PrepareResponse response;
  grpc::ClientContext context;
  ASSERT_TRUE(stub_->Prepare(&context, request, &response).ok());
  EXPECT_FALSE(response.rendering_zh().empty());
  const evidence::Hash hash = evidence::StatementHash(response.statement());
  EXPECT_EQ(response.statement_hash(), evidence::AsBytes(hash));
  const v1::SubmitResponse admitted =
      Submit({{{ledger_.signers.AttestAs(hash, 0, producer_.device)}, response.statement()}});
  EXPECT_TRUE(admitted.results(0).has_admitted()) << admitted.DebugString();
}

TEST_F(GrpcTest, ChainComesInPages) {
  FoundAndRegister();
  const std::string chain = "org:" + producer_.device.organisation;
  std::vector<uint64_t> indexes;
  for (uint64_t height = 0; indexes.size() < 3;) {
    v1::GetChainRequest request;
    request.set_chain(chain);
    request.set_from_height(height);
    request.set_limit(1);
    v1::GetChainResponse response;
    grpc::ClientContext context;
    ASSERT_TRUE(stub_->GetChain(&context, request, &response).ok());
    ASSERT_EQ(response.elements_size(), 1);
    EXPECT_EQ(response.elements(0).height(), height);
    EXPECT_TRUE(evidence::DecodeEntry(response.elements(0).entry()).ok());
    EXPECT_EQ(response.head().height(), 2);  // organisation, key, site
    indexes.push_back(response.elements(0).index());
    ++height;
  }
  v1::GetHeadRequest request;
  request.set_chain(chain);
  v1::GetHeadResponse response;
  grpc::ClientContext context;
  ASSERT_TRUE(stub_->GetHead(&context, request, &response).ok());
  EXPECT_EQ(response.index(), indexes.back());
}

TEST_F(GrpcTest, RuleDataIsServedByItsHash) {
  v1::GetRuleDataRequest request;
  request.set_sha256(std::string(evidence::AsBytes(SampleRuleData()->sha256())));
  v1::GetRuleDataResponse response;
  grpc::ClientContext context;
  ASSERT_TRUE(stub_->GetRuleData(&context, request, &response).ok());
  EXPECT_EQ(response.bundle(), SampleRuleData()->bundle());
}

TEST_F(GrpcTest, ReadEntriesGivesAllThereIsAndEnds) {
  FoundAndRegister();
  std::vector<SignedStatement> statements;
  for (int i = 0; i < 600; ++i) statements.push_back(Generate());
  Submit(statements);
  std::vector<std::string> entries;
  EXPECT_EQ(ReadAll({}, entries), grpc::StatusCode::OK);
  EXPECT_EQ(entries.size(), ledger_.ledger->size());
  EXPECT_EQ(evidence::DecodeEntry(entries.back()).value().signed_statement.statement,
            statements.back().statement);

  v1::ReadEntriesRequest part;
  part.set_from_index(3);
  part.set_until_size(5);
  std::vector<std::string> two;
  EXPECT_EQ(ReadAll(part, two), grpc::StatusCode::OK);
  EXPECT_EQ(two, std::vector<std::string>(entries.begin() + 3, entries.begin() + 5));

  part.set_from_index(ledger_.ledger->size() + 1);
  std::vector<std::string> none;
  EXPECT_EQ(ReadAll(part, none), grpc::StatusCode::OUT_OF_RANGE);
}

TEST_F(GrpcTest, ReadEntriesFollowsTheLogUntilItsEnd) {
  v1::ReadEntriesRequest request;
  request.set_follow(true);
  request.set_until_size(40);
  std::vector<std::string> entries;
  grpc::StatusCode end = grpc::StatusCode::UNKNOWN;
  std::thread follower([&] { end = ReadAll(request, entries); });
  FoundAndRegister();
  while (ledger_.ledger->size() < 45) Submit({Generate()});
  follower.join();
  EXPECT_EQ(end, grpc::StatusCode::OK);
  EXPECT_EQ(entries.size(), 40);
}

TEST_F(GrpcTest, AFollowerThatCancelsIsLetGo) {
  FoundAndRegister();
  v1::ReadEntriesRequest request;
  request.set_follow(true);
  for (int i = 0; i < 20; ++i) {
    grpc::ClientContext context;
    auto stream = stub_->ReadEntries(&context, request);
    v1::ReadEntriesResponse response;
    ASSERT_TRUE(stream->Read(&response));
    context.TryCancel();
    while (stream->Read(&response)) {
    }
    EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::CANCELLED);
  }
  Submit({Generate()});  // wakes nobody who has gone
}

TEST_F(GrpcTest, StopEndsTheStreamsOfFollowers) {
  FoundAndRegister();
  v1::ReadEntriesRequest request;
  request.set_follow(true);
  grpc::ClientContext context;
  auto stream = stub_->ReadEntries(&context, request);
  v1::ReadEntriesResponse response;
  ASSERT_TRUE(stream->Read(&response));
  std::thread stopper([&] { ledger_.ledger->Stop(); });
  while (stream->Read(&response)) {
  }
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::UNAVAILABLE);
  stopper.join();
}

}  // namespace
}  // namespace cradle::ledger::testing
