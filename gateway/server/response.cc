#include "gateway/server/response.h"

#include <ctime>
#include <utility>

#include "absl/strings/match.h"

namespace wenming::gateway {

http::Response ToResponse(Answer answer, const std::string& request_id) {
  http::Response response{.status = answer.status, .headers = {}, .body = std::move(answer.body)};
  const bool page = absl::StartsWith(answer.content_type, "text/html");
  response.headers = {
      {"X-Request-Id", request_id}, {"Cache-Control", "no-store"}, {"X-Content-Type-Options", "nosniff"}};
  if (answer.status != 204) response.headers.emplace_back("Content-Type", std::move(answer.content_type));
  // A page of a service is read, never run.
  if (page) {
    response.headers.emplace_back("Content-Security-Policy",
                                  "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'");
  }
  if (answer.retry_after_seconds > 0) {
    response.headers.emplace_back("Retry-After", std::to_string(answer.retry_after_seconds));
  }
  return response;
}

http::Response ToResponse(Answer answer, const ApiCall& call) {
  http::Response response = ToResponse(std::move(answer), call.identity.request_id);
  response.headers.emplace_back("Date", call.date->At(std::time(nullptr)));
  response.headers.insert(response.headers.end(), call.headers.begin(), call.headers.end());
  if (!call.allow.empty()) response.headers.emplace_back("Allow", call.allow);
  return response;
}

Answer FailureAnswer(const UnaryResult& result, const ApiCall& call, const TypeSource& types) {
  const std::string& id = call.identity.request_id;
  if (!result.failure.ok()) return MakeErrorAnswer(result.failure, types, id, call.language);
  return MakeErrorAnswer(result.code, result.message, result.details, types, id, call.language);
}

}  // namespace wenming::gateway
