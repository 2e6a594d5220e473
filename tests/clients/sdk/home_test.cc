// What a device keeps survives a crash, and never signs with one number twice.
#include "clients/sdk/home.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <set>

#include "clients/sdk/client.h"
#include "clients/sdk/clock.h"
#include "clients/sdk/compose.h"
#include "clients/sdk/files.h"
#include "storage/evidence/signed_statement_file.h"
#include "tests/clients/sdk/temporary_directory.h"

namespace cradle::sdk {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kNow_ms = 1'772'325'000'000;

evidence::PrivateKey NewKey(statement::v1::KeyAlgorithm algorithm) {
  return evidence::PrivateKey::Generate(algorithm).value();
}

class HomeTest : public ::testing::Test {
 protected:
  HomeTest() : home_(Home::Open(directory_.path() / "home").value()) {}

  fs::path path() const { return home_.path(); }

  // A home that can sign: a key, a log to trust, an organisation.
  void MakeReady() {
    const HomeLock lock = home_.Lock().value();
    ASSERT_EQ(home_.CreateKey(lock, key_, person_), absl::OkStatus());
    Identity identity = home_.ReadIdentity().value();
    identity.log_vkey =
        evidence::NoteVerifier::Create("log.example.org/t", log_key_.public_key()).value().ToText();
    identity.log_origin = "log.example.org/t";
    identity.organisation = organisation_;
    ASSERT_EQ(home_.WriteIdentity(lock, identity), absl::OkStatus());
  }

  statement::v1::Statement Generated() const {
    statement::v1::Statement asked;
    statement::v1::Party& party = *asked.add_parties();
    party.set_organisation(organisation_);
    party.set_capacity(statement::v1::CAPACITY_ORGANISATION);
    statement::v1::BatchGenerated& generated = *asked.mutable_batch_generated();
    generated.set_batch(evidence::RandomId());
    generated.set_site(evidence::RandomId());
    generated.set_waste_code("900-214-08");
    generated.set_generated_mass_g(1'200'000);
    generated.mutable_mass_basis()->set_method(statement::v1::MASS_METHOD_DECLARED);
    generated.set_form(statement::v1::PHYSICAL_FORM_LIQUID);
    generated.set_generated_time_ms(kNow_ms);
    return asked;
  }

  Pending Sign() {
    Client client(home_, nullptr, clock_);
    return client.Attest(client.Prepare(Generated()).value()).value();
  }

  static uint64_t SeqOf(const Pending& pending) {
    return evidence::ParseAttestation(pending.signed_statement.attestations.at(0).attestation)
        .value()
        .seq();
  }

  TemporaryDirectory directory_;
  Home home_;
  FixedClock clock_{kNow_ms};
  const evidence::PrivateKey key_ = NewKey(statement::v1::KEY_ALGORITHM_ECDSA_P256);
  const evidence::PrivateKey log_key_ = NewKey(statement::v1::KEY_ALGORITHM_ED25519);
  const std::string person_ = evidence::RandomId();
  const std::string organisation_ = evidence::RandomId();
};

TEST_F(HomeTest, IsForItsOwnerAlone) {
  MakeReady();
  struct stat there{};
  ASSERT_EQ(stat(path().c_str(), &there), 0);
  EXPECT_EQ(there.st_mode & 0777, 0700u);
  ASSERT_EQ(stat((path() / "key.pem").c_str(), &there), 0);
  EXPECT_EQ(there.st_mode & 0777, 0600u);

  ASSERT_EQ(chmod((path() / "key.pem").c_str(), 0644), 0);
  EXPECT_TRUE(absl::IsPermissionDenied(home_.ReadKey().status()));
  ASSERT_EQ(chmod(path().c_str(), 0755), 0);
  const absl::Status status = Home::Open(path()).status();
  EXPECT_TRUE(absl::IsPermissionDenied(status));
  EXPECT_TRUE(IsLocal(status));
}

TEST_F(HomeTest, KeepsWhatItWasTold) {
  MakeReady();
  const Home again = Home::Open(path()).value();
  EXPECT_EQ(again.ReadIdentity().value(), home_.ReadIdentity().value());
  EXPECT_EQ(again.ReadKey()->public_key().spki_der(), key_.public_key().spki_der());
  EXPECT_EQ(again.ReadIdentity()->key_id, evidence::Hex(key_.public_key().id()));
}

TEST_F(HomeTest, TakesOneKeyOnly) {
  MakeReady();
  const HomeLock lock = home_.Lock().value();
  EXPECT_TRUE(absl::IsAlreadyExists(home_.CreateKey(lock, key_, person_)));
}

TEST_F(HomeTest, WithoutAKeySaysHowToMakeOne) {
  const absl::Status status = home_.ReadKey().status();
  EXPECT_TRUE(absl::IsNotFound(status));
  EXPECT_NE(std::string(status.message()).find("cradle key new"), std::string::npos);
}

TEST_F(HomeTest, CountsEachSignatureFromOne) {
  MakeReady();
  EXPECT_EQ(SeqOf(Sign()), 1u);
  EXPECT_EQ(SeqOf(Sign()), 2u);
  home_ = Home::Open(path()).value();
  EXPECT_EQ(SeqOf(Sign()), 3u);
}

TEST_F(HomeTest, LostCounterIsRefusedAndNotStartedOver) {
  MakeReady();
  Sign();
  fs::remove(path() / "seq");
  Client client(home_, nullptr, clock_);
  const auto prepared = client.Prepare(Generated()).value();
  const absl::Status status = client.Attest(prepared).status();
  EXPECT_TRUE(absl::IsDataLoss(status));
  EXPECT_TRUE(IsLocal(status));
  std::ofstream(path() / "seq") << "12 apples\n";
  EXPECT_TRUE(absl::IsDataLoss(client.Attest(prepared).status()));
}

TEST_F(HomeTest, NumberOfASignatureThatCouldNotBeKeptIsNotUsedAgain) {
  MakeReady();
  std::ofstream(path() / "outbox") << "a file where the directory should be";
  Client client(home_, nullptr, clock_);
  EXPECT_FALSE(client.Attest(client.Prepare(Generated()).value()).ok());
  fs::remove(path() / "outbox");
  EXPECT_EQ(SeqOf(Sign()), 2u);
}

TEST_F(HomeTest, RaisedCounterIsNeverLowered) {
  MakeReady();
  const HomeLock lock = home_.Lock().value();
  EXPECT_EQ(home_.RaiseSeq(lock, 41), absl::OkStatus());
  EXPECT_EQ(home_.RaiseSeq(lock, 7), absl::OkStatus());
  EXPECT_EQ(home_.NextSeq(lock).value(), 42u);
}

TEST_F(HomeTest, KilledWhileSigningRepeatsNoNumberAndLosesNoStatement) {
  MakeReady();
  for (const int signatures_before_kill : {1, 3, 8}) {
    int ends[2];
    ASSERT_EQ(pipe(ends), 0);
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      while (true) {
        const uint64_t seq = SeqOf(Sign());
        if (write(ends[1], &seq, sizeof seq) != sizeof seq) _exit(1);
      }
    }
    close(ends[1]);
    std::set<uint64_t> told;
    for (int i = 0; i < signatures_before_kill; ++i) {
      uint64_t seq = 0;
      ASSERT_EQ(read(ends[0], &seq, sizeof seq), static_cast<ssize_t>(sizeof seq));
      told.insert(seq);
    }
    kill(child, SIGKILL);
    int status = 0;
    waitpid(child, &status, 0);
    close(ends[0]);

    Home reopened = Home::Open(path()).value();
    const std::vector<Pending> outbox = reopened.ReadOutbox().value();
    std::set<uint64_t> kept;
    for (const Pending& pending : outbox) kept.insert(SeqOf(pending));
    EXPECT_EQ(kept.size(), outbox.size()) << "a number was used twice";
    for (const uint64_t seq : told) EXPECT_TRUE(kept.contains(seq)) << "lost number " << seq;
    EXPECT_GE(reopened.LastSeq().value(), *kept.rbegin());
  }
}

TEST_F(HomeTest, OneProcessSignsAtATime) {
  MakeReady();
  Home other = Home::Open(path()).value();
  {
    const HomeLock held = home_.Lock().value();
    const absl::Status status = other.Lock(std::chrono::milliseconds(0)).status();
    EXPECT_TRUE(absl::IsUnavailable(status));
    EXPECT_TRUE(IsLocal(status));
  }
  EXPECT_TRUE(other.Lock(std::chrono::milliseconds(0)).ok());
}

TEST_F(HomeTest, OutboxHoldsTheSameBytesUntilReceipted) {
  MakeReady();
  const Pending pending = Sign();
  const std::vector<Pending> first = home_.ReadOutbox().value();
  ASSERT_EQ(first.size(), 1u);
  EXPECT_TRUE(first[0].complete());
  EXPECT_EQ(first[0].signed_statement, pending.signed_statement);
  EXPECT_EQ(Home::Open(path())->ReadOutbox()->at(0).signed_statement, pending.signed_statement);

  const HomeLock lock = home_.Lock().value();
  ASSERT_EQ(home_.Receipted(lock, pending.parsed, "the receipt"), absl::OkStatus());
  EXPECT_TRUE(home_.ReadOutbox()->empty());
  EXPECT_EQ(home_.FindReceipt(evidence::AsBytes(pending.parsed.hash)).value(), "the receipt");
}

TEST_F(HomeTest, AttestingAgainGivesTheSameAttestation) {
  MakeReady();
  const Pending pending = Sign();
  Client client(home_, nullptr, clock_);
  const Pending again = client.Attest(pending.parsed).value();
  EXPECT_EQ(again.signed_statement, pending.signed_statement);
  EXPECT_EQ(home_.LastSeq().value(), 1u);
}

TEST_F(HomeTest, HalfWrittenFileOfACrashIsNoStatement) {
  MakeReady();
  Sign();
  std::ofstream(path() / "outbox" / "deadbeef.statement.new") << "cradle-statement/v1\nstatem";
  EXPECT_EQ(home_.ReadOutbox()->size(), 1u);
}

TEST_F(HomeTest, DamagedStatementIsNamed) {
  MakeReady();
  const Pending pending = Sign();
  const fs::path file = path() / "outbox" / (evidence::Hex(pending.parsed.hash) + ".statement");
  std::ofstream(file) << "not a statement";
  const absl::Status status = home_.ReadOutbox().status();
  EXPECT_TRUE(IsLocal(status));
  EXPECT_NE(std::string(status.message()).find(file.string()), std::string::npos);
}

TEST_F(HomeTest, StatementUnderAnotherNameIsNotBelieved) {
  MakeReady();
  Sign();
  const Pending other = Sign();
  for (const auto& file : fs::directory_iterator(path() / "outbox")) {
    std::ofstream(file.path())
        << evidence::EncodeSignedStatementFile(other.signed_statement).value();
  }
  EXPECT_TRUE(absl::IsDataLoss(home_.ReadOutbox().status()));
}

TEST_F(HomeTest, RefusedStatementIsKeptAsideAndItsChainsGoBack) {
  MakeReady();
  const Pending generated = Sign();
  const std::string chain = "batch:" + generated.parsed.message.batch_generated().batch();
  ASSERT_TRUE(home_.heads().Find(chain)->has_value());
  const HomeLock lock = home_.Lock().value();
  const auto with_it = home_.Refused(lock, {{generated.parsed, "RULE", "{}"}});
  ASSERT_EQ(with_it.status(), absl::OkStatus());
  EXPECT_TRUE(with_it->empty());
  EXPECT_TRUE(home_.ReadOutbox()->empty());
  EXPECT_FALSE(home_.heads().Find(chain)->has_value());
  const std::string hash = evidence::Hex(generated.parsed.hash);
  EXPECT_TRUE(fs::exists(path() / "refused" / (hash + ".statement")));
  EXPECT_TRUE(fs::exists(path() / "refused" / (hash + ".json")));
}

// Of a batch generated, stored and stored again, signed one after the other.
class RefusedChainTest : public HomeTest {
 protected:
  void SetUp() override {
    MakeReady();
    first_ = std::make_unique<Pending>(Sign());
    batch_ = first_->parsed.message.batch_generated().batch();
    second_ = std::make_unique<Pending>(SignStored());
    third_ = std::make_unique<Pending>(SignStored());
  }

  Pending SignStored() {
    Client client(home_, nullptr, clock_);
    return client.Attest(client.Prepare(Stored()).value()).value();
  }

  statement::v1::Statement Stored() const {
    statement::v1::Statement asked;
    AddParty(asked, organisation_, statement::v1::CAPACITY_ORGANISATION);
    statement::v1::BatchStored& stored = *asked.mutable_batch_stored();
    stored.set_batch(batch_);
    stored.set_facility(facility_);
    stored.set_stored_mass_g(1'200'000);
    stored.set_stored_time_ms(kNow_ms);
    return asked;
  }

  std::optional<ChainHead> Head() { return home_.heads().Find("batch:" + batch_).value(); }

  std::vector<RestsOn> Refuse(const Pending& pending) {
    return home_.Refused(home_.Lock().value(), {{pending.parsed, "SITE-KNOWN", "{}"}}).value();
  }

  const std::string facility_ = evidence::RandomId();
  std::string batch_;
  std::unique_ptr<Pending> first_, second_, third_;
};

TEST_F(RefusedChainTest, WhatRestsOnARefusedStatementIsSetAsideWithIt) {
  const Pending apart = Sign();
  const std::vector<RestsOn> with_it = Refuse(*first_);
  ASSERT_EQ(with_it.size(), 2u);
  for (const RestsOn& resting : with_it) {
    EXPECT_EQ(resting.refused, first_->parsed.hash);
    EXPECT_EQ(resting.rule, "SITE-KNOWN");
    const std::string why =
        ReadFile(path() / "refused" / (evidence::Hex(resting.statement_hash) + ".json")).value();
    EXPECT_NE(why.find(evidence::Hex(first_->parsed.hash)), std::string::npos) << why;
    EXPECT_NE(why.find("SITE-KNOWN"), std::string::npos) << why;
  }
  EXPECT_FALSE(Head().has_value());
  EXPECT_EQ(home_.ReadRefused()->size(), 3u);
  // What rests on something else stays where it is.
  ASSERT_EQ(home_.ReadOutbox()->size(), 1u);
  EXPECT_EQ(home_.ReadOutbox()->at(0).parsed.hash, apart.parsed.hash);
  Client client(home_, nullptr, clock_);
  EXPECT_TRUE(absl::IsNotFound(client.Prepare(Stored()).status()));
}

TEST_F(RefusedChainTest, ChainGoesBackToOneThatStillWaitsAndIsNotCalledAdmitted) {
  ASSERT_EQ(Refuse(*second_).size(), 1u);
  ASSERT_TRUE(Head().has_value());
  EXPECT_EQ(Head()->statement_hash, evidence::AsBytes(first_->parsed.hash));
  EXPECT_FALSE(Head()->admitted);
  EXPECT_EQ(SignStored().parsed.message.links(0).height(), 1u);
}

TEST_F(RefusedChainTest, ChainGoesBackToOneThatIsAdmitted) {
  ASSERT_EQ(home_.Receipted(home_.Lock().value(), first_->parsed, "receipt"), absl::OkStatus());
  ASSERT_EQ(Refuse(*second_).size(), 1u);
  ASSERT_TRUE(Head().has_value());
  EXPECT_EQ(Head()->statement_hash, evidence::AsBytes(first_->parsed.hash));
  EXPECT_TRUE(Head()->admitted);
}

TEST_F(RefusedChainTest, ChainOfWhichOnlyTheServerKnowsTheRestIsForgotten) {
  // As if another device had begun the batch, and the link had come from the server.
  fs::remove(path() / "statements" / (evidence::Hex(first_->parsed.hash) + ".statement"));
  fs::remove(path() / "outbox" / (evidence::Hex(first_->parsed.hash) + ".statement"));
  Refuse(*second_);
  EXPECT_FALSE(Head().has_value());
}

TEST_F(RefusedChainTest, WhatWasTakenInAndRestsOnItIsNoHeadEither) {
  // The third came from another device, which sends it.
  fs::remove(path() / "outbox" / (evidence::Hex(third_->parsed.hash) + ".statement"));
  ASSERT_EQ(Refuse(*second_).size(), 0u);
  EXPECT_EQ(Head()->statement_hash, evidence::AsBytes(first_->parsed.hash));
  EXPECT_TRUE(home_.FindStatement(evidence::AsBytes(third_->parsed.hash))->has_value());
}

TEST_F(RefusedChainTest, WhatComesIntoTheOutboxAfterwardsIsSetAsideToo) {
  Refuse(*first_);
  const HomeLock lock = home_.Lock().value();
  ASSERT_EQ(home_.Retry(lock, evidence::AsBytes(third_->parsed.hash)), absl::OkStatus());
  const auto resting = home_.SetAsideResting(lock, {third_->parsed}).value();
  ASSERT_EQ(resting.size(), 1u);
  EXPECT_EQ(resting[0].refused, first_->parsed.hash);
  EXPECT_TRUE(home_.ReadOutbox()->empty());
  EXPECT_FALSE(Head().has_value());
}

TEST_F(RefusedChainTest, WhatWaitsForSomethingUnknownGoesOnWaiting) {
  const HomeLock lock = home_.Lock().value();
  EXPECT_TRUE(home_.SetAsideResting(lock, {third_->parsed})->empty());
  EXPECT_EQ(home_.ReadOutbox()->size(), 3u);
}

// Dying between any two steps leaves the refused statement in the outbox, which is sent again.
TEST_F(RefusedChainTest, InterruptedSettingAsideIsEndedByTheNext) {
  // The steps after the files in refused/ are kept from being done.
  fs::create_directory(path() / "heads" / ("batch:" + batch_ + ".new"));
  EXPECT_FALSE(home_.Refused(home_.Lock().value(), {{second_->parsed, "RULE", "{}"}}).ok());
  fs::remove(path() / "heads" / ("batch:" + batch_ + ".new"));
  EXPECT_EQ(home_.ReadOutbox()->size(), 3u);
  // And once more with the one that rests on it gone from the outbox already.
  fs::remove(path() / "outbox" / (evidence::Hex(third_->parsed.hash) + ".statement"));
  Refuse(*second_);
  EXPECT_EQ(home_.ReadOutbox()->size(), 1u);
  EXPECT_EQ(home_.ReadRefused()->size(), 2u);
  EXPECT_EQ(Head()->statement_hash, evidence::AsBytes(first_->parsed.hash));
}

TEST_F(HomeTest, NamesAreKeptAndChecked) {
  const HomeLock lock = home_.Lock().value();
  EXPECT_EQ(home_.SetAlias(lock, "oil1", person_), absl::OkStatus());
  EXPECT_EQ(home_.SetAlias(lock, "废油-1", organisation_), absl::OkStatus());
  EXPECT_EQ(home_.ReadAliases()->at("oil1"), person_);
  EXPECT_EQ(home_.ReadAliases()->at("废油-1"), organisation_);
  EXPECT_FALSE(home_.SetAlias(lock, "two words", person_).ok());
  EXPECT_FALSE(home_.SetAlias(lock, "", person_).ok());
  EXPECT_FALSE(home_.SetAlias(lock, "x", "not an id").ok());
}

TEST_F(HomeTest, FileIsReplacedAsAWholeOrNotAtAll) {
  const fs::path file = directory_.path() / "file";
  ASSERT_EQ(WriteFileAtomically(file, "old"), absl::OkStatus());
  fs::create_directory(file.string() + ".new");  // in the way of the next write
  const absl::Status status = WriteFileAtomically(file, "new");
  EXPECT_TRUE(IsLocal(status));
  EXPECT_EQ(ReadFile(file).value(), "old");
}

TEST_F(HomeTest, PublicKeyFileIsReadBackAndByOpenSsl) {
  const std::string file = EncodePublicKeyFile({key_.public_key(), person_, organisation_});
  const PublicKeyFile read = ParsePublicKeyFile(file).value();
  EXPECT_EQ(read.key.spki_der(), key_.public_key().spki_der());
  EXPECT_EQ(read.person, person_);
  EXPECT_EQ(read.organisation, organisation_);
  const fs::path path = directory_.path() / "key.pub";
  std::ofstream(path) << file;
  EXPECT_EQ(system(("openssl pkey -pubin -noout -in " + path.string()).c_str()), 0);
}

TEST_F(HomeTest, PublicKeyFileWithAnotherKeyUnderItsIdIsRefused) {
  const evidence::PrivateKey other = NewKey(statement::v1::KEY_ALGORITHM_ECDSA_P256);
  std::string file = EncodePublicKeyFile({key_.public_key(), person_, ""});
  const std::string id = evidence::Hex(key_.public_key().id());
  file.replace(file.find(id), id.size(), evidence::Hex(other.public_key().id()));
  EXPECT_FALSE(ParsePublicKeyFile(file).ok());
  EXPECT_FALSE(ParsePublicKeyFile("person: x").ok());
}

}  // namespace
}  // namespace cradle::sdk
