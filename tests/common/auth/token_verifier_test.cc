#include "common/auth/token_verifier.h"

#include <gtest/gtest.h>

#include <fstream>

#include "common/auth/token_signer.h"
#include "common/crypto/digest.h"
#include "common/errors/errors.h"
#include "tests/common/auth/key_folder.h"

namespace wenming::auth {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(1'780'000'000);

type::Reason Outcome(const TokenVerifier& verifier, std::string_view token, absl::Time now = kNow) {
  const absl::StatusOr<Caller> caller = verifier.Verify(token, now);
  if (caller.ok()) return type::REASON_UNSPECIFIED;
  EXPECT_EQ(caller.status().code(), absl::StatusCode::kUnauthenticated);
  return errors::ReasonOf(caller.status());
}

class TokenVerifierTest : public ::testing::Test {
 protected:
  KeyFolder keys_;
  std::unique_ptr<TokenVerifier> verifier_ = *TokenVerifier::Load(keys_.path());
};

TEST_F(TokenVerifierTest, SaysWhoTheSignerNamed) {
  for (const Caller& caller : {StaffCaller(42, 7), StaffCaller(42, 0), VolunteerCaller(UINT64_MAX, UINT64_MAX),
                               ServiceCaller("org_svc"), ServiceCaller("activity_svc")}) {
    const std::string token = TokenFor(keys_, caller, kNow);
    for (int time = 0; time < 2; ++time) {  // the second from the cache
      const auto verified = verifier_->Verify(token, kNow);
      ASSERT_TRUE(verified.ok()) << verified.status();
      EXPECT_EQ(verified->kind, caller.kind);
      EXPECT_EQ(verified->id, caller.id);
      EXPECT_EQ(verified->center_id, caller.center_id);
      EXPECT_EQ(verified->subject, caller.subject);
    }
  }
}

TEST_F(TokenVerifierTest, ATokenHasItsTime) {
  const auto signer = TokenSigner::Load(keys_.path(), "org_svc");
  const auto token = signer->Sign(StaffCaller(42, 7), kNow + absl::Milliseconds(900), absl::Minutes(15));
  EXPECT_EQ(token->expire_time, kNow + absl::Minutes(15));
  const std::pair<absl::Duration, type::Reason> cases[] = {
      {-absl::Hours(1), type::REASON_TOKEN_INVALID},
      {-absl::Seconds(61), type::REASON_TOKEN_INVALID},
      {-absl::Seconds(60), type::REASON_UNSPECIFIED},
      {absl::ZeroDuration(), type::REASON_UNSPECIFIED},
      {absl::Minutes(15) - absl::Nanoseconds(1), type::REASON_UNSPECIFIED},
      {absl::Minutes(15), type::REASON_TOKEN_EXPIRED},
      {absl::Hours(24 * 365), type::REASON_TOKEN_EXPIRED}};
  // Twice: what the cache remembers is as late or early as before.
  for (int time = 0; time < 2; ++time) {
    for (const auto& [offset, reason] : cases) {
      EXPECT_EQ(Outcome(*verifier_, token->text, kNow + offset), reason) << absl::FormatDuration(offset);
      const auto fresh = TokenVerifier::Load(keys_.path());
      EXPECT_EQ(Outcome(**fresh, token->text, kNow + offset), reason) << absl::FormatDuration(offset);
    }
  }
}

TEST_F(TokenVerifierTest, EveryTokenIsDifferent) {
  EXPECT_NE(TokenFor(keys_, StaffCaller(42, 7), kNow), TokenFor(keys_, StaffCaller(42, 7), kNow));
}

TEST_F(TokenVerifierTest, TheSignerVouchesForItsOwnOnly) {
  const auto signer = TokenSigner::Load(keys_.path(), "activity_svc");
  for (const Caller& caller : {StaffCaller(42, 7), VolunteerCaller(42, 7), ServiceCaller("org_svc"), Caller()}) {
    EXPECT_EQ(signer->Sign(caller, kNow, absl::Minutes(1)).status().code(), absl::StatusCode::kInvalidArgument);
  }
}

TEST_F(TokenVerifierTest, KeysOverlapDuringARotation) {
  const std::string old_token = TokenFor(keys_, StaffCaller(42, 7), kNow);
  keys_.AddSigningKey("org_svc", "2027");
  const std::string new_token = TokenFor(keys_, StaffCaller(42, 7), kNow);
  EXPECT_EQ(Outcome(*verifier_, new_token), type::REASON_TOKEN_INVALID);

  const auto both = TokenVerifier::Load(keys_.path());
  EXPECT_EQ(Outcome(**both, old_token), type::REASON_UNSPECIFIED);
  EXPECT_EQ(Outcome(**both, new_token), type::REASON_UNSPECIFIED);

  keys_.Write("org_svc.verify.pem", keys_.Read("org_svc.2027.verify.pem"));
  const auto after = TokenVerifier::Load(keys_.path());
  EXPECT_EQ(Outcome(**after, old_token), type::REASON_TOKEN_INVALID);
  EXPECT_EQ(Outcome(**after, new_token), type::REASON_UNSPECIFIED);
}

TEST_F(TokenVerifierTest, AKeyOfAnotherServiceIsNoKeyOfThisOne) {
  // The same key file under two names is two keys, each good for its own service only.
  keys_.Write("org_svc.verify.pem", keys_.Read("activity_svc.verify.pem"));
  const auto verifier = TokenVerifier::Load(keys_.path());
  EXPECT_EQ(Outcome(**verifier, TokenFor(keys_, ServiceCaller("activity_svc"), kNow)), type::REASON_UNSPECIFIED);
  EXPECT_EQ(Outcome(**verifier, TokenFor(keys_, StaffCaller(42, 7), kNow)), type::REASON_TOKEN_INVALID);
}

TEST_F(TokenVerifierTest, DoesNotStartOnUnusableKeys) {
  const KeyFolder empty({});
  EXPECT_EQ(TokenVerifier::Load(empty.path()).status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(TokenVerifier::Load(empty.path() + "/none").status().code(), absl::StatusCode::kFailedPrecondition);
  keys_.Write("org_svc.verify.pem", NewKeyPair("P-384").public_pem);
  EXPECT_EQ(TokenVerifier::Load(keys_.path()).status().code(), absl::StatusCode::kInvalidArgument);

  EXPECT_EQ(TokenSigner::Load(empty.path(), "org_svc").status().code(), absl::StatusCode::kNotFound);
  empty.Write("org_svc.sign.pem", NewKeyPair("P-384").private_pem);
  EXPECT_EQ(TokenSigner::Load(empty.path(), "org_svc").status().code(), absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace wenming::auth
