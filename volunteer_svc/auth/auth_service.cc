#include "volunteer_svc/auth/auth_service.h"

#include <utility>

#include "common/db/transaction.h"
#include "common/errors/errors.h"
#include "volunteer_svc/calendar.h"
#include "volunteer_svc/volunteers/volunteers_rules.h"

namespace wenming::volunteer {

AuthService::AuthService(const Dependencies& dependencies, const sessions::Sessions& sessions, const Proofs& proofs)
    : with_(dependencies),
      sessions_(sessions),
      proofs_(proofs),
      volunteers_(PersonSeal(dependencies.cipher, dependencies.blind_index)),
      identities_(dependencies.cipher, dependencies.blind_index),
      codes_(dependencies.blind_index, dependencies.random),
      registrar_(dependencies) {}

rpc::Service AuthService::Bind() {
  return rpc::Service("wenming.volunteer.v1.VolunteerAuthService")
      .Unary("LogInWithWechat", rpc::kPooled, this, &AuthService::LogInWithWechat)
      .Unary("RequestPhoneCode", rpc::kPooled, this, &AuthService::RequestPhoneCode)
      .Unary("LogInWithPhone", rpc::kPooled, this, &AuthService::LogInWithPhone)
      .Unary("RegisterVolunteer", rpc::kPooled, this, &AuthService::RegisterVolunteer)
      .Unary("BindWechat", rpc::kPooled, this, &AuthService::BindWechat)
      .Unary("RefreshSession", rpc::kPooled, this, &AuthService::RefreshSession)
      .Unary("LogOut", rpc::kPooled, this, &AuthService::LogOut)
      .Unary("ListSessions", rpc::kPooled, this, &AuthService::ListSessions)
      .Unary("RevokeSession", rpc::kPooled, this, &AuthService::RevokeSession)
      .Unary("DevelopmentLogIn", rpc::kPooled, this, &AuthService::DevelopmentLogIn);
}

absl::StatusOr<v1::RefreshSessionResponse> AuthService::RefreshSession(const rpc::Call& call,
                                                                       const v1::RefreshSessionRequest& request) {
  const sessions::Origin origin{.address = call.address, .device = request.device()};
  auto refreshed = db::RunTransaction(
      with_.db, {.deadline = call.deadline}, [&](db::Transaction& transaction) -> absl::StatusOr<sessions::Refreshed> {
        auto result = sessions_.Refresh(transaction, request.refresh_token(), origin, call.arrival);
        if (!result.ok() || result->caller.kind == auth::CallerKind::kAnonymous) return result;
        // The record is of whom the refresh token names; the call itself is nobody's.
        rpc::Call known = call;
        known.caller = result->caller;
        known.center_id = result->caller.center_id;
        const absl::Status recorded = with_.trail.Append(
            transaction, known, {.object = result->caller.subject, .result = result->refusal.code(), .subject = {}});
        if (!recorded.ok()) return recorded;
        return result;
      });
  if (!refreshed.ok()) return refreshed.status();
  // A token that names nobody was recorded nowhere yet.
  call.audited = refreshed->caller.kind != auth::CallerKind::kAnonymous;
  if (!refreshed->refusal.ok()) return refreshed->refusal;
  v1::RefreshSessionResponse response;
  *response.mutable_tokens() = std::move(refreshed->tokens);
  return response;
}

absl::StatusOr<v1::LogOutResponse> AuthService::LogOut(const rpc::Call& call, const v1::LogOutRequest& request) {
  return with_.trail.Run(
      call, request, /*repeatable=*/true, [&](db::Transaction& transaction) -> absl::StatusOr<v1::LogOutResponse> {
        const absl::Status ended =
            sessions_.Revoke(transaction, call.center_id, call.caller.id, call.caller.session_id, call.arrival);
        if (!ended.ok()) return ended;
        return v1::LogOutResponse();
      });
}

absl::StatusOr<v1::ListSessionsResponse> AuthService::ListSessions(const rpc::Call& call,
                                                                   const v1::ListSessionsRequest&) {
  auto sessions = db::Read(with_.db, call.deadline, [&](db::Session& session) {
    return sessions_.List(session, call.center_id, call.caller.id, call.caller.session_id, call.arrival);
  });
  if (!sessions.ok()) return sessions.status();
  v1::ListSessionsResponse response;
  for (auto& session : *sessions) *response.add_sessions() = std::move(session);
  return response;
}

absl::StatusOr<v1::RevokeSessionResponse> AuthService::RevokeSession(const rpc::Call& call,
                                                                     const v1::RevokeSessionRequest& request) {
  const auto id = ids::ParseName("volunteerSessions", request.name());
  if (!id) return errors::NotFound(request.name());
  return with_.trail.Run(call, request, /*repeatable=*/true,
                         [&](db::Transaction& transaction) -> absl::StatusOr<v1::RevokeSessionResponse> {
                           const absl::Status ended =
                               sessions_.Revoke(transaction, call.center_id, call.caller.id, *id, call.arrival);
                           if (!ended.ok()) return ended;
                           return v1::RevokeSessionResponse();
                         });
}

absl::StatusOr<v1::LogInResponse> AuthService::DevelopmentLogIn(const rpc::Call& call,
                                                                const v1::DevelopmentLogInRequest& request) {
  if (!proofs_.development) return errors::PermissionDenied(type::REASON_DEVELOPMENT_ONLY);
  const auto id = ids::ParseName("volunteers", request.volunteer());
  if (!id) return errors::NotFound(request.volunteer());
  const sessions::Origin origin{
      .address = call.address, .device = {}, .proof = sessions::v1::Session::PROOF_DEVELOPMENT};
  return Answer(db::RunTransaction(with_.db, {.deadline = call.deadline}, [&](db::Transaction& transaction) {
    return Enter(transaction, call, *id, origin);
  }));
}

absl::StatusOr<v1::LogInResponse> AuthService::Answer(absl::StatusOr<Outcome> outcome) {
  if (!outcome.ok()) return outcome.status();
  if (!outcome->refusal.ok()) return std::move(outcome->refusal);
  return std::move(outcome->response);
}

absl::StatusOr<AuthService::Outcome> AuthService::Enter(db::Transaction& transaction, const rpc::Call& call,
                                                        uint64_t volunteer_id, const sessions::Origin& origin) const {
  // Locked, so that who ends the membership sees this session and ends it too.
  const auto record = volunteers_.Find(transaction, call.center_id, volunteer_id, Lock::kForUpdate);
  if (!record.ok()) return record.status();
  const std::string name = ids::ResourceName("volunteers", volunteer_id);
  if (!record->has_value()) return errors::NotFound(name);
  if ((*record)->state == v1::Volunteer::STATE_ACTIVE) return Open(transaction, call, **record, origin);
  Outcome refused{.refusal = errors::FailedPrecondition(type::REASON_VOLUNTEER_NOT_ACTIVE), .response = {}};
  const absl::Status recorded =
      with_.trail.Append(transaction, call, {.object = name, .result = refused.refusal.code(), .subject = name});
  if (!recorded.ok()) return recorded;
  return refused;
}

absl::StatusOr<AuthService::Outcome> AuthService::Open(db::Transaction& transaction, const rpc::Call& call,
                                                       const VolunteerRecord& record,
                                                       const sessions::Origin& origin) const {
  auto tokens = sessions_.Open(transaction, call.center_id, record.id, origin, call.arrival);
  if (!tokens.ok()) return tokens.status();
  const std::string name = ids::ResourceName("volunteers", record.id);
  const absl::Status recorded =
      with_.trail.Append(transaction, call, {.object = name, .result = absl::StatusCode::kOk, .subject = name});
  if (!recorded.ok()) return recorded;
  Outcome outcome;
  *outcome.response.mutable_tokens() = *std::move(tokens);
  *outcome.response.mutable_volunteer() = ToProto(record, View::kWhole, DayInChina(call.now));
  return outcome;
}

}  // namespace wenming::volunteer
