#include "storage/evidence/note.h"

#include <gtest/gtest.h>

#include "tests/storage/evidence/status_matchers.h"

namespace cradle::evidence {
namespace {

using statement::v1::KEY_ALGORITHM_ECDSA_P256;
using statement::v1::KEY_ALGORITHM_ED25519;

const std::string kDash = "\u2014";

std::string Replaced(std::string text, const std::string& from, const std::string& to) {
  const size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

class NoteTest : public testing::Test {
 protected:
  static NoteVerifier VerifierOf(const std::string& name, const PrivateKey& key) {
    return NoteVerifier::Create(name, key.public_key()).value();
  }
  static std::string SignatureLine(const std::string& text, const std::string& name,
                                   const PrivateKey& key) {
    return SignNote(text, name, key).value().substr(text.size() + 1);
  }

  const PrivateKey key_ = PrivateKey::Generate(KEY_ALGORITHM_ED25519).value();
  const PrivateKey other_ = PrivateKey::Generate(KEY_ALGORITHM_ED25519).value();
  const NoteVerifier verifier_ = VerifierOf("log.example", key_);
  const std::string text_ = "first line\n\nafter an empty line\n";
  const std::string note_ = SignNote(text_, "log.example", key_).value();
};

// The example of the C2SP signed-note page and of Go's package sumdb/note.
TEST_F(NoteTest, OpensTheNoteOfTheSpecification) {
  const auto verifier =
      NoteVerifier::FromText("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW");
  ASSERT_THAT(verifier, IsOk());
  const std::string text =
      "If you think cryptography is the answer to your problem,\n"
      "then you don't know what your problem is.\n";
  const std::string note =
      text + "\n" + kDash +
      " PeterNeumann "
      "x08go/ZJkuBS9UG/"
      "SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
  const auto opened = OpenNote(note, {&*verifier, 1});
  ASSERT_THAT(opened, IsOk());
  EXPECT_EQ(*opened, text);
}

TEST_F(NoteTest, IsTextAnEmptyLineAndSignatures) {
  ASSERT_TRUE(note_.starts_with(text_ + "\n" + kDash + " log.example "));
  EXPECT_TRUE(note_.ends_with("=\n") || note_.ends_with("\n"));
  const auto note = ParseNote(note_);
  ASSERT_THAT(note, IsOk());
  EXPECT_EQ(note->text, text_) << "split at the last empty line";
  ASSERT_EQ(note->signatures.size(), 1U);
  EXPECT_EQ(note->signatures[0].name, "log.example");
  EXPECT_EQ(note->signatures[0].key_id, verifier_.key_id());
  EXPECT_EQ(note->signatures[0].signature.size(), 64U);
  EXPECT_EQ(*OpenNote(note_, {&verifier_, 1}), text_);
}

TEST_F(NoteTest, TheKeyIdIsTheHashOfNameTypeAndKey) {
  const std::string raw = key_.public_key().spki_der().substr(12);
  const Hash hash = Sha256({"log.example\n\x01", raw});
  EXPECT_EQ(verifier_.key_id(), AsBytes(hash).substr(0, 4));
  EXPECT_EQ(verifier_.ToText(),
            "log.example+" + Hex(AsBytes(hash).substr(0, 4)) + "+" + Base64("\x01" + raw));
  const auto read = NoteVerifier::FromText(verifier_.ToText());
  ASSERT_THAT(read, IsOk());
  EXPECT_EQ(read->name(), "log.example");
  EXPECT_EQ(read->key().id(), key_.public_key().id());
}

TEST_F(NoteTest, UnknownKeysAreIgnored) {
  const NoteVerifier stranger = VerifierOf("log.example", other_);
  EXPECT_THAT(OpenNote(note_, {&stranger, 1}), IsRefused(kNotFound, "no known key"));
  const NoteVerifier other_name = VerifierOf("other.example", key_);
  EXPECT_THAT(OpenNote(note_, {&other_name, 1}), IsRefused(kNotFound, "no known key"));
  EXPECT_THAT(OpenNote(note_, {}), IsRefused(kNotFound, "no known key"));
  const std::string both = note_ + SignatureLine(text_, "witness.example", other_);
  EXPECT_THAT(OpenNote(both, {&verifier_, 1}), IsOk());
}

TEST_F(NoteTest, AKnownKeyThatFailsRejectsTheNoteThoughAnotherHolds) {
  const std::vector<NoteVerifier> known = {verifier_, VerifierOf("witness.example", other_)};
  const std::string good = note_ + SignatureLine(text_, "witness.example", other_);
  EXPECT_THAT(OpenNote(good, known), IsOk());
  const std::string bad = note_ + SignatureLine("another text\n", "witness.example", other_);
  EXPECT_THAT(OpenNote(bad, known), IsRefused(kDataLoss, "witness.example"));
  EXPECT_THAT(OpenNote(bad, {&verifier_, 1}), IsOk()) << "to this reader the witness is unknown";
}

TEST_F(NoteTest, ASecondSignatureOfAKnownKeyMustHoldToo) {
  const std::string twice = note_ + SignatureLine("another text\n", "log.example", key_);
  EXPECT_THAT(OpenNote(twice, {&verifier_, 1}), IsRefused(kDataLoss, "log.example"));
}

TEST_F(NoteTest, AKnownKeysSignatureOfAnotherLengthRejectsTheNote) {
  const std::string line = kDash + " log.example " +
                           Base64(std::string(verifier_.key_id()) + std::string(63, 'x')) + "\n";
  EXPECT_THAT(OpenNote(text_ + "\n" + line, {&verifier_, 1}), IsRefused(kDataLoss, ""));
}

TEST_F(NoteTest, AnyChangeOfTheTextIsFound) {
  for (size_t i = 0; i + 1 < text_.size(); ++i) {
    std::string damaged = note_;
    damaged[i] = damaged[i] == 'x' ? 'y' : 'x';
    EXPECT_FALSE(OpenNote(damaged, {&verifier_, 1}).ok()) << i;
  }
}

TEST_F(NoteTest, OneNameMayHaveTwoKeysWhileKeysRotate) {
  const std::vector<NoteVerifier> known = {verifier_, VerifierOf("log.example", other_)};
  EXPECT_THAT(OpenNote(note_ + SignatureLine(text_, "log.example", other_), known), IsOk());
}

TEST_F(NoteTest, SixteenSignaturesAndMoreAreAccepted) {
  std::string many = note_;
  for (int i = 0; i < 40; ++i) many += SignatureLine(text_, "w" + std::to_string(i), other_);
  EXPECT_EQ(ParseNote(many)->signatures.size(), 41U);
  EXPECT_THAT(OpenNote(many, {&verifier_, 1}), IsOk());
  for (int i = 0; i < 60; ++i) many += SignatureLine(text_, "v" + std::to_string(i), other_);
  EXPECT_THAT(ParseNote(many), IsRefused(kInvalid, "100 signatures"));
}

TEST_F(NoteTest, WhatIsNoNoteIsRefused) {
  const std::string line = SignatureLine(text_, "log.example", key_);
  const auto expect = [](const std::string& note, const char* message) {
    EXPECT_THAT(ParseNote(note), IsRefused(kInvalid, message)) << note;
  };
  expect("", "no empty line");
  expect(line, "no empty line");
  expect("text" + line, "no empty line");
  expect("text\n" + line, "no empty line");
  expect("text\n\n", "no signature");
  expect(note_.substr(0, note_.size() - 1), "LF");
  expect(Replaced(note_, "first", "fi\trst"), "control");
  expect(Replaced(note_, "first line\n", "first line\r\n"), "control");
  expect(Replaced(note_, "first", std::string("fi\0st", 5)), "control");
  expect(Replaced(note_, "first", "fi\xffst"), "UTF-8");
  expect(Replaced(note_, "first", "\xc0\xafirst"), "UTF-8");
  expect(Replaced(note_, "first", "\xed\xa0\x80"), "UTF-8");
  expect(Replaced(note_, "first", "\xf4\x90\x80\x80"), "UTF-8");
  expect(note_ + "stray\n", "not a signature");
  expect(note_ + "\n", "no signature");
  expect(Replaced(note_, kDash, "-"), "not a signature");
  expect(Replaced(note_, " log.example ", "  "), "name");
  expect(Replaced(note_, " log.example ", " log.exam+ple "), "name");
  expect(Replaced(note_, " log.example ", " log.exam\u3000ple "), "name");
  expect(Replaced(note_, " log.example ", " log.example"), "without a signature");
  expect(Replaced(note_, " log.example ", " log example "), "base64");
  expect("text\n\n" + kDash + " name " + Base64("1234") + "\n", "4 bytes");
  expect("text\n\n" + kDash + " name \n", "0 bytes");
  expect(std::string(1'000'001, 'x'), "1,000,000");
}

TEST_F(NoteTest, WhatWouldNotParseIsNotSigned) {
  EXPECT_THAT(SignNote("no line feed", "name", key_), IsRefused(kInvalid, "LF"));
  EXPECT_THAT(SignNote("", "name", key_), IsRefused(kInvalid, "LF"));
  EXPECT_THAT(SignNote("tab\there\n", "name", key_), IsRefused(kInvalid, "control"));
  for (const char* name : {"", "two words", "a+b", "a\u00a0b", "a\nb", "a\xff"}) {
    EXPECT_THAT(SignNote("text\n", name, key_), IsRefused(kInvalid, "name")) << name;
  }
  const PrivateKey p256 = PrivateKey::Generate(KEY_ALGORITHM_ECDSA_P256).value();
  EXPECT_THAT(SignNote("text\n", "name", p256), IsRefused(kInvalid, "Ed25519"));
}

TEST_F(NoteTest, VerifierKeysAreReadStrictly) {
  const std::string good = verifier_.ToText();
  const auto expect = [](const std::string& vkey, const char* message) {
    EXPECT_THAT(NoteVerifier::FromText(vkey), IsRefused(kInvalid, message)) << vkey;
  };
  expect("", "name+hex");
  expect("log.example", "name+hex");
  expect("log.example+00000000", "name+hex");
  expect(Replaced(good, "log.example", ""), "name");
  expect(Replaced(good, "log.example", "log example"), "name");
  expect(Replaced(good, "log.example", "log.exampl"), "key ID");
  expect(good + "AAAA", "0x01");
  expect("log.example+00000000+" + Base64("\x01" + key_.public_key().spki_der().substr(12)),
         "key ID");
  expect("log.example+00000000+" + Base64("\x04" + key_.public_key().spki_der().substr(12)),
         "0x01");
  expect("log.example+0000000g+" + Base64("\x01" + key_.public_key().spki_der().substr(12)),
         "hexadecimal");
}

class CheckpointTest : public NoteTest {
 protected:
  const Checkpoint checkpoint_ = {.origin = "log.example", .size = 1234, .root = Sha256("root")};
  const std::string checkpoint_text_ = CheckpointText(checkpoint_);
};

TEST_F(CheckpointTest, IsThreeLines) {
  EXPECT_EQ(checkpoint_text_, "log.example\n1234\n" + Base64(AsBytes(Sha256("root"))) + "\n");
  EXPECT_EQ(*ParseCheckpointText(checkpoint_text_), checkpoint_);
}

TEST_F(CheckpointTest, SignedItOpensForItsLog) {
  const auto note = SignCheckpoint(checkpoint_, key_);
  ASSERT_THAT(note, IsOk());
  const auto opened = OpenCheckpoint(*note, verifier_);
  ASSERT_THAT(opened, IsOk());
  EXPECT_EQ(*opened, checkpoint_);
  EXPECT_THAT(OpenCheckpoint(*note, VerifierOf("log.example", other_)),
              IsRefused(kNotFound, "no known key"));
}

TEST_F(CheckpointTest, OfAnotherLogIsRefusedThoughTheKeyIsRight) {
  const std::string note =
      SignNote("other.example\n1\n" + Base64(AsBytes(EmptyRoot())) + "\n", "log.example", key_)
          .value();
  EXPECT_THAT(OpenCheckpoint(note, verifier_), IsRefused(kInvalid, "other.example"));
}

TEST_F(CheckpointTest, TheLargestSizeIsRead) {
  const auto largest =
      ParseCheckpointText(Replaced(checkpoint_text_, "1234", "18446744073709551615"));
  ASSERT_THAT(largest, IsOk());
  EXPECT_EQ(largest->size, UINT64_MAX);
  EXPECT_THAT(ParseCheckpointText(Replaced(checkpoint_text_, "1234", "0")), IsOk());
}

TEST_F(CheckpointTest, RefusalsSayWhichLine) {
  const auto expect = [](const std::string& text, const char* message) {
    EXPECT_THAT(ParseCheckpointText(text), IsRefused(kInvalid, message)) << text;
  };
  for (const char* size :
       {"01234", "00", "", "+1", "-1", " 1", "1 ", "1e3", "0x10", "18446744073709551616"}) {
    expect(Replaced(checkpoint_text_, "1234", size), "size");
  }
  expect(checkpoint_text_ + "extension\n", "extension");
  expect(checkpoint_text_ + "\n", "extension");
  expect(checkpoint_text_ + "x", "extension");
  expect(checkpoint_text_.substr(0, checkpoint_text_.size() - 1), "three lines");
  expect("log.example\n1234\n", "three lines");
  expect("", "three lines");
  expect(Replaced(checkpoint_text_, "log.example", ""), "origin");
  expect(Replaced(checkpoint_text_, "log.example", "log example"), "origin");
  expect("log.example\n1\n" + Base64(std::string(31, 'r')) + "\n", "32 bytes");
  expect("log.example\n1\n" + Base64(std::string(33, 'r')) + "\n", "32 bytes");
  expect("log.example\n1\nnot base64!\n", "base64");
}

TEST_F(CheckpointTest, ASignedNoteThatIsNoCheckpointIsRefused) {
  EXPECT_THAT(OpenCheckpoint(note_, verifier_), IsRefused(kInvalid, "checkpoint"));
}

}  // namespace
}  // namespace cradle::evidence
