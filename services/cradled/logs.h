// The server's log: one JSON object a line on standard error, {time, level, message}; time is RFC
// 3339 in UTC with milliseconds.
#ifndef CRADLE_SERVICES_CRADLED_LOGS_H_
#define CRADLE_SERVICES_CRADLED_LOGS_H_

#include <spdlog/formatter.h>

#include <memory>

namespace cradle::cradled {

// Whatever bytes a message has, its line is one JSON object.
std::unique_ptr<spdlog::formatter> NewJsonFormatter();

// For the whole process; what libraries report goes there too.
void SetUpLogs();

}  // namespace cradle::cradled

#endif  // CRADLE_SERVICES_CRADLED_LOGS_H_
