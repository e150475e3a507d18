// Implements wenming.activity.v1.NoticesService.
#pragma once

#include "absl/status/statusor.h"
#include "activity_svc/dependencies.h"
#include "common/rpc/call.h"
#include "common/rpc/service.h"
#include "wenming/activity/v1/notices.pb.h"

namespace wenming::activity {

// Thread-safe.
class NoticesService {
 public:
  explicit NoticesService(const Dependencies& dependencies)
      : db_(dependencies.db), trail_(dependencies.trail), pager_(dependencies.pager) {}
  rpc::Service Bind();

  absl::StatusOr<v1::ListMyNoticesResponse> ListMyNotices(const rpc::Call& call,
                                                          const v1::ListMyNoticesRequest& request);
  absl::StatusOr<v1::MarkNoticesReadResponse> MarkNoticesRead(const rpc::Call& call,
                                                              const v1::MarkNoticesReadRequest& request);

 private:
  db::Pool& db_;
  const audit::Trail& trail_;
  const paging::Pager& pager_;
};

}  // namespace wenming::activity
