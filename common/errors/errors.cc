#include "common/errors/errors.h"

#include <algorithm>
#include <optional>
#include <span>
#include <utility>

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "common/errors/retry.h"
#include "google/protobuf/descriptor.h"

namespace wenming::errors {
namespace {

constexpr char kDomain[] = "wenming";
constexpr size_t kMostViolations = 8;
constexpr size_t kLongestField = 64;

template <typename Detail>
void Attach(absl::Status& status, const Detail& detail) {
  status.SetPayload(Detail::descriptor()->full_name(), absl::Cord(detail.SerializeAsString()));
}

template <typename Detail>
std::optional<Detail> DetailOf(const absl::Status& status) {
  const auto payload = status.GetPayload(Detail::descriptor()->full_name());
  Detail detail;
  if (!payload || !detail.ParseFromString(std::string(*payload))) return std::nullopt;
  return detail;
}

const std::string& Template(Reason reason, Language language) {
  const auto* value = type::Reason_descriptor()->FindValueByNumber(reason);
  const auto& options = (value != nullptr ? value : type::Reason_descriptor()->value(0))->options();
  return language == Language::kChinese ? options.GetExtension(type::zh) : options.GetExtension(type::en);
}

template <typename Detail>
void Carry(google::rpc::Status& wire, const absl::Status& status) {
  if (const auto detail = DetailOf<Detail>(status)) wire.add_details()->PackFrom(*detail);
}

// Violations are made with both languages aboard: English in `description`, Chinese in `localized_message`.
void CarryViolations(google::rpc::Status& wire, const absl::Status& status, Language language) {
  auto bad_request = DetailOf<google::rpc::BadRequest>(status);
  if (!bad_request) return;
  if (language == Language::kEnglish) {
    for (auto& violation : *bad_request->mutable_field_violations()) {
      violation.mutable_localized_message()->set_locale("en");
      violation.mutable_localized_message()->set_message(violation.description());
    }
  }
  wire.add_details()->PackFrom(*bad_request);
}

// A status from a library says what happened, in words that are not for callers.
absl::Status Ours(const absl::Status& status) {
  if (ReasonOf(status) != type::REASON_UNSPECIFIED) return status;
  switch (status.code()) {
    case absl::StatusCode::kDeadlineExceeded:
      return DeadlineExceeded();
    case absl::StatusCode::kUnavailable:
      return Unavailable(type::REASON_DATABASE_UNAVAILABLE, absl::Seconds(1));
    case absl::StatusCode::kAborted:
      return Aborted(type::REASON_CONFLICT);
    case absl::StatusCode::kResourceExhausted:
      return Overloaded(absl::Seconds(1));
    case absl::StatusCode::kCancelled:
      return Make(absl::StatusCode::kCancelled, type::REASON_DEADLINE);
    default:
      return Internal();
  }
}

}  // namespace

absl::Status WithRetry(absl::Status status, absl::Duration retry_after) {
  google::rpc::RetryInfo retry;
  retry.mutable_retry_delay()->set_seconds(absl::ToInt64Seconds(retry_after));
  retry.mutable_retry_delay()->set_nanos(
      static_cast<int32_t>(absl::ToInt64Nanoseconds(retry_after % absl::Seconds(1))));
  Attach(status, retry);
  return status;
}

Language ParseAcceptLanguage(std::string_view header) {
  const auto zh = header.find("zh");
  const auto en = header.find("en");
  return en < zh ? Language::kEnglish : Language::kChinese;
}

std::string Text(Reason reason, Language language, const Metadata& metadata) {
  std::vector<std::pair<std::string, std::string>> places;
  places.reserve(metadata.size());
  for (const auto& [key, value] : metadata) places.emplace_back(absl::StrCat("{", key, "}"), value);
  return absl::StrReplaceAll(Template(reason, language), places);
}

absl::Status Make(absl::StatusCode code, Reason reason, const Metadata& metadata) {
  absl::Status status(code, Text(reason, Language::kEnglish, metadata));
  google::rpc::ErrorInfo info;
  info.set_reason(type::Reason_Name(reason).substr(sizeof("REASON_") - 1));
  info.set_domain(kDomain);
  for (const auto& [key, value] : metadata) (*info.mutable_metadata())[key] = value;
  Attach(status, info);
  google::rpc::LocalizedMessage localized;
  localized.set_locale("zh-CN");
  localized.set_message(Text(reason, Language::kChinese, metadata));
  Attach(status, localized);
  return status;
}

absl::Status InvalidFields(const std::vector<FieldViolation>& violations) {
  google::rpc::BadRequest bad_request;
  std::string zh, en;
  // They travel in HTTP/2 trailers, which peers limit to a few KiB.
  for (const FieldViolation& v : std::span(violations).first(std::min(violations.size(), kMostViolations))) {
    auto* added = bad_request.add_field_violations();
    added->set_field(v.field.substr(0, kLongestField));
    added->set_reason(type::Reason_Name(v.reason).substr(sizeof("REASON_") - 1));
    added->set_description(Text(v.reason, Language::kEnglish, v.metadata));
    added->mutable_localized_message()->set_locale("zh-CN");
    added->mutable_localized_message()->set_message(Text(v.reason, Language::kChinese, v.metadata));
    absl::StrAppend(&zh, zh.empty() ? "" : "；", added->field(), " ", added->localized_message().message());
    absl::StrAppend(&en, en.empty() ? "" : "; ", added->field(), " ", added->description());
  }
  // A single violation is the reason of the whole; programs need not look into the details then.
  const Reason reason = violations.size() == 1 ? violations[0].reason : type::REASON_INVALID_FIELDS;
  Metadata metadata = violations.size() == 1 ? violations[0].metadata : Metadata{};
  absl::Status status = Make(absl::StatusCode::kInvalidArgument, reason, metadata);
  const Metadata summary = {{"summary_zh", zh}, {"summary_en", en}};
  absl::Status whole(absl::StatusCode::kInvalidArgument,
                     Text(type::REASON_INVALID_FIELDS, Language::kEnglish, summary));
  status.ForEachPayload([&whole](absl::string_view url, const absl::Cord& payload) { whole.SetPayload(url, payload); });
  google::rpc::LocalizedMessage localized;
  localized.set_locale("zh-CN");
  localized.set_message(Text(type::REASON_INVALID_FIELDS, Language::kChinese, summary));
  Attach(whole, localized);
  Attach(whole, bad_request);
  return whole;
}

absl::Status InvalidField(std::string_view field, Reason reason, const Metadata& metadata) {
  return InvalidFields({{std::string(field), reason, metadata}});
}

absl::Status InvalidArgument(Reason reason, const Metadata& metadata) {
  return Make(absl::StatusCode::kInvalidArgument, reason, metadata);
}
absl::Status NotFound(std::string_view name) {
  return Make(absl::StatusCode::kNotFound, type::REASON_NOT_FOUND, {{"name", std::string(name)}});
}
absl::Status AlreadyExists(Reason reason, const Metadata& metadata) {
  return Make(absl::StatusCode::kAlreadyExists, reason, metadata);
}
absl::Status FailedPrecondition(Reason reason, const Metadata& metadata) {
  return Make(absl::StatusCode::kFailedPrecondition, reason, metadata);
}
absl::Status Aborted(Reason reason, const Metadata& metadata) {
  return Make(absl::StatusCode::kAborted, reason, metadata);
}
absl::Status Unauthenticated(Reason reason) { return Make(absl::StatusCode::kUnauthenticated, reason); }
absl::Status PermissionDenied(Reason reason, const Metadata& metadata) {
  return Make(absl::StatusCode::kPermissionDenied, reason, metadata);
}
absl::Status Overloaded(absl::Duration retry_after) {
  return WithRetry(Make(absl::StatusCode::kResourceExhausted, type::REASON_OVERLOADED), retry_after);
}
absl::Status Unavailable(Reason reason, absl::Duration retry_after) {
  return WithRetry(Make(absl::StatusCode::kUnavailable, reason), retry_after);
}
absl::Status DeadlineExceeded() { return Make(absl::StatusCode::kDeadlineExceeded, type::REASON_DEADLINE); }
absl::Status Internal() { return Make(absl::StatusCode::kInternal, type::REASON_INTERNAL); }

Reason ReasonOf(const absl::Status& status) {
  const auto info = DetailOf<google::rpc::ErrorInfo>(status);
  Reason reason = type::REASON_UNSPECIFIED;
  if (info) type::Reason_Parse(absl::StrCat("REASON_", info->reason()), &reason);
  return reason;
}

google::rpc::Status ToWire(const absl::Status& original, Language language, std::string_view request_id) {
  const absl::Status status = Ours(original);
  google::rpc::Status wire;
  wire.set_code(static_cast<int>(status.code()));
  wire.set_message(std::string(status.message()));
  Carry<google::rpc::ErrorInfo>(wire, status);
  CarryViolations(wire, status, language);
  Carry<google::rpc::RetryInfo>(wire, status);
  if (language == Language::kChinese) {
    Carry<google::rpc::LocalizedMessage>(wire, status);
  } else {
    google::rpc::LocalizedMessage localized;
    localized.set_locale("en");
    localized.set_message(std::string(status.message()));
    wire.add_details()->PackFrom(localized);
  }
  if (!request_id.empty()) {
    google::rpc::RequestInfo info;
    info.set_request_id(std::string(request_id));
    wire.add_details()->PackFrom(info);
  }
  return wire;
}

}  // namespace wenming::errors
