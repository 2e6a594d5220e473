#include "storage/kv/rocksdb_store.h"

#include <fmt/format.h>
#include <rocksdb/db.h>
#include <rocksdb/utilities/checkpoint.h>
#include <rocksdb/write_batch.h>

#include <filesystem>
#include <mutex>
#include <system_error>
#include <utility>

#include "storage/kv/home.h"
#include "storage/kv/limits.h"
#include "storage/kv/rocksdb_events.h"
#include "storage/kv/rocksdb_options.h"
#include "storage/kv/rocksdb_status.h"

namespace cradle::kv {
namespace {

rocksdb::Slice ToSlice(std::string_view bytes) { return {bytes.data(), bytes.size()}; }
std::string_view ToView(const rocksdb::Slice& slice) { return {slice.data(), slice.size()}; }

// The epoch as kept: 8 bytes, big-endian.
std::string EncodeEpoch(uint64_t epoch) {
  std::string bytes(8, '\0');
  for (int i = 7; i >= 0; --i, epoch >>= 8)
    bytes[static_cast<size_t>(i)] = static_cast<char>(epoch);
  return bytes;
}

uint64_t DecodeEpoch(std::string_view bytes) {
  uint64_t epoch = 0;
  for (char byte : bytes) epoch = epoch << 8 | static_cast<unsigned char>(byte);
  return epoch;
}

// Reads the latest state, or the one of `snapshot`, which it then owns.
class RocksDbReader final : public Reader {
 public:
  RocksDbReader(rocksdb::DB* db, const rocksdb::Snapshot* snapshot, const std::string& directory)
      : db_(db), snapshot_(snapshot), directory_(directory) {}
  RocksDbReader(const RocksDbReader&) = delete;
  RocksDbReader& operator=(const RocksDbReader&) = delete;
  ~RocksDbReader() override {
    if (snapshot_ != nullptr) db_->ReleaseSnapshot(snapshot_);
  }

  absl::StatusOr<std::optional<std::string>> Get(std::string_view key) const override {
    std::string value;
    rocksdb::Status status = db_->Get(Options(), db_->DefaultColumnFamily(), ToSlice(key), &value);
    if (status.IsNotFound()) return std::optional<std::string>();
    if (!status.ok()) return ReadError(status, directory_);
    return std::optional<std::string>(std::move(value));
  }

  absl::StatusOr<std::vector<std::optional<std::string>>> MultiGet(
      std::span<const std::string> keys) const override {
    std::vector<rocksdb::Slice> slices(keys.begin(), keys.end());
    std::vector<rocksdb::PinnableSlice> values(keys.size());
    std::vector<rocksdb::Status> statuses(keys.size());
    db_->MultiGet(Options(), db_->DefaultColumnFamily(), keys.size(), slices.data(), values.data(),
                  statuses.data());
    std::vector<std::optional<std::string>> answers(keys.size());
    for (size_t i = 0; i < keys.size(); ++i) {
      if (statuses[i].ok()) {
        answers[i].emplace(ToView(values[i]));
      } else if (!statuses[i].IsNotFound()) {
        return ReadError(statuses[i], directory_);
      }
    }
    return answers;
  }

  absl::Status Scan(const Range& range, Order order, const Visitor& visit) const override {
    if (!range.end.empty() && range.end <= range.begin) return absl::OkStatus();
    rocksdb::Slice lower(range.begin);
    rocksdb::Slice upper(range.end);
    rocksdb::ReadOptions options = Options();
    options.iterate_lower_bound = &lower;
    if (!range.end.empty()) options.iterate_upper_bound = &upper;
    std::unique_ptr<rocksdb::Iterator> at(db_->NewIterator(options, db_->DefaultColumnFamily()));
    bool up = order == Order::kAscending;
    for (up ? at->SeekToFirst() : at->SeekToLast(); at->Valid(); up ? at->Next() : at->Prev()) {
      if (!visit(ToView(at->key()), ToView(at->value()))) return absl::OkStatus();
    }
    if (!at->status().ok()) return ReadError(at->status(), directory_);
    return absl::OkStatus();
  }

 private:
  rocksdb::ReadOptions Options() const {
    rocksdb::ReadOptions options;
    options.verify_checksums = true;
    options.snapshot = snapshot_;
    return options;
  }

  rocksdb::DB* db_;
  const rocksdb::Snapshot* snapshot_;
  std::string directory_;
};

struct Database {
  std::unique_ptr<rocksdb::DB> db;
  // After db, so that they go before it.
  std::unique_ptr<rocksdb::ColumnFamilyHandle> user_data;
  std::unique_ptr<rocksdb::ColumnFamilyHandle> engine_data;
};

class RocksDbStore final : public Store {
 public:
  RocksDbStore(Database database, std::shared_ptr<LogWatch> log_watch, std::string directory,
               bool read_only, uint64_t epoch)
      : database_(std::move(database)),
        log_watch_(std::move(log_watch)),
        directory_(std::move(directory)),
        read_only_(read_only),
        latest_(database_.db.get(), nullptr, directory_),
        epoch_(epoch) {}

  absl::StatusOr<std::optional<std::string>> Get(std::string_view key) const override {
    return latest_.Get(key);
  }
  absl::StatusOr<std::vector<std::optional<std::string>>> MultiGet(
      std::span<const std::string> keys) const override {
    return latest_.MultiGet(keys);
  }
  absl::Status Scan(const Range& range, Order order, const Visitor& visit) const override {
    return latest_.Scan(range, order, visit);
  }
  std::unique_ptr<Reader> Snapshot() const override {
    rocksdb::DB* db = database_.db.get();
    return std::make_unique<RocksDbReader>(db, db->GetSnapshot(), directory_);
  }

  absl::StatusOr<std::unique_ptr<Writer>> OpenWriter() override;
  absl::Status Commit(uint64_t epoch, const Batch& batch, Durability durability);
  absl::Status CopyTo(const std::string& target) const;

 private:
  absl::Status WriteLocked(rocksdb::WriteBatch* batch, Durability durability);

  Database database_;
  std::shared_ptr<LogWatch> log_watch_;
  const std::string directory_;
  const bool read_only_;
  const RocksDbReader latest_;

  // Held from checking the epoch until the write is done: no fenced write can land afterwards.
  std::mutex mutex_;
  uint64_t epoch_;        // of the one who may write
  absl::Status unknown_;  // not OK once a commit ended unknown
};

class RocksDbWriter final : public Writer {
 public:
  RocksDbWriter(RocksDbStore* store, uint64_t epoch) : store_(store), epoch_(epoch) {}
  uint64_t epoch() const override { return epoch_; }
  absl::Status Commit(const Batch& batch, Durability durability) override {
    return store_->Commit(epoch_, batch, durability);
  }

 private:
  RocksDbStore* store_;
  const uint64_t epoch_;
};

absl::StatusOr<std::unique_ptr<Writer>> RocksDbStore::OpenWriter() {
  if (read_only_) {
    return absl::FailedPreconditionError(
        fmt::format("the store in '{}' was opened read-only", directory_));
  }
  std::lock_guard lock(mutex_);
  uint64_t next = epoch_ + 1;
  rocksdb::WriteBatch batch;
  batch.Put(database_.engine_data.get(), kEpochKey, EncodeEpoch(next));
  absl::Status written = WriteLocked(&batch, Durability::kSynced);
  if (!written.ok()) return written;
  epoch_ = next;
  return std::make_unique<RocksDbWriter>(this, next);
}

absl::Status RocksDbStore::Commit(uint64_t epoch, const Batch& batch, Durability durability) {
  constexpr size_t kRecordBytesMost = 16;  // what a record of the engine adds
  const std::vector<Batch::Write> all = batch.writes();
  rocksdb::WriteBatch writes(batch.bytes() + kRecordBytesMost * (all.size() + 1));
  absl::Status limits = CheckLimits(all);
  if (limits.ok()) {
    for (const Batch::Write& write : all) {
      if (write.value) {
        writes.Put(ToSlice(write.key), ToSlice(*write.value));
      } else {
        writes.Delete(ToSlice(write.key));
      }
    }
  }
  std::lock_guard lock(mutex_);
  if (epoch != epoch_) {
    return absl::AbortedError(
        fmt::format("fenced: the writer of epoch {} was opened after this one of epoch {} on '{}'; "
                    "nothing was written",
                    epoch_, epoch, directory_));
  }
  if (!limits.ok()) return limits;
  return WriteLocked(&writes, durability);
}

absl::Status RocksDbStore::WriteLocked(rocksdb::WriteBatch* batch, Durability durability) {
  if (!unknown_.ok()) return unknown_;
  uint64_t free_bytes = 0;
  // Where the file system cannot say what is free, the write itself will tell.
  if (database_.db->GetEnv()->GetFreeSpace(directory_, &free_bytes).ok() &&
      free_bytes < kFreeBytesMin + batch->GetDataSize()) {
    return absl::ResourceExhaustedError(
        fmt::format("the disk of '{}' is full ({} MiB free, {} MiB are kept free): nothing was "
                    "written; free space and commit again",
                    directory_, free_bytes >> 20, kFreeBytesMin >> 20));
  }
  rocksdb::WriteOptions options;
  options.sync = durability == Durability::kSynced;
  rocksdb::Status status = database_.db->Write(options, batch);
  if (status.ok()) return absl::OkStatus();
  if (status.IsNoSpace() && !log_watch_->failed()) {
    return absl::ResourceExhaustedError(fmt::format(
        "the disk of '{}' is full: {}; nothing was written; free space and commit again",
        directory_, status.ToString()));
  }
  unknown_ = absl::UnknownError(fmt::format(
      "a commit to '{}' may or may not have been written: {}; reopen the store and read "
      "what is there before anything else is committed",
      directory_, status.ToString()));
  return unknown_;
}

absl::Status RocksDbStore::CopyTo(const std::string& target) const {
  if (read_only_) {
    return absl::FailedPreconditionError(fmt::format(
        "the store in '{}' was opened read-only: copy its directory instead", directory_));
  }
  std::string absolute = std::filesystem::absolute(target).lexically_normal().string();
  while (absolute.size() > 1 && absolute.back() == '/') absolute.pop_back();
  std::string partial = absolute + ".partial";
  for (const std::string& path : {absolute, partial}) {
    std::error_code error;
    if (std::filesystem::exists(std::filesystem::symlink_status(path, error))) {
      return absl::AlreadyExistsError(fmt::format(
          "'{}' is there already: remove it, or name another target for the copy", path));
    }
  }
  rocksdb::Checkpoint* made = nullptr;
  rocksdb::Status status = rocksdb::Checkpoint::Create(database_.db.get(), &made);
  std::unique_ptr<rocksdb::Checkpoint> checkpoint(made);
  if (status.ok()) status = checkpoint->CreateCheckpoint(partial);
  if (!status.ok()) return OpenError(status, absolute);
  // The copy gets its name last: a target that is there is complete.
  absl::Status finished = FinishHome(partial);
  if (finished.ok()) finished = MoveDirectory(partial, absolute);
  if (!finished.ok()) {
    std::error_code ignored;  // what failed first is what is reported
    std::filesystem::remove_all(partial, ignored);
  }
  return finished;
}

absl::StatusOr<Database> OpenDatabase(const rocksdb::DBOptions& options,
                                      const std::string& directory, bool read_only) {
  rocksdb::DB* db = nullptr;
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::Status status =
      read_only ? rocksdb::DB::OpenForReadOnly(options, directory, ColumnFamilies(), &handles, &db)
                : rocksdb::DB::Open(options, directory, ColumnFamilies(), &handles, &db);
  if (!status.ok()) return OpenError(status, directory);
  return Database{.db = std::unique_ptr<rocksdb::DB>(db),
                  .user_data = std::unique_ptr<rocksdb::ColumnFamilyHandle>(handles[0]),
                  .engine_data = std::unique_ptr<rocksdb::ColumnFamilyHandle>(handles[1])};
}

// 0 in a store that never had a writer.
absl::StatusOr<uint64_t> ReadEpoch(const Database& database, const std::string& directory) {
  std::string bytes;
  rocksdb::Status status =
      database.db->Get(rocksdb::ReadOptions(), database.engine_data.get(), kEpochKey, &bytes);
  if (status.IsNotFound()) return 0;
  if (!status.ok()) return ReadError(status, directory);
  if (bytes.size() != 8) {
    return absl::DataLossError(fmt::format("the store in '{}' is damaged: its epoch has {} bytes",
                                           directory, bytes.size()));
  }
  return DecodeEpoch(bytes);
}

// RocksDB flushes what its logs hold when it opens them, and must not run out of space there.
absl::Status CheckRoomToOpen(rocksdb::Env* env, const std::string& directory) {
  uint64_t needed_bytes = kFreeBytesMinToOpen;
  std::error_code error;
  std::filesystem::directory_iterator entries(directory, error);
  for (; !error && entries != std::filesystem::directory_iterator(); entries.increment(error)) {
    std::error_code unknown_size;
    if (entries->path().extension() != ".log") continue;
    if (uintmax_t bytes = entries->file_size(unknown_size); !unknown_size) needed_bytes += bytes;
  }
  uint64_t free_bytes = 0;
  if (!env->GetFreeSpace(directory, &free_bytes).ok() || free_bytes >= needed_bytes) {
    return absl::OkStatus();
  }
  return absl::ResourceExhaustedError(fmt::format(
      "the disk of '{}' is full: {} MiB are free and {} MiB needed to open the store for "
      "writing; free space, or open it read-only",
      directory, free_bytes >> 20, needed_bytes >> 20));
}

}  // namespace

absl::StatusOr<std::unique_ptr<Store>> OpenRocksDbIn(rocksdb::Env* env,
                                                     const std::string& directory,
                                                     const RocksDbOptions& options) {
  absl::StatusOr<Home> home = InspectHome(directory);
  if (!home.ok()) return home.status();
  bool create = *home == Home::kNothing;
  if (create && (options.read_only || !options.create_if_missing)) {
    return absl::NotFoundError(fmt::format("there is no store in '{}'", directory));
  }
  if (create) {
    absl::Status begun = BeginHome(directory);
    if (!begun.ok()) return begun;
  }
  if (!options.read_only) {
    absl::Status room = CheckRoomToOpen(env, directory);
    if (!room.ok()) return room;
  }
  auto log_watch = std::make_shared<LogWatch>(directory);
  rocksdb::DBOptions database_options = DatabaseOptions(env);
  database_options.listeners.push_back(log_watch);
  database_options.create_if_missing = create;
  database_options.create_missing_column_families = create;
  database_options.info_log = std::make_shared<ForwardingLogger>(directory);

  absl::StatusOr<Database> database = OpenDatabase(database_options, directory, options.read_only);
  if (!database.ok()) return database.status();
  if (create) {
    absl::Status finished = FinishHome(directory);
    if (!finished.ok()) return finished;
  }
  absl::StatusOr<uint64_t> epoch = ReadEpoch(*database, directory);
  if (!epoch.ok()) return epoch.status();
  return std::make_unique<RocksDbStore>(*std::move(database), std::move(log_watch), directory,
                                        options.read_only, *epoch);
}

absl::StatusOr<std::unique_ptr<Store>> OpenRocksDb(const std::string& directory,
                                                   const RocksDbOptions& options) {
  return OpenRocksDbIn(rocksdb::Env::Default(), directory, options);
}

absl::Status CheckpointRocksDb(const Store& store, const std::string& target) {
  const auto* rocksdb_store = dynamic_cast<const RocksDbStore*>(&store);
  if (rocksdb_store == nullptr) {
    return absl::InvalidArgumentError("only a store opened by OpenRocksDb can be copied this way");
  }
  return rocksdb_store->CopyTo(target);
}

}  // namespace cradle::kv
