#include "common/sessions/upkeep.h"

#include "tests/common/sessions/sessions_fixture.h"

namespace wenming::sessions {
namespace {

class UpkeepTest : public SessionsTest {
 protected:
  std::vector<Ended> Since(absl::Time since) {
    return *db::Read(database_.pool(), absl::InfiniteFuture(),
                     [&](db::Session& session) { return EndedSince(session, since, now_); });
  }
};

TEST_F(UpkeepTest, WhatHasEndedIsToldUntilItsAccessTokensExpire) {
  const v1::Tokens ended = Open(42);
  Open(43);
  const uint64_t session = CallerOf(ended).session_id;
  now_ += absl::Minutes(1);
  EXPECT_TRUE(Since(absl::UnixEpoch() + absl::Seconds(1)).empty());
  const absl::Time revoked = now_;
  EXPECT_TRUE(Revoke(42, session).ok());
  ASSERT_EQ(Since(revoked).size(), 1u);
  EXPECT_EQ(Since(revoked)[0].session_id, session);
  EXPECT_EQ(Since(revoked)[0].forget_time, revoked - absl::Minutes(1) + kLives.access);
  EXPECT_TRUE(Since(revoked + absl::Microseconds(1)).empty());
  now_ = revoked - absl::Minutes(1) + kLives.access;
  EXPECT_TRUE(Since(revoked).empty());
}

TEST_F(UpkeepTest, TheAccessTokenOfTheLastRefreshCounts) {
  v1::Tokens tokens = Open(42);
  now_ += absl::Minutes(9);
  Refresh(tokens.refresh_token(), &tokens);
  EXPECT_TRUE(Revoke(42, CallerOf(tokens).session_id).ok());
  ASSERT_EQ(Since(now_).size(), 1u);
  EXPECT_EQ(Since(now_)[0].forget_time, now_ + kLives.access);
}

TEST_F(UpkeepTest, OldSessionsAreForgottenWithTheirTokens) {
  v1::Tokens old = Open(42);
  for (int i = 0; i < 3; ++i) Refresh(old.refresh_token(), &old);
  Open(42);
  now_ += absl::Hours(1);
  v1::Tokens young = Open(42);
  Refresh(young.refresh_token(), &young);
  EXPECT_EQ(Count("session_tokens"), 4);
  EXPECT_EQ(*Forget(database_.pool(), now_, 10, absl::InfiniteFuture()), 5);
  EXPECT_EQ(*Forget(database_.pool(), now_, 10, absl::InfiniteFuture()), 0);
  EXPECT_EQ(Count("sessions"), 1);
  EXPECT_EQ(Count("session_tokens"), 1);
  EXPECT_EQ(Refresh(old.refresh_token()), type::REASON_REFRESH_TOKEN_INVALID);
  EXPECT_EQ(Refresh(young.refresh_token()), type::REASON_UNSPECIFIED);
}

// Else a client that renews its tokens day and night keeps everything from being forgotten.
TEST_F(UpkeepTest, ASessionWithManyTokensIsForgottenInSteps) {
  v1::Tokens old = Open(42);
  for (int i = 0; i < 5; ++i) Refresh(old.refresh_token(), &old);
  now_ += absl::Hours(1);
  for (const int64_t left : {3, 1, 0}) {
    EXPECT_EQ(*Forget(database_.pool(), now_, 2, absl::InfiniteFuture()), 2);
    EXPECT_EQ(Count("session_tokens"), left);
    EXPECT_EQ(Count("sessions"), left == 0 ? 0 : 1);
  }
  EXPECT_EQ(*Forget(database_.pool(), now_, 2, absl::InfiniteFuture()), 0);
}

}  // namespace
}  // namespace wenming::sessions
