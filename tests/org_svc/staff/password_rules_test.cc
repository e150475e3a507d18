#include "org_svc/staff/password_rules.h"

#include <gtest/gtest.h>

#include <string>

#include "common/errors/errors.h"

namespace wenming::org {
namespace {

TEST(PasswordRules, SayWhichMayBeUsed) {
  const std::pair<std::string, bool> cases[] = {
      {"Lotus-9-pond", true},
      {"lotus-9-pond", true},
      {"correct horse battery", true},  // long enough for any kinds
      {"志愿服务助人为乐一二三四五六七八", true},
      {"", false},
      {"Ab1-efghi", false},        // nine
      {"Ab1-efghij", true},        // ten
      {"lotus-pond-x", false},     // two kinds
      {"lotuspondxyzabc", false},  // fifteen of one kind
      {"lotuspondxyzabcd", true},  // sixteen
      {"12345678901", false},
      {"Password123!", false},  // common
      {"P@ssw0rd2026", false},
      {"!!Qwerty2026", false},
      {"Hongtong@123", false},
      {"my dragon eats lotus 7", true},  // a common word in a sentence is none
      {"aaaaaaaaaaaaaaaaaa", false},
      {"abababababababab", false},
      {"Wang.wei-2026", false},  // the user name
      {"xxWANG.WEIxx-9", false},
      {std::string(128, 'a') + "B1", false},
  };
  for (const auto& [password, good] : cases) {
    const absl::Status status = CheckPassword("new_password", password, "wang.wei");
    EXPECT_EQ(status.ok(), good) << password;
    if (good) continue;
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    const auto wire = errors::ToWire(status, errors::Language::kEnglish, "");
    EXPECT_NE(wire.DebugString().find("new_password"), std::string::npos);
    EXPECT_TRUE(password.empty() || wire.DebugString().find(password) == std::string::npos);
  }
}

}  // namespace
}  // namespace wenming::org
