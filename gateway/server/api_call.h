#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "common/errors/errors.h"
#include "gateway/http/exchange.h"
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
  CallMetrics* metrics = nullptr;
  limits::Share in_flight = {};  // what Admit has given it

  // What FindRoute has found.
  const Binding* binding = nullptr;
  std::vector<std::string> path_values = {};
  std::vector<std::string> allow = {};  // where the path takes other methods only
};

// Lets the call in, or says why it must wait. What the gateway answers by itself needs no leave.
absl::Status Admit(limits::Admission& admission, ApiCall& call);

// Looks up what the request is for. A failure names what is wrong with method or path.
absl::Status FindRoute(const RouteTable& routes, ApiCall& call);

}  // namespace wenming::gateway
