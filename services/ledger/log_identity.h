// What makes this ledger the ledger of one log, fixed when it is set up.
#ifndef CRADLE_SERVICES_LEDGER_LOG_IDENTITY_H_
#define CRADLE_SERVICES_LEDGER_LOG_IDENTITY_H_

#include <string>

#include "storage/evidence/key.h"

namespace cradle::ledger {

struct LogIdentity {
  std::string origin;            // schema-less URL: names the log in statements and checkpoints
  evidence::PrivateKey log_key;  // Ed25519
  evidence::PublicKey regulator_key;  // pinned: whose founding is accepted
};

}  // namespace cradle::ledger

#endif  // CRADLE_SERVICES_LEDGER_LOG_IDENTITY_H_
