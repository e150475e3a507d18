#include "activity_svc/metrics.h"

#include "prometheus/family.h"

namespace wenming::activity {
namespace {

using prometheus::Counter;
using prometheus::Family;

Family<Counter>& Make(prometheus::Registry& registry, const char* name, const char* help) {
  return prometheus::BuildCounter().Name(name).Help(help).Register(registry);
}

}  // namespace

struct Metrics::Families {
  explicit Families(prometheus::Registry& registry)
      : registrations(Make(registry, "wenming_registrations_total", "Sign-ups and cancellations by outcome.")),
        offers(Make(registry, "wenming_waitlist_offers_total", "Places offered to waiting lists, by outcome.")),
        check_ins(Make(registry, "wenming_check_ins_total", "Presences by how they became known.")),
        settled(Make(registry, "wenming_shifts_settled_total", "Shifts whose hours went to the ledger.")) {}

  Family<Counter>& registrations;
  Family<Counter>& offers;
  Family<Counter>& check_ins;
  Family<Counter>& settled;
};

Metrics::Metrics(prometheus::Registry& registry) : Metrics(Families(registry)) {}

Metrics::Metrics(const Families& families)
    : confirmed(families.registrations.Add({{"outcome", "confirmed"}})),
      waitlisted(families.registrations.Add({{"outcome", "waitlisted"}})),
      full(families.registrations.Add({{"outcome", "full"}})),
      refused(families.registrations.Add({{"outcome", "refused"}})),
      cancelled(families.registrations.Add({{"outcome", "cancelled"}})),
      late_cancelled(families.registrations.Add({{"outcome", "late_cancelled"}})),
      excused(families.registrations.Add({{"outcome", "excused"}})),
      offered(families.offers.Add({{"outcome", "offered"}})),
      accepted(families.offers.Add({{"outcome", "accepted"}})),
      declined(families.offers.Add({{"outcome", "declined"}})),
      lapsed(families.offers.Add({{"outcome", "lapsed"}})),
      by_code(families.check_ins.Add({{"means", "code"}})),
      by_code_offline(families.check_ins.Add({{"means", "code_offline"}})),
      by_leader(families.check_ins.Add({{"means", "leader"}})),
      by_personal_code(families.check_ins.Add({{"means", "personal_code"}})),
      by_station(families.check_ins.Add({{"means", "station"}})),
      settled(families.settled.Add({})) {}

}  // namespace wenming::activity
