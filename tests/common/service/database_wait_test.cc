#include "common/service/database_wait.h"

#include <gmock/gmock.h>

#include <sstream>
#include <vector>

#include "common/db/errors.h"

namespace wenming::service {
namespace {

using testing::HasSubstr;

const absl::Time kBegin = absl::FromUnixSeconds(1'777'600'800);

// A database whose answers are known before, and a clock that goes on by the pauses.
class DatabaseWaitTest : public testing::Test {
 protected:
  absl::Status Await(std::vector<absl::Status> answers, absl::Duration patience = absl::Minutes(30)) {
    const observe::Clock clock = [this] { return now_; };
    const observe::Logger logger(log_, "org_svc", observe::Severity::kInfo, clock);
    const DatabaseWait wait = {
        .ask = [&] { return asked_ < answers.size() ? answers[asked_++] : (++asked_, answers.back()); },
        .pause =
            [this](absl::Duration pause) {
              now_ += pause;
              return now_ < told_to_end_;
            },
        .clock = clock,
        .deadline = now_ + patience};
    return AwaitDatabase(wait, logger);
  }

  int Told() const {
    int lines = 0;
    std::istringstream log(log_.str());
    for (std::string line; std::getline(log, line);) lines += line.find("waits for the database") != std::string::npos;
    return lines;
  }

  const absl::Status away_ = db::ErrorFromDriver(2002, "Can't connect");
  absl::Time now_ = kBegin;
  absl::Time told_to_end_ = absl::InfiniteFuture();
  size_t asked_ = 0;
  std::ostringstream log_;
};

TEST_F(DatabaseWaitTest, AsksOnceWhereItIsThere) {
  EXPECT_TRUE(Await({absl::OkStatus()}).ok());
  EXPECT_EQ(now_, kBegin);
  EXPECT_EQ(log_.str(), "");
}

TEST_F(DatabaseWaitTest, WaitsUntilItIsThere) {
  EXPECT_TRUE(Await({away_, away_, away_, absl::OkStatus()}).ok());
  EXPECT_EQ(asked_, 4u);
  EXPECT_EQ(Told(), 1);
  EXPECT_THAT(log_.str(), HasSubstr("2002: Can't connect"));
}

TEST_F(DatabaseWaitTest, EndsAtTheDeadlineAndTellsOnceInAWhile) {
  EXPECT_TRUE(absl::IsUnavailable(Await({away_}, absl::Minutes(5))));
  EXPECT_EQ(now_, kBegin + absl::Minutes(5));
  EXPECT_EQ(Told(), 10);
}

TEST_F(DatabaseWaitTest, DoesNotWaitForWhatWaitingDoesNotMend) {
  const absl::Status refused = db::ErrorFromDriver(1045, "Access denied");
  EXPECT_EQ(Await({away_, refused, absl::OkStatus()}), refused);
  EXPECT_EQ(asked_, 2u);
}

TEST_F(DatabaseWaitTest, EndsWhenItIsTold) {
  told_to_end_ = kBegin + absl::Seconds(2);
  EXPECT_TRUE(absl::IsCancelled(Await({away_})));
  EXPECT_EQ(now_, told_to_end_);
}

}  // namespace
}  // namespace wenming::service
