// Asking beforehand and signing up answer the same.
#include "activity_svc/registrations/eligibility.h"

#include <gtest/gtest.h>

#include <random>
#include <set>
#include <string>
#include <vector>

#include "activity_svc/names.h"
#include "activity_svc/volunteers/volunteers_store.h"
#include "common/db/transaction.h"
#include "tests/activity_svc/activity_fixture.h"

namespace wenming::activity {
namespace {

using E = v1::ExplainEligibilityResponse;
using M = v1::MoveActivityRequest;
using R = v1::Registration;

class EligibilityTest : public ActivityTest {
 protected:
  void Store(const Volunteer& volunteer) {
    const auto stored = db::RunTransaction(
        database_.pool(), {}, [&](db::Transaction& tx) { return StoreVolunteer(tx, kCenter, volunteer).status(); });
    ASSERT_TRUE(stored.ok()) << stored;
  }

  v1::Shift Add(const v1::Activity& activity, int capacity, int waitlist, const std::vector<uint64_t>& teams,
                const std::vector<std::string>& skills) {
    v1::CreateShiftRequest request;
    request.set_parent(activity.name());
    v1::Shift& shift = *request.mutable_shift();
    shift.set_post("引导");
    *shift.mutable_start_time() = ToProto(start_);
    *shift.mutable_end_time() = ToProto(start_ + absl::Hours(2));
    shift.set_capacity(capacity);
    shift.set_waitlist_capacity(waitlist);
    for (const uint64_t team : teams) shift.add_teams(ids::ResourceName("teams", team));
    for (const std::string& skill : skills) shift.add_skills(skill);
    const auto created = shifts_.CreateShift(Staff(kHead, now_), request);
    EXPECT_TRUE(created.ok()) << created.status();
    return *created;
  }

  v1::Activity DraftOf(bool dangerous) {
    v1::CreateActivityRequest request = DraftRequest();
    request.mutable_activity()->set_dangerous(dangerous);
    request.mutable_activity()->set_insurance_policy("PICC-2026-0001");
    return *activities_.CreateActivity(Staff(kHead, now_), request);
  }

  void Publish(const v1::Activity& activity) {
    Move(activity.name(), M::MOVE_SUBMIT, kHead);
    Move(activity.name(), M::MOVE_PUBLISH, kApprover);
  }

  absl::StatusOr<E> Explain(const rpc::Call& call, const std::string& shift, uint64_t volunteer = 0) {
    v1::ExplainEligibilityRequest request;
    request.set_shift(shift);
    if (volunteer != 0) request.set_volunteer(ids::ResourceName("volunteers", volunteer));
    return registrations_.ExplainEligibility(call, request);
  }
};

TEST_F(EligibilityTest, NamesEveryRuleAndWhatWouldMakeItPass) {
  const v1::Activity activity = DraftOf(false);
  const v1::Shift shift = Add(activity, 1, 1, {21, 22}, {"急救", "驾驶"});
  Publish(activity);
  Store({.id = 1, .number = "HT1", .masked_name = "王*", .unit_id = kStation, .active = true, .skills = {"驾驶"}});
  const auto told = Explain(Person(1, now_), shift.name());
  ASSERT_TRUE(told.ok()) << told.status();
  EXPECT_EQ(told->outcome(), E::OUTCOME_UNSPECIFIED);
  ASSERT_EQ(told->refusals_size(), 2);
  EXPECT_EQ(told->refusals(0).reason(), type::REASON_TEAM_REQUIRED);
  EXPECT_EQ(told->refusals(0).metadata().at("teams"),
            ids::ResourceName("teams", 21) + ", " + ids::ResourceName("teams", 22));
  EXPECT_EQ(told->refusals(1).reason(), type::REASON_SKILLS_REQUIRED);
  EXPECT_EQ(told->refusals(1).message_zh(), "该班次需要尚未登记的技能；请先在个人资料中登记：急救");
  EXPECT_NE(told->refusals(1).message_en().find("急救"), std::string::npos);
  Store({.id = 1, .number = "HT1", .unit_id = kStation, .active = true, .skills = {"急救", "驾驶"}, .team_ids = {22}});
  EXPECT_EQ(Explain(Person(1, now_), shift.name())->outcome(), E::OUTCOME_PLACE);
  ASSERT_TRUE(SignUp(1, shift.name()).ok());
  Store(
      {.id = 2, .number = "HT2", .unit_id = kStation, .active = true, .skills = {"急救", "驾驶"}, .team_ids = {9, 21}});
  EXPECT_EQ(Explain(Person(2, now_), shift.name())->outcome(), E::OUTCOME_WAITING_LIST);
  EXPECT_EQ(Explain(Person(1, now_), shift.name())->refusals(0).reason(), type::REASON_ALREADY_SIGNED_UP);
}

TEST_F(EligibilityTest, WhoMayAskForWhom) {
  AddVolunteer(1);
  AddVolunteer(2);
  const v1::Shift shift = Published(1, 0);
  EXPECT_TRUE(Explain(Person(1, now_), shift.name(), 1).ok());
  EXPECT_EQ(ReasonOf(Explain(Person(1, now_), shift.name(), 2)), type::REASON_NOT_YOURS);
  EXPECT_TRUE(Explain(Staff(kHead, now_), shift.name(), 2).ok());
  EXPECT_EQ(ReasonOf(Explain(Staff(kStranger, now_), shift.name(), 2)), type::REASON_PERMISSION);
  // Whose volunteer it is not is told nothing of him, also about his own shift.
  Store({.id = 3, .number = "HT3", .unit_id = kOtherStation, .active = true});
  EXPECT_EQ(ReasonOf(Explain(Staff(kHead, now_), shift.name(), 3)), type::REASON_PERMISSION);
  EXPECT_TRUE(Explain(Staff(kAdmin, now_), shift.name(), 3).ok());
  EXPECT_TRUE(Explain(Person(3, now_), shift.name()).ok());
  EXPECT_EQ(ReasonOf(Explain(Staff(kHead, now_), shift.name())), type::REASON_REQUIRED);
  EXPECT_EQ(ReasonOf(Explain(Staff(kStranger, now_), shift.name())), type::REASON_PERMISSION);
}

// Whatever the facts: no refusal means that signing up gets what was said, and else it is refused with the first.
TEST_F(EligibilityTest, AgreesWithSigningUp) {
  const unsigned seed = std::random_device()();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  const auto one_in = [&random](unsigned n) { return random() % n == 0; };
  const v1::Activity calm = DraftOf(false), dangerous = DraftOf(true), closed = DraftOf(false);
  struct Case {
    v1::Shift shift;
    uint64_t person;
    int others;
  };
  std::vector<Case> cases;
  for (uint64_t i = 0; i < 60; ++i) {
    const v1::Activity& activity = one_in(4) ? closed : one_in(2) ? dangerous : calm;
    std::vector<uint64_t> teams;
    std::vector<std::string> skills;
    if (one_in(3)) teams = {21, 22};
    if (one_in(3)) skills = {"急救", "驾驶"};
    cases.push_back(
        {Add(activity, 1, static_cast<int>(random() % 2), teams, skills), 1000 + i, static_cast<int>(random() % 3)});
  }
  const v1::Shift elsewhere = AddShift(calm.name(), start_ + absl::Hours(1), absl::Hours(2), 100, 0);
  for (const v1::Activity& activity : {calm, dangerous, closed}) Publish(activity);
  uint64_t other = 5000;
  for (const Case& c : cases) {
    for (int i = 0; i < c.others; ++i, ++other) {
      Store({.id = other, .active = true, .skills = {"急救", "驾驶"}, .team_ids = {22}});
      static_cast<void>(SignUp(other, c.shift.name()));
    }
    if (one_in(10)) continue;  // volunteer_svc has not told of this one yet
    Store({.id = c.person, .active = true, .skills = {"急救", "驾驶"}, .team_ids = {21}});
    if (one_in(5)) static_cast<void>(SignUp(c.person, elsewhere.name()));
    if (one_in(8)) static_cast<void>(SignUp(c.person, c.shift.name()));
    Volunteer person{.id = c.person, .active = !one_in(10)};
    if (one_in(3)) person.adult_from = absl::CivilDay(2040, 1, 1);
    if (one_in(2)) person.skills = {"急救", "驾驶"};
    if (one_in(2)) person.team_ids = {7, 22};
    Store(person);
    if (one_in(4)) {
      database_.Administer("UPDATE " + database_.schema() + ".volunteers SET absence_count = 2, locked_until_time = " +
                           std::to_string(absl::ToUnixMicros(now_ + absl::Hours(one_in(2) ? 1 : -1))) +
                           " WHERE id = " + std::to_string(c.person));
    }
  }
  Move(closed.name(), M::MOVE_CLOSE, kHead);
  std::set<type::Reason> seen;
  for (const Case& c : cases) {
    const auto told = Explain(Person(c.person, now_), c.shift.name());
    ASSERT_TRUE(told.ok()) << told.status();
    const auto answer = SignUp(c.person, c.shift.name());
    EXPECT_EQ(answer.ok(), told->refusals().empty()) << told->DebugString();
    if (!answer.ok()) {
      ASSERT_FALSE(told->refusals().empty()) << answer.status();
      EXPECT_EQ(ReasonOf(answer), told->refusals(0).reason());
      EXPECT_EQ(told->outcome(), E::OUTCOME_UNSPECIFIED);
      seen.insert(ReasonOf(answer));
    } else {
      EXPECT_EQ(told->outcome(), answer->state() == R::STATE_CONFIRMED ? E::OUTCOME_PLACE : E::OUTCOME_WAITING_LIST);
    }
  }
  EXPECT_GE(seen.size(), 3u);
}

}  // namespace
}  // namespace wenming::activity
