// Implements wenming.activity.v1.SettlementsService.
#pragma once

#include "absl/status/statusor.h"
#include "activity_svc/dependencies.h"
#include "common/rpc/call.h"
#include "common/rpc/service.h"
#include "wenming/activity/v1/settlements.pb.h"

namespace wenming::activity {

// Thread-safe.
class SettlementsService {
 public:
  explicit SettlementsService(const Dependencies& dependencies)
      : db_(dependencies.db), ids_(dependencies.ids), trail_(dependencies.trail), pager_(dependencies.pager) {}
  rpc::Service Bind();

  absl::StatusOr<v1::Settlement> GetSettlement(const rpc::Call& call, const v1::GetSettlementRequest& request);
  absl::StatusOr<v1::ListHourEntriesResponse> ListHourEntries(const rpc::Call& call,
                                                              const v1::ListHourEntriesRequest& request);
  absl::StatusOr<v1::ListPublicHoursResponse> ListPublicHours(const rpc::Call& call,
                                                              const v1::ListPublicHoursRequest& request);
  absl::StatusOr<v1::HourEntry> ReverseHours(const rpc::Call& call, const v1::ReverseHoursRequest& request);

 private:
  absl::StatusOr<v1::HourEntry> Reverse(db::Transaction& transaction, const rpc::Call& call, uint64_t registration_id,
                                        const std::string& reason);

  db::Pool& db_;
  ids::Generator& ids_;
  const audit::Trail& trail_;
  const paging::Pager& pager_;
};

}  // namespace wenming::activity
