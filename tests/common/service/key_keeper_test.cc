#include "common/service/key_keeper.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <sstream>

#include "absl/synchronization/mutex.h"
#include "prometheus/text_serializer.h"
#include "tests/common/auth/key_folder.h"

namespace wenming::service {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(KeyKeeper, FollowsTheFolderAndShowsTheKeys) {
  auth::KeyFolder keys;
  auto signer = *auth::TokenSigner::Load(keys.path(), "org_svc");
  const auto verifier = *auth::TokenVerifier::Load(keys.path());
  prometheus::Registry registry;
  std::ostringstream log;
  observe::Logger logger(log, "test", observe::Severity::kInfo, observe::SystemClock());
  std::atomic<int> others = 0;
  // Each look comes a minute after the one before, so that a new key has settled at the second.
  std::atomic<int> minutes = 0;
  const auto clock = [&] { return absl::FromUnixSeconds(1'780'000'000 + 60 * ++minutes); };
  {
    KeyKeeper keeper(*verifier, signer,
                     {{"others",
                       [&](absl::Time) -> absl::StatusOr<bool> {
                         return ++others == 1 ? absl::StatusOr<bool>(absl::DataLossError("torn")) : false;
                       }}},
                     clock, logger, registry);
    const auto shown = [&registry] { return prometheus::TextSerializer().Serialize(registry.Collect()); };
    const std::string old_id = signer.key_id();
    EXPECT_THAT(shown(), HasSubstr("wenming_token_key_info{kid=\"" + old_id + "\",use=\"sign\"} 1"));
    const auth::KeyPair pair = auth::NewKeyPair();
    keys.Write("org_svc.2.verify.pem", pair.public_pem);
    keys.Write("org_svc.2.sign.pem", pair.private_pem);
    const absl::Time end = absl::Now() + absl::Seconds(20);
    absl::Mutex mutex;
    const absl::MutexLock lock(&mutex);
    const auto never = [] { return false; };
    const auto followed = [&] { return signer.key_id() != old_id && verifier->Keys().size() == 4; };
    // Polled: files have no way to wait for their reader.
    while (!followed() && absl::Now() < end) mutex.AwaitWithTimeout(absl::Condition(&never), absl::Milliseconds(20));
    EXPECT_TRUE(followed());
    const std::string sign = "wenming_token_key_info{kid=\"" + signer.key_id() + "\",use=\"sign\"} 1";
    while (shown().find(sign) == std::string::npos && absl::Now() < end) {
      mutex.AwaitWithTimeout(absl::Condition(&never), absl::Milliseconds(20));
    }
    EXPECT_THAT(shown(), HasSubstr(sign));
    EXPECT_THAT(shown(), HasSubstr("wenming_token_key_info{kid=\"" + old_id + "\",use=\"verify\"} 1"));
    EXPECT_THAT(shown(), Not(HasSubstr("kid=\"" + old_id + "\",use=\"sign\"")));
  }
  EXPECT_GT(others, 1);
  EXPECT_THAT(log.str(), HasSubstr("torn"));
}

}  // namespace
}  // namespace wenming::service
