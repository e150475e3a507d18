#include "volunteer_svc/hours/ledger_anchors.h"

#include <cstdint>
#include <tuple>
#include <utility>

#include "absl/time/clock.h"
#include "common/db/session.h"
#include "common/db/transaction.h"

namespace wenming::volunteer {
namespace {

constexpr char kAnchors[] =
    "SELECT c.center_id, c.id, c.volunteer_id, c.ledger_sequence, CASE WHEN e.hash = c.ledger_hash THEN 1 ELSE 0 END"
    " FROM certificates c LEFT JOIN hour_entries e ON e.center_id = c.center_id AND e.volunteer_id = c.volunteer_id"
    " AND e.sequence = c.ledger_sequence WHERE c.center_id > ? OR (c.center_id = ? AND c.id > ?)"
    " ORDER BY c.center_id, c.id LIMIT ?";
constexpr int kPage = 1000;
constexpr absl::Duration kTimeout = absl::Minutes(5);  // for one page

auto PlaceOf(const LedgerFault& fault) {
  return std::make_tuple(fault.center_id, fault.volunteer_id, fault.chain.sequence);
}

}  // namespace

absl::StatusOr<std::optional<LedgerFault>> FindBrokenAnchor(db::Pool& pool) {
  std::optional<LedgerFault> first;
  uint64_t center_id = 0, certificate_id = 0;
  for (bool more = true; more;) {
    const auto rows = db::Read(pool, absl::Now() + kTimeout, [&](db::Session& session) {
      return session.Query(kAnchors, {center_id, center_id, certificate_id, kPage});
    });
    if (!rows.ok()) return rows.status();
    for (const db::Row& row : *rows) {
      center_id = row.Id(0);
      certificate_id = row.Id(1);
      if (row.Bool(4)) continue;
      LedgerFault fault{.center_id = center_id,
                        .volunteer_id = row.Id(2),
                        .chain = {.sequence = row.Int(3), .what = "other than when a certificate was issued"}};
      if (!first || PlaceOf(fault) < PlaceOf(*first)) first = std::move(fault);
    }
    more = rows->size() == kPage;
  }
  return first;
}

}  // namespace wenming::volunteer
