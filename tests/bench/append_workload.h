// What is appended: the statements of many enterprises, signed before the clock starts.
#ifndef CRADLE_TESTS_BENCH_APPEND_WORKLOAD_H_
#define CRADLE_TESTS_BENCH_APPEND_WORKLOAD_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cradle/v1/ledger.pb.h"
#include "storage/evidence/key.h"
#include "tests/services/ledger/signers.h"

namespace cradle::bench {

inline constexpr char kOrigin[] = "bench.example.org/log";

// The statements of one sender, each after the one before it has been answered.
using Lane = std::vector<v1::SubmitRequest>;

class Workload {
 public:
  // As many lanes as are in flight. Each has a producer, a carrier and an operator of its own, who
  // register at `begin_ms`; now if it is not given.
  Workload(size_t lanes, const evidence::PublicKey& log_key, std::optional<int64_t> begin_ms = {});

  const evidence::PublicKey& regulator_key() const { return founder_->regulator.key.public_key(); }
  // All keys that attest, as SubjectPublicKeyInfo.
  std::vector<std::string> Keys() const;
  // Founding and registrations, in requests to be sent one after the other. Without its own key the
  // log has yet to attest the founding.
  std::vector<v1::SubmitRequest> Setup(const evidence::PrivateKey* log_private_key = nullptr);
  // One batch of each producer, generated and stored, as of the time of the last signing.
  std::vector<v1::SubmitRequest> Stock();
  // Signs `statements_per_lane` more for each lane, rounded up to whole journeys: three batches
  // generated, stored, consigned on one manifest, taken, delivered, confirmed and treated, which is
  // 13 statements with 15 attestations.
  std::vector<Lane> Sign(size_t statements_per_lane);

 private:
  struct Sender {
    std::unique_ptr<ledger::testing::Signers> signers;
    std::unique_ptr<ledger::testing::Custody> custody;
  };
  static void Journey(Sender& sender, Lane& lane);

  const evidence::PublicKey log_key_;
  std::unique_ptr<ledger::testing::Signers> founder_;
  std::vector<Sender> senders_;
};

}  // namespace cradle::bench

#endif  // CRADLE_TESTS_BENCH_APPEND_WORKLOAD_H_
