// AdminService: for who runs the server, on a socket in the data directory.
#ifndef CRADLE_SERVICES_CRADLED_ADMIN_H_
#define CRADLE_SERVICES_CRADLED_ADMIN_H_

#include "cradle/v1/admin.grpc.pb.h"
#include "services/cradled/config.h"
#include "services/ledger/ledger.h"
#include "services/runtime/clock.h"
#include "storage/kv/store.h"

namespace cradle::cradled {

class AdminService : public v1::AdminService::CallbackService {
 public:
  // All must outlive the service; `manual_clock` is null where time is the system's.
  AdminService(const DataDirectory& data, const kv::Store& ledger_store, ledger::Ledger& ledger,
               runtime::ManualClock* manual_clock)
      : data_(data), ledger_store_(ledger_store), ledger_(ledger), manual_clock_(manual_clock) {}

  grpc::ServerUnaryReactor* Backup(grpc::CallbackServerContext* context,
                                   const v1::BackupRequest* request,
                                   v1::BackupResponse* response) override;
  grpc::ServerUnaryReactor* SetClock(grpc::CallbackServerContext* context,
                                     const v1::SetClockRequest* request,
                                     v1::SetClockResponse* response) override;

 private:
  const DataDirectory data_;
  const kv::Store& ledger_store_;
  ledger::Ledger& ledger_;
  runtime::ManualClock* const manual_clock_;
};

}  // namespace cradle::cradled

#endif  // CRADLE_SERVICES_CRADLED_ADMIN_H_
