// Every parser against random bytes and against damaged good ones: it may refuse, it may accept and
// then give back the same bytes, it may not crash. Worth most under the sanitizers.
#include <gtest/gtest.h>

#include <functional>
#include <random>

#include "storage/evidence/bundle.h"
#include "storage/evidence/entry.h"
#include "storage/evidence/note.h"
#include "storage/evidence/receipt.h"
#include "storage/evidence/signed_statement_file.h"
#include "storage/evidence/statement.h"
#include "tests/storage/evidence/samples.h"

namespace cradle::evidence {
namespace {

// Parses, and where that succeeds encodes again.
using Reencode = std::function<absl::StatusOr<std::string>(const std::string&)>;

struct Format {
  std::string name;
  std::string good;
  Reencode reencode;
};

template <typename Parsed>
absl::StatusOr<std::string> Then(absl::StatusOr<Parsed> parsed,
                                 std::function<absl::StatusOr<std::string>(Parsed&)> encode) {
  if (!parsed.ok()) return parsed.status();
  return encode(*parsed);
}

std::vector<Format> Formats() {
  const PrivateKey key = PrivateKey::Generate(statement::v1::KEY_ALGORITHM_ED25519).value();
  const std::string spki = key.public_key().spki_der();
  const Checkpoint checkpoint = {.origin = "log.example", .size = 5, .root = Sha256("root")};
  const std::string note = SignCheckpoint(checkpoint, key).value();
  const std::string entry = EncodeEntry(SampleEntry()).value();
  const Receipt receipt = {
      .entry = entry, .index = 3, .path = {Sha256("a"), Sha256("b")}, .checkpoint = note};
  return {
      {"hex", "00ffa7",
       [](const std::string& s) {
         return Then<std::string>(FromHex(s), [](std::string& b) { return Hex(b); });
       }},
      {"base64", Base64("some bytes"),
       [](const std::string& s) {
         return Then<std::string>(FromBase64(s), [](std::string& b) { return Base64(b); });
       }},
      {"spki", spki,
       [](const std::string& s) {
         return Then<PublicKey>(PublicKey::FromSpki(statement::v1::KEY_ALGORITHM_ED25519, s),
                                [](PublicKey& k) { return k.spki_der(); });
       }},
      {"statement", Serialize(SampleManifest()),
       [](const std::string& s) {
         return Then<ParsedStatement>(ParseStatement(s),
                                      [](ParsedStatement& p) { return Serialize(p.message); });
       }},
      {"attestation", Serialize(SampleAttestation(key)),
       [](const std::string& s) {
         return Then<statement::v1::Attestation>(
             ParseAttestation(s), [](statement::v1::Attestation& a) { return Serialize(a); });
       }},
      {"entry", entry,
       [](const std::string& s) {
         return Then<Entry>(DecodeEntry(s), [](Entry& e) { return EncodeEntry(e); });
       }},
      {"bundle", EncodeBundle(std::vector<std::string>{entry, entry}).value(),
       [](const std::string& s) {
         return Then<std::vector<std::string_view>>(
             ParseBundle(s), [](std::vector<std::string_view>& entries) {
               return EncodeBundle(std::vector<std::string>(entries.begin(), entries.end()));
             });
       }},
      {"verifier key", NoteVerifier::Create("log.example", key.public_key())->ToText(),
       [](const std::string& s) {
         return Then<NoteVerifier>(NoteVerifier::FromText(s),
                                   [](NoteVerifier& v) { return v.ToText(); });
       }},
      {"checkpoint", CheckpointText(checkpoint),
       [](const std::string& s) {
         return Then<Checkpoint>(ParseCheckpointText(s),
                                 [](Checkpoint& c) { return CheckpointText(c); });
       }},
      {"note", note,
       [](const std::string& s) {
         return Then<Note>(ParseNote(s), [](Note& n) {
           std::string text = n.text + "\n";
           for (const NoteSignature& signature : n.signatures) {
             text += "\u2014 " + signature.name + " " +
                     Base64(signature.key_id + signature.signature) + "\n";
           }
           return text;
         });
       }},
      {"receipt", EncodeReceipt(receipt),
       [](const std::string& s) {
         return Then<Receipt>(ParseReceipt(s), [](Receipt& r) { return EncodeReceipt(r); });
       }},
      {"statement file", EncodeSignedStatementFile(SampleEntry().signed_statement).value(),
       [](const std::string& s) {
         return Then<SignedStatement>(ParseSignedStatementFile(s), [](SignedStatement& parsed) {
           return EncodeSignedStatementFile(parsed);
         });
       }},
      {"chain name", "batch:" + SampleId('b'),
       [](const std::string& s) {
         return Then<ChainName>(ParseChainName(s), [](ChainName& name) {
           return name.id.empty() ? name.kind : name.kind + ":" + name.id;
         });
       }},
  };
}

// One to three changes: a byte set, bytes removed, repeated, inserted, or the end cut off.
std::string Damage(std::string bytes, std::mt19937_64& random) {
  for (uint64_t changes = 1 + random() % 3; changes > 0 && !bytes.empty(); --changes) {
    const size_t at = random() % bytes.size();
    const size_t count = std::min<size_t>(1 + random() % 8, bytes.size() - at);
    switch (random() % 6) {
      case 0:
        bytes[at] = static_cast<char>(random());
        break;
      case 1:
        bytes[at] = static_cast<char>(bytes[at] ^ (1 << random() % 8));
        break;
      case 2:
        bytes.erase(at, count);
        break;
      case 3:
        bytes.insert(at, bytes.substr(at, count));
        break;
      case 4:
        bytes.insert(at, count, static_cast<char>(random()));
        break;
      default:
        bytes.resize(at);
        break;
    }
  }
  return bytes;
}

TEST(RandomBytesTest, EveryFormatGivesBackItsGoodBytes) {
  for (const Format& format : Formats()) {
    const auto back = format.reencode(format.good);
    ASSERT_TRUE(back.ok()) << format.name << ": " << back.status().ToString();
    EXPECT_EQ(*back, format.good) << format.name;
  }
}

TEST(RandomBytesTest, DamagedBytesAreRefusedOrComeBackAsTheyAre) {
  std::mt19937_64 random(7);
  for (const Format& format : Formats()) {
    for (int i = 0; i < 5000; ++i) {
      const std::string bytes = Damage(format.good, random);
      const auto back = format.reencode(bytes);
      if (!back.ok()) {
        EXPECT_FALSE(back.status().message().empty()) << format.name;
        continue;
      }
      EXPECT_EQ(*back, bytes) << format.name << ": two encodings of one thing";
    }
  }
}

TEST(RandomBytesTest, RandomBytesDoNoHarm) {
  std::mt19937_64 random(8);
  for (const Format& format : Formats()) {
    for (int i = 0; i < 3000; ++i) {
      std::string bytes(random() % 300, '\0');
      for (char& c : bytes) c = static_cast<char>(random());
      const auto back = format.reencode(bytes);
      EXPECT_TRUE(!back.ok() || *back == bytes) << format.name;
    }
  }
}

}  // namespace
}  // namespace cradle::evidence
