// Two replicas apply a stream of settled hours at once, with repetitions, overlaps, contradictions and nonsense in it;
// the tables must be what a plain model says.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "common/db/transaction.h"
#include "common/outbox/consumer.h"
#include "prometheus/registry.h"
#include "tests/volunteer_svc/fixture.h"
#include "volunteer_svc/calendar.h"
#include "volunteer_svc/hours/chain_verifier.h"
#include "volunteer_svc/hours/hours_consumer.h"

namespace wenming::volunteer {
namespace {

using activity::v1::HoursSettled;
using events::v1::Event;

// A stream that is there from the beginning.
class VectorSource : public outbox::Source {
 public:
  explicit VectorSource(const std::vector<Event>& events) : events_(events) {}
  absl::StatusOr<std::vector<Event>> Next(int64_t after) override {
    const auto begin = events_.begin() + std::min<int64_t>(after, static_cast<int64_t>(events_.size()));
    const auto end = begin + std::min<int64_t>(kPiece, events_.end() - begin);
    if (begin == end) cancelled_.WaitForNotificationWithTimeout(absl::Milliseconds(100));
    return std::vector<Event>(begin, end);
  }
  void Cancel() override {
    if (!cancelled_.HasBeenNotified()) cancelled_.Notify();
  }

 private:
  static constexpr int64_t kPiece = 40;
  const std::vector<Event>& events_;
  absl::Notification cancelled_;
};

// The ledger as one would keep it on paper.
class Model {
 public:
  explicit Model(const std::vector<uint64_t>& volunteers) {
    for (const uint64_t volunteer : volunteers) people_[volunteer];
  }

  // Whether the event is taken (also where it says nothing new); what is not is to be parked.
  bool Take(const HoursSettled& event) {
    const absl::Time start = FromTimestamp(event.start_time()), end = FromTimestamp(event.end_time());
    if (event.minutes() <= 0 || start + absl::Minutes(event.minutes()) > end) return false;
    const auto person = people_.find(event.volunteer_id());
    if (person == people_.end()) return false;
    if (const auto known = credited_.find(event.registration_id()); known != credited_.end()) {
      return known->second == event.SerializeAsString();
    }
    for (const HoursSettled& entry : person->second) {
      if (start < FromTimestamp(entry.end_time()) && FromTimestamp(entry.start_time()) < end) return false;
    }
    person->second.push_back(event);
    credited_[event.registration_id()] = event.SerializeAsString();
    return true;
  }
  const std::map<uint64_t, std::vector<HoursSettled>>& people() const { return people_; }

 private:
  std::map<uint64_t, std::vector<HoursSettled>> people_;
  std::map<uint64_t, std::string> credited_;  // by registration
};

class LedgerModelTest : public VolunteerTest {
 protected:
  std::vector<Event> Stream(const std::vector<uint64_t>& volunteers, int length, std::mt19937_64& random) {
    const auto below = [&random](int bound) { return static_cast<int>(random() % static_cast<uint64_t>(bound)); };
    std::vector<HoursSettled> told;
    for (int i = 0; i < length; ++i) {
      HoursSettled event = Settled(volunteers[static_cast<size_t>(below(static_cast<int>(volunteers.size())))],
                                   1000 + i, test::Morning() + absl::Minutes(15 * below(2000)), 30 + 15 * below(8));
      const int kind = below(20);
      if (kind < 5 && !told.empty()) {
        event = told[static_cast<size_t>(below(static_cast<int>(told.size())))];  // once more
        if (kind == 0) event.set_minutes(event.minutes() - 1);                    // … but otherwise
      } else if (kind == 5) {
        event.set_volunteer_id(99);
      } else if (kind == 6) {
        event.set_minutes(event.minutes() + 1);
      }
      told.push_back(event);
    }
    std::shuffle(told.begin(), told.end(), random);
    std::vector<Event> stream;
    for (const HoursSettled& event : told) {
      Event& envelope = stream.emplace_back();
      envelope.set_cursor(static_cast<int64_t>(stream.size()));
      envelope.set_center_id(kCenter);
      envelope.set_key(ids::ResourceName("volunteers", event.volunteer_id()));
      envelope.mutable_payload()->PackFrom(event);
    }
    return stream;
  }

  prometheus::Registry registry_;
};

// One replica: its consumer and what it applies.
struct Replica {
  Replica(db::Pool& pool, const std::vector<Event>& stream, prometheus::Registry& registry)
      : source(stream),
        hours([] { return absl::Now(); }, registry, nullptr),
        consumer(
            pool, source,
            [this](db::Transaction& transaction, const Event& event) { return hours.Apply(transaction, event); },
            {.name = "activity_svc", .batch = 16, .first_pause = absl::Milliseconds(1)}, &hours) {}
  VectorSource source;
  HoursConsumer hours;
  outbox::Consumer consumer;
};

TEST_F(LedgerModelTest, TwoReplicasKeepTheLedgerOfTheModel) {
  const char* given = std::getenv("WENMING_TEST_SEED");
  const uint64_t seed = given != nullptr ? std::stoull(given) : std::random_device()();
  SCOPED_TRACE(absl::StrCat("WENMING_TEST_SEED=", seed));
  std::mt19937_64 random(seed);
  std::vector<uint64_t> volunteers;
  for (int i = 0; i < 6; ++i) volunteers.push_back(Register(i));
  const std::vector<Event> stream = Stream(volunteers, 600, random);
  Model model(volunteers);
  int64_t refused = 0;
  for (const Event& event : stream) {
    HoursSettled settled;
    ASSERT_TRUE(event.payload().UnpackTo(&settled));
    refused += model.Take(settled) ? 0 : 1;
  }
  ASSERT_GT(refused, 50);

  {
    Replica first(pool_, stream, registry_), second(pool_, stream, registry_);
    ASSERT_TRUE(first.consumer.WaitFor(static_cast<int64_t>(stream.size()), absl::Minutes(1)));
  }

  EXPECT_EQ(Number("SELECT COUNT(*) FROM parked_events"), refused);
  EXPECT_EQ(Number("SELECT event_cursor FROM event_cursors"), static_cast<int64_t>(stream.size()));
  for (const auto& [volunteer, entries] : model.people()) {
    int64_t sum = 0;
    std::set<uint64_t> registrations;
    for (const HoursSettled& entry : entries) {
      sum += entry.minutes();
      registrations.insert(entry.registration_id());
    }
    const std::string of = absl::StrCat(" WHERE volunteer_id = ", volunteer);
    EXPECT_EQ(Number("SELECT balance_minutes FROM hour_accounts" + of), sum);
    EXPECT_EQ(Number("SELECT CAST(COALESCE(SUM(minutes), 0) AS SIGNED) FROM hour_entries" + of), sum);
    EXPECT_EQ(Number("SELECT COUNT(DISTINCT registration_id) FROM hour_entries" + of),
              static_cast<int64_t>(registrations.size()));
    EXPECT_EQ(Number("SELECT COUNT(*) FROM hour_entries a JOIN hour_entries b ON a.volunteer_id = b.volunteer_id AND"
                     " a.sequence < b.sequence AND a.start_time < b.end_time AND b.start_time < a.end_time" +
                     absl::StrCat(" WHERE a.volunteer_id = ", volunteer)),
              0);
    const auto report = db::RunTransaction(
        pool_, {}, [&, id = volunteer](db::Transaction& transaction) { return VerifyChain(transaction, kCenter, id); });
    ASSERT_TRUE(report.ok()) << report.status();
    EXPECT_EQ(report->entries, static_cast<int64_t>(entries.size()));
    EXPECT_FALSE(report->fault.has_value()) << report->fault->what;
  }

  // Flip a byte of a random entry: the chain breaks there and nowhere before.
  const uint64_t victim = volunteers[random() % volunteers.size()];
  const int64_t length = Number(absl::StrCat("SELECT sequence FROM hour_accounts WHERE volunteer_id = ", victim));
  ASSERT_GT(length, 0);
  const int64_t sequence = 1 + static_cast<int64_t>(random() % static_cast<uint64_t>(length));
  Execute(absl::StrCat("UPDATE hour_entries SET end_time = end_time ^ ", 1 << (random() % 20),
                       " WHERE volunteer_id = ", victim, " AND sequence = ", sequence));
  const auto report = db::RunTransaction(
      pool_, {}, [&](db::Transaction& transaction) { return VerifyChain(transaction, kCenter, victim); });
  ASSERT_TRUE(report->fault.has_value());
  EXPECT_EQ(report->fault->sequence, sequence);
  EXPECT_EQ(report->fault->what, "hash");
}

TEST_F(LedgerModelTest, CountsWhatIsCommitted) {
  const uint64_t volunteer = Register(1);
  std::vector<Event> stream;
  for (int i = 0; i < 26; ++i) {
    Event& event = stream.emplace_back();
    event.set_cursor(i + 1);
    event.set_center_id(kCenter);
    event.mutable_payload()->PackFrom(Settled(volunteer, 1 + i % 25, test::Morning() + absl::Hours(5 * (i % 25)), 240));
  }
  {
    Replica replica(pool_, stream, registry_);
    ASSERT_TRUE(replica.consumer.WaitFor(26, absl::Minutes(1)));
  }
  std::map<std::string, double> counters;
  for (const auto& family : registry_.Collect()) {
    for (const auto& metric : family.metric) {
      counters[family.name + (metric.label.empty() ? "" : metric.label[0].value)] = metric.counter.value;
    }
  }
  EXPECT_EQ(counters["wenming_hours_credited_minutes_total"], 6000);
  EXPECT_EQ(counters["wenming_stars_reached_total1"], 1);
  EXPECT_EQ(counters["wenming_stars_reached_total2"], 0);
}

}  // namespace
}  // namespace wenming::volunteer
