// Every move of a registration is kept: who made it, when and why.
#include "activity_svc/registrations/registration_moves_store.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "activity_svc/names.h"
#include "activity_svc/registrations/departure.h"
#include "activity_svc/registrations/offer_sweeper.h"
#include "common/db/transaction.h"
#include "tests/activity_svc/activity_fixture.h"
#include "wenming/volunteer/v1/events.pb.h"

namespace wenming::activity {
namespace {

using R = v1::Registration;
using M = v1::MoveActivityRequest;
using Lines = std::vector<std::string>;

class RegistrationMovesTest : public ActivityTest {
 protected:
  RegistrationMovesTest() {
    for (uint64_t id = 1; id <= 4; ++id) AddVolunteer(id);
  }

  // "FROM>TO actor reason hours after now_".
  Lines Moves(const v1::Registration& registration) {
    const R now = Get(registration);
    Lines lines;
    for (const R::Move& move : now.moves()) {
      lines.push_back(absl::StrCat(R::State_Name(move.from()).substr(6), ">", R::State_Name(move.to()).substr(6), " ",
                                   move.actor(), " ", move.reason(), " ",
                                   absl::ToInt64Hours(FromProto(move.move_time()) - now_)));
    }
    return lines;
  }

  const std::string one_ = ids::ResourceName("volunteers", 1);
  const std::string two_ = ids::ResourceName("volunteers", 2);
  const std::string head_ = ids::ResourceName("staff", kHead);
};

TEST_F(RegistrationMovesTest, OffersLapsesAndAnswersSayWhoAndWhy) {
  const v1::Shift shift = Published(1, 3);
  const v1::Registration first = *SignUp(1, shift.name());
  const v1::Registration second = *SignUp(2, shift.name());
  const v1::Registration third = *SignUp(3, shift.name());
  EXPECT_EQ(Moves(first), Lines{});  // the creation is none
  v1::CancelRegistrationRequest cancel;
  cancel.set_name(first.name());
  cancel.set_reason("家中有事");
  ASSERT_TRUE(registrations_.CancelRegistration(Person(1, now_ + absl::Hours(1)), cancel).ok());
  ASSERT_TRUE(registrations_.CancelRegistration(Person(1, now_ + absl::Hours(1)), cancel).ok());
  EXPECT_EQ(Moves(first), Lines{"CONFIRMED>CANCELLED " + one_ + " 家中有事 1"});
  EXPECT_EQ(Moves(second), Lines{"WAITLISTED>OFFERED system  1"});
  ASSERT_TRUE(SweepOffers(database_.pool(), ids_, metrics_, now_ + absl::Hours(3)).ok());
  EXPECT_EQ(Moves(second), (Lines{"WAITLISTED>OFFERED system  1", "OFFERED>LAPSED system  3"}));
  ASSERT_TRUE(Accept(third, now_ + absl::Hours(4)).ok());
  EXPECT_EQ(Moves(third),
            (Lines{"WAITLISTED>OFFERED system  3", "OFFERED>CONFIRMED " + ids::ResourceName("volunteers", 3) + "  4"}));
}

TEST_F(RegistrationMovesTest, WhoeverIsTakenOffReadsWhy) {
  const v1::Registration place = *SignUp(1, Published(1, 1).name());
  volunteer::v1::VolunteerChanged changed;
  changed.set_volunteer_id(1);
  events::v1::Event event;
  event.set_center_id(kCenter);
  event.mutable_payload()->PackFrom(changed);
  const absl::Status told = db::RunTransaction(
      database_.pool(), {}, [&](db::Transaction& tx) { return FollowVolunteer(tx, ids_, event, now_); });
  ASSERT_TRUE(told.ok()) << told;
  EXPECT_EQ(Moves(place), Lines{"CONFIRMED>CANCELLED system 不再参加志愿服务 0"});
}

TEST_F(RegistrationMovesTest, AHandoverIsMadeByWhoAcceptsIt) {
  const v1::Registration given = *SignUp(1, Published(1, 0).name());
  v1::CreateHandoverRequest propose;
  propose.set_parent(given.name());
  propose.mutable_handover()->set_taker_number("HT2");
  v1::AcceptHandoverRequest accept;
  accept.set_name(handovers_.CreateHandover(Person(1, now_), propose)->name());
  ASSERT_TRUE(handovers_.AcceptHandover(Person(2, now_), accept).ok());
  EXPECT_EQ(Moves(given), Lines{"CONFIRMED>SWAPPED " + two_ + "  0"});
}

TEST_F(RegistrationMovesTest, AllOfAShiftMoveTogether) {
  const v1::Shift served = Published(2, 1);
  const v1::Registration missing = *SignUp(1, served.name());
  const v1::Registration excused = *SignUp(2, served.name());
  const v1::Registration waiting = *SignUp(3, served.name());  // the place is passed on to him, too late
  v1::EndShiftRequest end;
  end.set_name(served.name());
  ASSERT_TRUE(attendance_.EndShift(Staff(kHead, start_ + absl::Hours(2)), end).ok());
  EXPECT_EQ(Moves(waiting), Lines{"WAITLISTED>LAPSED " + head_ + "  26"});
  v1::ConfirmShiftRequest confirm;
  confirm.set_name(served.name());
  ASSERT_TRUE(attendance_.ConfirmShift(Staff(kHead, start_ + absl::Hours(3)), confirm).ok());
  EXPECT_EQ(Moves(missing), Lines{"CONFIRMED>ABSENT " + head_ + "  27"});
  v1::ExcuseRegistrationRequest excuse;
  excuse.set_name(excused.name());
  excuse.set_reason("住院");
  ASSERT_TRUE(registrations_.ExcuseRegistration(Staff(kHead, start_ + absl::Hours(4)), excuse).ok());
  EXPECT_EQ(Moves(excused), (Lines{"CONFIRMED>ABSENT " + head_ + "  27", "ABSENT>EXCUSED " + head_ + " 住院 28"}));

  const v1::Shift called_off = PublishedAt(start_ + absl::Hours(5), absl::Hours(1), 1, 1);
  const v1::Registration had = *SignUp(3, called_off.name());
  const v1::Registration waited = *SignUp(4, called_off.name());
  ASSERT_TRUE(TryMove(called_off.activity(), M::MOVE_CANCEL, kHead, "下雨").ok());
  EXPECT_EQ(Moves(had), Lines{"CONFIRMED>CANCELLED " + head_ + " 下雨 0"});
  EXPECT_EQ(Moves(waited), Lines{"WAITLISTED>CANCELLED " + head_ + " 下雨 0"});
}

TEST_F(RegistrationMovesTest, OnlyThePersonAndStaffOfTheUnitReadThem) {
  const v1::Registration mine = *SignUp(1, Published(1, 0).name());
  ASSERT_TRUE(Cancel(mine, now_).ok());
  v1::GetRegistrationRequest get;
  get.set_name(mine.name());
  const auto staff = registrations_.GetRegistration(Staff(kHead, now_), get);
  ASSERT_TRUE(staff.ok()) << staff.status();
  EXPECT_EQ(staff->moves_size(), 1);
  EXPECT_TRUE(absl::IsPermissionDenied(registrations_.GetRegistration(Person(2, now_), get).status()));
  EXPECT_EQ(registrations_.ListMyRegistrations(Person(1, now_), {})->registrations(0).moves_size(), 0);
}

}  // namespace
}  // namespace wenming::activity
