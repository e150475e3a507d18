#include "org_svc/staff/staff_door.h"

#include "common/auth/totp.h"
#include "common/db/transaction.h"
#include "common/errors/errors.h"
#include "common/ids/ids.h"

namespace wenming::org {
namespace {

std::string SecretPlace(uint64_t id) { return ids::ResourceName("staff", id) + "#totp"; }

}  // namespace

absl::StatusOr<Credentials> StaffDoor::Prove(const rpc::Call& call, std::string_view username,
                                             std::string_view password) const {
  const absl::Status begun = db::RunTransaction(db_, {.deadline = call.deadline}, [&](db::Transaction& transaction) {
    return attempts_.Begin(transaction, username, call.address, call.arrival);
  });
  if (!begun.ok()) return begun;
  const auto found =
      db::Read(db_, call.deadline, [&](db::Session& session) { return FindCredentials(session, username); });
  if (!found.ok()) return found.status();
  const auto proved = found->has_value() ? gate_.Verify((*found)->password_hash, password, call.deadline)
                                         : gate_.VerifyDummy(password, call.deadline);
  if (!proved.ok()) return proved.status();
  if (*proved && (*found)->state == v1::StaffMember::STATE_ACTIVE) return **found;
  const absl::Status refusal = errors::Unauthenticated(type::REASON_BAD_CREDENTIALS);
  const absl::Status recorded = db::RunTransaction(db_, {.deadline = call.deadline}, [&](db::Transaction& transaction) {
    if (!found->has_value()) return Record(transaction, call, 0, 0, refusal);
    return Record(transaction, call, (*found)->center_id, (*found)->id, refusal);
  });
  return recorded.ok() ? refusal : recorded;
}

absl::StatusOr<Credentials> StaffDoor::Confirm(db::Transaction& transaction, const Credentials& proved) const {
  const auto now = LoadCredentials(transaction, proved);
  if (!now.ok()) return now.status();
  if (!now->has_value() || (*now)->password_hash != proved.password_hash ||
      (*now)->state != v1::StaffMember::STATE_ACTIVE) {
    return errors::Unauthenticated(type::REASON_BAD_CREDENTIALS);
  }
  return **now;
}

absl::StatusOr<bool> StaffDoor::UseCode(db::Transaction& transaction, const Credentials& credentials,
                                        std::string_view code, absl::Time now) const {
  const auto secret = cipher_.Open(credentials.totp_secret, SecretPlace(credentials.id));
  if (!secret.ok()) return secret.status();
  const auto step = auth::TotpStep(*secret, code, now);
  if (!step.has_value()) return false;
  return UseTotpStep(transaction, credentials, *step);
}

absl::StatusOr<std::string> StaffDoor::SealSecret(uint64_t id, std::string_view secret) const {
  return cipher_.Seal(secret, SecretPlace(id));
}

reseal::SealedTable StaffDoor::SealedSecrets() {
  return {.name = "staff",
          .key = {{.name = "center_id"}, {.name = "id"}},
          .columns = {"totp_secret"},
          .place = [](const reseal::SealedTable::Key& key, std::string_view) {
            return SecretPlace(std::get<uint64_t>(key[1].data()));
          }};
}

absl::Status StaffDoor::Record(db::Transaction& transaction, const rpc::Call& call, uint64_t center_id, uint64_t id,
                               const absl::Status& result) const {
  const std::string name = id == 0 ? "" : ids::ResourceName("staff", id);
  call.notes.clear();  // of an attempt at the transaction that was run again
  if (!result.ok()) call.Note("reason", type::Reason_Name(errors::ReasonOf(result)));
  // In the log of the account's center, whichever center the caller named.
  rpc::Call there = call;
  there.center_id = center_id;
  absl::Status recorded = trail_.Append(transaction, there, {.object = name, .result = result.code(), .subject = name});
  call.audited = there.audited;
  return recorded;
}

}  // namespace wenming::org
