#include "volunteer_svc/certificates/verification_page.h"

#include <gmock/gmock.h>

namespace wenming::volunteer {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

v1::VerifyCertificateResponse Verified() {
  v1::VerifyCertificateResponse verified;
  verified.set_state(v1::Certificate::STATE_ISSUED);
  verified.set_serial("HT-2026-000123");
  verified.set_minutes(125);
  verified.set_issuer_name("洪洞县新时代文明实践中心");
  verified.mutable_issue_date()->set_year(2026);
  verified.mutable_issue_date()->set_month(5);
  verified.mutable_issue_date()->set_day(1);
  return verified;
}

TEST(VerificationPageTest, SaysThatItStandsAndTheFourFields) {
  const std::string page = VerificationPage(Verified());
  for (const char* text : {"✓ 有效", "HT-2026-000123", "2 小时 5 分钟", "洪洞县新时代文明实践中心", "2026年5月1日"}) {
    EXPECT_THAT(page, HasSubstr(text));
  }
  EXPECT_THAT(page, Not(HasSubstr("✗")));
}

TEST(VerificationPageTest, SaysThatItWasRevoked) {
  auto verified = Verified();
  verified.set_state(v1::Certificate::STATE_REVOKED);
  const std::string page = VerificationPage(verified);
  EXPECT_THAT(page, HasSubstr("✗ 已撤销"));
  EXPECT_THAT(page, HasSubstr("HT-2026-000123"));
  EXPECT_THAT(page, Not(HasSubstr("✓")));
}

TEST(VerificationPageTest, SaysThatThereIsNone) {
  const std::string page = VerificationPage(std::nullopt);
  EXPECT_THAT(page, HasSubstr("查无此证明"));
  EXPECT_THAT(page, Not(HasSubstr("✓")));
  EXPECT_THAT(page, Not(HasSubstr("<dd>")));
}

// It loads nothing, runs nothing and leads nowhere, whatever a unit is called.
TEST(VerificationPageTest, IsNothingButText) {
  auto verified = Verified();
  verified.set_issuer_name("<script>alert('x')</script>\"&");
  const std::string page = VerificationPage(verified);
  EXPECT_THAT(page, HasSubstr("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&quot;&amp;"));
  for (const char* text : {"<script", "<img", "<a ", "<link", "http", "src=", "url("}) {
    EXPECT_THAT(page, Not(HasSubstr(text)));
  }
}

}  // namespace
}  // namespace wenming::volunteer
