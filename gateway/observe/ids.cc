#include "gateway/observe/ids.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "gateway/text.h"

namespace wenming::gateway {
namespace {

std::string Hex(uint64_t value) { return std::string(absl::StrCat(absl::Hex(value, absl::kZeroPad16))); }

bool IsHex(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return absl::ascii_isdigit(c) || (c >= 'a' && c <= 'f'); });
}

bool AllZero(std::string_view text) { return text.find_first_not_of('0') == std::string_view::npos; }

// "00-<32 hex>-<16 hex>-<2 hex>"; later versions may append more.
bool IsTraceParent(std::string_view text) {
  if (text.size() < 55 || text[2] != '-' || text[35] != '-' || text[52] != '-') return false;
  std::string_view version = text.substr(0, 2);
  if (version == "ff" || (version == "00" && text.size() != 55) || (text.size() > 55 && text[55] != '-')) return false;
  std::string_view trace = text.substr(3, 32);
  std::string_view span = text.substr(36, 16);
  return IsHex(version) && IsHex(trace) && IsHex(span) && IsHex(text.substr(53, 2)) && !AllZero(trace) &&
         !AllZero(span);
}

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
  if (!IsTraceParent(from_client)) return absl::StrCat("00-", Hex(random_() | 1), Hex(random_()), "-", span, "-01");
  return absl::StrCat("00-", ToAbsl(from_client.substr(3, 32)), "-", span, "-", ToAbsl(from_client.substr(53, 2)));
}

}  // namespace wenming::gateway
