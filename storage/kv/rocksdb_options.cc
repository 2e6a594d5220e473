#include "storage/kv/rocksdb_options.h"

#include <rocksdb/cache.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/slice_transform.h>
#include <rocksdb/table.h>

// Debian's RocksDB is not instrumented for ThreadSanitizer, which therefore reports its lock-free
// parts as races; so are those of LZ4, which only RocksDB calls. What our own code does above it is
// checked all the same.
#if defined(__SANITIZE_THREAD__)
#define CRADLE_THREAD_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define CRADLE_THREAD_SANITIZER 1
#endif
#endif
#ifdef CRADLE_THREAD_SANITIZER
extern "C" const char* __tsan_default_suppressions() {
  return "called_from_lib:librocksdb.so\ncalled_from_lib:liblz4.so\nrace:librocksdb.so\nrace:"
         "rocksdb::\n";
}
#endif

namespace cradle::kv {
namespace {

constexpr size_t kBlockCacheBytes = 64 << 20;  // for all stores of a process together
constexpr size_t kWriteBufferBytes = 16 << 20;
constexpr int kWriteBuffersMax = 3;
constexpr uint64_t kWalBytesMax = 128 << 20;
constexpr int kOpenFilesMax = 128;
constexpr double kBloomBitsPerKey = 10;
constexpr double kMemtableBloomRatio = 0.05;  // of a write buffer
constexpr size_t kKindBytes = 5;              // that tell one kind of key from another, as a rule
constexpr size_t kBlockBytes = 8 << 10;
constexpr size_t kFilterBlockBytes = 4 << 10;
constexpr int kBlockCacheShardBits = 2;  // few, so that one large block does not fill a shard

rocksdb::ColumnFamilyOptions UserData() {
  static const std::shared_ptr<rocksdb::Cache> cache =
      rocksdb::NewLRUCache(kBlockCacheBytes, kBlockCacheShardBits);
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = cache;
  table.block_size = kBlockBytes;
  // Index and filter count against the cache too, or memory would grow with the store.
  table.cache_index_and_filter_blocks = true;
  table.pin_l0_filter_and_index_blocks_in_cache = true;
  // In parts: the filter of a whole file outgrows a shard of the cache at about a million keys, and
  // would then be read from the disk again for every key.
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(kBloomBitsPerKey));
  table.partition_filters = true;
  table.index_type = rocksdb::BlockBasedTableOptions::kTwoLevelIndexSearch;
  table.metadata_block_size = kFilterBlockBytes;
  table.pin_top_level_index_and_filter = true;
  table.format_version = 5;

  rocksdb::ColumnFamilyOptions options;
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  options.write_buffer_size = kWriteBufferBytes;
  options.max_write_buffer_number = kWriteBuffersMax;
  // Most keys that are looked for are absent (is this nonce new?).
  options.memtable_whole_key_filtering = true;
  options.memtable_prefix_bloom_size_ratio = kMemtableBloomRatio;
  // A commit whose keys come in order is inserted with fewer comparisons: each kind of key goes on
  // from the one before.
  options.memtable_insert_with_hint_prefix_extractor.reset(
      rocksdb::NewCappedPrefixTransform(kKindBytes));
  options.level_compaction_dynamic_level_bytes = true;
  options.compression = rocksdb::kLZ4Compression;
  options.force_consistency_checks = true;
  return options;
}

}  // namespace

rocksdb::DBOptions DatabaseOptions(rocksdb::Env* env) {
  rocksdb::DBOptions options;
  options.env = env;
  // Recovery drops only an unfinished last write and refuses a wrong checksum before it. The
  // default (point in time) would silently shorten the store at the first damaged byte.
  options.wal_recovery_mode = rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
  options.track_and_verify_wals_in_manifest = true;
  options.paranoid_checks = true;
  options.flush_verify_memtable_count = true;
  options.max_total_wal_size = kWalBytesMax;
  options.max_open_files = kOpenFilesMax;
  options.max_background_jobs = 2;
  options.info_log_level = rocksdb::InfoLogLevel::WARN_LEVEL;
  options.stats_dump_period_sec = 0;
  options.stats_persist_period_sec = 0;
  return options;
}

std::vector<rocksdb::ColumnFamilyDescriptor> ColumnFamilies() {
  rocksdb::ColumnFamilyOptions engine_data;
  engine_data.write_buffer_size = 64 << 10;
  return {{rocksdb::kDefaultColumnFamilyName, UserData()}, {kEngineColumnFamily, engine_data}};
}

}  // namespace cradle::kv
