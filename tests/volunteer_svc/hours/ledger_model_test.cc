// The ledger beside a plain model: a stream of settled, repeated, reversed, amended, overlapping, contradictory and
// nonsensical hours in any order, with replicas, restarts, faults in the middle of a batch and redelivery; the tables
// must be what the model says.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <span>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "common/db/transaction.h"
#include "common/outbox/consumer.h"
#include "prometheus/registry.h"
#include "tests/volunteer_svc/fixture.h"
#include "volunteer_svc/calendar.h"
#include "volunteer_svc/hours/hours_consumer.h"
#include "volunteer_svc/hours/hours_service.h"
#include "volunteer_svc/hours/ledger_verifier.h"

namespace wenming::volunteer {
namespace {

using activity::v1::HoursReversed;
using activity::v1::HoursSettled;
using events::v1::Event;

constexpr char kConsumer[] = "activity_svc";

// A stream that is there from the beginning, up to an event.
class VectorSource : public outbox::Source {
 public:
  VectorSource(const std::vector<Event>& events, size_t length, size_t piece)
      : events_(std::span(events).first(length)), piece_(piece) {}
  absl::StatusOr<std::vector<Event>> Next(int64_t after) override {
    if (!begin_.WaitForNotificationWithTimeout(absl::Milliseconds(100))) return std::vector<Event>();
    const auto rest = events_.subspan(std::min(static_cast<size_t>(after), events_.size()));
    if (rest.empty()) cancelled_.WaitForNotificationWithTimeout(absl::Milliseconds(100));
    const auto next = rest.first(std::min(piece_, rest.size()));
    return std::vector<Event>(next.begin(), next.end());
  }
  // Gives nothing before this.
  void Begin() { begin_.Notify(); }
  void Cancel() override {
    if (!cancelled_.HasBeenNotified()) cancelled_.Notify();
  }

 private:
  const std::span<const Event> events_;
  const size_t piece_;
  absl::Notification begin_, cancelled_;
};

// The ledger as one would keep it on paper.
class Model {
 public:
  struct Line {
    uint64_t registration;
    int revision;
    int64_t minutes;
    absl::Time start, end;
    bool supplement;
    friend bool operator==(const Line&, const Line&) = default;
    friend void PrintTo(const Line& line, std::ostream* out) {
      *out << line.registration << "." << line.revision << ": " << line.minutes << (line.supplement ? "D" : "")
           << " from " << absl::FormatTime("%dT%H:%M", line.start, absl::UTCTimeZone());
    }
  };
  using Lines = std::vector<Line>;

  explicit Model(const std::vector<uint64_t>& volunteers) {
    for (const uint64_t volunteer : volunteers) people_[volunteer];
  }

  // Whether the event is taken (also where it says nothing new); what is not is to be parked.
  bool Take(const Event& event) {
    if (HoursSettled settled; event.payload().UnpackTo(&settled)) return Settle(settled);
    if (HoursReversed reversed; event.payload().UnpackTo(&reversed)) return Reverse(reversed);
    return true;
  }

  // The cursors of those of them that are refused.
  std::set<int64_t> TakeAll(std::span<const Event> events) {
    std::set<int64_t> refused;
    for (const Event& event : events) {
      if (!Take(event)) refused.insert(event.cursor());
    }
    return refused;
  }

  const std::map<uint64_t, Lines>& people() const { return people_; }

  // Lines that no other takes back.
  static Lines Standing(const Lines& lines) {
    Lines standing;
    for (const Line& line : lines) {
      const bool taken_back = std::ranges::any_of(lines, [&](const Line& other) {
        return other.registration == line.registration && other.revision == line.revision + 1;
      });
      if (line.revision % 2 == 0 && !taken_back) standing.push_back(line);
    }
    return standing;
  }

 private:
  // The lines of a registration, and whose they are.
  std::pair<uint64_t, Lines> Of(uint64_t registration) const {
    for (const auto& [volunteer, lines] : people_) {
      Lines found;
      std::ranges::copy_if(lines, std::back_inserter(found),
                           [&](const Line& line) { return line.registration == registration; });
      if (!found.empty()) return {volunteer, found};
    }
    return {0, {}};
  }

  bool Settle(const HoursSettled& event) {
    const Line line{event.registration_id(),
                    event.revision(),
                    event.minutes(),
                    FromTimestamp(event.start_time()),
                    FromTimestamp(event.end_time()),
                    event.grade() == activity::v1::Attendance::GRADE_D};
    if (line.minutes <= 0 || line.start + absl::Minutes(line.minutes) > line.end || line.revision % 2 != 0)
      return false;
    if (!people_.contains(event.volunteer_id())) return false;
    const auto [owner, known] = Of(line.registration);
    for (const Line& same : known) {
      if (same.revision == line.revision) {
        return owner == event.volunteer_id() && same.minutes == line.minutes && same.start == line.start &&
               same.end == line.end;
      }
    }
    if (static_cast<int>(known.size()) != line.revision) return false;
    if (owner != 0 && owner != event.volunteer_id()) return false;
    for (const Line& other : Standing(people_[event.volunteer_id()])) {
      if (line.start < other.end && other.start < line.end) return false;
    }
    people_[event.volunteer_id()].push_back(line);
    return true;
  }

  bool Reverse(const HoursReversed& event) {
    if (event.revision() % 2 == 0 || !people_.contains(event.volunteer_id())) return false;
    const auto [owner, known] = Of(event.registration_id());
    if (owner != event.volunteer_id()) return false;
    if (event.revision() < static_cast<int>(known.size())) return true;
    if (event.revision() > static_cast<int>(known.size())) return false;
    Line line = known.back();
    line.minutes = -line.minutes;
    line.revision = event.revision();
    people_[owner].push_back(line);
    return true;
  }

  std::map<uint64_t, Lines> people_;
};

absl::Status NoFault(std::span<const Event>) { return absl::OkStatus(); }

// One replica: its consumer and what it applies. `fault` may refuse what was applied, as if the process had ended
// there.
struct Replica {
  using Fault = std::function<absl::Status(std::span<const Event>)>;

  Replica(db::Pool& pool, const std::vector<Event>& stream, size_t length, prometheus::Registry& registry, int batch,
          Fault fault = NoFault, const char* name = kConsumer, outbox::Partition partition = {})
      : source(stream, length, static_cast<size_t>(batch) * 5 / 2),
        hours([] { return absl::Now(); }, registry, nullptr, partition),
        consumer(
            pool, source,
            [this, fault](db::Transaction& transaction, std::span<const Event> events) {
              const absl::Status applied = hours.Apply(transaction, events);
              return applied.ok() ? fault(events) : applied;
            },
            {.name = name,
             .batch = batch,
             .first_pause = absl::Milliseconds(1),
             .longest_pause = absl::Milliseconds(2)},
            &hours) {}
  VectorSource source;
  HoursConsumer hours;
  outbox::Consumer consumer;
};

class LedgerModelTest : public VolunteerTest {
 protected:
  LedgerModelTest() {
    const char* given = std::getenv("WENMING_TEST_SEED");
    seed_ = given != nullptr ? std::stoull(given) : std::random_device()();
    RecordProperty("seed", std::to_string(seed_));
    random_.seed(seed_);
    for (int i = 0; i < 6; ++i) volunteers_.push_back(Register(i));
  }

  int Below(int bound) { return static_cast<int>(random_() % static_cast<uint64_t>(bound)); }
  template <typename T>
  const T& OneOf(const std::vector<T>& all) {
    return all[static_cast<size_t>(Below(static_cast<int>(all.size())))];
  }

  HoursSettled SomeHours(uint64_t volunteer, uint64_t registration) {
    HoursSettled event =
        Settled(volunteer, registration, test::Morning() + absl::Minutes(15 * Below(2000)), 30 + 15 * Below(8));
    if (Below(4) == 0) event.set_grade(activity::v1::Attendance::GRADE_D);
    return event;
  }

  void Tell(std::vector<Event>& stream, uint64_t volunteer, const google::protobuf::Message& payload) {
    Event& event = stream.emplace_back();
    event.set_center_id(kCenter);
    event.set_key(ids::ResourceName("volunteers", volunteer));
    event.mutable_payload()->PackFrom(payload);
  }

  // What is told of one registration: mostly its settlement, often that it is taken back, sometimes what stands
  // instead.
  void TellOfOne(std::vector<Event>& stream, uint64_t registration) {
    HoursSettled event = SomeHours(OneOf(volunteers_), registration);
    const int kind = Below(24);
    if (kind == 0) event.set_volunteer_id(99);
    if (kind == 1) event.set_minutes(event.minutes() + 1);
    if (kind != 2) Tell(stream, event.volunteer_id(), event);
    for (int revision = 1; Below(3) == 0; ++revision) {
      if (revision % 2 != 0) {
        Tell(stream, event.volunteer_id(),
             Reversed(event.volunteer_id(), registration, revision + 2 * (Below(9) == 0)));
        continue;
      }
      HoursSettled instead = SomeHours(event.volunteer_id(), registration);
      instead.set_revision(revision);
      Tell(stream, event.volunteer_id(), instead);
    }
    if (Below(12) == 0) {  // once more, but otherwise
      event.set_minutes(event.minutes() - 1);
      Tell(stream, event.volunteer_id(), event);
    }
  }

  // A stream in which things are mostly told in their order, some twice, and some out of order.
  std::vector<Event> Stream(int registrations) {
    std::vector<Event> stream;
    for (int i = 0; i < registrations; ++i) {
      TellOfOne(stream, static_cast<uint64_t>(1000 + i));
      if (Below(5) == 0) stream.push_back(Event(OneOf(stream)));
      const size_t last = stream.size() - 1;
      if (Below(4) == 0) std::swap(stream[last], stream[static_cast<size_t>(Below(static_cast<int>(stream.size())))]);
    }
    for (size_t i = 0; i < stream.size(); ++i) stream[i].set_cursor(static_cast<int64_t>(i + 1));
    return stream;
  }

  Model::Lines LinesOf(uint64_t volunteer, const std::string& from) {
    const auto rows = db::Read(pool_, absl::InfiniteFuture(), [&](db::Session& session) {
      return session.Query("SELECT registration_id, revision, minutes, e.start_time, e.end_time, grade = 4 FROM " +
                               from + " WHERE e.volunteer_id = ? ORDER BY e.sequence",
                           {volunteer});
    });
    EXPECT_TRUE(rows.ok());
    Model::Lines lines;
    for (const db::Row& row : *rows) {
      lines.push_back({row.Id(0), static_cast<int>(row.Int(1)), row.Int(2), row.Time(3), row.Time(4), row.Bool(5)});
    }
    return lines;
  }

  void ExpectSame(const Model& model) {
    HoursService service(dependencies_);
    size_t entries = 0;
    for (const auto& [volunteer, lines] : model.people()) {
      EXPECT_EQ(LinesOf(volunteer, "hour_entries e"), lines) << volunteer;
      const Model::Lines standing = Model::Standing(lines);
      EXPECT_EQ(LinesOf(volunteer,
                        "credited_times e JOIN hour_entries n ON n.center_id = e.center_id AND n.volunteer_id ="
                        " e.volunteer_id AND n.sequence = e.sequence"),
                standing)
          << volunteer;
      int64_t sum = 0, supplements = 0;
      for (const Model::Line& line : standing) (line.supplement ? supplements : sum) += line.minutes;
      sum += supplements;
      v1::GetHourAccountRequest request;
      request.set_name(ids::ResourceName("volunteers", volunteer) + "/hourAccount");
      const auto account = service.GetHourAccount(Self(volunteer), request);
      ASSERT_TRUE(account.ok());
      EXPECT_EQ(account->balance_minutes(), sum);
      EXPECT_EQ(account->supplement_minutes(), supplements);
      EXPECT_EQ(account->entry_count(), static_cast<int64_t>(lines.size()));
      EXPECT_EQ(account->star(), sum >= 6000 ? 1 : 0) << "up and down with the balance";
      entries += lines.size();
    }
    const auto report = VerifyLedger(pool_);
    ASSERT_TRUE(report.ok()) << report.status();
    EXPECT_FALSE(report->fault.has_value()) << report->fault->chain.what << " at " << report->fault->chain.sequence;
    EXPECT_EQ(report->entries, static_cast<int64_t>(entries));
  }

  std::set<int64_t> Parked(const char* consumer = kConsumer) {
    const auto rows = db::Read(pool_, absl::InfiniteFuture(), [&](db::Session& session) {
      return session.Query("SELECT event_cursor FROM parked_events WHERE consumer = ?", {consumer});
    });
    std::set<int64_t> cursors;
    for (const db::Row& row : *rows) cursors.insert(row.Int(0));
    return cursors;
  }

  uint64_t seed_ = 0;
  std::mt19937_64 random_;
  std::vector<uint64_t> volunteers_;
  prometheus::Registry registry_;
};

TEST_F(LedgerModelTest, TwoReplicasKeepTheLedgerOfTheModel) {
  SCOPED_TRACE(absl::StrCat("WENMING_TEST_SEED=", seed_));
  const std::vector<Event> stream = Stream(400);
  Model model(volunteers_);
  const std::set<int64_t> refused = model.TakeAll(stream);
  ASSERT_GT(refused.size(), 50u);
  {
    Replica first(pool_, stream, stream.size(), registry_, 16), second(pool_, stream, stream.size(), registry_, 7);
    // Both have been at what is parked, of which there is nothing yet, when the stream begins.
    ASSERT_TRUE(first.consumer.WaitFor(0, absl::Minutes(1)) && second.consumer.WaitFor(0, absl::Minutes(1)));
    first.source.Begin(), second.source.Begin();
    ASSERT_TRUE(first.consumer.WaitFor(static_cast<int64_t>(stream.size()), absl::Minutes(1)));
  }
  EXPECT_EQ(Parked(), refused);
  ExpectSame(model);
}

TEST_F(LedgerModelTest, PartsAppliedAtOnceKeepTheLedgerOfTheModel) {
  SCOPED_TRACE(absl::StrCat("WENMING_TEST_SEED=", seed_));
  const std::vector<Event> stream = Stream(400);
  Model model(volunteers_);
  const std::set<int64_t> refused = model.TakeAll(stream);
  {
    Replica first(pool_, stream, stream.size(), registry_, 16, NoFault, "part/0", {0, 2});
    Replica second(pool_, stream, stream.size(), registry_, 7, NoFault, "part/1", {1, 2});
    ASSERT_TRUE(first.consumer.WaitFor(0, absl::Minutes(1)) && second.consumer.WaitFor(0, absl::Minutes(1)));
    first.source.Begin(), second.source.Begin();
    ASSERT_TRUE(first.consumer.WaitFor(static_cast<int64_t>(stream.size()), absl::Minutes(1)));
    ASSERT_TRUE(second.consumer.WaitFor(static_cast<int64_t>(stream.size()), absl::Minutes(1)));
  }
  const std::set<int64_t> of_first = Parked("part/0"), of_second = Parked("part/1");
  std::set<int64_t> parked = of_first;
  parked.insert(of_second.begin(), of_second.end());
  EXPECT_EQ(parked, refused);
  EXPECT_EQ(of_first.size() + of_second.size(), refused.size()) << "an event was in both parts";
  ExpectSame(model);
}

TEST_F(LedgerModelTest, RestartsFaultsAndRedeliveryChangeNothing) {
  SCOPED_TRACE(absl::StrCat("WENMING_TEST_SEED=", seed_));
  const std::vector<Event> stream = Stream(300);
  Model model(volunteers_);
  std::set<int64_t> parked;
  // A process after the other, each of which gets so far, applies batches of its own size and stumbles now and then.
  for (size_t done = 0; done < stream.size();) {
    const auto begin = static_cast<int64_t>(done);
    const size_t end = std::min(stream.size(), done + 1 + static_cast<size_t>(Below(120)));
    // What is parked is tried again whenever a process begins.
    std::erase_if(parked, [&](int64_t cursor) { return model.Take(stream[static_cast<size_t>(cursor - 1)]); });
    for (; done < end; ++done) {
      if (!model.Take(stream[done])) parked.insert(stream[done].cursor());
    }
    std::mt19937_64 faults(random_());
    // Not with what was parked, for what comes of that depends on how often it is tried.
    const auto stumble = [&faults, begin](std::span<const Event> events) {
      const bool fails = events.front().cursor() > begin && faults() % 4 == 0;
      return fails ? absl::UnavailableError("as if it had ended here") : absl::OkStatus();
    };
    Replica replica(pool_, stream, end, registry_, 1 + Below(64), stumble);
    replica.source.Begin();
    ASSERT_TRUE(replica.consumer.WaitFor(static_cast<int64_t>(end), absl::Minutes(1)));
  }
  EXPECT_EQ(Parked(), parked);
  ExpectSame(model);

  // Everything once more from the beginning: nothing but what was refused before can still be taken.
  const std::set<int64_t> again = model.TakeAll(stream);
  Replica replica(pool_, stream, stream.size(), registry_, 1 + Below(64), NoFault, "again");
  replica.source.Begin();
  ASSERT_TRUE(replica.consumer.WaitFor(static_cast<int64_t>(stream.size()), absl::Minutes(1)));
  EXPECT_EQ(Parked("again"), again);
  ExpectSame(model);
}

TEST_F(LedgerModelTest, CountsWhatIsCommitted) {
  std::vector<Event> stream;
  const uint64_t volunteer = volunteers_.front();
  for (int i = 0; i < 26; ++i) {
    Tell(stream, volunteer, Settled(volunteer, 1 + i % 25, test::Morning() + absl::Hours(5 * (i % 25)), 240));
  }
  Tell(stream, volunteer, Reversed(volunteer, 25, 1));  // loses the star …
  HoursSettled instead = Settled(volunteer, 25, test::Morning() + absl::Hours(5 * 24), 240);
  instead.set_revision(2);
  Tell(stream, volunteer, instead);  // … and reaches it again
  for (size_t i = 0; i < stream.size(); ++i) stream[i].set_cursor(static_cast<int64_t>(i + 1));
  {
    int tries = 0;
    Replica replica(pool_, stream, stream.size(), registry_, 64, [&](std::span<const Event>) {
      return ++tries < 3 ? absl::UnavailableError("not yet") : absl::OkStatus();
    });
    replica.source.Begin();
    ASSERT_TRUE(replica.consumer.WaitFor(static_cast<int64_t>(stream.size()), absl::Minutes(1)));
  }
  std::map<std::string, double> counters;
  for (const auto& family : registry_.Collect()) {
    for (const auto& metric : family.metric) {
      counters[family.name + (metric.label.empty() ? "" : metric.label[0].value)] = metric.counter.value;
    }
  }
  EXPECT_EQ(counters["wenming_hours_credited_minutes_total"], 6240);
  EXPECT_EQ(counters["wenming_hours_reversed_minutes_total"], 240);
  EXPECT_EQ(counters["wenming_stars_reached_total1"], 2);
  EXPECT_EQ(counters["wenming_stars_reached_total2"], 0);
}

}  // namespace
}  // namespace wenming::volunteer
