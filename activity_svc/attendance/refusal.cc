#include "activity_svc/attendance/refusal.h"

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace wenming::activity {

bool IsRefusal(const absl::Status& status) {
  if (errors::ReasonOf(status) == type::REASON_UNSPECIFIED) return false;
  switch (status.code()) {
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kNotFound:
    case absl::StatusCode::kAlreadyExists:
    case absl::StatusCode::kPermissionDenied:
    case absl::StatusCode::kFailedPrecondition:
      return true;
    default:
      return false;
  }
}

ItemRefusal RefusalOf(const absl::Status& status, errors::Language language) {
  ItemRefusal refusal;
  refusal.reason = type::Reason_Name(errors::ReasonOf(status)).substr(sizeof("REASON_") - 1);
  const google::rpc::Status wire = errors::ToWire(status, language, "");
  for (const google::protobuf::Any& detail : wire.details()) {
    google::rpc::LocalizedMessage message;
    if (detail.UnpackTo(&message)) refusal.message = message.message();
  }
  return refusal;
}

}  // namespace wenming::activity
