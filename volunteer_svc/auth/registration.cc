// The registration by oneself.
#include <optional>
#include <utility>

#include "common/db/transaction.h"
#include "common/errors/errors.h"
#include "volunteer_svc/auth/auth_service.h"
#include "volunteer_svc/calendar.h"

namespace wenming::volunteer {
namespace {

using sessions::v1::Session;

// Stands for the phone that WeChat has yet to tell: a form with a mistake shall not cost the codes, which are good
// once.
constexpr char kSomePhone[] = "10000000000";

absl::Status CheckForm(const v1::RegisterVolunteerRequest& request) {
  if (request.has_wechat() == request.has_phone()) return errors::InvalidField("phone", type::REASON_REQUIRED);
  if (request.channel() == v1::Consent::CHANNEL_PAPER) {
    return errors::InvalidField("channel", type::REASON_UNKNOWN_VALUE);
  }
  return absl::OkStatus();
}

v1::Volunteer VolunteerOf(const v1::RegisterVolunteerRequest& request) {
  v1::Volunteer volunteer;
  volunteer.set_display_name(request.display_name());
  volunteer.set_id_type(request.id_document().id_type());
  volunteer.set_id_number(request.id_document().id_number());
  volunteer.set_sex(request.id_document().sex());
  if (request.id_document().has_birth_date()) *volunteer.mutable_birth_date() = request.id_document().birth_date();
  volunteer.set_phone(request.has_phone() ? request.phone().phone() : kSomePhone);
  volunteer.set_residence(request.residence());
  *volunteer.mutable_skills() = request.skills();
  *volunteer.mutable_service_categories() = request.service_categories();
  return volunteer;
}

}  // namespace

absl::StatusOr<v1::LogInResponse> AuthService::RegisterVolunteer(const rpc::Call& call,
                                                                 const v1::RegisterVolunteerRequest& request) {
  const auto unit_id = ids::ParseName("units", request.parent());
  if (!unit_id || call.center_id == 0) return errors::NotFound(request.parent());
  if (absl::Status form = CheckForm(request); !form.ok()) return form;
  auto registration = RegistrationOf(VolunteerOf(request), request.has_guardian() ? &request.guardian() : nullptr,
                                     request.consent_documents(), DayInChina(call.now));
  if (!registration.ok()) return registration.status();
  std::optional<WechatAccount> account;
  if (request.has_wechat()) {
    auto told = AskAccount(call, request.wechat().app(), request.wechat().code());
    if (!told.ok()) return told.status();
    account = *std::move(told);
    auto phone = AskPhone(call, request.wechat().app(), request.wechat().phone_code());
    if (!phone.ok()) return phone.status();
    registration->person.phone = *std::move(phone);
  }
  auto outcome = db::RunTransaction(with_.db, {.deadline = call.deadline}, [&](db::Transaction& transaction) {
    return EnterNew(transaction, call, *unit_id, request, *registration, account ? &*account : nullptr);
  });
  if (request.has_phone() && errors::ReasonOf(outcome.status()) == type::REASON_ID_NUMBER_TAKEN) {
    // The code stays good for a form that is put right, but not for asking who is registered.
    const absl::Status taken =
        db::RunTransaction(with_.db, {.deadline = call.deadline}, [&](db::Transaction& transaction) {
          return codes_.TakeTry(transaction, call.center_id, request.phone().phone());
        });
    if (!taken.ok()) return taken;
  }
  return Answer(std::move(outcome));
}

absl::StatusOr<AuthService::Outcome> AuthService::EnterNew(db::Transaction& transaction, const rpc::Call& call,
                                                           uint64_t unit_id,
                                                           const v1::RegisterVolunteerRequest& request,
                                                           const Registration& registration,
                                                           const WechatAccount* account) const {
  if (account == nullptr) {
    const auto verdict =
        codes_.Use(transaction, call.center_id, request.phone().phone(), request.phone().code(), call.arrival);
    if (!verdict.ok()) return verdict.status();
    if (*verdict != PhoneCodes::Verdict::kRight) {
      return Outcome{.refusal = errors::InvalidField("phone.code", type::REASON_BAD_CODE), .response = {}};
    }
  }
  const auto record = registrar_.Register(transaction, call, unit_id, registration, request.channel());
  if (!record.ok()) return record.status();
  if (account != nullptr) {
    const absl::Status bound = identities_.Bind(transaction, call.center_id, record->id, *account, call.arrival);
    if (!bound.ok()) return bound;
  }
  return Open(transaction, call, *record,
              {.address = call.address,
               .device = request.device(),
               .proof = account != nullptr ? Session::PROOF_WECHAT : Session::PROOF_PHONE_CODE});
}

}  // namespace wenming::volunteer
