// Registering by oneself: the proof of the phone, the form, and what happens when two come at once.

#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/volunteer_svc/auth/auth_fixture.h"

namespace wenming::volunteer {
namespace {

using absl::StatusCode;

class RegistrationTest : public AuthTest {
 protected:
  absl::StatusOr<v1::LogInResponse> Register(const v1::RegisterVolunteerRequest& request) {
    return service_.RegisterVolunteer(Anybody(), request);
  }

  // The n-th person's form, with a code that was sent to the phone.
  v1::RegisterVolunteerRequest WithCode(int n) {
    const absl::Status sent = RequestCode(PhoneOf(n));
    EXPECT_TRUE(sent.ok()) << sent;
    v1::RegisterVolunteerRequest request = Form(n);
    request.mutable_phone()->set_phone(PhoneOf(n));
    request.mutable_phone()->set_code(sender_.CodeOf(PhoneOf(n)));
    return request;
  }

  v1::RegisterVolunteerRequest WithWechat(int n, const std::string& openid) {
    v1::RegisterVolunteerRequest request = Form(n);
    request.mutable_wechat()->set_code(Code(openid));
    request.mutable_wechat()->set_phone_code(PhoneCode(PhoneOf(n)));
    request.mutable_wechat()->set_app(kMiniProgram);
    return request;
  }

  int64_t Volunteers() { return Number("SELECT COUNT(*) FROM volunteers"); }
};

TEST_F(RegistrationTest, RegistersByWechatAndLogsIn) {
  const auto answer = Register(WithWechat(1, "wang"));
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(answer->volunteer().phone(), "124****0001") << "WeChat's number";
  EXPECT_EQ(answer->volunteer().unit(), ids::ResourceName("units", kStation));
  EXPECT_EQ(answer->volunteer().state(), v1::Volunteer::STATE_ACTIVE);
  const std::string& name = answer->volunteer().name();
  EXPECT_EQ(As(*answer).caller.subject, name);
  const auto again = LogInWithWechat(Code("wang"));
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->volunteer().name(), name);
  EXPECT_GT(Number("SELECT COUNT(*) FROM consents"), 0);
  EXPECT_EQ(AuditRecords(absl::StrCat("subject = '", name, "' AND object = '", name, "'")), 2);
}

TEST_F(RegistrationTest, RegistersByPhoneAndUsesTheCodeUp) {
  const v1::RegisterVolunteerRequest request = WithCode(1);
  const auto answer = Register(request);
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(answer->volunteer().phone(), "124****0001");
  EXPECT_EQ(ReasonIn(LogInWithPhone(PhoneOf(1), request.phone().code()).status()), "REASON_BAD_CODE");
}

TEST_F(RegistrationTest, TakesTheCodeOfARefusedLogIn) {
  v1::RegisterVolunteerRequest request = WithCode(1);
  ASSERT_EQ(ReasonIn(LogInWithPhone(PhoneOf(1), request.phone().code()).status()), "REASON_NOT_REGISTERED");
  EXPECT_TRUE(Register(request).ok());
  // With WeChat the mini-program asks for new codes, as each is good once.
  ASSERT_EQ(ReasonIn(LogInWithWechat(Code("li"), PhoneCode(PhoneOf(2))).status()), "REASON_NOT_REGISTERED");
  EXPECT_TRUE(Register(WithWechat(2, "li")).ok());
}

TEST_F(RegistrationTest, RefusesAFormBeforeItCostsACode) {
  const auto spoil = [](v1::RegisterVolunteerRequest request, auto change) {
    change(request);
    return request;
  };
  const v1::RegisterVolunteerRequest by_code = WithCode(1), by_wechat = WithWechat(2, "li");
  for (const v1::RegisterVolunteerRequest& good : {by_code, by_wechat}) {
    const v1::RegisterVolunteerRequest bad[] = {
        spoil(good, [](auto& r) { r.mutable_id_document()->set_id_number("110105194912310021"); }),
        spoil(good, [](auto& r) { r.set_channel(v1::Consent::CHANNEL_PAPER); }),
        spoil(good, [](auto& r) { r.set_display_name("*"); }),
        spoil(good, [](auto& r) { r.add_consent_documents("nonsense"); }),
    };
    for (const auto& request : bad) {
      EXPECT_EQ(Register(request).status().code(), StatusCode::kInvalidArgument) << request.ShortDebugString();
    }
  }
  EXPECT_EQ(wechat_.Calls("/sns/jscode2session"), 0);
  EXPECT_TRUE(Register(by_code).ok());
  EXPECT_TRUE(Register(by_wechat).ok());
}

TEST_F(RegistrationTest, NeedsExactlyOneProof) {
  v1::RegisterVolunteerRequest both = WithWechat(1, "wang");
  *both.mutable_phone() = WithCode(1).phone();
  for (const auto& request : {Form(1), both}) {
    EXPECT_EQ(Register(request).status().code(), StatusCode::kInvalidArgument);
  }
  EXPECT_EQ(Volunteers(), 0);
}

TEST_F(RegistrationTest, RegistersNobodyWithoutTheRightProof) {
  v1::RegisterVolunteerRequest request = WithCode(1);
  const std::string code = request.phone().code();
  request.mutable_phone()->set_code(code == "000000" ? "000001" : "000000");
  for (int i = 0; i < 5; ++i) EXPECT_EQ(ReasonIn(Register(request).status()), "REASON_BAD_CODE");
  request.mutable_phone()->set_code(code);
  EXPECT_EQ(ReasonIn(Register(request).status()), "REASON_BAD_CODE") << "all tries are used up";
  v1::RegisterVolunteerRequest wechat = WithWechat(2, "li");
  wechat.mutable_wechat()->set_code("errcode:40029");
  EXPECT_EQ(ReasonIn(Register(wechat).status()), "REASON_WECHAT_CODE_INVALID");
  wechat = WithWechat(2, "li");
  wechat.mutable_wechat()->set_phone_code("errcode:40029");
  EXPECT_EQ(ReasonIn(Register(wechat).status()), "REASON_WECHAT_PHONE_CODE_INVALID");
  EXPECT_EQ(Volunteers(), 0);
}

TEST_F(RegistrationTest, AsksForConsentsAndForAGuardian) {
  v1::RegisterVolunteerRequest request = WithCode(1);
  request.clear_consent_documents();
  EXPECT_EQ(ReasonIn(Register(request).status()), "REASON_CONSENT_REQUIRED");
  request = WithCode(2);
  // Fifteen years old on the day of the tests.
  request.mutable_id_document()->set_id_number(ResidentId("99999920110301001"));
  EXPECT_EQ(ReasonIn(Register(request).status()), "REASON_GUARDIAN_REQUIRED");
  EXPECT_EQ(Volunteers(), 0);
}

TEST_F(RegistrationTest, RegistersNobodyTwice) {
  ASSERT_TRUE(Register(WithWechat(1, "wang")).ok());
  // The same ID number with another phone, the same phone with another ID number, the same WeChat account.
  v1::RegisterVolunteerRequest same_id = WithCode(2);
  same_id.mutable_id_document()->set_id_number(Form(1).id_document().id_number());
  EXPECT_EQ(ReasonIn(Register(same_id).status()), "REASON_ID_NUMBER_TAKEN");
  v1::RegisterVolunteerRequest same_phone = WithCode(1);
  same_phone.mutable_id_document()->set_id_number(Form(3).id_document().id_number());
  EXPECT_EQ(ReasonIn(Register(same_phone).status()), "REASON_PHONE_TAKEN");
  EXPECT_EQ(ReasonIn(Register(WithWechat(4, "wang")).status()), "REASON_IDENTITY_TAKEN");
  EXPECT_EQ(Volunteers(), 1);
}

TEST_F(RegistrationTest, LetsNobodyAskWithOneCodeWhoIsRegistered) {
  ASSERT_TRUE(Register(WithCode(1)).ok());
  v1::RegisterVolunteerRequest request = WithCode(2);
  const std::string own = request.id_document().id_number();
  for (int i = 0; i < 5; ++i) {
    request.mutable_id_document()->set_id_number(Form(1).id_document().id_number());
    EXPECT_EQ(ReasonIn(Register(request).status()), "REASON_ID_NUMBER_TAKEN");
  }
  EXPECT_EQ(ReasonIn(Register(request).status()), "REASON_BAD_CODE");
  request.mutable_id_document()->set_id_number(own);
  EXPECT_EQ(ReasonIn(Register(request).status()), "REASON_BAD_CODE");
}

TEST_F(RegistrationTest, RegistersAPersonOnceHoweverManyFormsComeAtOnce) {
  std::vector<v1::RegisterVolunteerRequest> forms;
  const v1::RegisterVolunteerRequest by_code = WithCode(1);
  for (int i = 0; i < 2; ++i) forms.push_back(by_code);
  for (int i = 0; i < 3; ++i) forms.push_back(WithWechat(1, "wang"));
  std::vector<absl::Status> answers(forms.size());
  std::vector<std::thread> threads;
  for (size_t i = 0; i < forms.size(); ++i) {
    threads.emplace_back([&, i] { answers[i] = Register(forms[i]).status(); });
  }
  for (std::thread& thread : threads) thread.join();
  int registered = 0;
  for (const absl::Status& answer : answers) {
    registered += answer.ok() ? 1 : 0;
    if (answer.ok()) continue;
    const auto reason = errors::ReasonOf(answer);
    EXPECT_TRUE(reason == type::REASON_ID_NUMBER_TAKEN || reason == type::REASON_PHONE_TAKEN ||
                reason == type::REASON_BAD_CODE)
        << answer;
  }
  EXPECT_EQ(registered, 1);
  EXPECT_EQ(Volunteers(), 1);
  EXPECT_EQ(Number("SELECT COUNT(*) FROM sessions"), 1);
}

TEST_F(RegistrationTest, NeedsAUnitOfTheCenter) {
  v1::RegisterVolunteerRequest request = WithCode(1);
  request.set_parent(ids::ResourceName("units", 4711));
  EXPECT_EQ(Register(request).status().code(), StatusCode::kNotFound);
  request.set_parent(ids::ResourceName("units", kStationElsewhere));
  EXPECT_EQ(Register(request).status().code(), StatusCode::kNotFound);
}

}  // namespace
}  // namespace wenming::volunteer
