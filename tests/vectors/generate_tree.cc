#include <algorithm>
#include <map>

#include "storage/evidence/note.h"
#include "storage/evidence/proof.h"
#include "storage/evidence/receipt.h"
#include "storage/evidence/tree.h"
#include "tests/vectors/generate.h"
#include "tests/vectors/sample_log.h"
#include "tests/vectors/vector_file.h"

namespace cradle::vectors {
namespace {

using evidence::AsBytes;
using evidence::Base64;
using evidence::Hash;
using evidence::Hex;

// A tree with all its tiles in memory and the roots it has had.
class Tree : public evidence::TileReader {
 public:
  void Append(const Hash& leaf) {
    frontier_.Append(leaf);
    for (const evidence::TileWrite& write : frontier_.TakeChanged()) {
      tiles_[write.tile] = write.hashes;
    }
    roots_.push_back(frontier_.Root());
  }
  const Hash& root(uint64_t size) const { return roots_[size]; }
  uint64_t size() const { return frontier_.size(); }
  absl::StatusOr<std::string> ReadTile(const evidence::TileId& tile, uint64_t) const override {
    return tiles_.at(tile);
  }

 private:
  evidence::Frontier frontier_;
  std::vector<Hash> roots_ = {frontier_.Root()};
  std::map<evidence::TileId, std::string> tiles_;
};

std::string CountedEntry(uint64_t index) { return std::to_string(index); }

Json HexOf(const std::vector<Hash>& hashes) {
  Json list = Json::array();
  for (const Hash& hash : hashes) list.push_back(Hex(hash));
  return list;
}

struct Inclusion {
  uint64_t index, size;
  Hash leaf;
  std::vector<Hash> path;
  Hash root;
};

struct Consistency {
  uint64_t old_size, new_size;
  Hash old_root, new_root;
  std::vector<Hash> path;
};

class ProofFile {
 public:
  explicit ProofFile(const std::filesystem::path& directory)
      : file_(directory / "proofs.json",
              "Inclusion and consistency proofs that hold and do not, in the tree whose leaf N is "
              "the hash of the entry that is N in decimal.") {}

  void Add(const std::string& name, const Inclusion& p) {
    file_.Add(name, [&] {
      return Json{
          {"proof", "inclusion"},
          {"index", p.index},
          {"size", p.size},
          {"leaf_hash", Hex(p.leaf)},
          {"path", HexOf(p.path)},
          {"root", Hex(p.root)},
          {"verdict", Verdict(evidence::VerifyInclusion(p.index, p.size, p.leaf, p.path, p.root))}};
    });
  }
  void Add(const std::string& name, const Consistency& p) {
    file_.Add(name, [&] {
      return Json{{"proof", "consistency"},
                  {"old_size", p.old_size},
                  {"new_size", p.new_size},
                  {"old_root", Hex(p.old_root)},
                  {"new_root", Hex(p.new_root)},
                  {"path", HexOf(p.path)},
                  {"verdict", Verdict(evidence::VerifyConsistency(
                                  p.old_size, p.new_size, p.old_root, p.new_root, p.path))}};
    });
  }
  void Write() const { file_.Write(); }

 private:
  VectorFile file_;
};

void AddInclusions(ProofFile& file, const Tree& tree) {
  const auto inclusion = [&tree](uint64_t index, uint64_t size) {
    return Inclusion{index, size, evidence::LeafHash(CountedEntry(index)),
                     evidence::InclusionPath(index, size, tree).value(), tree.root(size)};
  };
  const std::vector<std::pair<uint64_t, uint64_t>> places = {
      {0, 1},      {0, 2},           {1, 2},           {2, 3},
      {0, 7},      {6, 7},           {5, 8},           {255, 256},
      {256, 257},  {100, 300},       {255, 65'536},    {65'535, 65'536},
      {0, 65'537}, {65'536, 65'537}, {12'345, 66'000}, {65'999, 66'000}};
  for (const auto& [index, size] : places) {
    file.Add("index " + std::to_string(index) + " of " + std::to_string(size),
             inclusion(index, size));
  }
  const Inclusion good = inclusion(5, 7);
  const auto damaged = [&](const std::string& name, auto damage) {
    Inclusion bad = good;
    damage(bad);
    file.Add("inclusion refused: " + name, bad);
  };
  damaged("index is the size", [](Inclusion& p) { p.index = 7; });
  damaged("another index", [](Inclusion& p) { p.index = 4; });
  damaged("empty tree", [](Inclusion& p) { p.index = p.size = 0, p.path.clear(); });
  damaged("a node missing", [](Inclusion& p) { p.path.pop_back(); });
  damaged("a node left over", [](Inclusion& p) { p.path.push_back(p.root); });
  damaged("a bit of a node", [](Inclusion& p) { p.path[0][31] ^= 1; });
  damaged("a bit of the leaf", [](Inclusion& p) { p.leaf[0] ^= 0x80; });
  damaged("a bit of the root", [](Inclusion& p) { p.root[7] ^= 2; });
  damaged("nodes in another order", [](Inclusion& p) { std::swap(p.path[0], p.path[1]); });
}

void AddConsistencies(ProofFile& file, const Tree& tree) {
  const auto consistency = [&tree](uint64_t old_size, uint64_t new_size) {
    return Consistency{old_size, new_size, tree.root(old_size), tree.root(new_size),
                       evidence::ConsistencyPath(old_size, new_size, tree).value()};
  };
  const std::vector<std::pair<uint64_t, uint64_t>> places = {
      {1, 1},        {1, 2},           {2, 3},           {3, 7},           {4, 7},
      {6, 8},        {8, 8},           {255, 256},       {256, 257},       {257, 600},
      {300, 66'000}, {65'535, 65'536}, {65'536, 65'537}, {65'536, 66'000}, {65'999, 66'000}};
  for (const auto& [old_size, new_size] : places) {
    file.Add("size " + std::to_string(old_size) + " to " + std::to_string(new_size),
             consistency(old_size, new_size));
  }
  const auto damaged = [&](const std::string& name, auto damage) {
    Consistency bad = consistency(3, 7);
    damage(bad);
    file.Add("consistency refused: " + name, bad);
  };
  damaged("old size 0", [](Consistency& p) { p.old_size = 0; });
  damaged("old size above the new", [](Consistency& p) { p.old_size = 8; });
  damaged("another old size", [](Consistency& p) { p.old_size = 2; });
  damaged("nodes though sizes are equal", [](Consistency& p) { p.old_size = 7; });
  damaged("two roots for one size", [](Consistency& p) { p.old_size = 7, p.path.clear(); });
  damaged("no nodes", [](Consistency& p) { p.path.clear(); });
  damaged("a node missing", [](Consistency& p) { p.path.pop_back(); });
  damaged("a node left over", [](Consistency& p) { p.path.push_back(p.old_root); });
  damaged("a bit of a node", [](Consistency& p) { p.path[1][0] ^= 1; });
  damaged("a bit of the old root", [](Consistency& p) { p.old_root[0] ^= 1; });
  damaged("a bit of the new root", [](Consistency& p) { p.new_root[0] ^= 1; });
}

void GenerateProofs(const std::filesystem::path& directory) {
  Tree tree;
  while (tree.size() < 66'000) tree.Append(evidence::LeafHash(CountedEntry(tree.size())));
  VectorFile roots(directory / "roots.json",
                   "Roots of the tree whose leaf N is the hash of the entry that is N in decimal "
                   "(ASCII), and tile paths.");
  std::vector<uint64_t> sizes = {31,   32,     33,     63,     64,     65,     127,   128,  129,
                                 255,  256,    257,    511,    512,    513,    600,   1000, 4096,
                                 4097, 65'279, 65'280, 65'535, 65'536, 65'537, 66'000};
  for (uint64_t size = 17; size-- > 0;) sizes.insert(sizes.begin(), size);
  for (uint64_t size : sizes) {
    roots.Add("size " + std::to_string(size),
              [&] { return Json{{"size", size}, {"root", Hex(tree.root(size))}}; });
  }
  const std::vector<std::tuple<int, uint64_t, uint64_t>> tiles = {
      {0, 0, 256},         {0, 0, 1},   {1, 999, 255},          {0, 1000, 256},
      {2, 1'234'067, 112}, {7, 1, 256}, {0, 1'000'000'000, 256}};
  for (const auto& [level, index, width] : tiles) {
    const std::string path = evidence::TilePath({level, index}, width);
    roots.Add(path, [&, level = level, index = index, width = width] {
      return Json{{"level", level}, {"index", index}, {"width", width}, {"path", path}};
    });
  }
  roots.Write();
  ProofFile proofs(directory);
  AddInclusions(proofs, tree);
  AddConsistencies(proofs, tree);
  proofs.Write();
}

std::string Replaced(std::string text, const std::string& from, const std::string& to) {
  return text.replace(text.find(from), from.size(), to);
}

void GenerateNotes(const std::filesystem::path& directory, const Keys& keys) {
  VectorFile file(
      directory / "notes.json",
      "Signed notes with the verifier keys known to the reader, and checkpoints: signed "
      "notes of which the first key's name must be the origin.");
  const std::string log_vkey =
      evidence::NoteVerifier::Create(kOrigin, keys.at("log").public_key())->ToText();
  const std::string other_vkey =
      evidence::NoteVerifier::Create("witness.example", keys.at("receiver").public_key())->ToText();
  const auto note = [&](const std::string& name, const std::string& text,
                        const std::vector<std::string>& vkeys) {
    file.Add(name, [&] {
      std::vector<evidence::NoteVerifier> verifiers;
      for (const std::string& vkey : vkeys) {
        verifiers.push_back(evidence::NoteVerifier::FromText(vkey).value());
      }
      const auto opened = evidence::OpenNote(text, verifiers);
      Json vector = {{"vkeys", vkeys}, {"note", text}, {"verdict", Verdict(opened.status())}};
      if (opened.ok()) vector["text"] = *opened;
      return vector;
    });
  };
  const std::string text = "a text\n\nwith an empty line\n";
  const std::string good = evidence::SignNote(text, kOrigin, keys.at("log")).value();
  const std::string other = evidence::SignNote(text, "witness.example", keys.at("receiver"))
                                .value()
                                .substr(text.size() + 1);
  const std::string false_other =
      evidence::SignNote("a lie\n", "witness.example", keys.at("receiver")).value().substr(7);
  note("one signature", good, {log_vkey});
  note("an unknown key is ignored", good + other, {log_vkey});
  note("two known keys", good + other, {log_vkey, other_vkey});
  note("a known key that fails", good + false_other, {log_vkey, other_vkey});
  note("an unknown key that fails", good + false_other, {log_vkey});
  note("no known key", good, {other_vkey});
  note("no key at all", good, {});
  note("text changed", Replaced(good, "a text", "a test"), {log_vkey});
  note("no LF at the end", good.substr(0, good.size() - 1), {log_vkey});
  note("a control character", Replaced(good, "a text", "a\ttext"), {log_vkey});
  note("no empty line", "text\n" + other, {log_vkey});
  note("no signature", text + "\n", {log_vkey});
  note("a name with '+'", Replaced(good, std::string(" ") + kOrigin, " a+b"), {log_vkey});
  note("a hyphen for the dash", Replaced(good, "\u2014", "-"), {log_vkey});

  const auto checkpoint = [&](const std::string& name, const std::string& body) {
    file.Add("checkpoint: " + name, [&] {
      const std::string signed_note = evidence::SignNote(body, kOrigin, keys.at("log")).value();
      const auto verifier = evidence::NoteVerifier::FromText(log_vkey).value();
      const auto opened = evidence::OpenCheckpoint(signed_note, verifier);
      Json vector = {{"vkeys", {log_vkey}},
                     {"checkpoint", signed_note},
                     {"verdict", Verdict(opened.status())}};
      if (opened.ok()) {
        vector["origin"] = opened->origin;
        vector["size"] = opened->size;
        vector["root"] = Hex(opened->root);
      }
      return vector;
    });
  };
  const std::string root = Base64(AsBytes(evidence::Sha256("root"))) + "\n";
  const std::string origin = std::string(kOrigin) + "\n";
  checkpoint("size 0", origin + "0\n" + Base64(AsBytes(evidence::EmptyRoot())) + "\n");
  checkpoint("size 1234", origin + "1234\n" + root);
  checkpoint("leading zero", origin + "01234\n" + root);
  checkpoint("sign", origin + "+1234\n" + root);
  checkpoint("size over 64 bits", origin + "18446744073709551616\n" + root);
  checkpoint("extension line", origin + "1234\n" + root + "more\n");
  checkpoint("two lines", origin + "1234\n");
  checkpoint("another origin", "other.example\n1234\n" + root);
  checkpoint("root of 31 bytes", origin + "1234\n" + Base64(std::string(31, 'r')) + "\n");
  file.Write();
}

void GenerateReceipts(const std::filesystem::path& directory, const Keys& keys) {
  VectorFile file(directory / "receipts.json",
                  "Receipts of the entries 'log N' of entries.json, and damaged ones.");
  std::vector<std::string> entries;
  Tree tree;
  const Json entry_file = ReadJson(directory / "entries.json");
  for (const Json& vector : entry_file["vectors"]) {
    if (!vector["name"].get<std::string>().starts_with("log ")) continue;
    entries.push_back(evidence::FromHex(vector["entry"].get<std::string>()).value());
    tree.Append(evidence::LeafHash(entries.back()));
  }
  const auto log = evidence::NoteVerifier::Create(kOrigin, keys.at("log").public_key()).value();
  const auto receipt = [&](uint64_t index, uint64_t size) {
    return evidence::Receipt{
        .entry = entries[index],
        .index = index,
        .path = evidence::InclusionPath(index, size, tree).value(),
        .checkpoint =
            evidence::SignCheckpoint({.origin = kOrigin, .size = size, .root = tree.root(size)},
                                     keys.at("log"))
                .value()};
  };
  const auto add = [&](const std::string& name, const std::string& text) {
    file.Add(name, [&] {
      const auto parsed = evidence::ParseReceipt(text);
      const auto verified = parsed.ok() ? evidence::VerifyReceipt(*parsed, log) : parsed.status();
      Json vector = {
          {"vkey", log.ToText()}, {"receipt", text}, {"verdict", Verdict(verified.status())}};
      if (!verified.ok()) return vector;
      vector["index"] = parsed->index;
      vector["entry"] = Hex(parsed->entry);
      vector["size"] = verified->size;
      vector["root"] = Hex(verified->root);
      return vector;
    });
  };
  for (uint64_t index = 0; index < entries.size(); ++index) {
    for (uint64_t size : {index + 1, tree.size()}) {
      add("log " + std::to_string(index) + " at size " + std::to_string(size),
          EncodeReceipt(receipt(index, size)));
    }
  }
  const evidence::Receipt good = receipt(5, 7);
  const std::string text = EncodeReceipt(good);
  add("another header", Replaced(text, "@v1", "@v2"));
  add("no entry", "c2sp.org/tlog-proof@v1\n" + text.substr(text.find("index ")));
  add("index with a leading zero", Replaced(text, "index 5", "index 05"));
  add("another index", Replaced(text, "index 5", "index 4"));
  add("index beyond the tree", Replaced(text, "index 5", "index 7"));
  add("size changed in the checkpoint", Replaced(text, "\n7\n", "\n8\n"));
  add("checkpoint missing", text.substr(0, text.find("\n\n") + 2));
  add("cut short", text.substr(0, text.size() - 10));
  evidence::Receipt bad = good;
  bad.path.pop_back();
  add("a node missing", EncodeReceipt(bad));
  bad = good;
  bad.path.push_back(bad.path[0]);
  add("a node left over", EncodeReceipt(bad));
  bad = good;
  bad.entry.back() = static_cast<char>(bad.entry.back() ^ 1);
  add("entry changed", EncodeReceipt(bad));
  bad = good;
  bad.checkpoint = evidence::SignCheckpoint({.origin = kOrigin, .size = 7, .root = tree.root(7)},
                                            keys.at("receiver"))
                       .value();
  add("signed by another key", EncodeReceipt(bad));
  file.Write();
}

}  // namespace

void GenerateTree(const std::filesystem::path& directory, const Keys& keys) {
  GenerateProofs(directory);
  GenerateNotes(directory, keys);
  GenerateReceipts(directory, keys);
}

}  // namespace cradle::vectors
