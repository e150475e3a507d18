// What administrators do about how others get in: resets, lock-outs, sessions, disabled accounts.
#include "tests/org_svc/staff/log_in_fixture.h"

namespace wenming::org {
namespace {

class StaffSecurityTest : public LogInTest {
 protected:
  template <typename Request>
  absl::StatusOr<v1::StaffMember> Act(absl::StatusOr<v1::StaffMember> (StaffService::*handler)(const rpc::Call&,
                                                                                               const Request&),
                                      uint64_t by, uint64_t whom, Request request = {}) {
    request.set_name(ids::ResourceName("staff", whom));
    return Do(staff_, handler, By(by), request);
  }
  std::string Reset(uint64_t by, uint64_t whom, const std::string& password) {
    v1::ResetPasswordRequest request;
    request.set_password(password);
    return FirstReason(Act(&StaffService::ResetPassword, by, whom, request).status());
  }
};

TEST_F(StaffSecurityTest, OnlyTheSecurityAdminDoes) {
  const uint64_t center_security = AddStaff("security_admin", UnitId("C"));
  const uint64_t auditor = AddStaff("auditor", UnitId("C"));
  const std::pair<uint64_t, const char*> cases[] = {
      {security_admin_, "OK"},       {center_security, "OK"}, {admin_, "PERMISSION"},
      {center_admin_, "PERMISSION"}, {auditor, "PERMISSION"}, {wang_, "PERMISSION"},
  };
  for (const auto& [by, reason] : cases) {
    EXPECT_EQ(Reset(by, wang_, "another password " + std::to_string(by)), reason) << by;
    EXPECT_EQ(ReasonName(Act(&StaffService::ResetSecondFactor, by, wang_).status()), reason) << by;
    EXPECT_EQ(ReasonName(Act(&StaffService::UnlockStaffMember, by, wang_).status()), reason) << by;
    EXPECT_EQ(ReasonName(Act(&StaffService::RevokeStaffSessions, by, wang_).status()), reason) << by;
  }
  EXPECT_EQ(Reset(security_admin_, security_admin_, "another password"), "OWN_ACCOUNT");
  EXPECT_EQ(Reset(center_security, admin_, "another password"), "NOT_FOUND") << "outside of the center";
  EXPECT_EQ(Reset(center_security, security_admin_, "another password"), "NOT_FOUND");
}

TEST_F(StaffSecurityTest, AResetPasswordIsGoodForAChangeOnly) {
  const auto session = LogIn("wang", kPassword);
  EXPECT_EQ(Reset(security_admin_, wang_, "wang-1234567"), "PASSWORD_TOO_WEAK");
  EXPECT_EQ(Reset(security_admin_, wang_, "another password"), "OK");
  EXPECT_EQ(Ended(), 1);
  EXPECT_EQ(Refresh(session->tokens().refresh_token()), "REFRESH_TOKEN_INVALID");
  EXPECT_EQ(Refusal("wang", kPassword), "BAD_CREDENTIALS");
  EXPECT_EQ(Refusal("wang", "another password"), "PASSWORD_CHANGE_REQUIRED");
  EXPECT_EQ(ChangePassword("wang", "another password", kPassword), "PASSWORD_REUSED");
  EXPECT_EQ(ChangePassword("wang", "another password", "my own new password"), "OK");
  EXPECT_EQ(Refusal("wang", "my own new password"), "OK");
  EXPECT_EQ(Records(security_admin_, "ResetPassword", absl::StatusCode::kOk), 1);
}

TEST_F(StaffSecurityTest, ALockOutIsEnded) {
  for (int i = 0; i < 5; ++i) Refusal("wang", "wrong password");
  EXPECT_EQ(Refusal("wang", kPassword), "TOO_MANY_ATTEMPTS");
  EXPECT_TRUE(Act(&StaffService::UnlockStaffMember, security_admin_, wang_).ok());
  EXPECT_EQ(Refusal("wang", kPassword), "OK");
}

TEST_F(StaffSecurityTest, SessionsAreEnded) {
  const auto session = LogIn("wang", kPassword);
  EXPECT_TRUE(Act(&StaffService::RevokeStaffSessions, security_admin_, wang_).ok());
  EXPECT_EQ(Ended(), 1);
  EXPECT_EQ(Refresh(session->tokens().refresh_token()), "REFRESH_TOKEN_INVALID");
  EXPECT_EQ(Refusal("wang", kPassword), "OK");
}

TEST_F(StaffSecurityTest, ADisabledAccountIsEnabledAgain) {
  const auto session = LogIn("wang", kPassword);
  EXPECT_EQ(ReasonName(Act(&StaffService::EnableStaffMember, security_admin_, wang_).status()), "NOT_DISABLED");
  EXPECT_TRUE(Act(&StaffService::DisableStaffMember, security_admin_, wang_).ok()) << "without a right to grant";
  EXPECT_EQ(Ended(), 1);
  EXPECT_FALSE(here_.directory.StaffActive(wang_));
  EXPECT_EQ(Reset(security_admin_, wang_, "another password"), "MOVE_NOT_ALLOWED");
  EXPECT_EQ(ReasonName(Act(&StaffService::EnableStaffMember, center_admin_, wang_).status()), "PERMISSION");
  const auto enabled = Act(&StaffService::EnableStaffMember, security_admin_, wang_);
  ASSERT_TRUE(enabled.ok()) << enabled.status();
  EXPECT_EQ(enabled->state(), v1::StaffMember::STATE_ACTIVE);
  EXPECT_TRUE(here_.directory.Holds(wang_, "activities.write", UnitId("I1")));
  EXPECT_EQ(Refresh(session->tokens().refresh_token()), "REFRESH_TOKEN_INVALID");
  EXPECT_EQ(Refusal("wang", kPassword), "OK");
}

}  // namespace
}  // namespace wenming::org
