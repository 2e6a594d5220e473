// The client of the append benchmark: the same for the ledger and for the baseline.
#ifndef CRADLE_TESTS_BENCH_APPEND_CLIENT_H_
#define CRADLE_TESTS_BENCH_APPEND_CLIENT_H_

#include <memory>
#include <string>
#include <vector>

#include "cradle/v1/ledger.grpc.pb.h"
#include "storage/evidence/note.h"
#include "tests/bench/append_workload.h"

namespace cradle::bench {

std::unique_ptr<v1::LedgerService::Stub> Connect(const std::string& address);

struct Run {
  size_t statements = 0;
  double seconds = 0;
  std::vector<std::vector<v1::SubmitResponse>> responses;  // by lane
  double per_second() const { return static_cast<double>(statements) / seconds; }
};

// Sends every lane's requests, one in flight for each lane. Exits with a message if a call fails.
Run Send(v1::LedgerService::Stub& stub, const std::vector<Lane>& lanes);

// That every statement sent was admitted, and that its receipt proves it. Exits with a message
// otherwise.
void CheckReceipts(const std::vector<Lane>& lanes, const Run& run,
                   const evidence::NoteVerifier& log);

}  // namespace cradle::bench

#endif  // CRADLE_TESTS_BENCH_APPEND_CLIENT_H_
