#include "common/service/readiness.h"

#include <gtest/gtest.h>

#include <optional>
#include <sstream>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "tests/support/test_database.h"

namespace wenming::service {
namespace {

constexpr absl::Duration kPatience = absl::Minutes(1);
constexpr absl::Duration kSilence = absl::Minutes(10);

// Remembers what it was told last.
class FakeServer final : public rpc::Server {
 public:
  int port() const override { return 0; }
  void SetReady(bool ready) override {
    const absl::MutexLock lock(&mutex_);
    ready_ = ready;
  }
  void SetAlive(bool) override {}
  void Stop(absl::Duration) override {}

  bool ready() const {
    const absl::MutexLock lock(&mutex_);
    return ready_;
  }
  // Whether it comes to be told so in time.
  bool Becomes(bool ready) const {
    const absl::MutexLock lock(&mutex_);
    const auto told = [&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return ready_ == ready; };
    return mutex_.AwaitWithTimeout(absl::Condition(&told), kPatience);
  }

 private:
  mutable absl::Mutex mutex_;
  bool ready_ ABSL_GUARDED_BY(mutex_) = false;
};

class ReadinessTest : public testing::Test {
 protected:
  ~ReadinessTest() override { readiness_.reset(); }

  void Begin(bool allow_unsafe_database) {
    readiness_.emplace(ReadinessOptions{.db = database_.pool(),
                                        .allow_unsafe_database = allow_unsafe_database,
                                        .directory = directory_,
                                        .staff_revocations = revocations_,
                                        .clock_guard = clock_guard_,
                                        .chores =
                                            [this](absl::Time now, absl::Time until) {
                                              const absl::MutexLock lock(&mutex_);
                                              EXPECT_GT(until, now);
                                              ++rounds_;
                                            },
                                        .clock = clock_,
                                        .logger = logger_,
                                        .registry = registry_},
                       server_);
  }

  void HearDirectory(absl::Time when = absl::Now()) {
    org::v1::WatchResponse whole;
    whole.set_synced(true);
    directory_.Apply(whole, when);
  }

  // Lets a round pass that began after this call.
  void AwaitRound() {
    const absl::MutexLock lock(&mutex_);
    const int enough = rounds_ + 2;
    const auto passed = [&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return rounds_ >= enough; };
    ASSERT_TRUE(mutex_.AwaitWithTimeout(absl::Condition(&passed), kPatience));
  }

  double Gauge(const std::string& name) {
    for (const auto& family : registry_.Collect()) {
      if (family.name == name) return family.metric.at(0).gauge.value;
    }
    ADD_FAILURE() << "no " << name;
    return 0;
  }

  test::TestDatabase database_;
  absl::Duration ahead_;
  const observe::Clock clock_ = [this] { return absl::Now() + ahead_; };
  std::ostringstream log_;
  const observe::Logger logger_{log_, "org_svc", observe::Severity::kInfo, clock_};
  prometheus::Registry registry_;
  auth::Directory directory_{kSilence};
  auth::Revocations revocations_{absl::InfiniteDuration()};
  ClockGuard clock_guard_{clock_};
  FakeServer server_;
  absl::Mutex mutex_;
  int rounds_ ABSL_GUARDED_BY(mutex_) = 0;
  std::optional<Readiness> readiness_;
};

TEST_F(ReadinessTest, ComesWithTheLastOfWhatIsNeeded) {
  Begin(/*allow_unsafe_database=*/true);
  AwaitRound();
  EXPECT_FALSE(server_.ready());
  EXPECT_EQ(Gauge("wenming_ready"), 0);
  HearDirectory();
  AwaitRound();
  EXPECT_FALSE(server_.ready()) << "nobody knows who was logged out";
  revocations_.Hear(absl::Now());
  EXPECT_TRUE(server_.Becomes(true));
  AwaitRound();
  EXPECT_EQ(Gauge("wenming_ready"), 1);
}

TEST_F(ReadinessTest, GoesWithTheDirectory) {
  Begin(/*allow_unsafe_database=*/true);
  HearDirectory();
  revocations_.Hear(absl::Now());
  ASSERT_TRUE(server_.Becomes(true));
  HearDirectory(absl::Now() - 2 * kSilence);
  EXPECT_TRUE(server_.Becomes(false));
}

TEST_F(ReadinessTest, NeverComesOnADatabaseThatLosesData) {
  Begin(/*allow_unsafe_database=*/false);  // that of tests syncs nothing
  HearDirectory();
  revocations_.Hear(absl::Now());
  AwaitRound();
  EXPECT_FALSE(server_.ready());
  readiness_.reset();
  EXPECT_NE(log_.str().find("not ready: the database is not safe"), std::string::npos) << log_.str();
}

TEST_F(ReadinessTest, IsOverAtTheEnd) {
  Begin(/*allow_unsafe_database=*/true);
  HearDirectory();
  revocations_.Hear(absl::Now());
  ASSERT_TRUE(server_.Becomes(true));
  readiness_->End();
  EXPECT_FALSE(server_.ready());
  EXPECT_EQ(Gauge("wenming_ready"), 0);
  readiness_.reset();
  EXPECT_FALSE(server_.ready());
}

TEST_F(ReadinessTest, TellsOfAClockThatIsNotTheDatabases) {
  ahead_ = absl::Hours(1);
  Begin(/*allow_unsafe_database=*/true);
  AwaitRound();
  EXPECT_NEAR(Gauge("wenming_clock_ahead_seconds"), 3600, 60);
  readiness_.reset();
  EXPECT_NE(log_.str().find("the clock is not the database's"), std::string::npos) << log_.str();
}

}  // namespace
}  // namespace wenming::service
