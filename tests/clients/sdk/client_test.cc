// A device at work against the real ledger, and against one whose answers somebody changes.
#include "clients/sdk/client.h"

#include <gtest/gtest.h>

#include "clients/sdk/compose.h"
#include "clients/sdk/files.h"
#include "clients/sdk/local_facts.h"
#include "clients/sdk/observe.h"
#include "storage/evidence/receipt.h"
#include "tests/clients/sdk/lying_ledger.h"
#include "tests/clients/sdk/temporary_directory.h"

namespace cradle::sdk {
namespace {

namespace fs = std::filesystem;
using ledger::testing::Custody;
using ledger::testing::Enterprise;
using ledger::testing::kOrigin;
using ledger::testing::kStartMs;
using ledger::testing::TestLedger;
using statement::v1::Statement;

RetryPolicy Quick() {
  RetryPolicy retry;
  retry.attempts_max = 2;
  retry.sleep = [](std::chrono::milliseconds) {};
  return retry;
}

// One organisation's device.
struct DeviceAtWork {
  DeviceAtWork(const fs::path& path, const ledger::testing::Device& device,
               const evidence::NoteVerifier& log, const Connection* connection, const Clock& clock)
      : home(Home::Open(path).value()), client(home, connection, clock) {
    const HomeLock lock = home.Lock().value();
    EXPECT_EQ(home.CreateKey(lock, device.key, device.person), absl::OkStatus());
    EXPECT_EQ(home.RaiseSeq(lock, device.seq), absl::OkStatus());
    Identity identity = home.ReadIdentity().value();
    identity.organisation = device.organisation;
    identity.log_origin = log.name();
    identity.log_vkey = log.ToText();
    EXPECT_EQ(home.WriteIdentity(lock, identity), absl::OkStatus());
  }
  Home home;
  Client client;
};

class ClientTest : public ::testing::Test {
 protected:
  ClientTest()
      : log_(evidence::NoteVerifier::Create(kOrigin, ledger_.log_key.public_key()).value()) {
    ledger_.Found();
    custody_ = std::make_unique<Custody>(ledger_.signers);
    ledger_.Admit(custody_->registrations);
    between_ = std::make_unique<LyingLedger>(ledger_.ledger.get());
    connection_ = std::make_unique<Connection>(between_->channel(), Quick());
    producer_ = Device("producer", custody_->producer);
  }
  ~ClientTest() override {
    ledger_.ledger->Stop();
    between_.reset();
  }

  std::unique_ptr<DeviceAtWork> Device(const std::string& name, const Enterprise& enterprise,
                                       bool online = true) {
    return std::make_unique<DeviceAtWork>(directory_.path() / name, enterprise.device, log_,
                                          online ? connection_.get() : nullptr, clock_);
  }

  static void AddParty(Statement& asked, const std::string& organisation,
                       statement::v1::Capacity capacity) {
    statement::v1::Party& party = *asked.add_parties();
    party.set_organisation(organisation);
    party.set_capacity(capacity);
  }

  Statement Generated(const std::string& batch) const {
    Statement asked;
    AddParty(asked, custody_->producer.device.organisation, statement::v1::CAPACITY_ORGANISATION);
    statement::v1::BatchGenerated& generated = *asked.mutable_batch_generated();
    generated.set_batch(batch);
    generated.set_site(custody_->producer.site);
    generated.set_waste_code("900-214-08");
    generated.set_generated_mass_g(250'000);
    generated.mutable_mass_basis()->set_method(statement::v1::MASS_METHOD_DECLARED);
    generated.set_form(statement::v1::PHYSICAL_FORM_LIQUID);
    generated.set_generated_time_ms(kStartMs);
    return asked;
  }

  Statement Stored(const std::string& batch) const {
    Statement asked;
    AddParty(asked, custody_->producer.device.organisation, statement::v1::CAPACITY_ORGANISATION);
    statement::v1::BatchStored& stored = *asked.mutable_batch_stored();
    stored.set_batch(batch);
    stored.set_facility(custody_->producer.facility);
    stored.set_stored_mass_g(250'000);
    stored.set_stored_time_ms(kStartMs);
    return asked;
  }

  Pending Sign(DeviceAtWork& device, const Statement& asked) {
    auto prepared = device.client.Prepare(asked);
    EXPECT_TRUE(prepared.ok()) << prepared.status();
    auto pending = device.client.Attest(*prepared);
    EXPECT_TRUE(pending.ok()) << pending.status();
    return *pending;
  }

  // Sends, and expects each statement to be admitted.
  std::vector<Outcome> SendAll(DeviceAtWork& device) {
    auto outcomes = device.client.SendOutbox();
    EXPECT_TRUE(outcomes.ok()) << outcomes.status();
    if (!outcomes.ok()) return {};
    for (const Outcome& outcome : *outcomes) {
      EXPECT_EQ(outcome.kind, Outcome::Kind::kAdmitted) << ReasonsJson(outcome);
    }
    return *outcomes;
  }

  // A checkpoint that the log's own key signs over other entries than it has: `longer` more than
  // the producer has seen.
  std::string AnotherHistory(uint64_t longer) const {
    const evidence::Checkpoint other{kOrigin, producer_->client.SeenSize().value() + longer,
                                     evidence::Sha256("another history")};
    return evidence::SignCheckpoint(other, ledger_.log_key).value();
  }

  // The producer looks, is shown `note` if given, and is told `verdict` and `reason`; what it held
  // stays, and what it was shown is kept.
  void ExpectNotOneLog(const std::optional<std::string>& note, const std::string& verdict,
                       const std::string& reason) {
    if (note) {
      between_->checkpoint = [note](v1::GetCheckpointResponse& response) {
        response.set_checkpoint(*note);
        return grpc::Status::OK;
      };
    }
    const std::string held = producer_->home.ReadSeen()->value();
    const absl::Status status = producer_->client.Refresh().status();
    EXPECT_TRUE(absl::IsDataLoss(status)) << status;
    EXPECT_EQ(std::string(status.message()).rfind(verdict, 0), 0u) << status;
    EXPECT_NE(std::string(status.message()).find(reason), std::string::npos) << status;
    EXPECT_EQ(producer_->home.ReadSeen()->value(), held);
    EXPECT_FALSE(fs::is_empty(producer_->home.path() / "forks"));
  }

  TemporaryDirectory directory_;
  FixedClock clock_{kStartMs};
  TestLedger ledger_{TestLedger::Engine::kMemory};
  const evidence::NoteVerifier log_;
  std::unique_ptr<Custody> custody_;
  std::unique_ptr<LyingLedger> between_;
  std::unique_ptr<Connection> connection_;
  std::unique_ptr<DeviceAtWork> producer_;
};

TEST_F(ClientTest, AdmittedStatementLeavesAVerifiedReceiptAndAnEmptyOutbox) {
  const Pending pending = Sign(*producer_, Generated(evidence::RandomId()));
  const std::vector<Outcome> outcomes = SendAll(*producer_);
  ASSERT_EQ(outcomes.size(), 1u);
  EXPECT_TRUE(producer_->home.ReadOutbox()->empty());
  const auto receipt = producer_->home.FindReceipt(evidence::AsBytes(pending.parsed.hash)).value();
  ASSERT_TRUE(receipt.has_value());
  EXPECT_TRUE(evidence::VerifyReceipt(evidence::ParseReceipt(*receipt).value(), log_).ok());
  EXPECT_EQ(producer_->client.SeenSize().value(), outcomes[0].checkpoint.size);
}

TEST_F(ClientTest, SentAgainAfterACrashGivesTheSameReceipt) {
  const Pending pending = Sign(*producer_, Generated(evidence::RandomId()));
  const Outcome first = SendAll(*producer_).at(0);
  // As if the machine had died before the outbox was cleared.
  ASSERT_EQ(producer_->home.Enqueue(producer_->home.Lock().value(), pending.signed_statement),
            absl::OkStatus());
  const Outcome again = SendAll(*producer_).at(0);
  EXPECT_TRUE(again.repeated);
  EXPECT_EQ(again.receipt, first.receipt);
  EXPECT_TRUE(producer_->home.ReadOutbox()->empty());
}

TEST_F(ClientTest, StatementsSignedOfflineAreAdmittedTogetherLater) {
  auto offline = Device("offline", custody_->producer, /*online=*/false);
  const std::string batch = evidence::RandomId();
  Sign(*offline, Generated(batch));
  Sign(*offline, Stored(batch));
  EXPECT_TRUE(absl::IsUnavailable(offline->client.SendOutbox().status()));
  EXPECT_EQ(offline->home.ReadOutbox()->size(), 2u);

  Client online(offline->home, connection_.get(), clock_);
  const auto outcomes = online.SendOutbox();
  ASSERT_TRUE(outcomes.ok()) << outcomes.status();
  for (const Outcome& outcome : *outcomes) {
    EXPECT_EQ(outcome.kind, Outcome::Kind::kAdmitted) << ReasonsJson(outcome);
  }
}

TEST_F(ClientTest, OnlineLinksComeFromTheServerWhereThisDeviceKnowsNothing) {
  ledger::testing::WasteBatch batch;
  ledger_.Admit(ledger_.signers.Generate(custody_->producer, batch));
  ASSERT_EQ(producer_->home.RaiseSeq(producer_->home.Lock().value(), 1'000), absl::OkStatus());
  Sign(*producer_, Stored(batch.id));
  SendAll(*producer_);
}

TEST_F(ClientTest, ServerOutOfReachIsReplacedByWhatThisDeviceKnows) {
  const std::string batch = evidence::RandomId();
  Sign(*producer_, Generated(batch));
  SendAll(*producer_);
  between_->prepare = [](v1::PrepareResponse&) {
    return grpc::Status(grpc::StatusCode::UNAVAILABLE, "away");
  };
  Sign(*producer_, Stored(batch));
  EXPECT_TRUE(
      absl::IsUnavailable(producer_->client.Prepare(Stored(evidence::RandomId())).status()));
}

TEST_F(ClientTest, WhatTheServerPreparedOtherwiseIsNotSigned) {
  const std::string batch = evidence::RandomId();
  Sign(*producer_, Generated(batch));
  SendAll(*producer_);
  const uint64_t seq = producer_->home.LastSeq().value();
  between_->prepare = [](v1::PrepareResponse& response) {
    Statement statement;
    statement.ParseFromString(response.statement());
    statement.mutable_batch_stored()->set_stored_mass_g(1);
    response.set_statement(evidence::Serialize(statement));
    return grpc::Status::OK;
  };
  const absl::Status status = producer_->client.Prepare(Stored(batch)).status();
  EXPECT_TRUE(absl::IsDataLoss(status)) << status;
  EXPECT_EQ(producer_->home.LastSeq().value(), seq);
}

TEST_F(ClientTest, LinkBehindAReceiptIsReported) {
  const std::string batch = evidence::RandomId();
  Sign(*producer_, Generated(batch));
  Sign(*producer_, Stored(batch));
  SendAll(*producer_);
  between_->prepare = [](v1::PrepareResponse& response) {
    Statement statement;
    statement.ParseFromString(response.statement());
    statement.mutable_links(0)->set_height(1);  // where `stored` stands
    response.set_statement(evidence::Serialize(statement));
    return grpc::Status::OK;
  };
  const absl::Status status = producer_->client.Prepare(Stored(batch)).status();
  EXPECT_TRUE(absl::IsDataLoss(status)) << status;
}

TEST_F(ClientTest, ReceiptThatDoesNotVerifyLeavesTheStatementInTheOutbox) {
  Sign(*producer_, Generated(evidence::RandomId()));
  between_->submit = [](v1::SubmitResponse& response) {
    std::string& receipt = *response.mutable_results(0)->mutable_admitted()->mutable_receipt();
    const size_t extra = receipt.find("extra ");
    receipt[extra + 40] = receipt[extra + 40] == 'A' ? 'B' : 'A';
    return grpc::Status::OK;
  };
  EXPECT_TRUE(absl::IsDataLoss(producer_->client.SendOutbox().status()));
  EXPECT_EQ(producer_->home.ReadOutbox()->size(), 1u);
  between_->submit = nullptr;
  EXPECT_TRUE(SendAll(*producer_).at(0).repeated);
}

TEST_F(ClientTest, ReceiptOfAnotherEntryIsNotTaken) {
  Sign(*producer_, Generated(evidence::RandomId()));
  const Outcome first = SendAll(*producer_).at(0);
  Sign(*producer_, Generated(evidence::RandomId()));
  between_->submit = [&](v1::SubmitResponse& response) {
    response.mutable_results(0)->mutable_admitted()->set_index(first.index);
    response.mutable_results(0)->mutable_admitted()->set_receipt(first.receipt);
    return grpc::Status::OK;
  };
  const absl::Status status = producer_->client.SendOutbox().status();
  EXPECT_TRUE(absl::IsDataLoss(status));
  EXPECT_NE(std::string(status.message()).find("another statement"), std::string::npos) << status;
  EXPECT_EQ(producer_->home.ReadOutbox()->size(), 1u);
}

TEST_F(ClientTest, ForkIsReportedKeptAndNeverOverwritesWhatWasSeen) {
  Sign(*producer_, Generated(evidence::RandomId()));
  SendAll(*producer_);
  // The log's own key signs another history of the same length.
  ExpectNotOneLog(AnotherHistory(0), "forked: ", "Show both checkpoints to the regulator");
}

TEST_F(ClientTest, LongerHistoryThatTheServerCannotProveIsUnprovenAndNoFork) {
  Sign(*producer_, Generated(evidence::RandomId()));
  SendAll(*producer_);
  ExpectNotOneLog(AnotherHistory(5), "unproven: ", "the server does not have");
}

TEST_F(ClientTest, ProofThatTheServerRefusesIsUnprovenAndNoFork) {
  Sign(*producer_, Generated(evidence::RandomId()));
  SendAll(*producer_);
  ledger::testing::WasteBatch batch;
  ledger_.Admit(ledger_.signers.Generate(custody_->receiver, batch));
  between_->proof = [](v1::GetProofResponse&) {
    return grpc::Status(grpc::StatusCode::INVALID_ARGUMENT, "no such sizes");
  };
  ExpectNotOneLog(std::nullopt, "unproven: ", "no such sizes");
  between_->proof = [](v1::GetProofResponse& response) {
    response.add_path("not a hash");
    return grpc::Status::OK;
  };
  ExpectNotOneLog(std::nullopt, "unproven: ", "gives no proof");
}

TEST_F(ClientTest, ProofThatDoesNotHoldIsUnprovenUntilOneDoes) {
  Sign(*producer_, Generated(evidence::RandomId()));
  SendAll(*producer_);
  ledger::testing::WasteBatch batch;
  ledger_.Admit(ledger_.signers.Generate(custody_->receiver, batch));
  between_->proof = [](v1::GetProofResponse& response) {
    if (response.path_size() > 0) (*response.mutable_path(0))[3] ^= 1;
    return grpc::Status::OK;
  };
  ExpectNotOneLog(std::nullopt, "unproven: ", "does not hold");
  between_->proof = nullptr;
  EXPECT_TRUE(producer_->client.Refresh().ok());
}

TEST_F(ClientTest, CheckpointOfAnotherKeyIsNotBelieved) {
  const evidence::PrivateKey other =
      evidence::PrivateKey::Generate(statement::v1::KEY_ALGORITHM_ED25519).value();
  between_->checkpoint = [&](v1::GetCheckpointResponse& response) {
    response.set_checkpoint(
        evidence::SignCheckpoint({kOrigin, 9, evidence::Sha256("x")}, other).value());
    return grpc::Status::OK;
  };
  EXPECT_TRUE(absl::IsDataLoss(producer_->client.Refresh().status()));
  EXPECT_FALSE(producer_->home.ReadSeen()->has_value());
}

TEST_F(ClientTest, RefusedStatementIsSetAsideWithItsReasons) {
  Statement asked = Generated(evidence::RandomId());
  asked.mutable_batch_generated()->set_site(evidence::RandomId());  // not the producer's
  const Pending pending = Sign(*producer_, asked);
  const auto outcomes = producer_->client.SendOutbox().value();
  ASSERT_EQ(outcomes.size(), 1u);
  EXPECT_EQ(outcomes[0].kind, Outcome::Kind::kRefused);
  ASSERT_FALSE(outcomes[0].violations.empty());
  EXPECT_FALSE(outcomes[0].violations[0].message_zh().empty());
  EXPECT_TRUE(producer_->home.ReadOutbox()->empty());
  const fs::path reasons =
      producer_->home.path() / "refused" / (evidence::Hex(pending.parsed.hash) + ".json");
  EXPECT_NE(ReadFile(reasons)->find(outcomes[0].violations[0].rule()), std::string::npos);
}

TEST_F(ClientTest, WhatRestsOnARefusedStatementIsSetAsideAndTheNextIsPreparedAnew) {
  auto offline = Device("offline", custody_->producer, /*online=*/false);
  const std::string batch = evidence::RandomId();
  Statement elsewhere = Generated(batch);
  elsewhere.mutable_batch_generated()->set_site(evidence::RandomId());  // not the producer's
  const Pending generated = Sign(*offline, elsewhere);
  const Pending stored = Sign(*offline, Stored(batch));
  Client online(offline->home, connection_.get(), clock_);
  const auto outcomes = online.SendOutbox().value();
  ASSERT_EQ(outcomes.size(), 2u);
  for (const Outcome& outcome : outcomes) {
    if (outcome.statement_hash == generated.parsed.hash) {
      EXPECT_EQ(outcome.kind, Outcome::Kind::kRefused);
      continue;
    }
    EXPECT_EQ(outcome.kind, Outcome::Kind::kSetAside) << ReasonsJson(outcome);
    EXPECT_EQ(outcome.rests_on, generated.parsed.hash);
    EXPECT_FALSE(outcome.rests_on_rule.empty());
  }
  EXPECT_TRUE(offline->home.ReadOutbox()->empty());
  EXPECT_EQ(offline->home.ReadRefused()->size(), 2u);
  // Put back alone, it is set aside again, with the same reason.
  ASSERT_EQ(
      offline->home.Retry(offline->home.Lock().value(), evidence::AsBytes(stored.parsed.hash)),
      absl::OkStatus());
  const auto again = online.SendOutbox().value();
  ASSERT_EQ(again.size(), 1u);
  EXPECT_EQ(again[0].kind, Outcome::Kind::kSetAside) << ReasonsJson(again[0]);
  EXPECT_EQ(again[0].rests_on, generated.parsed.hash);
  // The batch is generated as it should have been, and goes on.
  Sign(*offline, Generated(batch));
  Sign(*offline, Stored(batch));
  EXPECT_EQ(online.SendOutbox()->size(), 2u);
  EXPECT_TRUE(offline->home.ReadOutbox()->empty());
  EXPECT_EQ(offline->home.ReadRefused()->size(), 2u);
}

TEST_F(ClientTest, StatementWithoutItsPredecessorWaits) {
  auto offline = Device("offline", custody_->producer, /*online=*/false);
  const std::string batch = evidence::RandomId();
  Sign(*offline, Generated(batch));
  const Pending stored = Sign(*offline, Stored(batch));
  ASSERT_EQ(producer_->client.TakeIn(stored.signed_statement, /*enqueue=*/true).status(),
            absl::OkStatus());
  const auto outcomes = producer_->client.SendOutbox().value();
  ASSERT_EQ(outcomes.size(), 1u);
  EXPECT_EQ(outcomes[0].kind, Outcome::Kind::kWaiting);
  ASSERT_TRUE(outcomes[0].missing_predecessor.has_value());
  EXPECT_EQ(outcomes[0].missing_predecessor->chain(), "batch:" + batch);
  EXPECT_EQ(producer_->home.ReadOutbox()->size(), 1u);
}

TEST_F(ClientTest, BackpressureIsTriedAgainAndThenLeftInTheOutbox) {
  Sign(*producer_, Generated(evidence::RandomId()));
  int failures = 1;
  between_->submit = [&](v1::SubmitResponse&) {
    return failures-- > 0 ? grpc::Status(grpc::StatusCode::RESOURCE_EXHAUSTED, "busy")
                          : grpc::Status::OK;
  };
  EXPECT_EQ(SendAll(*producer_).size(), 1u);
  EXPECT_EQ(between_->submits.load(), 2);

  Sign(*producer_, Generated(evidence::RandomId()));
  failures = 100;
  EXPECT_TRUE(absl::IsResourceExhausted(producer_->client.SendOutbox().status()));
  EXPECT_EQ(producer_->home.ReadOutbox()->size(), 1u);
}

// Issue, pickup, delivery and confirmation with no server between preparing and submitting.
TEST_F(ClientTest, TwoDevicesHandOverByAFileWithNoNetwork) {
  auto consignor = Device("consignor", custody_->producer, /*online=*/false);
  auto carrier = Device("carrier", custody_->carrier, /*online=*/false);
  const std::string batch = evidence::RandomId();
  const std::string manifest = evidence::RandomId();
  Sign(*consignor, Generated(batch));

  Statement issue;
  AddParty(issue, custody_->producer.device.organisation, statement::v1::CAPACITY_CONSIGNOR);
  statement::v1::ManifestIssued& issued = *issue.mutable_manifest_issued();
  issued.set_manifest(manifest);
  issued.set_consignor_site(custody_->producer.site);
  const BatchFacts facts = FindBatchFacts(consignor->home, batch).value().value();
  EXPECT_TRUE(facts.ahead);
  statement::v1::ManifestLine& line = *issued.add_lines();
  line.set_batch(batch);
  line.set_waste_code(facts.waste_code);
  line.set_sent_mass_g(facts.mass_g);
  line.set_packaging(statement::v1::PACKAGING_DRUM);
  line.set_package_count(2);
  line.set_method_code("D10");
  issued.add_carriers()->set_organisation(custody_->carrier.device.organisation);
  issued.mutable_carriers(0)->set_vehicle(custody_->vehicle);
  issued.set_receiver(custody_->receiver.device.organisation);
  issued.set_receiver_site(custody_->receiver.site);
  issued.set_total_sent_mass_g(facts.mass_g);
  const Pending issue_signed = Sign(*consignor, issue);

  Statement take;
  AddParty(take, custody_->producer.device.organisation, statement::v1::CAPACITY_CONSIGNOR);
  AddParty(take, custody_->carrier.device.organisation, statement::v1::CAPACITY_CARRIER);
  take.mutable_load_taken()->set_manifest(manifest);
  take.mutable_load_taken()->set_vehicle(custody_->vehicle);
  take.mutable_load_taken()->set_taken_time_ms(kStartMs);
  const Pending half = Sign(*consignor, take);
  EXPECT_FALSE(half.complete());
  EXPECT_EQ(MissingParties(half.parsed, half.signed_statement).value(), std::vector<uint32_t>{1});

  const Pending whole =
      carrier->client.Attest(half.parsed, half.signed_statement.attestations).value();
  EXPECT_TRUE(whole.complete());
  ASSERT_TRUE(carrier->client.TakeIn(issue_signed.signed_statement, /*enqueue=*/true).ok());
  const ManifestFacts on_the_road = FindManifestFacts(carrier->home, manifest).value().value();
  EXPECT_TRUE(on_the_road.taken);
  EXPECT_EQ(on_the_road.issued.receiver(), custody_->receiver.device.organisation);

  // The consignor sends what it has; the carrier sends the pickup; the consignor then finds its
  // receipt without having had the carrier's attestation.
  Client consignor_online(consignor->home, connection_.get(), clock_);
  Client carrier_online(carrier->home, connection_.get(), clock_);
  const auto by_consignor = consignor_online.SendOutbox().value();
  for (const Outcome& outcome : by_consignor) {
    const bool pickup = outcome.statement_hash == half.parsed.hash;
    EXPECT_EQ(outcome.kind, pickup ? Outcome::Kind::kWaiting : Outcome::Kind::kAdmitted)
        << ReasonsJson(outcome);
  }
  const auto by_carrier = carrier_online.SendOutbox().value();
  for (const Outcome& outcome : by_carrier) {
    EXPECT_EQ(outcome.kind, Outcome::Kind::kAdmitted) << ReasonsJson(outcome);
  }
  const auto found = consignor_online.SendOutbox().value();
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].kind, Outcome::Kind::kAdmitted);
  EXPECT_TRUE(consignor->home.ReadOutbox()->empty());
}

TEST_F(ClientTest, AttestationInThisDevicesNameThatItDidNotMakeIsReplacedByItsOwn) {
  auto carrier = Device("carrier", custody_->carrier, /*online=*/false);
  const auto prepared = producer_->client.Prepare(Generated(evidence::RandomId())).value();
  // Signed by another key, in the name of the producer's.
  MemoryCounter counter;
  auto forged =
      AttestAs(prepared, 0, custody_->producer.device.key, "", std::nullopt, counter).value();
  forged.signature[10] ^= 1;
  const Pending pending = producer_->client.Attest(prepared, {forged}).value();
  ASSERT_EQ(pending.signed_statement.attestations.size(), 1u);
  EXPECT_NE(pending.signed_statement.attestations[0], forged);
  ASSERT_TRUE(producer_->client.TakeIn({{forged}, prepared.bytes}, /*enqueue=*/true).ok());
  SendAll(*producer_);
}

TEST_F(ClientTest, RefusedStatementIsSentAgainWhenItsReasonIsGone) {
  ledger::testing::Signers& signers = ledger_.signers;
  ledger::testing::Device late = signers.NewDevice(custody_->producer.device.organisation);
  DeviceAtWork device(directory_.path() / "late", late, log_, connection_.get(), clock_);
  const Pending pending = Sign(device, Generated(evidence::RandomId()));
  ASSERT_EQ(device.client.SendOutbox()->at(0).kind, Outcome::Kind::kRefused);
  ASSERT_EQ(device.home.ReadRefused()->size(), 1u);
  ledger_.Admit(signers.Enrol(late));
  const std::string hash(evidence::AsBytes(pending.parsed.hash));
  ASSERT_EQ(device.home.Retry(device.home.Lock().value(), hash), absl::OkStatus());
  EXPECT_TRUE(device.home.ReadRefused()->empty());
  SendAll(device);
  EXPECT_TRUE(absl::IsNotFound(device.home.Retry(device.home.Lock().value(), hash)));
}

TEST_F(ClientTest, StrangerToAStatementDoesNotAttestIt) {
  auto receiver = Device("receiver", custody_->receiver);
  const Pending pending = Sign(*producer_, Generated(evidence::RandomId()));
  EXPECT_TRUE(absl::IsNotFound(receiver->client.Attest(pending.parsed).status()));
}

TEST_F(ClientTest, StatementOfAnotherLogIsNotAttested) {
  Statement other = Generated(evidence::RandomId());
  const auto parsed = Compose(other, "log.example.org/another", kStartMs, HeadTable()).value();
  EXPECT_TRUE(absl::IsFailedPrecondition(producer_->client.Attest(parsed).status()));
}

}  // namespace
}  // namespace cradle::sdk
