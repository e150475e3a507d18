// Makes the statuses that handlers answer with, and turns them into what travels to the caller.
//
// Every refusal has a canonical code, a stable reason (wenming.type.Reason) for programs and a sentence for people in
// Chinese and English; the sentence stands beside the reason in protos/wenming/type/reason.proto. Functions are pure.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "wenming/type/reason.pb.h"

namespace wenming::errors {

using type::Reason;

// Values for the "{key}" places of a reason's sentence; they travel in ErrorInfo.metadata. Never personal data.
using Metadata = std::vector<std::pair<std::string, std::string>>;

enum class Language { kChinese, kEnglish };

// The first of Chinese and English that an Accept-Language header asks for; Chinese when it asks for neither.
Language ParseAcceptLanguage(std::string_view header);

// The sentence for a reason, places filled.
std::string Text(Reason reason, Language language, const Metadata& metadata = {});

// What is wrong with one field of a request; `field` is a path in the proto's spelling, "shift.start_time".
struct FieldViolation {
  std::string field;
  Reason reason;
  Metadata metadata = {};
};

absl::Status Make(absl::StatusCode code, Reason reason, const Metadata& metadata = {});

absl::Status InvalidFields(const std::vector<FieldViolation>& violations);
absl::Status InvalidField(std::string_view field, Reason reason, const Metadata& metadata = {});
absl::Status InvalidArgument(Reason reason, const Metadata& metadata = {});
absl::Status NotFound(std::string_view name);
absl::Status AlreadyExists(Reason reason, const Metadata& metadata = {});
absl::Status FailedPrecondition(Reason reason, const Metadata& metadata = {});
absl::Status Aborted(Reason reason, const Metadata& metadata = {});
absl::Status Unauthenticated(Reason reason);
absl::Status PermissionDenied(Reason reason, const Metadata& metadata = {});
// RESOURCE_EXHAUSTED and UNAVAILABLE tell the caller when to come back.
absl::Status Overloaded(absl::Duration retry_after);
absl::Status Unavailable(Reason reason, absl::Duration retry_after);
absl::Status DeadlineExceeded();
absl::Status Internal();

// The reason a status was made with; REASON_UNSPECIFIED for a status that was made elsewhere.
Reason ReasonOf(const absl::Status& status);

// The status as it travels: a detail each of ErrorInfo, BadRequest and RetryInfo where there is one, LocalizedMessage
// in the caller's language and RequestInfo. A status that was not made here keeps its code, but not its message: what a
// library or a database says is not for callers.
google::rpc::Status ToWire(const absl::Status& status, Language language, std::string_view request_id);

}  // namespace wenming::errors
