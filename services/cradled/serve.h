// `cradled serve`: every service of one log in one process.
#ifndef CRADLE_SERVICES_CRADLED_SERVE_H_
#define CRADLE_SERVICES_CRADLED_SERVE_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace cradle::cradled {

struct ServeOptions {
  std::string data;
  std::string listen = "127.0.0.1:7070";  // port 0: any free one
  std::string journal;                    // empty: journal/ in the data directory
  std::optional<int64_t>
      manual_clock_ms;  // for tests and demonstrations: time stands until it is put
};

// A running server. The destructor shuts it down: health turns NOT_SERVING, calls finish, what was
// submitted is answered.
class Server {
 public:
  virtual ~Server() = default;
  virtual int port() const = 0;
};

// INVALID_ARGUMENT: an address that is not loopback (reads are open still, so nothing else may
// reach it). FAILED_PRECONDITION: the store is behind the signer's journal, is in use, or is newer
// than this program; the message says what to do. UNAVAILABLE: the port is taken.
absl::StatusOr<std::unique_ptr<Server>> Serve(const ServeOptions& options);

}  // namespace cradle::cradled

#endif  // CRADLE_SERVICES_CRADLED_SERVE_H_
