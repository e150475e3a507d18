// Every writing method leaves exactly one record of whom, what and which; a repetition and a refusal leave none.
#include <gtest/gtest.h>

#include "activity_svc/names.h"
#include "common/db/transaction.h"
#include "tests/activity_svc/activity_fixture.h"

namespace wenming::activity {
namespace {

using M = v1::MoveActivityRequest;

class AuditTest : public ActivityTest {
 protected:
  // Runs a call, which must be accounted for, and answers what was recorded of it: "object" or "object details".
  template <typename F>
  std::string Recorded(const rpc::Call& call, F&& run) {
    const int64_t before = Number("SELECT COUNT(*) FROM audit_pending");
    const auto answer = run(call);
    EXPECT_TRUE(answer.ok()) << answer.status();
    EXPECT_TRUE(call.audited);
    const auto row = db::Read(database_.pool(), absl::InfiniteFuture(), [](db::Session& session) {
      return session.QueryOne("SELECT object, details, subject FROM audit_pending ORDER BY id DESC LIMIT 1");
    });
    const int64_t added = Number("SELECT COUNT(*) FROM audit_pending") - before;
    if (added == 0) return "nothing";
    EXPECT_EQ(added, 1);
    EXPECT_EQ((*row)->Text(2), call.caller.subject);
    return (*row)->Text(0) + ((*row)->Text(1) == "{}" ? "" : " " + (*row)->Text(1));
  }
};

TEST_F(AuditTest, FromDraftToSettledHours) {
  for (uint64_t id = 1; id <= 2; ++id) AddVolunteer(id);
  v1::CreateActivityRequest create = DraftRequest();
  create.set_request_id("request-0001");
  v1::Activity activity;
  const auto made = [&](const rpc::Call& call) {
    auto answer = activities_.CreateActivity(call, create);
    if (answer.ok()) activity = *answer;
    return answer;
  };
  const std::string object = Recorded(Staff(kHead, now_), made);
  EXPECT_EQ(object, activity.name());
  EXPECT_EQ(Recorded(Staff(kHead, now_), made), "nothing") << "a repetition";

  v1::UpdateActivityRequest update;
  update.mutable_activity()->set_name(activity.name());
  update.mutable_activity()->set_title("理论宣讲进社区");
  update.mutable_update_mask()->add_paths("title");
  EXPECT_EQ(Recorded(Staff(kHead, now_), [&](const auto& call) { return activities_.UpdateActivity(call, update); }),
            activity.name() + R"( {"update_mask":["title"]})");

  v1::CreateShiftRequest create_shift;
  create_shift.set_parent(activity.name());
  auto& wanted = *create_shift.mutable_shift();
  wanted.set_post("引导");
  *wanted.mutable_start_time() = ToProto(start_);
  *wanted.mutable_end_time() = ToProto(start_ + absl::Hours(2));
  wanted.set_capacity(1);
  wanted.set_waitlist_capacity(1);
  std::vector<v1::Shift> shifts;
  const auto add_shift = [&](const rpc::Call& call) {
    auto answer = shifts_.CreateShift(call, create_shift);
    if (answer.ok()) shifts.push_back(*answer);
    return answer;
  };
  for (int i = 0; i < 2; ++i) {
    const std::string added = Recorded(Staff(kHead, now_), add_shift);
    EXPECT_EQ(added, shifts.back().name());
  }
  v1::DeleteShiftRequest remove;
  remove.set_name(shifts[1].name());
  EXPECT_EQ(Recorded(Staff(kHead, now_), [&](const auto& call) { return shifts_.DeleteShift(call, remove); }),
            shifts[1].name());

  v1::MoveActivityRequest move;
  move.set_name(activity.name());
  for (const auto& [next, staff] : {std::pair{M::MOVE_SUBMIT, kHead}, std::pair{M::MOVE_PUBLISH, kApprover}}) {
    move.set_move(next);
    EXPECT_EQ(Recorded(Staff(staff, now_), [&](const auto& call) { return activities_.MoveActivity(call, move); }),
              activity.name() + R"( {"notes":{"move":")" + M::Move_Name(next) + "\"}}");
  }

  std::vector<v1::Registration> registrations;
  v1::CreateRegistrationRequest sign_up;
  sign_up.set_parent(shifts[0].name());
  const auto signed_up = [&](const rpc::Call& call) {
    auto answer = SignUp(registrations_, call, sign_up);
    if (answer.ok()) registrations.push_back(*answer);
    return answer;
  };
  for (uint64_t id = 1; id <= 2; ++id) {
    const std::string registered = Recorded(Person(id, now_), signed_up);
    EXPECT_EQ(registered, registrations.back().name());
  }
  v1::CancelRegistrationRequest cancel;
  cancel.set_name(registrations[0].name());
  cancel.set_reason("家中有事");
  const auto cancelled = [&](const auto& call) { return registrations_.CancelRegistration(call, cancel); };
  EXPECT_EQ(Recorded(Person(1, now_), cancelled), registrations[0].name()) << "without what the person wrote";
  EXPECT_EQ(Recorded(Person(1, now_), cancelled), "nothing");
  v1::AcceptOfferRequest accept;
  accept.set_name(registrations[1].name());
  EXPECT_EQ(Recorded(Person(2, now_), [&](const auto& call) { return registrations_.AcceptOffer(call, accept); }),
            registrations[1].name());

  const absl::Time end = start_ + absl::Hours(2);
  v1::CorrectAttendanceRequest correct;
  correct.set_registration(registrations[1].name());
  *correct.mutable_check_in_time() = ToProto(start_);
  *correct.mutable_check_out_time() = ToProto(end);
  correct.set_reason("手机没电");
  EXPECT_EQ(Recorded(Staff(kHead, end), [&](const auto& call) { return attendance_.CorrectAttendance(call, correct); }),
            registrations[1].name());
  v1::RecordAttendancesRequest list;
  list.set_shift(shifts[0].name());
  list.set_reason("手机没电");
  auto& line = *list.add_lines();
  line.set_registration(registrations[1].name());
  *line.mutable_check_in_time() = ToProto(start_);
  *line.mutable_check_out_time() = ToProto(end);
  list.set_request_id("list-0001");
  const auto listed = [&](const auto& call) { return attendance_.RecordAttendances(call, list); };
  EXPECT_EQ(Recorded(Staff(kHead, end), listed), shifts[0].name() + R"( {"notes":{"taken":"1"}})");
  EXPECT_EQ(Recorded(Staff(kHead, end), listed), "nothing");
  v1::EndShiftRequest end_shift;
  v1::ConfirmShiftRequest confirm;
  v1::PublicizeShiftRequest publicize;
  v1::SettleShiftRequest settle;
  for (auto* name : {end_shift.mutable_name(), confirm.mutable_name(), publicize.mutable_name(), settle.mutable_name()})
    *name = shifts[0].name();
  EXPECT_EQ(Recorded(Staff(kHead, end), [&](const auto& call) { return attendance_.EndShift(call, end_shift); }),
            shifts[0].name());
  EXPECT_EQ(Recorded(Staff(kHead, end), [&](const auto& call) { return attendance_.ConfirmShift(call, confirm); }),
            shifts[0].name());
  EXPECT_EQ(
      Recorded(Staff(kApprover, end), [&](const auto& call) { return attendance_.PublicizeShift(call, publicize); }),
      shifts[0].name());
  const auto settled = [&](const auto& call) { return attendance_.SettleShift(call, settle); };
  EXPECT_EQ(Recorded(Staff(kApprover, end + absl::Hours(24 * 30)), settled), shifts[0].name());
  EXPECT_EQ(Recorded(Staff(kApprover, end + absl::Hours(24 * 30)), settled), "nothing");
}

TEST_F(AuditTest, ARefusalLeavesNothingHere) {
  const v1::Shift shift = Published(1, 0);
  const int64_t before = Number("SELECT COUNT(*) FROM audit_pending");
  const rpc::Call call = Staff(kStranger, now_);
  v1::DeleteShiftRequest remove;
  remove.set_name(shift.name());
  EXPECT_EQ(ReasonOf(shifts_.DeleteShift(call, remove)), type::REASON_PERMISSION);
  EXPECT_FALSE(call.audited);
  EXPECT_EQ(Number("SELECT COUNT(*) FROM audit_pending"), before);
}

}  // namespace
}  // namespace wenming::activity
