// The operator's commands to a running server, over its admin socket. Each prints its outcome and
// returns an exit code.
#ifndef CRADLE_SERVICES_CRADLED_ADMIN_CLIENT_H_
#define CRADLE_SERVICES_CRADLED_ADMIN_CLIENT_H_

#include <cstdint>
#include <string>

namespace cradle::cradled {

struct AdminOptions {
  std::string data;
  std::string target;
  int64_t now_ms = 0;
};

int Backup(const AdminOptions& options);
int PutClock(const AdminOptions& options);

}  // namespace cradle::cradled

#endif  // CRADLE_SERVICES_CRADLED_ADMIN_CLIENT_H_
