// A small log, from its founding to the treatment of a batch. Its form holds; whether rules would
// admit it is not its point.
#ifndef CRADLE_TESTS_VECTORS_SAMPLE_LOG_H_
#define CRADLE_TESTS_VECTORS_SAMPLE_LOG_H_

#include <string>
#include <vector>

#include "storage/evidence/statement.h"
#include "tests/vectors/generate.h"

namespace cradle::vectors {

inline constexpr char kOrigin[] = "log.example/vectors";

// Ids, nonces, salts: SHA-256 of the label, cut to 16 bytes.
std::string SixteenBytes(const std::string& label);

struct SampleStatement {
  std::string name;
  statement::v1::Statement statement;
  std::vector<std::string> signers;  // names of keys, one for each party
};

std::vector<SampleStatement> SampleLog(const Keys& keys);

}  // namespace cradle::vectors

#endif  // CRADLE_TESTS_VECTORS_SAMPLE_LOG_H_
