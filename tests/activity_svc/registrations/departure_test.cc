#include "activity_svc/registrations/departure.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "activity_svc/names.h"
#include "common/db/transaction.h"
#include "tests/activity_svc/activity_fixture.h"
#include "wenming/volunteer/v1/events.pb.h"

namespace wenming::activity {
namespace {

using R = v1::Registration;

class DepartureTest : public ActivityTest {
 protected:
  DepartureTest() {
    for (uint64_t id = 1; id <= 4; ++id) AddVolunteer(id);
  }
  absl::Status Tell(uint64_t id, bool active, absl::Time now, int64_t cursor = 0) {
    volunteer::v1::VolunteerChanged changed;
    changed.set_volunteer_id(id);
    changed.set_number("HT000001");
    changed.set_masked_name("王*明");
    changed.set_unit_id(kStation);
    changed.set_active(active);
    events::v1::Event event;
    event.set_center_id(kCenter);
    event.set_cursor(cursor);
    event.mutable_payload()->PackFrom(changed);
    return db::RunTransaction(database_.pool(), {},
                              [&](db::Transaction& tx) { return FollowVolunteer(tx, ids_, event, now); });
  }
};

TEST_F(DepartureTest, WhoeverLeavesGivesUpWhatIsToCome) {
  const v1::Shift first = Published(1, 2);
  const v1::Shift second = PublishedAt(start_ + absl::Hours(48), absl::Hours(2), 1, 2);
  const auto place = SignUp(1, first.name());
  const auto next = SignUp(2, first.name());
  const auto other = SignUp(3, second.name());
  const auto waits = SignUp(1, second.name());
  ASSERT_TRUE(place.ok() && next.ok() && other.ok() && waits.ok());
  ASSERT_TRUE(Tell(1, true, now_).ok());
  EXPECT_EQ(Get(*place).state(), R::STATE_CONFIRMED);
  ASSERT_TRUE(Tell(1, false, now_).ok());
  ASSERT_TRUE(Tell(1, false, now_).ok());
  EXPECT_EQ(Get(*place).state(), R::STATE_CANCELLED);
  EXPECT_EQ(Get(*next).state(), R::STATE_OFFERED);
  EXPECT_EQ(GetShift(first.name()).taken_count(), 1);
  EXPECT_EQ(Get(*waits).state(), R::STATE_CANCELLED);
  EXPECT_EQ(GetShift(second.name()).waitlisted_count(), 0);
  ASSERT_TRUE(Cancel(*other, now_).ok());
  const auto late = SignUp(4, second.name());
  ASSERT_TRUE(late.ok()) << late.status();
  EXPECT_EQ(late->state(), R::STATE_CONFIRMED);  // nobody who left stands in the way
}

class LostDemandsTest : public DepartureTest {
 protected:
  // What volunteer 1 is and has from now on.
  absl::Status TellOf(const std::vector<uint64_t>& teams, const std::vector<std::string>& skills, absl::Time now) {
    volunteer::v1::VolunteerChanged changed;
    changed.set_volunteer_id(1);
    changed.set_number("HT000001");
    changed.set_masked_name("王*明");
    changed.set_unit_id(kStation);
    changed.set_active(true);
    for (const uint64_t team : teams) changed.add_team_ids(team);
    for (const std::string& skill : skills) changed.add_skills(skill);
    events::v1::Event event;
    event.set_center_id(kCenter);
    event.set_cursor(++cursor_);
    event.mutable_payload()->PackFrom(changed);
    return db::RunTransaction(database_.pool(), {},
                              [&](db::Transaction& tx) { return FollowVolunteer(tx, ids_, event, now); });
  }
  // A published shift that asks for a team or for a skill.
  v1::Shift Asking(uint64_t team, const std::string& skill, absl::Duration later) {
    const v1::Activity activity = Draft();
    v1::CreateShiftRequest request;
    request.set_parent(activity.name());
    v1::Shift& shift = *request.mutable_shift();
    shift.set_post("引导");
    *shift.mutable_start_time() = ToProto(start_ + later);
    *shift.mutable_end_time() = ToProto(start_ + later + absl::Hours(1));
    shift.set_capacity(1);
    if (team != 0) shift.add_teams(ids::ResourceName("teams", team));
    if (!skill.empty()) shift.add_skills(skill);
    const auto created = shifts_.CreateShift(Staff(kHead, now_), request);
    EXPECT_TRUE(created.ok()) << created.status();
    Move(activity.name(), v1::MoveActivityRequest::MOVE_SUBMIT, kHead);
    Move(activity.name(), v1::MoveActivityRequest::MOVE_PUBLISH, kApprover);
    return *created;
  }

  int64_t cursor_ = 0;
};

TEST_F(LostDemandsTest, WhoLostTheTeamOrTheSkillGivesUpThePlaceThatAskedForIt) {
  ASSERT_TRUE(TellOf({21, 22}, {"急救", "驾驶"}, now_).ok());
  const auto team = SignUp(1, Asking(21, "", absl::Hours(0)).name());
  const auto skill = SignUp(1, Asking(0, "急救", absl::Hours(2)).name());
  const auto both = SignUp(1, Asking(22, "驾驶", absl::Hours(4)).name());
  const auto open = SignUp(1, Asking(0, "", absl::Hours(6)).name());
  ASSERT_TRUE(team.ok() && skill.ok() && both.ok() && open.ok());
  ASSERT_TRUE(TellOf({22}, {"急救", "驾驶", "绘画"}, now_).ok());
  EXPECT_EQ(Get(*team).state(), R::STATE_CANCELLED);
  EXPECT_EQ(Get(*team).moves(0).reason(), "已不属于该班次要求的队伍");
  EXPECT_EQ(Get(*skill).state(), R::STATE_CONFIRMED);
  ASSERT_TRUE(TellOf({22}, {"驾驶"}, now_).ok());
  EXPECT_EQ(Get(*skill).state(), R::STATE_CANCELLED);
  EXPECT_EQ(Get(*skill).moves(0).reason(), "已没有该班次要求的技能");
  EXPECT_EQ(Get(*both).state(), R::STATE_CONFIRMED);
  EXPECT_EQ(Get(*open).state(), R::STATE_CONFIRMED);
  ASSERT_TRUE(TellOf({}, {}, start_ + absl::Hours(4)).ok());
  EXPECT_EQ(Get(*both).state(), R::STATE_CONFIRMED) << "it has begun";
}

// As after the consumer's cursor was set back: what is told once more was overtaken by what came after it.
TEST_F(DepartureTest, WhoeverCameBackKeepsHisPlaceWhenTheDepartureIsToldAgain) {
  ASSERT_TRUE(Tell(1, false, now_, 3).ok());
  ASSERT_TRUE(Tell(1, true, now_, 4).ok());
  const auto place = SignUp(1, Published(1, 2).name());
  ASSERT_TRUE(place.ok()) << place.status();
  ASSERT_TRUE(Tell(1, false, now_, 3).ok());
  EXPECT_EQ(Get(*place).state(), R::STATE_CONFIRMED);
  ASSERT_TRUE(Tell(1, true, now_, 4).ok());
  EXPECT_EQ(Get(*place).state(), R::STATE_CONFIRMED);
}

TEST_F(DepartureTest, WhatHasBegunIsLeftToAttendance) {
  const v1::Shift shift = Published(1, 1);
  const auto place = SignUp(1, shift.name());
  ASSERT_TRUE(place.ok()) << place.status();
  ASSERT_TRUE(Tell(1, false, start_).ok());
  EXPECT_EQ(Get(*place).state(), R::STATE_CONFIRMED);
}

}  // namespace
}  // namespace wenming::activity
