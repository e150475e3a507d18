// Sign-ups decided together, as a list: each as if it had come alone, in the order in which they came.
#include "activity_svc/registrations/sign_up_batch.h"

#include <gmock/gmock.h>

#include <cstdlib>
#include <deque>
#include <random>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "common/db/errors.h"
#include "common/db/transaction.h"
#include "common/idempotency/idempotency.h"
#include "common/ids/fingerprint.h"
#include "tests/activity_svc/activity_fixture.h"

namespace wenming::activity {
namespace {

using R = v1::Registration;

class SignUpBatchTest : public ActivityTest {
 protected:
  SignUpBatchTest() {
    for (uint64_t id = 1; id <= 40; ++id) AddVolunteer(id);
  }

  void Ask(uint64_t volunteer_id, const std::string& shift, const std::string& request_id = "") {
    calls_.push_back(Person(volunteer_id, now_));
    v1::CreateRegistrationRequest& request = requests_.emplace_back();
    request.set_parent(shift);
    request.set_request_id(request_id);
    Applicant applicant{
        .call = &calls_.back(), .request = &request, .sign_up = {ids_.Next(), IdOf(shift), volunteer_id, now_}};
    if (!request_id.empty()) {
      applicant.request_key =
          idempotency::KeyOf({kCenter, calls_.back().caller.subject, calls_.back().method, request_id});
      applicant.fingerprint = ids::Fingerprint(request);
    }
    applicants_.push_back(std::move(applicant));
  }

  absl::StatusOr<Verdicts> Decide(const Before& before = {}) {
    return db::RunTransaction(database_.pool(), {}, [&](db::Transaction& tx) {
      return DecideTogether(tx, trail_, kCenter, applicants_, before, [this] { return locked_time_; });
    });
  }

  // A reason each, UNSPECIFIED for success.
  std::vector<type::Reason> Reasons(const absl::StatusOr<Verdicts>& verdicts) {
    EXPECT_TRUE(verdicts.ok()) << verdicts.status();
    std::vector<type::Reason> reasons;
    for (const Verdict& verdict : verdicts->of) reasons.push_back(errors::ReasonOf(verdict.answer.status()));
    return reasons;
  }

  void NextBatch() { applicants_.clear(); }

  std::deque<rpc::Call> calls_;
  std::deque<v1::CreateRegistrationRequest> requests_;
  std::vector<Applicant> applicants_;
  absl::Time locked_time_ = absl::InfinitePast();  // when the locks are held
};

constexpr auto kNone = type::REASON_UNSPECIFIED;

TEST_F(SignUpBatchTest, PlacesThenTheWaitingListInOrderThenNobody) {
  const v1::Shift shift = Published(2, 2);
  for (uint64_t id = 1; id <= 6; ++id) Ask(id, shift.name());
  const auto verdicts = Decide();
  EXPECT_THAT(Reasons(verdicts),
              testing::ElementsAre(kNone, kNone, kNone, kNone, type::REASON_SHIFT_FULL, type::REASON_SHIFT_FULL));
  std::vector<int64_t> positions;
  for (size_t i = 0; i < 4; ++i) positions.push_back(verdicts->of[i].answer->waitlist_position());
  EXPECT_THAT(positions, testing::ElementsAre(0, 0, 1, 2));
  const v1::Shift now = GetShift(shift.name());
  EXPECT_EQ(now.taken_count(), 2);
  EXPECT_EQ(now.waitlisted_count(), 2);
  ASSERT_EQ(verdicts->full.size(), 1u);
  EXPECT_THAT(verdicts->full[0].second, testing::ElementsAre(1, 2, 3, 4));
  EXPECT_EQ(Number("SELECT COUNT(*) FROM audit_pending WHERE object LIKE 'registrations/%'"), 4);
}

TEST_F(SignUpBatchTest, ARefusalIsOnesOwnAffair) {
  const v1::Shift shift = Published(5, 0);
  AddVolunteer(50, /*active=*/false);
  Ask(1, shift.name());
  Ask(50, shift.name());
  Ask(99, shift.name());
  Ask(2, ids::ResourceName("shifts", 12345));
  Ask(3, shift.name());
  const auto verdicts = Decide();
  EXPECT_THAT(Reasons(verdicts), testing::ElementsAre(kNone, type::REASON_VOLUNTEER_NOT_ACTIVE,
                                                      type::REASON_UNKNOWN_VOLUNTEER, type::REASON_NOT_FOUND, kNone));
  EXPECT_EQ(GetShift(shift.name()).taken_count(), 2);
}

TEST_F(SignUpBatchTest, OnePersonInOneBatchIsDecidedOneAfterAnother) {
  const v1::Shift shift = Published(5, 0);
  const v1::Shift overlapping = PublishedAt(start_ + absl::Hours(1), absl::Hours(2), 5, 0);
  const v1::Shift after = PublishedAt(start_ + absl::Hours(2), absl::Hours(2), 5, 0);
  Ask(1, shift.name(), "request-a");
  Ask(1, overlapping.name());
  Ask(1, shift.name());
  Ask(1, shift.name(), "request-a");
  Ask(1, after.name(), "request-a");
  Ask(1, after.name());
  const auto verdicts = Decide();
  EXPECT_THAT(Reasons(verdicts),
              testing::ElementsAre(kNone, type::REASON_OVERLAPPING_SHIFT, type::REASON_ALREADY_SIGNED_UP, kNone,
                                   type::REASON_REQUEST_ID_REUSED, kNone));
  EXPECT_EQ(verdicts->of[0].answer->SerializeAsString(), verdicts->of[3].answer->SerializeAsString());
  EXPECT_FALSE(verdicts->of[0].repeated);
  EXPECT_TRUE(verdicts->of[3].repeated);
  EXPECT_EQ(Number("SELECT COUNT(*) FROM registrations"), 2);
}

// Whoever waits for one shift and has a place in another at that time is told both, and what he asked for first.
TEST_F(SignUpBatchTest, WhatIsToldFirstDoesNotDependOnTheOrderOfSignUps) {
  const v1::Shift early = Published(5, 0);
  const v1::Shift late = PublishedAt(start_ + absl::Hours(1), absl::Hours(2), 1, 5);
  Ask(2, late.name());
  Ask(1, late.name());
  Ask(1, early.name());
  Ask(1, late.name());
  EXPECT_THAT(Reasons(Decide()), testing::ElementsAre(kNone, kNone, kNone, type::REASON_ALREADY_SIGNED_UP));
  NextBatch();
  Ask(1, late.name());
  EXPECT_THAT(Reasons(Decide()), testing::ElementsAre(type::REASON_ALREADY_SIGNED_UP));
}

TEST_F(SignUpBatchTest, ARepeatedRequestIsAnsweredAsBefore) {
  const v1::Shift shift = Published(5, 0);
  Ask(1, shift.name(), "request-a");
  const auto first = Decide();
  ASSERT_TRUE(first.ok() && first->of[0].answer.ok());
  NextBatch();
  Ask(2, shift.name(), "request-b");
  Ask(1, shift.name(), "request-a");
  const auto second = Decide();
  EXPECT_THAT(Reasons(second), testing::ElementsAre(kNone, kNone));
  EXPECT_EQ(second->of[1].answer->SerializeAsString(), first->of[0].answer->SerializeAsString());
  EXPECT_TRUE(second->of[1].repeated);
  // Gone meanwhile, and so no rule stands against him: then the key of the request does.
  ASSERT_TRUE(Cancel(*first->of[0].answer, now_).ok());
  EXPECT_TRUE(db::IsDuplicateKey(Decide().status(), "PRIMARY"));
  NextBatch();
  Ask(3, shift.name(), "request-c");
  Ask(1, shift.name(), "request-a");
  const auto third = Decide({.request_id_known = true});
  EXPECT_THAT(Reasons(third), testing::ElementsAre(kNone, kNone));
  EXPECT_EQ(third->of[1].answer->SerializeAsString(), first->of[0].answer->SerializeAsString());
  EXPECT_EQ(GetShift(shift.name()).taken_count(), 2) << "2 and 3";
}

// The connection was lost during COMMIT: whether it took place or not, running again answers the same, once.
TEST_F(SignUpBatchTest, RunningAgainAfterAnUnknownCommitChangesNothing) {
  const v1::Shift shift = Published(1, 1);
  Ask(1, shift.name(), "request-a");
  Ask(2, shift.name());
  Ask(3, shift.name());
  const auto first = Decide();
  const int64_t records = Number("SELECT COUNT(*) FROM audit_pending");
  const auto again = Decide({.perhaps_committed = true});
  EXPECT_EQ(Reasons(again), Reasons(first));
  for (size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(again->of[i].answer->SerializeAsString(), first->of[i].answer->SerializeAsString()) << i;
  }
  EXPECT_EQ(Number("SELECT COUNT(*) FROM registrations"), 2);
  EXPECT_EQ(Number("SELECT COUNT(*) FROM audit_pending"), records);
  // Even when the place was passed on in the meantime.
  ASSERT_TRUE(Cancel(*first->of[0].answer, now_).ok());
  const auto later = Decide({.perhaps_committed = true});
  ASSERT_TRUE(later.ok()) << later.status();
  for (size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(later->of[i].answer->SerializeAsString(), first->of[i].answer->SerializeAsString()) << i;
  }
}

// The connection was lost at a COMMIT that was still going on: the next run waits for its locks, and then sees it.
TEST_F(SignUpBatchTest, SeesWhatWasCommittedWhileItWaited) {
  const v1::Shift shift = Published(2, 0);
  Ask(1, shift.name());
  absl::Notification decided, commit;
  absl::StatusOr<Verdicts> first;
  std::thread lost([&] {
    first = db::RunTransaction(database_.pool(), {}, [&](db::Transaction& tx) {
      auto verdicts = DecideTogether(tx, trail_, kCenter, applicants_, {}, [] { return absl::InfinitePast(); });
      decided.Notify();
      commit.WaitForNotification();
      return verdicts;
    });
  });
  decided.WaitForNotification();
  absl::StatusOr<Verdicts> again;
  std::thread next([&] { again = Decide({.perhaps_committed = true}); });
  while (Number("SELECT COUNT(*) FROM information_schema.processlist WHERE db = DATABASE() AND info LIKE '%FOR UPDATE'"
                " AND info NOT LIKE '%processlist%'") == 0) {
    std::this_thread::yield();
  }
  commit.Notify();
  lost.join();
  next.join();
  ASSERT_TRUE(first.ok() && first->of[0].answer.ok());
  ASSERT_TRUE(again.ok()) << again.status();
  ASSERT_TRUE(again->of[0].answer.ok()) << again->of[0].answer.status();
  EXPECT_EQ(again->of[0].answer->SerializeAsString(), first->of[0].answer->SerializeAsString());
}

TEST_F(SignUpBatchTest, WhoseTimeWentByBeforeTheLocksWereHeldIsNotSignedUp) {
  const v1::Shift shift = Published(2, 0);
  for (uint64_t id = 1; id <= 3; ++id) Ask(id, shift.name());
  calls_[0].deadline = now_;
  calls_[1].arrival = calls_[2].arrival = now_ - absl::Seconds(8);
  calls_[1].deadline = now_ + absl::Seconds(3);
  calls_[2].deadline = now_ + absl::Seconds(2);
  locked_time_ = now_;
  const auto verdicts = Decide();
  ASSERT_TRUE(verdicts.ok()) << verdicts.status();
  EXPECT_TRUE(absl::IsDeadlineExceeded(verdicts->of[0].answer.status()));
  EXPECT_TRUE(verdicts->of[1].answer.ok());
  EXPECT_EQ(ReasonOf(verdicts->of[2].answer), type::REASON_OVERLOADED);
  EXPECT_EQ(Number("SELECT COUNT(*) FROM registrations"), 1);
}

TEST_F(SignUpBatchTest, ARefusedRequestLeavesItsIdToTheNext) {
  const v1::Shift full = Published(1, 0);
  const v1::Shift other = PublishedAt(start_ + absl::Hours(4), absl::Hours(2), 5, 0);
  Ask(1, full.name());
  Ask(2, full.name(), "request-a");
  Ask(2, other.name(), "request-a");
  EXPECT_THAT(Reasons(Decide()), testing::ElementsAre(kNone, type::REASON_SHIFT_FULL, kNone));
}

// One batch against the same sign-ups in batches of one, on twin shifts.
TEST_F(SignUpBatchTest, TogetherIsLikeOneAfterAnother) {
  const char* given = std::getenv("WENMING_TEST_SEED");
  const auto seed = given != nullptr ? static_cast<unsigned>(std::strtoul(given, nullptr, 10)) : std::random_device()();
  SCOPED_TRACE(absl::StrCat("repeat with WENMING_TEST_SEED=", seed));
  std::mt19937 random(seed);
  const auto pick = [&random](int n) { return std::uniform_int_distribution<int>(0, n - 1)(random); };
  for (uint64_t id = 101; id <= 140; ++id) AddVolunteer(id);
  std::vector<std::string> shifts, twins;
  for (int i = 0; i < 4; ++i) {
    for (auto* list : {&shifts, &twins}) {
      list->push_back(PublishedAt(start_ + absl::Hours(i), absl::Hours(2), 3 + i, 2 * i).name());
    }
  }
  std::vector<type::Reason> alone;
  std::vector<std::tuple<uint64_t, size_t, std::string>> asked;
  for (int i = 0; i < 120; ++i) {
    const auto person = static_cast<uint64_t>(1 + pick(40));
    const auto shift = static_cast<size_t>(pick(4));
    asked.emplace_back(person, shift, pick(2) == 0 ? "" : absl::StrCat("request-", pick(3)));
  }
  for (const auto& [person, shift, request_id] : asked) {
    NextBatch();
    Ask(person, shifts[shift], request_id);
    auto verdicts = Decide();
    if (db::IsDuplicateKey(verdicts.status())) verdicts = Decide({.request_id_known = true});
    alone.push_back(Reasons(verdicts).front());
  }
  NextBatch();
  for (const auto& [person, shift, request_id] : asked) Ask(100 + person, twins[shift], request_id);
  const std::vector<type::Reason> together = Reasons(Decide());
  for (size_t i = 0; i < asked.size(); ++i) {
    const auto& [person, shift, request_id] = asked[i];
    EXPECT_EQ(together[i], alone[i]) << "sign-up " << i << ": " << person << ", shift " << shift << ", " << request_id;
  }
  for (size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(GetShift(shifts[i]).taken_count(), GetShift(twins[i]).taken_count());
    EXPECT_EQ(GetShift(shifts[i]).waitlisted_count(), GetShift(twins[i]).waitlisted_count());
  }
}

}  // namespace
}  // namespace wenming::activity
