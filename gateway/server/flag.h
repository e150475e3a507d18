#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "gateway/server/gateway.h"

namespace wenming::gateway {

// One flag of the command line.
struct Flag {
  const char* name;   // without the dashes
  const char* value;  // as --help shows it
  const char* help;
  // INVALID_ARGUMENT with one sentence for the operator.
  std::function<absl::Status(const std::string& value, GatewayOptions& options)> set;
};

// The flags, by what they are about.
std::vector<Flag> BackendFlags();
std::vector<Flag> HttpFlags();
std::vector<Flag> DocumentFlags();
std::vector<Flag> EdgeFlags();
std::vector<Flag> LimitFlags();
std::vector<Flag> OpsFlags();

// What the flags of a group have to do with each other.
absl::Status CheckHttp(const GatewayOptions& options);
absl::Status CheckEdge(const GatewayOptions& options);
absl::Status CheckOps(const GatewayOptions& options);

// "127.0.0.1:80" and "10s", put where they belong.
absl::Status SetAddress(const std::string& value, Address& address);
absl::Status SetDuration(const std::string& value, std::chrono::milliseconds& duration);

// A number above zero.
template <typename Number>
absl::Status SetCount(const std::string& value, Number& count) {
  if (absl::SimpleAtoi(value, &count) && count > 0) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("\"", value, "\" is not a count"));
}

}  // namespace wenming::gateway
