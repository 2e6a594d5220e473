// The program offline: homes, keys, statement files between two devices, receipts, exit codes.
#include "tests/clients/cli/program.h"

#include <sys/stat.h>

#include "services/audit/core/verify_chain.h"
#include "storage/evidence/entry.h"
#include "storage/evidence/hash.h"
#include "storage/evidence/key.h"
#include "storage/evidence/note.h"
#include "storage/evidence/receipt.h"
#include "storage/evidence/signed_statement_file.h"
#include "tests/services/audit/log_fixture.h"

namespace cradle::cli {
namespace {

constexpr char kNoServer[] = "127.0.0.1:1";
constexpr char kOrigin[] = "log.example.org/t";

class ProgramTest : public ::testing::Test {
 protected:
  // A home with a key that trusts the log and signs for an organisation of its own.
  std::string MakeReady(const std::string& home) {
    EXPECT_EQ(program_.Run(home, {"key", "new"}).exit, 0);
    const std::string organisation = evidence::RandomId();
    const Ran ran =
        program_.Run(home, {"init", "--server", kNoServer, "--vkey", vkey_, "--org", organisation});
    EXPECT_EQ(ran.exit, 0) << ran.err;
    return organisation;
  }

  Ran Generate(const std::string& home, const std::vector<std::string>& more = {}) {
    std::vector<std::string> arguments = {"batch",      "generate", "--site",    site_,    "--code",
                                          "900-214-08", "--mass",   "1.2t",      "--form", "liquid",
                                          "--alias",    "oil1",     "--offline", "--json"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return program_.Run(home, arguments);
  }

  const evidence::PrivateKey log_key_ =
      evidence::PrivateKey::Generate(statement::v1::KEY_ALGORITHM_ED25519).value();
  const std::string vkey_ =
      evidence::NoteVerifier::Create(kOrigin, log_key_.public_key())->ToText();
  const std::string site_ = evidence::RandomId();
  Program program_;
};

TEST_F(ProgramTest, KeyIsMadeOnceAndNeverShown) {
  const Ran made = program_.Run("home", {"key", "new", "--out", "key.pub"});
  ASSERT_EQ(made.exit, 0) << made.err;
  const std::string secret = program_.Read("home/key.pem");
  ASSERT_NE(secret.find("PRIVATE KEY"), std::string::npos);
  const std::string body = secret.substr(secret.find('\n') + 1, 60);
  const Ran shown = program_.Run("home", {"key", "show"});
  EXPECT_EQ(shown.out, made.out);
  EXPECT_EQ(program_.Read("key.pub"), made.out);
  for (const std::string& text : {made.out, made.err, shown.out, shown.err}) {
    EXPECT_EQ(text.find("PRIVATE"), std::string::npos);
    EXPECT_EQ(text.find(body), std::string::npos);
  }
  EXPECT_EQ(program_.Run("home", {"key", "new"}).exit, 6);
}

TEST_F(ProgramTest, UsageIsExitTwoAndSaysWhat) {
  EXPECT_EQ(program_.Run("home", {}).exit, 2);
  EXPECT_EQ(program_.Run("home", {"batch"}).exit, 2);
  EXPECT_EQ(program_.Run("home", {"nonsense"}).exit, 2);
  EXPECT_EQ(program_.Run("home", {"batch", "generate", "--site", site_}).exit, 2);
  for (const std::vector<std::string>& wrong : std::vector<std::vector<std::string>>{
           {"--json"}, {"--json", "stock", "extra"}, {"trace", "--json"}, {"nonsense", "--json"}}) {
    const Ran refused = program_.Run("home", wrong);
    EXPECT_EQ(refused.exit, 2);
    EXPECT_EQ(refused.json()["error"]["exit"], 2) << refused.out << refused.err;
    EXPECT_EQ(refused.err, "");
  }
  EXPECT_EQ(program_.Run("home", {"--help", "--json"}).exit, 0);
  MakeReady("home");
  const Ran ran = Generate("home", {"--container", "barrel"});
  EXPECT_EQ(ran.exit, 2);
  EXPECT_NE(ran.json()["error"]["message"].get<std::string>().find("--container"),
            std::string::npos);
}

TEST_F(ProgramTest, HelpHasAnExampleForEveryCommandThatAsserts) {
  for (const std::vector<std::string>& command :
       std::vector<std::vector<std::string>>{{"found"},
                                             {"org", "register"},
                                             {"site", "register"},
                                             {"facility", "register"},
                                             {"vehicle", "register"},
                                             {"licence", "grant"},
                                             {"key", "enroll"},
                                             {"key", "revoke"},
                                             {"batch", "generate"},
                                             {"batch", "store"},
                                             {"batch", "treat"},
                                             {"batch", "declare"},
                                             {"manifest", "issue"},
                                             {"manifest", "take"},
                                             {"manifest", "confirm"},
                                             {"rules", "adopt"}}) {
    std::vector<std::string> arguments = command;
    arguments.push_back("--help");
    const Ran ran = program_.Run("home", arguments);
    EXPECT_EQ(ran.exit, 0);
    EXPECT_NE(ran.out.find("Example: cradle " + command[0]), std::string::npos) << ran.out;
  }
}

TEST_F(ProgramTest, HomeOpenToOthersIsExitSix) {
  MakeReady("home");
  ASSERT_EQ(chmod(program_.Path("home").c_str(), 0755), 0);
  const Ran ran = program_.Run("home", {"key", "show"});
  EXPECT_EQ(ran.exit, 6);
  EXPECT_NE(ran.err.find("chmod 700"), std::string::npos);
}

TEST_F(ProgramTest, SecondLogInOneHomeIsRefused) {
  MakeReady("home");
  const auto other = evidence::PrivateKey::Generate(statement::v1::KEY_ALGORITHM_ED25519).value();
  const std::string vkey =
      evidence::NoteVerifier::Create("log.example.org/other", other.public_key())->ToText();
  EXPECT_EQ(program_.Run("home", {"init", "--server", kNoServer, "--vkey", vkey}).exit, 1);
}

TEST_F(ProgramTest, ServerElsewhereIsRefusedWithoutTls) {
  const Ran ran = program_.Run("home", {"init", "--server", "192.0.2.7:7070", "--vkey", vkey_});
  EXPECT_EQ(ran.exit, 2);
  EXPECT_NE(ran.err.find("TLS"), std::string::npos);
}

TEST_F(ProgramTest, ServerOutOfReachIsExitThreeAndTheSignatureIsKept) {
  MakeReady("home");
  const Ran ran = program_.Run("home", {"batch", "generate", "--site", site_, "--code",
                                        "900-214-08", "--mass", "1.2t", "--form", "liquid"});
  EXPECT_EQ(ran.exit, 3);
  EXPECT_NE(ran.err.find("outbox"), std::string::npos) << ran.err;
  const Ran list = program_.Run("home", {"outbox", "list", "--json"});
  ASSERT_EQ(list.json().size(), 1u);
  EXPECT_EQ(list.json()[0]["event"], "batch_generated");
  EXPECT_EQ(program_.Run("home", {"outbox", "send"}).exit, 3);
  EXPECT_EQ(program_.Run("home", {"outbox", "list", "--json"}).json(), list.json());
}

TEST_F(ProgramTest, ChainGoesOnOfflineByItsShortName) {
  MakeReady("home");
  const Ran generated = Generate("home");
  ASSERT_EQ(generated.exit, 0) << generated.err;
  EXPECT_EQ(generated.json()["outcome"], "kept");
  const Ran stored =
      program_.Run("home", {"batch", "store", "@oil1", "--facility", evidence::RandomId(),
                            "--offline", "--out", "stored.statement"});
  ASSERT_EQ(stored.exit, 0) << stored.err;
  const auto file = evidence::ParseSignedStatementFile(program_.Read("stored.statement")).value();
  const auto statement = evidence::ParseStatement(file.statement).value().message;
  EXPECT_EQ(statement.batch_stored().stored_mass_g(), 1'200'000) << "the mass of the batch";
  EXPECT_EQ(statement.links(0).height(), 1u);
  EXPECT_EQ(evidence::Hex(statement.links(0).previous()), generated.json()["statement_hash"]);
}

TEST_F(ProgramTest, UnknownShortNameAndMalformedMassAreUsage) {
  MakeReady("home");
  EXPECT_EQ(
      program_.Run("home", {"batch", "store", "@nothing", "--facility", site_, "--offline"}).exit,
      2);
  for (const char* mass : {"1.2345kg", "12", "1,2t", "-1kg"}) {
    EXPECT_EQ(program_
                  .Run("home", {"batch", "generate", "--site", site_, "--code", "900-214-08",
                                "--mass=" + std::string(mass), "--form", "liquid", "--offline"})
                  .exit,
              2)
        << mass;
  }
  EXPECT_TRUE(program_.Run("home", {"outbox", "list", "--json"}).json().empty());
}

TEST_F(ProgramTest, DryRunSignsNothing) {
  MakeReady("home");
  const Ran ran = Generate("home", {"--dry-run"});
  EXPECT_EQ(ran.exit, 0);
  EXPECT_FALSE(ran.json()["rendering"].get<std::string>().empty());
  EXPECT_EQ(program_.Read("home/seq"), "0\n");
}

// The whole handover by files, between three homes, with no server anywhere.
TEST_F(ProgramTest, LoadIsHandedOverBetweenDevicesByFiles) {
  MakeReady("consignor");
  const std::string carrier = MakeReady("carrier");
  const std::string receiver = MakeReady("receiver");
  const std::string truck = evidence::RandomId();
  ASSERT_EQ(Generate("consignor").exit, 0);
  const Ran issued = program_.Run(
      "consignor", {"manifest", "issue", "--site", site_, "--line", "@oil1,method=D10,count=6",
                    "--carrier", carrier + ",vehicle=" + truck, "--receiver", receiver,
                    "--receiver-site", evidence::RandomId(), "--alias", "trip1", "--offline",
                    "--out", "issue.statement", "--json"});
  ASSERT_EQ(issued.exit, 0) << issued.out;
  const std::string manifest = issued.json()["manifest"];

  const Ran taken = program_.Run("consignor", {"manifest", "take", "@trip1", "--out",
                                               "load.statement", "--offline", "--json"});
  ASSERT_EQ(taken.exit, 0) << taken.out;
  EXPECT_EQ(taken.json()["outcome"], "waiting");
  EXPECT_EQ(taken.json()["missing_parties"], nlohmann::json({1}));

  // Nobody has read it where nobody can be asked.
  EXPECT_EQ(program_.Run("carrier", {"statement", "attest", "load.statement", "--offline"}).exit,
            2);
  // On the carrier's device: read it, in either language, and attest it.
  EXPECT_EQ(program_.Run("carrier", {"statement", "submit", "load.statement"}).exit, 1);
  const Ran shown = program_.Run("carrier", {"statement", "show", "load.statement"});
  EXPECT_NE(shown.out.find("has not attested"), std::string::npos);
  const Ran chinese =
      program_.Run("carrier", {"statement", "show", "load.statement", "--lang", "zh"});
  EXPECT_NE(chinese.out, shown.out);
  EXPECT_EQ(
      program_.Run("receiver", {"statement", "attest", "load.statement", "--yes", "--offline"})
          .exit,
      1)
      << "the receiver is no party of the pickup";
  const Ran attested = program_.Run(
      "carrier", {"statement", "attest", "load.statement", "--yes", "--offline", "--json"});
  ASSERT_EQ(attested.exit, 0) << attested.out;
  EXPECT_TRUE(attested.json()["complete"].get<bool>());

  // The carrier goes on from there to the receiver.
  ASSERT_EQ(program_.Run("carrier", {"statement", "keep", "issue.statement"}).exit, 0);
  const Ran delivered = program_.Run(
      "carrier", {"manifest", "deliver", manifest, "--out", "arrival.statement", "--offline"});
  ASSERT_EQ(delivered.exit, 0) << delivered.err;
  ASSERT_EQ(
      program_.Run("receiver", {"statement", "attest", "arrival.statement", "--yes", "--offline"})
          .exit,
      0);

  const auto file = evidence::ParseSignedStatementFile(program_.Read("arrival.statement")).value();
  ASSERT_EQ(file.attestations.size(), 2u);
  const auto load = evidence::ParseSignedStatementFile(program_.Read("load.statement")).value();
  const auto arrival = evidence::ParseStatement(file.statement).value().message;
  ASSERT_EQ(arrival.links_size(), 1);
  EXPECT_EQ(arrival.links(0).height(), 2u);
  const evidence::Hash load_hash = evidence::StatementHash(load.statement);
  EXPECT_EQ(arrival.links(0).previous(), evidence::AsBytes(load_hash));
  EXPECT_LT(program_.Read("load.statement").size(), 1'800u);
}

TEST_F(ProgramTest, StatementIsPreparedFromJson) {
  const std::string organisation = MakeReady("home");
  program_.Write("event.json", R"({"batch_generated": {"batch": ")" + evidence::RandomId() +
                                   R"(", "site": ")" + site_ +
                                   R"(", "waste_code": "900-214-08", "generated_mass_g": "5"}})");
  const Ran ran = program_.Run("home", {"statement", "prepare", "event.json", "--out",
                                        "g.statement", "--offline", "--json"});
  ASSERT_EQ(ran.exit, 0) << ran.out;
  EXPECT_EQ(ran.json()["parties"][0]["organisation"], organisation);
  EXPECT_FALSE(ran.json()["complete"].get<bool>());
  EXPECT_EQ(program_.Read("home/seq"), "0\n");
  EXPECT_EQ(program_.Run("home", {"statement", "attest", "g.statement", "--yes", "--offline"}).exit,
            0);
  program_.Write("event.json", R"({"batch_exploded": {}})");
  EXPECT_EQ(
      program_.Run("home", {"statement", "prepare", "event.json", "--out", "x", "--offline"}).exit,
      2);
}

// A receipt of the second entry of a log of two.
class ReceiptProgramTest : public ProgramTest {
 protected:
  void SetUp() override {
    MakeReady("home");
    ASSERT_EQ(Generate("home", {"--out", "g.statement"}).exit, 0);
    evidence::Entry entry;
    entry.recorded_time_ms = 1'772'325'060'000;
    entry.signed_statement =
        evidence::ParseSignedStatementFile(program_.Read("g.statement")).value();
    receipt_.entry = evidence::EncodeEntry(entry).value();
    const evidence::Hash founding = evidence::LeafHash("not looked at");
    receipt_.index = 1;
    receipt_.path = {founding};
    receipt_.checkpoint =
        evidence::SignCheckpoint(
            {kOrigin, 2, evidence::NodeHash(founding, evidence::LeafHash(receipt_.entry))},
            log_key_)
            .value();
    program_.Write("r.tlog-proof", evidence::EncodeReceipt(receipt_));
  }
  evidence::Receipt receipt_;
};

TEST_F(ReceiptProgramTest, IsVerifiedWithoutServerOrHomeAndSaysWhatItDoesNotProve) {
  const Ran ran = program_.Run("nobody", {"receipt", "verify", "r.tlog-proof", "--key", vkey_});
  ASSERT_EQ(ran.exit, 0) << ran.err;
  EXPECT_NE(ran.out.find("verified"), std::string::npos);
  EXPECT_NE(ran.out.find("2026-03-01T08:31:00+08:00"), std::string::npos) << ran.out;
  EXPECT_NE(ran.out.find("does not prove"), std::string::npos);
  const Ran json =
      program_.Run("nobody", {"receipt", "verify", "r.tlog-proof", "--key", vkey_, "--json"});
  EXPECT_EQ(json.json()["verdict"], "verified");
  EXPECT_FALSE(json.json()["attestations_proven"].get<bool>());
}

TEST_F(ReceiptProgramTest, ChangedEntryIsExitFour) {
  receipt_.entry[40] ^= 1;
  program_.Write("r.tlog-proof", evidence::EncodeReceipt(receipt_));
  const Ran ran = program_.Run("nobody", {"receipt", "verify", "r.tlog-proof", "--key", vkey_});
  EXPECT_EQ(ran.exit, 4);
  EXPECT_NE(ran.err.find("tampered"), std::string::npos) << ran.err;
}

TEST_F(ReceiptProgramTest, AnotherLogsKeyIsExitFive) {
  const auto other = evidence::PrivateKey::Generate(statement::v1::KEY_ALGORITHM_ED25519).value();
  const std::string vkey = evidence::NoteVerifier::Create(kOrigin, other.public_key())->ToText();
  const Ran ran = program_.Run("nobody", {"receipt", "verify", "r.tlog-proof", "--key", vkey});
  EXPECT_EQ(ran.exit, 5);
  EXPECT_NE(ran.err.find("unverifiable"), std::string::npos) << ran.err;
}

TEST_F(ReceiptProgramTest, MissingFileIsExitSix) {
  EXPECT_EQ(program_.Run("nobody", {"receipt", "verify", "none", "--key", vkey_}).exit, 6);
}

// Receipts of a log with enrolled enterprises, as files by the index of their entries.
class EnrolledReceiptProgramTest : public ProgramTest {
 protected:
  std::string Receipt(uint64_t index) const {
    const std::string name = std::to_string(index) + ".tlog-proof";
    program_.Write(name, log_.Receipt(index, log_.size()));
    return name;
  }
  // The entry that enrols the producer's key.
  uint64_t Enrolment() const {
    const std::string id(evidence::AsBytes(log_.custody->producer.device.key.public_key().id()));
    for (uint64_t i = 1; i < log_.size(); ++i) {
      const std::vector<std::string> enrolled = audit::EnrolledKeys(log_.entries[i]);
      if (!enrolled.empty() && enrolled[0] == id) return i;
    }
    ADD_FAILURE() << "the producer's key is not enrolled";
    return 0;
  }
  Ran Verify(uint64_t index, const std::vector<uint64_t>& enrolments, bool json = false) const {
    std::vector<std::string> arguments = {"receipt", "verify", Receipt(index), "--key",
                                          log_.verifier.ToText()};
    for (const uint64_t enrolment : enrolments) {
      arguments.insert(arguments.end(), {"--enrolment", Receipt(enrolment)});
    }
    if (json) arguments.push_back("--json");
    return program_.Run("nobody", arguments);
  }

  audit::testing::LogFixture log_;
};

TEST_F(EnrolledReceiptProgramTest, EnrolmentsProveWhoAttestedAndTheRestIsSaid) {
  ledger::testing::WasteBatch batch;
  const uint64_t index = log_.Append(log_.signers.Generate(log_.custody->producer, batch));
  const Ran one = Verify(index, {Enrolment()});
  ASSERT_EQ(one.exit, 0) << one.err;
  EXPECT_NE(one.out.find("enrolled before, for the\norganisation of its party"), std::string::npos)
      << one.out;
  EXPECT_NE(one.out.find("1 attestations in them need further"), std::string::npos) << one.out;
  EXPECT_NE(one.out.find("that a key was not revoked before"), std::string::npos) << one.out;
  const Ran all = Verify(index, {Enrolment(), 0});
  EXPECT_EQ(all.out.find("need further"), std::string::npos) << all.out;
  EXPECT_TRUE(Verify(index, {Enrolment()}, /*json=*/true).json()["attestations_proven"]);
}

TEST_F(EnrolledReceiptProgramTest, EnrolmentSignedByItsOwnNewKeyIsExitFour) {
  const uint64_t index = Enrolment();
  const evidence::PrivateKey& key = log_.custody->producer.device.key;
  log_.Edit(index, [&key](evidence::Entry& entry) {
    evidence::SignedAttestation& attestation = entry.signed_statement.attestations[0];
    statement::v1::Attestation message =
        evidence::ParseAttestation(attestation.attestation).value();
    message.set_key_id(std::string(evidence::AsBytes(key.public_key().id())));
    attestation = evidence::Attest(message, key).value();
  });
  const Ran ran = Verify(index, {});
  EXPECT_EQ(ran.exit, 4) << ran.out;
  EXPECT_NE(ran.err.find("tampered"), std::string::npos) << ran.err;
}

TEST_F(ProgramTest, LedgerIsImportedOfflineOnceHoweverOften) {
  MakeReady("home");
  program_.Write("b1.csv",
                 "产生批次编码,产生时间,危险废物代码,产生量,计量单位\r\n"
                 "HWCS20260201001,2026-02-01,900-214-08,1.2,吨\r\n"
                 "HWCS20260201002,2026-02-01,900-214-08,x,吨\r\n"
                 "HWCS20260201003,2026-02-01,900-249-08,0.3,吨\r\n");
  const std::vector<std::string> import = {"import", "ledger", "b1.csv",    "--table", "B.1",
                                           "--site", site_,    "--offline", "--json"};
  const Ran first = program_.Run("home", import);
  EXPECT_EQ(first.exit, 1) << first.err;
  EXPECT_EQ(first.json()["kept"], 2);
  EXPECT_EQ(first.json()["lines"][1]["line"], 3);
  EXPECT_EQ(first.json()["lines"][1]["column"], "产生量");
  const Ran outbox = program_.Run("home", {"outbox", "list", "--json"});
  EXPECT_EQ(outbox.json().size(), 2u);
  EXPECT_EQ(program_.Run("home", import).json(), first.json());
  EXPECT_EQ(program_.Run("home", {"outbox", "list", "--json"}).json(), outbox.json());
  EXPECT_EQ(program_.Read("home/seq"), "2\n");

  program_.Write("empty.csv", "\xEF\xBB\xBF\r\n");
  const Ran empty = program_.Run(
      "home", {"import", "ledger", "empty.csv", "--table", "B.1", "--site", site_, "--offline"});
  EXPECT_EQ(empty.exit, 2);
  EXPECT_NE(empty.err.find("empty"), std::string::npos);
}

TEST_F(ProgramTest, RulesArePrintedInBothLanguages) {
  const Ran english = program_.Run("home", {"rules", "list", "--event", "load_taken"});
  ASSERT_EQ(english.exit, 0);
  EXPECT_NE(english.out.find("PARTY-TWO"), std::string::npos);
  EXPECT_EQ(english.out.find("STOCK-START"), std::string::npos) << "not of this event";
  const Ran chinese = program_.Run("home", {"rules", "list", "--lang", "zh"});
  EXPECT_NE(chinese.out.find("双方须为不同单位"), std::string::npos);
  EXPECT_EQ(program_.Run("home", {"rules", "list", "--event", "nonsense"}).exit, 2);
  const Ran later = program_.Run("home", {"rules", "list", "--rule-set", "9"});
  EXPECT_EQ(later.exit, 2);
  EXPECT_NE(later.err.find("not 9"), std::string::npos) << later.err;
}

TEST_F(ProgramTest, ARuleIsShownAlone) {
  const Ran shown = program_.Run("home", {"rules", "show", "PARTY-TWO", "--json"});
  ASSERT_EQ(shown.exit, 0) << shown.err;
  EXPECT_EQ(shown.json()["rule"], "PARTY-TWO");
  EXPECT_EQ(shown.json()["first_set"], 1);
  EXPECT_FALSE(shown.json()["forbids"].empty());
  EXPECT_TRUE(shown.json()["marks_one_sided"].empty());
  const Ran carrier = program_.Run("home", {"rules", "show", "LICENCE-CARRIER"});
  EXPECT_NE(carrier.out.find("  marks where one side alone asserts waste_collected\n"),
            std::string::npos)
      << carrier.out;
  const Ran unknown = program_.Run("home", {"rules", "show", "PARTY-SEVEN"});
  EXPECT_EQ(unknown.exit, 1);
  EXPECT_NE(unknown.err.find("PARTY-SEVEN"), std::string::npos) << unknown.err;
}

TEST_F(ProgramTest, AMistypedCommandIsToldWithThoseThereAre) {
  const Ran noun = program_.Run("home", {"btach", "show"});
  EXPECT_EQ(noun.exit, 2);
  EXPECT_NE(noun.err.find("`cradle` has no 'btach', but init"), std::string::npos) << noun.err;
  const Ran verb = program_.Run("home", {"outbox", "sned", "--json"});
  EXPECT_EQ(verb.exit, 2);
  EXPECT_EQ(verb.json()["error"]["message"],
            "`cradle outbox` has no 'sned', but list, send, refused, retry");
  const Ran none = program_.Run("home", {"outbox"});
  EXPECT_EQ(none.err, "cradle: `cradle outbox` needs one of list, send, refused, retry\n");
}

}  // namespace
}  // namespace cradle::cli
