#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "common/errors/errors.h"
#include "gateway/http/exchange.h"
#include "gateway/http/http_date.h"
#include "gateway/http/message.h"
#include "gateway/limits/admission.h"
#include "gateway/observe/metrics.h"
#include "gateway/server/metadata.h"
#include "gateway/server/route_table.h"

namespace wenming::gateway {

// One HTTP request on its way from its head to its answer. Belongs to its loop.
struct ApiCall {
  http::Request request;
  std::shared_ptr<http::Exchange> exchange;
  CallIdentity identity;
  errors::Language language = errors::Language::kChinese;
  std::chrono::steady_clock::time_point begin;
  CallMetrics* metrics = nullptr;                                 // null: it is not counted
  limits::Share in_flight = {};                                   // what Admit has given it
  http::DateText* date = nullptr;                                 // of the loop
  std::vector<std::pair<std::string, std::string>> headers = {};  // that any answer carries

  // What FindRoute has found.
  const Binding* binding = nullptr;
  std::vector<std::string> path_values = {};
  std::string allow = {};  // the methods of the path, where it does not take this one
};

// Lets the call in, after FindRoute, or says why it must wait. What the gateway answers by itself needs no leave.
absl::Status Admit(limits::Admission& admission, ApiCall& call);

// Looks up what the request is for; HEAD is answered by what answers GET. A failure names what is wrong with method or
// path.
absl::Status FindRoute(const RouteTable& routes, ApiCall& call);

// Whether, after FindRoute, the request asks for the methods of a path and nothing else answers it.
bool AsksForMethods(const ApiCall& call);

}  // namespace wenming::gateway
