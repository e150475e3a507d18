// Implements wenming.activity.v1.RatingsService.
#pragma once

#include "absl/status/statusor.h"
#include "activity_svc/dependencies.h"
#include "common/rpc/call.h"
#include "common/rpc/service.h"
#include "wenming/activity/v1/ratings.pb.h"

namespace wenming::activity {

// Thread-safe.
class RatingsService {
 public:
  explicit RatingsService(const Dependencies& dependencies)
      : db_(dependencies.db),
        ids_(dependencies.ids),
        trail_(dependencies.trail),
        pager_(dependencies.pager),
        codes_(dependencies.codes) {}
  rpc::Service Bind();

  absl::StatusOr<v1::CreateRatingInvitationsResponse> CreateRatingInvitations(
      const rpc::Call& call, const v1::CreateRatingInvitationsRequest& request);
  absl::StatusOr<v1::RateActivityResponse> RateActivity(const rpc::Call& call, const v1::RateActivityRequest& request);
  absl::StatusOr<v1::RatingSummary> GetRatingSummary(const rpc::Call& call, const v1::GetRatingSummaryRequest& request);
  absl::StatusOr<v1::ListRatingsResponse> ListRatings(const rpc::Call& call, const v1::ListRatingsRequest& request);

 private:
  db::Pool& db_;
  ids::Generator& ids_;
  const audit::Trail& trail_;
  const paging::Pager& pager_;
  const CheckCodes& codes_;
};

}  // namespace wenming::activity
