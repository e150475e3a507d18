// Implements wenming.org.v1.StaffAuthService: how staff log in, stay logged in and log out.
#pragma once

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/crypto/random.h"
#include "common/rpc/call.h"
#include "common/rpc/service.h"
#include "common/sessions/sessions.h"
#include "org_svc/dependencies.h"
#include "org_svc/staff/role_book.h"
#include "org_svc/staff/staff_door.h"
#include "prometheus/counter.h"
#include "prometheus/registry.h"
#include "wenming/org/v1/staff_auth.pb.h"

namespace wenming::org {

// Thread-safe; the references outlive it. Counts wenming_staff_log_ins_total{outcome}.
class StaffAuthService {
 public:
  // Without `enforce_second_factor` (development) administrators may do without one; one that is enrolled is asked for.
  StaffAuthService(const Dependencies& with, const RoleBook& roles, const StaffDoor& door,
                   const sessions::Sessions& sessions, bool enforce_second_factor, prometheus::Registry& registry,
                   crypto::RandomSource random = crypto::RandomBytes);

  rpc::Service Bind();

  absl::StatusOr<v1::LogInResponse> LogIn(const rpc::Call& call, const v1::LogInRequest& request);
  absl::StatusOr<v1::ChangePasswordResponse> ChangePassword(const rpc::Call& call,
                                                            const v1::ChangePasswordRequest& request);
  absl::StatusOr<v1::EnrolSecondFactorResponse> EnrolSecondFactor(const rpc::Call& call,
                                                                  const v1::EnrolSecondFactorRequest& request);
  absl::StatusOr<v1::RefreshSessionResponse> RefreshSession(const rpc::Call& call,
                                                            const v1::RefreshSessionRequest& request);
  absl::StatusOr<v1::LogOutResponse> LogOut(const rpc::Call& call, const v1::LogOutRequest& request);
  absl::StatusOr<v1::ListSessionsResponse> ListSessions(const rpc::Call& call, const v1::ListSessionsRequest& request);
  absl::StatusOr<v1::RevokeSessionResponse> RevokeSession(const rpc::Call& call,
                                                          const v1::RevokeSessionRequest& request);

 private:
  // What came of a transaction that is committed also where it refuses: the refusal stands in the audit log.
  template <typename Response>
  struct Outcome {
    absl::Status refusal;
    Response response;
  };
  template <typename Response, typename Body>
  absl::StatusOr<Response> Settle(const rpc::Call& call, Body&& body);

  // Sets `refusal` where the account, whose password was proved, may not go on: the code is asked for where a second
  // factor is enrolled, or was made and a code is given.
  absl::Status CheckCode(db::Transaction& transaction, const rpc::Call& call, const Credentials& credentials,
                         const std::string& code, absl::Status& refusal) const;
  // The refusal stays in the log; attempts with a good password count no longer unless the code was bad.
  absl::Status Refuse(db::Transaction& transaction, const rpc::Call& call, const Credentials& credentials,
                      std::string_view username, const absl::Status& refusal) const;
  absl::Status CheckLastPasswords(const rpc::Call& call, const Credentials& credentials,
                                  const std::string& password) const;

  const Dependencies with_;
  const RoleBook& roles_;
  const StaffDoor& door_;
  const sessions::Sessions& sessions_;
  const bool enforce_second_factor_;
  const crypto::RandomSource random_;
  prometheus::Counter& let_in_;
  prometheus::Counter& refused_;
};

}  // namespace wenming::org
