#include "org_svc/etag.h"

#include "absl/strings/str_cat.h"
#include "common/errors/errors.h"

namespace wenming::org {

std::string Etag(int64_t version) { return absl::StrCat("v", version); }

absl::Status CheckEtag(std::string_view etag, int64_t version) {
  if (etag.empty() || etag == Etag(version)) return absl::OkStatus();
  return errors::Aborted(type::REASON_ETAG_MISMATCH);
}

}  // namespace wenming::org
