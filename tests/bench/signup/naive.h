// The peer: one transaction a sign-up, straight against the connector, without RPC, rules, request ids or audit.
#pragma once

#include <functional>

#include "absl/time/time.h"
#include "tests/bench/signup/stage.h"

namespace wenming::bench {

// INSERT of the registration, conditional UPDATE of the shift's counter, COMMIT, on so many connections, a thread each,
// in tables of the same schema; prepared once. Answers transactions a second.
double RunNaive(Tables& tables, const std::function<uint64_t(int64_t n)>& shift, int connections,
                absl::Duration length);

}  // namespace wenming::bench
