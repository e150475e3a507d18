#include "volunteer_svc/hours/ledger_report.h"

#include <ostream>
#include <string>

#include "common/ids/ids.h"
#include "volunteer_svc/hours/ledger_anchors.h"
#include "volunteer_svc/hours/ledger_verifier.h"

namespace wenming::volunteer {
namespace {

// Every text in it is a word of ours, or an id.
std::string FaultText(const LedgerReport& report) {
  if (!report.fault) return "null";
  return "{\"center\":\"" + ids::ResourceName("units", report.fault->center_id) + "\",\"volunteer\":\"" +
         ids::ResourceName("volunteers", report.fault->volunteer_id) +
         "\",\"sequence\":" + std::to_string(report.fault->chain.sequence) + ",\"what\":\"" + report.fault->chain.what +
         "\"}";
}

absl::StatusOr<LedgerReport> VerifyAll(db::Pool& pool) {
  auto report = VerifyLedger(pool);
  if (!report.ok() || report->fault) return report;
  auto anchor = FindBrokenAnchor(pool);
  if (!anchor.ok()) return anchor.status();
  report->fault = *std::move(anchor);
  return report;
}

}  // namespace

int ReportLedger(db::Pool& pool, std::ostream& out) {
  const auto report = VerifyAll(pool);
  if (!report.ok()) {
    out << "{\"error\":\"the ledger cannot be read: " << absl::StatusCodeToString(report.status().code()) << "\"}\n";
    return 1;
  }
  out << "{\"accounts\":" << report->accounts << ",\"entries\":" << report->entries
      << ",\"fault\":" << FaultText(*report) << "}\n";
  return report->fault ? 1 : 0;
}

}  // namespace wenming::volunteer
