// What is dangerous is insured, and not for minors.
#include <gtest/gtest.h>

#include "activity_svc/names.h"
#include "activity_svc/registrations/departure.h"
#include "common/db/transaction.h"
#include "tests/activity_svc/activity_fixture.h"
#include "wenming/volunteer/v1/events.pb.h"

namespace wenming::activity {
namespace {

using M = v1::MoveActivityRequest;
using R = v1::Registration;

class MinorsTest : public ActivityTest {
 protected:
  MinorsTest() {
    AddVolunteer(1);
    Tell(2, ShiftDay() + 1);  // a minor on the day of the shift
    Tell(3, ShiftDay());      // who comes of age that day
  }

  absl::CivilDay ShiftDay() const { return absl::ToCivilDay(start_, absl::FixedTimeZone(8 * 60 * 60)); }

  void Tell(uint64_t id, absl::CivilDay adult_from) {
    volunteer::v1::VolunteerChanged changed;
    changed.set_volunteer_id(id);
    changed.set_number("HT000001");
    changed.set_active(true);
    changed.mutable_adult_from_date()->set_year(static_cast<int>(adult_from.year()));
    changed.mutable_adult_from_date()->set_month(adult_from.month());
    changed.mutable_adult_from_date()->set_day(adult_from.day());
    events::v1::Event event;
    event.set_center_id(kCenter);
    event.mutable_payload()->PackFrom(changed);
    const absl::Status told = db::RunTransaction(
        database_.pool(), {}, [&](db::Transaction& tx) { return FollowVolunteer(tx, ids_, event, now_); });
    ASSERT_TRUE(told.ok()) << told;
  }

  v1::Activity Dangerous(const std::string& policy) {
    v1::CreateActivityRequest request = DraftRequest();
    request.mutable_activity()->set_dangerous(true);
    request.mutable_activity()->set_insurance_policy(policy);
    return *activities_.CreateActivity(Staff(kHead, now_), request);
  }
  v1::Shift PublishedDangerous(int capacity, int waitlist) {
    const v1::Activity activity = Dangerous("PICC-2026-0001");
    const v1::Shift shift = AddShift(activity.name(), start_, absl::Hours(2), capacity, waitlist);
    Move(activity.name(), M::MOVE_SUBMIT, kHead);
    Move(activity.name(), M::MOVE_PUBLISH, kApprover);
    return shift;
  }
};

TEST_F(MinorsTest, WithoutInsuranceItIsNeitherSubmittedNorPublished) {
  const v1::Activity activity = Dangerous("");
  EXPECT_TRUE(activity.dangerous());
  AddShift(activity.name(), start_, absl::Hours(2), 1, 1);
  EXPECT_EQ(ReasonOf(TryMove(activity.name(), M::MOVE_SUBMIT, kHead)), type::REASON_INSURANCE_REQUIRED);
  // One that was submitted before the rule was there.
  database_.Administer("UPDATE " + database_.schema() + ".activities SET state = 2");
  EXPECT_EQ(ReasonOf(TryMove(activity.name(), M::MOVE_PUBLISH, kApprover)), type::REASON_INSURANCE_REQUIRED);
  database_.Administer("UPDATE " + database_.schema() + ".activities SET state = 1");
  v1::UpdateActivityRequest update;
  *update.mutable_activity() = activity;
  update.mutable_activity()->set_insurance_policy("PICC-2026-0001");
  update.mutable_update_mask()->add_paths("insurance_policy");
  const auto updated = activities_.UpdateActivity(Staff(kHead, now_), update);
  ASSERT_TRUE(updated.ok()) << updated.status();
  EXPECT_EQ(updated->insurance_policy(), "PICC-2026-0001");
  EXPECT_TRUE(updated->dangerous());
  EXPECT_TRUE(TryMove(activity.name(), M::MOVE_SUBMIT, kHead).ok());
  EXPECT_TRUE(TryMove(activity.name(), M::MOVE_PUBLISH, kApprover).ok());
}

TEST_F(MinorsTest, TheDayOfTheShiftDecides) {
  const v1::Shift shift = PublishedDangerous(2, 2);
  EXPECT_TRUE(SignUp(1, shift.name()).ok());
  EXPECT_EQ(ReasonOf(SignUp(2, shift.name())), type::REASON_MINOR_DANGEROUS);
  EXPECT_TRUE(SignUp(3, shift.name()).ok());
  EXPECT_EQ(ReasonOf(SignUp(2, shift.name())), type::REASON_MINOR_DANGEROUS) << "nor to wait";
  EXPECT_EQ(GetShift(shift.name()).waitlisted_count(), 0);
  EXPECT_TRUE(SignUp(2, PublishedAt(start_ + absl::Hours(5), absl::Hours(1), 1, 0).name()).ok())
      << "what is not dangerous is for all";
}

TEST_F(MinorsTest, NoMinorTakesAnOffer) {
  const v1::Shift shift = PublishedDangerous(1, 1);
  AddVolunteer(4);
  const auto first = SignUp(1, shift.name());
  const auto waits = SignUp(4, shift.name());
  ASSERT_TRUE(first.ok() && waits.ok());
  ASSERT_TRUE(Cancel(*first, now_).ok());
  ASSERT_EQ(Get(*waits).state(), R::STATE_OFFERED);
  // That he is a minor is learnt, but not what follows from it.
  database_.Administer("UPDATE " + database_.schema() + ".volunteers SET adult_from_date = '2040-01-01' WHERE id = 4");
  EXPECT_EQ(ReasonOf(Accept(*waits, now_)), type::REASON_MINOR_DANGEROUS);
}

TEST_F(MinorsTest, WhoTurnsOutToBeAMinorGivesUpWhatIsDangerousAndNothingElse) {
  const v1::Shift shift = PublishedDangerous(1, 1);
  const v1::Shift harmless = PublishedAt(start_ + absl::Hours(5), absl::Hours(1), 1, 0);
  AddVolunteer(4);
  AddVolunteer(5);
  const auto place = SignUp(4, shift.name());
  const auto other = SignUp(4, harmless.name());
  const auto next = SignUp(5, shift.name());
  ASSERT_TRUE(place.ok() && other.ok() && next.ok());
  Tell(4, ShiftDay() + 1);
  EXPECT_EQ(Get(*place).state(), R::STATE_CANCELLED);
  EXPECT_EQ(Get(*other).state(), R::STATE_CONFIRMED);
  EXPECT_EQ(Get(*next).state(), R::STATE_OFFERED);
}

// A draft alone can be changed, and nobody has signed up for a draft.
TEST_F(MinorsTest, WhatMinorsHaveSignedUpForDoesNotBecomeDangerous) {
  const v1::Shift shift = Published(1, 1);
  ASSERT_TRUE(SignUp(2, shift.name()).ok());
  v1::UpdateActivityRequest update;
  update.mutable_activity()->set_name(shift.activity());
  update.mutable_activity()->set_dangerous(true);
  update.mutable_activity()->set_insurance_policy("PICC-2026-0001");
  EXPECT_EQ(ReasonOf(activities_.UpdateActivity(Staff(kHead, now_), update)), type::REASON_NOT_A_DRAFT);
  EXPECT_EQ(ReasonOf(TryMove(shift.activity(), M::MOVE_UNPUBLISH, kHead)), type::REASON_HAS_SIGN_UPS);
}

}  // namespace
}  // namespace wenming::activity
