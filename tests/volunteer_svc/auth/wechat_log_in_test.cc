// Logging in with WeChat: who is known how, and what each refusal says.

#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/volunteer_svc/auth/auth_fixture.h"

namespace wenming::volunteer {
namespace {

using absl::StatusCode;

class WechatLogInTest : public AuthTest {
 protected:
  std::string LoggedIn(const absl::StatusOr<v1::LogInResponse>& answer) {
    return answer.ok() ? answer->volunteer().name() : ReasonIn(answer.status());
  }

  const uint64_t wang_ = Register(1), li_ = Register(2);
  const std::string wang_name_ = ids::ResourceName("volunteers", wang_),
                    li_name_ = ids::ResourceName("volunteers", li_);
};

TEST_F(WechatLogInTest, KnowsAPersonByThePhoneOnceAndByWechatFromThenOn) {
  const auto first = LogInWithWechat(Code("wang"));
  EXPECT_EQ(first.status().code(), StatusCode::kFailedPrecondition);
  EXPECT_EQ(ReasonIn(first.status()), "REASON_PHONE_NEEDED");
  EXPECT_EQ(LoggedIn(LogInWithWechat(Code("wang"), PhoneCode(PhoneOf(1)))), wang_name_);
  EXPECT_EQ(LoggedIn(LogInWithWechat(Code("wang"))), wang_name_);
  // Whoever is known is not asked for the phone any more.
  const int asked = wechat_.Calls("/wxa/business/getuserphonenumber");
  EXPECT_EQ(LoggedIn(LogInWithWechat(Code("wang"), PhoneCode(PhoneOf(2)))), wang_name_);
  EXPECT_EQ(wechat_.Calls("/wxa/business/getuserphonenumber"), asked);
  EXPECT_EQ(AuditRecords(absl::StrCat("subject = '", wang_name_,
                                      "' AND object = subject AND result = 0 AND address = '", address_, "'")),
            3);
}

TEST_F(WechatLogInTest, AnswersWithASessionAndTheMaskedVolunteer) {
  const auto answer = LogInWithWechat(Code("wang"), PhoneCode(PhoneOf(1)));
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(answer->volunteer().phone(), "124****0001");
  const rpc::Call call = As(*answer);
  EXPECT_EQ(call.caller.id, wang_);
  EXPECT_EQ(call.caller.center_id, kCenter);
  const auto sessions = service_.ListSessions(call, {});
  ASSERT_TRUE(sessions.ok()) << sessions.status();
  ASSERT_EQ(sessions->sessions_size(), 1);
  EXPECT_EQ(sessions->sessions(0).proof(), sessions::v1::Session::PROOF_WECHAT);
  EXPECT_EQ(sessions->sessions(0).device(), "测试手机");
  EXPECT_EQ(sessions->sessions(0).address(), address_);
  EXPECT_TRUE(sessions->sessions(0).current());
}

TEST_F(WechatLogInTest, FindsNobodyByAPhoneThatNobodyHas) {
  const auto answer = LogInWithWechat(Code("new"), PhoneCode("12499999999"));
  EXPECT_EQ(answer.status().code(), StatusCode::kNotFound);
  EXPECT_EQ(ReasonIn(answer.status()), "REASON_NOT_REGISTERED");
  EXPECT_EQ(Number("SELECT COUNT(*) FROM wechat_identities"), 0);
}

TEST_F(WechatLogInTest, MergesApplicationsByTheUnionid) {
  ASSERT_EQ(LoggedIn(LogInWithWechat(Code("wang", "union-w"), PhoneCode(PhoneOf(1)))), wang_name_);
  EXPECT_EQ(LoggedIn(LogInWithWechat(Code("wang", "union-w"), "", kMobileApp)), wang_name_);
  // From now on the other application's openid is enough.
  EXPECT_EQ(LoggedIn(LogInWithWechat(Code("wang"), "", kMobileApp)), wang_name_);
  EXPECT_EQ(Number("SELECT COUNT(*) FROM wechat_identities"), 3);
  // One person's openid of one application is nobody's in another.
  EXPECT_EQ(LoggedIn(LogInWithWechat(Code("zhao"), "", kMobileApp)), "REASON_PHONE_NEEDED");
}

TEST_F(WechatLogInTest, LearnsTheUnionidLater) {
  ASSERT_EQ(LoggedIn(LogInWithWechat(Code("wang"), PhoneCode(PhoneOf(1)))), wang_name_);
  EXPECT_EQ(LoggedIn(LogInWithWechat(Code("wang", "union-w"))), wang_name_);
  EXPECT_EQ(LoggedIn(LogInWithWechat(Code("wang", "union-w"), "", kMobileApp)), wang_name_);
}

TEST_F(WechatLogInTest, TellsOpenidsApartByCaseAndHyphens) {
  ASSERT_EQ(LoggedIn(LogInWithWechat(Code("o-Abc"), PhoneCode(PhoneOf(1)))), wang_name_);
  for (const char* other : {"o-abc", "oAbc", "O-Abc"}) {
    EXPECT_EQ(LoggedIn(LogInWithWechat(Code(other))), "REASON_PHONE_NEEDED") << other;
  }
}

TEST_F(WechatLogInTest, GoesToTheNewAccountOfWhoeverHasThePhone) {
  ASSERT_EQ(LoggedIn(LogInWithWechat(Code("old", "union-old"), PhoneCode(PhoneOf(1)))), wang_name_);
  ASSERT_EQ(LoggedIn(LogInWithWechat(Code("old", "union-old"), "", kMobileApp)), wang_name_);
  EXPECT_EQ(LoggedIn(LogInWithWechat(Code("new", "union-new"), PhoneCode(PhoneOf(1)))), wang_name_);
  // The old account is out, in all applications.
  EXPECT_EQ(LoggedIn(LogInWithWechat(Code("old", "union-old"))), "REASON_PHONE_NEEDED");
  EXPECT_EQ(LoggedIn(LogInWithWechat(Code("old"), "", kMobileApp)), "REASON_PHONE_NEEDED");
}

TEST_F(WechatLogInTest, KeepsCentersApart) {
  ASSERT_EQ(LoggedIn(LogInWithWechat(Code("wang"), PhoneCode(PhoneOf(1)))), wang_name_);
  v1::LogInWithWechatRequest request;
  request.set_code(Code("wang"));
  rpc::Call call = Anybody();
  call.center_id = kElsewhere;
  EXPECT_EQ(ReasonIn(service_.LogInWithWechat(call, request).status()), "REASON_PHONE_NEEDED");
  call.center_id = 0;
  request.set_code(Code("wang"));
  EXPECT_EQ(service_.LogInWithWechat(call, request).status().code(), StatusCode::kInvalidArgument);
}

TEST_F(WechatLogInTest, LetsNobodyInWhoHasLeft) {
  const auto before = LogInWithWechat(Code("wang"), PhoneCode(PhoneOf(1)));
  ASSERT_TRUE(before.ok());
  Deactivate(wang_);
  const auto answer = LogInWithWechat(Code("wang"));
  EXPECT_EQ(answer.status().code(), StatusCode::kFailedPrecondition);
  EXPECT_EQ(ReasonIn(answer.status()), "REASON_VOLUNTEER_NOT_ACTIVE");
  EXPECT_EQ(AuditRecords(absl::StrCat("subject = '", wang_name_, "' AND result = 9")), 1) << "the failure is kept";
  // What was open has ended with the membership.
  v1::RefreshSessionRequest refresh;
  refresh.set_refresh_token(before->tokens().refresh_token());
  EXPECT_EQ(ReasonIn(service_.RefreshSession(Anybody(), refresh).status()), "REASON_REFRESH_TOKEN_INVALID");
}

TEST_F(WechatLogInTest, KeepsNothingNewOfWhoHasLeft) {
  ASSERT_EQ(LoggedIn(LogInWithWechat(Code("wang"), PhoneCode(PhoneOf(1)))), wang_name_);
  Deactivate(wang_);
  EXPECT_EQ(LoggedIn(LogInWithWechat(Code("wang", "union-w"))), "REASON_VOLUNTEER_NOT_ACTIVE");
  EXPECT_EQ(Number("SELECT COUNT(*) FROM wechat_identities"), 1);
}

TEST_F(WechatLogInTest, SaysWhatWechatRefuses) {
  struct Case {
    const char* code;
    StatusCode status;
    const char* reason;
    int retry_seconds;
  };
  const Case cases[] = {
      {"errcode:40029", StatusCode::kInvalidArgument, "REASON_WECHAT_CODE_INVALID", 0},
      {"errcode:40163", StatusCode::kInvalidArgument, "REASON_WECHAT_CODE_INVALID", 0},
      {"errcode:45011", StatusCode::kUnavailable, "REASON_WECHAT_TOO_FREQUENT", 60},
      {"errcode:40226", StatusCode::kPermissionDenied, "REASON_WECHAT_USER_BLOCKED", 0},
      {"errcode:-1", StatusCode::kUnavailable, "REASON_WECHAT_UNAVAILABLE", 2},
      {"garbage", StatusCode::kUnavailable, "REASON_WECHAT_UNAVAILABLE", 2},
      {"truncated", StatusCode::kUnavailable, "REASON_WECHAT_UNAVAILABLE", 2},
      {"status:502", StatusCode::kUnavailable, "REASON_WECHAT_UNAVAILABLE", 2},
  };
  for (const Case& c : cases) {
    const absl::Status status = LogInWithWechat(c.code).status();
    EXPECT_EQ(status.code(), c.status) << c.code;
    EXPECT_EQ(ReasonIn(status), c.reason) << c.code;
    EXPECT_EQ(RetrySeconds(status), c.retry_seconds) << c.code;
  }
  EXPECT_EQ(ReasonIn(LogInWithWechat(Code("wang"), "errcode:40029").status()), "REASON_WECHAT_PHONE_CODE_INVALID");
  EXPECT_EQ(ReasonIn(LogInWithWechat(Code("wang"), "", "wx-unknown").status()), "REASON_UNKNOWN_VALUE");
}

TEST_F(WechatLogInTest, NeedsAnApplication) {
  const WechatApps none("https://api.weixin.qq.com", {}, observe::SystemClock(), logger_, registry_);
  AuthService service(dependencies_, sessions_, {.wechat = none});
  v1::LogInWithWechatRequest request;
  request.set_code(Code("wang"));
  EXPECT_EQ(ReasonIn(service.LogInWithWechat(Anybody(), request).status()), "REASON_WECHAT_NOT_CONFIGURED");
}

TEST_F(WechatLogInTest, TakesTheSameCodeOnceHoweverManySendIt) {
  ASSERT_EQ(LoggedIn(LogInWithWechat(Code("wang"), PhoneCode(PhoneOf(1)))), wang_name_);
  const std::string code = Code("wang");
  std::vector<std::string> answers(4);
  std::vector<std::thread> threads;
  for (std::string& answer : answers) threads.emplace_back([&] { answer = LoggedIn(LogInWithWechat(code)); });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(std::count(answers.begin(), answers.end(), wang_name_), 1);
  EXPECT_EQ(std::count(answers.begin(), answers.end(), "REASON_WECHAT_CODE_INVALID"), 3);
}

TEST_F(WechatLogInTest, BindsOneAccountOfTwoDevicesAtOnce) {
  std::vector<std::string> answers(4);
  std::vector<std::pair<std::string, std::string>> codes;
  for (size_t i = 0; i < answers.size(); ++i) codes.emplace_back(Code("wang", "union-w"), PhoneCode(PhoneOf(1)));
  std::vector<std::thread> threads;
  for (size_t i = 0; i < answers.size(); ++i) {
    threads.emplace_back([&, i] { answers[i] = LoggedIn(LogInWithWechat(codes[i].first, codes[i].second)); });
  }
  for (std::thread& thread : threads) thread.join();
  for (const std::string& answer : answers) EXPECT_EQ(answer, wang_name_);
  EXPECT_EQ(Number("SELECT COUNT(*) FROM wechat_identities"), 2);
}

TEST_F(WechatLogInTest, BindsNoAccountThatIsSomebodyElses) {
  ASSERT_TRUE(BindWechat(wang_, Code("shared", "union-w")).ok());
  for (const std::string& code : {Code("shared"), Code("another", "union-w")}) {
    const absl::Status taken = BindWechat(li_, code);
    EXPECT_EQ(taken.code(), StatusCode::kAlreadyExists);
    EXPECT_EQ(ReasonIn(taken), "REASON_IDENTITY_TAKEN");
  }
  EXPECT_TRUE(BindWechat(wang_, Code("shared", "union-w")).ok()) << "a second time changes nothing";
  EXPECT_EQ(LoggedIn(LogInWithWechat(Code("shared"))), wang_name_);
  EXPECT_TRUE(BindWechat(li_, Code("other")).ok());
  EXPECT_EQ(LoggedIn(LogInWithWechat(Code("other"))), li_name_);
}

TEST_F(WechatLogInTest, ExportsAndForgetsWhatALogInLeaves) {
  ASSERT_EQ(LoggedIn(LogInWithWechat(Code("wang", "union-w"), PhoneCode(PhoneOf(1)))), wang_name_);
  v1::ExportVolunteerResponse all;
  const auto exported = db::Read(pool_, absl::InfiniteFuture(), [&](db::Session& session) {
    return traces_.Export(session, kCenter, wang_, time_, all);
  });
  ASSERT_TRUE(exported.ok()) << exported;
  ASSERT_EQ(all.linked_identities_size(), 2);
  EXPECT_EQ(all.linked_identities(0).subject(), "union-w");
  EXPECT_EQ(all.linked_identities(1).subject(), "wang-wx-mini");
  EXPECT_EQ(all.sessions_size(), 1);
  const auto forgotten = db::RunTransaction(
      pool_, {}, [&](db::Transaction& transaction) { return traces_.Forget(transaction, kCenter, wang_); });
  ASSERT_TRUE(forgotten.ok()) << forgotten;
  EXPECT_EQ(Number("SELECT COUNT(*) FROM wechat_identities"), 0);
  EXPECT_EQ(Number("SELECT COUNT(*) FROM sessions WHERE address <> '' OR device <> ''"), 0);
}

TEST_F(WechatLogInTest, StoresAndLogsNothingInClear) {
  ASSERT_TRUE(LogInWithWechat(Code("openid-canary", "unionid-canary"), PhoneCode(PhoneOf(1))).ok());
  EXPECT_EQ(Number("SELECT COUNT(*) FROM wechat_identities WHERE subject_sealed LIKE '%canary%'"), 0);
  EXPECT_EQ(log_.str(), "");
}

}  // namespace
}  // namespace wenming::volunteer
