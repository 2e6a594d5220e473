#include "tests/storage/kv/simulated_disk.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

namespace cradle::kv {

using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;
using rocksdb::Slice;

class SimulatedDisk::File final : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  File(std::unique_ptr<rocksdb::FSWritableFile> file, std::string name,
       std::shared_ptr<Bytes> bytes, SimulatedDisk* disk)
      : FSWritableFileOwnerWrapper(std::move(file)),
        name_(std::move(name)),
        bytes_(std::move(bytes)),
        disk_(disk) {}

  IOStatus Append(const Slice& data, const IOOptions& options, IODebugContext* debug) override {
    if (IOStatus powered = disk_->CheckPower(name_); !powered.ok()) return powered;
    Slice fitting(data.data(), disk_->Take(name_, data.size()));
    IOStatus status = target()->Append(fitting, options, debug);
    if (!status.ok()) return status;
    {
      std::lock_guard lock(disk_->mutex_);
      bytes_->written += fitting.size();
    }
    if (fitting.size() < data.size()) return IOStatus::NoSpace("simulated full disk", name_);
    return IOStatus::OK();
  }
  IOStatus Append(const Slice& data, const IOOptions& options, const rocksdb::DataVerificationInfo&,
                  IODebugContext* debug) override {
    return Append(data, options, debug);
  }
  IOStatus Truncate(uint64_t size, const IOOptions& options, IODebugContext* debug) override {
    if (IOStatus powered = disk_->CheckPower(name_); !powered.ok()) return powered;
    std::lock_guard lock(disk_->mutex_);
    bytes_->written = size;
    bytes_->synced = std::min(bytes_->synced, size);
    return target()->Truncate(size, options, debug);
  }
  IOStatus Sync(const IOOptions&, IODebugContext*) override { return MarkSynced(); }
  IOStatus Fsync(const IOOptions&, IODebugContext*) override { return MarkSynced(); }

 private:
  // The machine's own disk need not be synced: it does not lose power here.
  IOStatus MarkSynced() {
    if (IOStatus powered = disk_->CheckPower(name_); !powered.ok()) return powered;
    std::lock_guard lock(disk_->mutex_);
    if (disk_->syncs_fail_) return IOStatus::IOError("simulated failing disk", name_);
    bytes_->synced = bytes_->written;
    return IOStatus::OK();
  }

  const std::string name_;
  const std::shared_ptr<Bytes> bytes_;
  SimulatedDisk* const disk_;
};

SimulatedDisk::SimulatedDisk() : FileSystemWrapper(rocksdb::FileSystem::Default()) {}

std::unique_ptr<rocksdb::Env> SimulatedDisk::MakeEnv(std::shared_ptr<SimulatedDisk> disk) {
  return rocksdb::NewCompositeEnv(std::move(disk));
}

void SimulatedDisk::ReportFree(std::optional<uint64_t> bytes) {
  std::lock_guard lock(mutex_);
  reported_free_ = bytes;
}

void SimulatedDisk::LimitAppends(std::optional<uint64_t> bytes, std::string suffix) {
  std::lock_guard lock(mutex_);
  appends_left_ = bytes;
  limited_suffix_ = std::move(suffix);
}

void SimulatedDisk::FailSyncs(bool fail) {
  std::lock_guard lock(mutex_);
  syncs_fail_ = fail;
}

void SimulatedDisk::CutPower() {
  std::lock_guard lock(mutex_);
  power_is_cut_ = true;
}

void SimulatedDisk::CutPowerAfter(uint64_t changes) {
  std::lock_guard lock(mutex_);
  changes_left_ = changes;
}

bool SimulatedDisk::power_is_cut() {
  std::lock_guard lock(mutex_);
  return power_is_cut_;
}

void SimulatedDisk::RestorePower(Unsynced unsynced) {
  std::lock_guard lock(mutex_);
  power_is_cut_ = false;
  changes_left_.reset();
  if (unsynced == Unsynced::kKept) return;
  for (auto& [name, bytes] : files_) {
    std::error_code error;
    if (!std::filesystem::exists(name, error)) continue;
    std::filesystem::resize_file(name, bytes->synced, error);
    EXPECT_FALSE(error) << name << ": " << error.message();
    bytes->written = bytes->synced;
  }
}

IOStatus SimulatedDisk::CheckPower(const std::string& name) {
  std::lock_guard lock(mutex_);
  if (changes_left_ && (*changes_left_)-- == 0) power_is_cut_ = true;
  if (power_is_cut_) changes_left_.reset();
  return power_is_cut_ ? IOStatus::IOError("simulated power cut", name) : IOStatus::OK();
}

IOStatus SimulatedDisk::NewWritableFile(const std::string& name,
                                        const rocksdb::FileOptions& options,
                                        std::unique_ptr<rocksdb::FSWritableFile>* file,
                                        IODebugContext* debug) {
  if (IOStatus powered = CheckPower(name); !powered.ok()) return powered;
  std::unique_ptr<rocksdb::FSWritableFile> real;
  IOStatus status = target()->NewWritableFile(name, options, &real, debug);
  if (!status.ok()) return status;
  auto bytes = std::make_shared<Bytes>();
  {
    std::lock_guard lock(mutex_);
    files_[name] = bytes;
  }
  *file = std::make_unique<File>(std::move(real), name, std::move(bytes), this);
  return status;
}

IOStatus SimulatedDisk::RenameFile(const std::string& from, const std::string& to,
                                   const IOOptions& options, IODebugContext* debug) {
  if (IOStatus powered = CheckPower(from); !powered.ok()) return powered;
  IOStatus status = target()->RenameFile(from, to, options, debug);
  std::lock_guard lock(mutex_);
  if (auto moved = files_.extract(from); status.ok() && !moved.empty()) {
    files_[to] = moved.mapped();
  }
  return status;
}

IOStatus SimulatedDisk::DeleteFile(const std::string& name, const IOOptions& options,
                                   IODebugContext* debug) {
  if (IOStatus powered = CheckPower(name); !powered.ok()) return powered;
  std::lock_guard lock(mutex_);
  files_.erase(name);
  return target()->DeleteFile(name, options, debug);
}

IOStatus SimulatedDisk::GetFreeSpace(const std::string& path, const IOOptions& options,
                                     uint64_t* bytes, IODebugContext* debug) {
  std::lock_guard lock(mutex_);
  if (!reported_free_) return target()->GetFreeSpace(path, options, bytes, debug);
  *bytes = *reported_free_;
  return IOStatus::OK();
}

uint64_t SimulatedDisk::Take(const std::string& name, uint64_t bytes) {
  std::lock_guard lock(mutex_);
  if (!appends_left_ || !name.ends_with(limited_suffix_)) return bytes;
  uint64_t fitting = std::min(bytes, *appends_left_);
  *appends_left_ -= fitting;
  return fitting;
}

}  // namespace cradle::kv
