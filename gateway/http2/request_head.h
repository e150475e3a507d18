#pragma once

#include <variant>

#include "gateway/h2/session.h"
#include "gateway/http/message.h"

namespace wenming::gateway::http2 {

// The request that the headers of a stream ask for, as one of HTTP/1.1 would look: `host` from :authority, one `cookie`
// (RFC 9113 section 8.2.3). What nghttp2 has let through is checked for what HTTP/1.1 refuses, too: a target that is no
// path, a `host` that is another than :authority, too many headers, a body that says that it is too large, expectations
// that nobody meets.
std::variant<http::Request, http::Refusal> RequestOf(h2::Headers headers, const http::Limits& limits);

}  // namespace wenming::gateway::http2
