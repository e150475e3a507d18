#pragma once

#include "absl/status/statusor.h"
#include "gateway/catalog/catalog.h"

namespace wenming::gateway {

// For how many seconds answers of the method may be kept, by (wenming.type.caching); 0 for not at all.
// FAILED_PRECONDITION, naming the method, where keeping them would give one caller what is another's, or would never
// happen: a stream, a method without a GET route, one that reveals, and, of ours, one that is not for everybody.
absl::StatusOr<int> MaxAgeSeconds(const google::protobuf::MethodDescriptor& method, AccessMode mode);

}  // namespace wenming::gateway
