// A numbered series of commits whose traces in a store can be checked after a crash.
#ifndef CRADLE_TESTS_STORAGE_KV_COMMITS_H_
#define CRADLE_TESTS_STORAGE_KV_COMMITS_H_

#include <cstdint>

#include "storage/kv/store.h"

namespace cradle::kv {

// What commit `number` writes: two keys of its own, with values that follow from the number, and
// one key that every commit overwrites. Every 16th is large, so that logs fill up and are replaced.
Batch NumberedCommit(uint64_t number);

// How many of the series are in the store, counted from 0. Fails the test if there is a hole, a
// commit is there in part, or a value is not what was written.
uint64_t CountNumberedCommits(const Reader& reader);

}  // namespace cradle::kv

#endif  // CRADLE_TESTS_STORAGE_KV_COMMITS_H_
