#include "gateway/server/ops.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "gateway/docs/assets.h"
#include "gateway/ops/assets.h"
#include "wenming/type/access.pb.h"

namespace wenming::gateway {
namespace {

// So does one that says nothing of who may call it.
bool IsPublic(const Method& method) {
  const type::Access& access = method.descriptor->options().GetExtension(type::access);
  return access.audiences().empty() || std::find(access.audiences().begin(), access.audiences().end(),
                                                 type::AUDIENCE_PUBLIC) != access.audiences().end();
}

const Method* FindByFullName(const Catalog& catalog, const std::string& name) {
  const auto& methods = catalog.methods();
  const auto found = std::find_if(methods.begin(), methods.end(),
                                  [&](const Method& method) { return method.descriptor->full_name() == name; });
  return found == methods.end() ? nullptr : &*found;
}

}  // namespace

absl::StatusOr<std::unique_ptr<const Ops>> Ops::Make(std::vector<ops::Target> targets, const std::string& access,
                                                     std::chrono::milliseconds patience, const Catalog& catalog,
                                                     LocalPages& pages) {
  const Method* const method = FindByFullName(catalog, access);
  if (method == nullptr) return absl::NotFoundError(absl::StrCat("--ops-access: there is no method \"", access, "\""));
  if (method->streams() || IsPublic(*method)) {
    return absl::FailedPreconditionError(absl::StrCat("--ops-access: ", access, " streams, or answers everybody"));
  }
  for (const docs::Asset& asset : ops::Assets()) {
    pages.AddPacked(std::string(asset.path), asset.packed, std::string(asset.content_type), docs::kPagePolicy);
  }
  return std::make_unique<const Ops>(Ops{.targets = std::move(targets), .access = method, .patience = patience});
}

}  // namespace wenming::gateway
