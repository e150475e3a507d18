#include "volunteer_svc/auth/auth_service.h"

#include <utility>

#include "common/db/transaction.h"
#include "common/errors/errors.h"
#include "volunteer_svc/calendar.h"
#include "volunteer_svc/volunteers/volunteers_rules.h"

namespace wenming::volunteer {
namespace {

constexpr absl::Duration kTokenLifetime = absl::Hours(1);

}  // namespace

AuthService::AuthService(const Dependencies& dependencies, const auth::TokenSigner& signer, observe::Clock clock,
                         bool development)
    : db_(dependencies.db),
      store_(PersonSeal(dependencies.cipher, dependencies.blind_index)),
      signer_(signer),
      clock_(std::move(clock)),
      development_(development) {}

rpc::Service AuthService::Bind() {
  return rpc::Service("wenming.volunteer.v1.VolunteerAuthService")
      .Unary("DevelopmentLogIn", rpc::kPooled, this, &AuthService::DevelopmentLogIn);
}

absl::StatusOr<v1::DevelopmentLogInResponse> AuthService::DevelopmentLogIn(const rpc::Call& call,
                                                                           const v1::DevelopmentLogInRequest& request) {
  if (!development_) return errors::PermissionDenied(type::REASON_DEVELOPMENT_ONLY);
  const auto id = ids::ParseName("volunteers", request.volunteer());
  if (!id) return errors::NotFound(request.volunteer());
  const auto record =
      db::Read(db_, call.deadline, [&](db::Session& session) { return store_.Find(session, call.center_id, *id); });
  if (!record.ok()) return record.status();
  if (!record->has_value()) return errors::NotFound(request.volunteer());
  if ((*record)->state != v1::Volunteer::STATE_ACTIVE) {
    return errors::FailedPrecondition(type::REASON_VOLUNTEER_NOT_ACTIVE);
  }
  const auth::Caller volunteer{
      .kind = auth::CallerKind::kVolunteer, .id = *id, .center_id = call.center_id, .subject = request.volunteer()};
  const auto token = signer_.Sign(volunteer, clock_(), kTokenLifetime);
  if (!token.ok()) return token.status();
  v1::DevelopmentLogInResponse response;
  response.set_access_token(token->text);
  *response.mutable_expire_time() = ToTimestamp(token->expire_time);
  *response.mutable_volunteer() = ToProto(**record, View::kWhole);
  return response;
}

}  // namespace wenming::volunteer
