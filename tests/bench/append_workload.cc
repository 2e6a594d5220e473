#include "tests/bench/append_workload.h"

#include <chrono>
#include <utility>

#include "clients/sdk/outcome.h"
#include "tests/bench/parallel.h"

namespace cradle::bench {
namespace {

using ledger::testing::Custody;
using ledger::testing::Signers;
using ledger::testing::WasteBatch;

constexpr size_t kBatchesPerJourney = 3;

int64_t NowMs() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
}

v1::SubmitRequest RequestOf(const evidence::SignedStatement& statement) {
  v1::SubmitRequest request;
  *request.add_statements() = sdk::ToProto(statement);
  return request;
}

}  // namespace

Workload::Workload(size_t lanes, const evidence::PublicKey& log_key,
                   std::optional<int64_t> begin_ms)
    : log_key_(log_key), founder_(std::make_unique<Signers>(kOrigin)), senders_(lanes) {
  InParallel(lanes, [this, begin_ms](size_t i) {
    Sender& sender = senders_[i];
    sender.signers = std::make_unique<Signers>(kOrigin, static_cast<uint32_t>(i + 1));
    sender.signers->regulator = founder_->regulator;
    sender.signers->SetTime(begin_ms.value_or(NowMs()));
    sender.custody = std::make_unique<Custody>(*sender.signers);
  });
}

std::vector<std::string> Workload::Keys() const {
  std::vector<std::string> keys = {regulator_key().spki_der()};
  for (const Sender& sender : senders_) {
    const Custody& custody = *sender.custody;
    for (const auto* enterprise : {&custody.producer, &custody.carrier, &custody.receiver}) {
      keys.push_back(enterprise->device.key.public_key().spki_der());
    }
  }
  return keys;
}

std::vector<v1::SubmitRequest> Workload::Setup(const evidence::PrivateKey* log_private_key) {
  std::vector<v1::SubmitRequest> requests = {RequestOf(founder_->Found(log_key_, log_private_key))};
  for (const Sender& sender : senders_) {
    v1::SubmitRequest request;
    for (const auto& statement : sender.custody->registrations) {
      *request.add_statements() = sdk::ToProto(statement);
    }
    requests.push_back(std::move(request));
  }
  return requests;
}

std::vector<v1::SubmitRequest> Workload::Stock() {
  std::vector<v1::SubmitRequest> requests;
  for (Sender& sender : senders_) {
    WasteBatch batch;
    requests.push_back(RequestOf(sender.signers->Generate(sender.custody->producer, batch)));
    requests.push_back(RequestOf(sender.signers->Store(sender.custody->producer, batch)));
  }
  return requests;
}

std::vector<Lane> Workload::Sign(size_t statements_per_lane) {
  std::vector<Lane> lanes(senders_.size());
  InParallel(senders_.size(), [&](size_t i) {
    senders_[i].signers->SetTime(NowMs());
    while (lanes[i].size() < statements_per_lane) Journey(senders_[i], lanes[i]);
  });
  return lanes;
}

void Workload::Journey(Sender& sender, Lane& lane) {
  Signers& signers = *sender.signers;
  Custody& custody = *sender.custody;
  std::vector<WasteBatch> batches(kBatchesPerJourney);
  for (WasteBatch& batch : batches) {
    lane.push_back(RequestOf(signers.Generate(custody.producer, batch)));
  }
  for (const WasteBatch& batch : batches) {
    lane.push_back(RequestOf(signers.Store(custody.producer, batch)));
  }
  for (const auto& statement : signers.Carry(custody.producer, custody.carrier, custody.vehicle,
                                             custody.receiver, batches)) {
    lane.push_back(RequestOf(statement));
  }
  for (const WasteBatch& batch : batches) {
    lane.push_back(RequestOf(signers.Treat(custody.receiver, batch)));
  }
}

}  // namespace cradle::bench
