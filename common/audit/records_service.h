// Shows auditors the log: the AuditService of each service's package.
#pragma once

#include "absl/status/statusor.h"
#include "common/db/pool.h"
#include "common/paging/paging.h"
#include "common/rpc/call.h"
#include "common/rpc/service.h"
#include "wenming/audit/v1/audit.pb.h"

namespace wenming::audit {

// Thread-safe.
class RecordsService {
 public:
  // Both must outlive this.
  RecordsService(db::Pool& db, const paging::Pager& pager) : db_(db), pager_(pager) {}

  // As the AuditService of a package: "wenming.org.v1".
  rpc::Service Bind(const std::string& package);

  // INVALID_ARGUMENT where the parent is no center. What is pending still is not shown.
  absl::StatusOr<v1::ListAuditRecordsResponse> ListAuditRecords(const rpc::Call& call,
                                                                const v1::ListAuditRecordsRequest& request);

 private:
  db::Pool& db_;
  const paging::Pager& pager_;
};

}  // namespace wenming::audit
