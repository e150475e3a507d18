// The sessions of volunteers, and the log-in without a proof.

#include "volunteer_svc/auth/auth_service.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "common/auth/token_verifier.h"
#include "tests/volunteer_svc/auth/auth_fixture.h"
#include "volunteer_svc/calendar.h"

namespace wenming::volunteer {
namespace {

using absl::StatusCode;

class AuthServiceTest : public AuthTest {
 protected:
  absl::StatusOr<v1::LogInResponse> LogIn(uint64_t id, bool development = true, uint64_t center_id = kCenter) {
    AuthService service(dependencies_, sessions_, {.wechat = apps_, .development = development});
    v1::DevelopmentLogInRequest request;
    request.set_volunteer(ids::ResourceName("volunteers", id));
    rpc::Call call = Anybody();
    call.center_id = center_id;
    return service.DevelopmentLogIn(call, request);
  }
  v1::LogInResponse LoggedIn(uint64_t id) {
    auto answer = LogIn(id);
    EXPECT_TRUE(answer.ok()) << answer.status();
    return answer.ok() ? *answer : v1::LogInResponse();
  }
  absl::StatusOr<v1::RefreshSessionResponse> Refresh(const std::string& token) {
    v1::RefreshSessionRequest request;
    request.set_refresh_token(token);
    return service_.RefreshSession(Anybody(), request);
  }
  int OpenSessions(const v1::LogInResponse& log_in) {
    const auto listed = service_.ListSessions(As(log_in), {});
    EXPECT_TRUE(listed.ok()) << listed.status();
    return listed.ok() ? listed->sessions_size() : -1;
  }

  const uint64_t volunteer_ = Register(1), other_ = Register(2);
  const std::string name_ = ids::ResourceName("volunteers", volunteer_);
};

TEST_F(AuthServiceTest, GivesTokensThatEveryServiceTakes) {
  const auto answer = LogIn(volunteer_);
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(answer->volunteer().name(), name_);
  const auto verifier = auth::TokenVerifier::Load(keys_.path());
  ASSERT_TRUE(verifier.ok()) << verifier.status();
  const auto caller = (*verifier)->Verify(answer->tokens().access_token(), time_);
  ASSERT_TRUE(caller.ok()) << caller.status();
  EXPECT_EQ(caller->kind, auth::CallerKind::kVolunteer);
  EXPECT_EQ(caller->id, volunteer_);
  EXPECT_EQ(caller->center_id, kCenter);
  EXPECT_NE(caller->session_id, 0u);
  EXPECT_EQ(FromTimestamp(answer->tokens().expire_time()), time_ + absl::Minutes(30));
  EXPECT_EQ(FromTimestamp(answer->tokens().refresh_expire_time()), time_ + absl::Hours(24 * 30));
}

TEST_F(AuthServiceTest, AnswersWithoutProofInDevelopmentOnly) {
  for (const uint64_t id : {volunteer_, uint64_t{12345}}) {
    const auto answer = LogIn(id, false);
    EXPECT_EQ(answer.status().code(), StatusCode::kPermissionDenied);
    EXPECT_EQ(ReasonIn(answer.status()), "REASON_DEVELOPMENT_ONLY");
  }
}

TEST_F(AuthServiceTest, RefusesWhoIsNotThereOrHasLeft) {
  EXPECT_EQ(LogIn(12345).status().code(), StatusCode::kNotFound);
  EXPECT_EQ(LogIn(volunteer_, true, kElsewhere).status().code(), StatusCode::kNotFound);
  EXPECT_EQ(LogIn(volunteer_, true, 0).status().code(), StatusCode::kNotFound);
  Deactivate(volunteer_);
  EXPECT_EQ(ReasonIn(LogIn(volunteer_).status()), "REASON_VOLUNTEER_NOT_ACTIVE");
}

TEST_F(AuthServiceTest, RenewsTokensAndEndsTheSessionOfWhoeverUsesOneTwice) {
  const v1::LogInResponse log_in = LoggedIn(volunteer_);
  const auto renewed = Refresh(log_in.tokens().refresh_token());
  ASSERT_TRUE(renewed.ok()) << renewed.status();
  EXPECT_EQ(OpenSessions(log_in), 1);
  EXPECT_EQ(ReasonIn(Refresh(log_in.tokens().refresh_token()).status()), "REASON_REFRESH_TOKEN_REUSED");
  EXPECT_EQ(Refresh(renewed->tokens().refresh_token()).status().code(), StatusCode::kUnauthenticated)
      << "the refusal was committed";
  EXPECT_EQ(OpenSessions(log_in), 0);
  EXPECT_EQ(ReasonIn(Refresh("nonsense").status()), "REASON_REFRESH_TOKEN_INVALID");
  // The record says whose session it was, though the call is nobody's.
  const std::string ours = absl::StrCat("subject = '", name_, "' AND center_id = ", kCenter);
  EXPECT_EQ(AuditRecords(ours + " AND result = 16"), 2);
  EXPECT_EQ(AuditRecords(ours + " AND result = 0"), 2) << "the log-in and the renewal";
}

TEST_F(AuthServiceTest, LeavesARefusedRefreshToThePipelineWhereItNamesNobodyOnly) {
  const std::string used = LoggedIn(volunteer_).tokens().refresh_token();
  ASSERT_TRUE(Refresh(used).ok());
  const std::vector<std::pair<std::string, bool>> cases = {{used, true}, {"nonsense", false}};
  for (const auto& [token, recorded] : cases) {
    v1::RefreshSessionRequest request;
    request.set_refresh_token(token);
    const rpc::Call call = Anybody();
    EXPECT_EQ(service_.RefreshSession(call, request).status().code(), StatusCode::kUnauthenticated);
    EXPECT_EQ(call.audited, recorded) << token;
  }
}

TEST_F(AuthServiceTest, EndsASessionThatRestsForThirtyDaysOrLastsForAHundredAndEighty) {
  v1::LogInResponse log_in = LoggedIn(volunteer_);
  const absl::Time begin = time_;
  time_ += absl::Hours(24 * 30);
  EXPECT_EQ(ReasonIn(Refresh(log_in.tokens().refresh_token()).status()), "REASON_REFRESH_TOKEN_EXPIRED");
  time_ = begin;
  std::string token = LoggedIn(volunteer_).tokens().refresh_token();
  while (time_ < begin + absl::Hours(24 * 160)) {
    time_ += absl::Hours(24 * 20);
    const auto renewed = Refresh(token);
    ASSERT_TRUE(renewed.ok()) << renewed.status();
    token = renewed->tokens().refresh_token();
  }
  time_ = begin + absl::Hours(24 * 180);
  EXPECT_EQ(ReasonIn(Refresh(token).status()), "REASON_REFRESH_TOKEN_EXPIRED");
}

TEST_F(AuthServiceTest, LogsOutOfThisSessionOnly) {
  const v1::LogInResponse phone = LoggedIn(volunteer_), tablet = LoggedIn(volunteer_);
  ASSERT_EQ(OpenSessions(phone), 2);
  const auto out = service_.LogOut(As(phone), {});
  ASSERT_TRUE(out.ok()) << out.status();
  EXPECT_EQ(OpenSessions(tablet), 1);
  EXPECT_EQ(Refresh(phone.tokens().refresh_token()).status().code(), StatusCode::kUnauthenticated);
  EXPECT_TRUE(Refresh(tablet.tokens().refresh_token()).ok());
}

TEST_F(AuthServiceTest, EndsTheCallersSessionsOnly) {
  const v1::LogInResponse mine = LoggedIn(volunteer_), second = LoggedIn(volunteer_), others = LoggedIn(other_);
  const auto revoke = [&](const v1::LogInResponse& whose) {
    v1::RevokeSessionRequest request;
    request.set_name(ids::ResourceName("volunteerSessions", As(whose).caller.session_id));
    return service_.RevokeSession(As(mine), request).status();
  };
  EXPECT_EQ(revoke(others).code(), StatusCode::kNotFound);
  EXPECT_TRUE(revoke(second).ok());
  EXPECT_TRUE(revoke(second).ok()) << "a second time changes nothing";
  EXPECT_EQ(OpenSessions(mine), 1);
  EXPECT_EQ(OpenSessions(others), 1);
}

TEST_F(AuthServiceTest, EndsAllSessionsWithTheMembership) {
  const v1::LogInResponse one = LoggedIn(volunteer_), two = LoggedIn(volunteer_), other = LoggedIn(other_);
  Deactivate(volunteer_);
  for (const auto& ended : {one, two}) {
    EXPECT_EQ(Refresh(ended.tokens().refresh_token()).status().code(), StatusCode::kUnauthenticated);
  }
  EXPECT_TRUE(Refresh(other.tokens().refresh_token()).ok());
}

}  // namespace
}  // namespace wenming::volunteer
