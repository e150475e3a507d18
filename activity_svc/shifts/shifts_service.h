// Implements wenming.activity.v1.ShiftsService.
#pragma once

#include "absl/status/statusor.h"
#include "activity_svc/dependencies.h"
#include "common/rpc/call.h"
#include "common/rpc/service.h"
#include "wenming/activity/v1/shifts.pb.h"

namespace wenming::activity {

// Thread-safe.
class ShiftsService {
 public:
  explicit ShiftsService(const Dependencies& dependencies)
      : db_(dependencies.db), ids_(dependencies.ids), trail_(dependencies.trail), pager_(dependencies.pager) {}
  rpc::Service Bind();

  absl::StatusOr<v1::Shift> GetShift(const rpc::Call& call, const v1::GetShiftRequest& request);
  absl::StatusOr<v1::ListShiftsResponse> ListShifts(const rpc::Call& call, const v1::ListShiftsRequest& request);
  absl::StatusOr<v1::Shift> CreateShift(const rpc::Call& call, const v1::CreateShiftRequest& request);
  absl::StatusOr<v1::Shift> DeleteShift(const rpc::Call& call, const v1::DeleteShiftRequest& request);

 private:
  db::Pool& db_;
  ids::Generator& ids_;
  const audit::Trail& trail_;
  const paging::Pager& pager_;
};

}  // namespace wenming::activity
