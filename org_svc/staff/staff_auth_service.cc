#include "org_svc/staff/staff_auth_service.h"

#include "common/db/transaction.h"
#include "common/errors/errors.h"
#include "common/ids/ids.h"
#include "google/protobuf/util/time_util.h"
#include "org_svc/staff/staff_record.h"
#include "org_svc/staff/staff_store.h"

namespace wenming::org {
namespace {

prometheus::Family<prometheus::Counter>& LogIns(prometheus::Registry& registry) {
  return prometheus::BuildCounter()
      .Name("wenming_staff_log_ins_total")
      .Help("Log-ins of staff by password.")
      .Register(registry);
}

}  // namespace

StaffAuthService::StaffAuthService(db::Pool& db, const auth::PasswordHasher& hasher, const auth::TokenSigner& signer,
                                   absl::Duration token_lifetime, prometheus::Registry& registry)
    : db_(db),
      hasher_(hasher),
      signer_(signer),
      token_lifetime_(token_lifetime),
      let_in_(LogIns(registry).Add({{"outcome", "let_in"}})),
      refused_(LogIns(registry).Add({{"outcome", "refused"}})) {}

rpc::Service StaffAuthService::Bind() {
  return rpc::Service("wenming.org.v1.StaffAuthService").Unary("LogIn", rpc::kPooled, this, &StaffAuthService::LogIn);
}

absl::StatusOr<v1::LogInResponse> StaffAuthService::LogIn(const rpc::Call& call, const v1::LogInRequest& request) {
  const auto found =
      db::Read(db_, call.deadline, [&](db::Session& session) { return FindCredentials(session, request.username()); });
  if (!found.ok()) return found.status();
  const bool proved = found->has_value() ? hasher_.Verify((*found)->password_hash, request.password())
                                         : hasher_.VerifyDummy(request.password());
  if (!proved || (*found)->state != v1::StaffMember::STATE_ACTIVE) {
    refused_.Increment();
    return errors::Unauthenticated(type::REASON_BAD_CREDENTIALS);
  }
  const Credentials& credentials = **found;
  const bool rehash = hasher_.NeedsRehash(credentials.password_hash);
  const auto hash = rehash ? hasher_.Hash(request.password()) : absl::StatusOr<std::string>("");
  if (!hash.ok()) return hash.status();
  const auto record = db::RunTransaction(db_, {.deadline = call.deadline, .repeatable = true},
                                         [&](db::Transaction& transaction) -> absl::StatusOr<StaffRecord> {
                                           if (rehash) {
                                             const absl::Status kept =
                                                 UpdatePasswordHash(transaction, credentials, *hash);
                                             if (!kept.ok()) return kept;
                                           }
                                           return ReadStaff(transaction, credentials.id);
                                         });
  if (!record.ok()) return record.status();
  const auth::Caller caller{.kind = auth::CallerKind::kStaff,
                            .id = record->id,
                            .center_id = record->center_id,
                            .subject = ids::ResourceName("staff", record->id)};
  const auto token = signer_.Sign(caller, call.now, token_lifetime_);
  if (!token.ok()) return token.status();
  let_in_.Increment();
  v1::LogInResponse response;
  response.set_access_token(token->text);
  *response.mutable_expire_time() =
      google::protobuf::util::TimeUtil::MicrosecondsToTimestamp(absl::ToUnixMicros(token->expire_time));
  *response.mutable_staff_member() = ToMember(*record);
  return response;
}

}  // namespace wenming::org
