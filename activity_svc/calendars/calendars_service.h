// Implements wenming.activity.v1.CalendarsService.
#pragma once

#include "absl/status/statusor.h"
#include "activity_svc/dependencies.h"
#include "common/rpc/call.h"
#include "common/rpc/service.h"
#include "wenming/activity/v1/calendars.pb.h"

namespace wenming::activity {

// Thread-safe.
class CalendarsService {
 public:
  explicit CalendarsService(const Dependencies& dependencies) : db_(dependencies.db), trail_(dependencies.trail) {}
  rpc::Service Bind();

  absl::StatusOr<v1::Calendar> GetCalendar(const rpc::Call& call, const v1::GetCalendarRequest& request);
  absl::StatusOr<v1::Calendar> ImportCalendar(const rpc::Call& call, const v1::ImportCalendarRequest& request);

 private:
  db::Pool& db_;
  const audit::Trail& trail_;
};

}  // namespace wenming::activity
