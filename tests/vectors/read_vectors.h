// Reading the vectors in tests. The files are found from the root, where ctest runs the tests.
#ifndef CRADLE_TESTS_VECTORS_READ_VECTORS_H_
#define CRADLE_TESTS_VECTORS_READ_VECTORS_H_

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "storage/evidence/hash.h"
#include "tests/vectors/vector_file.h"

namespace cradle::vectors {

// All of one file, which had `count_min` vectors once and only grows.
inline std::vector<Json> ReadVectors(const std::string& file, size_t count_min) {
  const Json content = ReadJson("tests/vectors/" + file);
  std::vector<Json> vectors(content["vectors"].begin(), content["vectors"].end());
  EXPECT_GE(vectors.size(), count_min) << "vectors are only ever added to " << file;
  return vectors;
}

inline std::string Text(const Json& value) { return value.get<std::string>(); }
inline std::string Unhex(const Json& hex) { return evidence::FromHex(Text(hex)).value(); }
inline evidence::Hash UnhexHash(const Json& hex) {
  return evidence::HashFromBytes(Unhex(hex)).value();
}
inline std::vector<evidence::Hash> UnhexHashes(const Json& list) {
  std::vector<evidence::Hash> hashes;
  for (const Json& hex : list) hashes.push_back(UnhexHash(hex));
  return hashes;
}

}  // namespace cradle::vectors

#endif  // CRADLE_TESTS_VECTORS_READ_VECTORS_H_
