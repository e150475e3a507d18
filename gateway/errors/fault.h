#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "google/rpc/code.pb.h"
#include "google/rpc/status.pb.h"
#include "wenming/type/reason.pb.h"

namespace wenming::gateway {

// The languages the gateway speaks.
enum class Language { kChinese, kEnglish };

// Values for the "{key}" places of a reason's sentence.
using Parameters = std::vector<std::pair<std::string, std::string>>;

// A field of the request that breaks a rule.
struct Violation {
  std::string field;  // path from the request message in proto names, "unit.display_name"
  type::Reason reason = type::REASON_UNSPECIFIED;
  Parameters parameters = {};
};

// Something the gateway itself answers with, instead of a service.
struct Fault {
  google::rpc::Code code = google::rpc::UNKNOWN;
  type::Reason reason = type::REASON_UNSPECIFIED;
  Parameters parameters = {};
  std::vector<Violation> violations = {};
  int retry_after_seconds = 0;  // 0: no advice
};

// INVALID_ARGUMENT for a request with these violations (at least one).
Fault InvalidFields(std::vector<Violation> violations);

// The sentence of a reason from the options of its enum value, with the parameters filled in.
std::string Sentence(type::Reason reason, const Parameters& parameters, Language language);

// "BAD_FORMAT" for REASON_BAD_FORMAT: the form that travels in ErrorInfo.
std::string ReasonName(type::Reason reason);

// The fault as the status a service would have sent: ErrorInfo, LocalizedMessage, BadRequest and RetryInfo.
google::rpc::Status ToStatus(const Fault& fault, Language language);

}  // namespace wenming::gateway
