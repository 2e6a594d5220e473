#include "services/cradled/admin.h"

#include <fmt/format.h>

#include <chrono>
#include <filesystem>
#include <future>
#include <memory>
#include <system_error>

#include "services/ledger/store_layout.h"
#include "services/runtime/status.h"
#include "storage/kv/rocksdb_store.h"

namespace cradle::cradled {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::seconds kSigningWait{10};  // of a group that is being committed

absl::Status CopyRest(const DataDirectory& from, const DataDirectory& to) {
  std::error_code error;
  fs::copy(from.rule_data(), to.rule_data(), fs::copy_options::recursive, error);
  if (!error) fs::copy_file(from.config(), to.config(), error);
  if (!error) return absl::OkStatus();
  return absl::UnavailableError(
      fmt::format("cannot copy to {}: {}", to.root.string(), error.message()));
}

// A checkpoint comes into the store after the entries it signs, so a copy may have entries whose
// receipts are given already, and lack the checkpoint over them.
absl::Status AddCheckpoint(ledger::Ledger& ledger, uint64_t size, kv::Store& copy) {
  if (size == 0) return absl::OkStatus();
  auto signed_beyond = std::make_shared<std::promise<void>>();
  const ledger::WaitId wait =
      ledger.WhenBeyond(size - 1, [signed_beyond] { signed_beyond->set_value(); });
  if (signed_beyond->get_future().wait_for(kSigningWait) == std::future_status::timeout) {
    ledger.CancelWait(wait);
  }
  absl::StatusOr<const ledger::LogReader*> reader = ledger.reader();
  if (!reader.ok()) return reader.status();
  absl::StatusOr<std::optional<std::string>> note = (*reader)->SignedNote(size);
  if (!note.ok() || !note->has_value()) return note.status();
  absl::StatusOr<std::unique_ptr<kv::Writer>> writer = copy.OpenWriter();
  if (!writer.ok()) return writer.status();
  kv::Batch batch;
  batch.Put(ledger::CheckpointKey(size), **note);
  return (*writer)->Commit(batch, kv::Durability::kSynced);
}

absl::Status FillBackup(const DataDirectory& data, const kv::Store& store, ledger::Ledger& ledger,
                        const DataDirectory& target, v1::BackupResponse& response) {
  absl::Status status = kv::CheckpointRocksDb(store, target.ledger().string());
  if (status.ok()) status = CopyRest(data, target);
  if (!status.ok()) return status;
  absl::StatusOr<std::unique_ptr<kv::Store>> copy =
      kv::OpenRocksDb(target.ledger().string(), {.create_if_missing = false});
  if (!copy.ok()) return copy.status();
  absl::StatusOr<uint64_t> size = ledger::ReadSize(**copy);
  if (!size.ok()) return size.status();
  status = AddCheckpoint(ledger, *size, **copy);
  if (!status.ok()) return status;
  absl::StatusOr<std::optional<ledger::StoredCheckpoint>> checkpoint =
      ledger::NewestCheckpoint(**copy);
  if (!checkpoint.ok()) return checkpoint.status();
  response.set_size(*size);
  if (checkpoint->has_value()) response.set_checkpoint((*checkpoint)->note);
  return absl::OkStatus();
}

absl::Status DoBackup(const DataDirectory& data, const kv::Store& store, ledger::Ledger& ledger,
                      const v1::BackupRequest& request, v1::BackupResponse& response) {
  if (request.target().empty() || request.target()[0] != '/') {
    return absl::InvalidArgumentError("target: an absolute path is needed");
  }
  const DataDirectory target{request.target()};
  std::error_code error;
  if (!fs::create_directory(target.root, error)) {
    if (!error) return absl::AlreadyExistsError(target.root.string() + " is there already");
    return absl::PermissionDeniedError(
        fmt::format("cannot make {}: {}", target.root.string(), error.message()));
  }
  absl::Status status = FillBackup(data, store, ledger, target, response);
  if (!status.ok()) fs::remove_all(target.root, error);  // half a backup is none
  return status;
}

}  // namespace

grpc::ServerUnaryReactor* AdminService::Backup(grpc::CallbackServerContext* context,
                                               const v1::BackupRequest* request,
                                               v1::BackupResponse* response) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  reactor->Finish(runtime::ToGrpc(DoBackup(data_, ledger_store_, ledger_, *request, *response)));
  return reactor;
}

grpc::ServerUnaryReactor* AdminService::SetClock(grpc::CallbackServerContext* context,
                                                 const v1::SetClockRequest* request,
                                                 v1::SetClockResponse*) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  absl::Status status;
  if (manual_clock_ == nullptr) {
    status = absl::FailedPreconditionError("this server was not started with --manual-clock");
  } else if (request->now_ms() < manual_clock_->NowMs()) {
    status = absl::InvalidArgumentError(
        fmt::format("now_ms: {} is before the present time {}: time never goes back",
                    request->now_ms(), manual_clock_->NowMs()));
  } else {
    manual_clock_->Set(request->now_ms());
  }
  reactor->Finish(runtime::ToGrpc(status));
  return reactor;
}

}  // namespace cradle::cradled
