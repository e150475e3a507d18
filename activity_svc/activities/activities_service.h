// Implements wenming.activity.v1.ActivitiesService.
#pragma once

#include "absl/status/statusor.h"
#include "activity_svc/dependencies.h"
#include "common/rpc/call.h"
#include "common/rpc/service.h"
#include "wenming/activity/v1/activities.pb.h"

namespace wenming::activity {

// Thread-safe.
class ActivitiesService {
 public:
  explicit ActivitiesService(const Dependencies& dependencies)
      : db_(dependencies.db), ids_(dependencies.ids), trail_(dependencies.trail), pager_(dependencies.pager) {}
  rpc::Service Bind();

  absl::StatusOr<v1::Activity> GetActivity(const rpc::Call& call, const v1::GetActivityRequest& request);
  absl::StatusOr<v1::ListActivitiesResponse> ListActivities(const rpc::Call& call,
                                                            const v1::ListActivitiesRequest& request);
  absl::StatusOr<v1::Activity> CreateActivity(const rpc::Call& call, const v1::CreateActivityRequest& request);
  absl::StatusOr<v1::Activity> UpdateActivity(const rpc::Call& call, const v1::UpdateActivityRequest& request);
  absl::StatusOr<v1::Activity> MoveActivity(const rpc::Call& call, const v1::MoveActivityRequest& request);
  absl::StatusOr<v1::ListActivityMovesResponse> ListActivityMoves(const rpc::Call& call,
                                                                  const v1::ListActivityMovesRequest& request);
  absl::StatusOr<v1::ListThemesResponse> ListThemes(const rpc::Call& call, const v1::ListThemesRequest& request);

 private:
  db::Pool& db_;
  ids::Generator& ids_;
  const audit::Trail& trail_;
  const paging::Pager& pager_;
};

}  // namespace wenming::activity
