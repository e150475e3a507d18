#include "gateway/server/conditions.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "gateway/http/content_coding.h"
#include "gateway/text.h"

namespace wenming::gateway {
namespace {

constexpr int kPreconditionFailed = 412;
// Below it the gzip header and the time cost more than they save; above it the loop would stand still for too long.
constexpr size_t kLeastPacked = 1024;
constexpr size_t kMostPacked = 1 << 20;

// RFC 9110, 8.8.3, without the bytes above ASCII, which no etag of a proto string needs.
bool IsTagChar(char c) { return c > 0x20 && c < 0x7f && c != '"'; }

bool Reads(const http::Request& request) { return request.method == "GET" || request.method == "HEAD"; }

// Files are mostly packed by themselves.
bool IsText(std::string_view type) {
  return absl::StartsWith(ToAbsl(type), "text/") || absl::StartsWith(ToAbsl(type), "application/json");
}

}  // namespace

std::string TagText(std::string_view etag, bool weak) {
  if (etag.empty() || !std::all_of(etag.begin(), etag.end(), IsTagChar)) return {};
  return absl::StrCat(weak ? "W/" : "", "\"", ToAbsl(etag), "\"");
}

absl::StatusOr<std::string> WantedEtag(const http::Request& request) {
  absl::string_view tag = ToAbsl(request.Header("if-match"));
  if (tag.empty() || tag == "*" || Reads(request)) return std::string();
  absl::ConsumePrefix(&tag, "W/");
  const bool quoted = tag.size() > 2 && tag.front() == '"' && tag.back() == '"';
  const absl::string_view etag = quoted ? tag.substr(1, tag.size() - 2) : absl::string_view();
  if (quoted && std::all_of(etag.begin(), etag.end(), IsTagChar)) return std::string(etag);
  return errors::InvalidFields(
      {{"If-Match",
        type::REASON_BAD_FORMAT,
        {{"expected_zh", "应为一个实体标签，如 \"v3\""}, {"expected_en", "one entity tag like \"v3\" is expected"}}}});
}

void ApplyConditions(const ApiCall& call, const TypeSource& types, Answer& answer) {
  const std::string_view if_match = call.request.Header("if-match");
  const bool refused = answer.status == 409 && answer.reason == "ETAG_MISMATCH";
  if (refused && !if_match.empty()) answer.status = kPreconditionFailed;
  const std::string tag = TagText(answer.etag, /*weak=*/false);
  if (answer.status != 200 || tag.empty() || !Reads(call.request)) return;
  if (!if_match.empty() && !http::NamesTag(if_match, tag)) {
    answer =
        MakeErrorAnswer(errors::Aborted(type::REASON_ETAG_MISMATCH), types, call.identity.request_id, call.language);
    answer.status = kPreconditionFailed;
  } else if (http::NamesTag(call.request.Header("if-none-match"), tag)) {
    answer.status = 304;
    answer.body.clear();
  }
}

std::string PackedBody(const Binding* binding, const Answer& answer) {
  const size_t size = answer.body.size();
  const bool worth = answer.status == 200 && size >= kLeastPacked && size <= kMostPacked;
  const bool secret = binding != nullptr && binding->answers_secret;
  if (!worth || secret || !IsText(answer.content_type)) return {};
  std::string packed = http::Gzip(answer.body, http::Effort::kLeast);
  return packed.size() < size ? packed : std::string();
}

void Pack(const ApiCall& call, Answer& answer) {
  if (!http::AcceptsGzip(call.request.Header("accept-encoding"))) return;
  std::string packed = PackedBody(call.binding, answer);
  if (packed.empty()) return;
  answer.body = std::move(packed);
  answer.packed = true;
}

}  // namespace wenming::gateway
