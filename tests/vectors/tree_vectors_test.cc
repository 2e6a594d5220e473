#include "storage/evidence/note.h"
#include "storage/evidence/proof.h"
#include "storage/evidence/receipt.h"
#include "storage/evidence/tree.h"
#include "tests/vectors/read_vectors.h"

namespace cradle::vectors {
namespace {

using evidence::Hex;
using evidence::NoteVerifier;

uint64_t Number(const Json& value) { return value.get<uint64_t>(); }

TEST(VectorsTest, RootsAndTilePaths) {
  evidence::Frontier tree;
  for (const Json& vector : ReadVectors("roots.json", 49)) {
    SCOPED_TRACE(vector["name"]);
    if (vector.contains("path")) {
      EXPECT_EQ(evidence::TilePath({vector["level"].get<int>(), Number(vector["index"])},
                                   Number(vector["width"])),
                vector["path"]);
      continue;
    }
    if (Number(vector["size"]) < tree.size()) tree = {};
    while (tree.size() < Number(vector["size"])) {
      tree.Append(evidence::LeafHash(std::to_string(tree.size())));
    }
    EXPECT_EQ(Hex(tree.Root()), vector["root"]);
  }
}

TEST(VectorsTest, Proofs) {
  for (const Json& vector : ReadVectors("proofs.json", 51)) {
    SCOPED_TRACE(vector["name"]);
    const std::vector<evidence::Hash> path = UnhexHashes(vector["path"]);
    const absl::Status verified =
        vector["proof"] == "inclusion"
            ? evidence::VerifyInclusion(Number(vector["index"]), Number(vector["size"]),
                                        UnhexHash(vector["leaf_hash"]), path,
                                        UnhexHash(vector["root"]))
            : evidence::VerifyConsistency(Number(vector["old_size"]), Number(vector["new_size"]),
                                          UnhexHash(vector["old_root"]),
                                          UnhexHash(vector["new_root"]), path);
    EXPECT_EQ(Verdict(verified), vector["verdict"]) << verified.ToString();
  }
}

TEST(VectorsTest, NotesAndCheckpoints) {
  for (const Json& vector : ReadVectors("notes.json", 23)) {
    SCOPED_TRACE(vector["name"]);
    std::vector<NoteVerifier> verifiers;
    for (const Json& vkey : vector["vkeys"]) {
      verifiers.push_back(NoteVerifier::FromText(Text(vkey)).value());
      EXPECT_EQ(verifiers.back().ToText(), vkey);
    }
    if (vector.contains("note")) {
      const auto text = evidence::OpenNote(Text(vector["note"]), verifiers);
      EXPECT_EQ(Verdict(text.status()), vector["verdict"]) << text.status().ToString();
      EXPECT_TRUE(!text.ok() || *text == vector["text"]);
      continue;
    }
    const auto checkpoint = evidence::OpenCheckpoint(Text(vector["checkpoint"]), verifiers.at(0));
    EXPECT_EQ(Verdict(checkpoint.status()), vector["verdict"]) << checkpoint.status().ToString();
    if (!checkpoint.ok()) continue;
    EXPECT_EQ(checkpoint->origin, vector["origin"]);
    EXPECT_EQ(checkpoint->size, Number(vector["size"]));
    EXPECT_EQ(Hex(checkpoint->root), vector["root"]);
  }
}

TEST(VectorsTest, Receipts) {
  for (const Json& vector : ReadVectors("receipts.json", 41)) {
    SCOPED_TRACE(vector["name"]);
    const NoteVerifier log = NoteVerifier::FromText(Text(vector["vkey"])).value();
    const auto receipt = evidence::ParseReceipt(Text(vector["receipt"]));
    const auto verified = receipt.ok() ? evidence::VerifyReceipt(*receipt, log) : receipt.status();
    EXPECT_EQ(Verdict(verified.status()), vector["verdict"]) << verified.status().ToString();
    if (!verified.ok()) continue;
    EXPECT_EQ(receipt->index, Number(vector["index"]));
    EXPECT_EQ(Hex(receipt->entry), vector["entry"]);
    EXPECT_EQ(verified->size, Number(vector["size"]));
    EXPECT_EQ(Hex(verified->root), vector["root"]);
    EXPECT_EQ(evidence::EncodeReceipt(*receipt), vector["receipt"]);
  }
}

}  // namespace
}  // namespace cradle::vectors
