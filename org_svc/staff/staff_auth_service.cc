#include "org_svc/staff/staff_auth_service.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/auth/totp.h"
#include "common/db/transaction.h"
#include "common/errors/errors.h"
#include "org_svc/staff/password_rules.h"
#include "org_svc/staff/staff_rules.h"
#include "org_svc/staff/staff_store.h"

namespace wenming::org {
namespace {

constexpr char kIssuer[] = "wenming";

prometheus::Family<prometheus::Counter>& LogIns(prometheus::Registry& registry) {
  return prometheus::BuildCounter()
      .Name("wenming_staff_log_ins_total")
      .Help("Log-ins of staff by password.")
      .Register(registry);
}

sessions::v1::Session::Proof ProofOf(bool by_code) {
  return by_code ? sessions::v1::Session::PROOF_PASSWORD_AND_TOTP : sessions::v1::Session::PROOF_PASSWORD;
}

}  // namespace

StaffAuthService::StaffAuthService(const Dependencies& with, const RoleBook& roles, const StaffDoor& door,
                                   const sessions::Sessions& sessions, bool enforce_second_factor,
                                   prometheus::Registry& registry, crypto::RandomSource random)
    : with_(with),
      roles_(roles),
      door_(door),
      sessions_(sessions),
      enforce_second_factor_(enforce_second_factor),
      random_(std::move(random)),
      let_in_(LogIns(registry).Add({{"outcome", "let_in"}})),
      refused_(LogIns(registry).Add({{"outcome", "refused"}})) {}

rpc::Service StaffAuthService::Bind() {
  return rpc::Service("wenming.org.v1.StaffAuthService")
      .Unary("LogIn", rpc::kPooled, this, &StaffAuthService::LogIn)
      .Unary("ChangePassword", rpc::kPooled, this, &StaffAuthService::ChangePassword)
      .Unary("EnrolSecondFactor", rpc::kPooled, this, &StaffAuthService::EnrolSecondFactor)
      .Unary("RefreshSession", rpc::kPooled, this, &StaffAuthService::RefreshSession)
      .Unary("LogOut", rpc::kPooled, this, &StaffAuthService::LogOut)
      .Unary("ListSessions", rpc::kPooled, this, &StaffAuthService::ListSessions)
      .Unary("RevokeSession", rpc::kPooled, this, &StaffAuthService::RevokeSession);
}

template <typename Response, typename Body>
absl::StatusOr<Response> StaffAuthService::Settle(const rpc::Call& call, Body&& body) {
  auto outcome = db::RunTransaction(with_.db, {.deadline = call.deadline},
                                    [&](db::Transaction& transaction) -> absl::StatusOr<Outcome<Response>> {
                                      Outcome<Response> fresh;
                                      absl::Status done = body(transaction, fresh);
                                      if (!done.ok()) return done;
                                      return fresh;
                                    });
  if (!outcome.ok()) return outcome.status();
  if (!outcome->refusal.ok()) return outcome->refusal;
  return std::move(outcome->response);
}

absl::StatusOr<v1::LogInResponse> StaffAuthService::LogIn(const rpc::Call& call, const v1::LogInRequest& request) {
  auto proved = door_.Prove(call, request.username(), request.password());
  if (!proved.ok()) {
    refused_.Increment();
    return proved.status();
  }
  if (door_.gate().NeedsRehash(proved->password_hash)) {
    const auto hash = door_.gate().Hash(request.password(), call.deadline);
    if (!hash.ok()) return hash.status();
    const auto kept = db::RunTransaction(with_.db, {.deadline = call.deadline, .repeatable = true},
                                         [&](auto& session) { return ReplaceHash(session, *proved, *hash); });
    if (!kept.ok()) return kept;
    proved->password_hash = *hash;
  }
  auto response = Settle<v1::LogInResponse>(call, [&](db::Transaction& transaction, auto& outcome) -> absl::Status {
    const auto credentials = door_.Confirm(transaction, *proved);
    if (!credentials.ok()) return credentials.status();
    const auto record = ReadStaff(transaction, credentials->id);
    if (!record.ok()) return record.status();
    const bool by_code = !request.totp_code().empty() && !credentials->totp_secret.empty();
    absl::Status& refusal = outcome.refusal;
    if (credentials->must_change) {
      refusal = errors::FailedPrecondition(type::REASON_PASSWORD_CHANGE_REQUIRED);
    } else if (absl::Status asked = CheckCode(transaction, call, *credentials, request.totp_code(), refusal);
               !asked.ok()) {
      return asked;
    } else if (refusal.ok() && !by_code && enforce_second_factor_ && NeedsSecondFactor(roles_, record->bindings)) {
      refusal = errors::FailedPrecondition(type::REASON_SECOND_FACTOR_NOT_ENROLLED);
    }
    if (!refusal.ok()) return Refuse(transaction, call, *credentials, request.username(), refusal);
    auto tokens =
        sessions_.Open(transaction, record->center_id, record->id,
                       {.address = call.address, .device = request.device(), .proof = ProofOf(by_code)}, call.arrival);
    if (!tokens.ok()) return tokens.status();
    *outcome.response.mutable_tokens() = *std::move(tokens);
    *outcome.response.mutable_staff_member() = ToMember(*record);
    if (by_code) outcome.response.mutable_staff_member()->set_second_factor(true);
    absl::Status forgotten = door_.attempts().Succeed(transaction, request.username(), call.address);
    return forgotten.ok() ? door_.Record(transaction, call, record->center_id, record->id, absl::OkStatus())
                          : forgotten;
  });
  (response.ok() ? let_in_ : refused_).Increment();
  return response;
}

absl::StatusOr<v1::ChangePasswordResponse> StaffAuthService::ChangePassword(const rpc::Call& call,
                                                                            const v1::ChangePasswordRequest& request) {
  if (absl::Status rules = CheckPassword("new_password", request.new_password(), request.username()); !rules.ok()) {
    return rules;
  }
  const auto proved = door_.Prove(call, request.username(), request.password());
  if (!proved.ok()) return proved.status();
  if (absl::Status fresh = CheckLastPasswords(call, *proved, request.new_password()); !fresh.ok()) {
    const absl::Status forgotten = db::RunTransaction(with_.db, {.deadline = call.deadline}, [&](auto& transaction) {
      return door_.attempts().TakeBack(transaction, request.username(), call.address);
    });
    return forgotten.ok() ? fresh : forgotten;
  }
  const auto hash = door_.gate().Hash(request.new_password(), call.deadline);
  if (!hash.ok()) return hash.status();
  return Settle<v1::ChangePasswordResponse>(call, [&](db::Transaction& transaction, auto& outcome) -> absl::Status {
    const auto credentials = door_.Confirm(transaction, *proved);
    if (!credentials.ok()) return credentials.status();
    absl::Status asked = CheckCode(transaction, call, *credentials, request.totp_code(), outcome.refusal);
    if (!asked.ok()) return asked;
    if (!outcome.refusal.ok()) {
      return Refuse(transaction, call, *credentials, request.username(), outcome.refusal);
    }
    absl::Status set =
        SetPassword(transaction, with_.ids, credentials->center_id, credentials->id, *hash, /*must_change=*/false);
    if (!set.ok()) return set;
    const auto ended = sessions_.RevokeAll(transaction, credentials->center_id, credentials->id, 0, call.arrival);
    if (!ended.ok()) return ended.status();
    absl::Status forgotten = door_.attempts().Succeed(transaction, request.username(), call.address);
    return forgotten.ok() ? door_.Record(transaction, call, credentials->center_id, credentials->id, absl::OkStatus())
                          : forgotten;
  });
}

absl::StatusOr<v1::EnrolSecondFactorResponse> StaffAuthService::EnrolSecondFactor(
    const rpc::Call& call, const v1::EnrolSecondFactorRequest& request) {
  const auto proved = door_.Prove(call, request.username(), request.password());
  if (!proved.ok()) return proved.status();
  const std::string secret = random_(auth::kTotpSecretSize);
  const auto sealed = door_.SealSecret(proved->id, secret);
  if (!sealed.ok()) return sealed.status();
  return Settle<v1::EnrolSecondFactorResponse>(call, [&](db::Transaction& transaction, auto& outcome) -> absl::Status {
    const auto credentials = door_.Confirm(transaction, *proved);
    if (!credentials.ok()) return credentials.status();
    // Whoever set the first password must not be able to enrol a device of his own.
    if (credentials->must_change) outcome.refusal = errors::FailedPrecondition(type::REASON_PASSWORD_CHANGE_REQUIRED);
    if (credentials->totp_enrolled) outcome.refusal = errors::FailedPrecondition(type::REASON_SECOND_FACTOR_ENROLLED);
    if (!outcome.refusal.ok()) {
      return Refuse(transaction, call, *credentials, request.username(), outcome.refusal);
    }
    absl::Status set = SetTotpSecret(transaction, credentials->center_id, credentials->id, *sealed);
    if (!set.ok()) return set;
    outcome.response.set_secret(auth::TotpSecretText(secret));
    outcome.response.set_otpauth_uri(auth::TotpUri(secret, request.username(), kIssuer));
    absl::Status forgotten = door_.attempts().Succeed(transaction, request.username(), call.address);
    return forgotten.ok() ? door_.Record(transaction, call, credentials->center_id, credentials->id, absl::OkStatus())
                          : forgotten;
  });
}

absl::StatusOr<v1::RefreshSessionResponse> StaffAuthService::RefreshSession(const rpc::Call& call,
                                                                            const v1::RefreshSessionRequest& request) {
  return Settle<v1::RefreshSessionResponse>(call, [&](db::Transaction& transaction, auto& outcome) -> absl::Status {
    auto refreshed = sessions_.Refresh(transaction, request.refresh_token(),
                                       {.address = call.address, .device = "", .proof = {}}, call.arrival);
    if (!refreshed.ok()) return refreshed.status();
    outcome.refusal = refreshed->refusal;
    *outcome.response.mutable_tokens() = std::move(refreshed->tokens);
    // Tokens change hands each few minutes: that is no effect to record, but a token that was used twice is.
    call.audited = true;
    if (errors::ReasonOf(outcome.refusal) != type::REASON_REFRESH_TOKEN_REUSED) return absl::OkStatus();
    return door_.Record(transaction, call, refreshed->caller.center_id, refreshed->caller.id, outcome.refusal);
  });
}

absl::StatusOr<v1::LogOutResponse> StaffAuthService::LogOut(const rpc::Call& call, const v1::LogOutRequest& request) {
  const auto ended = with_.trail.Run(call, request, /*repeatable=*/true, [&](db::Transaction& transaction) {
    return sessions_.Revoke(transaction, call.caller.center_id, call.caller.id, call.caller.session_id, call.arrival);
  });
  if (!ended.ok()) return ended;
  return v1::LogOutResponse();
}

absl::StatusOr<v1::ListSessionsResponse> StaffAuthService::ListSessions(const rpc::Call& call,
                                                                        const v1::ListSessionsRequest&) {
  auto sessions = db::Read(with_.db, call.deadline, [&](db::Session& session) {
    return sessions_.List(session, call.caller.center_id, call.caller.id, call.caller.session_id, call.arrival);
  });
  if (!sessions.ok()) return sessions.status();
  v1::ListSessionsResponse response;
  for (auto& session : *sessions) *response.add_sessions() = std::move(session);
  return response;
}

absl::StatusOr<v1::RevokeSessionResponse> StaffAuthService::RevokeSession(const rpc::Call& call,
                                                                          const v1::RevokeSessionRequest& request) {
  const uint64_t session = ids::ParseName("staffSessions", request.name()).value_or(0);
  const auto ended = with_.trail.Run(call, request, /*repeatable=*/true, [&](db::Transaction& transaction) {
    return sessions_.Revoke(transaction, call.caller.center_id, call.caller.id, session, call.arrival);
  });
  if (!ended.ok()) return ended;
  return v1::RevokeSessionResponse();
}

absl::Status StaffAuthService::CheckCode(db::Transaction& transaction, const rpc::Call& call,
                                         const Credentials& credentials, const std::string& code,
                                         absl::Status& refusal) const {
  if (credentials.totp_secret.empty() || (!credentials.totp_enrolled && code.empty())) return absl::OkStatus();
  if (code.empty()) {
    refusal = errors::Unauthenticated(type::REASON_SECOND_FACTOR_REQUIRED);
    return absl::OkStatus();
  }
  const auto good = door_.UseCode(transaction, credentials, code, call.arrival);
  if (!good.ok()) return good.status();
  if (!*good) refusal = errors::Unauthenticated(type::REASON_BAD_SECOND_FACTOR);
  return absl::OkStatus();
}

absl::Status StaffAuthService::Refuse(db::Transaction& transaction, const rpc::Call& call,
                                      const Credentials& credentials, std::string_view username,
                                      const absl::Status& refusal) const {
  if (errors::ReasonOf(refusal) != type::REASON_BAD_SECOND_FACTOR) {
    const absl::Status forgotten = door_.attempts().TakeBack(transaction, username, call.address);
    if (!forgotten.ok()) return forgotten;
  }
  return door_.Record(transaction, call, credentials.center_id, credentials.id, refusal);
}

absl::Status StaffAuthService::CheckLastPasswords(const rpc::Call& call, const Credentials& credentials,
                                                  const std::string& password) const {
  const auto hashes =
      db::Read(with_.db, call.deadline, [&](db::Session& session) { return LastPasswords(session, credentials); });
  if (!hashes.ok()) return hashes.status();
  for (const std::string& hash : *hashes) {
    const auto same = door_.gate().Verify(hash, password, call.deadline);
    if (!same.ok()) return same.status();
    if (*same) {
      return errors::InvalidField("new_password", type::REASON_PASSWORD_REUSED,
                                  {{"count", absl::StrCat(kPasswordsKept)}});
    }
  }
  return absl::OkStatus();
}

}  // namespace wenming::org
