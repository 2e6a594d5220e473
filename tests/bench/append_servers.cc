#include "tests/bench/append_servers.h"

#include <grpcpp/grpcpp.h>

#include <cstdio>
#include <fstream>
#include <iterator>
#include <unordered_map>
#include <utility>

#include "cradle/v1/ledger.grpc.pb.h"
#include "services/ledger/grpc_service.h"
#include "services/ledger/ledger.h"
#include "services/rules/rule_data.h"
#include "services/runtime/clock.h"
#include "storage/evidence/hash.h"
#include "storage/evidence/statement.h"
#include "storage/kv/rocksdb_store.h"
#include "tests/bench/append_workload.h"
#include "tests/bench/process.h"

namespace cradle::bench {
namespace {

std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

class BaselineService final : public v1::LedgerService::CallbackService {
 public:
  explicit BaselineService(const std::string& directory) {
    std::ifstream lines(directory + "/" + kKeysFile);
    for (std::string line; std::getline(lines, line);) {
      auto key = evidence::PublicKey::FromSpki(statement::v1::KEY_ALGORITHM_ECDSA_P256,
                                               evidence::FromHex(line).value())
                     .value();
      keys_.emplace(std::string(evidence::AsBytes(key.id())), std::move(key));
    }
  }

  grpc::ServerUnaryReactor* Submit(grpc::CallbackServerContext* context,
                                   const v1::SubmitRequest* request,
                                   v1::SubmitResponse* response) override {
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    for (const v1::SignedStatement& statement : request->statements()) {
      for (const v1::SignedAttestation& attestation : statement.attestations()) {
        if (!Verify(attestation)) {
          reactor->Finish({grpc::StatusCode::UNAUTHENTICATED, "signature"});
          return reactor;
        }
      }
      response->add_results()->mutable_admitted()->set_receipt(statement.statement());
    }
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }

 private:
  bool Verify(const v1::SignedAttestation& received) const {
    statement::v1::Attestation message;
    if (!message.ParseFromString(received.attestation())) return false;
    const auto key = keys_.find(message.key_id());
    if (key == keys_.end()) return false;
    return evidence::VerifyAttestation(
               {received.algorithm(), received.attestation(), received.signature()}, key->second)
        .ok();
  }

  std::unordered_map<std::string, evidence::PublicKey> keys_;
};

// Serves until standard input ends. Returns whether it could.
template <typename Stop>
bool Serve(grpc::Service& service, Stop stop) {
  int port = 0;
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(&service);
  builder.SetMaxReceiveMessageSize(64 << 20);
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (server == nullptr) return false;
  ServeUntilInputEnds(port);
  stop();
  server->Shutdown();
  return true;
}

}  // namespace

int ServeLedger(const std::string& directory) {
  auto store = kv::OpenRocksDb(directory + "/store");
  if (!store.ok()) {
    std::fprintf(stderr, "%s\n", store.status().ToString().c_str());
    return 1;
  }
  const runtime::SystemClock clock;
  ledger::LedgerOptions options;
  options.identity.origin = kOrigin;
  options.identity.log_key =
      evidence::PrivateKey::FromPem(ReadFile(directory + "/" + kLogKeyFile)).value();
  options.identity.regulator_key =
      evidence::PublicKey::FromSpki(
          statement::v1::KEY_ALGORITHM_ECDSA_P256,
          evidence::FromHex(ReadFile(directory + "/" + kRegulatorFile)).value())
          .value();
  options.store = store->get();
  options.journal_directory = directory + "/journal";
  options.library.Add(ledger::testing::SampleRuleData());
  options.clock = &clock;
  auto ledger = ledger::Ledger::Open(std::move(options));
  if (!ledger.ok()) {
    std::fprintf(stderr, "%s\n", ledger.status().ToString().c_str());
    return 1;
  }
  ledger::LedgerGrpcService service(ledger->get());
  return Serve(service, [&] { (*ledger)->Stop(); }) ? 0 : 1;
}

int ServeBaseline(const std::string& directory) {
  BaselineService service(directory);
  return Serve(service, [] {}) ? 0 : 1;
}

}  // namespace cradle::bench
