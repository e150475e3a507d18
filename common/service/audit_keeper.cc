#include "common/service/audit_keeper.h"

#include <ostream>
#include <utility>
#include <vector>

#include "common/audit/heads.h"
#include "common/audit/verify.h"
#include "common/crypto/digest.h"
#include "common/crypto/keys.h"
#include "common/db/transaction.h"

namespace wenming::service {
namespace {

constexpr absl::Duration kTimeout = absl::Seconds(1);
constexpr absl::Duration kTryAgain = absl::Minutes(1);

}  // namespace

absl::StatusOr<audit::ChainKey> LoadAuditKey(const std::string& keys, const std::string& service) {
  const auto shared = crypto::LoadKey(keys + "/audit.key");
  if (!shared.ok()) return shared.status();
  return audit::ChainKey{service, crypto::HmacSha256(*shared, "wenming-audit-key-1:" + service)};
}

AuditKeeper::AuditKeeper(db::Pool& db, ids::Generator& ids, audit::ChainKey key, std::string heads_directory,
                         const observe::Logger& logger, AuditMetrics& metrics)
    : db_(db),
      key_(std::move(key)),
      heads_directory_(std::move(heads_directory)),
      logger_(logger),
      trail_(db, ids, key_.key),
      chainer_(db, key_, {}, &metrics),
      refusals_(db, trail_, {}, &metrics) {}

void AuditKeeper::ExportHead(absl::Time now) {
  if (now < export_next_) return;
  const absl::Status exported = Export(now);
  export_next_ = exported.ok() ? audit::NextExport(now) : now + kTryAgain;
  if (!exported.ok()) {
    logger_.Error("the head of the audit log cannot be exported", {{"error", std::string(exported.message())}});
  }
}

absl::Status AuditKeeper::Export(absl::Time now) const {
  const auto head = db::Read(db_, now + kTimeout, audit::LoadHead);
  if (!head.ok()) return head.status();
  const std::string line = audit::HeadLine(key_, *head, now);
  logger_.Info("head of the audit log", {{"head", line}});
  return heads_directory_.empty() ? absl::OkStatus() : audit::AppendHead(key_, heads_directory_, line);
}

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
