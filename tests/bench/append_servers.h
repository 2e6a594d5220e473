// The two servers of the append benchmark, each run in a process of its own.
#ifndef CRADLE_TESTS_BENCH_APPEND_SERVERS_H_
#define CRADLE_TESTS_BENCH_APPEND_SERVERS_H_

#include <string>

namespace cradle::bench {

// Files that both sides find in the benchmark's directory.
inline constexpr char kKeysFile[] = "keys.hex";  // one SubjectPublicKeyInfo a line
inline constexpr char kLogKeyFile[] = "log_key.pem";
inline constexpr char kRegulatorFile[] = "regulator.hex";

// The ledger on RocksDB in `directory`, alone.
int ServeLedger(const std::string& directory);
// Echoes each statement after verifying its attestations with keys decoded beforehand.
int ServeBaseline(const std::string& directory);

}  // namespace cradle::bench

#endif  // CRADLE_TESTS_BENCH_APPEND_SERVERS_H_
