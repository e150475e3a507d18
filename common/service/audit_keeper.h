// The audit log of a running service: its key, what writes it and chains it.
#pragma once

#include <iosfwd>
#include <string>

#include "common/audit/chain.h"
#include "common/audit/refusals.h"
#include "common/audit/trail.h"
#include "common/service/service_metrics.h"

namespace wenming::service {

// The key of the service's log, from audit.key in the directory. Services may share that: a record that one of them has
// sealed is not genuine in the log of another. Errors as crypto::LoadKey's.
absl::StatusOr<audit::ChainKey> LoadAuditKey(const std::string& keys, const std::string& service);

// Thread-safe.
class AuditKeeper {
 public:
  // Begins to chain. The references must outlive this.
  AuditKeeper(db::Pool& db, ids::Generator& ids, const audit::ChainKey& key, AuditMetrics& metrics);

  const audit::Trail& trail() const { return trail_; }
  void Refused(const rpc::Call& call, const google::protobuf::Message& request, absl::StatusCode code) {
    refusals_.Add(call, request, code);
  }

 private:
  const audit::Trail trail_;
  audit::Chainer chainer_;
  audit::Refusals refusals_;  // ended before the chainer, which chains what it writes last
};

// --verify-audit: compares the log with its chain and with the heads in the directory (empty: with none), and says in
// one line what it has found. The exit status: 0 where all is in order, 1 where not or where that cannot be told.
int VerifyAudit(db::Pool& db, const audit::ChainKey& key, const std::string& heads_directory, absl::Time deadline,
                std::ostream& out);

}  // namespace wenming::service
