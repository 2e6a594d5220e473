#include "storage/evidence/receipt.h"

#include <gtest/gtest.h>

#include "tests/storage/evidence/naive_tree.h"
#include "tests/storage/evidence/samples.h"
#include "tests/storage/evidence/status_matchers.h"

namespace cradle::evidence {
namespace {

// A log of 11 entries with the sample as number 6.
class ReceiptTest : public testing::Test {
 protected:
  ReceiptTest() {
    std::vector<Hash> leaves = TestLeaves(11);
    receipt_.entry = EncodeEntry(SampleEntry()).value();
    receipt_.index = 6;
    leaves[6] = LeafHash(receipt_.entry);
    receipt_.path = NaivePath(6, leaves);
    checkpoint_ = {.origin = "log.example", .size = 11, .root = NaiveRoot(leaves)};
    receipt_.checkpoint = SignCheckpoint(checkpoint_, key_).value();
    text_ = EncodeReceipt(receipt_);
  }

  // The text with its line `number` (from 1) replaced.
  std::string WithLine(int number, const std::string& line) const {
    size_t begin = 0;
    for (int i = 1; i < number; ++i) begin = text_.find('\n', begin) + 1;
    return text_.substr(0, begin) + line + text_.substr(text_.find('\n', begin));
  }

  const PrivateKey key_ = PrivateKey::Generate(statement::v1::KEY_ALGORITHM_ED25519).value();
  const NoteVerifier log_ = NoteVerifier::Create("log.example", key_.public_key()).value();
  Receipt receipt_;
  Checkpoint checkpoint_;
  std::string text_;
};

TEST_F(ReceiptTest, HasTheLinesOfTlogProof) {
  std::string expected = "c2sp.org/tlog-proof@v1\nextra " + Base64(receipt_.entry) + "\nindex 6\n";
  for (const Hash& hash : receipt_.path) expected += Base64(AsBytes(hash)) + "\n";
  expected += "\n" + receipt_.checkpoint;
  EXPECT_EQ(text_, expected);
}

TEST_F(ReceiptTest, RoundTripsAndProvesItsEntry) {
  const auto parsed = ParseReceipt(text_);
  ASSERT_THAT(parsed, IsOk());
  EXPECT_EQ(*parsed, receipt_);
  const auto verified = VerifyReceipt(*parsed, log_);
  ASSERT_THAT(verified, IsOk());
  EXPECT_EQ(*verified, checkpoint_);
}

TEST_F(ReceiptTest, AnEntryAloneInItsLogHasAnEmptyPath) {
  Receipt only = receipt_;
  only.index = 0;
  only.path.clear();
  only.checkpoint =
      SignCheckpoint({.origin = "log.example", .size = 1, .root = LeafHash(only.entry)}, key_)
          .value();
  const auto parsed = ParseReceipt(EncodeReceipt(only));
  ASSERT_THAT(parsed, IsOk());
  EXPECT_THAT(VerifyReceipt(*parsed, log_), IsOk());
}

TEST_F(ReceiptTest, EachDamagedLineIsNamed) {
  EXPECT_THAT(ParseReceipt(""), IsRefused(kInvalid, "line 1"));
  EXPECT_THAT(ParseReceipt(WithLine(1, "c2sp.org/tlog-proof@v2")), IsRefused(kInvalid, "line 1"));
  for (const std::string& extra :
       {std::string(), std::string("extra"), std::string("extra "), std::string("extra !!!!"),
        std::string("Extra QUJD"), "extra " + Base64(std::string(65'536, 'x'))}) {
    EXPECT_THAT(ParseReceipt(WithLine(2, extra)), IsRefused(kInvalid, "line 2")) << extra;
  }
  for (const char* index : {"index", "index ", "index 06", "index -6", "index six", "index 6 ",
                            "index  6", "index 18446744073709551616", "6"}) {
    EXPECT_THAT(ParseReceipt(WithLine(3, index)), IsRefused(kInvalid, "line 3")) << index;
  }
  for (const std::string& hash : {Base64(std::string(31, 'h')), Base64(std::string(33, 'h')),
                                  std::string("x"), " " + Base64(std::string(32, 'h'))}) {
    EXPECT_THAT(ParseReceipt(WithLine(5, hash)), IsRefused(kInvalid, "line 5")) << hash;
  }
  const std::string empty_line_gone = Base64(std::string(32, 'h'));
  const int empty_line = 4 + static_cast<int>(receipt_.path.size());
  EXPECT_THAT(ParseReceipt(WithLine(empty_line, empty_line_gone)), IsRefused(kInvalid, "line 9"));
  EXPECT_THAT(ParseReceipt(WithLine(empty_line + 4, "unsigned")),
              IsRefused(kInvalid, "checkpoint"));
}

TEST_F(ReceiptTest, CutAnywhereItIsRefused) {
  for (size_t size = 0; size < text_.size(); ++size) {
    EXPECT_THAT(ParseReceipt(std::string_view(text_).substr(0, size)), IsRefused(kInvalid, ""))
        << size;
  }
}

TEST_F(ReceiptTest, APathLongerThanAnyTreeIsRefused) {
  Receipt receipt = receipt_;
  receipt.path.assign(65, TestLeaf(0));
  EXPECT_THAT(ParseReceipt(EncodeReceipt(receipt)), IsRefused(kInvalid, "64 hashes"));
}

TEST_F(ReceiptTest, ADamagedEntryIndexPathOrCheckpointDoesNotVerify) {
  Receipt entry = receipt_;
  entry.entry[40] = static_cast<char>(entry.entry[40] ^ 1);
  EXPECT_THAT(VerifyReceipt(entry, log_), IsRefused(kDataLoss, "root"));

  Receipt index = receipt_;
  index.index = 7;
  EXPECT_THAT(VerifyReceipt(index, log_), IsRefused(kDataLoss, "root"));
  index.index = 11;
  EXPECT_THAT(VerifyReceipt(index, log_), IsRefused(kInvalid, "index 11"));

  Receipt path = receipt_;
  path.path[1][0] ^= 1;
  EXPECT_THAT(VerifyReceipt(path, log_), IsRefused(kDataLoss, "root"));
  path = receipt_;
  path.path.pop_back();
  EXPECT_THAT(VerifyReceipt(path, log_), IsRefused(kInvalid, "missing"));

  Receipt checkpoint = receipt_;
  checkpoint.checkpoint.replace(checkpoint.checkpoint.find("\n11\n"), 4, "\n12\n");
  EXPECT_THAT(VerifyReceipt(checkpoint, log_), IsRefused(kDataLoss, "log.example"));
}

TEST_F(ReceiptTest, OnlyTheLogsOwnSignatureCounts) {
  const PrivateKey other = PrivateKey::Generate(statement::v1::KEY_ALGORITHM_ED25519).value();
  Receipt forged = receipt_;
  forged.checkpoint = SignCheckpoint(checkpoint_, other).value();
  EXPECT_THAT(VerifyReceipt(forged, log_), IsRefused(kNotFound, "no known key"));
}

TEST_F(ReceiptTest, CosignaturesDoNotDisturb) {
  const PrivateKey witness = PrivateKey::Generate(statement::v1::KEY_ALGORITHM_ED25519).value();
  const std::string cosigned =
      SignNote(CheckpointText(checkpoint_), "witness.example", witness).value();
  Receipt receipt = receipt_;
  receipt.checkpoint += cosigned.substr(CheckpointText(checkpoint_).size() + 1);
  const auto parsed = ParseReceipt(EncodeReceipt(receipt));
  ASSERT_THAT(parsed, IsOk());
  EXPECT_THAT(VerifyReceipt(*parsed, log_), IsOk());
}

}  // namespace
}  // namespace cradle::evidence
