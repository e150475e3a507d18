// What the tests of log-ins share: WeChat's stand-in, a sender that remembers, and the service.
#pragma once

#include <map>
#include <mutex>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "common/auth/token_signer.h"
#include "common/errors/errors.h"
#include "common/observe/log.h"
#include "prometheus/registry.h"
#include "tests/support/wechat_stand_in.h"
#include "tests/volunteer_svc/fixture.h"
#include "volunteer_svc/auth/auth_service.h"
#include "volunteer_svc/auth/log_in_traces.h"

namespace wenming::volunteer {

// Two applications of one owner.
inline constexpr char kMiniProgram[] = "wx-mini", kMobileApp[] = "wx-mobile";

// Thread-safe.
class RememberingSender : public CodeSender {
 public:
  absl::Status Send(const std::string& phone, const std::string& code, absl::Time) override {
    const std::lock_guard lock(mutex_);
    if (broken) return absl::UnavailableError("no network");
    codes_[phone] = code;
    return absl::OkStatus();
  }
  // The last one; empty where none was sent.
  std::string CodeOf(const std::string& phone) {
    const std::lock_guard lock(mutex_);
    return codes_[phone];
  }
  bool broken = false;

 private:
  std::mutex mutex_;
  std::map<std::string, std::string> codes_;
};

class AuthTest : public VolunteerTest {
 protected:
  // At `time_` by the server's clock, from `address_`.
  rpc::Call Anybody() const {
    rpc::Call call = test::AnonymousCall(directory_.get(), kCenter);
    call.arrival = time_;
    call.address = address_;
    return call;
  }
  // With the token of a log-in.
  rpc::Call As(const v1::LogInResponse& log_in) const;

  // A code of wx.login, a code of the button that shares the phone number; each another one than before.
  std::string Code(const std::string& openid, const std::string& unionid = "");
  std::string PhoneCode(const std::string& phone, const char* app = kMiniProgram);
  static std::string PhoneOf(int n) { return PersonNumber(n).phone(); }

  absl::StatusOr<v1::LogInResponse> LogInWithWechat(const std::string& code, const std::string& phone_code = "",
                                                    const char* app = kMiniProgram);
  absl::Status RequestCode(const std::string& phone);
  absl::StatusOr<v1::LogInResponse> LogInWithPhone(const std::string& phone, const std::string& code);
  absl::Status BindWechat(uint64_t volunteer_id, const std::string& code);
  // The form of the n-th person, with consents and without a proof.
  static v1::RegisterVolunteerRequest Form(int n);
  void Deactivate(uint64_t id);
  int64_t AuditRecords(const std::string& condition);

  absl::Time time_ = test::Morning();
  std::string address_ = "203.0.113.7";
  int nonce_ = 0;
  std::ostringstream log_;
  const observe::Logger logger_{log_, "volunteer_svc", observe::Severity::kDebug, observe::SystemClock()};
  prometheus::Registry registry_;
  test::WechatStandIn wechat_;
  RememberingSender sender_;
  const auth::TokenSigner signer_ = *auth::TokenSigner::Load(keys_.path(), "volunteer_svc");
  const sessions::Sessions sessions_ = VolunteerSessions(ids_, signer_, false);
  const LogInTraces traces_{sessions_, cipher_, blind_index_};
  const WechatApps apps_{wechat_.url(),
                         {{kMiniProgram, test::kWechatSecret}, {kMobileApp, test::kWechatSecret}},
                         observe::SystemClock(),
                         logger_,
                         registry_};
  AuthService service_{dependencies_, sessions_, {.wechat = apps_, .sender = &sender_}};
};

// Of the RetryInfo; 0 where there is none.
int64_t RetrySeconds(const absl::Status& status);
inline std::string ReasonIn(const absl::Status& status) { return type::Reason_Name(errors::ReasonOf(status)); }

}  // namespace wenming::volunteer
