#include "common/service/data_keys.h"

#include <gmock/gmock.h>

#include "prometheus/text_serializer.h"
#include "tests/common/auth/key_folder.h"

namespace wenming::service {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kFirst[] = "1:000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n";
constexpr char kSecond[] = "2:ff0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n";

TEST(DataKeys, SaysSinceWhenAGenerationAloneSeals) {
  const auth::KeyFolder folder{{}};
  folder.Write("data.key", kFirst);
  auto cipher = *crypto::DataCipher::Load(folder.path());
  prometheus::Registry registry;
  absl::Time now = absl::FromUnixSeconds(1000);
  DataKeys keys(cipher, registry, [&] { return now; });
  const auto shown = [&registry] { return prometheus::TextSerializer().Serialize(registry.Collect()); };
  EXPECT_THAT(shown(), HasSubstr("wenming_data_key_seal_time_seconds{generation=\"1\"} 1000"));

  // The other one is known, and does not seal yet.
  now = absl::FromUnixSeconds(2000);
  folder.Write("data.key", std::string(kFirst) + "~" + kSecond);
  EXPECT_TRUE(*keys.Reload());
  EXPECT_THAT(shown(), HasSubstr("wenming_data_key_seal_time_seconds{generation=\"1\"} 1000"));

  now = absl::FromUnixSeconds(3000);
  folder.Write("data.key", std::string(kFirst) + kSecond);
  EXPECT_TRUE(*keys.Reload());
  EXPECT_THAT(shown(), HasSubstr("wenming_data_key_seal_time_seconds{generation=\"2\"} 3000"));
  EXPECT_THAT(shown(), Not(HasSubstr("seal_time_seconds{generation=\"1\"}")));

  // Nothing about who seals changes with the first one gone.
  now = absl::FromUnixSeconds(4000);
  folder.Write("data.key", kSecond);
  EXPECT_TRUE(*keys.Reload());
  EXPECT_THAT(shown(), HasSubstr("wenming_data_key_seal_time_seconds{generation=\"2\"} 3000"));
}

}  // namespace
}  // namespace wenming::service
