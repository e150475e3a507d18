// Implements wenming.activity.v1.AppealsService.
#pragma once

#include "absl/status/statusor.h"
#include "activity_svc/dependencies.h"
#include "common/db/transaction.h"
#include "common/rpc/call.h"
#include "common/rpc/service.h"
#include "wenming/activity/v1/appeals.pb.h"

namespace wenming::activity {

// Thread-safe.
class AppealsService {
 public:
  explicit AppealsService(const Dependencies& dependencies)
      : db_(dependencies.db), ids_(dependencies.ids), trail_(dependencies.trail), pager_(dependencies.pager) {}
  rpc::Service Bind();

  absl::StatusOr<v1::Appeal> AppealHours(const rpc::Call& call, const v1::AppealHoursRequest& request);
  absl::StatusOr<v1::Appeal> GetAppeal(const rpc::Call& call, const v1::GetAppealRequest& request);
  absl::StatusOr<v1::ListOpenAppealsResponse> ListOpenAppeals(const rpc::Call& call,
                                                              const v1::ListOpenAppealsRequest& request);
  absl::StatusOr<v1::Appeal> DecideAppeal(const rpc::Call& call, const v1::DecideAppealRequest& request);

 private:
  absl::StatusOr<v1::Appeal> Take(db::Transaction& transaction, const rpc::Call& call, uint64_t registration_id,
                                  const v1::AppealHoursRequest& request);
  absl::StatusOr<v1::Appeal> Decide(db::Transaction& transaction, const rpc::Call& call, uint64_t registration_id,
                                    const v1::DecideAppealRequest& request);

  db::Pool& db_;
  ids::Generator& ids_;
  const audit::Trail& trail_;
  const paging::Pager& pager_;
};

}  // namespace wenming::activity
