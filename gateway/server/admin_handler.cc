#include "gateway/server/admin_handler.h"

#include <ctime>
#include <utility>

#include "gateway/http/http_date.h"

namespace wenming::gateway {
namespace {

http::Response Text(int status, std::string body) {
  return {.status = status,
          .headers = {{"Content-Type", "text/plain; charset=utf-8"}, {"Cache-Control", "no-store"}},
          .body = std::move(body)};
}

}  // namespace

void AdminHandler::Handle(http::Request request, std::shared_ptr<http::Exchange> exchange) {
  http::Response response = Answer(request.path());
  response.headers.emplace_back("Date", http::HttpDate(std::time(nullptr)));
  exchange->Send(std::move(response));
}

http::Response AdminHandler::Answer(std::string_view path) const {
  if (auto answer = HealthAnswer(path, readiness_)) return *std::move(answer);
  if (path != "/metrics") return Text(404, "not found\n");
  http::Response response = Text(200, metrics_.Render());
  response.headers[0].second = "text/plain; version=0.0.4; charset=utf-8";
  return response;
}

http::Response AdminHandler::Refuse(http::Refusal refusal) { return Text(http::StatusOf(refusal), "refused\n"); }

std::optional<http::Response> HealthAnswer(std::string_view path, const Readiness& readiness) {
  if (path == "/healthz") return Text(200, "ok\n");
  if (path != "/readyz") return std::nullopt;
  bool ready = readiness.ready();
  return Text(ready ? 200 : 503, ready ? "ready\n" : "not ready\n");
}

}  // namespace wenming::gateway
