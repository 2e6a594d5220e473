#include "services/audit/verify_view.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "services/rules/admission.h"
#include "services/rules/rule_data.h"
#include "storage/evidence/bundle.h"
#include "storage/evidence/entry.h"
#include "storage/evidence/statement.h"
#include "storage/evidence/tree.h"
#include "storage/kv/rocksdb_store.h"

namespace cradle::audit {
namespace {

using evidence::kTileWidth;

constexpr size_t kPendingKeysMax = 20'000;  // then the fold is committed
constexpr size_t kPageKeys = 1'024;

std::string Message(const absl::Status& status) { return std::string(status.message()); }

class TemporaryFolder {
 public:
  static absl::StatusOr<TemporaryFolder> In(std::string parent) {
    std::error_code error;
    if (parent.empty()) parent = std::filesystem::temp_directory_path(error).string();
    std::string path = parent + "/cradle-verify-XXXXXX";
    if (::mkdtemp(path.data()) == nullptr) {
      return absl::UnavailableError(fmt::format("cannot make a folder in {}", parent));
    }
    return TemporaryFolder(std::move(path));
  }
  TemporaryFolder(TemporaryFolder&& other) noexcept : path_(std::exchange(other.path_, "")) {}
  TemporaryFolder& operator=(TemporaryFolder&&) = delete;
  ~TemporaryFolder() {
    std::error_code error;
    if (!path_.empty()) std::filesystem::remove_all(path_, error);
  }
  const std::string& path() const { return path_; }

 private:
  explicit TemporaryFolder(std::string path) : path_(std::move(path)) {}
  std::string path_;
};

// Walks the keys of a store in order, a page at a time, without those that `skips` names.
class Cursor {
 public:
  explicit Cursor(const kv::Reader& reader, std::function<bool(std::string_view)> skips = nullptr)
      : reader_(reader), skips_(std::move(skips)) {}

  // The pair the cursor stands on; null past the last. An error comes after the last pair that can
  // be read, and names it.
  absl::StatusOr<const std::pair<std::string, std::string>*> Peek() {
    if (place_ == page_.size() && !ended_) Load();
    if (place_ < page_.size()) return &page_[place_];
    if (!status_.ok()) return status_;
    return nullptr;
  }
  void Next() { ++place_; }

 private:
  void Load() {
    page_.clear();
    place_ = 0;
    const absl::Status status =
        reader_.Scan({last_ ? *last_ + '\0' : std::string(), ""}, kv::Order::kAscending,
                     [this](std::string_view key, std::string_view value) {
                       last_ = key;
                       if (!skips_ || !skips_(key)) page_.emplace_back(key, value);
                       return page_.size() < kPageKeys;
                     });
    ended_ = !status.ok() || page_.size() < kPageKeys;
    if (!status.ok()) {
      status_ = {status.code(), fmt::format("what comes {} cannot be read: {}",
                                            last_ ? "after key " + PrintableKey(*last_) : "first",
                                            Message(status))};
    }
  }

  const kv::Reader& reader_;
  const std::function<bool(std::string_view)> skips_;
  std::optional<std::string> last_;
  absl::Status status_;
  std::vector<std::pair<std::string, std::string>> page_;
  size_t place_ = 0;
  bool ended_ = false;
};

class OneView : public RecordFold {
 public:
  explicit OneView(const runtime::View& view) : view_(view) {}
  std::string name() const override { return fmt::format("view {}", view_.name()); }
  const runtime::View& view() const override { return view_; }

 private:
  const runtime::View& view_;
};

class RecordVerification {
 public:
  RecordVerification(const LogSource& source, RecordFold& fold, const kv::Reader& stored,
                     const VerifyViewOptions& options)
      : source_(source), fold_(fold), stored_(stored), options_(options) {}

  Report Run() {
    if (ReadSize()) {
      const absl::Status status = Replay();
      if (status.ok()) {
        Compare();
        report_.scope = fmt::format(
            "Folded {} entries again and compared {} keys of the {}. That these are the entries "
            "of the log, and the log is true, verifying the log shows.",
            report_.entries, compared_, fold_.name());
      } else {
        AddNotFolded(status);
      }
    }
    Conclude(findings_, report_);
    return std::move(report_);
  }

 private:
  // False: how much is to be folded is not known.
  bool ReadSize() {
    report_.scope = fmt::format(
        "Nothing was compared: how many entries are behind the {} cannot be read.", fold_.name());
    if (absl::Status status = stored_.Get(runtime::kSizeKey).status(); !status.ok()) {
      Unreadable(Message(status));
      return false;
    }
    const absl::StatusOr<uint64_t> size = runtime::FoldedSize(stored_);
    if (!size.ok()) {
      Diverged("size", runtime::kSizeKey, Message(size.status()));
      return false;
    }
    size_ = *size;
    return true;
  }

  void AddNotFolded(const absl::Status& status) {
    findings_.Add("replay", {VerdictOf(status), failed_entry_,
                             failed_entry_ ? fmt::format("entry {}", *failed_entry_) : fold_.name(),
                             Message(status)});
    report_.scope = fmt::format("Folded {} of {} entries; nothing of the {} was compared.",
                                report_.entries, size_, fold_.name());
  }

  void Unreadable(std::string reason) {
    findings_.Add("store", {Verdict::kUnavailable, std::nullopt, fold_.name(), std::move(reason)});
  }

  static Verdict VerdictOf(const absl::Status& status) {
    if (absl::IsDataLoss(status)) return Verdict::kTampered;
    return absl::IsUnimplemented(status) ? Verdict::kUnverifiable : Verdict::kUnavailable;
  }

  absl::Status Replay() {
    absl::StatusOr<TemporaryFolder> folder = TemporaryFolder::In(options_.scratch_directory);
    if (!folder.ok()) return folder.status();
    folder_.emplace(std::move(*folder));
    absl::StatusOr<std::unique_ptr<kv::Store>> store =
        kv::OpenRocksDb(folder_->path() + "/fold", {});
    if (!store.ok()) return store.status();
    scratch_ = std::move(*store);
    absl::StatusOr<std::unique_ptr<kv::Writer>> writer = scratch_->OpenWriter();
    if (!writer.ok()) return writer.status();
    writer_ = std::move(*writer);
    runtime::ViewWriter pending(scratch_.get());
    for (uint64_t begin = 0; begin < size_; begin += kTileWidth) {
      if (absl::Status status = FoldBundle(begin, pending); !status.ok()) return status;
      if (options_.progress && !options_.progress(report_.entries, size_)) {
        return absl::CancelledError("it was stopped");
      }
    }
    return Commit(pending);
  }

  absl::Status FoldBundle(uint64_t begin, runtime::ViewWriter& pending) {
    const uint64_t width = std::min(kTileWidth, size_ - begin);
    absl::StatusOr<EntryBundle> bundle = source_.ReadEntryBundle(begin / kTileWidth, width);
    if (!bundle.ok()) return absl::UnavailableError(Message(bundle.status()));
    absl::StatusOr<std::vector<std::string_view>> entries = evidence::ParseBundle(bundle->bytes);
    if (!entries.ok() || entries->size() < width) {
      return absl::DataLossError(fmt::format("{} has not {} entries", bundle->name, width));
    }
    for (uint64_t i = 0; i < width; ++i) {
      if (absl::Status status = LoadRuleData((*entries)[i]); !status.ok()) return status;
      failed_entry_ = begin + i;
      absl::Status folded =
          runtime::FoldEntry(fold_.view(), library_, begin + i, (*entries)[i], pending);
      if (!folded.ok()) return folded;
      failed_entry_.reset();
      ++report_.entries;
    }
    const auto folded = std::span<const std::string_view>(*entries).first(width);
    if (absl::Status status = fold_.FoldBundle(folded, pending, findings_); !status.ok()) {
      return absl::UnavailableError(Message(status));
    }
    return pending.size() > kPendingKeysMax ? Commit(pending) : absl::OkStatus();
  }

  absl::Status Commit(runtime::ViewWriter& pending) {
    if (pending.size() == 0) return absl::OkStatus();
    absl::Status status = writer_->Commit(pending.ToBatch(), kv::Durability::kBuffered);
    pending.Clear();
    return status;
  }

  absl::Status LoadRuleData(std::string_view entry_bytes) {
    absl::StatusOr<evidence::Entry> entry = evidence::DecodeEntry(entry_bytes);
    if (!entry.ok()) return absl::OkStatus();  // folding says what it is
    absl::StatusOr<evidence::ParsedStatement> statement =
        evidence::ParseStatement(std::move(entry->signed_statement.statement));
    if (!statement.ok()) return absl::OkStatus();
    const std::string sha256 = rules::RuleDataNamedBy(statement->message);
    if (sha256.empty() || library_.Find(sha256) != nullptr) return absl::OkStatus();
    absl::StatusOr<std::string> bytes = source_.ReadRuleBundle(sha256);
    if (!bytes.ok()) return absl::UnimplementedError(Message(bytes.status()));
    if (evidence::AsBytes(evidence::Sha256(*bytes)) != sha256) {
      return absl::DataLossError(
          fmt::format("the data bundle {} has other bytes", evidence::Hex(sha256)));
    }
    absl::StatusOr<std::shared_ptr<const rules::RuleData>> data =
        rules::RuleData::FromBundle(*bytes);
    if (!data.ok()) return absl::UnimplementedError(Message(data.status()));
    library_.Add(std::move(*data));
    return absl::OkStatus();
  }

  void Diverged(const std::string& kind, std::string_view key, std::string reason) {
    findings_.Add(kind, {Verdict::kDiverged, std::nullopt, PrintableKey(key), std::move(reason)});
  }

  // Both in order of key: a merge.
  void Compare() {
    const auto beside = [this](std::string_view key) { return fold_.IsBeside(key); };
    Cursor folded(*scratch_, beside);
    Cursor stored(stored_, beside);
    while (true) {
      const auto want = folded.Peek();
      const auto have = stored.Peek();
      if (!want.ok() || !have.ok()) {
        return Unreadable(Message(want.ok() ? have.status() : want.status()));
      }
      if (*want == nullptr && *have == nullptr) return;
      ++compared_;
      if (*have == nullptr || (*want != nullptr && (*want)->first < (*have)->first)) {
        Diverged("missing", (*want)->first, "the store does not have this key");
        folded.Next();
      } else if (*want == nullptr || (*have)->first < (*want)->first) {
        Diverged("superfluous", (*have)->first, "the log does not fold to this key");
        stored.Next();
      } else {
        if ((*want)->second != (*have)->second) {
          Diverged("value", (*want)->first,
                   fmt::format("it holds {} bytes with SHA-256 {}…, the log folds to {} bytes "
                               "with {}…",
                               (*have)->second.size(), ShortHash((*have)->second),
                               (*want)->second.size(), ShortHash((*want)->second)));
        }
        folded.Next();
        stored.Next();
      }
    }
  }

  static std::string ShortHash(std::string_view value) {
    return evidence::Hex(evidence::Sha256(value)).substr(0, 12);
  }

  const LogSource& source_;
  RecordFold& fold_;
  const kv::Reader& stored_;
  const VerifyViewOptions& options_;
  Report report_;
  Findings findings_;
  uint64_t size_ = 0;
  uint64_t compared_ = 0;
  std::optional<uint64_t> failed_entry_;
  rules::RuleDataLibrary library_;
  // The store is closed before its folder goes.
  std::optional<TemporaryFolder> folder_;
  std::unique_ptr<kv::Store> scratch_;
  std::unique_ptr<kv::Writer> writer_;
};

}  // namespace

std::string PrintableKey(std::string_view key) {
  std::string text;
  for (const char c : key) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte < 0x7F && c != '\\') {
      text += c;
    } else {
      text += fmt::format("\\x{:02x}", byte);
    }
  }
  return text;
}

Report VerifyRecords(const LogSource& source, RecordFold& fold, const kv::Reader& stored,
                     const VerifyViewOptions& options) {
  return RecordVerification(source, fold, stored, options).Run();
}

Report VerifyView(const LogSource& source, const runtime::View& view, const kv::Reader& stored,
                  const VerifyViewOptions& options) {
  OneView fold(view);
  return VerifyRecords(source, fold, stored, options);
}

}  // namespace cradle::audit
