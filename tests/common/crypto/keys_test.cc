#include "common/crypto/keys.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "common/crypto/digest.h"
#include "tests/common/auth/key_folder.h"

namespace wenming::crypto {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kHex[] = "000102030405060708090a0b0c0d0e0F";

TEST(LoadKey, ReadsHexWithWhiteSpaceAroundIt) {
  const auth::KeyFolder folder({});
  for (const std::string& content : {std::string(kHex), kHex + std::string("\n"), " " + std::string(kHex) + "\r\n\n"}) {
    folder.Write("a.key", content);
    const auto key = LoadKey(folder.path() + "/a.key");
    ASSERT_TRUE(key.ok()) << key.status();
    EXPECT_EQ(Hex(*key), "000102030405060708090a0b0c0d0e0f");
  }
}

TEST(LoadKey, RefusesAFileThatOthersMayUse) {
  const auth::KeyFolder folder({});
  folder.Write("a.key", kHex);
  const std::string path = folder.path() + "/a.key";
  for (const mode_t open : {0604, 0602, 0601, 0644, 0666}) {
    ASSERT_EQ(chmod(path.c_str(), open), 0);
    const auto key = LoadKey(path);
    EXPECT_EQ(key.status().code(), absl::StatusCode::kFailedPrecondition) << std::oct << open;
    EXPECT_THAT(std::string(key.status().message()), HasSubstr("a.key is open to everybody"));
  }
  for (const mode_t closed : {0600, 0640, 0440}) {
    ASSERT_EQ(chmod(path.c_str(), closed), 0);
    EXPECT_TRUE(LoadKey(path).ok()) << std::oct << closed;
  }
}

TEST(LoadKey, NamesTheFileAndNeverItsContent) {
  const auth::KeyFolder folder({});
  const std::string secret = "c0ffee";
  for (const std::string& content :
       {std::string(), std::string("\n"), secret, secret + "0", secret + std::string(40, 'g'),
        std::string(kHex) + " " + kHex, std::string(70000, 'a')}) {
    folder.Write("bad.key", content);
    const absl::Status status = LoadKey(folder.path() + "/bad.key").status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << content.substr(0, 80);
    EXPECT_THAT(std::string(status.message()), HasSubstr("bad.key"));
    EXPECT_THAT(std::string(status.message()), Not(HasSubstr(secret)));
  }
  EXPECT_EQ(LoadKey(folder.path() + "/none.key").status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(LoadKey(folder.path()).status().code(), absl::StatusCode::kNotFound) << "a folder";
}

TEST(GenerationOf, IsTheNumberInTheNameOfAFile) {
  const auto of = [](std::string_view name) { return GenerationOf(name, "org_svc", ".sign.pem"); };
  EXPECT_EQ(of("org_svc.sign.pem"), 0u);
  EXPECT_EQ(of("org_svc.1.sign.pem"), 1u);
  EXPECT_EQ(of("org_svc.4294967295.sign.pem"), 4294967295u);
  for (const char* other : {"", "org_svc", ".sign.pem", "org_svc.sign.pe", "org_svc.verify.pem", "org_svc..sign.pem",
                            "org_svc.x.sign.pem", "org_svc.1x.sign.pem", "org_svc.-1.sign.pem", "org_svc1.sign.pem",
                            "org_svc.4294967296.sign.pem", "org_svc.1.sign.pem.new", "volunteer_svc.sign.pem"}) {
    EXPECT_EQ(of(other), std::nullopt) << other;
  }
}

}  // namespace
}  // namespace wenming::crypto
