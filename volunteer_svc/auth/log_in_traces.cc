#include "volunteer_svc/auth/log_in_traces.h"

#include <utility>

#include "volunteer_svc/calendar.h"

namespace wenming::volunteer {
namespace {

// The sessions themselves stay until no token of theirs is valid any more.
constexpr char kForgetOrigins[] =
    "UPDATE sessions SET address = '', device = '' WHERE center_id = ? AND account_id = ?";

}  // namespace

sessions::Sessions VolunteerSessions(ids::Generator& ids, const auth::TokenSigner& signer, bool development) {
  return sessions::Sessions("volunteerSessions", "volunteers", auth::CallerKind::kVolunteer,
                            {.access = development ? absl::Hours(12) : absl::Minutes(30),
                             .idle = absl::Hours(24 * 30),
                             .longest = absl::Hours(24 * 180)},
                            ids, signer);
}

absl::Status LogInTraces::EndAccess(db::Transaction& transaction, uint64_t center_id, uint64_t volunteer_id,
                                    absl::Time now) const {
  return sessions_.RevokeAll(transaction, center_id, volunteer_id, 0, now).status();
}

absl::Status LogInTraces::Forget(db::Transaction& transaction, uint64_t center_id, uint64_t volunteer_id) const {
  if (auto gone = transaction.Execute(kForgetOrigins, {center_id, volunteer_id}); !gone.ok()) return gone.status();
  return IdentitiesStore::Forget(transaction, center_id, volunteer_id);
}

absl::Status LogInTraces::Export(db::Session& session, uint64_t center_id, uint64_t volunteer_id, absl::Time now,
                                 v1::ExportVolunteerResponse& response) const {
  auto open = sessions_.List(session, center_id, volunteer_id, 0, now);
  if (!open.ok()) return open.status();
  for (auto& one : *open) *response.add_sessions() = std::move(one);
  auto linked = identities_.List(session, center_id, volunteer_id);
  if (!linked.ok()) return linked.status();
  for (auto& account : *linked) {
    v1::LinkedIdentity& identity = *response.add_linked_identities();
    identity.set_provider("wechat");
    identity.set_application(std::move(account.app));
    identity.set_subject(std::move(account.subject));
    *identity.mutable_create_time() = ToTimestamp(account.create_time);
  }
  return absl::OkStatus();
}

}  // namespace wenming::volunteer
