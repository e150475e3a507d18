#include "gateway/catalog/caching.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "google/api/annotations.pb.h"
#include "wenming/type/access.pb.h"
#include "wenming/type/caching.pb.h"

namespace wenming::gateway {
namespace {

namespace pb = google::protobuf;

bool HasOnlyGetRoutes(const pb::MethodDescriptor& method) {
  const google::api::HttpRule& rule = method.options().GetExtension(google::api::http);
  return rule.has_get() && std::all_of(rule.additional_bindings().begin(), rule.additional_bindings().end(),
                                       [](const google::api::HttpRule& other) { return other.has_get(); });
}

bool IsPublic(const type::Access& access) {
  return std::find(access.audiences().begin(), access.audiences().end(), type::AUDIENCE_PUBLIC) !=
         access.audiences().end();
}

const char* Fault(const pb::MethodDescriptor& method, AccessMode mode) {
  const type::Access& access = method.options().GetExtension(type::access);
  if (method.options().GetExtension(type::caching).max_age_seconds() < 1) return "max_age_seconds is below 1";
  if (method.client_streaming() || method.server_streaming()) return "it streams";
  if (!HasOnlyGetRoutes(method)) return "it has no GET route, or others besides";
  if (access.reveals()) return "it reveals";
  if (mode == AccessMode::kOurs && !IsPublic(access)) return "it is not for everybody";
  return nullptr;
}

}  // namespace

absl::StatusOr<int> MaxAgeSeconds(const pb::MethodDescriptor& method, AccessMode mode) {
  if (!method.options().HasExtension(type::caching)) return 0;
  if (const char* fault = Fault(method, mode)) {
    return absl::FailedPreconditionError(
        absl::StrCat(method.full_name(), " must not carry (wenming.type.caching): ", fault));
  }
  return method.options().GetExtension(type::caching).max_age_seconds();
}

}  // namespace wenming::gateway
