#include "activity_svc/attendance/leader_list.h"

#include <optional>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

#include "activity_svc/attendance/attendance_rules.h"
#include "activity_svc/attendance/attendance_store.h"
#include "activity_svc/attendance/four_eyes.h"
#include "activity_svc/attendance/late_correction.h"
#include "activity_svc/attendance/refusal.h"
#include "activity_svc/attendance/scene.h"
#include "activity_svc/names.h"
#include "activity_svc/registrations/registrations_store.h"
#include "activity_svc/settlements/hour_entry.h"
#include "activity_svc/shifts/shifts_rules.h"
#include "activity_svc/volunteers/volunteers_store.h"
#include "common/errors/errors.h"

namespace wenming::activity {
namespace {

using A = v1::Attendance;

constexpr char kRun[] = "attendance.run";

// What the leader says of one person.
struct Saying {
  absl::Time in;
  absl::Time out;
  std::string reason;
};

// About the person on the scene.
absl::StatusOr<Recorded> Take(db::Transaction& tx, const rpc::Call& call, ids::Generator& ids, const Scene& scene,
                              const Saying& said) {
  if (auto status = CheckNotOwnHours(call, scene.registration.volunteer_id); !status.ok()) return status;
  if (auto status = CheckTakes(scene); !status.ok()) return status;
  const absl::Status times = CheckLeadersTimes(scene.shift, scene.policy, said.in, said.out, call.now);
  if (!times.ok()) return times;
  const absl::Status kept = InsertCorrection(tx, call.center_id, scene.registration.id, ids.Next(), scene.presence,
                                             call.caller.subject, said.reason, call.now);
  if (!kept.ok()) return kept;
  Presence presence = scene.presence.value_or(NewPresence(scene, call.now));
  presence.state = A::STATE_CORRECTED;
  presence.check_in_time = said.in;
  presence.check_out_time = said.out;
  presence.check_in_means = presence.check_out_means = A::MEANS_LEADER;
  presence.check_in_pack = presence.check_out_pack = 0;
  presence.check_in_unenforced = presence.check_out_unenforced = 0;
  presence.flagged = false;
  presence.reason = said.reason;
  Assess(scene.shift, scene.policy, presence);
  const absl::Status free = CheckNotCredited(tx, call.center_id, scene.shift, presence);
  if (!free.ok()) return free;
  if (auto status = StorePresence(tx, call, scene, presence); !status.ok()) return status;
  return Recorded{.presence = std::move(presence), .made = !scene.presence.has_value()};
}

// Either both times, or that there are none.
absl::Status CheckWhole(const v1::CorrectAttendanceRequest& request) {
  for (const auto& [field, given] : {std::pair("check_in_time", request.has_check_in_time()),
                                     std::pair("check_out_time", request.has_check_out_time())}) {
    if (given == request.voided()) {
      return errors::InvalidField(field, given ? type::REASON_NOT_SETTABLE : type::REASON_REQUIRED);
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<uint64_t> WhoIs(db::Transaction& tx, const rpc::Call& call, uint64_t shift_id,
                               const v1::RecordAttendancesRequest::Line& line) {
  if (line.registration().empty() == line.volunteer_number().empty()) {
    return errors::InvalidField("registration", type::REASON_REQUIRED);
  }
  if (!line.registration().empty()) return ParseId("registrations", "registration", line.registration());
  const auto found = FindByNumber(tx, call.center_id, shift_id, line.volunteer_number());
  if (!found.ok()) return found.status();
  if (!*found) return errors::FailedPrecondition(type::REASON_NO_PLACE);
  return **found;
}

}  // namespace

absl::StatusOr<Recorded> RecordCorrection(db::Transaction& tx, const rpc::Call& call, ids::Generator& ids,
                                          uint64_t registration_id, const v1::CorrectAttendanceRequest& request) {
  const auto seen = LoadRegistration(tx, call.center_id, registration_id);
  if (!seen.ok()) return seen.status();
  // Once the shift is confirmed, the person's absences may change.
  if (auto person = LockVolunteer(tx, call.center_id, seen->volunteer_id); !person.ok()) return person.status();
  auto scene = LoadScene(tx, call, registration_id);
  if (!scene.ok()) return scene.status();
  if (auto status = call.Authorise(kRun, scene->activity.unit_id); !status.ok()) return status;
  if (auto status = CheckWhole(request); !status.ok()) return status;
  if (WaitsForSettlement(scene->shift.state)) return CorrectConfirmed(tx, call, ids, *scene, request);
  // Before that, what does not count is for who confirms the shift.
  if (request.voided()) return NextState(scene->shift.state, ShiftMove::kPublicize).status();
  return Take(tx, call, ids, *scene,
              {FromProto(request.check_in_time()), FromProto(request.check_out_time()), request.reason()});
}

absl::StatusOr<v1::RecordAttendancesResponse> RecordList(db::Transaction& tx, const rpc::Call& call,
                                                         ids::Generator& ids, uint64_t shift_id,
                                                         const v1::RecordAttendancesRequest& request) {
  auto scene = OpenScene(tx, call, shift_id);
  if (!scene.ok()) return scene.status();
  if (auto status = call.Authorise(kRun, scene->activity.unit_id); !status.ok()) return status;
  std::unordered_set<uint64_t> named;
  const auto enter = [&](const v1::RecordAttendancesRequest::Line& line) -> absl::StatusOr<Recorded> {
    const auto who = WhoIs(tx, call, shift_id, line);
    if (!who.ok()) return who.status();
    if (!named.insert(*who).second) {
      return errors::AlreadyExists(type::REASON_ALREADY_EXISTS, {{"what", ids::ResourceName("registrations", *who)}});
    }
    if (auto status = Admit(tx, call, *who, *scene); !status.ok()) return status;
    const std::string& reason = line.reason().empty() ? request.reason() : line.reason();
    return Take(tx, call, ids, *scene, {FromProto(line.check_in_time()), FromProto(line.check_out_time()), reason});
  };
  v1::RecordAttendancesResponse response;
  for (const auto& line : request.lines()) {
    auto& result = *response.add_results();
    const auto recorded = enter(line);
    if (recorded.ok()) {
      *result.mutable_attendance() = ToProto(recorded->presence);
      response.set_taken_count(response.taken_count() + 1);
      continue;
    }
    if (!IsRefusal(recorded.status())) return recorded.status();
    ItemRefusal refusal = RefusalOf(recorded.status(), call.language);
    result.set_reason(std::move(refusal.reason));
    result.set_message(std::move(refusal.message));
  }
  return response;
}

}  // namespace wenming::activity
