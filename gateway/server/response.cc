#include "gateway/server/response.h"

#include <ctime>
#include <utility>

#include "absl/strings/match.h"
#include "gateway/server/conditions.h"

namespace wenming::gateway {

void AddContentHeaders(const Answer& answer, http::Headers& headers) {
  if (answer.status != 204 && answer.status != 304) headers.emplace_back("Content-Type", answer.content_type);
  headers.emplace_back("X-Content-Type-Options", "nosniff");
  // A page of a service is read, never run.
  if (!absl::StartsWith(answer.content_type, "text/html")) return;
  headers.emplace_back("Content-Security-Policy",
                       "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'");
}

http::Response ToResponse(Answer answer, const std::string& request_id) {
  http::Response response{.status = answer.status, .headers = {}, .body = std::move(answer.body)};
  response.headers = {{"X-Request-Id", request_id}, {"Cache-Control", "no-store"}};
  AddContentHeaders(answer, response.headers);
  if (answer.retry_after_seconds > 0) {
    response.headers.emplace_back("Retry-After", std::to_string(answer.retry_after_seconds));
  }
  return response;
}

http::Response ToResponse(Answer answer, const ApiCall& call) {
  const std::string tag = TagText(answer.etag, /*weak=*/answer.packed);
  const bool packed = answer.packed;
  http::Response response = ToResponse(std::move(answer), call.identity.request_id);
  if (!tag.empty()) response.headers.emplace_back("ETag", tag);
  if (packed) {
    response.headers.emplace_back("Content-Encoding", "gzip");
    response.headers.emplace_back("Vary", "Accept-Encoding");
  }
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
