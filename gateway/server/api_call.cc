#include "gateway/server/api_call.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <variant>

#include "absl/strings/str_join.h"

namespace wenming::gateway {
namespace {

// Mini-programs cannot send PATCH; they send POST and say what they mean.
std::optional<std::string> EffectiveMethod(const http::Request& request) {
  std::string_view override_method = request.Header("x-http-method-override");
  if (override_method.empty()) return request.method;
  bool allowed = request.method == "POST" &&
                 (override_method == "PATCH" || override_method == "PUT" || override_method == "DELETE");
  if (!allowed) return std::nullopt;
  return std::string(override_method);
}

// The methods of a path as Allow lists them, with those that every path or every GET has.
std::string AllowText(std::vector<std::string> methods) {
  if (std::find(methods.begin(), methods.end(), "GET") != methods.end()) methods.emplace_back("HEAD");
  methods.emplace_back("OPTIONS");
  std::sort(methods.begin(), methods.end());
  methods.erase(std::unique(methods.begin(), methods.end()), methods.end());
  return absl::StrJoin(methods, ", ");
}

Router::Result Match(const RouteTable& routes, const std::string& method, std::string_view path) {
  auto match = routes.router.Match(method, path);
  if (method != "HEAD" || !std::holds_alternative<Router::OtherMethod>(match)) return match;
  auto get = routes.router.Match("GET", path);
  return std::holds_alternative<Router::OtherMethod>(get) ? match : get;
}

}  // namespace

absl::Status Admit(limits::Admission& admission, ApiCall& call) {
  auto admitted = admission.Admit({.address = call.identity.peer,
                                   .credential = call.request.Header("authorization"),
                                   .streams = call.binding != nullptr && call.binding->method->streams()},
                                  call.begin);
  if (admitted.ok()) call.in_flight = *std::move(admitted);
  return admitted.status();
}

absl::Status FindRoute(const RouteTable& routes, ApiCall& call) {
  auto method = EffectiveMethod(call.request);
  if (!method) {
    return errors::InvalidFields({{"X-HTTP-Method-Override",
                                   type::REASON_BAD_FORMAT,
                                   {{"expected_zh", "只能在 POST 上取 PATCH、PUT 或 DELETE"},
                                    {"expected_en", "PATCH, PUT or DELETE is expected, on a POST"}}}});
  }
  auto match = Match(routes, *method, call.request.path());
  if (auto* other = std::get_if<Router::OtherMethod>(&match)) {
    call.allow = AllowText(std::move(other->allow));
    return errors::Make(absl::StatusCode::kUnimplemented, type::REASON_METHOD_NOT_ALLOWED);
  }
  if (auto* malformed = std::get_if<Router::Malformed>(&match)) {
    return errors::InvalidFields(
        {{malformed->field_path,
          type::REASON_BAD_FORMAT,
          {{"expected_zh", "% 编码有误"}, {"expected_en", "its percent-encoding is broken"}}}});
  }
  auto* found = std::get_if<Router::Found>(&match);
  if (found == nullptr) return errors::Make(absl::StatusCode::kNotFound, type::REASON_UNKNOWN_METHOD);
  const uint32_t route = routes.Choose(found->route, call.request.Header("accept"));
  call.binding = &routes.bindings[route];
  call.metrics = routes.metrics[route];
  call.path_values = std::move(found->values);
  return absl::OkStatus();
}

bool AsksForMethods(const ApiCall& call) { return call.request.method == "OPTIONS" && !call.allow.empty(); }

}  // namespace wenming::gateway
