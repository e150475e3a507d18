// The audit log of a running service: its key, what writes it, chains it and tells the outside of its head.
#pragma once

#include <iosfwd>
#include <string>

#include "common/audit/chain.h"
#include "common/audit/refusals.h"
#include "common/audit/trail.h"
#include "common/observe/log.h"
#include "common/service/service_metrics.h"

namespace wenming::service {

// The key of the service's log, from audit.key in the directory. Services may share that: a record that one of them has
// sealed is not genuine in the log of another. Errors as crypto::LoadKey's.
absl::StatusOr<audit::ChainKey> LoadAuditKey(const std::string& keys, const std::string& service);

// Thread-safe, except ExportHead.
class AuditKeeper {
 public:
  // Begins to chain. Heads are appended to a file in `heads_directory`, or only logged where it is empty. The rest must
  // outlive this.
  AuditKeeper(db::Pool& db, ids::Generator& ids, audit::ChainKey key, std::string heads_directory,
              const observe::Logger& logger, AuditMetrics& metrics);

  const audit::Trail& trail() const { return trail_; }
  void Refused(const rpc::Call& call, const google::protobuf::Message& request, absl::StatusCode code) {
    refusals_.Add(call, request, code);
  }

  // Tells the outside of the head where that is due: at the start and at each midnight in China. To be called often.
  void ExportHead(absl::Time now);

 private:
  absl::Status Export(absl::Time now) const;

  db::Pool& db_;
  const audit::ChainKey key_;
  const std::string heads_directory_;
  const observe::Logger& logger_;
  const audit::Trail trail_;
  audit::Chainer chainer_;
  audit::Refusals refusals_;  // ended before the chainer, which chains what it writes last
  absl::Time export_next_ = absl::InfinitePast();
};

// --verify-audit: compares the log with its chain and with the heads in the directory (empty: with none), and says in
// one line what it has found. The exit status: 0 where all is in order, 1 where not or where that cannot be told.
int VerifyAudit(db::Pool& db, const audit::ChainKey& key, const std::string& heads_directory, absl::Time deadline,
                std::ostream& out);

}  // namespace wenming::service
