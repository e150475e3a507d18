#include "gateway/server/metadata.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "gateway/text.h"
#include "gateway/upstream/unary_call.h"

namespace wenming::gateway {
namespace {

constexpr std::string_view kAlways[] = {"authorization", "accept-language", "user-agent", "x-wenming-center"};
// The protocol's own, and what the gateway vouches for.
constexpr std::string_view kNever[] = {
    "host",    "connection",  "te",           "transfer-encoding", "content-type", "content-length", "keep-alive",
    "upgrade", "traceparent", "x-request-id", "proxy-connection",  "forwarded",    "x-real-ip"};
constexpr std::string_view kNeverPrefixes[] = {":", "grpc-", "x-forwarded-", "x-wenming-client-"};

bool IsReserved(std::string_view name) {
  return std::find(std::begin(kNever), std::end(kNever), name) != std::end(kNever) ||
         std::any_of(std::begin(kNeverPrefixes), std::end(kNeverPrefixes),
                     [&](std::string_view prefix) { return name.starts_with(prefix); });
}

bool IsVisible(std::string_view value) {
  return std::all_of(value.begin(), value.end(), [](char c) { return c >= 0x20 && c < 0x7f; });
}

bool IsBase64(std::string_view text) {
  for (int padding = 0; padding < 2 && text.ends_with('='); ++padding) text.remove_suffix(1);
  return text.size() % 4 != 1 && std::all_of(text.begin(), text.end(), [](char c) {
           return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '+' || c == '/';
         });
}

// A service may end the connection that all clients share when a name with -bin has a value that is not base64
// (CVE-2023-32732).
bool IsOfItsKind(std::string_view name, std::string_view value) {
  return IsVisible(value) && (!name.ends_with("-bin") || IsBase64(value));
}

}  // namespace

HeaderPolicy::HeaderPolicy(const std::vector<std::string>& extra) {
  for (std::string_view name : kAlways) forwarded_.emplace_back(name);
  for (const std::string& name : extra) {
    std::string lower = absl::AsciiStrToLower(name);
    if (!IsReserved(lower)) forwarded_.push_back(std::move(lower));
  }
}

bool HeaderPolicy::Forwards(std::string_view name) const {
  return std::find(forwarded_.begin(), forwarded_.end(), name) != forwarded_.end();
}

h2::Headers HeaderPolicy::Metadata(const std::vector<std::pair<std::string, std::string>>& headers,
                                   const CallIdentity& identity) const {
  h2::Headers metadata;
  metadata.reserve(8);
  for (const auto& [name, value] : headers) {
    if (!Forwards(name) || !IsOfItsKind(name, value)) continue;
    auto first =
        std::find_if(metadata.begin(), metadata.end(), [&](const auto& header) { return header.first == name; });
    if (first == metadata.end()) {
      metadata.emplace_back(name, value);
    } else {
      first->second.append(", ").append(value);
    }
  }
  metadata.emplace_back("traceparent", identity.trace_parent);
  metadata.emplace_back("x-request-id", identity.request_id);
  if (!identity.peer.empty()) metadata.emplace_back("x-forwarded-for", identity.peer);
  if (!identity.certificate.empty()) metadata.emplace_back("x-wenming-client-certificate", identity.certificate);
  return metadata;
}

std::chrono::steady_clock::time_point DeadlineOf(const http::Request& request,
                                                 std::chrono::steady_clock::time_point now,
                                                 std::chrono::nanoseconds most) {
  std::chrono::nanoseconds wanted = most;
  if (auto timeout = ParseTimeout(request.Header("grpc-timeout"))) wanted = std::min(wanted, *timeout);
  double seconds = 0;
  bool given = absl::SimpleAtod(ToAbsl(request.Header("request-timeout")), &seconds) && seconds > 0 && seconds < 1e6;
  if (given) {
    wanted =
        std::min(wanted, std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::duration<double>(seconds)));
  }
  return now + wanted;
}

}  // namespace wenming::gateway
