// What a home does with statements that the log refused, and with what rests on them.
#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "clients/sdk/files.h"
#include "clients/sdk/home.h"
#include "clients/sdk/statement_files.h"
#include "storage/evidence/entry.h"
#include "storage/evidence/hash.h"
#include "storage/evidence/receipt.h"

namespace cradle::sdk {
namespace {

using Hashes = std::set<std::string, std::less<>>;  // of statements, 32 bytes each

// Why a statement was refused, as far as what stands above it has to say it.
struct Root {
  std::string hash;  // of the refused statement, 32 bytes
  std::string rule;
};

std::string RestsOnJson(const Root& root) {
  const nlohmann::ordered_json json = {
      {"code", absl::StatusCodeToString(absl::StatusCode::kFailedPrecondition)},
      {"rests_on", {{"statement_hash", evidence::Hex(root.hash)}, {"rule", root.rule}}},
      {"violations", nlohmann::ordered_json::array()},
      {"heads", nlohmann::ordered_json::array()}};
  return json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

// A disputed statement has a receipt too, and is the head of no chain.
bool IsOfDisputed(std::string_view receipt_bytes) {
  const absl::StatusOr<evidence::Receipt> receipt = evidence::ParseReceipt(receipt_bytes);
  if (!receipt.ok()) return false;
  const absl::StatusOr<evidence::Entry> entry = evidence::DecodeEntry(receipt->entry);
  return entry.ok() && entry->kind == evidence::EntryKind::kDisputed;
}

// Reads the reasons kept beside a statement; a file that somebody edited says less, not nothing.
Root RootFrom(std::string_view hash, const std::string& reasons) {
  Root root{std::string(hash), "unknown"};
  const auto json = nlohmann::json::parse(reasons, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) return root;
  const auto text = [](const nlohmann::json& from, const char* name) {
    const auto found = from.is_object() ? from.find(name) : from.end();
    return from.is_object() && found != from.end() && found->is_string() ? found->get<std::string>()
                                                                         : std::string();
  };
  if (const auto rests_on = json.find("rests_on"); rests_on != json.end()) {
    const absl::StatusOr<std::string> before = evidence::FromHex(text(*rests_on, "statement_hash"));
    if (before.ok() && before->size() == root.hash.size()) {
      return {*before, text(*rests_on, "rule")};
    }
  }
  if (const std::string code = text(json, "code"); !code.empty()) root.rule = code;
  const auto violations = json.find("violations");
  if (violations == json.end() || !violations->is_array()) return root;
  for (const auto& violation : *violations) {
    if (text(violation, "effect") == "marks") continue;
    if (std::string rule = text(violation, "rule"); !rule.empty()) {
      root.rule = std::move(rule);
      break;
    }
  }
  return root;
}

}  // namespace

// One act of setting aside. What is set aside is in refused/ before it leaves the outbox, heads are
// back before that, and what was refused leaves last: interrupted anywhere, sending again ends it.
class Home::Refusing {
 public:
  explicit Refusing(Home& home) : home_(home) {}

  absl::Status Add(const evidence::ParsedStatement& statement, Root root, std::string reasons);
  // NOT_FOUND: it rests on nothing that was refused.
  absl::StatusOr<Root> RootOf(const evidence::ParsedStatement& statement) const;
  absl::StatusOr<std::vector<RestsOn>> Perform();

 private:
  struct Aside {
    evidence::ParsedStatement statement;
    Root root;
    std::string reasons;
  };

  std::filesystem::path File(std::string_view folder, std::string_view hash) const {
    return home_.path_ / folder / FileName(hash, kStatementSuffix);
  }
  absl::StatusOr<std::optional<Pending>> Load(std::string_view hash) const;
  absl::StatusOr<std::optional<Root>> Dead(const std::string& hash, Hashes& visited) const;
  absl::Status AddResting();
  absl::Status Copy(const Aside& aside) const;
  absl::Status PutBack(const std::string& chain, std::deque<std::string>& chains) const;

  Home& home_;
  std::vector<Aside> aside_;                        // predecessors before what rests on them
  std::map<std::string, Root, std::less<>> roots_;  // of all in aside_, by hash
};

absl::Status Home::Refusing::Add(const evidence::ParsedStatement& statement, Root root,
                                 std::string reasons) {
  const std::string hash(evidence::AsBytes(statement.hash));
  const absl::Status waits = ReadFile(File("outbox", hash)).status();
  if (absl::IsNotFound(waits)) return absl::OkStatus();  // another process has moved it
  if (!waits.ok()) return waits;
  if (roots_.emplace(hash, root).second) {
    aside_.push_back({statement, std::move(root), std::move(reasons)});
  }
  return absl::OkStatus();
}

// Wherever this home keeps it.
absl::StatusOr<std::optional<Pending>> Home::Refusing::Load(std::string_view hash) const {
  for (const char* folder : {"statements", "outbox", "refused"}) {
    absl::StatusOr<Pending> pending = ReadPending(File(folder, hash));
    if (pending.ok()) return *std::move(pending);
    if (!absl::IsNotFound(pending.status())) return pending.status();
  }
  return std::nullopt;
}

// The refusal for which this statement cannot be admitted, as far as this home knows; nullopt: it
// may be. `visited`: statements known to be in order.
absl::StatusOr<std::optional<Root>> Home::Refusing::Dead(const std::string& hash,
                                                         Hashes& visited) const {
  if (const auto found = roots_.find(hash); found != roots_.end()) return found->second;
  if (!visited.insert(hash).second) return std::nullopt;
  absl::StatusOr<std::optional<std::string>> receipt = home_.FindReceipt(hash);
  if (!receipt.ok()) return receipt.status();
  if (receipt->has_value()) return std::nullopt;
  // What is in both was put back to be sent again.
  if (absl::IsNotFound(ReadFile(File("outbox", hash)).status())) {
    absl::StatusOr<std::string> reasons =
        ReadFile(home_.path_ / "refused" / FileName(hash, ".json"));
    if (reasons.ok()) return RootFrom(hash, *reasons);
    if (!absl::IsNotFound(reasons.status())) return reasons.status();
  }
  absl::StatusOr<std::optional<Pending>> kept = Load(hash);
  if (!kept.ok()) return kept.status();
  if (!kept->has_value()) return std::nullopt;
  for (const statement::v1::Link& link : (*kept)->parsed.message.links()) {
    if (link.height() == 0) continue;
    absl::StatusOr<std::optional<Root>> root = Dead(link.previous(), visited);
    if (!root.ok() || root->has_value()) return root;
  }
  return std::nullopt;
}

absl::StatusOr<Root> Home::Refusing::RootOf(const evidence::ParsedStatement& statement) const {
  Hashes visited;
  for (const statement::v1::Link& link : statement.message.links()) {
    if (link.height() == 0) continue;
    absl::StatusOr<std::optional<Root>> root = Dead(link.previous(), visited);
    if (!root.ok()) return root.status();
    if (root->has_value()) return **std::move(root);
  }
  return absl::NotFoundError("it rests on nothing that was refused");
}

// Whatever in the outbox links to one that is set aside, over any number of steps.
absl::Status Home::Refusing::AddResting() {
  absl::StatusOr<std::vector<Pending>> outbox = home_.ReadOutbox();
  if (!outbox.ok()) return outbox.status();
  std::multimap<std::string, const Pending*, std::less<>> after;  // by predecessor
  for (const Pending& pending : *outbox) {
    for (const statement::v1::Link& link : pending.parsed.message.links()) {
      if (link.height() > 0) after.emplace(link.previous(), &pending);
    }
  }
  for (size_t i = 0; i < aside_.size(); ++i) {
    const Root root = aside_[i].root;
    const auto [begin, end] = after.equal_range(evidence::AsBytes(aside_[i].statement.hash));
    for (auto next = begin; next != end; ++next) {
      if (absl::Status status = Add(next->second->parsed, root, RestsOnJson(root)); !status.ok()) {
        return status;
      }
    }
  }
  return absl::OkStatus();
}

absl::Status Home::Refusing::Copy(const Aside& aside) const {
  const std::string_view hash = evidence::AsBytes(aside.statement.hash);
  absl::StatusOr<std::string> bytes = ReadFile(File("outbox", hash));
  if (!bytes.ok()) return bytes.status();
  const std::filesystem::path directory = home_.path_ / "refused";
  if (absl::Status status = MakeDirectory(directory); !status.ok()) return status;
  if (absl::Status status = WriteFileAtomically(directory / FileName(hash, ".json"), aside.reasons);
      !status.ok()) {
    return status;
  }
  return WriteFileAtomically(File("refused", hash), *bytes);
}

// A chain whose head cannot be admitted goes back to the last statement that is, or may be. The
// other chains of what it passes on the way have to go back too: they join `chains`.
absl::Status Home::Refusing::PutBack(const std::string& chain,
                                     std::deque<std::string>& chains) const {
  absl::StatusOr<std::optional<ChainHead>> known = home_.heads().Find(chain);
  if (!known.ok()) return known.status();
  if (!known->has_value() || (*known)->admitted) return absl::OkStatus();
  ChainHead head = **known;
  while (!head.statement_hash.empty()) {
    Hashes visited;
    absl::StatusOr<std::optional<Root>> root = Dead(head.statement_hash, visited);
    if (!root.ok()) return root.status();
    absl::StatusOr<std::optional<Pending>> kept = Load(head.statement_hash);
    if (!kept.ok()) return kept.status();
    if (!root->has_value()) {
      absl::StatusOr<std::optional<std::string>> receipt = home_.FindReceipt(head.statement_hash);
      if (!receipt.ok()) return receipt.status();
      head.admitted = receipt->has_value() && !IsOfDisputed(**receipt);
      // Only a server, or a file, has named it: the server is to say where the chain stands now.
      if (!head.admitted && !kept->has_value()) head = ChainHead{};
      break;
    }
    ChainHead before;
    if (kept->has_value()) {
      for (const statement::v1::Link& link : (*kept)->parsed.message.links()) {
        if (link.chain() != chain) {
          chains.push_back(link.chain());
        } else if (link.height() > 0) {
          before = {link.height() - 1, link.previous(), false};
        }
      }
    }
    head = before;
  }
  return head == **known ? absl::OkStatus() : home_.heads().Set(chain, head);
}

absl::StatusOr<std::vector<RestsOn>> Home::Refusing::Perform() {
  if (aside_.empty()) return std::vector<RestsOn>();
  if (absl::Status status = AddResting(); !status.ok()) return status;
  std::deque<std::string> chains;
  for (const Aside& aside : aside_) {
    if (absl::Status status = Copy(aside); !status.ok()) return status;
    for (const auto& link : aside.statement.message.links()) chains.push_back(link.chain());
  }
  for (Hashes done; !chains.empty(); chains.pop_front()) {
    const std::string chain = chains.front();
    if (!done.insert(chain).second) continue;
    if (absl::Status status = PutBack(chain, chains); !status.ok()) return status;
  }
  std::vector<RestsOn> resting;
  for (auto aside = aside_.rbegin(); aside != aside_.rend(); ++aside) {
    const std::string_view hash = evidence::AsBytes(aside->statement.hash);
    if (absl::Status status = RemoveFile(File("outbox", hash)); !status.ok()) return status;
    if (aside->root.hash == hash) continue;
    RestsOn& told = resting.emplace_back();
    told.statement_hash = aside->statement.hash;
    std::copy(aside->root.hash.begin(), aside->root.hash.end(), told.refused.begin());
    told.rule = aside->root.rule;
  }
  return resting;
}

absl::StatusOr<std::vector<RestsOn>> Home::Refused(const HomeLock&,
                                                   const std::vector<Refusal>& refusals) {
  Refusing refusing(*this);
  for (const Refusal& refusal : refusals) {
    const Root root{std::string(evidence::AsBytes(refusal.statement.hash)), refusal.rule};
    if (absl::Status status = refusing.Add(refusal.statement, root, refusal.reasons_json);
        !status.ok()) {
      return status;
    }
  }
  return refusing.Perform();
}

absl::StatusOr<std::vector<RestsOn>> Home::SetAsideResting(
    const HomeLock&, const std::vector<evidence::ParsedStatement>& statements) {
  Refusing refusing(*this);
  for (const evidence::ParsedStatement& statement : statements) {
    absl::StatusOr<Root> root = refusing.RootOf(statement);
    if (absl::IsNotFound(root.status()) && !IsLocal(root.status())) continue;
    if (!root.ok()) return root.status();
    if (absl::Status status = refusing.Add(statement, *root, RestsOnJson(*root)); !status.ok()) {
      return status;
    }
  }
  return refusing.Perform();
}

absl::StatusOr<std::vector<Pending>> Home::ReadRefused() const {
  return ReadStatements(path_ / "refused");
}

absl::Status Home::Retry(const HomeLock& lock, std::string_view statement_hash) {
  const std::filesystem::path directory = path_ / "refused";
  absl::StatusOr<Pending> refused =
      ReadPending(directory / FileName(statement_hash, kStatementSuffix));
  if (absl::IsNotFound(refused.status())) {
    return absl::NotFoundError(
        fmt::format("no statement {} was refused here", evidence::Hex(statement_hash)));
  }
  if (!refused.ok()) return refused.status();
  if (absl::Status status = Enqueue(lock, refused->signed_statement); !status.ok()) return status;
  if (absl::Status status = heads_->Advance(refused->parsed, /*admitted=*/false); !status.ok()) {
    return status;
  }
  if (absl::Status status = RemoveFile(directory / FileName(statement_hash, kStatementSuffix));
      !status.ok()) {
    return status;
  }
  return RemoveFile(directory / FileName(statement_hash, ".json"));
}

}  // namespace cradle::sdk
