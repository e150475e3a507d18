// What a benchmark does with an error: says it and ends.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/db/errors.h"

namespace wenming::bench {

// `what` was being done.
inline void Must(const absl::Status& status, const char* what) {
  if (status.ok()) return;
  std::fprintf(stderr, "%s: %s %s\n", what, status.ToString().c_str(), db::DriverText(status).c_str());
  std::exit(EXIT_FAILURE);
}

template <typename T>
T Must(absl::StatusOr<T> result, const char* what) {
  Must(result.status(), what);
  return *std::move(result);
}

}  // namespace wenming::bench
