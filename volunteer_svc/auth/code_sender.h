// Brings one-time codes to phones.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/observe/log.h"

namespace wenming::volunteer {

// Thread-safe.
class CodeSender {
 public:
  virtual ~CodeSender() = default;
  // OK once somebody else has taken over the delivery.
  virtual absl::Status Send(const std::string& phone, const std::string& code, absl::Time deadline) = 0;
};

// Writes the codes into the log, for development only.
class LoggingCodeSender : public CodeSender {
 public:
  explicit LoggingCodeSender(const observe::Logger& logger) : logger_(logger) {}
  absl::Status Send(const std::string& phone, const std::string& code, absl::Time deadline) override;

 private:
  const observe::Logger& logger_;
};

}  // namespace wenming::volunteer
