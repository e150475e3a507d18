// Implements wenming.volunteer.v1.VolunteerAuthService.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/rpc/call.h"
#include "common/rpc/service.h"
#include "common/sessions/sessions.h"
#include "volunteer_svc/auth/code_sender.h"
#include "volunteer_svc/auth/identities_store.h"
#include "volunteer_svc/auth/phone_codes.h"
#include "volunteer_svc/auth/wechat_apps.h"
#include "volunteer_svc/dependencies.h"
#include "volunteer_svc/volunteers/registrar.h"
#include "volunteer_svc/volunteers/volunteers_store.h"
#include "wenming/volunteer/v1/auth.pb.h"

namespace wenming::volunteer {

// How people can prove who they are here.
struct Proofs {
  const WechatApps& wechat;
  CodeSender* sender = nullptr;  // none: no codes are sent
  bool development = false;      // also without any proof
};

// Thread-safe.
class AuthService {
 public:
  // References, also those in `proofs`, must outlive this.
  AuthService(const Dependencies& dependencies, const sessions::Sessions& sessions, const Proofs& proofs);

  rpc::Service Bind();

  absl::StatusOr<v1::LogInResponse> LogInWithWechat(const rpc::Call& call, const v1::LogInWithWechatRequest& request);
  absl::StatusOr<v1::RequestPhoneCodeResponse> RequestPhoneCode(const rpc::Call& call,
                                                                const v1::RequestPhoneCodeRequest& request);
  absl::StatusOr<v1::LogInResponse> LogInWithPhone(const rpc::Call& call, const v1::LogInWithPhoneRequest& request);
  absl::StatusOr<v1::LogInResponse> RegisterVolunteer(const rpc::Call& call,
                                                      const v1::RegisterVolunteerRequest& request);
  absl::StatusOr<v1::BindWechatResponse> BindWechat(const rpc::Call& call, const v1::BindWechatRequest& request);
  absl::StatusOr<v1::RefreshSessionResponse> RefreshSession(const rpc::Call& call,
                                                            const v1::RefreshSessionRequest& request);
  absl::StatusOr<v1::LogOutResponse> LogOut(const rpc::Call& call, const v1::LogOutRequest& request);
  absl::StatusOr<v1::ListSessionsResponse> ListSessions(const rpc::Call& call, const v1::ListSessionsRequest& request);
  absl::StatusOr<v1::RevokeSessionResponse> RevokeSession(const rpc::Call& call,
                                                          const v1::RevokeSessionRequest& request);
  absl::StatusOr<v1::LogInResponse> DevelopmentLogIn(const rpc::Call& call, const v1::DevelopmentLogInRequest& request);

 private:
  // What a transaction came to that must be committed although it refuses: a try that was used up, a failure that the
  // audit log keeps.
  struct Outcome {
    absl::Status refusal;
    v1::LogInResponse response;
  };
  static absl::StatusOr<v1::LogInResponse> Answer(absl::StatusOr<Outcome> outcome);

  // Logs the volunteer in, in the same transaction as the proof; refuses whoever does not take part.
  absl::StatusOr<Outcome> Enter(db::Transaction& transaction, const rpc::Call& call, uint64_t volunteer_id,
                                const sessions::Origin& origin) const;
  absl::StatusOr<Outcome> Open(db::Transaction& transaction, const rpc::Call& call, const VolunteerRecord& record,
                               const sessions::Origin& origin) const;
  absl::StatusOr<Outcome> EnterWithWechat(db::Transaction& transaction, const rpc::Call& call,
                                          const WechatAccount& account, const std::string& phone,
                                          const std::string& device) const;
  absl::StatusOr<Outcome> EnterWithPhone(db::Transaction& transaction, const rpc::Call& call,
                                         const v1::LogInWithPhoneRequest& request) const;
  // Registers and logs in. `account`: what proved the phone; null for a one-time code.
  absl::StatusOr<Outcome> EnterNew(db::Transaction& transaction, const rpc::Call& call, uint64_t unit_id,
                                   const v1::RegisterVolunteerRequest& request, const Registration& registration,
                                   const WechatAccount* account) const;

  absl::StatusOr<WechatAccount> AskAccount(const rpc::Call& call, std::string_view app, std::string_view code) const;
  absl::StatusOr<std::string> AskPhone(const rpc::Call& call, std::string_view app, std::string_view phone_code) const;

  const Dependencies with_;
  const sessions::Sessions& sessions_;
  const Proofs proofs_;
  const VolunteersStore volunteers_;
  const IdentitiesStore identities_;
  const PhoneCodes codes_;
  const Registrar registrar_;
};

}  // namespace wenming::volunteer
