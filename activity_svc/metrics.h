// What activity_svc counts of its business.
#pragma once

#include "prometheus/counter.h"
#include "prometheus/registry.h"

namespace wenming::activity {

// The counters, resolved once. Thread-safe; count after the commit, so that a transaction that ran twice counts once.
struct Metrics {
  explicit Metrics(prometheus::Registry& registry);

  // wenming_registrations_total{outcome}
  prometheus::Counter& confirmed;
  prometheus::Counter& waitlisted;
  prometheus::Counter& full;
  prometheus::Counter& refused;
  prometheus::Counter& cancelled;
  prometheus::Counter& late_cancelled;
  prometheus::Counter& excused;
  // wenming_waitlist_offers_total{outcome}
  prometheus::Counter& offered;
  prometheus::Counter& accepted;
  prometheus::Counter& declined;
  prometheus::Counter& lapsed;
  // wenming_check_ins_total{means}
  prometheus::Counter& by_code;
  prometheus::Counter& by_code_offline;
  prometheus::Counter& by_leader;
  prometheus::Counter& by_personal_code;
  prometheus::Counter& by_station;
  // wenming_shifts_settled_total
  prometheus::Counter& settled;

 private:
  struct Families;
  explicit Metrics(const Families& families);
};

}  // namespace wenming::activity
