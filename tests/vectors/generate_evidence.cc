#include <google/protobuf/unknown_field_set.h>

#include "storage/evidence/bundle.h"
#include "storage/evidence/entry.h"
#include "storage/evidence/signed_statement_file.h"
#include "storage/evidence/statement.h"
#include "tests/vectors/generate.h"
#include "tests/vectors/sample_log.h"
#include "tests/vectors/vector_file.h"

namespace cradle::vectors {
namespace {

using evidence::AsBytes;
using evidence::FromHex;
using evidence::Hex;
using evidence::Serialize;
using evidence::SignedAttestation;
using statement::v1::Statement;

std::string Unhex(const Json& hex) { return FromHex(hex.get<std::string>()).value(); }

void GenerateKeys(const std::filesystem::path& directory, const Keys& keys) {
  VectorFile file(
      directory / "keys.json",
      "Public keys: SubjectPublicKeyInfo DER and key ID. The private keys are published "
      "examples. verdict: whether the SubjectPublicKeyInfo is a key of that algorithm.");
  for (const auto& [name, pem] : FixedKeyPems()) {
    const evidence::PublicKey& key = keys.at(name).public_key();
    file.Add(name, [&, pem = pem] {
      return Json{{"algorithm", key.algorithm()},
                  {"spki", Hex(key.spki_der())},
                  {"verdict", "ok"},
                  {"key_id", Hex(key.id())},
                  {"private_key_pem", pem}};
    });
  }
  const auto refuse = [&file](const std::string& name, int algorithm, const std::string& spki) {
    file.Add(name, [&] {
      const auto key =
          evidence::PublicKey::FromSpki(static_cast<statement::v1::KeyAlgorithm>(algorithm), spki);
      return Json{
          {"algorithm", algorithm}, {"spki", Hex(spki)}, {"verdict", Verdict(key.status())}};
    });
  };
  const std::string p256 = keys.at("regulator").public_key().spki_der();
  const std::string ed25519 = keys.at("log").public_key().spki_der();
  std::string off_curve = p256;
  off_curve.back() = static_cast<char>(off_curve.back() ^ 1);
  refuse("P-256, point not on the curve", 1, off_curve);
  refuse("P-256, compressed point", 1,
         FromHex("3039301306072a8648ce3d020106082a8648ce3d030107032200"
                 "0360fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6")
             .value());
  refuse("P-256, a byte after the end", 1, p256 + std::string(1, '\0'));
  refuse("Ed25519 key as P-256", 1, ed25519);
  refuse("Ed25519, small order", 2, ed25519.substr(0, 12) + "\x01" + std::string(31, '\0'));
  refuse("Ed25519, not a point", 2, ed25519.substr(0, 12) + "\x02" + std::string(31, '\0'));
  refuse("unknown algorithm", 9, p256);
  file.Write();
}

void GenerateIds(const std::filesystem::path& directory) {
  VectorFile file(directory / "ids.json",
                  "16 bytes and their id of 26 characters; texts that are chain names and not.");
  for (const char* label : {"first", "second", "third"}) {
    file.Add(std::string("id of ") + label, [&] {
      const std::string bytes = SixteenBytes(label);
      return Json{{"bytes", Hex(bytes)}, {"id", evidence::IdFromBytes(bytes)}};
    });
  }
  for (char byte : {'\x00', '\x01', '\x7f', '\xff'}) {
    file.Add("id of sixteen times " + Hex(std::string(1, byte)), [&] {
      const std::string bytes(16, byte);
      return Json{{"bytes", Hex(bytes)}, {"id", evidence::IdFromBytes(bytes)}};
    });
  }
  const std::string id = evidence::IdFromBytes(SixteenBytes("first"));
  for (const std::string& chain :
       {std::string("log"), "org:" + id, "facility:" + id, "batch:" + id, "manifest:" + id,
        "docket:" + id, "log:" + id, "batch:8" + id.substr(1), "batch:" + id.substr(1),
        "batch:" + id + "0", "Batch:" + id, "truck:" + id, std::string("batch:"), std::string()}) {
    file.Add("chain '" + chain + "'", [&] {
      return Json{{"chain", chain}, {"verdict", Verdict(evidence::ParseChainName(chain).status())}};
    });
  }
  file.Write();
}

struct Damaged {
  const char* name;
  void (*damage)(Statement&);
};

// Each a batch-stored statement with one thing wrong.
const Damaged kDamaged[] = {
    {"no format", [](Statement& s) { s.clear_format(); }},
    {"format 2", [](Statement& s) { s.set_format(2); }},
    {"no origin", [](Statement& s) { s.clear_log_origin(); }},
    {"nonce of 15 bytes", [](Statement& s) { s.mutable_nonce()->pop_back(); }},
    {"no event", [](Statement& s) { s.clear_event(); }},
    {"no party", [](Statement& s) { s.clear_parties(); }},
    {"no capacity", [](Statement& s) { s.mutable_parties(0)->clear_capacity(); }},
    {"unknown capacity",
     [](Statement& s) {
       s.mutable_parties(0)->set_capacity(static_cast<statement::v1::Capacity>(99));
     }},
    {"organisation is no id", [](Statement& s) { s.mutable_parties(0)->set_organisation("Acme"); }},
    {"no link", [](Statement& s) { s.clear_links(); }},
    {"chain is no chain", [](Statement& s) { s.mutable_links(0)->set_chain("batch:1"); }},
    {"a chain twice", [](Statement& s) { *s.add_links() = s.links(0); }},
    {"previous hash at height 0", [](Statement& s) { s.mutable_links(0)->clear_height(); }},
    {"no previous hash", [](Statement& s) { s.mutable_links(0)->clear_previous(); }},
    {"previous hash of 33 bytes",
     [](Statement& s) { *s.mutable_links(0)->mutable_previous() += 'x'; }},
    {"unknown field",
     [](Statement& s) { s.GetReflection()->MutableUnknownFields(&s)->AddVarint(7, 1); }},
    {"unknown field in a link",
     [](Statement& s) {
       auto* link = s.mutable_links(0);
       link->GetReflection()->MutableUnknownFields(link)->AddLengthDelimited(4, "new");
     }},
    {"unknown event",
     [](Statement& s) {
       s.clear_event();
       s.GetReflection()->MutableUnknownFields(&s)->AddLengthDelimited(2000, "");
     }},
    {"known field of another type",
     [](Statement& s) { s.GetReflection()->MutableUnknownFields(&s)->AddFixed32(4, 1); }},
};

void GenerateStatements(const std::filesystem::path& directory,
                        const std::vector<SampleStatement>& log) {
  VectorFile file(directory / "statements.json",
                  "Statement bytes, their hash, and whether their form holds.");
  const auto add = [&file](const std::string& name, const std::string& bytes) {
    file.Add(name, [&] {
      return Json{{"statement", Hex(bytes)},
                  {"hash", Hex(evidence::StatementHash(bytes))},
                  {"verdict", Verdict(evidence::ParseStatement(bytes).status())}};
    });
  };
  std::string stored;
  for (const SampleStatement& sample : log) {
    add(sample.name, Serialize(sample.statement));
    if (sample.name == "batch-stored") stored = Serialize(sample.statement);
  }
  for (const Damaged& damaged : kDamaged) {
    Statement statement;
    statement.ParseFromString(stored);
    damaged.damage(statement);
    add(damaged.name, Serialize(statement));
  }
  add("no bytes", "");
  add("cut short", stored.substr(0, stored.size() - 1));
  add("not canonical: format twice", "\x08\x01" + stored);
  add("not canonical: format last", stored.substr(2) + "\x08\x01");
  add("not canonical: number longer than need be",
      std::string("\x08\x81\x00", 3) + stored.substr(2));
  file.Write();
}

Json AttestationVector(const evidence::PrivateKey& key, const std::string& key_name,
                       const SignedAttestation& attested) {
  return {{"key", key_name},
          {"algorithm", attested.algorithm},
          {"attestation", Hex(attested.attestation)},
          {"signed_message", Hex(std::string(evidence::kAttestationDomain) + attested.attestation)},
          {"signature", Hex(attested.signature)},
          {"verdict", Verdict(evidence::VerifyAttestation(attested, key.public_key()))}};
}

SignedAttestation FromVector(const Json& vector) {
  return {vector["algorithm"].get<statement::v1::KeyAlgorithm>(), Unhex(vector["attestation"]),
          Unhex(vector["signature"])};
}

// The log's statements, signed; adds their vectors.
std::vector<evidence::SignedStatement> GenerateAttestations(
    const std::filesystem::path& directory, const Keys& keys,
    const std::vector<SampleStatement>& log) {
  VectorFile file(directory / "attestations.json",
                  "Attestation bytes, the message that is signed, and signatures that hold and do "
                  "not. Keys by their name in keys.json.");
  std::vector<evidence::SignedStatement> signed_log;
  std::map<std::string, uint64_t> counters;
  for (const SampleStatement& sample : log) {
    evidence::SignedStatement& signed_statement = signed_log.emplace_back();
    signed_statement.statement = Serialize(sample.statement);
    for (size_t party = 0; party < sample.signers.size(); ++party) {
      const std::string& signer = sample.signers[party];
      const evidence::PrivateKey& key = keys.at(signer);
      statement::v1::Attestation attestation;
      attestation.set_statement_hash(
          std::string(AsBytes(evidence::StatementHash(signed_statement.statement))));
      attestation.set_party(static_cast<uint32_t>(party));
      attestation.set_key_id(std::string(AsBytes(key.public_key().id())));
      if (signer != "log") {
        attestation.set_person(evidence::IdFromBytes(SixteenBytes("person of " + signer)));
      }
      attestation.set_seq(++counters[signer]);
      if (signed_log.size() > 3) {
        attestation.mutable_seen()->set_size(signed_log.size() - 2);
        attestation.mutable_seen()->set_root(
            std::string(AsBytes(evidence::Sha256("a root somebody saw"))));
      }
      const Json vector = file.Add(sample.name + ", party " + std::to_string(party), [&] {
        return AttestationVector(key, signer, evidence::Attest(attestation, key).value());
      });
      signed_statement.attestations.push_back(FromVector(vector));
    }
  }
  for (const auto& [name, key] : keys) {
    SignedAttestation good;
    for (const auto& statement : signed_log) {
      for (const SignedAttestation& candidate : statement.attestations) {
        if (evidence::VerifyAttestation(candidate, key.public_key()).ok()) good = candidate;
      }
    }
    const auto add = [&, &name = name, &key = key](const std::string& what, SignedAttestation bad) {
      file.Add(name + ", " + what, [&] { return AttestationVector(key, name, bad); });
    };
    SignedAttestation bad = good;
    bad.signature[5] = static_cast<char>(bad.signature[5] ^ 1);
    add("signature changed", bad);
    bad = good;
    bad.attestation[5] = static_cast<char>(bad.attestation[5] ^ 1);
    add("attestation changed", bad);
    bad = good;
    bad.signature.assign(64, '\0');
    add("signature all zero", bad);
    bad.signature.assign(64, '\xff');
    add("signature all ones", bad);
    bad = good;
    bad.signature.pop_back();
    add("signature of 63 bytes", bad);
  }
  file.Write();
  return signed_log;
}

void GenerateEntries(const std::filesystem::path& directory,
                     const std::vector<SampleStatement>& log,
                     const std::vector<evidence::SignedStatement>& signed_log) {
  VectorFile file(directory / "entries.json",
                  "Entries, what is in them, and their leaf hashes. Those called 'log N' are the "
                  "log of receipts.json, in order.");
  std::string first;
  for (size_t i = 0; i < signed_log.size(); ++i) {
    evidence::Entry entry;
    entry.recorded_time_ms = log[i].statement.claimed_time_ms() + 1500;
    SixteenBytes("salt of " + log[i].name).copy(reinterpret_cast<char*>(entry.salt.data()), 16);
    entry.signed_statement = signed_log[i];
    if (log[i].name == "load-delivered") entry.kind = evidence::EntryKind::kDisputed;
    const Json vector = file.Add("log " + std::to_string(i), [&] {
      const std::string bytes = evidence::EncodeEntry(entry).value();
      Json attestations = Json::array();
      for (const SignedAttestation& a : entry.signed_statement.attestations) {
        attestations.push_back({{"algorithm", a.algorithm},
                                {"attestation", Hex(a.attestation)},
                                {"signature", Hex(a.signature)}});
      }
      return Json{{"entry", Hex(bytes)},
                  {"verdict", "ok"},
                  {"kind", static_cast<int>(entry.kind)},
                  {"recorded_time_ms", entry.recorded_time_ms},
                  {"salt", Hex(std::string(entry.salt.begin(), entry.salt.end()))},
                  {"attestations", attestations},
                  {"statement", Hex(entry.signed_statement.statement)},
                  {"leaf_hash", Hex(evidence::LeafHash(bytes))}};
    });
    if (i == 0) first = Unhex(vector["entry"]);
  }
  const auto refuse = [&file](const std::string& name, const std::string& bytes) {
    file.Add(name, [&] {
      return Json{{"entry", Hex(bytes)},
                  {"verdict", Verdict(evidence::DecodeEntry(bytes).status())}};
    });
  };
  const auto changed = [&first](size_t at, char byte) {
    std::string bytes = first;
    bytes[at] = byte;
    return bytes;
  };
  refuse("no bytes", "");
  refuse("head alone", first.substr(0, 29));
  refuse("cut within an attestation", first.substr(0, 100));
  refuse("not CE", changed(1, 'F'));
  refuse("version 2", changed(2, 2));
  refuse("kind 0", changed(3, 0));
  refuse("kind 3", changed(3, 3));
  refuse("recorded time below zero", changed(4, '\x80'));
  refuse("algorithm 0", changed(29, 0));
  file.Write();
}

void GenerateBundlesAndFiles(const std::filesystem::path& directory,
                             const std::vector<evidence::SignedStatement>& signed_log) {
  VectorFile bundles(directory / "bundles.json", "Entry bundles and the entries in them.");
  const auto bundle = [&bundles](const std::string& name, const std::string& bytes) {
    bundles.Add(name, [&] {
      const auto entries = evidence::ParseBundle(bytes);
      Json vector = {{"bundle", Hex(bytes)}, {"verdict", Verdict(entries.status())}};
      if (!entries.ok()) return vector;
      vector["entries"] = Json::array();
      for (std::string_view entry : *entries) vector["entries"].push_back(Hex(entry));
      return vector;
    });
  };
  bundle("empty", "");
  bundle("three", evidence::EncodeBundle(std::vector<std::string>{"one", "", "three"}).value());
  bundle("256 empty ones", std::string(512, '\0'));
  bundle("257 empty ones", std::string(514, '\0'));
  bundle("half a length", std::string(1, '\0'));
  bundle("ends within an entry", std::string("\0\3ab", 4));
  bundles.Write();

  VectorFile files(directory / "statement_files.json",
                   "The text files that devices hand each other, and what is in them.");
  const auto add = [&files](const std::string& name, const std::string& text) {
    files.Add(name, [&] {
      const auto parsed = evidence::ParseSignedStatementFile(text);
      Json vector = {{"text", text}, {"verdict", Verdict(parsed.status())}};
      if (!parsed.ok()) return vector;
      vector["statement"] = Hex(parsed->statement);
      vector["attestations"] = Json::array();
      for (const SignedAttestation& a : parsed->attestations) {
        vector["attestations"].push_back({{"algorithm", a.algorithm},
                                          {"attestation", Hex(a.attestation)},
                                          {"signature", Hex(a.signature)}});
      }
      return vector;
    });
  };
  evidence::SignedStatement handover = signed_log[signed_log.size() - 4];
  const std::string both = evidence::EncodeSignedStatementFile(handover).value();
  add("two attestations", both);
  handover.attestations.pop_back();
  add("one attestation so far", evidence::EncodeSignedStatementFile(handover).value());
  handover.attestations.clear();
  const std::string none = evidence::EncodeSignedStatementFile(handover).value();
  add("no attestation yet", none);
  add("no text", "");
  add("version 2", "cradle-statement/v2\n" + none.substr(none.find('\n') + 1));
  add("header alone", "cradle-statement/v1\n");
  add("last line without LF", both.substr(0, both.size() - 1));
  add("an empty line more", both + "\n");
  add("CR LF", "cradle-statement/v1\r\n" + none.substr(none.find('\n') + 1));
  add("unknown algorithm", none + "attestation rsa QUJD QUJD\n");
  files.Write();
}

}  // namespace

void GenerateEvidence(const std::filesystem::path& directory, const Keys& keys) {
  GenerateKeys(directory, keys);
  GenerateIds(directory);
  const std::vector<SampleStatement> log = SampleLog(keys);
  GenerateStatements(directory, log);
  const std::vector<evidence::SignedStatement> signed_log =
      GenerateAttestations(directory, keys, log);
  GenerateEntries(directory, log, signed_log);
  GenerateBundlesAndFiles(directory, signed_log);
}

}  // namespace cradle::vectors
