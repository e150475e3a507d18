#include "activity_svc/activities/activities_service.h"

#include <gtest/gtest.h>

#include <limits>

#include "activity_svc/attendance/shift_sweeper.h"
#include "common/db/transaction.h"
#include "common/errors/errors.h"
#include "tests/activity_svc/activity_fixture.h"

namespace wenming::activity {
namespace {

using A = v1::Activity;
using M = v1::MoveActivityRequest;

class ActivitiesServiceTest : public ActivityTest {
 protected:
  using ActivityTest::Get;
  absl::StatusOr<v1::Activity> Get(const rpc::Call& call, const std::string& name) {
    v1::GetActivityRequest request;
    request.set_name(name);
    return activities_.GetActivity(call, request);
  }
  absl::StatusOr<v1::ListActivitiesResponse> List(const rpc::Call& call, uint64_t unit, int size = 0,
                                                  const std::string& token = "") {
    v1::ListActivitiesRequest request;
    request.set_parent(ids::ResourceName("units", unit));
    request.set_page_size(size);
    request.set_page_token(token);
    return activities_.ListActivities(call, request);
  }
  absl::StatusOr<v1::Activity> MoveAt(const std::string& activity, M::Move move, absl::Time now) {
    M request;
    request.set_name(activity);
    request.set_move(move);
    request.set_reason("原因");
    return activities_.MoveActivity(Staff(kHead, now), request);
  }
};

TEST_F(ActivitiesServiceTest, ADraftIsKeptAsGiven) {
  const auto request = DraftRequest();
  const auto created = activities_.CreateActivity(Staff(kHead, now_), request);
  ASSERT_TRUE(created.ok()) << created.status();
  EXPECT_EQ(created->unit(), ids::ResourceName("units", kStation));
  EXPECT_EQ(created->state(), A::STATE_DRAFT);
  EXPECT_EQ(created->person_in_charge(), ids::ResourceName("staff", kHead));
  EXPECT_EQ(created->title(), request.activity().title());
  EXPECT_DOUBLE_EQ(created->location().latitude(), 36.2536);
  const auto loaded = Get(Staff(kHead, now_), created->name());
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  EXPECT_EQ(loaded->SerializeAsString(), created->SerializeAsString());
}

TEST_F(ActivitiesServiceTest, ARepeatedRequestMakesOneDraft) {
  auto request = DraftRequest();
  request.set_request_id("request-0001");
  const auto first = activities_.CreateActivity(Staff(kHead, now_), request);
  const auto second = activities_.CreateActivity(Staff(kHead, now_ + absl::Minutes(1)), request);
  ASSERT_TRUE(first.ok() && second.ok()) << second.status();
  EXPECT_EQ(first->SerializeAsString(), second->SerializeAsString());
  EXPECT_EQ(Number("SELECT COUNT(*) FROM activities"), 1);
  request.mutable_activity()->set_title("另一个活动");
  EXPECT_EQ(ReasonOf(activities_.CreateActivity(Staff(kHead, now_), request)), type::REASON_REQUEST_ID_REUSED);
}

TEST_F(ActivitiesServiceTest, BadDraftsAreRefusedAndLeaveNothing) {
  struct Case {
    void (*spoil)(v1::Activity&);
    type::Reason reason;
  };
  for (const Case& c : {
           Case{[](v1::Activity& a) { a.set_themes(0, "nonsense"); }, type::REASON_UNKNOWN_THEME},
           Case{[](v1::Activity& a) { a.set_method(v1::METHOD_DONATE); }, type::REASON_METHOD_NOT_IN_FORCE},
           Case{[](v1::Activity& a) { a.set_method(static_cast<v1::Method>(42)); }, type::REASON_UNKNOWN_VALUE},
           Case{[](v1::Activity& a) { a.mutable_location()->set_latitude(91); }, type::REASON_OUT_OF_RANGE},
           Case{[](v1::Activity& a) { a.mutable_location()->set_longitude(std::numeric_limits<double>::quiet_NaN()); },
                type::REASON_OUT_OF_RANGE},
           Case{[](v1::Activity& a) { a.set_person_in_charge(ids::ResourceName("staff", 0x777)); },
                type::REASON_UNKNOWN_REFERENCE},
       }) {
    auto request = DraftRequest();
    request.set_request_id("request-0002");
    c.spoil(*request.mutable_activity());
    EXPECT_EQ(errors::ReasonOf(activities_.CreateActivity(Staff(kHead, now_), request).status()), c.reason);
  }
  EXPECT_EQ(ReasonOf(activities_.CreateActivity(Staff(kStranger, now_), DraftRequest())), type::REASON_PERMISSION);
  EXPECT_EQ(Number("SELECT COUNT(*) FROM activities"), 0);
  EXPECT_EQ(Number("SELECT COUNT(*) FROM requests"), 0);
}

TEST_F(ActivitiesServiceTest, OnlyDraftsChangeAndOnlyTheNamedFields) {
  const v1::Activity draft = Draft();
  v1::UpdateActivityRequest request;
  *request.mutable_activity() = draft;
  request.mutable_activity()->set_title("新的名称");
  request.mutable_activity()->set_place("别处");
  request.mutable_update_mask()->add_paths("title");
  const auto updated = activities_.UpdateActivity(Staff(kHead, now_), request);
  ASSERT_TRUE(updated.ok()) << updated.status();
  EXPECT_EQ(updated->title(), "新的名称");
  EXPECT_EQ(updated->place(), draft.place());
  EXPECT_NE(updated->etag(), draft.etag());
  EXPECT_EQ(ReasonOf(activities_.UpdateActivity(Staff(kHead, now_), request)), type::REASON_ETAG_MISMATCH);
  request.mutable_update_mask()->set_paths(0, "state");
  EXPECT_EQ(ReasonOf(activities_.UpdateActivity(Staff(kHead, now_), request)), type::REASON_NOT_SETTABLE);
  request.mutable_update_mask()->set_paths(0, "title");
  request.mutable_activity()->clear_etag();
  AddShift(draft.name(), start_, absl::Hours(2), 5, 0);
  Move(draft.name(), M::MOVE_SUBMIT, kHead);
  EXPECT_EQ(ReasonOf(activities_.UpdateActivity(Staff(kHead, now_), request)), type::REASON_NOT_A_DRAFT);
}

TEST_F(ActivitiesServiceTest, NobodyApprovesHisOwnDraft) {
  const v1::Activity draft = Draft();
  EXPECT_EQ(ReasonOf(TryMove(draft.name(), M::MOVE_SUBMIT, kHead)), type::REASON_NO_SHIFTS);
  AddShift(draft.name(), start_, absl::Hours(2), 5, 0);
  EXPECT_EQ(ReasonOf(TryMove(draft.name(), M::MOVE_SUBMIT, kStranger)), type::REASON_PERMISSION);
  EXPECT_EQ(ReasonOf(TryMove(draft.name(), M::MOVE_PUBLISH, kApprover)), type::REASON_MOVE_NOT_ALLOWED);
  EXPECT_EQ(Move(draft.name(), M::MOVE_SUBMIT, kHead).state(), A::STATE_SUBMITTED);
  EXPECT_EQ(ReasonOf(TryMove(draft.name(), M::MOVE_PUBLISH, kHead)), type::REASON_PERMISSION);
  EXPECT_EQ(ReasonOf(TryMove(draft.name(), M::MOVE_REJECT, kApprover, "")), type::REASON_REQUIRED);
  const auto rejected = TryMove(draft.name(), M::MOVE_REJECT, kApprover, "时间不合适");
  ASSERT_TRUE(rejected.ok()) << rejected.status();
  EXPECT_EQ(rejected->reason(), "时间不合适");
  EXPECT_EQ(Move(draft.name(), M::MOVE_REVISE, kHead).reason(), "时间不合适");
  EXPECT_EQ(Move(draft.name(), M::MOVE_SUBMIT, kHead).reason(), "");
  EXPECT_EQ(Move(draft.name(), M::MOVE_PUBLISH, kApprover).state(), A::STATE_PUBLISHED);
  EXPECT_EQ(ReasonOf(TryMove(draft.name(), M::MOVE_SETTLE, kOtherAdmin)), type::REASON_NOT_FOUND);
}

TEST_F(ActivitiesServiceTest, EveryMoveIsKept) {
  const v1::Shift shift = Published(5, 0);
  v1::ListActivityMovesRequest request;
  request.set_parent(shift.activity());
  ASSERT_TRUE(TryMove(shift.activity(), M::MOVE_SUSPEND, kHead, "疫情").ok());
  const auto moves = activities_.ListActivityMoves(Staff(kHead, now_), request);
  ASSERT_TRUE(moves.ok()) << moves.status();
  ASSERT_EQ(moves->moves_size(), 3);
  EXPECT_EQ(moves->moves(0).move(), M::MOVE_SUBMIT);
  EXPECT_EQ(moves->moves(1).actor(), Staff(kApprover, now_).caller.subject);
  EXPECT_EQ(moves->moves(2).from_state(), A::STATE_PUBLISHED);
  EXPECT_EQ(moves->moves(2).to_state(), A::STATE_SUSPENDED);
  EXPECT_EQ(moves->moves(2).reason(), "疫情");
  EXPECT_EQ(ReasonOf(activities_.ListActivityMoves(Staff(kStranger, now_), request)), type::REASON_PERMISSION);
}

TEST_F(ActivitiesServiceTest, DraftsAreForStaffOfTheUnitOnly) {
  const v1::Activity draft = Draft();
  EXPECT_EQ(ReasonOf(Get(Anybody(now_), draft.name())), type::REASON_NOT_FOUND);
  EXPECT_EQ(ReasonOf(Get(Staff(kStranger, now_), draft.name())), type::REASON_NOT_FOUND);
  EXPECT_TRUE(Get(Staff(kApprover, now_), draft.name()).ok());
  const v1::Shift shift = Published(5, 0);
  EXPECT_TRUE(Get(Anybody(now_), shift.activity()).ok());
  EXPECT_EQ(List(Anybody(now_), kCenter)->activities_size(), 1);
  EXPECT_EQ(List(Staff(kHead, now_), kStation)->activities_size(), 2);
  EXPECT_EQ(List(Staff(kHead, now_), kCenter)->activities_size(), 1);
  EXPECT_EQ(List(Staff(kAdmin, now_), kInstitute)->activities_size(), 2);
  EXPECT_EQ(List(Staff(kAdmin, now_), kOtherStation)->activities_size(), 0);
  rpc::Call elsewhere = Anybody(now_);
  elsewhere.center_id = kOtherCenter;
  EXPECT_EQ(ReasonOf(Get(elsewhere, shift.activity())), type::REASON_NOT_FOUND);
}

TEST_F(ActivitiesServiceTest, PagesGoThroughAllNewestFirst) {
  std::vector<std::string> made;
  for (int i = 0; i < 7; ++i) made.insert(made.begin(), Draft().name());
  for (const uint64_t unit : {kCenter, kInstitute}) {
    std::vector<std::string> seen;
    std::string token;
    do {
      const auto page = List(Staff(kAdmin, now_), unit, 3, token);
      ASSERT_TRUE(page.ok()) << page.status();
      for (const auto& activity : page->activities()) seen.push_back(activity.name());
      token = page->next_page_token();
    } while (!token.empty());
    EXPECT_EQ(seen, made);
  }
  EXPECT_EQ(ReasonOf(List(Staff(kAdmin, now_), kCenter, 3, "nonsense")), type::REASON_BAD_PAGE_TOKEN);
}

TEST_F(ActivitiesServiceTest, UnpublishingNeedsThatNobodyHasSignedUp) {
  AddVolunteer(1);
  const v1::Shift shift = Published(1, 0);
  const auto registration = SignUp(1, shift.name());
  ASSERT_TRUE(registration.ok()) << registration.status();
  EXPECT_EQ(ReasonOf(TryMove(shift.activity(), M::MOVE_UNPUBLISH, kHead)), type::REASON_HAS_SIGN_UPS);
  ASSERT_TRUE(Cancel(*registration, now_).ok());
  EXPECT_EQ(Move(shift.activity(), M::MOVE_UNPUBLISH, kHead).state(), A::STATE_DRAFT);
  EXPECT_EQ(ReasonOf(SignUp(1, shift.name())), type::REASON_ACTIVITY_NOT_OPEN);
}

TEST_F(ActivitiesServiceTest, CancellingCancelsSignUpsAndShifts) {
  for (uint64_t id = 1; id <= 3; ++id) AddVolunteer(id);
  const v1::Shift shift = Published(1, 2);
  std::vector<v1::Registration> registrations;
  for (uint64_t id = 1; id <= 3; ++id) registrations.push_back(*SignUp(id, shift.name()));
  EXPECT_EQ(ReasonOf(TryMove(shift.activity(), M::MOVE_CANCEL, kHead, "")), type::REASON_REQUIRED);
  const auto cancelled = TryMove(shift.activity(), M::MOVE_CANCEL, kHead, "暴雨");
  ASSERT_TRUE(cancelled.ok()) << cancelled.status();
  EXPECT_EQ(cancelled->reason(), "暴雨");
  for (const auto& registration : registrations) {
    EXPECT_EQ(Get(registration).state(), v1::Registration::STATE_CANCELLED);
  }
  const v1::Shift after = GetShift(shift.name());
  EXPECT_EQ(after.state(), v1::Shift::STATE_CANCELLED);
  EXPECT_EQ(after.taken_count(), 0);
  EXPECT_EQ(after.waitlisted_count(), 0);
  EXPECT_TRUE(Get(Anybody(now_), shift.activity()).ok());
}

TEST_F(ActivitiesServiceTest, CancellingLeavesWhatHasBegun) {
  AddVolunteer(1);
  const v1::Activity draft = Draft();
  const v1::Shift begun = AddShift(draft.name(), start_, absl::Hours(2), 5, 0);
  const v1::Shift to_come = AddShift(draft.name(), start_ + absl::Hours(24), absl::Hours(2), 5, 0);
  Move(draft.name(), M::MOVE_SUBMIT, kHead);
  Move(draft.name(), M::MOVE_PUBLISH, kApprover);
  const auto there = SignUp(1, begun.name());
  const auto next_day = SignUp(1, to_come.name());
  ASSERT_TRUE(there.ok() && next_day.ok()) << next_day.status();
  const auto cancelled = MoveAt(draft.name(), M::MOVE_CANCEL, start_);
  ASSERT_TRUE(cancelled.ok()) << cancelled.status();
  EXPECT_EQ(GetShift(begun.name()).state(), v1::Shift::STATE_OPEN);
  EXPECT_EQ(Get(*there).state(), v1::Registration::STATE_CONFIRMED);
  EXPECT_EQ(GetShift(to_come.name()).state(), v1::Shift::STATE_CANCELLED);
  EXPECT_EQ(Get(*next_day).state(), v1::Registration::STATE_CANCELLED);
  ASSERT_TRUE(SweepShifts(database_.pool(), ids_, start_ + absl::Hours(3)).ok());
  EXPECT_EQ(GetShift(begun.name()).state(), v1::Shift::STATE_ENDED);
}

TEST_F(ActivitiesServiceTest, ADraftIsCancelledWithAllItsShifts) {
  const v1::Activity draft = Draft();
  const v1::Shift shift = AddShift(draft.name(), start_, absl::Hours(2), 5, 0);
  ASSERT_TRUE(MoveAt(draft.name(), M::MOVE_CANCEL, start_ + absl::Hours(1)).ok());
  EXPECT_EQ(GetShift(shift.name()).state(), v1::Shift::STATE_CANCELLED);
}

TEST_F(ActivitiesServiceTest, NothingEndsBeforeItsLastShift) {
  const v1::Shift shift = Published(1, 0);
  Move(shift.activity(), M::MOVE_START, kHead);
  const absl::Time end = start_ + absl::Hours(2);
  EXPECT_EQ(ReasonOf(MoveAt(shift.activity(), M::MOVE_END, end - absl::Seconds(1))), type::REASON_SHIFT_NOT_ENDED);
  EXPECT_TRUE(MoveAt(shift.activity(), M::MOVE_END, end).ok());
}

TEST_F(ActivitiesServiceTest, SettlingWaitsForEveryShift) {
  const v1::Shift shift = PublishedAt(now_ - absl::Hours(3), absl::Hours(2), 1, 0);
  for (const auto move : {M::MOVE_START, M::MOVE_END, M::MOVE_REPORT}) Move(shift.activity(), move, kHead);
  EXPECT_EQ(ReasonOf(TryMove(shift.activity(), M::MOVE_SETTLE, kHead)), type::REASON_SHIFTS_NOT_SETTLED);
}

TEST_F(ActivitiesServiceTest, AMethodThatWasStoppedIsNotPublished) {
  const v1::Activity draft = Draft();
  AddShift(draft.name(), start_, absl::Hours(2), 5, 0);
  Move(draft.name(), M::MOVE_SUBMIT, kHead);
  v1::UpdatePolicyRequest request;
  request.mutable_policy()->set_name(ids::ResourceName("units", kCenter) + "/policy");
  request.mutable_policy()->add_methods_in_force(v1::METHOD_PREVENT);
  ASSERT_TRUE(policies_.UpdatePolicy(Staff(kAdmin, now_), request).ok());
  EXPECT_EQ(ReasonOf(TryMove(draft.name(), M::MOVE_PUBLISH, kApprover)), type::REASON_METHOD_NOT_IN_FORCE);
}

TEST_F(ActivitiesServiceTest, ACenterMayReplaceThemes) {
  v1::ListThemesRequest request;
  request.set_parent(ids::ResourceName("units", kStation));
  auto themes = activities_.ListThemes(Anybody(now_), request);
  ASSERT_TRUE(themes.ok()) << themes.status();
  ASSERT_EQ(themes->themes_size(), 6);
  EXPECT_EQ(themes->themes(0).inherit(), "思想");
  EXPECT_EQ(themes->themes(5).practise(), "本领");
  const auto status = db::RunTransaction(database_.pool(), {}, [](db::Transaction& tx) {
    return tx
        .Execute(
            "INSERT INTO themes VALUES (?, 'policy', 2, '新政策', '精神', 1), (?, 'customs', 5, '', '', 0),"
            " (?, 'year', 7, '年度', '主题', 1)",
            {kCenter, kCenter, kCenter})
        .status();
  });
  ASSERT_TRUE(status.ok()) << status;
  themes = activities_.ListThemes(Anybody(now_), request);
  ASSERT_EQ(themes->themes_size(), 6);
  EXPECT_EQ(themes->themes(1).inherit(), "新政策");
  EXPECT_EQ(themes->themes(5).key(), "year");
}

}  // namespace
}  // namespace wenming::activity
