#include "activity_svc/volunteers/volunteers_store.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "activity_svc/schema.h"
#include "common/db/errors.h"
#include "common/db/transaction.h"
#include "tests/support/test_database.h"
#include "wenming/activity/v1/events.pb.h"
#include "wenming/volunteer/v1/events.pb.h"

namespace wenming::activity {
namespace {

constexpr uint64_t kCenter = 1;

class VolunteersStoreTest : public ::testing::Test {
 protected:
  absl::Status Apply(const google::protobuf::Message& payload, int64_t cursor = 0) {
    events::v1::Event event;
    event.set_center_id(kCenter);
    event.set_cursor(cursor);
    event.mutable_payload()->PackFrom(payload);
    return db::RunTransaction(database_.pool(), {},
                              [&](db::Transaction& tx) { return ApplyVolunteerEvent(tx, event); });
  }
  std::optional<Volunteer> Load(uint64_t center_id, uint64_t id) {
    const auto found = db::Read(database_.pool(), absl::InfiniteFuture(),
                                [&](db::Session& session) { return LoadVolunteer(session, center_id, id); });
    return found.ok() ? *found : std::nullopt;
  }

  test::TestDatabase database_{Migrations()};
};

TEST_F(VolunteersStoreTest, TheLastWordCounts) {
  volunteer::v1::VolunteerChanged changed;
  changed.set_volunteer_id(7);
  changed.set_number("HT000007");
  changed.set_masked_name("王*明");
  changed.set_unit_id(5);
  changed.set_active(true);
  for (const char* skill : {"急救", "书法"}) changed.add_skills(skill);
  for (const uint64_t team : {21, 22}) changed.add_team_ids(team);
  ASSERT_TRUE(Apply(changed).ok());
  ASSERT_TRUE(Apply(changed).ok());
  auto volunteer = Load(kCenter, 7);
  ASSERT_TRUE(volunteer);
  EXPECT_EQ(volunteer->number, "HT000007");
  EXPECT_EQ(volunteer->masked_name, "王*明");
  EXPECT_TRUE(volunteer->active);
  EXPECT_EQ(volunteer->skills, (std::vector<std::string>{"急救", "书法"}));
  EXPECT_EQ(volunteer->team_ids, (std::vector<uint64_t>{21, 22}));
  changed.set_active(false);
  changed.clear_team_ids();
  ASSERT_TRUE(Apply(changed).ok());
  volunteer = Load(kCenter, 7);
  EXPECT_FALSE(volunteer->active);
  EXPECT_TRUE(volunteer->team_ids.empty());
  EXPECT_FALSE(Load(2, 7));
}

// An event that was parked comes at the next start, after all that was told since.
TEST_F(VolunteersStoreTest, AnOlderWordDoesNotStandInsteadOfALaterOne) {
  volunteer::v1::VolunteerChanged joined, erased;
  joined.set_volunteer_id(7);
  joined.set_number("HT000007");
  joined.set_masked_name("王*明");
  joined.set_active(true);
  erased.set_volunteer_id(7);
  erased.set_number("HT000007");
  erased.set_erased(true);
  ASSERT_TRUE(Apply(joined, 3).ok());
  ASSERT_TRUE(Apply(erased, 5).ok());
  ASSERT_TRUE(Apply(joined, 4).ok());
  auto volunteer = Load(kCenter, 7);
  ASSERT_TRUE(volunteer);
  EXPECT_EQ(volunteer->masked_name, "");
  EXPECT_FALSE(volunteer->active);
  ASSERT_TRUE(Apply(joined, 6).ok());
  EXPECT_EQ(Load(kCenter, 7)->masked_name, "王*明");
}

TEST_F(VolunteersStoreTest, TheLongestThatVolunteerSvcTellsHasRoom) {
  const std::string word(30, 'w');
  volunteer::v1::VolunteerChanged changed;
  changed.set_volunteer_id(7);
  changed.set_number(std::string(32, 'C') + "00000007");  // FORMAT_CODE, and 8 digits
  for (int i = 0; i < 50; ++i) changed.mutable_masked_name()->append("王");
  for (int i = 0; i < 20; ++i) changed.add_skills(absl::StrCat(i % 10, word.substr(1)));
  for (uint64_t team = 0; team < 40; ++team) changed.add_team_ids(~team);
  const absl::Status applied = Apply(changed);
  ASSERT_TRUE(applied.ok()) << db::DriverText(applied);
  EXPECT_EQ(Load(kCenter, 7)->number, changed.number());
}

TEST_F(VolunteersStoreTest, ThePeopleOfALargeShiftAreLockedTogether) {
  constexpr uint64_t kPeople = 40000;  // more than one statement could name
  database_.Administer("USE " + database_.schema());
  database_.Administer(
      "INSERT INTO volunteers (center_id, id, volunteer_number, masked_name, unit_id, active)"
      " SELECT 1, seq, CONCAT('N', seq), '王*', 1, 1 FROM seq_1_to_" +
      std::to_string(kPeople));
  std::vector<uint64_t> ids;
  for (uint64_t id = 1; id <= kPeople + 1; ++id) ids.push_back(id);
  const auto locked =
      db::RunTransaction(database_.pool(), {}, [&](db::Transaction& tx) { return LockVolunteers(tx, kCenter, ids); });
  ASSERT_TRUE(locked.ok()) << locked.status();
  EXPECT_EQ(locked->size(), kPeople);
  EXPECT_TRUE(locked->contains(1) && locked->contains(kPeople));
}

TEST_F(VolunteersStoreTest, OtherEventsArePassedOverAndBrokenOnesRefusedForGood) {
  EXPECT_TRUE(Apply(v1::HoursSettled()).ok());
  EXPECT_EQ(Apply(volunteer::v1::VolunteerChanged()).code(), absl::StatusCode::kInvalidArgument);
  events::v1::Event event;
  event.mutable_payload()->set_type_url("type.googleapis.com/wenming.volunteer.v1.VolunteerChanged");
  event.mutable_payload()->set_value("\xff\xff");
  const auto status =
      db::RunTransaction(database_.pool(), {}, [&](db::Transaction& tx) { return ApplyVolunteerEvent(tx, event); });
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace wenming::activity
