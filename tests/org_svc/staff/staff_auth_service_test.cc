#include "org_svc/staff/staff_auth_service.h"

#include <gtest/gtest.h>

#include <string>
#include <thread>

#include "org_svc/schema.h"
#include "org_svc/staff/bootstrap.h"
#include "org_svc/staff/credentials_store.h"
#include "tests/org_svc/staff/log_in_fixture.h"

namespace wenming::org {
namespace {

class StaffAuthTest : public LogInTest {
 protected:
  double Counted(const std::string& outcome) {
    for (const auto& family : registry_.Collect()) {
      for (const auto& metric : family.metric) {
        if (metric.label.at(0).value == outcome) return metric.counter.value;
      }
    }
    return -1;
  }
};

TEST_F(StaffAuthTest, ATokenSaysWhoItIs) {
  const auto answer = LogIn("wang", kPassword);
  ASSERT_TRUE(answer.ok()) << answer.status();
  const auto caller = verifier_->Verify(answer->tokens().access_token(), now_);
  ASSERT_TRUE(caller.ok()) << caller.status();
  EXPECT_EQ(caller->id, wang_);
  EXPECT_EQ(caller->kind, auth::CallerKind::kStaff);
  EXPECT_EQ(caller->center_id, UnitId("C"));
  EXPECT_EQ(answer->staff_member().bindings(0).role(), "unit_admin");
  EXPECT_EQ(answer->tokens().expire_time().seconds(), absl::ToUnixSeconds(now_ + absl::Minutes(10)));
  EXPECT_EQ(Counted("let_in"), 1);
  EXPECT_EQ(Records(wang_, "LogIn", absl::StatusCode::kOk), 1);
}

TEST_F(StaffAuthTest, TheServersClockCountsWhateverTimeACallCarries) {
  rpc::Call call = Anybody();
  call.now += absl::Hours(24 * 365);
  v1::LogInRequest request;
  request.set_username("wang");
  request.set_password(kPassword);
  const auto answer = Do(auth_, &StaffAuthService::LogIn, call, request);
  ASSERT_TRUE(answer.ok());
  EXPECT_EQ(answer->tokens().expire_time().seconds(), absl::ToUnixSeconds(now_ + absl::Minutes(10)));
}

TEST_F(StaffAuthTest, AllRefusalsAreTheSame) {
  const absl::Status unknown = LogIn("nobody", kPassword).status();
  const absl::Status wrong = LogIn("wang", "another password").status();
  v1::DisableStaffMemberRequest disable;
  disable.set_name(ids::ResourceName("staff", wang_));
  ASSERT_TRUE(Do(staff_, &StaffService::DisableStaffMember, By(center_admin_), disable).ok());
  const absl::Status disabled = LogIn("wang", kPassword).status();
  EXPECT_EQ(ReasonName(unknown), "BAD_CREDENTIALS");
  EXPECT_EQ(unknown, wrong);
  EXPECT_EQ(unknown, disabled);
  EXPECT_EQ(Counted("refused"), 3);
  EXPECT_EQ(Counted("let_in"), 0);
  EXPECT_EQ(Records(wang_, "LogIn", absl::StatusCode::kUnauthenticated), 2);
  EXPECT_EQ(Count("audit_pending WHERE subject = '' AND object = '' AND method LIKE '%/LogIn'"), 1);
}

TEST_F(StaffAuthTest, IsRecordedInTheCenterOfTheAccountWhateverTheCallerNames) {
  v1::LogInRequest request;
  request.set_username("wang");
  request.set_password("another password");
  rpc::Call call = By(0);
  call.method = "/wenming.org.v1.StaffAuthService/LogIn";
  call.center_id = 4711;
  call.arrival = absl::Now();
  EXPECT_EQ(ReasonName(auth_.LogIn(call, request).status()), "BAD_CREDENTIALS");
  EXPECT_EQ(Count(absl::StrCat("audit_pending WHERE method LIKE '%/LogIn' AND center_id = ", UnitId("C"))), 1);
  EXPECT_EQ(Count("audit_pending WHERE center_id = 4711"), 0);
}

TEST_F(StaffAuthTest, LockOutIsTheSameForNamesThatDoNotExist) {
  absl::Status answers[2];
  for (int who = 0; who < 2; ++who) {
    const char* name = who == 0 ? "wang" : "nobody";
    for (int i = 0; i < 5; ++i) EXPECT_EQ(Refusal(name, "another password"), "BAD_CREDENTIALS");
    answers[who] = LogIn(name, kPassword).status();
    EXPECT_EQ(ReasonName(answers[who]), "TOO_MANY_ATTEMPTS") << "also with the right password";
  }
  EXPECT_EQ(answers[0], answers[1]);
  now_ += absl::Minutes(15);
  EXPECT_EQ(Refusal("wang", kPassword), "OK");
}

TEST_F(StaffAuthTest, TheFirstPasswordMustBeChanged) {
  const uint64_t li = Create(center_admin_, "liming", "team_leader", "I1");
  EXPECT_EQ(Refusal("liming", kFirst), "PASSWORD_CHANGE_REQUIRED");
  EXPECT_EQ(ChangePassword("liming", "wrong password", "my own new password"), "BAD_CREDENTIALS");
  EXPECT_EQ(ChangePassword("liming", kFirst, kFirst), "PASSWORD_REUSED");
  EXPECT_EQ(ChangePassword("liming", kFirst, "short1-A"), "TOO_SHORT") << "the field rules come first";
  EXPECT_EQ(ChangePassword("liming", kFirst, "Password123!"), "PASSWORD_TOO_WEAK");
  EXPECT_EQ(Refusal("liming", kFirst), "PASSWORD_CHANGE_REQUIRED");
  EXPECT_EQ(ChangePassword("liming", kFirst, "my own new password"), "OK");
  EXPECT_EQ(Refusal("liming", kFirst), "BAD_CREDENTIALS");
  EXPECT_EQ(Refusal("liming", "my own new password"), "OK");
  EXPECT_EQ(Records(li, "ChangePassword", absl::StatusCode::kOk), 1);
}

TEST_F(StaffAuthTest, TheLastFivePasswordsDoNotComeBack) {
  std::string current = kPassword;
  for (int i = 1; i <= 4; ++i) {
    const std::string next = "my password number " + std::to_string(i);
    EXPECT_EQ(ChangePassword("wang", current, next), "OK");
    EXPECT_EQ(ChangePassword("wang", next, kPassword), "PASSWORD_REUSED") << i;
    current = next;
  }
  EXPECT_EQ(ChangePassword("wang", current, "my password number 5"), "OK");
  EXPECT_EQ(Count("staff_passwords WHERE staff_id = " + std::to_string(wang_)), 5);
  EXPECT_EQ(ChangePassword("wang", "my password number 5", kPassword), "OK");
}

TEST_F(StaffAuthTest, APasswordChangeEndsAllSessions) {
  const auto first = LogIn("wang", kPassword);
  const auto second = LogIn("wang", kPassword);
  EXPECT_EQ(Ended(), 0);
  EXPECT_EQ(ChangePassword("wang", kPassword, "my own new password"), "OK");
  EXPECT_EQ(Ended(), 2);
  EXPECT_EQ(Refresh(first->tokens().refresh_token()), "REFRESH_TOKEN_INVALID");
  EXPECT_EQ(Refresh(second->tokens().refresh_token()), "REFRESH_TOKEN_INVALID");
}

TEST_F(StaffAuthTest, ASessionIsRefreshedListedRevokedAndLeft) {
  const auto mine = LogIn("wang", kPassword);
  const auto other = LogIn("wang", kPassword);
  v1::RefreshSessionResponse renewed;
  EXPECT_EQ(Refresh(mine->tokens().refresh_token(), &renewed), "OK");
  const rpc::Call call = With(renewed.tokens().access_token());
  auto sessions = Do(auth_, &StaffAuthService::ListSessions, call, v1::ListSessionsRequest());
  ASSERT_TRUE(sessions.ok()) << sessions.status();
  ASSERT_EQ(sessions->sessions_size(), 2);
  EXPECT_TRUE(sessions->sessions(1).current());
  EXPECT_EQ(sessions->sessions(0).device(), "a test");
  EXPECT_EQ(sessions->sessions(0).address(), "192.0.2.1");
  v1::RevokeSessionRequest revoke;
  revoke.set_name(sessions->sessions(0).name());
  EXPECT_TRUE(Do(auth_, &StaffAuthService::RevokeSession, call, revoke).ok());
  EXPECT_EQ(Refresh(other->tokens().refresh_token()), "REFRESH_TOKEN_INVALID");
  revoke.set_name("staffSessions/000000000001A");
  EXPECT_EQ(Do(auth_, &StaffAuthService::RevokeSession, call, revoke).status().code(), absl::StatusCode::kNotFound);
  EXPECT_TRUE(Do(auth_, &StaffAuthService::LogOut, call, v1::LogOutRequest()).ok());
  EXPECT_EQ(Refresh(renewed.tokens().refresh_token()), "REFRESH_TOKEN_INVALID");
  EXPECT_EQ(Records(wang_, "LogOut", absl::StatusCode::kOk), 1);
  EXPECT_EQ(Records(wang_, "RevokeSession", absl::StatusCode::kOk), 1);
}

TEST_F(StaffAuthTest, ARefreshTokenThatIsUsedTwiceEndsTheSessionAndIsRecorded) {
  const auto answer = LogIn("wang", kPassword);
  v1::RefreshSessionResponse renewed;
  EXPECT_EQ(Refresh(answer->tokens().refresh_token(), &renewed), "OK");
  EXPECT_EQ(Refresh(answer->tokens().refresh_token()), "REFRESH_TOKEN_REUSED");
  EXPECT_EQ(Refresh(renewed.tokens().refresh_token()), "REFRESH_TOKEN_INVALID");
  EXPECT_EQ(Records(wang_, "RefreshSession", absl::StatusCode::kUnauthenticated), 1);
}

TEST_F(StaffAuthTest, AnOldHashIsMadeAnewAtLogIn) {
  const auth::PasswordHasher stronger({.memory_kib = 128, .passes = 1, .lanes = 1}, crypto::RandomBytes);
  const auth::PasswordGate gate(stronger, 1);
  const StaffDoor door(pool_, trail_, gate, cipher_, attempts_);
  prometheus::Registry registry;
  StaffAuthService later(with_, here_.roles, door, sessions_, true, registry);
  EXPECT_EQ(Count("staff WHERE password_hash LIKE '%m=64,%'"), 1);
  v1::LogInRequest request;
  request.set_username("wang");
  request.set_password(kPassword);
  ASSERT_TRUE(Do(later, &StaffAuthService::LogIn, Anybody(), request).ok());
  EXPECT_EQ(Count("staff WHERE password_hash LIKE '%m=64,%'"), 0);
  EXPECT_EQ(Count("staff WHERE password_hash LIKE '%m=128,%'"), 1);
  EXPECT_TRUE(Do(later, &StaffAuthService::LogIn, Anybody(), request).ok());
}

class BootstrapTest : public ::testing::Test {
 protected:
  absl::Status Bootstrap(std::string_view password) {
    return BootstrapAdmin(database_.pool(), ids_, hasher_, password, absl::Now(), absl::InfiniteFuture());
  }
  int64_t Accounts() {
    return db::Read(database_.pool(), absl::InfiniteFuture(),
                    [](db::Session& session) { return session.QueryOne("SELECT COUNT(*) FROM staff"); })
        ->value()
        .Int(0);
  }

  test::TestDatabase database_{Migrations()};
  ids::Generator ids_{[] { return absl::Now(); }, 7};
  const auth::PasswordHasher hasher_{{.memory_kib = 64, .passes = 1, .lanes = 1}, crypto::RandomBytes};
};

TEST_F(BootstrapTest, MakesTheFirstAdminOnce) {
  EXPECT_EQ(Bootstrap("short").code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Accounts(), 0);
  std::vector<std::thread> processes;
  for (int i = 0; i < 4; ++i) processes.emplace_back([this] { EXPECT_TRUE(Bootstrap(kPassword).ok()); });
  for (std::thread& process : processes) process.join();
  EXPECT_EQ(Accounts(), 1);
  EXPECT_TRUE(Bootstrap("short").ok()) << "where there is staff, the password does not matter";
  const Replica replica(database_.pool());
  const auto found = db::Read(database_.pool(), absl::InfiniteFuture(),
                              [](db::Session& session) { return FindCredentials(session, "admin"); });
  ASSERT_TRUE(found.ok() && found->has_value());
  EXPECT_TRUE(hasher_.Verify((*found)->password_hash, kPassword));
  EXPECT_TRUE(replica.directory.Holds((*found)->id, "units.import", 0));
}

}  // namespace
}  // namespace wenming::org
