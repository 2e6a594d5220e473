// The machine's file system with a disk that can be full, fail, or lose power.
#ifndef CRADLE_TESTS_STORAGE_KV_SIMULATED_DISK_H_
#define CRADLE_TESTS_STORAGE_KV_SIMULATED_DISK_H_

#include <rocksdb/env.h>
#include <rocksdb/file_system.h>

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

namespace cradle::kv {

// Safe to set from any thread while a store uses it.
class SimulatedDisk final : public rocksdb::FileSystemWrapper {
 public:
  SimulatedDisk();
  const char* Name() const override { return "SimulatedDisk"; }

  // An environment on this disk; the disk must outlive it.
  static std::unique_ptr<rocksdb::Env> MakeEnv(std::shared_ptr<SimulatedDisk> disk);

  // What it answers to "how much is free"; nullopt: what the machine says.
  void ReportFree(std::optional<uint64_t> bytes);
  // So many more bytes can be appended to files whose names end so, then the disk is full: an
  // append writes what still fits. nullopt: no limit.
  void LimitAppends(std::optional<uint64_t> bytes, std::string suffix = "");
  void FailSyncs(bool fail);

  // From here on nothing reaches the disk and every change fails, also what a store tries when it
  // is closed.
  void CutPower();
  // The same when so many more changes were made.
  void CutPowerAfter(uint64_t changes);
  bool power_is_cut();
  // Every file has what was synced before the cut; or, as if only the process had been killed, what
  // was written. Only when no store is open.
  enum class Unsynced { kLost, kKept };
  void RestorePower(Unsynced unsynced = Unsynced::kLost);

  rocksdb::IOStatus NewWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSWritableFile>* file,
                                    rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus RenameFile(const std::string& from, const std::string& to,
                               const rocksdb::IOOptions& options,
                               rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus DeleteFile(const std::string& name, const rocksdb::IOOptions& options,
                               rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus GetFreeSpace(const std::string& path, const rocksdb::IOOptions& options,
                                 uint64_t* bytes, rocksdb::IODebugContext* debug) override;

 private:
  class File;
  struct Bytes {
    uint64_t written = 0;
    uint64_t synced = 0;
  };

  // To be asked before every change.
  rocksdb::IOStatus CheckPower(const std::string& name);
  // How much of an append to this file fits.
  uint64_t Take(const std::string& name, uint64_t bytes);

  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<Bytes>> files_;
  std::optional<uint64_t> reported_free_;
  std::optional<uint64_t> appends_left_;
  std::string limited_suffix_;
  bool syncs_fail_ = false;
  bool power_is_cut_ = false;
  std::optional<uint64_t> changes_left_;
};

}  // namespace cradle::kv

#endif  // CRADLE_TESTS_STORAGE_KV_SIMULATED_DISK_H_
