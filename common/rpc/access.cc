#include "common/rpc/access.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/errors/errors.h"
#include "common/ids/ids.h"

namespace wenming::rpc {
namespace {

using google::protobuf::FieldDescriptor;

type::Audience AudienceOf(auth::CallerKind kind) {
  switch (kind) {
    case auth::CallerKind::kVolunteer:
      return type::AUDIENCE_VOLUNTEER;
    case auth::CallerKind::kStaff:
      return type::AUDIENCE_STAFF;
    case auth::CallerKind::kService:
      return type::AUDIENCE_SERVICE;
    case auth::CallerKind::kClient:
      return type::AUDIENCE_CLIENT;
    case auth::CallerKind::kAnonymous:
      break;
  }
  return type::AUDIENCE_PUBLIC;
}

bool Allows(const type::Access& access, type::Audience audience) {
  return std::find(access.audiences().begin(), access.audiences().end(), audience) != access.audiences().end();
}

}  // namespace

absl::StatusOr<AccessRule> AccessRule::Compile(const google::protobuf::MethodDescriptor& method) {
  AccessRule rule;
  rule.access_ = method.options().GetExtension(type::access);
  const auto fault = [&method](absl::string_view what) {
    return absl::InternalError(absl::StrCat(method.full_name(), ": ", what));
  };
  if (rule.access_.audiences().empty()) return fault("has no access rule");
  if (Allows(rule.access_, type::AUDIENCE_UNSPECIFIED)) return fault("names no audience");
  const std::string& scope = rule.access_.scope();
  if (rule.access_.permission().empty() != scope.empty()) return fault("a permission needs a scope, and a scope one");
  if (scope.empty()) return rule;
  if (scope == "resource") {
    rule.scope_ = Scope::kResource;
  } else if (scope == "anywhere") {
    rule.scope_ = Scope::kAnywhere;
  } else if (scope == "platform") {
    rule.scope_ = Scope::kPlatform;
  } else {
    rule.scope_ = Scope::kField;
    const auto* message = method.input_type();
    for (const auto part : absl::StrSplit(scope, '.')) {
      const auto* field = message == nullptr ? nullptr : message->FindFieldByName(std::string(part));
      if (field == nullptr || field->is_repeated()) return fault(absl::StrCat("scope ", scope, " is not a field"));
      rule.path_.push_back(field);
      message = field->message_type();
    }
    if (rule.path_.back()->type() != FieldDescriptor::TYPE_STRING) return fault("the scope is not a resource name");
  }
  return rule;
}

std::string AccessRule::ScopeField(const google::protobuf::Message& request) const {
  const auto* message = &request;
  for (const auto* field : path_) {
    const auto* reflection = message->GetReflection();
    if (field == path_.back()) return reflection->GetString(*message, field);
    message = &reflection->GetMessage(*message, field);
  }
  return {};
}

absl::Status AccessRule::Check(const google::protobuf::Message& request, Call& call) const {
  if (call.caller.center_id != 0) call.center_id = call.caller.center_id;
  const type::Audience audience = AudienceOf(call.caller.kind);
  const bool by_permission = audience == type::AUDIENCE_STAFF || audience == type::AUDIENCE_CLIENT;
  if (by_permission && Allows(access_, audience)) return CheckPermission(request, call);
  if (Allows(access_, audience) || Allows(access_, type::AUDIENCE_PUBLIC)) return absl::OkStatus();
  if (audience == type::AUDIENCE_PUBLIC) return errors::Unauthenticated(type::REASON_TOKEN_MISSING);
  return errors::PermissionDenied(type::REASON_AUDIENCE);
}

absl::Status AccessRule::CheckPermission(const google::protobuf::Message& request, Call& call) const {
  const auth::Directory* directory = call.directory;
  if (directory == nullptr || !directory->Ready(call.arrival)) {
    return errors::Unavailable(type::REASON_DIRECTORY_UNAVAILABLE, absl::Seconds(1));
  }
  if (!directory->StaffActive(call.caller.id)) return errors::Unauthenticated(type::REASON_TOKEN_INVALID);
  switch (scope_) {
    case Scope::kNone:
    case Scope::kResource:
      return absl::OkStatus();
    case Scope::kAnywhere:
      if (directory->HoldsAnywhere(call.caller.id, access_.permission())) return absl::OkStatus();
      return errors::PermissionDenied(type::REASON_PERMISSION, {{"permission", access_.permission()}});
    case Scope::kPlatform:
      return call.Authorise(access_.permission(), 0);
    case Scope::kField:
      break;
  }
  const std::string name = ScopeField(request);
  // An empty name is the platform itself; only where the field may be empty does the call get here with one.
  if (name.empty()) return call.Authorise(access_.permission(), 0);
  const auto id = ids::ParseName("units", name);
  if (!id) return errors::InvalidField(access_.scope(), type::REASON_BAD_RESOURCE_NAME, {{"collection", "units"}});
  const auto unit = directory->FindUnit(*id);
  if (!unit) return errors::NotFound(name);
  call.center_id = unit->center_id;
  return call.Authorise(access_.permission(), *id);
}

}  // namespace wenming::rpc
