// The access option of a method, made ready to decide.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/rpc/call.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "wenming/type/access.pb.h"

namespace wenming::rpc {

// Immutable after Compile; thread-safe.
class AccessRule {
 public:
  // INTERNAL for a method without a rule, without audiences, or whose scope names a field that is not there.
  static absl::StatusOr<AccessRule> Compile(const google::protobuf::MethodDescriptor& method);

  // Decides on what is known before the handler runs, and finds the center the call concerns (Call::center_id).
  // UNAUTHENTICATED, PERMISSION_DENIED, NOT_FOUND for a unit that is not there, or UNAVAILABLE without a directory.
  absl::Status Check(const google::protobuf::Message& request, Call& call) const;

  // Whether the handler has to decide for staff and back ends.
  bool HandlerDecides() const { return scope_ == Scope::kResource; }
  const type::Access& access() const { return access_; }

 private:
  enum class Scope { kNone, kField, kResource, kAnywhere, kPlatform };

  absl::Status CheckPermission(const google::protobuf::Message& request, Call& call) const;
  std::string ScopeField(const google::protobuf::Message& request) const;

  type::Access access_;
  Scope scope_ = Scope::kNone;
  std::vector<const google::protobuf::FieldDescriptor*> path_;
};

}  // namespace wenming::rpc
