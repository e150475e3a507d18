// Implements wenming.activity.v1.SupplementsService.
#pragma once

#include "absl/status/statusor.h"
#include "activity_svc/dependencies.h"
#include "common/db/transaction.h"
#include "common/rpc/call.h"
#include "common/rpc/service.h"
#include "wenming/activity/v1/supplements.pb.h"

namespace wenming::activity {

// Thread-safe.
class SupplementsService {
 public:
  explicit SupplementsService(const Dependencies& dependencies)
      : db_(dependencies.db), ids_(dependencies.ids), trail_(dependencies.trail), pager_(dependencies.pager) {}
  rpc::Service Bind();

  absl::StatusOr<v1::Supplement> CreateSupplement(const rpc::Call& call, const v1::CreateSupplementRequest& request);
  absl::StatusOr<v1::Supplement> GetSupplement(const rpc::Call& call, const v1::GetSupplementRequest& request);
  absl::StatusOr<v1::ListSupplementsResponse> ListSupplements(const rpc::Call& call,
                                                              const v1::ListSupplementsRequest& request);
  absl::StatusOr<v1::Supplement> MoveSupplement(const rpc::Call& call, const v1::MoveSupplementRequest& request);

 private:
  absl::StatusOr<v1::Supplement> Move(db::Transaction& transaction, const rpc::Call& call, uint64_t id,
                                      const v1::MoveSupplementRequest& request);

  db::Pool& db_;
  ids::Generator& ids_;
  const audit::Trail& trail_;
  const paging::Pager& pager_;
};

}  // namespace wenming::activity
