#include "volunteer_svc/hours/hours_rules.h"

#include <gtest/gtest.h>

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "tests/volunteer_svc/fixture.h"
#include "volunteer_svc/calendar.h"
#include "volunteer_svc/hours/hash_chain.h"

namespace wenming::volunteer {
namespace {

using activity::v1::HoursSettled;

const std::vector<StarLevel> kLevels = {{1, 6000}, {2, 18000}, {3, 36000}, {4, 60000}, {5, 90000}};

struct StarCase {
  int64_t minutes;
  int star;
  int64_t next;
};

TEST(StarTest, ComesWithTheLastMinute) {
  const StarCase kCases[] = {{0, 0, 6000},      {5999, 0, 6000},   {6000, 1, 18000},  {6001, 1, 18000},
                             {17999, 1, 18000}, {18000, 2, 36000}, {60000, 4, 90000}, {89999, 4, 90000},
                             {90000, 5, 0},     {1000000, 5, 0},   {-60, 0, 6000}};
  for (const StarCase& expected : kCases) {
    EXPECT_EQ(StarOf(kLevels, expected.minutes), expected.star) << expected.minutes;
    EXPECT_EQ(NextStarMinutes(kLevels, expected.minutes), expected.next) << expected.minutes;
  }
  EXPECT_EQ(StarOf({}, 100), 0);
}

struct EventCase {
  const char* what;
  std::function<void(HoursSettled&)> change;
  bool ok;
};

TEST(EntryOfTest, TakesWhatMakesSense) {
  const EventCase kCases[] = {
      {"as it is", [](HoursSettled&) {}, true},
      {"a break", [](HoursSettled& e) { e.set_minutes(90); }, true},
      {"no volunteer", [](HoursSettled& e) { e.set_volunteer_id(0); }, false},
      {"no registration", [](HoursSettled& e) { e.set_registration_id(0); }, false},
      {"no minutes", [](HoursSettled& e) { e.set_minutes(0); }, false},
      {"less than none", [](HoursSettled& e) { e.set_minutes(-5); }, false},
      {"more than there are", [](HoursSettled& e) { e.set_minutes(121); }, false},
      {"no time", [](HoursSettled& e) { *e.mutable_end_time() = e.start_time(); }, false},
      {"no start", [](HoursSettled& e) { e.clear_start_time(); }, false},
      {"no end", [](HoursSettled& e) { e.clear_end_time(); }, false},
      {"a supplement", [](HoursSettled& e) { e.set_grade(activity::v1::Attendance::GRADE_D); }, true},
      {"no grade", [](HoursSettled& e) { e.clear_grade(); }, false},
      {"a grade to come", [](HoursSettled& e) { e.set_grade(static_cast<activity::v1::Attendance::Grade>(5)); }, false},
      {"what stands instead", [](HoursSettled& e) { e.set_revision(2); }, true},
      {"the revision of a reversal", [](HoursSettled& e) { e.set_revision(1); }, false},
      {"no revision", [](HoursSettled& e) { e.set_revision(-2); }, false},
      {"backwards", [](HoursSettled& e) { e.mutable_end_time()->Swap(e.mutable_start_time()); }, false},
  };
  for (const EventCase& expected : kCases) {
    HoursSettled event = Settled(5, 9, test::Morning(), 120);
    expected.change(event);
    const auto entry = EntryOf(kCenter, event, test::Morning());
    EXPECT_EQ(entry.ok(), expected.ok) << expected.what;
    EXPECT_TRUE(entry.ok() || absl::IsInvalidArgument(entry.status())) << expected.what;
  }
}

TEST(EntryOfTest, TakesAReversalOfARevision) {
  struct Case {
    int revision;
    bool ok;
  };
  for (const Case& expected : {Case{1, true}, {3, true}, {0, false}, {2, false}, {-1, false}}) {
    const auto entry = EntryOf(kCenter, Reversed(5, 9, expected.revision), test::Morning());
    EXPECT_EQ(entry.ok(), expected.ok) << expected.revision;
  }
  EXPECT_FALSE(EntryOf(kCenter, Reversed(0, 9, 1), test::Morning()).ok());
  EXPECT_FALSE(EntryOf(kCenter, Reversed(5, 0, 1), test::Morning()).ok());
}

TEST(EntryOfTest, AReversingEntryIsACopy) {
  const absl::Time later = test::Morning() + absl::Hours(9);
  const HourEntry credited = *EntryOf(kCenter, Settled(5, 9, test::Morning(), 120), test::Morning());
  activity::v1::HoursReversed event = Reversed(5, 9, 1);
  event.set_recorder_id(77);
  const HourEntry reversing = Reversing(credited, *EntryOf(kCenter, event, later));
  EXPECT_EQ(reversing.minutes, -120);
  EXPECT_EQ(reversing.revision, 1);
  EXPECT_EQ(reversing.recorder_id, 77u);
  EXPECT_EQ(reversing.record_time, later);
  EXPECT_EQ(reversing.activity_title, credited.activity_title);
  EXPECT_EQ(reversing.start_time, credited.start_time);
  EXPECT_EQ(reversing.grade, credited.grade);
}

TEST(HashChainTest, CoversEveryColumn) {
  HourEntry entry = *EntryOf(kCenter, Settled(5, 9, test::Morning(), 120), test::Morning());
  const std::string previous(kHashSize, '\0');
  std::set<std::string> hashes = {ChainHash(previous, entry)};
  const std::function<void(HourEntry&)> kChanges[] = {
      [](HourEntry& e) { ++e.center_id; },
      [](HourEntry& e) { ++e.volunteer_id; },
      [](HourEntry& e) { ++e.sequence; },
      [](HourEntry& e) { ++e.registration_id; },
      [](HourEntry& e) { ++e.revision; },
      [](HourEntry& e) { ++e.minutes; },
      [](HourEntry& e) { ++e.balance_minutes; },
      [](HourEntry& e) { e.start_time += absl::Microseconds(1); },
      [](HourEntry& e) { e.end_time += absl::Microseconds(1); },
      [](HourEntry& e) { ++e.activity_id; },
      [](HourEntry& e) { e.activity_title += "a"; },
      [](HourEntry& e) { ++e.shift_id; },
      [](HourEntry& e) { ++e.unit_id; },
      [](HourEntry& e) { ++e.team_id; },
      [](HourEntry& e) { e.place += "a"; },
      [](HourEntry& e) { e.content += "a"; },
      [](HourEntry& e) { ++e.person_in_charge_id; },
      [](HourEntry& e) { ++e.recorder_id; },
      [](HourEntry& e) { e.grade = v1::GRADE_D; },
      [](HourEntry& e) { e.record_time += absl::Microseconds(1); },
      // What moves from one column into the next is a change, too.
      [](HourEntry& e) { e.place += e.content, e.content.clear(); },
  };
  for (const auto& change : kChanges) {
    HourEntry changed = entry;
    change(changed);
    hashes.insert(ChainHash(previous, changed));
  }
  hashes.insert(ChainHash(std::string(kHashSize, '\1'), entry));
  EXPECT_EQ(hashes.size(), std::size(kChanges) + 2);
}

TEST(HashChainTest, HasOneFormForEver) {
  HourEntry entry =
      *EntryOf(7, Settled(5, 9, absl::FromUnixSeconds(1'777'000'000), 120), absl::FromUnixSeconds(1'777'100'000));
  HourAccount account;
  Chain(entry, account);
  EXPECT_EQ(CanonicalBytes(entry).substr(0, 59), "wenming-hours-11:71:51:11:91:03:1203:12016:1777000000000000");
  EXPECT_EQ(account.sequence, 1);
  EXPECT_EQ(account.balance_minutes, 120);
  EXPECT_EQ(account.head_hash, entry.hash);
}

}  // namespace
}  // namespace wenming::volunteer
