#include <map>

#include "storage/evidence/bundle.h"
#include "storage/evidence/entry.h"
#include "storage/evidence/signed_statement_file.h"
#include "storage/evidence/statement.h"
#include "tests/vectors/read_vectors.h"

namespace cradle::vectors {
namespace {

using evidence::Hex;
using evidence::SignedAttestation;
using statement::v1::KeyAlgorithm;

std::vector<SignedAttestation> Attestations(const Json& list) {
  std::vector<SignedAttestation> attestations;
  for (const Json& a : list) {
    attestations.push_back(
        {a["algorithm"].get<KeyAlgorithm>(), Unhex(a["attestation"]), Unhex(a["signature"])});
  }
  return attestations;
}

TEST(VectorsTest, Keys) {
  for (const Json& vector : ReadVectors("keys.json", 12)) {
    SCOPED_TRACE(vector["name"]);
    const auto key = evidence::PublicKey::FromSpki(vector["algorithm"].get<KeyAlgorithm>(),
                                                   Unhex(vector["spki"]));
    EXPECT_EQ(Verdict(key.status()), vector["verdict"]);
    if (!key.ok() || vector["verdict"] != "ok") continue;
    EXPECT_EQ(Hex(key->id()), vector["key_id"]);
    const auto private_key = evidence::PrivateKey::FromPem(Text(vector["private_key_pem"]));
    ASSERT_TRUE(private_key.ok());
    EXPECT_EQ(private_key->public_key().id(), key->id());
  }
}

TEST(VectorsTest, IdsAndChainNames) {
  for (const Json& vector : ReadVectors("ids.json", 21)) {
    SCOPED_TRACE(vector["name"]);
    if (vector.contains("chain")) {
      EXPECT_EQ(Verdict(evidence::ParseChainName(Text(vector["chain"])).status()),
                vector["verdict"]);
      continue;
    }
    EXPECT_EQ(evidence::IdFromBytes(Unhex(vector["bytes"])), vector["id"]);
    EXPECT_TRUE(evidence::IsId(Text(vector["id"])));
  }
}

TEST(VectorsTest, Statements) {
  for (const Json& vector : ReadVectors("statements.json", 39)) {
    SCOPED_TRACE(vector["name"]);
    const std::string bytes = Unhex(vector["statement"]);
    EXPECT_EQ(Hex(evidence::StatementHash(bytes)), vector["hash"]);
    const auto parsed = evidence::ParseStatement(bytes);
    EXPECT_EQ(Verdict(parsed.status()), vector["verdict"]) << parsed.status().ToString();
    EXPECT_TRUE(!parsed.ok() || Hex(parsed->hash) == vector["hash"]);
  }
}

TEST(VectorsTest, Attestations) {
  std::map<std::string, evidence::PublicKey> keys;
  for (const Json& vector : ReadVectors("keys.json", 12)) {
    if (vector["verdict"] != "ok") continue;
    keys[vector["name"]] = evidence::PublicKey::FromSpki(vector["algorithm"].get<KeyAlgorithm>(),
                                                         Unhex(vector["spki"]))
                               .value();
  }
  for (const Json& vector : ReadVectors("attestations.json", 43)) {
    SCOPED_TRACE(vector["name"]);
    const SignedAttestation attested = Attestations(Json::array({vector})).at(0);
    const evidence::PublicKey& key = keys.at(vector["key"]);
    const absl::Status verified = evidence::VerifyAttestation(attested, key);
    EXPECT_EQ(Verdict(verified), vector["verdict"]) << verified.ToString();
    EXPECT_EQ(Verdict(key.Verify(Unhex(vector["signed_message"]), attested.signature)),
              vector["verdict"]);
    if (!verified.ok()) continue;
    const auto message = evidence::ParseAttestation(attested.attestation);
    ASSERT_TRUE(message.ok()) << message.status().ToString();
    EXPECT_EQ(message->key_id(), evidence::AsBytes(key.id()));
  }
}

TEST(VectorsTest, Entries) {
  for (const Json& vector : ReadVectors("entries.json", 24)) {
    SCOPED_TRACE(vector["name"]);
    const std::string bytes = Unhex(vector["entry"]);
    const auto entry = evidence::DecodeEntry(bytes);
    EXPECT_EQ(Verdict(entry.status()), vector["verdict"]);
    if (!entry.ok()) continue;
    EXPECT_EQ(Hex(evidence::LeafHash(bytes)), vector["leaf_hash"]);
    EXPECT_EQ(static_cast<int>(entry->kind), vector["kind"]);
    EXPECT_EQ(entry->recorded_time_ms, vector["recorded_time_ms"]);
    EXPECT_EQ(Hex(std::string(entry->salt.begin(), entry->salt.end())), vector["salt"]);
    EXPECT_EQ(entry->signed_statement.attestations, Attestations(vector["attestations"]));
    EXPECT_EQ(Hex(entry->signed_statement.statement), vector["statement"]);
    EXPECT_EQ(evidence::EncodeEntry(*entry).value(), bytes);
  }
}

TEST(VectorsTest, Bundles) {
  for (const Json& vector : ReadVectors("bundles.json", 6)) {
    SCOPED_TRACE(vector["name"]);
    const std::string bundle = Unhex(vector["bundle"]);
    const auto entries = evidence::ParseBundle(bundle);
    EXPECT_EQ(Verdict(entries.status()), vector["verdict"]);
    if (!entries.ok()) continue;
    Json hex = Json::array();
    for (std::string_view entry : *entries) hex.push_back(Hex(entry));
    EXPECT_EQ(hex, vector["entries"]);
  }
}

TEST(VectorsTest, StatementFiles) {
  for (const Json& vector : ReadVectors("statement_files.json", 10)) {
    SCOPED_TRACE(vector["name"]);
    const auto parsed = evidence::ParseSignedStatementFile(Text(vector["text"]));
    EXPECT_EQ(Verdict(parsed.status()), vector["verdict"]) << parsed.status().ToString();
    if (!parsed.ok()) continue;
    EXPECT_EQ(Hex(parsed->statement), vector["statement"]);
    EXPECT_EQ(parsed->attestations, Attestations(vector["attestations"]));
    EXPECT_EQ(evidence::EncodeSignedStatementFile(*parsed).value(), vector["text"]);
  }
}

}  // namespace
}  // namespace cradle::vectors
