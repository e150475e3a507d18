#include "activity_svc/registrations/sign_up_desk.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <deque>

#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "common/db/transaction.h"
#include "common/errors/errors.h"
#include "tests/activity_svc/activity_fixture.h"

namespace wenming::activity {
namespace {

using R = v1::Registration;

struct Counting : db::PoolObserver {
  void Acquired(absl::Duration) override { ++acquired; }
  void Committed(absl::Duration) override { ++committed; }
  std::atomic<int> acquired = 0, committed = 0;
};

class SignUpDeskTest : public ActivityTest {
 protected:
  SignUpDeskTest() {
    for (uint64_t id = 1; id <= 120; ++id) AddVolunteer(id);
    auto pool = db::Pool::Open(test::Driver(), database_.options(), &counting_);
    EXPECT_TRUE(pool.ok()) << pool.status();
    pool_ = *std::move(pool);
  }

  // Sign-ups at a desk whose lane is busy until Release: its first transaction waits for a shift that is locked here.
  class BusyDesk {
   public:
    BusyDesk(SignUpDeskTest& test, SignUpDesk::Options options)
        : test_(test),
          blocker_(test.PublishedAt(test.start_ + absl::Hours(48), absl::Hours(1), 5, 0)),
          desk_(
              *test.pool_, test.ids_, test.trail_, full_, [](const Verdict&) {}, options),
          holder_([this] {
            const absl::Status held =
                db::RunTransaction(test_.database_.pool(), {}, [&](db::Transaction& tx) -> absl::Status {
                  const auto shift = LockShift(tx, kCenter, IdOf(blocker_.name()));
                  locked_.Notify();
                  release_.WaitForNotification();
                  return shift.status();
                });
            EXPECT_TRUE(held.ok()) << held;
          }) {
      locked_.WaitForNotification();
      const int before = test_.counting_.acquired;
      Ask(120, blocker_.name());
      while (test_.counting_.acquired == before) std::this_thread::yield();
    }

    void Ask(uint64_t volunteer_id, const std::string& shift, absl::Duration patience = absl::Minutes(1)) {
      rpc::Call& call = calls_.emplace_back(test_.Person(volunteer_id, test_.now_));
      call.arrival = test_.clock_();
      call.deadline = call.arrival + patience;
      v1::CreateRegistrationRequest& request = requests_.emplace_back();
      request.set_parent(shift);
      absl::StatusOr<R>& answer = answers_.emplace_back(absl::UnknownError("no answer"));
      desk_.SignUp(call, request, IdOf(shift), rpc::Reply<R>::To([this, &answer](auto given) {
                     absl::MutexLock lock(&mutex_);
                     answer = std::move(given);
                     ++answered_;
                   }));
    }

    // Lets the lane go on, and waits for all answers.
    void Release() {
      release_.Notify();
      holder_.join();
      AwaitAll();
    }
    void AwaitAll() {
      const auto all = [this] { return answered_ == answers_.size(); };
      absl::MutexLock lock(&mutex_, absl::Condition(&all));
    }
    size_t answered() {
      absl::MutexLock lock(&mutex_);
      return answered_;
    }
    // Of the i-th who asked, after the one that keeps the lane busy.
    const absl::StatusOr<R>& answer(size_t i) const { return answers_[i + 1]; }

   private:
    SignUpDeskTest& test_;
    const v1::Shift blocker_;
    absl::Notification locked_, release_;
    FullShifts full_;
    std::deque<rpc::Call> calls_;
    std::deque<v1::CreateRegistrationRequest> requests_;
    std::deque<absl::StatusOr<R>> answers_;
    absl::Mutex mutex_;
    size_t answered_ = 0;
    SignUpDesk desk_;
    std::thread holder_;
  };

  std::atomic<int> seconds_ahead_ = 0;
  const observe::Clock clock_ = [this] { return absl::Now() + absl::Seconds(seconds_ahead_.load()); };
  Counting counting_;
  std::unique_ptr<db::Pool> pool_;
};

TEST_F(SignUpDeskTest, ThoseWhoComeTogetherAreDecidedTogether) {
  const v1::Shift shift = Published(60, 20);
  BusyDesk desk(*this, {.lanes = 1, .clock = clock_});
  for (uint64_t id = 1; id <= 96; ++id) desk.Ask(id, shift.name());
  EXPECT_EQ(desk.answered(), 0u);
  const int before = counting_.committed;
  desk.Release();
  EXPECT_EQ(counting_.committed - before, 2) << "the one that kept the lane busy, and all the others";
  for (size_t i = 0; i < 96; ++i) {
    const type::Reason reason = ReasonOf(desk.answer(i));
    EXPECT_EQ(reason, i < 80 ? type::REASON_UNSPECIFIED : type::REASON_SHIFT_FULL) << i;
    if (!desk.answer(i).ok()) continue;
    EXPECT_EQ(desk.answer(i)->waitlist_position(), std::max<int64_t>(0, static_cast<int64_t>(i) - 59)) << i;
  }
  EXPECT_EQ(GetShift(shift.name()).taken_count(), 60);
}

TEST_F(SignUpDeskTest, ABatchIsBounded) {
  const v1::Shift shift = Published(60, 0);
  BusyDesk desk(*this, {.lanes = 1, .batch = 10, .clock = clock_});
  // 8 are as many of 10 as a single insert takes.
  for (uint64_t id = 1; id <= 24; ++id) desk.Ask(id, shift.name());
  const int before = counting_.committed;
  desk.Release();
  EXPECT_EQ(counting_.committed - before, 4);
}

TEST_F(SignUpDeskTest, WhoseDeadlinePassedInTheQueueIsNotSignedUp) {
  const v1::Shift shift = Published(5, 0);
  BusyDesk desk(*this, {.lanes = 1, .clock = clock_});
  desk.Ask(1, shift.name(), absl::Minutes(10));
  desk.Ask(2, shift.name());
  seconds_ahead_ = 61;
  desk.Release();
  EXPECT_TRUE(desk.answer(0).ok()) << desk.answer(0).status();
  EXPECT_TRUE(absl::IsDeadlineExceeded(desk.answer(1).status())) << desk.answer(1).status();
  EXPECT_EQ(Number("SELECT COUNT(*) FROM registrations WHERE volunteer_id = 2"), 0);
  EXPECT_EQ(GetShift(shift.name()).taken_count(), 1);
}

TEST_F(SignUpDeskTest, WhoHasWaitedForMoreThanHalfOfHisTimeIsNotSignedUp) {
  const v1::Shift shift = Published(5, 0);
  BusyDesk desk(*this, {.lanes = 1, .clock = clock_});
  desk.Ask(1, shift.name(), absl::Minutes(10));
  desk.Ask(2, shift.name(), absl::Minutes(3));
  seconds_ahead_ = 100;
  desk.Release();
  EXPECT_TRUE(desk.answer(0).ok()) << desk.answer(0).status();
  EXPECT_EQ(desk.answer(1).status(), errors::Overloaded(absl::Seconds(1)));
  EXPECT_EQ(GetShift(shift.name()).taken_count(), 1);
}

TEST_F(SignUpDeskTest, WhoWouldWaitForTooLongIsRefusedAtOnce) {
  const v1::Shift shift = Published(5, 0);
  BusyDesk desk(*this, {.lanes = 1, .clock = clock_});
  // What has lasted for 100 s may last for 100 s more.
  seconds_ahead_ = 100;
  desk.Ask(1, shift.name(), absl::Minutes(4));
  EXPECT_EQ(desk.answered(), 1u);
  EXPECT_EQ(desk.answer(0).status(), errors::Overloaded(absl::Seconds(10)));
  desk.Ask(1, shift.name(), absl::Minutes(6));
  desk.Release();
  EXPECT_TRUE(desk.answer(1).ok()) << desk.answer(1).status();
  EXPECT_EQ(GetShift(shift.name()).taken_count(), 1);
  // A lane that is idle takes everybody, however long the last batch took.
  desk.Ask(2, shift.name(), absl::Seconds(20));
  desk.AwaitAll();
  EXPECT_TRUE(desk.answer(2).ok()) << desk.answer(2).status();
}

// The same requests to two replicas at once, again and again: each is answered, and alike by both.
TEST_F(SignUpDeskTest, TheSameRequestsAtTwoReplicasHaveOneAnswerEach) {
  const v1::Shift shift = Published(100, 0);
  RegistrationsService replica(dependencies_);
  std::vector<absl::StatusOr<R>> answers(4 * 40, absl::UnknownError("no answer"));
  std::vector<std::thread> phones;
  for (size_t phone = 0; phone < 4; ++phone) {
    phones.emplace_back([&, phone] {
      for (size_t i = 0; i < 40; ++i) {
        // Half of them in the opposite order.
        const size_t person = phone < 2 ? i : 39 - i;
        v1::CreateRegistrationRequest request;
        request.set_parent(shift.name());
        request.set_request_id("request-of-all");
        RegistrationsService& service = phone % 2 == 0 ? registrations_ : replica;
        answers[phone * 40 + person] = SignUp(service, Person(person + 1, now_), request);
      }
    });
  }
  for (std::thread& phone : phones) phone.join();
  for (size_t i = 0; i < answers.size(); ++i) {
    ASSERT_TRUE(answers[i].ok()) << answers[i].status();
    EXPECT_EQ(answers[i]->name(), answers[i % 40]->name());
  }
  EXPECT_EQ(GetShift(shift.name()).taken_count(), 40);
}

TEST_F(SignUpDeskTest, AFullQueueIsSaidAtOnce) {
  const v1::Shift shift = Published(5, 0);
  BusyDesk desk(*this, {.lanes = 1, .queue = 2, .clock = clock_});
  for (uint64_t id = 1; id <= 3; ++id) desk.Ask(id, shift.name());
  EXPECT_TRUE(absl::IsResourceExhausted(desk.answer(2).status())) << desk.answer(2).status();
  desk.Release();
  EXPECT_TRUE(desk.answer(0).ok());
  EXPECT_TRUE(desk.answer(1).ok());
}

// Calls a method as the server does: through its binding.
absl::StatusOr<R> CallBound(RegistrationsService& service, const std::string& name, const rpc::Call& call,
                            const rpc::Message& request) {
  struct Sink : rpc::AnswerSink {
    Sink(absl::StatusOr<R>& to, absl::Notification& notify) : answer(to), answered(notify) {}
    void Finish(const absl::Status& status, const rpc::Message* message) override {
      if (message != nullptr) {
        answer = static_cast<const R&>(*message);
      } else {
        answer = status;
      }
      answered.Notify();
    }
    absl::StatusOr<R>& answer;
    absl::Notification& answered;
  };
  absl::StatusOr<R> answer;
  absl::Notification answered;
  const rpc::Service bound = service.Bind();
  for (const rpc::Method& method : bound.methods()) {
    if (method.descriptor->name() == name) method.async(call, request, std::make_unique<Sink>(answer, answered));
  }
  answered.WaitForNotification();
  return answer;
}

class FullShiftTest : public SignUpDeskTest {
 protected:
  absl::StatusOr<R> Ask(RegistrationsService& service, uint64_t volunteer_id, const std::string& shift,
                        const std::string& request_id = "") {
    v1::CreateRegistrationRequest request;
    request.set_parent(shift);
    request.set_request_id(request_id);
    return SignUp(service, Person(volunteer_id, now_), request);
  }

  absl::StatusOr<R> CancelBound(RegistrationsService& service, const R& registration) {
    v1::CancelRegistrationRequest request;
    request.set_name(registration.name());
    return CallBound(service, "CancelRegistration", Person(VolunteerOf(registration), now_), request);
  }

  Moment moment_ = Moment() + std::chrono::hours(1);
};

TEST_F(FullShiftTest, IsRefusedFromMemoryWithoutTheDatabase) {
  const Dependencies dependencies{*pool_, ids_, trail_, pager_, codes_, metrics_};
  RegistrationsService service(dependencies, [this] { return moment_; });
  const v1::Shift shift = Published(1, 1);
  const auto first = Ask(service, 1, shift.name(), "request-a");
  ASSERT_TRUE(first.ok() && Ask(service, 2, shift.name()).ok());
  EXPECT_EQ(ReasonOf(Ask(service, 3, shift.name())), type::REASON_SHIFT_FULL);
  const int asked = counting_.acquired;
  for (uint64_t id = 3; id <= 100; ++id) EXPECT_EQ(ReasonOf(Ask(service, id, shift.name())), type::REASON_SHIFT_FULL);
  EXPECT_EQ(counting_.acquired, asked);
  // Whoever is in the shift is answered as ever.
  const auto again = Ask(service, 1, shift.name(), "request-a");
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->name(), first->name());
  EXPECT_EQ(ReasonOf(Ask(service, 2, shift.name())), type::REASON_ALREADY_SIGNED_UP);
  EXPECT_GT(counting_.acquired, asked);
  // What was remembered is asked for again in time.
  const int later = counting_.acquired;
  moment_ += FullShifts::kHolds;
  EXPECT_EQ(ReasonOf(Ask(service, 3, shift.name())), type::REASON_SHIFT_FULL);
  EXPECT_EQ(counting_.acquired, later + 1);
}

TEST_F(FullShiftTest, IsOpenOnEitherReplicaOnceACancellationWasAnswered) {
  RegistrationsService replica(dependencies_);
  const v1::Shift shift = Published(1, 0);
  auto holder = Ask(registrations_, 1, shift.name());
  for (uint64_t next = 2; next <= 31; ++next) {
    ASSERT_TRUE(holder.ok()) << holder.status();
    RegistrationsService& other = next % 2 == 0 ? replica : registrations_;
    EXPECT_EQ(ReasonOf(Ask(other, 100, shift.name())), type::REASON_SHIFT_FULL);
    const auto cancelled = CancelBound(next % 3 == 0 ? replica : registrations_, *holder);
    ASSERT_TRUE(cancelled.ok()) << cancelled.status();
    holder = Ask(other, next, shift.name());
  }
  EXPECT_TRUE(holder.ok()) << holder.status();
}

// That the wait before the answer is what makes it so: without it the other replica still believes what it has read.
TEST_F(FullShiftTest, WouldBeRefusedIfTheCancellationWereAnsweredAtOnce) {
  RegistrationsService replica(dependencies_, [this] { return moment_; });
  const v1::Shift shift = Published(1, 0);
  const auto holder = Ask(registrations_, 1, shift.name());
  EXPECT_EQ(ReasonOf(Ask(replica, 100, shift.name())), type::REASON_SHIFT_FULL);
  ASSERT_TRUE(Cancel(*holder, now_).ok());
  EXPECT_EQ(ReasonOf(Ask(replica, 2, shift.name())), type::REASON_SHIFT_FULL);
  moment_ += FullShifts::kHolds;
  EXPECT_TRUE(Ask(replica, 2, shift.name()).ok());
}

TEST_F(FullShiftTest, AnAnswerThatMayFreeAPlaceIsHeld) {
  const v1::Shift shift = Published(1, 0);
  const auto holder = Ask(registrations_, 1, shift.name());
  for (int i = 0; i < 2; ++i) {  // the repetition has to wait too: the first answer may have been lost
    const Moment begin = std::chrono::steady_clock::now();
    ASSERT_TRUE(CancelBound(registrations_, *holder).ok());
    EXPECT_GE(std::chrono::steady_clock::now() - begin, HeldAnswers::kHeld);
  }
}

}  // namespace
}  // namespace wenming::activity
