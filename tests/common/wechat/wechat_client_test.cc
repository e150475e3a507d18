#include "common/wechat/wechat_client.h"

#include <gtest/gtest.h>
#include <prometheus/text_serializer.h>

#include <optional>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/errors/errors.h"
#include "google/rpc/error_details.pb.h"
#include "tests/support/wechat_stand_in.h"

namespace wenming::wechat {
namespace {

using absl::StatusCode;
using test::WechatStandIn;

constexpr char kLogInPath[] = "/sns/jscode2session", kTokenPath[] = "/cgi-bin/stable_token",
               kPhonePath[] = "/wxa/business/getuserphonenumber";
constexpr char kPhoneNumber[] = "12400001111";

absl::Duration RetryAfter(const absl::Status& status) {
  const google::rpc::Status wire = errors::ToWire(status, errors::Language::kChinese, "");
  google::rpc::RetryInfo retry;
  for (const auto& detail : wire.details()) {
    if (detail.UnpackTo(&retry)) return absl::Seconds(retry.retry_delay().seconds());
  }
  return absl::ZeroDuration();
}

class WechatClientTest : public ::testing::Test {
 protected:
  static constexpr int kPlaces = 2;

  // Whatever a test does, nothing secret may stand in the log or the metrics.
  void TearDown() override {
    const std::string said = absl::StrCat(log_.str(), Metrics());
    for (const char* secret : {test::kWechatSecret, test::kWechatSessionKey, "stand-in-access-token", "openid-canary",
                               "unionid-canary", kPhoneNumber, "code-canary", "errcode:", "jscode2session?"}) {
      EXPECT_FALSE(absl::StrContains(said, secret)) << secret << " in\n" << said;
    }
  }

  std::string Metrics() const { return prometheus::TextSerializer().Serialize(registry_.Collect()); }

  WechatClient Client(const std::string& url, std::string secret = test::kWechatSecret) {
    return WechatClient(url, {"wx-app", std::move(secret)}, http_, clock_, logger_, registry_, longest_);
  }

  absl::StatusOr<WechatUser> LogIn(const std::string& code) {
    return client_.Code2Session(code, absl::InfiniteFuture());
  }
  absl::StatusOr<std::string> Phone(const std::string& code) {
    return client_.PhoneNumber(code, absl::InfiniteFuture());
  }
  static std::string PhoneCode(const char* nonce) {
    return absl::StrCat("phone:", kPhoneNumber, ":86:wx-app:code-canary-", nonce);
  }

  absl::Duration later_ = absl::ZeroDuration();  // how much later the client believes it to be
  const observe::Clock clock_ = [this] { return absl::Now() + later_; };
  absl::Duration longest_ = absl::Milliseconds(300);
  std::ostringstream log_;
  const observe::Logger logger_{log_, "test", observe::Severity::kDebug, clock_};
  prometheus::Registry registry_;
  HttpClient http_{kPlaces};
  WechatStandIn wechat_;
  WechatClient client_ = Client(wechat_.url());
};

TEST_F(WechatClientTest, TellsWhoHasLoggedIn) {
  const auto user = LogIn("ok:openid-canary:unionid-canary:code-canary");
  ASSERT_TRUE(user.ok()) << user.status();
  EXPECT_EQ(user->openid, "openid-canary-wx-app");
  EXPECT_EQ(user->unionid, "unionid-canary");
  const auto alone = LogIn("ok:openid-canary::2");
  ASSERT_TRUE(alone.ok()) << alone.status();
  EXPECT_EQ(alone->unionid, "");
  EXPECT_TRUE(absl::StrContains(Metrics(), R"(wenming_wechat_calls_total{call="code2session",outcome="ok"} 2)"));
}

struct Refusal {
  const char* code;
  StatusCode status;
  type::Reason reason;
  absl::Duration retry_after;
  const char* outcome;
};

const std::vector<Refusal>& AnyCallsRefusals() {
  constexpr auto kSoon = absl::Seconds(2);
  static const std::vector<Refusal> refusals = {
      {"errcode:40226", StatusCode::kPermissionDenied, type::REASON_WECHAT_USER_BLOCKED, {}, "user_blocked"},
      {"errcode:45011", StatusCode::kUnavailable, type::REASON_WECHAT_TOO_FREQUENT, absl::Minutes(1), "too_frequent"},
      {"errcode:45009", StatusCode::kUnavailable, type::REASON_WECHAT_TOO_FREQUENT, absl::Minutes(30), "too_frequent"},
      {"errcode:-1", StatusCode::kUnavailable, type::REASON_WECHAT_UNAVAILABLE, kSoon, "unavailable"},
      {"errcode:40013", StatusCode::kUnavailable, type::REASON_WECHAT_UNAVAILABLE, kSoon, "unavailable"},
      {"errcode:61024", StatusCode::kUnavailable, type::REASON_WECHAT_UNAVAILABLE, kSoon, "unavailable"},
      {"slow", StatusCode::kUnavailable, type::REASON_WECHAT_UNAVAILABLE, kSoon, "unavailable"},
      {"garbage", StatusCode::kUnavailable, type::REASON_WECHAT_UNAVAILABLE, kSoon, "unavailable"},
      {"truncated", StatusCode::kUnavailable, type::REASON_WECHAT_UNAVAILABLE, kSoon, "unavailable"},
      {"oversized", StatusCode::kUnavailable, type::REASON_WECHAT_UNAVAILABLE, kSoon, "unavailable"},
      {"html", StatusCode::kUnavailable, type::REASON_WECHAT_UNAVAILABLE, kSoon, "unavailable"},
      {"deep", StatusCode::kUnavailable, type::REASON_WECHAT_UNAVAILABLE, kSoon, "unavailable"},
      {"redirect", StatusCode::kUnavailable, type::REASON_WECHAT_UNAVAILABLE, kSoon, "unavailable"},
      {"status:500", StatusCode::kUnavailable, type::REASON_WECHAT_UNAVAILABLE, kSoon, "unavailable"},
      {"status:204", StatusCode::kUnavailable, type::REASON_WECHAT_UNAVAILABLE, kSoon, "unavailable"},
      {"status:404", StatusCode::kUnavailable, type::REASON_WECHAT_UNAVAILABLE, kSoon, "unavailable"},
  };
  return refusals;
}

void ExpectRefusal(const Refusal& wanted, const absl::Status& status) {
  EXPECT_EQ(status.code(), wanted.status) << wanted.code;
  EXPECT_EQ(type::Reason_Name(errors::ReasonOf(status)), type::Reason_Name(wanted.reason)) << wanted.code;
  EXPECT_EQ(RetryAfter(status), wanted.retry_after) << wanted.code;
}

TEST_F(WechatClientTest, SaysWhatEveryRefusalOfALogInMeans) {
  std::vector<Refusal> refusals = AnyCallsRefusals();
  for (const char* code : {"errcode:40029", "errcode:40163", "code-canary"}) {
    refusals.push_back({code, StatusCode::kInvalidArgument, type::REASON_WECHAT_CODE_INVALID, {}, "code_invalid"});
  }
  for (const Refusal& wanted : refusals) {
    prometheus::Registry registry;
    WechatClient client(wechat_.url(), {"wx-app", test::kWechatSecret}, http_, clock_, logger_, registry, longest_);
    ExpectRefusal(wanted, client.Code2Session(wanted.code, absl::InfiniteFuture()).status());
    EXPECT_TRUE(absl::StrContains(prometheus::TextSerializer().Serialize(registry.Collect()),
                                  absl::StrCat(R"(call="code2session",outcome=")", wanted.outcome, "\"} 1")))
        << wanted.code;
  }
  EXPECT_EQ(wechat_.Calls("/elsewhere"), 0) << "a redirect was followed";
}

TEST_F(WechatClientTest, SaysWhatEveryRefusalOfAPhoneCodeMeans) {
  std::vector<Refusal> refusals = AnyCallsRefusals();
  for (const char* code : {"errcode:40029", "errcode:40163", "code-canary"}) {
    refusals.push_back(
        {code, StatusCode::kInvalidArgument, type::REASON_WECHAT_PHONE_CODE_INVALID, {}, "phone_code_invalid"});
  }
  for (const Refusal& wanted : refusals) ExpectRefusal(wanted, Phone(wanted.code).status());
}

TEST_F(WechatClientTest, TakesACodeOnce) {
  ASSERT_TRUE(LogIn("ok:openid-canary::1").ok());
  EXPECT_EQ(errors::ReasonOf(LogIn("ok:openid-canary::1").status()), type::REASON_WECHAT_CODE_INVALID);
}

TEST_F(WechatClientTest, SendsAnyCodeAsItIs) {
  // Nothing in a code can become another parameter.
  EXPECT_EQ(errors::ReasonOf(LogIn("x&secret=guess&js_code=ok:o:u:1#").status()), type::REASON_WECHAT_CODE_INVALID);
  EXPECT_EQ(errors::ReasonOf(Phone("x\",\"code\":\"phone:1:86:wx-app:2").status()),
            type::REASON_WECHAT_PHONE_CODE_INVALID);
}

TEST_F(WechatClientTest, SaysThatNobodyIsThere) {
  std::optional<WechatStandIn> gone(std::in_place);
  WechatClient client = Client(gone->url());
  gone.reset();
  ExpectRefusal({"refused connection", StatusCode::kUnavailable, type::REASON_WECHAT_UNAVAILABLE, absl::Seconds(2), ""},
                client.Code2Session("ok:o:u:1", absl::InfiniteFuture()).status());
}

TEST_F(WechatClientTest, TellsNothingToAServerThatDoesNotSpeakTls) {
  std::string url = wechat_.url();
  url.replace(0, 4, "https");
  EXPECT_EQ(errors::ReasonOf(Client(url).Code2Session("ok:o:u:1", absl::InfiniteFuture()).status()),
            type::REASON_WECHAT_UNAVAILABLE);
  EXPECT_EQ(wechat_.Calls(kLogInPath), 0);
}

TEST_F(WechatClientTest, ReportsAWrongSecretToTheOperatorOnly) {
  const auto user = Client(wechat_.url(), "wrong").Code2Session("ok:o:u:1", absl::InfiniteFuture());
  EXPECT_EQ(errors::ReasonOf(user.status()), type::REASON_WECHAT_UNAVAILABLE);
  EXPECT_TRUE(absl::StrContains(log_.str(), "\"errcode\":40125")) << log_.str();
}

TEST_F(WechatClientTest, EndsWithTheCallersDeadline) {
  longest_ = absl::Hours(1);
  WechatClient client = Client(wechat_.url());
  EXPECT_EQ(errors::ReasonOf(client.Code2Session("slow", absl::Now() + absl::Milliseconds(50)).status()),
            type::REASON_WECHAT_UNAVAILABLE);
  EXPECT_EQ(errors::ReasonOf(client.Code2Session("slow", absl::Now() - absl::Seconds(1)).status()),
            type::REASON_WECHAT_UNAVAILABLE);
  EXPECT_EQ(wechat_.Calls(kLogInPath), 1);
}

TEST_F(WechatClientTest, LetsSoManyCallsWaitForWechatAndNoMore) {
  longest_ = absl::Hours(1);
  WechatClient client = Client(wechat_.url());
  const absl::Time end = absl::Now() + absl::Seconds(2);
  std::vector<std::thread> slow;
  for (int i = 0; i < kPlaces; ++i) slow.emplace_back([&] { (void)client.Code2Session("slow", end); });
  while (wechat_.Calls(kLogInPath) < kPlaces) std::this_thread::yield();
  ExpectRefusal({"busy", StatusCode::kUnavailable, type::REASON_WECHAT_UNAVAILABLE, absl::Seconds(2), ""},
                client.Code2Session("ok:o:u:1", absl::InfiniteFuture()).status());
  EXPECT_LT(absl::Now(), end) << "the refusal waited";
  EXPECT_TRUE(absl::StrContains(Metrics(), R"(outcome="busy"} 1)"));
  for (std::thread& thread : slow) thread.join();
  EXPECT_TRUE(client.Code2Session("ok:o:u:1", absl::InfiniteFuture()).ok()) << "places are given back";
}

TEST_F(WechatClientTest, TellsThePhoneNumberOfMainlandChina) {
  const auto number = Phone(PhoneCode("1"));
  ASSERT_TRUE(number.ok()) << number.status();
  EXPECT_EQ(*number, kPhoneNumber);
  EXPECT_EQ(errors::ReasonOf(Phone(PhoneCode("1")).status()), type::REASON_WECHAT_PHONE_CODE_INVALID);
  EXPECT_EQ(errors::ReasonOf(Phone("phone:91234567:852:wx-app:2").status()), type::REASON_BAD_FORMAT);
  EXPECT_EQ(errors::ReasonOf(Phone("phone:1240000111:86:wx-app:3").status()), type::REASON_BAD_FORMAT);
  EXPECT_EQ(errors::ReasonOf(Phone("phone:12400001111:86:wx-other:4").status()), type::REASON_WECHAT_UNAVAILABLE)
      << "meant for another application";
}

TEST_F(WechatClientTest, FetchesATokenOnceAndAgainBeforeItsEnd) {
  ASSERT_TRUE(Phone(PhoneCode("1")).ok());
  ASSERT_TRUE(Phone(PhoneCode("2")).ok());
  EXPECT_EQ(wechat_.Calls(kTokenPath), 1);
  EXPECT_FALSE(absl::StrContains(wechat_.LastBody(kTokenPath), "force_refresh"));
  later_ = absl::Seconds(7200 - 300);
  ASSERT_TRUE(Phone(PhoneCode("3")).ok());
  EXPECT_EQ(wechat_.Calls(kTokenPath), 2);
}

TEST_F(WechatClientTest, ReplacesATokenThatWechatRefuses) {
  for (const int errcode : {40001, 40014, 42001}) {
    WechatStandIn wechat;
    WechatClient client = Client(wechat.url());
    ASSERT_TRUE(client.PhoneNumber(PhoneCode("1"), absl::InfiniteFuture()).ok());
    wechat.RefuseTokens(errcode);
    EXPECT_TRUE(client.PhoneNumber(PhoneCode("2"), absl::InfiniteFuture()).ok()) << errcode;
    EXPECT_TRUE(absl::StrContains(wechat.LastBody(kTokenPath), R"("force_refresh":true)"));
    wechat.RefuseTokens(errcode);
    EXPECT_EQ(errors::ReasonOf(client.PhoneNumber(PhoneCode("3"), absl::InfiniteFuture()).status()),
              type::REASON_WECHAT_UNAVAILABLE)
        << "a second refresh within 30 s";
    EXPECT_EQ(wechat.Calls(kTokenPath), 2);
  }
}

TEST_F(WechatClientTest, AsksForNoPhoneNumberWithoutAToken) {
  for (const char* answer : {"errcode:-1", "errcode:40125", "errcode:45009", "garbage", "html", "slow", "status:500"}) {
    wechat_.AnswerTokensWith(answer);
    EXPECT_EQ(errors::ReasonOf(Phone(PhoneCode("1")).status()), type::REASON_WECHAT_UNAVAILABLE) << answer;
  }
  EXPECT_EQ(wechat_.Calls(kPhonePath), 0);
  wechat_.AnswerTokensWith("");
  EXPECT_TRUE(Phone(PhoneCode("1")).ok());
}

}  // namespace
}  // namespace wenming::wechat
