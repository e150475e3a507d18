#include "activity_svc/shifts/shifts_service.h"

#include <gtest/gtest.h>

#include "activity_svc/names.h"
#include "activity_svc/shifts/shifts_rules.h"
#include "common/errors/errors.h"
#include "tests/activity_svc/activity_fixture.h"

namespace wenming::activity {
namespace {

class ShiftsServiceTest : public ActivityTest {
 protected:
  v1::CreateShiftRequest Request(const std::string& activity, absl::Duration length, int break_minutes) {
    v1::CreateShiftRequest request;
    request.set_parent(activity);
    request.mutable_shift()->set_post("引导");
    *request.mutable_shift()->mutable_start_time() = ToProto(start_);
    *request.mutable_shift()->mutable_end_time() = ToProto(start_ + length);
    request.mutable_shift()->set_capacity(5);
    request.mutable_shift()->set_break_minutes(break_minutes);
    return request;
  }
  absl::StatusOr<v1::ListShiftsResponse> List(const std::string& activity, const rpc::Call& call, int size = 0,
                                              const std::string& token = "") {
    v1::ListShiftsRequest request;
    request.set_parent(activity);
    request.set_page_size(size);
    request.set_page_token(token);
    return shifts_.ListShifts(call, request);
  }
};

TEST(ShiftsRules, EachStateHasOneWayOn) {
  using S = v1::Shift;
  for (int state = S::STATE_OPEN; state <= S::State_MAX; ++state) {
    for (int move = 0; move < 4; ++move) {
      const auto next = NextState(static_cast<ShiftState>(state), static_cast<ShiftMove>(move));
      EXPECT_EQ(next.ok(), move == state - 1) << state << " × " << move;
      if (next.ok()) {
        EXPECT_EQ(*next, state + 1);
      } else {
        EXPECT_EQ(errors::ReasonOf(next.status()), type::REASON_MOVE_NOT_ALLOWED);
      }
    }
  }
}

TEST_F(ShiftsServiceTest, TeamsAndSkillsAreKeptOnce) {
  v1::CreateShiftRequest request = Request(Draft().name(), absl::Hours(1), 0);
  for (const uint64_t team : {21, 22, 21}) request.mutable_shift()->add_teams(ids::ResourceName("teams", team));
  for (const char* skill : {"急救", "驾驶", "急救"}) request.mutable_shift()->add_skills(skill);
  const auto created = shifts_.CreateShift(Staff(kHead, now_), request);
  ASSERT_TRUE(created.ok()) << created.status();
  const v1::Shift kept = GetShift(created->name());
  ASSERT_EQ(kept.teams_size(), 2);
  EXPECT_EQ(kept.teams(1), ids::ResourceName("teams", 22));
  ASSERT_EQ(kept.skills_size(), 2);
  EXPECT_EQ(kept.skills(0), "急救");
  for (const char* skill : {"", " 急救", "急救\n驾驶"}) {
    request.mutable_shift()->set_skills(0, skill);
    EXPECT_EQ(ReasonOf(shifts_.CreateShift(Staff(kHead, now_), request)), type::REASON_BAD_FORMAT) << skill;
  }
}

TEST_F(ShiftsServiceTest, OnlyForTeamsThatTheCenterHas) {
  directory_.AddTeam(31, kCenter, /*deleted=*/true).AddTeam(32, kOtherCenter);
  v1::CreateShiftRequest request = Request(Draft().name(), absl::Hours(1), 0);
  request.mutable_shift()->add_teams(ids::ResourceName("teams", 21));
  request.mutable_shift()->add_teams("");
  v1::CreateActivityRequest activity = DraftRequest();
  for (const uint64_t team : {30, 31, 32}) {
    request.mutable_shift()->set_teams(1, ids::ResourceName("teams", team));
    EXPECT_EQ(ReasonOf(shifts_.CreateShift(Staff(kHead, now_), request)), type::REASON_UNKNOWN_REFERENCE) << team;
    activity.mutable_activity()->set_team(ids::ResourceName("teams", team));
    EXPECT_EQ(ReasonOf(activities_.CreateActivity(Staff(kHead, now_), activity)), type::REASON_UNKNOWN_REFERENCE)
        << team;
  }
  EXPECT_EQ(Number("SELECT COUNT(*) FROM shifts"), 0);
}

TEST_F(ShiftsServiceTest, LengthAndBreak) {
  const v1::Activity draft = Draft();
  struct Case {
    absl::Duration length;
    int break_minutes;
    bool good;
  };
  for (const Case& c : {Case{absl::Hours(24), 0, true}, Case{absl::Hours(24) + absl::Seconds(1), 0, false},
                        Case{absl::ZeroDuration(), 0, false}, Case{absl::Hours(-1), 0, false},
                        Case{absl::Hours(1), 59, true}, Case{absl::Hours(1), 60, false}}) {
    const auto created = shifts_.CreateShift(Staff(kHead, now_), Request(draft.name(), c.length, c.break_minutes));
    EXPECT_EQ(created.ok(), c.good) << c.length << " " << created.status();
    if (!c.good) {
      EXPECT_EQ(created.status().code(), absl::StatusCode::kInvalidArgument);
    }
  }
  EXPECT_EQ(List(draft.name(), Staff(kHead, now_))->shifts_size(), 2);
}

TEST_F(ShiftsServiceTest, OnlyDraftsGetAndLoseShifts) {
  const v1::Activity draft = Draft();
  auto request = Request(draft.name(), absl::Hours(1), 0);
  request.set_request_id("request-0001");
  EXPECT_EQ(ReasonOf(shifts_.CreateShift(Staff(kStranger, now_), request)), type::REASON_PERMISSION);
  const auto first = shifts_.CreateShift(Staff(kHead, now_), request);
  const auto again = shifts_.CreateShift(Staff(kHead, now_), request);
  ASSERT_TRUE(first.ok() && again.ok()) << again.status();
  EXPECT_EQ(first->name(), again->name());
  const v1::Shift second = AddShift(draft.name(), start_ - absl::Hours(1), absl::Hours(1), 1, 0);
  v1::DeleteShiftRequest removal;
  removal.set_name(first->name());
  EXPECT_EQ(ReasonOf(shifts_.DeleteShift(Staff(kStranger, now_), removal)), type::REASON_PERMISSION);
  ASSERT_TRUE(shifts_.DeleteShift(Staff(kHead, now_), removal).ok());
  EXPECT_EQ(ReasonOf(shifts_.DeleteShift(Staff(kHead, now_), removal)), type::REASON_NOT_FOUND);
  const auto left = List(draft.name(), Staff(kHead, now_));
  ASSERT_EQ(left->shifts_size(), 1);
  EXPECT_EQ(left->shifts(0).name(), second.name());
  Move(draft.name(), v1::MoveActivityRequest::MOVE_SUBMIT, kHead);
  request.set_request_id("request-0002");
  EXPECT_EQ(ReasonOf(shifts_.CreateShift(Staff(kHead, now_), request)), type::REASON_NOT_A_DRAFT);
  removal.set_name(second.name());
  EXPECT_EQ(ReasonOf(shifts_.DeleteShift(Staff(kHead, now_), removal)), type::REASON_NOT_A_DRAFT);
}

TEST_F(ShiftsServiceTest, PagesInOrderOfTime) {
  const v1::Activity draft = Draft();
  std::vector<std::string> expected(5);
  for (const int hour : {3, 1, 4, 0, 2}) {
    expected[static_cast<size_t>(hour)] =
        AddShift(draft.name(), start_ + absl::Hours(hour), absl::Hours(1), 1, 0).name();
  }
  std::vector<std::string> seen;
  std::string token;
  do {
    const auto page = List(draft.name(), Staff(kHead, now_), 2, token);
    ASSERT_TRUE(page.ok()) << page.status();
    for (const auto& shift : page->shifts()) seen.push_back(shift.name());
    token = page->next_page_token();
  } while (!token.empty());
  EXPECT_EQ(seen, expected);
  EXPECT_EQ(ReasonOf(List(draft.name(), Anybody(now_))), type::REASON_NOT_FOUND);
}

}  // namespace
}  // namespace wenming::activity
