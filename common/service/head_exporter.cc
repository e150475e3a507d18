#include "common/service/head_exporter.h"

#include <utility>

#include "common/audit/heads.h"
#include "common/db/transaction.h"

namespace wenming::service {
namespace {

constexpr absl::Duration kInterval = absl::Seconds(1);
constexpr absl::Duration kTimeout = absl::Seconds(10);
constexpr absl::Duration kTryAgain = absl::Minutes(1);

}  // namespace

HeadExporter::HeadExporter(db::Pool& db, audit::ChainKey key, HeadsPlace place, observe::Clock clock,
                           const observe::Logger& logger, AuditMetrics& metrics)
    : db_(db),
      key_(std::move(key)),
      place_(std::move(place)),
      clock_(std::move(clock)),
      logger_(logger),
      metrics_(metrics),
      thread_([this] { Run(); }) {}

HeadExporter::~HeadExporter() {
  stop_.Notify();
  thread_.join();
}

void HeadExporter::Run() {
  absl::Time next = absl::InfinitePast();
  do {
    const absl::Time now = clock_();
    if (now < next) continue;
    const absl::Status exported = Export(now);
    next = exported.ok() ? audit::NextExport(now) : now + kTryAgain;
    if (!exported.ok()) metrics_.ExportFailed(exported);
  } while (!stop_.WaitForNotificationWithTimeout(kInterval));
}

absl::Status HeadExporter::Export(absl::Time now) const {
  const auto head = db::Read(db_, now + kTimeout, audit::LoadHead);
  if (!head.ok()) return head.status();
  const std::string line = audit::HeadLine(key_, *head, now);
  logger_.Info("head of the audit log", {{"head", line}});
  return place_.folder.empty() ? absl::OkStatus() : audit::AppendHead(key_, place_.folder, place_.instance, line);
}

}  // namespace wenming::service
