// Implements wenming.activity.v1.RostersService.
#pragma once

#include "absl/status/statusor.h"
#include "activity_svc/dependencies.h"
#include "common/rpc/call.h"
#include "common/rpc/service.h"
#include "google/api/httpbody.pb.h"
#include "wenming/activity/v1/rosters.pb.h"

namespace wenming::activity {

// The most rows of one export; the whole of it is in memory.
inline constexpr int kMostRosterRows = 10'000;

// Thread-safe.
class RostersService {
 public:
  explicit RostersService(const Dependencies& dependencies, int most_rows = kMostRosterRows)
      : db_(dependencies.db), trail_(dependencies.trail), most_rows_(most_rows) {}
  rpc::Service Bind();

  absl::StatusOr<google::api::HttpBody> ExportRoster(const rpc::Call& call, const v1::ExportRosterRequest& request);

 private:
  db::Pool& db_;
  const audit::Trail& trail_;
  const int most_rows_;
};

}  // namespace wenming::activity
