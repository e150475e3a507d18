#include "volunteer_svc/volunteers/changes.h"

#include <utility>

#include "common/errors/errors.h"
#include "common/outbox/outbox.h"
#include "volunteer_svc/calendar.h"
#include "volunteer_svc/memberships/memberships_store.h"
#include "volunteer_svc/volunteers/volunteers_rules.h"

namespace wenming::volunteer {

absl::StatusOr<VolunteerRecord> LoadForChange(db::Transaction& transaction, const rpc::Call& call,
                                              const VolunteersStore& store, uint64_t id, std::string_view permission) {
  if (call.IsVolunteer() && !call.IsVolunteer(id)) return call.AuthoriseSelfOr(id, permission, 0);
  auto record = store.Find(transaction, call.center_id, id, Lock::kForUpdate);
  if (!record.ok()) return record.status();
  if (!record->has_value()) return errors::NotFound(ids::ResourceName("volunteers", id));
  if (absl::Status allowed = call.AuthoriseSelfOr(id, permission, (*record)->unit_id); !allowed.ok()) return allowed;
  return **std::move(record);
}

absl::Status Tell(db::Transaction& transaction, const rpc::Call& call, const Dependencies& with,
                  const VolunteerRecord& record) {
  const auto teams = MembershipsStore::TeamsOf(transaction, record.center_id, record.id);
  if (!teams.ok()) return teams.status();
  return outbox::Append(transaction, with.ids, record.center_id, ids::ResourceName("volunteers", record.id),
                        ToEvent(record, DayInChina(call.now), *teams), call.now);
}

absl::Status StoreChange(db::Transaction& transaction, const rpc::Call& call, const Dependencies& with,
                         const VolunteersStore& store, VolunteerRecord& record) {
  record.update_time = call.now;
  if (absl::Status stored = store.Update(transaction, record); !stored.ok()) return stored;
  return Tell(transaction, call, with, record);
}

absl::StatusOr<bool> EndMembership(db::Transaction& transaction, const rpc::Call& call, const Dependencies& with,
                                   const VolunteersStore& store, VolunteerRecord& record) {
  if (record.state != v1::Volunteer::STATE_ACTIVE) return false;
  record.state = v1::Volunteer::STATE_INACTIVE;
  if (absl::Status stored = StoreChange(transaction, call, with, store, record); !stored.ok()) return stored;
  return true;
}

}  // namespace wenming::volunteer
