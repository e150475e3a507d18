// Resource names, times and versions between requests and the values inside.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/auth/directory.h"
#include "common/rpc/call.h"
#include "google/protobuf/timestamp.pb.h"

namespace wenming::activity {

// The id in a request's field; INVALID_ARGUMENT naming the field when it holds no name of the collection.
absl::StatusOr<uint64_t> ParseId(std::string_view collection, std::string_view field, std::string_view name);

// The same for a field that may be empty: 0.
absl::StatusOr<uint64_t> ParseOptionalId(std::string_view collection, std::string_view field, std::string_view name);

// "teams/01H…", or empty for 0.
std::string OptionalName(std::string_view collection, uint64_t id);

// The unit that a request names; NOT_FOUND, or UNAVAILABLE while the unit tree is not there.
absl::StatusOr<auth::DirectoryUnit> FindUnit(const rpc::Call& call, std::string_view field, std::string_view name);

google::protobuf::Timestamp ToProto(absl::Time time);
absl::Time FromProto(const google::protobuf::Timestamp& timestamp);

// The etag of a row's version; opaque to callers.
std::string Etag(int64_t version);

// ABORTED with REASON_ETAG_MISMATCH unless the caller's etag is empty or that of the version.
absl::Status CheckEtag(std::string_view etag, int64_t version);

}  // namespace wenming::activity
