#include "activity_svc/registrations/registrations_service.h"

#include <gtest/gtest.h>

#include <memory>
#include <vector>

#include "absl/synchronization/notification.h"
#include "activity_svc/names.h"
#include "activity_svc/registrations/offer_sweeper.h"
#include "common/errors/errors.h"
#include "tests/activity_svc/activity_fixture.h"

namespace wenming::activity {
namespace {

using R = v1::Registration;

class RegistrationsServiceTest : public ActivityTest {
 protected:
  RegistrationsServiceTest() {
    for (uint64_t id = 1; id <= 6; ++id) AddVolunteer(id);
  }
  absl::StatusOr<v1::Registration> Decline(const v1::Registration& registration) {
    v1::DeclineOfferRequest request;
    request.set_name(registration.name());
    return registrations_.DeclineOffer(Person(VolunteerOf(registration), now_), request);
  }
  // As the server calls it: through the binding.
  absl::StatusOr<R> AcceptBound(const v1::Registration& registration, absl::Time now) {
    struct Sink : rpc::AnswerSink {
      Sink(absl::StatusOr<R>& to, absl::Notification& notify) : answer(to), answered(notify) {}
      void Finish(const absl::Status& status, const rpc::Message* message) override {
        answer = message != nullptr ? absl::StatusOr<R>(static_cast<const R&>(*message)) : status;
        answered.Notify();
      }
      absl::StatusOr<R>& answer;
      absl::Notification& answered;
    };
    v1::AcceptOfferRequest request;
    request.set_name(registration.name());
    const rpc::Call call = Person(VolunteerOf(registration), now);
    absl::StatusOr<R> answer;
    absl::Notification answered;
    const rpc::Service bound = registrations_.Bind();
    for (const rpc::Method& method : bound.methods()) {
      if (method.descriptor->name() == "AcceptOffer") {
        method.async(call, request, std::make_unique<Sink>(answer, answered));
      }
    }
    answered.WaitForNotification();
    return answer;
  }
  void MoveAt(const v1::Shift& shift, v1::MoveActivityRequest::Move move, absl::Time now) {
    v1::MoveActivityRequest request;
    request.set_name(shift.activity());
    request.set_move(move);
    request.set_reason("下雨");
    const auto moved = activities_.MoveActivity(Staff(kHead, now), request);
    ASSERT_TRUE(moved.ok()) << moved.status();
  }
  std::vector<v1::Registration> SignUpAll(const v1::Shift& shift, uint64_t count) {
    std::vector<v1::Registration> registrations;
    for (uint64_t id = 1; id <= count; ++id) {
      auto registration = SignUp(id, shift.name());
      EXPECT_TRUE(registration.ok()) << registration.status();
      registrations.push_back(*std::move(registration));
    }
    return registrations;
  }
};

TEST_F(RegistrationsServiceTest, ConfirmedThenWaitlistedInOrderThenRefused) {
  const v1::Shift shift = Published(2, 2);
  const auto all = SignUpAll(shift, 4);
  EXPECT_EQ(all[0].state(), R::STATE_CONFIRMED);
  EXPECT_EQ(all[1].state(), R::STATE_CONFIRMED);
  EXPECT_EQ(all[1].waitlist_position(), 0);
  EXPECT_EQ(all[2].state(), R::STATE_WAITLISTED);
  EXPECT_EQ(all[2].waitlist_position(), 1);
  EXPECT_EQ(all[3].waitlist_position(), 2);
  EXPECT_EQ(all[0].volunteer_number(), "HT1");
  EXPECT_EQ(all[0].masked_name(), "王*明");
  EXPECT_EQ(ReasonOf(SignUp(5, shift.name())), type::REASON_SHIFT_FULL);
  EXPECT_EQ(GetShift(shift.name()).taken_count(), 2);
  EXPECT_EQ(GetShift(shift.name()).waitlisted_count(), 2);
  EXPECT_EQ(metrics_.confirmed.Value(), 2);
  EXPECT_EQ(metrics_.waitlisted.Value(), 2);
  EXPECT_EQ(metrics_.full.Value(), 1);
}

TEST_F(RegistrationsServiceTest, ARepeatedRequestChangesNothing) {
  const v1::Shift shift = Published(2, 0);
  const auto first = SignUp(1, shift.name(), "request-0001");
  const auto again = SignUp(1, shift.name(), "request-0001");
  ASSERT_TRUE(first.ok() && again.ok()) << again.status();
  EXPECT_EQ(first->SerializeAsString(), again->SerializeAsString());
  EXPECT_EQ(GetShift(shift.name()).taken_count(), 1);
  EXPECT_EQ(ReasonOf(SignUp(1, shift.name())), type::REASON_ALREADY_SIGNED_UP);
  EXPECT_EQ(metrics_.confirmed.Value(), 1);
}

TEST_F(RegistrationsServiceTest, RefusalsNameTheRule) {
  const v1::Activity draft = Draft();
  const v1::Shift unpublished = AddShift(draft.name(), start_, absl::Hours(1), 1, 0);
  EXPECT_EQ(ReasonOf(SignUp(1, unpublished.name())), type::REASON_ACTIVITY_NOT_OPEN);
  const v1::Shift shift = Published(5, 0);
  AddVolunteer(77, false);
  EXPECT_EQ(ReasonOf(SignUp(77, shift.name())), type::REASON_VOLUNTEER_NOT_ACTIVE);
  EXPECT_EQ(ReasonOf(SignUp(78, shift.name())), type::REASON_UNKNOWN_VOLUNTEER);
  EXPECT_EQ(ReasonOf(SignUp(1, ids::ResourceName("shifts", 0x999))), type::REASON_NOT_FOUND);
  EXPECT_EQ(ReasonOf(SignUp(1, PublishedAt(now_, absl::Hours(1), 5, 0).name())), type::REASON_SHIFT_STARTED);
  Move(shift.activity(), v1::MoveActivityRequest::MOVE_CLOSE, kHead);
  EXPECT_EQ(ReasonOf(SignUp(1, shift.name())), type::REASON_SIGN_UP_CLOSED);
  EXPECT_EQ(Number("SELECT COUNT(*) FROM registrations"), 0);
}

TEST_F(RegistrationsServiceTest, NobodyIsInTwoPlacesAtOnce) {
  const v1::Shift morning = PublishedAt(start_, absl::Hours(2), 5, 0);
  const v1::Shift overlapping = PublishedAt(start_ + absl::Hours(1), absl::Hours(2), 5, 0);
  const v1::Shift following = PublishedAt(start_ + absl::Hours(2), absl::Hours(2), 5, 0);
  ASSERT_TRUE(SignUp(1, morning.name()).ok());
  const auto refused = SignUp(1, overlapping.name());
  EXPECT_EQ(ReasonOf(refused), type::REASON_OVERLAPPING_SHIFT);
  EXPECT_NE(std::string(refused.status().message()).find(morning.name()), std::string::npos);
  EXPECT_TRUE(SignUp(1, following.name()).ok());
}

TEST_F(RegistrationsServiceTest, AFreedPlaceIsOfferedToTheFirstWhoWaits) {
  const v1::Shift shift = Published(1, 2);
  const auto all = SignUpAll(shift, 3);
  ASSERT_TRUE(Cancel(all[0], now_).ok());
  EXPECT_EQ(Get(all[0]).state(), R::STATE_CANCELLED);
  const v1::Registration offered = Get(all[1]);
  EXPECT_EQ(offered.state(), R::STATE_OFFERED);
  EXPECT_EQ(FromProto(offered.offer_expire_time()), now_ + absl::Hours(2));
  EXPECT_EQ(Get(all[2]).state(), R::STATE_WAITLISTED);
  EXPECT_EQ(GetShift(shift.name()).taken_count(), 1);
  EXPECT_EQ(GetShift(shift.name()).waitlisted_count(), 1);
  EXPECT_EQ(SignUp(4, shift.name())->state(), R::STATE_WAITLISTED);  // a place that is held is not free
  const auto accepted = Accept(all[1], now_ + absl::Minutes(119));
  ASSERT_TRUE(accepted.ok()) << accepted.status();
  EXPECT_EQ(accepted->state(), R::STATE_CONFIRMED);
  EXPECT_FALSE(accepted->has_offer_expire_time());
  EXPECT_TRUE(Accept(all[1], now_ + absl::Hours(3)).ok());  // a repetition
  EXPECT_EQ(metrics_.offered.Value(), 1);
  EXPECT_EQ(metrics_.accepted.Value(), 1);
}

TEST_F(RegistrationsServiceTest, ADeclinedOfferGoesToTheNextAndThenThePlaceIsFree) {
  const v1::Shift shift = Published(1, 2);
  const auto all = SignUpAll(shift, 3);
  ASSERT_TRUE(Cancel(all[0], now_).ok());
  ASSERT_TRUE(Decline(all[1]).ok());
  EXPECT_EQ(Get(all[1]).state(), R::STATE_LAPSED);
  EXPECT_EQ(Get(all[2]).state(), R::STATE_OFFERED);
  ASSERT_TRUE(Decline(all[2]).ok());
  ASSERT_TRUE(Decline(all[2]).ok());
  EXPECT_EQ(GetShift(shift.name()).taken_count(), 0);
  EXPECT_EQ(SignUp(2, shift.name())->state(), R::STATE_CONFIRMED);  // may come again
  EXPECT_EQ(ReasonOf(Decline(all[0])), type::REASON_MOVE_NOT_ALLOWED);
}

TEST_F(RegistrationsServiceTest, AnOfferThatWasTouchedTooLateGoesOn) {
  const v1::Shift shift = Published(1, 2);
  const auto all = SignUpAll(shift, 3);
  ASSERT_TRUE(Cancel(all[0], now_).ok());
  EXPECT_EQ(ReasonOf(Accept(all[1], now_ + absl::Hours(2))), type::REASON_OFFER_LAPSED);
  EXPECT_EQ(Get(all[1]).state(), R::STATE_LAPSED);
  EXPECT_EQ(Get(all[2]).state(), R::STATE_OFFERED);
  EXPECT_EQ(FromProto(Get(all[2]).offer_expire_time()), now_ + absl::Hours(4));
  EXPECT_EQ(ReasonOf(Accept(all[1], now_)), type::REASON_OFFER_LAPSED);
}

// It is refused, and yet it gives a place back: whoever comes after that answer is let in, whichever replica he asks.
TEST_F(RegistrationsServiceTest, AnOfferThatWasTouchedTooLateOpensTheShiftLikeACancellation) {
  RegistrationsService replica(dependencies_);
  const v1::Shift shift = Published(1, 1);
  const auto all = SignUpAll(shift, 2);
  ASSERT_TRUE(Cancel(all[0], now_).ok());
  ASSERT_TRUE(SignUp(3, shift.name()).ok());
  v1::CreateRegistrationRequest request;
  request.set_parent(shift.name());
  EXPECT_EQ(ReasonOf(SignUp(replica, Person(4, now_), request)), type::REASON_SHIFT_FULL);
  EXPECT_EQ(ReasonOf(AcceptBound(all[1], now_ + absl::Hours(2))), type::REASON_OFFER_LAPSED);
  const auto next = SignUp(replica, Person(5, now_), request);
  ASSERT_TRUE(next.ok()) << next.status();
  EXPECT_EQ(next->state(), R::STATE_WAITLISTED);
}

TEST_F(RegistrationsServiceTest, AShiftThatWasRemovedTakesNoRegistrationWithIt) {
  const v1::Shift shift = Published(1, 0);
  const auto registration = SignUpAll(shift, 1).front();
  ASSERT_TRUE(Cancel(registration, now_).ok());
  Move(shift.activity(), v1::MoveActivityRequest::MOVE_UNPUBLISH, kHead);
  v1::DeleteShiftRequest remove;
  remove.set_name(shift.name());
  ASSERT_TRUE(shifts_.DeleteShift(Staff(kHead, now_), remove).ok());
  v1::GetRegistrationRequest request;
  request.set_name(registration.name());
  const auto found = registrations_.GetRegistration(Person(1, now_), request);
  ASSERT_TRUE(found.ok()) << found.status();
  EXPECT_EQ(found->state(), R::STATE_CANCELLED);
  EXPECT_EQ(ReasonOf(registrations_.GetRegistration(Staff(kStranger, now_), request)), type::REASON_PERMISSION);
}

TEST_F(RegistrationsServiceTest, AcceptingChecksForOverlapsAgain) {
  const v1::Shift wanted = Published(1, 1);
  const v1::Shift meanwhile = Published(5, 0);
  const auto first = SignUp(1, wanted.name());
  const auto waits = SignUp(2, wanted.name());
  const auto elsewhere = SignUp(2, meanwhile.name());
  ASSERT_TRUE(waits.ok() && elsewhere.ok()) << elsewhere.status();
  ASSERT_TRUE(Cancel(*first, now_).ok());
  EXPECT_EQ(ReasonOf(Accept(*waits, now_)), type::REASON_OVERLAPPING_SHIFT);
  ASSERT_TRUE(Cancel(*elsewhere, now_).ok());
  EXPECT_TRUE(Accept(*waits, now_).ok());
  EXPECT_EQ(ReasonOf(SignUp(2, meanwhile.name())), type::REASON_OVERLAPPING_SHIFT);
}

TEST_F(RegistrationsServiceTest, LeavingTheListMovesNobody) {
  const v1::Shift shift = Published(1, 3);
  const auto all = SignUpAll(shift, 4);
  ASSERT_TRUE(Cancel(all[1], now_).ok());
  EXPECT_EQ(Get(all[2]).waitlist_position(), 2);
  EXPECT_EQ(SignUp(5, shift.name())->waitlist_position(), 4);
  ASSERT_TRUE(Cancel(all[0], now_).ok());
  EXPECT_EQ(Get(all[2]).state(), R::STATE_OFFERED);
}

TEST_F(RegistrationsServiceTest, WhoWasOfferedAPlaceIsTheFirstToBeOfferedOneAfterASuspension) {
  using M = v1::MoveActivityRequest;
  const v1::Shift shift = Published(2, 3);
  const auto all = SignUpAll(shift, 5);
  ASSERT_TRUE(Cancel(all[0], now_).ok());
  ASSERT_TRUE(TryMove(shift.activity(), M::MOVE_SUSPEND, kHead).ok());
  EXPECT_EQ(Get(all[2]).state(), R::STATE_WAITLISTED);
  EXPECT_EQ(Get(all[2]).waitlist_position(), all[2].waitlist_position());
  EXPECT_FALSE(Get(all[2]).has_offer_expire_time());
  EXPECT_EQ(GetShift(shift.name()).taken_count(), 1);
  EXPECT_EQ(GetShift(shift.name()).waitlisted_count(), 3);
  EXPECT_EQ(ReasonOf(Accept(all[2], now_)), type::REASON_ACTIVITY_NOT_OPEN);

  const absl::Time later = now_ + absl::Hours(2);
  ASSERT_TRUE(SweepOffers(database_.pool(), ids_, metrics_, later).ok());
  EXPECT_EQ(ReasonOf(Accept(all[2], later)), type::REASON_ACTIVITY_NOT_OPEN) << "the deadline went with the offer";
  EXPECT_EQ(Get(all[2]).state(), R::STATE_WAITLISTED);

  MoveAt(shift, M::MOVE_RESUME, later);
  EXPECT_EQ(Get(all[2]).state(), R::STATE_OFFERED);
  EXPECT_EQ(FromProto(Get(all[2]).offer_expire_time()), later + absl::Hours(2)) << "the whole time again";
  EXPECT_EQ(Get(all[3]).state(), R::STATE_WAITLISTED);
  EXPECT_EQ(GetShift(shift.name()).taken_count(), 2);
  EXPECT_EQ(GetShift(shift.name()).waitlisted_count(), 2);
  EXPECT_TRUE(Accept(all[2], later).ok());
}

// Whose time was over already, be it not swept yet, has lost the place before.
TEST_F(RegistrationsServiceTest, ASuspensionRevivesNoOfferThatHasLapsed) {
  using M = v1::MoveActivityRequest;
  const v1::Shift shift = Published(1, 2);
  const auto all = SignUpAll(shift, 3);
  ASSERT_TRUE(Cancel(all[0], now_).ok());
  const absl::Time due = now_ + absl::Hours(2);
  MoveAt(shift, M::MOVE_SUSPEND, due);
  ASSERT_TRUE(SweepOffers(database_.pool(), ids_, metrics_, due).ok());
  EXPECT_EQ(Get(all[1]).state(), R::STATE_LAPSED);
  EXPECT_EQ(Get(all[2]).state(), R::STATE_WAITLISTED) << "nothing is offered now";
  MoveAt(shift, M::MOVE_RESUME, due);
  EXPECT_EQ(Get(all[2]).state(), R::STATE_OFFERED);
}

TEST_F(RegistrationsServiceTest, NoPlaceChangesHandsWhileTheActivityIsSuspended) {
  using M = v1::MoveActivityRequest;
  const v1::Shift shift = Published(2, 3);
  const auto all = SignUpAll(shift, 5);
  ASSERT_TRUE(Cancel(all[0], now_).ok());
  ASSERT_TRUE(TryMove(shift.activity(), M::MOVE_SUSPEND, kHead).ok());
  ASSERT_TRUE(Cancel(all[1], now_).ok());
  ASSERT_TRUE(Cancel(all[2], now_).ok()) << "who waits may leave";
  EXPECT_EQ(Get(all[3]).state(), R::STATE_WAITLISTED);
  EXPECT_EQ(GetShift(shift.name()).taken_count(), 0);
  EXPECT_EQ(GetShift(shift.name()).waitlisted_count(), 2);
  Move(shift.activity(), M::MOVE_RESUME, kHead);
  EXPECT_EQ(Get(all[3]).state(), R::STATE_OFFERED);
  EXPECT_EQ(Get(all[4]).state(), R::STATE_OFFERED);
  EXPECT_EQ(GetShift(shift.name()).taken_count(), 2);
  EXPECT_EQ(GetShift(shift.name()).waitlisted_count(), 0);
  EXPECT_TRUE(Accept(all[3], now_).ok());
}

TEST_F(RegistrationsServiceTest, CancellingLateAndTooLate) {
  const v1::Shift shift = Published(3, 0);
  const auto all = SignUpAll(shift, 2);
  ASSERT_TRUE(Cancel(all[0], start_ - absl::Hours(2)).ok());
  EXPECT_EQ(Get(all[0]).state(), R::STATE_LATE_CANCELLED);
  EXPECT_TRUE(Cancel(all[0], start_ - absl::Hours(2)).ok());
  EXPECT_EQ(GetShift(shift.name()).taken_count(), 1);
  EXPECT_EQ(ReasonOf(Cancel(all[1], start_)), type::REASON_SHIFT_STARTED);
  v1::CancelRegistrationRequest request;
  request.set_name(all[1].name());
  EXPECT_EQ(ReasonOf(registrations_.CancelRegistration(Person(1, now_), request)), type::REASON_NOT_YOURS);
}

TEST_F(RegistrationsServiceTest, RosterAndOwnListAndWhoMaySeeThem) {
  const v1::Shift shift = Published(2, 3);
  const auto all = SignUpAll(shift, 5);
  ASSERT_TRUE(Cancel(all[2], now_).ok());
  v1::ListRegistrationsRequest request;
  request.set_parent(shift.name());
  request.set_page_size(2);
  std::vector<std::string> seen;
  do {
    const auto page = registrations_.ListRegistrations(Staff(kHead, now_), request);
    ASSERT_TRUE(page.ok()) << page.status();
    for (const auto& registration : page->registrations()) seen.push_back(registration.name());
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty());
  EXPECT_EQ(seen,
            (std::vector<std::string>{all[0].name(), all[1].name(), all[3].name(), all[4].name(), all[2].name()}));
  request.set_state(R::STATE_WAITLISTED);
  request.set_page_size(0);
  EXPECT_EQ(registrations_.ListRegistrations(Staff(kHead, now_), request)->registrations_size(), 2);
  EXPECT_EQ(ReasonOf(registrations_.ListRegistrations(Staff(kStranger, now_), request)), type::REASON_PERMISSION);
  v1::GetRegistrationRequest one;
  one.set_name(all[0].name());
  EXPECT_TRUE(registrations_.GetRegistration(Staff(kHead, now_), one).ok());
  EXPECT_EQ(ReasonOf(registrations_.GetRegistration(Staff(kStranger, now_), one)), type::REASON_PERMISSION);
  EXPECT_EQ(ReasonOf(registrations_.GetRegistration(Person(2, now_), one)), type::REASON_NOT_YOURS);
  ASSERT_TRUE(SignUp(3, shift.name()).ok());
  v1::ListMyRegistrationsRequest mine;
  mine.set_page_size(1);
  const auto newest = registrations_.ListMyRegistrations(Person(3, now_), mine);
  ASSERT_EQ(newest->registrations_size(), 1);
  EXPECT_EQ(newest->registrations(0).state(), R::STATE_WAITLISTED);
  mine.set_page_token(newest->next_page_token());
  const auto older = registrations_.ListMyRegistrations(Person(3, now_), mine);
  ASSERT_EQ(older->registrations_size(), 1);
  EXPECT_EQ(older->registrations(0).name(), all[2].name());
  EXPECT_EQ(older->next_page_token(), "");
}

}  // namespace
}  // namespace wenming::activity
