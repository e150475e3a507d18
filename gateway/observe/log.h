#pragma once

#include <functional>
#include <initializer_list>
#include <ostream>
#include <string_view>
#include <utility>

#include "absl/time/time.h"

namespace wenming::gateway {

// Writes one JSON object a line: {"time":…,"level":…,"message":…, fields}. Thread-safe. Callers put no personal data
// into fields.
class Logger {
 public:
  using Field = std::pair<std::string_view, std::string_view>;

  // `out` must outlive the logger; `now` gives the time of a line.
  Logger(std::ostream& out, std::function<absl::Time()> now) : out_(out), now_(std::move(now)) {}

  void Info(std::string_view message, std::initializer_list<Field> fields = {}) { Write("info", message, fields); }
  void Warning(std::string_view message, std::initializer_list<Field> fields = {}) {
    Write("warning", message, fields);
  }
  void Error(std::string_view message, std::initializer_list<Field> fields = {}) { Write("error", message, fields); }

 private:
  void Write(std::string_view level, std::string_view message, std::initializer_list<Field> fields);

  std::ostream& out_;
  std::function<absl::Time()> now_;
};

}  // namespace wenming::gateway
