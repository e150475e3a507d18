// JSON logs: one object a line, with the fields that a log pipeline indexes. Never personal data.
#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <iosfwd>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "common/observe/clock.h"

namespace wenming::observe {

enum class Severity { kDebug, kInfo, kWarning, kError };

using LogValue = std::variant<std::string_view, int64_t, double, bool>;

struct LogField {
  LogField(std::string_view k, std::string_view v) : key(k), value(v) {}
  LogField(std::string_view k, const std::string& v) : key(k), value(std::string_view(v)) {}
  LogField(std::string_view k, const char* v) : key(k), value(std::string_view(v)) {}
  LogField(std::string_view k, bool v) : key(k), value(v) {}
  LogField(std::string_view k, double v) : key(k), value(v) {}
  template <std::integral Int>
  LogField(std::string_view k, Int v) : key(k), value(static_cast<int64_t>(v)) {}

  std::string_view key;
  LogValue value;
};

// Thread-safe: a line is written whole.
class Logger {
 public:
  Logger(std::ostream& out, std::string service, Severity least, Clock clock);

  // {"time":…,"severity":…,"service":…,"message":…, fields…}
  void Log(Severity severity, std::string_view message, std::initializer_list<LogField> fields = {}) const;
  void Info(std::string_view message, std::initializer_list<LogField> fields = {}) const {
    Log(Severity::kInfo, message, fields);
  }
  void Warn(std::string_view message, std::initializer_list<LogField> fields = {}) const {
    Log(Severity::kWarning, message, fields);
  }
  void Error(std::string_view message, std::initializer_list<LogField> fields = {}) const {
    Log(Severity::kError, message, fields);
  }

 private:
  std::ostream& out_;
  const std::string service_;
  const Severity least_;
  const Clock clock_;
  mutable std::mutex mutex_;
};

}  // namespace wenming::observe
