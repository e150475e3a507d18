#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "gateway/catalog/catalog.h"
#include "gateway/transcode/binding.h"

namespace wenming::gateway {

// The parts of an HTTP request that become the request message.
struct RequestParts {
  const std::vector<std::string>& path_values;  // decoded, in the order of Binding::variables
  std::string_view query;                       // as it came, without '?'
  std::string_view content_type;
  std::string_view body;
  std::string_view idempotency_key;
  std::string_view etag = {};  // that If-Match asks for
};

// Builds the serialized request message of a route, or an INVALID_ARGUMENT that names every field that is wrong.
//
// Fields come from the body, then the query, then the path. A query parameter that names a field of the path or the
// body is refused; a body that gives a path field another value is refused as well. A body field of type
// google.api.HttpBody takes the body as it is. An etag is refused where the route has none to compare it with, and
// where the body or the query gives another.
absl::StatusOr<std::string> MakeRequest(const Binding& binding, const RequestParts& parts, const TypeSource& types);

}  // namespace wenming::gateway
