// Sessions of staff on a schema of the test's own, at a time that the test sets.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "absl/time/time.h"
#include "common/auth/token_verifier.h"
#include "common/db/schema.h"
#include "common/db/transaction.h"
#include "common/errors/errors.h"
#include "common/sessions/sessions.h"
#include "tests/common/auth/key_folder.h"
#include "tests/support/test_database.h"

namespace wenming::sessions {

constexpr uint64_t kCenter = 7;
constexpr Lifetimes kLives = {.access = absl::Minutes(10), .idle = absl::Minutes(30), .longest = absl::Hours(12)};

class SessionsTest : public ::testing::Test {
 protected:
  test::TestDatabase database_{common::Migrations()};
  auth::KeyFolder keys_;
  auth::TokenSigner signer_ = *auth::TokenSigner::Load(keys_.path(), "org_svc");
  std::unique_ptr<auth::TokenVerifier> verifier_ = *auth::TokenVerifier::Load(keys_.path());
  absl::Time now_ = absl::FromUnixSeconds(1'780'000'000);
  ids::Generator ids_{[this] { return now_; }, 1};
  const Sessions sessions_{"staffSessions", "staff", auth::CallerKind::kStaff, kLives, ids_, signer_};

  template <typename F>
  auto Run(F&& body) {
    return db::RunTransaction(database_.pool(), {}, body);
  }
  v1::Tokens Open(uint64_t account, const Origin& origin = {}) {
    return *Run([&](db::Transaction& t) { return sessions_.Open(t, kCenter, account, origin, now_); });
  }
  absl::StatusOr<Refreshed> TryRefresh(const std::string& token, const Origin& origin = {}) {
    return Run([&](db::Transaction& t) { return sessions_.Refresh(t, token, origin, now_); });
  }
  // OK refreshes say REASON_UNSPECIFIED and put the new tokens where `tokens` points to.
  type::Reason Refresh(const std::string& token, v1::Tokens* tokens = nullptr) {
    const auto refreshed = TryRefresh(token);
    EXPECT_TRUE(refreshed.ok()) << refreshed.status();
    EXPECT_EQ(refreshed->refusal.ok(), !refreshed->tokens.refresh_token().empty());
    if (refreshed->refusal.ok() && tokens != nullptr) *tokens = refreshed->tokens;
    return refreshed->refusal.ok() ? type::REASON_UNSPECIFIED : errors::ReasonOf(refreshed->refusal);
  }
  auth::Caller CallerOf(const v1::Tokens& tokens) { return *verifier_->Verify(tokens.access_token(), now_); }
  std::vector<v1::Session> List(uint64_t account, uint64_t current = 0) {
    return *db::Read(database_.pool(), absl::InfiniteFuture(),
                     [&](db::Session& s) { return sessions_.List(s, kCenter, account, current, now_); });
  }
  absl::Status Revoke(uint64_t account, uint64_t session) {
    return Run([&](db::Transaction& t) { return sessions_.Revoke(t, kCenter, account, session, now_); });
  }
  int64_t RevokeAll(uint64_t account, uint64_t except = 0) {
    return *Run([&](db::Transaction& t) { return sessions_.RevokeAll(t, kCenter, account, except, now_); });
  }
  int64_t Count(const std::string& table) {
    return *db::Read(database_.pool(), absl::InfiniteFuture(), [&](db::Session& s) -> absl::StatusOr<int64_t> {
      return (*s.QueryOne("SELECT COUNT(*) FROM " + table)).value().Int(0);
    });
  }
};

}  // namespace wenming::sessions
