#include "activity_svc/due_rows.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <vector>

namespace wenming::activity {
namespace {

constexpr uint64_t kCenter = 1;

// A table of rows in the order of their times; row n is due at second n.
class DueRowsTest : public ::testing::Test {
 protected:
  void Fill(int rows) {
    for (int id = 1; id <= rows; ++id) waiting_.push_back({kCenter, static_cast<uint64_t>(id), At(id)});
  }
  absl::StatusOr<absl::Time> Turn(absl::Time now, const std::function<bool(uint64_t)>& works) {
    const auto list = [this](int limit) -> absl::StatusOr<std::vector<DueRow>> {
      const size_t size = std::min(waiting_.size(), static_cast<size_t>(limit));
      return std::vector<DueRow>(waiting_.begin(), waiting_.begin() + static_cast<long>(size));
    };
    return DoDueRows(
        now, list, [](const DueRow& row) { return row; },
        [&](const DueRow& row) -> absl::Status {
          ++tries_;
          if (!works(row.id)) return absl::UnavailableError("this one never works");
          std::erase_if(waiting_, [&row](const DueRow& other) { return other.id == row.id; });
          return absl::OkStatus();
        });
  }
  static absl::Time At(int second) { return absl::FromUnixSeconds(second); }

  std::vector<DueRow> waiting_;
  int tries_ = 0;
};

TEST_F(DueRowsTest, DoesWhatIsDueAndNamesTheNext) {
  Fill(500);
  const auto next = Turn(At(450), [](uint64_t) { return true; });
  ASSERT_TRUE(next.ok()) << next.status();
  EXPECT_EQ(*next, At(451));
  EXPECT_EQ(waiting_.size(), 50u);
  EXPECT_EQ(*Turn(At(500), [](uint64_t) { return true; }), absl::InfiniteFuture());
  EXPECT_EQ(tries_, 500);
}

// However many stand in front: all others are done in the same turn, and each of those is tried once.
TEST_F(DueRowsTest, NoneThatFailsStopsTheOthers) {
  Fill(1000);
  const auto next = Turn(At(900), [](uint64_t id) { return id > 450; });
  EXPECT_EQ(next.status().code(), absl::StatusCode::kUnavailable);
  ASSERT_EQ(waiting_.size(), 550u);
  EXPECT_EQ(waiting_[449].id, 450u);
  EXPECT_EQ(waiting_[450].id, 901u);
  EXPECT_EQ(tries_, 900);
}

TEST_F(DueRowsTest, AFailureIsToldWhereNothingElseWaits) {
  Fill(200);
  EXPECT_FALSE(Turn(At(200), [](uint64_t id) { return id != 7; }).ok());
  EXPECT_EQ(waiting_.size(), 1u);
}

}  // namespace
}  // namespace wenming::activity
