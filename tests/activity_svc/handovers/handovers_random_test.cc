// Many people propose, accept, cancel and sign up at once: no shift ever has more people than places, its counter says
// what the registrations say, and nobody ends with two overlapping places.
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "activity_svc/handovers/handovers_service.h"
#include "tests/activity_svc/activity_fixture.h"
#include "tests/activity_svc/registrations/history_checker.h"

namespace wenming::activity {
namespace {

constexpr uint64_t kPeople = 10;
constexpr int kThreads = 6;
constexpr int kSteps = 60;

class HandoversRandomTest : public ActivityTest {
 protected:
  // One thing that a person might do.
  void Step(uint64_t me, std::mt19937& random, const std::vector<v1::Shift>& shifts) {
    const v1::Shift& shift = shifts[random() % shifts.size()];
    switch (random() % 4) {
      case 0:
        static_cast<void>(SignUp(me, shift.name()));
        return;
      case 1: {
        const auto mine = registrations_.ListMyRegistrations(Person(me, now_), {});
        if (!mine.ok() || mine->registrations().empty()) return;
        v1::CreateHandoverRequest request;
        request.set_parent(mine->registrations(static_cast<int>(random() % mine->registrations_size())).name());
        request.mutable_handover()->set_taker_number("HT" + std::to_string(1 + random() % kPeople));
        if (random() % 2 == 0) request.mutable_handover()->set_wanted_shift(shift.name());
        static_cast<void>(handovers_.CreateHandover(Person(me, now_), request));
        return;
      }
      case 2: {
        const auto mine = handovers_.ListMyHandovers(Person(me, now_), {});
        if (!mine.ok()) return;
        for (const v1::Handover& handover : mine->handovers()) {
          if (handover.state() != v1::Handover::STATE_PROPOSED) continue;
          v1::AcceptHandoverRequest request;
          request.set_name(handover.name());
          const auto accepted = handovers_.AcceptHandover(Person(me, now_), request);
          if (accepted.ok()) ++accepted_;
        }
        return;
      }
      default: {
        if (random() % 4 != 0) return;
        const auto mine = registrations_.ListMyRegistrations(Person(me, now_), {});
        if (mine.ok() && !mine->registrations().empty()) static_cast<void>(Cancel(mine->registrations(0), now_));
      }
    }
  }

  std::atomic<int> accepted_ = 0;
};

TEST_F(HandoversRandomTest, PlacesChangeHandsAndNothingElseDoes) {
  const char* given = std::getenv("WENMING_TEST_SEED");
  const auto seed = given != nullptr ? static_cast<unsigned>(std::strtoul(given, nullptr, 10)) : std::random_device()();
  SCOPED_TRACE("repeat with WENMING_TEST_SEED=" + std::to_string(seed));
  for (uint64_t id = 1; id <= kPeople; ++id) AddVolunteer(id);
  std::vector<v1::Shift> shifts;
  for (int i = 0; i < 4; ++i) shifts.push_back(PublishedAt(start_ + absl::Hours(i), absl::Hours(2), 3, 0));
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      std::mt19937 random(seed + static_cast<unsigned>(t));
      for (int i = 0; i < kSteps; ++i) Step(1 + random() % kPeople, random, shifts);
    });
  }
  HistoryChecker checker(database_.pool(), kCenter);
  for (int i = 0; i < 20; ++i) EXPECT_EQ(checker.FaultsNow(), std::vector<std::string>());
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(checker.FaultsNow(), std::vector<std::string>());
  EXPECT_EQ(checker.FaultsAfter({}), std::vector<std::string>());
  EXPECT_GT(accepted_, 0);
}

}  // namespace
}  // namespace wenming::activity
