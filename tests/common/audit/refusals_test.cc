#include "common/audit/refusals.h"

#include <gtest/gtest.h>

#include <atomic>

#include "absl/strings/str_cat.h"
#include "tests/common/audit/audit_fixture.h"
#include "wenming/activity/v1/registrations.pb.h"

namespace wenming::audit {
namespace {

class Counting : public RefusalsObserver {
 public:
  void Dropped(int refusals) override { dropped += refusals; }
  void Failed(const absl::Status&) override { ++failures; }
  std::atomic<int> dropped = 0, failures = 0;
};

class RefusalsTest : public AuditTest {
 protected:
  // Refuses as `refuse` says within one window, and waits until that is written.
  template <typename F>
  void Within(const RefusalsOptions& options, F&& refuse) {
    Refusals refusals(pool_, trail_, options, &observer_);
    refuse(refusals);
  }

  activity::v1::CreateRegistrationRequest request_;
  Counting observer_;
};

TEST_F(RefusalsTest, ARefusalLeavesWhoWantedWhat) {
  request_.set_parent("shifts/9");
  const rpc::Call call = MakeCall();
  Within({.window = absl::Hours(1)},
         [&](Refusals& refusals) { refusals.Add(call, request_, absl::StatusCode::kPermissionDenied); });
  const auto records = Records("audit_pending");
  ASSERT_EQ(records.size(), 1u);
  EXPECT_EQ(records[0].subject, call.caller.subject);
  EXPECT_EQ(records[0].address, call.address);
  EXPECT_EQ(records[0].method, call.method);
  EXPECT_EQ(records[0].object, "shifts/9");
  EXPECT_EQ(records[0].result, 7);
  EXPECT_EQ(records[0].details, "{}");
}

TEST_F(RefusalsTest, TheSameAgainIsCountedAndAnotherStandsAlone) {
  rpc::Call other = MakeCall();
  other.address = "203.0.113.10";
  Within({.window = absl::Hours(1)}, [&](Refusals& refusals) {
    for (int i = 0; i < 1000; ++i) refusals.Add(MakeCall(), request_, absl::StatusCode::kPermissionDenied);
    refusals.Add(MakeCall(), request_, absl::StatusCode::kUnauthenticated);
    refusals.Add(other, request_, absl::StatusCode::kPermissionDenied);
  });
  const auto records = Records("audit_pending");
  ASSERT_EQ(records.size(), 3u);
  int counted = 0;
  for (const Record& record : records) counted += record.details == R"({"notes":{"times":"1000"}})" ? 1 : 0;
  EXPECT_EQ(counted, 1);
  EXPECT_EQ(observer_.dropped, 0);
}

TEST_F(RefusalsTest, BeyondTheBoundTheyAreOnlyCounted) {
  Within({.window = absl::Hours(1), .kinds = 5}, [&](Refusals& refusals) {
    for (int i = 0; i < 50; ++i) {
      rpc::Call call = MakeCall();
      call.address = absl::StrCat("203.0.113.", i);
      refusals.Add(call, request_, absl::StatusCode::kPermissionDenied);
    }
  });
  EXPECT_EQ(Records("audit_pending").size(), 5u);
  EXPECT_EQ(observer_.dropped, 45);
}

TEST_F(RefusalsTest, WhatCannotBeWrittenIsCounted) {
  database_.Administer("RENAME TABLE " + database_.schema() + ".audit_pending TO " + database_.schema() + ".gone");
  Within({.window = absl::Hours(1)},
         [&](Refusals& refusals) { refusals.Add(MakeCall(), request_, absl::StatusCode::kPermissionDenied); });
  EXPECT_EQ(observer_.failures, 1);
  EXPECT_EQ(observer_.dropped, 1);
}

}  // namespace
}  // namespace wenming::audit
