#include "gateway/http2/request_head.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "gateway/text.h"

namespace wenming::gateway::http2 {
namespace {

using http::Refusal;

bool IsTarget(std::string_view path) {
  const bool visible = std::all_of(path.begin(), path.end(), [](char c) { return c > 0x20 && c < 0x7f; });
  return visible && !path.empty() && path.front() == '/';
}

std::optional<Refusal> CheckLength(std::string_view value, size_t most) {
  uint64_t length = 0;
  if (!absl::SimpleAtoi(ToAbsl(value), &length)) return Refusal::kMalformed;
  return length > most ? std::optional(Refusal::kBodyTooLarge) : std::nullopt;
}

// As HTTP/1.1 counts them, whose Host is :authority here.
bool Fit(const std::vector<std::pair<std::string, std::string>>& headers, const http::Limits& limits) {
  size_t bytes = 0;
  for (const auto& [name, value] : headers) bytes += name.size() + value.size() + 32;
  return headers.size() <= limits.header_count && bytes <= limits.fields_bytes;
}

void AddCookie(std::vector<std::pair<std::string, std::string>>& headers, const std::string& crumb) {
  auto cookie = std::find_if(headers.begin(), headers.end(), [](const auto& each) { return each.first == "cookie"; });
  if (cookie == headers.end()) {
    headers.emplace_back("cookie", crumb);
  } else {
    absl::StrAppend(&cookie->second, "; ", crumb);
  }
}

}  // namespace

std::variant<http::Request, http::Refusal> RequestOf(h2::Headers headers, const http::Limits& limits) {
  http::Request request;
  std::string authority;
  int hosts = 0;
  for (auto& [name, value] : headers) {
    if (name == ":method") {
      request.method = std::move(value);
    } else if (name == ":path") {
      request.target = std::move(value);
    } else if (name == ":authority") {
      authority = std::move(value);
    } else if (name == "cookie") {
      AddCookie(request.headers, value);
    } else if (name.front() != ':') {
      hosts += name == "host" ? 1 : 0;
      request.headers.emplace_back(std::move(name), std::move(value));
    }
  }
  if (!IsTarget(request.target) || hosts > 1) return Refusal::kMalformed;
  if (hosts == 0) request.headers.emplace_back("host", authority);
  if (!Fit(request.headers, limits)) return Refusal::kHeadTooLarge;
  if (!authority.empty() && !absl::EqualsIgnoreCase(ToAbsl(request.Header("host")), authority)) {
    return Refusal::kMalformed;
  }
  for (const auto& [name, value] : request.headers) {
    if (name == "expect" && !absl::EqualsIgnoreCase(value, "100-continue")) return Refusal::kUnmetExpectation;
    if (name != "content-length") continue;
    if (auto refusal = CheckLength(value, limits.body_bytes)) return *refusal;
  }
  return request;
}

}  // namespace wenming::gateway::http2
