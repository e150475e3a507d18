#include "activity_svc/registrations/departure.h"

#include <optional>
#include <string_view>

#include "activity_svc/activities/activities_store.h"
#include "activity_svc/attendance/attendance_store.h"
#include "activity_svc/notices/notices_store.h"
#include "activity_svc/policies/policies_store.h"
#include "activity_svc/registrations/registrations_rules.h"
#include "activity_svc/registrations/registrations_store.h"
#include "activity_svc/registrations/waiting_list.h"
#include "activity_svc/shifts/shifts_store.h"
#include "activity_svc/volunteers/volunteers_store.h"
#include "wenming/volunteer/v1/events.pb.h"

namespace wenming::activity {
namespace {

using R = v1::Registration;

// Why the person may not keep a place in the shift, for him to read; empty where he may.
absl::StatusOr<std::string_view> WhyNot(db::Session& session, uint64_t center_id, const Volunteer& volunteer,
                                        const Shift& shift) {
  if (!volunteer.active) return "不再参加志愿服务";
  if (!BelongsTo(volunteer, shift)) return "已不属于该班次要求的队伍";
  if (!HasSkills(volunteer, shift)) return "已没有该班次要求的技能";
  const auto activity = LoadActivity(session, center_id, shift.activity_id);
  if (!activity.ok()) return activity.status();
  return activity->dangerous && volunteer.MinorAt(shift.start_time) ? "未成年人不能参加有危险的活动" : "";
}

absl::Status GiveUp(db::Transaction& tx, ids::Generator& ids, uint64_t center_id, const Volunteer& volunteer,
                    const OwnRegistration& seen, const Policy& policy, absl::Time now) {
  auto shift = LockShift(tx, center_id, seen.shift_id);
  if (!shift.ok()) return shift.status();
  if (shift->start_time <= now) return absl::OkStatus();
  const auto why = WhyNot(tx, center_id, volunteer, *shift);
  if (!why.ok()) return why.status();
  if (why->empty()) return absl::OkStatus();
  auto registration = LoadRegistration(tx, center_id, seen.id);
  if (!registration.ok()) return registration.status();
  if (!CheckMove(registration->state, RegistrationMove::kCancel).ok()) return absl::OkStatus();
  const auto present = HasPresence(tx, center_id, seen.id);
  if (!present.ok()) return present.status();
  if (*present) return absl::OkStatus();
  const bool waited = registration->state == R::STATE_WAITLISTED;
  const Cause cause = Telling(ids, v1::Notice::KIND_PLACE_LOST, BySystem(now, *why));
  const absl::Status cancelled = ChangeState(tx, center_id, *registration, R::STATE_CANCELLED, std::nullopt, cause);
  if (!cancelled.ok()) return cancelled;
  if (waited) return LeaveWaitingList(tx, center_id, *shift, now);
  return PassPlaceOn(tx, ids, center_id, *shift, policy, now).status();
}

}  // namespace

absl::Status GiveUpPlaces(db::Transaction& transaction, ids::Generator& ids, uint64_t center_id,
                          const Volunteer& volunteer, absl::Time now) {
  const auto own = FindOwn(transaction, center_id, volunteer.id, now, absl::InfiniteFuture());
  if (!own.ok()) return own.status();
  const auto policy = LoadPolicy(transaction, center_id);
  if (!policy.ok()) return policy.status();
  for (const OwnRegistration& seen : *own) {
    if (auto status = GiveUp(transaction, ids, center_id, volunteer, seen, *policy, now); !status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status FollowVolunteer(db::Transaction& transaction, ids::Generator& ids, const events::v1::Event& event,
                             absl::Time now) {
  if (auto status = ApplyVolunteerEvent(transaction, event); !status.ok()) return status;
  volunteer::v1::VolunteerChanged changed;
  if (!event.payload().UnpackTo(&changed)) return absl::OkStatus();
  const auto volunteer = LoadVolunteer(transaction, event.center_id(), changed.volunteer_id());
  if (!volunteer.ok()) return volunteer.status();
  if (!volunteer->has_value()) return absl::OkStatus();
  const absl::Status given_up = GiveUpPlaces(transaction, ids, event.center_id(), **volunteer, now);
  if (!given_up.ok() || !changed.erased()) return given_up;
  return EraseNotices(transaction, event.center_id(), changed.volunteer_id());
}

}  // namespace wenming::activity
