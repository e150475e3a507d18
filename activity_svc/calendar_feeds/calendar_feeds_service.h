// Implements wenming.activity.v1.CalendarFeedsService.
#pragma once

#include "absl/status/statusor.h"
#include "activity_svc/dependencies.h"
#include "common/crypto/random.h"
#include "common/rpc/call.h"
#include "common/rpc/service.h"
#include "google/api/httpbody.pb.h"
#include "wenming/activity/v1/calendar_feeds.pb.h"

namespace wenming::activity {

// Feeds of one person that may work at a time.
inline constexpr int kMostFeeds = 10;

// Thread-safe.
class CalendarFeedsService {
 public:
  // `random`: where the secrets come from.
  CalendarFeedsService(const Dependencies& dependencies, crypto::RandomSource random);
  rpc::Service Bind();

  absl::StatusOr<v1::CalendarFeed> CreateCalendarFeed(const rpc::Call& call,
                                                      const v1::CreateCalendarFeedRequest& request);
  absl::StatusOr<v1::ListCalendarFeedsResponse> ListCalendarFeeds(const rpc::Call& call,
                                                                  const v1::ListCalendarFeedsRequest& request);
  absl::StatusOr<v1::CalendarFeed> RevokeCalendarFeed(const rpc::Call& call,
                                                      const v1::RevokeCalendarFeedRequest& request);
  absl::StatusOr<google::api::HttpBody> ReadCalendar(const rpc::Call& call, const v1::ReadCalendarRequest& request);

 private:
  db::Pool& db_;
  ids::Generator& ids_;
  const audit::Trail& trail_;
  const paging::Pager& pager_;
  const crypto::RandomSource random_;
};

}  // namespace wenming::activity
