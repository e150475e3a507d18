#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/h2/session.h"
#include "gateway/http/message.h"

namespace wenming::gateway {

// What a call is known by, inside and out.
struct CallIdentity {
  std::string request_id = {};
  std::string trace_parent = {};
  std::string peer = {};
  std::string certificate = {};  // the thumbprint of the client's, where the edge has verified one
};

// Which of the client's headers go on to the services. Everything else is dropped, headers that claim an identity above
// all. Immutable and thread-safe.
class HeaderPolicy {
 public:
  // `extra` names headers beyond authorization, accept-language, user-agent and x-wenming-center. Names that belong to
  // the protocol or are set by the gateway are ignored.
  explicit HeaderPolicy(const std::vector<std::string>& extra);

  // The names of all of them, in lower case.
  const std::vector<std::string>& forwarded() const { return forwarded_; }
  // Whether a header of this lower-case name is forwarded.
  bool Forwards(std::string_view name) const;
  // The metadata of a call: what is forwarded, and traceparent, x-request-id, x-forwarded-for and
  // x-wenming-client-certificate of our own. Values that gRPC does not allow (anything but visible ASCII and blanks,
  // and base64 under a name with -bin) are left out. A header that comes several times is one list (RFC 9110
  // section 5.3), so that nobody picks one of them: two authorization headers are one bad one.
  h2::Headers Metadata(const std::vector<std::pair<std::string, std::string>>& headers,
                       const CallIdentity& identity) const;

 private:
  std::vector<std::string> forwarded_;
};

// A stream that nobody gave a deadline still ends some day, and its client opens it anew.
inline constexpr std::chrono::hours kLongestStream(1);

// When the call must be done: `most` from now, or earlier if the client asks so by Grpc-Timeout ("500m") or
// Request-Timeout (seconds).
std::chrono::steady_clock::time_point DeadlineOf(const http::Request& request,
                                                 std::chrono::steady_clock::time_point now,
                                                 std::chrono::nanoseconds most);

}  // namespace wenming::gateway
