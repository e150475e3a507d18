// The second factor of administrators, from enrolment to reset.
#include <liboath/oath.h>

#include <thread>

#include "common/auth/totp.h"
#include "tests/org_svc/staff/log_in_fixture.h"

namespace wenming::org {
namespace {

// RFC 6238 appendix B, cut to six digits.
TEST(Totp, AgreesWithTheRfc) {
  const std::string secret = "12345678901234567890";
  const std::pair<int64_t, const char*> cases[] = {{59, "287082"},         {1111111109, "081804"},
                                                   {1111111111, "050471"}, {1234567890, "005924"},
                                                   {2000000000, "279037"}, {20000000000, "353130"}};
  for (const auto& [seconds, code] : cases) {
    const absl::Time time = absl::FromUnixSeconds(seconds);
    EXPECT_EQ(auth::TotpStep(secret, code, time), seconds / 30) << code;
    EXPECT_EQ(auth::TotpStep(secret, code, time + absl::Seconds(30)), seconds / 30);
    EXPECT_EQ(auth::TotpStep(secret, code, time - absl::Seconds(30)), seconds / 30);
    EXPECT_EQ(auth::TotpStep(secret, code, time + absl::Seconds(60)), std::nullopt);
    if (seconds < 60) continue;  // before there was time
    EXPECT_EQ(auth::TotpStep(secret, code, time - absl::Seconds(60)), std::nullopt);
  }
  for (const char* code : {"", "28708", "2870820", "28708a", " 287082", "287082 ", "94287082", "-87082"}) {
    EXPECT_EQ(auth::TotpStep(secret, code, absl::FromUnixSeconds(59)), std::nullopt) << code;
  }
}

TEST(Totp, IsShownForTypingAndForACamera) {
  EXPECT_EQ(auth::TotpSecretText("12345678901234567890"), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
  EXPECT_EQ(auth::TotpUri("12345678901234567890", "a.b-c", "wenming"),
            "otpauth://totp/wenming:a.b-c?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=wenming&algorithm=SHA1&"
            "digits=6&period=30");
}

class SecondFactorTest : public LogInTest {
 protected:
  SecondFactorTest() {
    chief_ = Create(admin_, "chief", "center_admin", "C");
    EXPECT_EQ(ChangePassword("chief", kFirst, kPassword), "OK");
  }

  absl::StatusOr<v1::EnrolSecondFactorResponse> Enrol(const std::string& username, const std::string& password) {
    v1::EnrolSecondFactorRequest request;
    request.set_username(username);
    request.set_password(password);
    return Do(auth_, &StaffAuthService::EnrolSecondFactor, Anybody(), request);
  }
  // What the authenticator app shows `steps` from now.
  std::string Code(const std::string& secret, int steps = 0) const {
    char* raw = nullptr;
    size_t size = 0;
    EXPECT_EQ(oath_base32_decode(secret.data(), secret.size(), &raw, &size), OATH_OK);
    char code[7] = "";
    EXPECT_EQ(oath_totp_generate(raw, size, absl::ToTimeT(now_) + 30 * steps, 30, 0, 6, code), OATH_OK);
    std::free(raw);
    return code;
  }

  uint64_t chief_ = 0;
};

TEST_F(SecondFactorTest, AdministratorsNeedOne) {
  EXPECT_EQ(Refusal("chief", kPassword), "SECOND_FACTOR_NOT_ENROLLED");
  EXPECT_EQ(Refusal("chief", kPassword, "123456"), "SECOND_FACTOR_NOT_ENROLLED") << "a code of nothing proves nothing";
  EXPECT_EQ(Refusal("wang", kPassword), "OK") << "others do without";
  const auto enrolled = Enrol("chief", kPassword);
  ASSERT_TRUE(enrolled.ok()) << enrolled.status();
  EXPECT_EQ(Refusal("chief", kPassword), "SECOND_FACTOR_NOT_ENROLLED") << "not confirmed yet";
  const auto answer = LogIn("chief", kPassword, Code(enrolled->secret()));
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_TRUE(answer->staff_member().second_factor());
  EXPECT_EQ(Refusal("chief", kPassword), "SECOND_FACTOR_REQUIRED");
  EXPECT_EQ(Refusal("chief", "another password", Code(enrolled->secret(), 1)), "BAD_CREDENTIALS");
  EXPECT_EQ(Count("sessions WHERE proof = 2"), 1);
}

TEST_F(SecondFactorTest, ARoleThatNeedsOneEndsTheSessionsWithoutOne) {
  const auto grant = [&](uint64_t by, const char* role, const char* unit) {
    v1::GrantRoleRequest request;
    request.set_name(ids::ResourceName("staff", wang_));
    request.mutable_binding()->set_role(role);
    request.mutable_binding()->set_unit(UnitName(unit));
    return ReasonName(Do(staff_, &StaffService::GrantRole, By(by), request).status());
  };
  const auto session = LogIn("wang", kPassword);
  v1::RefreshSessionResponse next;
  EXPECT_EQ(grant(center_admin_, "team_leader", "I1"), "OK");
  EXPECT_EQ(Refresh(session->tokens().refresh_token(), &next), "OK");
  EXPECT_EQ(grant(admin_, "center_admin", "C"), "OK");
  EXPECT_EQ(Ended(), 1);
  EXPECT_EQ(Refresh(next.tokens().refresh_token()), "REFRESH_TOKEN_INVALID");
  EXPECT_EQ(Refusal("wang", kPassword), "SECOND_FACTOR_NOT_ENROLLED");
  const std::string secret = Enrol("wang", kPassword)->secret();
  const auto administrator = LogIn("wang", kPassword, Code(secret));
  ASSERT_TRUE(administrator.ok()) << administrator.status();
  EXPECT_EQ(grant(center_admin_, "unit_admin", "C"), "OK");
  EXPECT_EQ(Refresh(administrator->tokens().refresh_token()), "OK") << "this one was begun with it";
}

TEST_F(SecondFactorTest, ACodeIsGoodOnceAndNoneOlder) {
  const std::string secret = Enrol("chief", kPassword)->secret();
  EXPECT_EQ(Refusal("chief", kPassword, Code(secret)), "OK");
  EXPECT_EQ(Refusal("chief", kPassword, Code(secret)), "BAD_SECOND_FACTOR");
  EXPECT_EQ(Refusal("chief", kPassword, Code(secret, -1)), "BAD_SECOND_FACTOR");
  EXPECT_EQ(Refusal("chief", kPassword, Code(secret, 1)), "OK");
  now_ += absl::Minutes(1);
  EXPECT_EQ(Refusal("chief", kPassword, Code(secret)), "OK");
  EXPECT_EQ(Refusal("chief", kPassword, Code(secret, 5)), "BAD_SECOND_FACTOR");
}

TEST_F(SecondFactorTest, OfTwoLogInsWithOneCodeOneGetsIn) {
  const std::string secret = Enrol("chief", kPassword)->secret();
  for (int round = 0; round < 3; ++round) {
    now_ += absl::Minutes(1);
    std::string outcomes[2];
    std::thread first([&] { outcomes[0] = Refusal("chief", kPassword, Code(secret)); });
    std::thread second([&] { outcomes[1] = Refusal("chief", kPassword, Code(secret)); });
    first.join();
    second.join();
    EXPECT_EQ((outcomes[0] == "OK") + (outcomes[1] == "OK"), 1) << outcomes[0] << " " << outcomes[1];
  }
}

TEST_F(SecondFactorTest, GuessingCodesIsLockedOut) {
  const std::string secret = Enrol("chief", kPassword)->secret();
  EXPECT_EQ(Refusal("chief", kPassword, Code(secret)), "OK");
  now_ += absl::Minutes(1);
  for (int i = 0; i < 5; ++i) EXPECT_EQ(Refusal("chief", kPassword, "00000" + std::to_string(i)), "BAD_SECOND_FACTOR");
  EXPECT_EQ(Refusal("chief", kPassword, Code(secret)), "TOO_MANY_ATTEMPTS");
  EXPECT_EQ(Records(chief_, "LogIn", absl::StatusCode::kUnauthenticated), 5);
}

TEST_F(SecondFactorTest, ThePasswordAloneGivesNoMoreGuesses) {
  const std::string secret = Enrol("chief", kPassword)->secret();
  EXPECT_EQ(Refusal("chief", kPassword, Code(secret)), "OK");
  now_ += absl::Minutes(1);
  for (int i = 0; i < 4; ++i) EXPECT_EQ(Refusal("chief", kPassword, "00000" + std::to_string(i)), "BAD_SECOND_FACTOR");
  EXPECT_EQ(Refusal("chief", kPassword), "SECOND_FACTOR_REQUIRED");
  EXPECT_EQ(ReasonName(Enrol("chief", kPassword).status()), "SECOND_FACTOR_ENROLLED");
  EXPECT_EQ(ChangePassword("chief", kPassword, "my own new password"), "SECOND_FACTOR_REQUIRED");
  EXPECT_EQ(ChangePassword("chief", kPassword, kPassword), "PASSWORD_REUSED");
  EXPECT_EQ(Refusal("chief", kPassword, "000004"), "BAD_SECOND_FACTOR");
  EXPECT_EQ(Refusal("chief", kPassword, Code(secret)), "TOO_MANY_ATTEMPTS");
}

TEST_F(SecondFactorTest, IsEnrolledOnceAndByTheOwnerOfThePassword) {
  EXPECT_EQ(ReasonName(Enrol("chief", "another password").status()), "BAD_CREDENTIALS");
  Create(admin_, "fresh", "center_admin", "C");
  EXPECT_EQ(ReasonName(Enrol("fresh", kFirst).status()), "PASSWORD_CHANGE_REQUIRED");
  const std::string first = Enrol("chief", kPassword)->secret();
  const std::string second = Enrol("chief", kPassword)->secret();
  EXPECT_NE(first, second);
  EXPECT_EQ(Refusal("chief", kPassword, Code(first)), "BAD_SECOND_FACTOR");
  EXPECT_EQ(Refusal("chief", kPassword, Code(second)), "OK");
  EXPECT_EQ(ReasonName(Enrol("chief", kPassword).status()), "SECOND_FACTOR_ENROLLED");
}

TEST_F(SecondFactorTest, IsAskedForAtAPasswordChange) {
  const std::string secret = Enrol("chief", kPassword)->secret();
  EXPECT_EQ(Refusal("chief", kPassword, Code(secret)), "OK");
  EXPECT_EQ(ChangePassword("chief", kPassword, "my own new password"), "SECOND_FACTOR_REQUIRED");
  EXPECT_EQ(ChangePassword("chief", kPassword, "my own new password", Code(secret)), "BAD_SECOND_FACTOR");
  EXPECT_EQ(ChangePassword("chief", kPassword, "my own new password", Code(secret, 1)), "OK");
}

TEST_F(SecondFactorTest, InDevelopmentOneThatIsEnrolledIsStillAskedFor) {
  prometheus::Registry registry;
  StaffAuthService lax(with_, here_.roles, door_, sessions_, false, registry);
  v1::LogInRequest request;
  request.set_username("chief");
  request.set_password(kPassword);
  EXPECT_TRUE(Do(lax, &StaffAuthService::LogIn, Anybody(), request).ok());
  const std::string secret = Enrol("chief", kPassword)->secret();
  EXPECT_EQ(Refusal("chief", kPassword, Code(secret)), "OK");
  EXPECT_EQ(ReasonName(Do(lax, &StaffAuthService::LogIn, Anybody(), request).status()), "SECOND_FACTOR_REQUIRED");
}

TEST_F(SecondFactorTest, TheSecretIsSealedAndBoundToTheAccount) {
  const std::string secret = Enrol("chief", kPassword)->secret();
  EXPECT_EQ(Refusal("chief", kPassword, Code(secret)), "OK");
  database_.Administer("USE " + database_.schema());
  const std::string chief = std::to_string(chief_), wang = std::to_string(wang_);
  database_.Administer("UPDATE staff a JOIN staff b ON b.id = " + chief +
                       " SET a.totp_secret = b.totp_secret, a.totp_enrolled = 1 WHERE a.id = " + wang);
  now_ += absl::Minutes(1);
  EXPECT_EQ(LogIn("wang", kPassword, Code(secret)).status().code(), absl::StatusCode::kDataLoss);
}

TEST_F(SecondFactorTest, IsResetByASecurityAdmin) {
  const std::string secret = Enrol("chief", kPassword)->secret();
  const auto answer = LogIn("chief", kPassword, Code(secret));
  v1::ResetSecondFactorRequest reset;
  reset.set_name(ids::ResourceName("staff", chief_));
  const auto done = Do(staff_, &StaffService::ResetSecondFactor, By(security_admin_), reset);
  ASSERT_TRUE(done.ok()) << done.status();
  EXPECT_FALSE(done->second_factor());
  EXPECT_EQ(Refresh(answer->tokens().refresh_token()), "REFRESH_TOKEN_INVALID");
  EXPECT_EQ(Refusal("chief", kPassword, Code(secret, 1)), "SECOND_FACTOR_NOT_ENROLLED");
  EXPECT_TRUE(Enrol("chief", kPassword).ok());
}

}  // namespace
}  // namespace wenming::org
