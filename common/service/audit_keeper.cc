#include "common/service/audit_keeper.h"

#include <ostream>
#include <vector>

#include "common/audit/heads.h"
#include "common/audit/verify.h"
#include "common/crypto/digest.h"
#include "common/crypto/keys.h"
#include "common/db/transaction.h"

namespace wenming::service {

absl::StatusOr<audit::ChainKey> LoadAuditKey(const std::string& keys, const std::string& service) {
  const auto shared = crypto::LoadKey(keys + "/audit.key");
  if (!shared.ok()) return shared.status();
  return audit::ChainKey{service, crypto::HmacSha256(*shared, "wenming-audit-key-1:" + service)};
}

AuditKeeper::AuditKeeper(db::Pool& db, ids::Generator& ids, const audit::ChainKey& key, AuditMetrics& metrics)
    : trail_(db, ids, key.key), chainer_(db, key, {}, &metrics), refusals_(db, trail_, {}, &metrics) {}

int VerifyAudit(db::Pool& db, const audit::ChainKey& key, const std::string& heads_directory, absl::Time deadline,
                std::ostream& out) {
  out << key.service << ": ";
  absl::StatusOr<std::vector<audit::Head>> heads = std::vector<audit::Head>();
  if (!heads_directory.empty()) heads = audit::ReadHeads(key, heads_directory);
  if (!heads.ok()) {
    out << heads.status().message() << "\n";
    return 1;
  }
  const auto report = db::Read(db, deadline, [&](db::Session& session) { return audit::Verify(session, key, *heads); });
  if (!report.ok()) {
    out << "cannot read the audit log: " << report.status().message() << "\n";
    return 1;
  }
  if (report->fault) {
    out << "record " << report->fault->sequence << ": " << report->fault->what << "\n";
    return 1;
  }
  out << report->records << " records in order, " << report->pending << " pending, " << heads->size()
      << " exported heads agree\n";
  return 0;
}

}  // namespace wenming::service
