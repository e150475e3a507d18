#include "volunteer_svc/auth/auth_service.h"

#include <gtest/gtest.h>

#include "absl/time/clock.h"
#include "common/auth/token_verifier.h"
#include "common/errors/errors.h"
#include "tests/volunteer_svc/fixture.h"
#include "volunteer_svc/calendar.h"
#include "volunteer_svc/volunteers/volunteers_service.h"

namespace wenming::volunteer {
namespace {

using errors::ReasonOf;

class AuthServiceTest : public VolunteerTest {
 protected:
  absl::StatusOr<v1::DevelopmentLogInResponse> LogIn(uint64_t id, bool development, uint64_t center_id = kCenter) {
    AuthService service(
        dependencies_, signer_, [this] { return now_; }, development);
    v1::DevelopmentLogInRequest request;
    request.set_volunteer(ids::ResourceName("volunteers", id));
    return service.DevelopmentLogIn(test::AnonymousCall(directory_.get(), center_id), request);
  }

  const auth::TokenSigner signer_ = *auth::TokenSigner::Load(keys_.path(), "volunteer_svc");
  const absl::Time now_ = absl::Now();
  const uint64_t volunteer_ = Register(1);
};

TEST_F(AuthServiceTest, GivesATokenThatEveryServiceTakes) {
  const auto answer = LogIn(volunteer_, true);
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(answer->volunteer().name(), ids::ResourceName("volunteers", volunteer_));
  const auto verifier = auth::TokenVerifier::Load(keys_.path());
  ASSERT_TRUE(verifier.ok()) << verifier.status();
  const auto caller = (*verifier)->Verify(answer->access_token(), now_);
  ASSERT_TRUE(caller.ok()) << caller.status();
  EXPECT_EQ(caller->kind, auth::CallerKind::kVolunteer);
  EXPECT_EQ(caller->id, volunteer_);
  EXPECT_EQ(caller->center_id, kCenter);
  const absl::Time end = FromTimestamp(answer->expire_time());
  EXPECT_GT(end, now_);
  EXPECT_FALSE((*verifier)->Verify(answer->access_token(), end + absl::Minutes(5)).ok());
}

TEST_F(AuthServiceTest, AnswersInDevelopmentOnly) {
  for (const uint64_t id : {volunteer_, uint64_t{12345}}) {
    const auto answer = LogIn(id, false);
    EXPECT_EQ(answer.status().code(), absl::StatusCode::kPermissionDenied);
    EXPECT_EQ(ReasonOf(answer.status()), type::REASON_DEVELOPMENT_ONLY);
  }
}

TEST_F(AuthServiceTest, RefusesWhoIsNotThereOrHasLeft) {
  EXPECT_EQ(LogIn(12345, true).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(LogIn(volunteer_, true, kElsewhere).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(LogIn(volunteer_, true, 0).status().code(), absl::StatusCode::kNotFound);
  v1::DeactivateVolunteerRequest request;
  request.set_name(ids::ResourceName("volunteers", volunteer_));
  ASSERT_TRUE(VolunteersService(dependencies_).DeactivateVolunteer(Admin(), request).ok());
  EXPECT_EQ(ReasonOf(LogIn(volunteer_, true).status()), type::REASON_VOLUNTEER_NOT_ACTIVE);
}

}  // namespace
}  // namespace wenming::volunteer
