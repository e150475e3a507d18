#include "activity_svc/attendance/attendance_service.h"

#include <vector>

#include "activity_svc/activities/activities_store.h"
#include "activity_svc/attendance/attendance_store.h"
#include "activity_svc/attendance/check_in.h"
#include "activity_svc/attendance/four_eyes.h"
#include "activity_svc/attendance/leader_list.h"
#include "activity_svc/attendance/personal_code.h"
#include "activity_svc/names.h"
#include "activity_svc/policies/policies_store.h"
#include "activity_svc/registrations/absences.h"
#include "activity_svc/registrations/registrations_store.h"
#include "activity_svc/shifts/shifts_access.h"
#include "activity_svc/shifts/shifts_rules.h"
#include "activity_svc/shifts/shifts_store.h"
#include "common/crypto/digest.h"
#include "common/errors/errors.h"
#include "common/idempotency/idempotency.h"

namespace wenming::activity {
namespace {

constexpr char kRun[] = "attendance.run";
constexpr char kRead[] = "registrations.read";

absl::Status ParseIds(const char* field, const google::protobuf::RepeatedPtrField<std::string>& names,
                      std::vector<uint64_t>& ids) {
  for (const std::string& name : names) {
    const auto id = ParseId("registrations", field, name);
    if (!id.ok()) return id.status();
    ids.push_back(*id);
  }
  return absl::OkStatus();
}

}  // namespace

rpc::Service AttendanceService::Bind() {
  return rpc::Service("wenming.activity.v1.AttendanceService")
      .Unary("GetCheckCode", rpc::kPooled, this, &AttendanceService::GetCheckCode)
      .Unary("CheckIn", rpc::kPooled, this, &AttendanceService::CheckIn)
      .Unary("CheckOut", rpc::kPooled, this, &AttendanceService::CheckOut)
      .Unary("GetMyCode", rpc::kPooled, this, &AttendanceService::GetMyCode)
      .Unary("ScanVolunteer", rpc::kPooled, this, &AttendanceService::ScanVolunteer)
      .Unary("ListAttendances", rpc::kPooled, this, &AttendanceService::ListAttendances)
      .Unary("EndShift", rpc::kPooled, this, &AttendanceService::EndShift)
      .Unary("CorrectAttendance", rpc::kPooled, this, &AttendanceService::CorrectAttendance)
      .Unary("RecordAttendances", rpc::kPooled, this, &AttendanceService::RecordAttendances)
      .Unary("ConfirmShift", rpc::kPooled, this, &AttendanceService::ConfirmShift)
      .Unary("PublicizeShift", rpc::kPooled, this, &AttendanceService::PublicizeShift)
      .Unary("SettleShift", rpc::kPooled, this, &AttendanceService::SettleShift);
}

absl::StatusOr<v1::CheckCode> AttendanceService::GetCheckCode(const rpc::Call& call,
                                                              const v1::GetCheckCodeRequest& request) {
  const auto id = ParseId("shifts", "shift", request.shift());
  if (!id.ok()) return id.status();
  const auto shift =
      db::Read(db_, call.deadline, [&](db::Session& session) { return LoadShiftFor(session, call, *id, kRun); });
  if (!shift.ok()) return shift.status();
  if (auto status = CheckTakesPresences(shift->state); !status.ok()) return status;
  v1::CheckCode code;
  code.set_code(codes_.At(*id, call.now));
  *code.mutable_expire_time() = ToProto(NextCodeTime(call.now));
  return code;
}

absl::StatusOr<v1::Attendance> AttendanceService::CheckIn(const rpc::Call& call, const v1::CheckInRequest& request) {
  const auto id = ParseId("registrations", "registration", request.registration());
  if (!id.ok()) return id.status();
  const auto recorded = trail_.Run(call, request, /*repeatable=*/true, [&](db::Transaction& tx) {
    return RecordCheckIn(tx, call, codes_, *id, request.evidence());
  });
  if (!recorded.ok()) return recorded.status();
  const bool offline = recorded->presence.check_in_means == v1::Attendance::MEANS_CODE_OFFLINE;
  if (recorded->made) (offline ? metrics_.by_code_offline : metrics_.by_code).Increment();
  return ToProto(recorded->presence);
}

absl::StatusOr<v1::Attendance> AttendanceService::CheckOut(const rpc::Call& call, const v1::CheckOutRequest& request) {
  const auto id = ParseId("registrations", "registration", request.registration());
  if (!id.ok()) return id.status();
  const auto recorded = trail_.Run(call, request, /*repeatable=*/true, [&](db::Transaction& tx) {
    return RecordCheckOut(tx, call, codes_, *id, request.evidence());
  });
  if (!recorded.ok()) return recorded.status();
  return ToProto(recorded->presence);
}

absl::StatusOr<v1::MyCode> AttendanceService::GetMyCode(const rpc::Call& call, const v1::GetMyCodeRequest& request) {
  const auto id = ParseId("registrations", "registration", request.registration());
  if (!id.ok()) return id.status();
  const auto registration = db::Read(
      db_, call.deadline, [&](db::Session& session) { return LoadRegistration(session, call.center_id, *id); });
  if (!registration.ok()) return registration.status();
  if (!call.IsVolunteer(registration->volunteer_id)) return errors::PermissionDenied(type::REASON_NOT_YOURS);
  v1::MyCode code;
  code.set_key(codes_.PersonalKey(*id, call.caller.id));
  code.set_code(PersonalCodeAt(code.key(), *id, crypto::Sha256(request.device_id()), call.now));
  *code.mutable_expire_time() = ToProto(NextCodeTime(call.now));
  return code;
}

absl::StatusOr<v1::Attendance> AttendanceService::ScanVolunteer(const rpc::Call& call,
                                                                const v1::ScanVolunteerRequest& request) {
  const auto id = ParseId("shifts", "shift", request.shift());
  if (!id.ok()) return id.status();
  const auto recorded =
      trail_.Run(call, request, /*repeatable=*/true, [&](db::Transaction& tx) -> absl::StatusOr<Recorded> {
        auto scanned = RecordScan(tx, call, codes_, *id, request);
        if (scanned.ok() && scanned->made) {
          call.Note("registration", ids::ResourceName("registrations", scanned->presence.registration_id));
        }
        return scanned;
      });
  if (!recorded.ok()) return recorded.status();
  if (recorded->made && request.end() == v1::Attendance::END_IN) metrics_.by_personal_code.Increment();
  return ToProto(recorded->presence);
}

absl::StatusOr<v1::ListAttendancesResponse> AttendanceService::ListAttendances(
    const rpc::Call& call, const v1::ListAttendancesRequest& request) {
  const auto id = ParseId("shifts", "parent", request.parent());
  if (!id.ok()) return id.status();
  const auto position = pager_.Position(request);
  if (!position.ok()) return position.status();
  const uint64_t after = position->empty() ? 0 : std::get<uint64_t>(position->front().data());
  const auto size = static_cast<size_t>(paging::ClampPageSize(request.page_size()));
  return db::Read(db_, call.deadline, [&](db::Session& session) -> absl::StatusOr<v1::ListAttendancesResponse> {
    if (const auto shift = LoadShiftFor(session, call, *id, kRead); !shift.ok()) return shift.status();
    auto presences = ListPresences(session, call.center_id, *id, after, static_cast<int>(size) + 1);
    if (!presences.ok()) return presences.status();
    v1::ListAttendancesResponse response;
    if (presences->size() > size) {
      presences->resize(size);
      response.set_next_page_token(pager_.Token(request, {presences->back().registration_id}));
    }
    for (const Presence& presence : *presences) *response.add_attendances() = ToProto(presence);
    return response;
  });
}

absl::StatusOr<v1::Attendance> AttendanceService::CorrectAttendance(const rpc::Call& call,
                                                                    const v1::CorrectAttendanceRequest& request) {
  const auto id = ParseId("registrations", "registration", request.registration());
  if (!id.ok()) return id.status();
  const idempotency::Scope scope{call.center_id, call.caller.subject, call.method, request.request_id()};
  bool made = false;
  auto corrected = trail_.Run(call, request, !request.request_id().empty(), [&](db::Transaction& tx) {
    made = false;
    return idempotency::Run<v1::Attendance>(tx, scope, request, call.now, [&]() -> absl::StatusOr<v1::Attendance> {
      const auto recorded = RecordCorrection(tx, call, ids_, *id, request);
      if (!recorded.ok()) return recorded.status();
      made = recorded->made;
      return ToProto(recorded->presence);
    });
  });
  if (corrected.ok() && made) metrics_.by_leader.Increment();
  return corrected;
}

absl::StatusOr<v1::RecordAttendancesResponse> AttendanceService::RecordAttendances(
    const rpc::Call& call, const v1::RecordAttendancesRequest& request) {
  const auto id = ParseId("shifts", "shift", request.shift());
  if (!id.ok()) return id.status();
  const idempotency::Scope scope{call.center_id, call.caller.subject, call.method, request.request_id()};
  return trail_.Run(call, request, !request.request_id().empty(), [&](db::Transaction& tx) {
    return idempotency::Run<v1::RecordAttendancesResponse>(
        tx, scope, request, call.now, [&]() -> absl::StatusOr<v1::RecordAttendancesResponse> {
          auto response = RecordList(tx, call, ids_, *id, request);
          if (response.ok()) call.Note("taken", std::to_string(response->taken_count()));
          return response;
        });
  });
}

absl::StatusOr<v1::Shift> AttendanceService::TakeStep(const rpc::Call& call, const google::protobuf::Message& request,
                                                      const std::string& name, std::string_view permission,
                                                      ShiftState done, Step step, Step repeated) {
  const auto id = ParseId("shifts", "name", name);
  if (!id.ok()) return id.status();
  return trail_.Run(call, request, /*repeatable=*/true, [&](db::Transaction& tx) -> absl::StatusOr<v1::Shift> {
    // Absences are counted, and hours told, under the locks of the persons, which come before the shift's.
    absl::Status locked;
    if (done == v1::Shift::STATE_CONFIRMED) locked = LockThoseMissing(tx, call.center_id, *id);
    if (done == v1::Shift::STATE_SETTLED) locked = LockThosePresent(tx, call.center_id, *id);
    if (!locked.ok()) return locked;
    auto shift = LockShift(tx, call.center_id, *id);
    if (!shift.ok()) return shift.status();
    const auto activity = LoadActivity(tx, call.center_id, shift->activity_id);
    if (!activity.ok()) return activity.status();
    if (auto status = call.Authorise(permission, activity->unit_id); !status.ok()) return status;
    // That a shift is over benefits nobody.
    if (done != v1::Shift::STATE_ENDED) {
      if (auto status = CheckNotOwnShift(tx, call, *id); !status.ok()) return status;
    }
    const bool again = shift->state == done;
    if (!again && !activity->is_public) return errors::FailedPrecondition(type::REASON_ACTIVITY_NOT_OPEN);
    const auto policy = LoadPolicy(tx, call.center_id);
    if (!policy.ok()) return policy.status();
    const SettlementContext context{call.center_id, ids_, *shift, *policy, call.now, call.caller.subject};
    if (auto status = (again ? repeated : step)(tx, context, *activity); !status.ok()) return status;
    return ToProto(*shift);
  });
}

absl::StatusOr<v1::Shift> AttendanceService::EndShift(const rpc::Call& call, const v1::EndShiftRequest& request) {
  return TakeStep(
      call, request, request.name(), kRun, v1::Shift::STATE_ENDED,
      [](db::Transaction& tx, const SettlementContext& context, const Activity&) { return End(tx, context); });
}

absl::StatusOr<v1::Shift> AttendanceService::ConfirmShift(const rpc::Call& call,
                                                          const v1::ConfirmShiftRequest& request) {
  Vouching vouching;
  vouching.without_packs = request.without_packs();
  if (auto status = ParseIds("vouched", request.vouched(), vouching.vouched); !status.ok()) return status;
  if (auto status = ParseIds("voided", request.voided(), vouching.voided); !status.ok()) return status;
  return TakeStep(
      call, request, request.name(), kRun, v1::Shift::STATE_CONFIRMED,
      [&vouching](db::Transaction& tx, const SettlementContext& context, const Activity&) {
        return Confirm(tx, context, vouching);
      },
      [&vouching](db::Transaction& tx, const SettlementContext& context, const Activity&) {
        return CheckSameVouching(tx, context, vouching);
      });
}

absl::StatusOr<v1::Shift> AttendanceService::PublicizeShift(const rpc::Call& call,
                                                            const v1::PublicizeShiftRequest& request) {
  return TakeStep(
      call, request, request.name(), "hours.publicize", v1::Shift::STATE_PUBLICISED,
      [](db::Transaction& tx, const SettlementContext& context, const Activity&) { return Publicize(tx, context); });
}

absl::StatusOr<v1::Shift> AttendanceService::SettleShift(const rpc::Call& call, const v1::SettleShiftRequest& request) {
  bool settled = false;
  auto answer = TakeStep(call, request, request.name(), "hours.settle", v1::Shift::STATE_SETTLED,
                         [&](db::Transaction& tx, const SettlementContext& context, const Activity& activity) {
                           settled = true;
                           return Settle(tx, context, activity, call.caller.id);
                         });
  if (answer.ok() && settled) metrics_.settled.Increment();
  return answer;
}

}  // namespace wenming::activity
