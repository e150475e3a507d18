#include "gateway/observe/ids.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/observe/trace.h"

namespace wenming::gateway {
namespace {

std::string Hex(uint64_t value) { return std::string(absl::StrCat(absl::Hex(value, absl::kZeroPad16))); }

bool IsRequestId(std::string_view text) {
  return text.size() >= 8 && text.size() <= 64 &&
         std::all_of(text.begin(), text.end(), [](char c) { return absl::ascii_isalnum(c) || c == '-' || c == '_'; });
}

}  // namespace

std::string IdSource::RequestId() { return absl::StrCat(Hex(random_()), Hex(random_())); }

std::string IdSource::RequestId(std::string_view from_client) {
  return IsRequestId(from_client) ? std::string(from_client) : RequestId();
}

std::string IdSource::TraceParent(std::string_view from_client) {
  // An all-zero id is invalid; a bit that is always set keeps it away.
  std::string span = Hex(random_() | 1);
  auto context = observe::ParseTraceparent(from_client);
  if (!context)
    context = {.trace_id = absl::StrCat(Hex(random_() | 1), Hex(random_())), .span_id = {}, .sampled = true};
  context->span_id = std::move(span);
  return observe::FormatTraceparent(*context);
}

}  // namespace wenming::gateway
