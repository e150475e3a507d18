#include "gateway/server/metadata.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gateway/upstream/unary_call.h"

namespace wenming::gateway {
namespace {

using std::chrono::milliseconds;
using testing::Contains;
using testing::Not;
using testing::UnorderedElementsAre;

TEST(HeaderPolicyTest, ForwardsLittle) {
  HeaderPolicy policy({"X-Tenant", "Host", "grpc-timeout", "X-Request-Id", "X-Wenming-Client-Certificate",
                       "X-Forwarded-For", "Forwarded", "X-Real-IP", "x-wenming-client-certificate-bin"});
  h2::Headers metadata = policy.Metadata({{"authorization", "Bearer t"},
                                          {"user-agent", "curl"},
                                          {"accept-language", "en"},
                                          {"x-tenant", "t"},
                                          {"x-user-id", "root"},
                                          {"x-wenming-caller", "root"},
                                          {"x-wenming-client-certificate", "forged"},
                                          {"x-wenming-client-certificate-bin", "forged"},
                                          {"forwarded", "for=1.2.3.4"},
                                          {"x-real-ip", "1.2.3.4"},
                                          {"x-forwarded-for", "1.2.3.4"},
                                          {"x-request-id", "forged"},
                                          {"grpc-timeout", "1H"},
                                          {"cookie", "a=b"},
                                          {"host", "x"}},
                                         {.request_id = "r", .trace_parent = "t", .peer = "127.0.0.1"});
  using Header = std::pair<std::string, std::string>;
  EXPECT_THAT(metadata,
              UnorderedElementsAre(Header("authorization", "Bearer t"), Header("user-agent", "curl"),
                                   Header("accept-language", "en"), Header("x-tenant", "t"), Header("traceparent", "t"),
                                   Header("x-request-id", "r"), Header("x-forwarded-for", "127.0.0.1")));
}

TEST(HeaderPolicyTest, NamesTheCertificateThatTheEdgeHasVerified) {
  h2::Headers metadata = HeaderPolicy({}).Metadata({{"x-wenming-client-certificate", "forged"}}, {.certificate = "t"});
  using Header = std::pair<std::string, std::string>;
  EXPECT_THAT(metadata, Contains(Header("x-wenming-client-certificate", "t")));
  EXPECT_THAT(metadata, Not(Contains(Header("x-wenming-client-certificate", "forged"))));
}

TEST(HeaderPolicyTest, JoinsWhatComesTwice) {
  h2::Headers metadata = HeaderPolicy({}).Metadata(
      {{"authorization", "Bearer a"}, {"user-agent", "u"}, {"authorization", "Bearer b"}}, {});
  using Header = std::pair<std::string, std::string>;
  EXPECT_THAT(metadata, Contains(Header("authorization", "Bearer a, Bearer b")));
  EXPECT_THAT(metadata, Not(Contains(Header("authorization", "Bearer a"))));
}

TEST(HeaderPolicyTest, DropsValuesThatGrpcDoesNotAllow) {
  HeaderPolicy policy({});
  h2::Headers metadata = policy.Metadata({{"user-agent", "浏览器"}, {"authorization", "a\tb"}}, CallIdentity());
  EXPECT_EQ(metadata.size(), 2u);
}

TEST(HeaderPolicyTest, DropsBinaryValuesThatAreNone) {
  const HeaderPolicy policy({"x-key-bin"});
  const auto forwards = [&](const char* value) { return policy.Metadata({{"x-key-bin", value}}, {}).size() == 3; };
  for (const char* good : {"", "AAA", "AAA=", "AA==", "AA", "+/09azAZ"}) EXPECT_TRUE(forwards(good)) << good;
  for (const char* bad : {"A", "AA A", "A===", "====", "AA,AA", "AA-_", "AA=A", "\"AA\""})
    EXPECT_FALSE(forwards(bad)) << bad;
}

TEST(TimeoutTest, ReadsAndWritesTheProtocolsForm) {
  EXPECT_EQ(ParseTimeout("250m"), milliseconds(250));
  EXPECT_EQ(ParseTimeout("2S"), milliseconds(2000));
  EXPECT_EQ(ParseTimeout("1H"), std::chrono::hours(1));
  EXPECT_EQ(ParseTimeout("3M"), std::chrono::minutes(3));
  EXPECT_EQ(ParseTimeout("5u"), std::chrono::microseconds(5));
  EXPECT_EQ(ParseTimeout("7n"), std::chrono::nanoseconds(7));
  for (std::string_view bad : {"", "S", "1", "1s", "-1S", "+1S", "123456789S", "1.5S", " 1S"}) {
    EXPECT_EQ(ParseTimeout(bad), std::nullopt) << bad;
  }
  EXPECT_EQ(TimeoutText(milliseconds(1500)), "1500m");
  EXPECT_EQ(TimeoutText(milliseconds(-5)), "1m");
  EXPECT_EQ(TimeoutText(std::chrono::hours(48)), "172800S");
}

TEST(DeadlineTest, TheClientMayAskForLessButNotForMore) {
  auto now = std::chrono::steady_clock::now();
  auto left = [&](const char* name, const char* value) {
    http::Request request;
    request.headers = {{name, value}};
    return DeadlineOf(request, now, milliseconds(10000)) - now;
  };
  EXPECT_EQ(left("x-other", "1"), milliseconds(10000));
  EXPECT_EQ(left("grpc-timeout", "500m"), milliseconds(500));
  EXPECT_EQ(left("grpc-timeout", "1H"), milliseconds(10000));
  EXPECT_EQ(left("request-timeout", "1.5"), milliseconds(1500));
  EXPECT_EQ(left("request-timeout", "-1"), milliseconds(10000));
  EXPECT_EQ(left("request-timeout", "x"), milliseconds(10000));
}

}  // namespace
}  // namespace wenming::gateway
