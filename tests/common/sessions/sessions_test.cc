#include "common/sessions/sessions.h"

#include <algorithm>
#include <array>
#include <thread>

#include "common/crypto/digest.h"
#include "google/protobuf/util/time_util.h"
#include "tests/common/sessions/sessions_fixture.h"

namespace wenming::sessions {
namespace {

absl::Time ToTime(const google::protobuf::Timestamp& time) {
  return absl::FromUnixMicros(google::protobuf::util::TimeUtil::TimestampToMicroseconds(time));
}

TEST_F(SessionsTest, ALogInGivesTokensOfTheAccount) {
  const v1::Tokens tokens = Open(42);
  const auth::Caller caller = CallerOf(tokens);
  EXPECT_EQ(caller.kind, auth::CallerKind::kStaff);
  EXPECT_EQ(caller.id, 42u);
  EXPECT_EQ(caller.center_id, kCenter);
  EXPECT_EQ(caller.subject, ids::ResourceName("staff", 42));
  EXPECT_NE(caller.session_id, 0u);
  EXPECT_EQ(ToTime(tokens.expire_time()), now_ + kLives.access);
  EXPECT_EQ(ToTime(tokens.refresh_expire_time()), now_ + kLives.idle);
}

TEST_F(SessionsTest, ARefreshKeepsTheSessionAndRenewsBothTokens) {
  const v1::Tokens first = Open(42);
  now_ += absl::Minutes(9);
  const auto refreshed = TryRefresh(first.refresh_token());
  ASSERT_TRUE(refreshed.ok() && refreshed->refusal.ok());
  EXPECT_EQ(refreshed->caller.session_id, CallerOf(first).session_id);
  EXPECT_EQ(CallerOf(refreshed->tokens).session_id, CallerOf(first).session_id);
  EXPECT_NE(refreshed->tokens.refresh_token(), first.refresh_token());
  EXPECT_EQ(ToTime(refreshed->tokens.expire_time()), now_ + kLives.access);
  EXPECT_EQ(ToTime(refreshed->tokens.refresh_expire_time()), now_ + kLives.idle);
}

TEST_F(SessionsTest, AUsedTokenEndsTheSessionForWhoeverHasTheNewOne) {
  const v1::Tokens first = Open(42);
  v1::Tokens second;
  v1::Tokens third;
  EXPECT_EQ(Refresh(first.refresh_token(), &second), type::REASON_UNSPECIFIED);
  EXPECT_EQ(Refresh(second.refresh_token(), &third), type::REASON_UNSPECIFIED);
  EXPECT_EQ(Refresh(first.refresh_token()), type::REASON_REFRESH_TOKEN_REUSED);
  EXPECT_EQ(Refresh(third.refresh_token()), type::REASON_REFRESH_TOKEN_INVALID);
  EXPECT_EQ(Refresh(second.refresh_token()), type::REASON_REFRESH_TOKEN_REUSED);
  EXPECT_TRUE(List(42).empty());
}

TEST_F(SessionsTest, OfTwoRefreshesAtOnceOneWinsAndTheSessionEnds) {
  for (int round = 0; round < 10; ++round) {
    const v1::Tokens tokens = Open(42);
    std::array<type::Reason, 2> outcomes;
    std::array<std::thread, 2> threads;
    for (size_t i = 0; i < 2; ++i) threads[i] = std::thread([&, i] { outcomes[i] = Refresh(tokens.refresh_token()); });
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(std::ranges::count(outcomes, type::REASON_UNSPECIFIED), 1);
    EXPECT_EQ(std::ranges::count(outcomes, type::REASON_REFRESH_TOKEN_REUSED), 1);
    EXPECT_TRUE(List(42).empty());
  }
}

TEST_F(SessionsTest, AForgedTokenIsRefusedAndEndsNothing) {
  const std::string good = Open(42).refresh_token();
  std::string bytes = *crypto::FromBase64Url(good);
  std::vector<std::string> forged = {"", "x", good + "A", good.substr(4), std::string(100'000, 'A'), good + "="};
  for (size_t i = 0; i < bytes.size(); ++i) {
    std::string other = bytes;
    other[i] = static_cast<char>(other[i] ^ 1);
    forged.push_back(crypto::Base64Url(other));
  }
  for (const std::string& token : forged) EXPECT_EQ(Refresh(token), type::REASON_REFRESH_TOKEN_INVALID) << token;
  EXPECT_EQ(List(42).size(), 1u);
  EXPECT_EQ(Refresh(good), type::REASON_UNSPECIFIED);
}

TEST_F(SessionsTest, NoTokenStandsInTheDatabase) {
  const v1::Tokens tokens = Open(42);
  const std::string secret = crypto::FromBase64Url(tokens.refresh_token())->substr(16);
  const auto row = db::Read(database_.pool(), absl::InfiniteFuture(),
                            [](db::Session& s) { return s.QueryOne("SELECT token_hash FROM sessions"); });
  EXPECT_EQ((*row)->Text(0), crypto::Sha256(secret));
}

TEST_F(SessionsTest, IdleSessionsExpire) {
  v1::Tokens tokens = Open(42);
  now_ += kLives.idle - absl::Microseconds(1);
  EXPECT_EQ(Refresh(tokens.refresh_token(), &tokens), type::REASON_UNSPECIFIED);
  now_ += kLives.idle;
  EXPECT_EQ(Refresh(tokens.refresh_token()), type::REASON_REFRESH_TOKEN_EXPIRED);
  EXPECT_TRUE(List(42).empty());
}

TEST_F(SessionsTest, NoSessionLastsLongerThanTheLongest) {
  v1::Tokens tokens = Open(42);
  const absl::Time end = now_ + kLives.longest;
  while (now_ + absl::Minutes(29) < end) {
    now_ += absl::Minutes(29);
    ASSERT_EQ(Refresh(tokens.refresh_token(), &tokens), type::REASON_UNSPECIFIED);
    EXPECT_LE(ToTime(tokens.expire_time()), end);
    EXPECT_LE(ToTime(tokens.refresh_expire_time()), end);
  }
  EXPECT_EQ(ToTime(tokens.refresh_expire_time()), end);
  now_ = end;
  EXPECT_EQ(Refresh(tokens.refresh_token()), type::REASON_REFRESH_TOKEN_EXPIRED);
}

TEST_F(SessionsTest, AreListedTheNewestFirst) {
  Open(42, {.address = "192.0.2.1", .device = std::string(99, 'a') + "文明", .proof = v1::Session::PROOF_PASSWORD});
  now_ += absl::Minutes(1);
  const v1::Tokens second = Open(42);
  Open(43);
  now_ += absl::Minutes(1);
  ASSERT_TRUE(TryRefresh(second.refresh_token(), {.address = std::string(100, '9'), .device = ""})->refusal.ok());
  const std::vector<v1::Session> sessions = List(42, CallerOf(second).session_id);
  ASSERT_EQ(sessions.size(), 2u);
  EXPECT_EQ(sessions[0].name(), ids::ResourceName("staffSessions", CallerOf(second).session_id));
  EXPECT_TRUE(sessions[0].current());
  EXPECT_EQ(sessions[0].address(), std::string(64, '9'));
  EXPECT_EQ(ToTime(sessions[0].use_time()), now_);
  EXPECT_EQ(ToTime(sessions[0].create_time()), now_ - absl::Minutes(1));
  EXPECT_FALSE(sessions[1].current());
  EXPECT_EQ(sessions[1].address(), "192.0.2.1");
  EXPECT_EQ(sessions[1].device(), std::string(99, 'a') + "文");
  EXPECT_EQ(sessions[1].proof(), v1::Session::PROOF_PASSWORD);
  EXPECT_EQ(ToTime(sessions[1].expire_time()), now_ - absl::Minutes(2) + kLives.idle);
}

TEST_F(SessionsTest, OnesOwnAreRevokedAndNoOthers) {
  const v1::Tokens mine = Open(42);
  const v1::Tokens other = Open(43);
  EXPECT_EQ(Revoke(42, CallerOf(other).session_id).code(), absl::StatusCode::kNotFound);
  EXPECT_TRUE(Revoke(42, CallerOf(mine).session_id).ok());
  EXPECT_TRUE(Revoke(42, CallerOf(mine).session_id).ok());
  EXPECT_EQ(Refresh(mine.refresh_token()), type::REASON_REFRESH_TOKEN_INVALID);
  EXPECT_EQ(Refresh(other.refresh_token()), type::REASON_UNSPECIFIED);
}

TEST_F(SessionsTest, AllButOneAreRevoked) {
  const v1::Tokens first = Open(42);
  const v1::Tokens second = Open(42);
  Open(42);
  const v1::Tokens other = Open(43);
  EXPECT_EQ(RevokeAll(42, CallerOf(second).session_id), 2);
  EXPECT_EQ(List(42).size(), 1u);
  EXPECT_EQ(Refresh(first.refresh_token()), type::REASON_REFRESH_TOKEN_INVALID);
  EXPECT_EQ(Refresh(second.refresh_token()), type::REASON_UNSPECIFIED);
  EXPECT_EQ(RevokeAll(42), 1);
  EXPECT_EQ(RevokeAll(42), 0);
  EXPECT_EQ(Refresh(other.refresh_token()), type::REASON_UNSPECIFIED);
}

}  // namespace
}  // namespace wenming::sessions
