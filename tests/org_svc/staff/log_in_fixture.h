// Staff who log in: an institute's admin "wang" whose password is his own, and the means to act as anybody.
#pragma once

#include <string>

#include "common/auth/token_verifier.h"
#include "org_svc/staff/staff_auth_service.h"
#include "org_svc/staff/staff_door.h"
#include "tests/org_svc/org_fixture.h"
#include "tests/support/test_call.h"

namespace wenming::org {

inline constexpr char kFirst[] = "the first one, for once";
inline constexpr char kPassword[] = "correct horse battery";

class LogInTest : public OrgTest {
 protected:
  LogInTest() {
    const auto report = ImportUnits(admin_,
                                    "code,level,parent_code,name,division_code,opened_date\nC,CENTER,,中心,,\n"
                                    "I1,INSTITUTE,C,一所,,\n");
    EXPECT_EQ(report->created(), 2);
    center_admin_ = AddStaff("center_admin", UnitId("C"));
    security_admin_ = AddStaff("security_admin", 0);
    wang_ = Create(center_admin_, "wang", "unit_admin", "I1");
    EXPECT_EQ(ChangePassword("wang", kFirst, kPassword), "OK");
  }

  // The id of a new account; its password is kFirst.
  uint64_t Create(uint64_t by, const std::string& username, const std::string& role, const std::string& unit) {
    v1::CreateStaffMemberRequest request;
    request.set_username(username);
    request.set_display_name("某");
    request.set_password(kFirst);
    request.mutable_binding()->set_role(role);
    if (!unit.empty()) request.mutable_binding()->set_unit(UnitName(unit));
    const auto made = Do(staff_, &StaffService::CreateStaffMember, By(by), request);
    EXPECT_TRUE(made.ok()) << made.status();
    return made.ok() ? *ids::ParseName("staff", made->name()) : 0;
  }

  // A call without a token, at now_.
  rpc::Call Anybody() {
    rpc::Call call = By(0);
    call.now = call.arrival = now_;
    call.address = "192.0.2.1";
    return call;
  }
  // A call with an access token, as the pipeline lets it in.
  rpc::Call With(const std::string& access_token) {
    rpc::Call call = Anybody();
    const auto caller = verifier_->Verify(access_token, now_);
    EXPECT_TRUE(caller.ok()) << caller.status();
    call.caller = *caller;
    return call;
  }

  absl::StatusOr<v1::LogInResponse> LogIn(const std::string& username, const std::string& password,
                                          const std::string& code = "") {
    v1::LogInRequest request;
    request.set_username(username);
    request.set_password(password);
    request.set_totp_code(code);
    request.set_device("a test");
    rpc::Call call = Anybody();
    auto answer = Do(auth_, &StaffAuthService::LogIn, call, request);
    return answer;
  }
  std::string Refusal(const std::string& username, const std::string& password, const std::string& code = "") {
    return ReasonName(LogIn(username, password, code).status());
  }
  std::string ChangePassword(const std::string& username, const std::string& from, const std::string& to,
                             const std::string& code = "") {
    v1::ChangePasswordRequest request;
    request.set_username(username);
    request.set_password(from);
    request.set_new_password(to);
    request.set_totp_code(code);
    return FirstReason(Do(auth_, &StaffAuthService::ChangePassword, Anybody(), request).status());
  }
  // Of a field's refusal that of the field.
  static std::string FirstReason(const absl::Status& status) {
    const std::string wire = errors::ToWire(status, errors::Language::kEnglish, "").DebugString();
    for (const char* reason : {"PASSWORD_TOO_WEAK", "PASSWORD_REUSED"}) {
      const type::Reason number =
          reason == std::string("PASSWORD_REUSED") ? type::REASON_PASSWORD_REUSED : type::REASON_PASSWORD_TOO_WEAK;
      const std::string text = errors::Text(number, errors::Language::kEnglish, {{"count", "5"}, {"rule_en", ""}});
      if (wire.find(text.substr(0, 20)) != std::string::npos) return reason;
    }
    return ReasonName(status);
  }
  std::string Refresh(const std::string& token, v1::RefreshSessionResponse* response = nullptr) {
    v1::RefreshSessionRequest request;
    request.set_refresh_token(token);
    const auto answer = Do(auth_, &StaffAuthService::RefreshSession, Anybody(), request);
    if (answer.ok() && response != nullptr) *response = *answer;
    return ReasonName(answer.status());
  }
  int64_t Ended() { return Count("sessions WHERE revoke_time > 0"); }
  // Records of the audit log about the account, with the result.
  int64_t Records(uint64_t id, const std::string& method, absl::StatusCode result) {
    return Count("audit_pending WHERE subject = '" + ids::ResourceName("staff", id) + "' AND method LIKE '%/" + method +
                 "' AND result = " + std::to_string(static_cast<int>(result)));
  }

  absl::Time now_ = test::Morning();
  const std::unique_ptr<auth::TokenVerifier> verifier_ = *auth::TokenVerifier::Load(keys_.path());
  const crypto::DataCipher cipher_ = *crypto::DataCipher::Load(keys_.path());
  const StaffDoor door_{pool_, trail_, gate_, cipher_, attempts_};
  prometheus::Registry registry_;
  StaffAuthService auth_{with_, here_.roles, door_, sessions_, true, registry_};
  uint64_t center_admin_ = 0;
  uint64_t security_admin_ = 0;
  uint64_t wang_ = 0;
};

}  // namespace wenming::org
