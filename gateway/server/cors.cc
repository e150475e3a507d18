#include "gateway/server/cors.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "gateway/text.h"

namespace wenming::gateway {
namespace {

constexpr char kRequestHeaders[] =
    "Accept-Language, Authorization, Content-Type, Grpc-Timeout, Idempotency-Key, If-Match, If-None-Match, "
    "Request-Timeout, Traceparent, X-Http-Method-Override, X-Request-Id, X-Wenming-Center";
// Beyond what every page may read.
constexpr char kExposed[] = "Allow, Content-Disposition, ETag, Retry-After, X-Request-Id";
// How long a browser need not ask again; Chromium takes no longer than two hours.
constexpr char kPreflightAge[] = "7200";

bool IsOriginChar(char c) {
  return absl::ascii_isdigit(c) || absl::ascii_islower(c) ||
         std::string_view(".-:[]").find(c) != std::string_view::npos;
}

}  // namespace

Cors::Cors(std::vector<std::string> origins, const std::vector<std::string>& request_headers)
    : origins_(std::move(origins)), request_headers_(kRequestHeaders), any_(Allows("*")) {
  for (const std::string& name : request_headers) absl::StrAppend(&request_headers_, ", ", name);
}

absl::Status Cors::CheckOrigin(const std::string& origin) {
  if (origin == "*") return absl::OkStatus();
  const size_t scheme = origin.find("://");
  const std::string host = scheme == std::string::npos ? std::string() : origin.substr(scheme + 3);
  const bool good = scheme != std::string::npos && scheme > 0 && !host.empty() &&
                    std::all_of(origin.begin(), origin.begin() + static_cast<std::ptrdiff_t>(scheme), IsOriginChar) &&
                    std::all_of(host.begin(), host.end(), IsOriginChar);
  if (good) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("\"", origin, "\" is no origin like https://example.com, in lower case and without a path"));
}

void Cors::Add(const http::Request& request, Headers& headers) const {
  if (origins_.empty()) return;
  if (!any_) headers.emplace_back("Vary", "Origin");
  const std::string_view origin = request.Header("origin");
  if (origin.empty() || (!any_ && !Allows(origin))) return;
  headers.emplace_back("Access-Control-Allow-Origin", any_ ? std::string("*") : std::string(origin));
  headers.emplace_back("Access-Control-Expose-Headers", kExposed);
}

void Cors::AddPreflight(const http::Request& request, std::string_view allow, Headers& headers) const {
  const std::string_view origin = request.Header("origin");
  const bool preflight = request.method == "OPTIONS" && !request.Header("access-control-request-method").empty();
  if (!preflight || origin.empty() || (!any_ && !Allows(origin))) return;
  headers.emplace_back("Access-Control-Allow-Methods", allow);
  headers.emplace_back("Access-Control-Allow-Headers", request_headers_);
  headers.emplace_back("Access-Control-Max-Age", kPreflightAge);
}

bool Cors::Allows(std::string_view origin) const {
  return std::find(origins_.begin(), origins_.end(), origin) != origins_.end();
}

}  // namespace wenming::gateway
