// The log-ins with a proof, and the binding of WeChat accounts.
#include <optional>
#include <utility>

#include "common/db/transaction.h"
#include "common/errors/errors.h"
#include "volunteer_svc/auth/auth_service.h"
#include "volunteer_svc/calendar.h"
#include "volunteer_svc/volunteers/volunteers_rules.h"

namespace wenming::volunteer {
namespace {

using sessions::v1::Session;

// Where the caller names no center and there are several.
absl::Status CheckCenter(const rpc::Call& call) {
  if (call.center_id != 0) return absl::OkStatus();
  return errors::InvalidField("x-wenming-center", type::REASON_REQUIRED);
}

absl::Status NotRegistered() { return errors::Make(absl::StatusCode::kNotFound, type::REASON_NOT_REGISTERED); }

}  // namespace

absl::StatusOr<v1::LogInResponse> AuthService::LogInWithWechat(const rpc::Call& call,
                                                               const v1::LogInWithWechatRequest& request) {
  if (absl::Status center = CheckCenter(call); !center.ok()) return center;
  const auto account = AskAccount(call, request.app(), request.code());
  if (!account.ok()) return account.status();
  const auto owners = db::Read(with_.db, call.deadline, [&](db::Session& session) {
    return identities_.Find(session, call.center_id, *account);
  });
  if (!owners.ok()) return owners.status();
  std::string phone;
  if (!owners->volunteer() && !request.phone_code().empty()) {
    auto told = AskPhone(call, request.app(), request.phone_code());
    if (!told.ok()) return told.status();
    phone = *std::move(told);
  }
  return Answer(db::RunTransaction(with_.db, {.deadline = call.deadline}, [&](db::Transaction& transaction) {
    return EnterWithWechat(transaction, call, *account, phone, request.device());
  }));
}

absl::StatusOr<AuthService::Outcome> AuthService::EnterWithWechat(db::Transaction& transaction, const rpc::Call& call,
                                                                  const WechatAccount& account,
                                                                  const std::string& phone,
                                                                  const std::string& device) const {
  const sessions::Origin origin{.address = call.address, .device = device, .proof = Session::PROOF_WECHAT};
  const auto owners = identities_.Find(transaction, call.center_id, account);
  if (!owners.ok()) return owners.status();
  std::optional<uint64_t> id = owners->volunteer();
  if (!id) {
    if (phone.empty()) return errors::FailedPrecondition(type::REASON_PHONE_NEEDED);
    const auto holder = identities_.FindByPhone(transaction, call.center_id, phone);
    if (!holder.ok()) return holder.status();
    if (!holder->has_value()) return NotRegistered();
    id = *holder;
  }
  // Locked first: of whoever has left, or is being forgotten, nothing more of an account is kept.
  const auto record = volunteers_.Find(transaction, call.center_id, *id, Lock::kForUpdate);
  if (!record.ok()) return record.status();
  if (record->has_value() && CheckActive((*record)->state).ok()) {
    const absl::Status kept = owners->volunteer()
                                  ? identities_.Complete(transaction, call.center_id, *owners, account, call.arrival)
                                  : identities_.Bind(transaction, call.center_id, *id, account, call.arrival);
    if (!kept.ok()) return kept;
  }
  return Enter(transaction, call, *id, origin);
}

absl::StatusOr<v1::RequestPhoneCodeResponse> AuthService::RequestPhoneCode(const rpc::Call& call,
                                                                           const v1::RequestPhoneCodeRequest& request) {
  if (absl::Status center = CheckCenter(call); !center.ok()) return center;
  const absl::Status unavailable = errors::Unavailable(type::REASON_CODE_SENDER_UNAVAILABLE, absl::Minutes(1));
  if (proofs_.sender == nullptr) return unavailable;
  const auto code = db::RunTransaction(
      with_.db, {.deadline = call.deadline}, [&](db::Transaction& transaction) -> absl::StatusOr<PhoneCode> {
        auto issued = codes_.Issue(transaction, call.center_id, request.phone(), call.address, call.arrival);
        if (!issued.ok()) return issued.status();
        if (absl::Status recorded = with_.trail.Append(transaction, call, {}); !recorded.ok()) return recorded;
        return issued;
      });
  if (!code.ok()) return code.status();
  if (!proofs_.sender->Send(request.phone(), code->digits, call.deadline).ok()) return unavailable;
  v1::RequestPhoneCodeResponse response;
  *response.mutable_expire_time() = ToTimestamp(code->expire_time);
  *response.mutable_resend_time() = ToTimestamp(code->resend_time);
  return response;
}

absl::StatusOr<v1::LogInResponse> AuthService::LogInWithPhone(const rpc::Call& call,
                                                              const v1::LogInWithPhoneRequest& request) {
  if (absl::Status center = CheckCenter(call); !center.ok()) return center;
  return Answer(db::RunTransaction(with_.db, {.deadline = call.deadline}, [&](db::Transaction& transaction) {
    return EnterWithPhone(transaction, call, request);
  }));
}

// Does the same for every phone until the code is proved, so that not even the time tells whether it is registered.
absl::StatusOr<AuthService::Outcome> AuthService::EnterWithPhone(db::Transaction& transaction, const rpc::Call& call,
                                                                 const v1::LogInWithPhoneRequest& request) const {
  const auto verdict = codes_.Use(transaction, call.center_id, request.phone(), request.code(), call.arrival);
  if (!verdict.ok()) return verdict.status();
  const auto id = identities_.FindByPhone(transaction, call.center_id, request.phone());
  if (!id.ok()) return id.status();
  if (*verdict == PhoneCodes::Verdict::kRight) {
    // Not committed: the code stays good for a registration.
    if (!id->has_value()) return NotRegistered();
    return Enter(transaction, call, **id,
                 {.address = call.address, .device = request.device(), .proof = Session::PROOF_PHONE_CODE});
  }
  Outcome refused{.refusal = errors::InvalidField("code", type::REASON_BAD_CODE), .response = {}};
  if (*verdict == PhoneCodes::Verdict::kNoCode) return refused;
  const std::string name = id->has_value() ? ids::ResourceName("volunteers", **id) : std::string();
  const absl::Status recorded =
      with_.trail.Append(transaction, call, {.object = name, .result = refused.refusal.code(), .subject = name});
  if (!recorded.ok()) return recorded;
  return refused;
}

absl::StatusOr<v1::BindWechatResponse> AuthService::BindWechat(const rpc::Call& call,
                                                               const v1::BindWechatRequest& request) {
  const auto account = AskAccount(call, request.app(), request.code());
  if (!account.ok()) return account.status();
  return db::RunTransaction(
      with_.db, {.deadline = call.deadline},
      [&](db::Transaction& transaction) -> absl::StatusOr<v1::BindWechatResponse> {
        const auto record = volunteers_.Find(transaction, call.center_id, call.caller.id, Lock::kForUpdate);
        if (!record.ok()) return record.status();
        if (!record->has_value()) return errors::NotFound(call.caller.subject);
        if (absl::Status active = CheckActive((*record)->state); !active.ok()) return active;
        const absl::Status bound =
            identities_.Bind(transaction, call.center_id, call.caller.id, *account, call.arrival);
        if (!bound.ok()) return bound;
        const absl::Status recorded = with_.trail.Append(transaction, call, {.object = call.caller.subject});
        if (!recorded.ok()) return recorded;
        return v1::BindWechatResponse();
      });
}

absl::StatusOr<WechatAccount> AuthService::AskAccount(const rpc::Call& call, std::string_view app,
                                                      std::string_view code) const {
  const auto client = proofs_.wechat.Find(app);
  if (!client.ok()) return client.status();
  auto user = (*client)->Code2Session(code, call.deadline);
  if (!user.ok()) return user.status();
  return WechatAccount{(*client)->app_id(), *std::move(user)};
}

absl::StatusOr<std::string> AuthService::AskPhone(const rpc::Call& call, std::string_view app,
                                                  std::string_view phone_code) const {
  const auto client = proofs_.wechat.Find(app);
  if (!client.ok()) return client.status();
  return (*client)->PhoneNumber(phone_code, call.deadline);
}

}  // namespace wenming::volunteer
