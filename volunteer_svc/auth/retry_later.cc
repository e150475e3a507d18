#include "volunteer_svc/auth/retry_later.h"

#include "absl/strings/cord.h"
#include "google/rpc/error_details.pb.h"

namespace wenming::volunteer {

absl::Status RetryLater(errors::Reason reason, const errors::Metadata& metadata, absl::Duration wait) {
  absl::Status status = errors::Make(absl::StatusCode::kResourceExhausted, reason, metadata);
  google::rpc::RetryInfo retry;
  retry.mutable_retry_delay()->set_seconds(absl::ToInt64Seconds(wait));
  status.SetPayload(google::rpc::RetryInfo::descriptor()->full_name(), absl::Cord(retry.SerializeAsString()));
  return status;
}

}  // namespace wenming::volunteer
