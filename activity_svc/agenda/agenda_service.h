// Implements wenming.activity.v1.AgendaService.
#pragma once

#include "absl/status/statusor.h"
#include "activity_svc/dependencies.h"
#include "common/rpc/call.h"
#include "common/rpc/service.h"
#include "wenming/activity/v1/agenda.pb.h"

namespace wenming::activity {

// Thread-safe.
class AgendaService {
 public:
  explicit AgendaService(const Dependencies& dependencies) : db_(dependencies.db), pager_(dependencies.pager) {}
  rpc::Service Bind();

  absl::StatusOr<v1::ListMyShiftsResponse> ListMyShifts(const rpc::Call& call, const v1::ListMyShiftsRequest& request);
  absl::StatusOr<v1::ListUpcomingShiftsResponse> ListUpcomingShifts(const rpc::Call& call,
                                                                    const v1::ListUpcomingShiftsRequest& request);

 private:
  db::Pool& db_;
  const paging::Pager& pager_;
};

}  // namespace wenming::activity
