#include "activity_svc/attendance/late_correction.h"

#include <optional>
#include <string>
#include <utility>

#include "activity_svc/appeals/amendment.h"
#include "activity_svc/appeals/appeals_rules.h"
#include "activity_svc/appeals/appeals_store.h"
#include "activity_svc/attendance/attendance_rules.h"
#include "activity_svc/attendance/attendance_store.h"
#include "activity_svc/attendance/four_eyes.h"
#include "activity_svc/names.h"
#include "activity_svc/notices/notices_store.h"
#include "activity_svc/settlements/settlements_store.h"
#include "common/errors/errors.h"

namespace wenming::activity {
namespace {

// Four eyes: what others have confirmed or published is put right by somebody who had no hand in it.
absl::Status CheckCorrector(db::Session& session, const rpc::Call& call, const Registration& registration) {
  if (auto status = CheckNotOwnHours(call, registration.volunteer_id); !status.ok()) return status;
  const auto took_part =
      TookPart(session, call.center_id, registration.shift_id, registration.id, call.caller.subject, call.caller.id);
  if (!took_part.ok()) return took_part.status();
  return *took_part ? errors::PermissionDenied(type::REASON_TAKEN_PART) : absl::OkStatus();
}

// What the volunteer contests is for those who decide about that, and what they decided stands.
absl::Status CheckNotAppealed(db::Session& session, const rpc::Call& call, const Registration& registration) {
  const auto appeal = FindAppeal(session, call.center_id, registration.id);
  if (!appeal.ok() || !appeal->has_value()) return appeal.status();
  const bool open = WaitsForDecision((*appeal)->state);
  return errors::FailedPrecondition(open ? type::REASON_APPEAL_OPEN : type::REASON_ALREADY_DECIDED);
}

absl::Status TellCorrected(db::Transaction& tx, const rpc::Call& call, ids::Generator& ids, const Scene& scene,
                           const Presence& presence) {
  const Notice notice{.volunteer_id = presence.volunteer_id,
                      .kind = v1::Notice::KIND_HOURS_CORRECTED,
                      .source_id = presence.registration_id,
                      .activity_id = scene.activity.id,
                      .minutes = presence.minutes,
                      .reason = presence.reason,
                      .create_time = call.now};
  return Tell(tx, ids, call.center_id, {&notice, 1});
}

}  // namespace

absl::StatusOr<Recorded> CorrectConfirmed(db::Transaction& tx, const rpc::Call& call, ids::Generator& ids, Scene& scene,
                                          const v1::CorrectAttendanceRequest& request) {
  if (auto status = CheckCorrector(tx, call, scene.registration); !status.ok()) return status;
  if (auto status = CheckHadPlace(scene.registration.state); !status.ok()) return status;
  if (auto status = CheckNotAppealed(tx, call, scene.registration); !status.ok()) return status;
  if (request.voided() && !scene.presence) return errors::FailedPrecondition(type::REASON_NOT_CHECKED_IN);
  std::optional<Times> times;
  if (!request.voided()) {
    times = Times{FromProto(request.check_in_time()), FromProto(request.check_out_time())};
    const absl::Status said = CheckLeadersTimes(scene.shift, scene.policy, times->in, times->out, call.now);
    if (!said.ok()) return said;
  }
  const Word word{call.center_id, call.caller.id, request.reason(), call.now};
  const absl::Status amended =
      Amend(tx, ids, call, word, scene.shift, scene.activity, scene.policy, scene.registration, times);
  if (!amended.ok()) return amended;
  auto presence = FindPresence(tx, call.center_id, scene.registration.id);
  if (!presence.ok()) return presence.status();
  if (auto status = TellCorrected(tx, call, ids, scene, **presence); !status.ok()) return status;
  call.Note("minutes", std::to_string((*presence)->minutes));
  return Recorded{.presence = **std::move(presence), .made = !scene.presence.has_value()};
}

}  // namespace wenming::activity
