// Sixty-four people's phones at once, on two replicas, on one shift of fifty places, against the invariants of
// domain.md: never more people than places, what was acknowledged is there, the waiting list is served in order, nobody
// in two places at once.
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <iostream>
#include <map>
#include <mutex>
#include <random>
#include <set>
#include <thread>
#include <vector>

#include "common/errors/errors.h"
#include "tests/activity_svc/activity_fixture.h"
#include "tests/activity_svc/registrations/history_checker.h"

namespace wenming::activity {
namespace {

using R = v1::Registration;

constexpr int kThreads = 64;
constexpr uint64_t kPeople = 160;
constexpr int kPlaces = 50;
constexpr int kWaiting = 60;
constexpr int kSteps = 40;

class RushTest : public ActivityTest {
 protected:
  RushTest() : ActivityTest(16) {
    for (uint64_t id = 1; id <= kPeople; ++id) AddVolunteer(id);
  }

  // What one phone does, again and again: sign up (sometimes twice with one id), cancel, answer an offer.
  void Play(unsigned seed, RegistrationsService& service, const std::vector<std::string>& shifts) {
    std::mt19937 random(seed);
    const auto pick = [&random](size_t n) { return std::uniform_int_distribution<size_t>(0, n - 1)(random); };
    for (int step = 0; step < kSteps; ++step) {
      const uint64_t person = 1 + pick(kPeople);
      if (pick(3) != 0) {
        // Few ids for each person, so that different threads send the same request at the same time.
        const size_t shift = pick(shifts.size());
        const std::string request_id =
            "request-" + std::to_string(person) + "-" + std::to_string(shift) + "-" + std::to_string(pick(3));
        v1::CreateRegistrationRequest request;
        request.set_parent(shifts[shift]);
        request.set_request_id(request_id);
        Record(request_id, SignUp(service, Person(person, now_), request));
        if (pick(4) == 0) Record(request_id, SignUp(service, Person(person, now_), request));
      } else {
        AnswerOrCancel(person, pick(4));
      }
    }
  }

  void AnswerOrCancel(uint64_t person, size_t what) {
    v1::ListMyRegistrationsRequest request;
    const auto mine = registrations_.ListMyRegistrations(Person(person, now_), request);
    ASSERT_TRUE(mine.ok()) << mine.status();
    for (const auto& registration : mine->registrations()) {
      if (registration.state() == R::STATE_OFFERED && what != 0) {
        Expected(Accept(registration, now_).status());
      } else if (what <= 1 &&
                 (registration.state() == R::STATE_CONFIRMED || registration.state() == R::STATE_WAITLISTED)) {
        Expected(Cancel(registration, now_).status());
        return;
      }
    }
  }

  void Record(const std::string& request_id, const absl::StatusOr<v1::Registration>& answer) {
    Expected(answer.status());
    if (!answer.ok()) return;
    const std::lock_guard lock(mutex_);
    const auto [at, fresh] = acknowledged_.emplace(request_id, answer->name());
    EXPECT_EQ(at->second, answer->name()) << "one request, two answers";
  }

  // Rules may refuse; nothing may fail.
  void Expected(const absl::Status& status) {
    EXPECT_TRUE(status.ok() || absl::IsFailedPrecondition(status) || absl::IsAlreadyExists(status)) << status;
  }

  // A second process would differ in nothing that matters here: it shares the database only.
  RegistrationsService replica_{dependencies_};
  std::mutex mutex_;
  std::map<std::string, std::string> acknowledged_;  // request id → registration
};

TEST_F(RushTest, InvariantsHoldAtEveryCommittedPointAndAtTheEnd) {
  const char* given = std::getenv("WENMING_TEST_SEED");
  const auto seed = given != nullptr ? static_cast<unsigned>(std::strtoul(given, nullptr, 10)) : std::random_device()();
  std::cout << "repeat with WENMING_TEST_SEED=" << seed << "\n";
  const std::vector<std::string> shifts = {PublishedAt(start_, absl::Hours(2), kPlaces, kWaiting).name(),
                                           PublishedAt(start_ + absl::Hours(1), absl::Hours(2), 20, 10).name()};
  HistoryChecker checker(database_.pool(), kCenter);
  std::atomic<bool> over = false;
  std::thread observer([&] {
    do {
      for (const std::string& fault : checker.FaultsNow()) ADD_FAILURE() << fault;
    } while (!over);
  });
  std::vector<std::thread> phones;
  for (unsigned i = 0; i < kThreads; ++i) {
    phones.emplace_back([this, i, seed, &shifts] { Play(seed + i, i % 2 == 0 ? registrations_ : replica_, shifts); });
  }
  for (std::thread& phone : phones) phone.join();
  over = true;
  observer.join();

  for (const std::string& fault : checker.FaultsNow()) ADD_FAILURE() << fault;
  std::set<uint64_t> acknowledged;
  for (const auto& [request_id, name] : acknowledged_) {
    EXPECT_TRUE(acknowledged.insert(IdOf(name)).second) << "two requests, one registration: " << name;
  }
  for (const std::string& fault : checker.FaultsAfter(acknowledged)) ADD_FAILURE() << fault;
  EXPECT_GT(checker.looks(), 10);
  // Not everything was refused: the shift is in use, and places changed hands.
  EXPECT_GT(metrics_.confirmed.Value(), kPlaces);
  EXPECT_GT(metrics_.waitlisted.Value(), 0);
  EXPECT_GT(metrics_.accepted.Value(), 0);
}

// The checker itself must be able to fail: each invariant is broken on purpose.
TEST_F(RushTest, TheCheckerFindsEachFault) {
  const v1::Shift first = PublishedAt(start_, absl::Hours(2), 2, 5);
  const v1::Shift second = PublishedAt(start_ + absl::Hours(1), absl::Hours(2), 2, 5);
  const auto place = SignUp(1, first.name());
  ASSERT_TRUE(place.ok());
  for (uint64_t id = 2; id <= 5; ++id) ASSERT_TRUE(SignUp(id, first.name()).ok());
  const auto other = SignUp(6, second.name());
  ASSERT_TRUE(other.ok());
  HistoryChecker checker(database_.pool(), kCenter);
  EXPECT_TRUE(checker.FaultsNow().empty());
  EXPECT_TRUE(checker.FaultsAfter({IdOf(other->name())}).empty());
  EXPECT_EQ(checker.FaultsAfter({0x999}).size(), 1u) << "an acknowledged sign-up is missing";
  const std::string in_schema = database_.schema() + ".";
  const auto spoil = [&](const std::string& sql, const std::string& mend, bool now) {
    database_.Administer(sql);
    EXPECT_FALSE(now ? checker.FaultsNow().empty() : checker.FaultsAfter({}).empty()) << sql;
    database_.Administer(mend);
    EXPECT_TRUE(checker.FaultsNow().empty() && checker.FaultsAfter({}).empty()) << mend;
  };
  spoil("UPDATE " + in_schema + "registrations SET state = 1 WHERE waitlist_position = 1",
        "UPDATE " + in_schema + "registrations SET state = 2 WHERE waitlist_position = 1", true);
  spoil("UPDATE " + in_schema + "shifts SET taken_count = 1 WHERE taken_count = 2",
        "UPDATE " + in_schema + "shifts SET taken_count = 2 WHERE taken_count = 1 AND waitlisted_count > 0", true);
  const std::string six = std::to_string(IdOf(other->name()));
  spoil("UPDATE " + in_schema + "registrations SET volunteer_id = 1 WHERE id = " + six,
        "UPDATE " + in_schema + "registrations SET volunteer_id = 6 WHERE id = " + six, false);
  // Out of turn: the last who waits was asked, while the first still waits.
  spoil("UPDATE " + in_schema + "registrations SET state = 4, live = NULL WHERE waitlist_position = 3",
        "UPDATE " + in_schema + "registrations SET state = 2, live = 1 WHERE waitlist_position = 3", false);
  ASSERT_TRUE(Cancel(*place, now_).ok());
  EXPECT_EQ(Number("SELECT COUNT(*) FROM notices"), 1) << "the first who waits was offered the place";
  EXPECT_TRUE(checker.FaultsAfter({}).empty());
  spoil("UPDATE " + in_schema + "notices SET kind = 5", "UPDATE " + in_schema + "notices SET kind = 4", false);
  spoil("UPDATE " + in_schema + "notices SET volunteer_id = 6", "UPDATE " + in_schema + "notices SET volunteer_id = 3",
        false);
}

}  // namespace
}  // namespace wenming::activity
