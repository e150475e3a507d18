#include "tests/volunteer_svc/auth/auth_fixture.h"

#include "absl/strings/str_cat.h"
#include "common/auth/token_verifier.h"
#include "google/rpc/error_details.pb.h"
#include "volunteer_svc/consents/consents_rules.h"
#include "volunteer_svc/volunteers/volunteers_service.h"

namespace wenming::volunteer {

rpc::Call AuthTest::As(const v1::LogInResponse& log_in) const {
  const auto verifier = auth::TokenVerifier::Load(keys_.path());
  EXPECT_TRUE(verifier.ok()) << verifier.status();
  const auto caller = (*verifier)->Verify(log_in.tokens().access_token(), time_);
  EXPECT_TRUE(caller.ok()) << caller.status();
  rpc::Call call = Anybody();
  if (caller.ok()) call.caller = *caller;
  return call;
}

std::string AuthTest::Code(const std::string& openid, const std::string& unionid) {
  return absl::StrCat("ok:", openid, ":", unionid, ":", ++nonce_);
}

std::string AuthTest::PhoneCode(const std::string& phone, const char* app) {
  return absl::StrCat("phone:", phone, ":86:", app, ":", ++nonce_);
}

absl::StatusOr<v1::LogInResponse> AuthTest::LogInWithWechat(const std::string& code, const std::string& phone_code,
                                                            const char* app) {
  v1::LogInWithWechatRequest request;
  request.set_code(code);
  request.set_phone_code(phone_code);
  request.set_app(app);
  request.set_device("测试手机");
  return service_.LogInWithWechat(Anybody(), request);
}

absl::Status AuthTest::RequestCode(const std::string& phone) {
  v1::RequestPhoneCodeRequest request;
  request.set_phone(phone);
  return service_.RequestPhoneCode(Anybody(), request).status();
}

absl::StatusOr<v1::LogInResponse> AuthTest::LogInWithPhone(const std::string& phone, const std::string& code) {
  v1::LogInWithPhoneRequest request;
  request.set_phone(phone);
  request.set_code(code);
  return service_.LogInWithPhone(Anybody(), request);
}

absl::Status AuthTest::BindWechat(uint64_t volunteer_id, const std::string& code) {
  v1::BindWechatRequest request;
  request.set_code(code);
  rpc::Call call = Self(volunteer_id);
  call.arrival = time_;
  return service_.BindWechat(call, request).status();
}

v1::RegisterVolunteerRequest AuthTest::Form(int n) {
  const v1::Volunteer person = PersonNumber(n);
  v1::RegisterVolunteerRequest request;
  request.set_parent(ids::ResourceName("units", kStation));
  request.set_display_name(person.display_name());
  request.mutable_id_document()->set_id_type(person.id_type());
  request.mutable_id_document()->set_id_number(person.id_number());
  request.set_residence(person.residence());
  request.set_channel(v1::Consent::CHANNEL_MINI_PROGRAM);
  for (const ConsentKind kind : NeededKinds(40)) {
    request.add_consent_documents(ids::ResourceName("consentDocuments", kind));
  }
  return request;
}

void AuthTest::Deactivate(uint64_t id) {
  v1::DeactivateVolunteerRequest request;
  request.set_name(ids::ResourceName("volunteers", id));
  rpc::Call call = Admin();
  call.arrival = time_;
  const auto ended = VolunteersService(dependencies_, {&traces_}).DeactivateVolunteer(call, request);
  ASSERT_TRUE(ended.ok()) << ended.status();
}

int64_t AuthTest::AuditRecords(const std::string& condition) {
  return Number(absl::StrCat("SELECT COUNT(*) FROM audit_pending WHERE ", condition));
}

int64_t RetrySeconds(const absl::Status& status) {
  const google::rpc::Status wire = errors::ToWire(status, errors::Language::kChinese, "");
  google::rpc::RetryInfo retry;
  for (const auto& detail : wire.details()) detail.UnpackTo(&retry);
  return retry.retry_delay().seconds();
}

}  // namespace wenming::volunteer
