#include "activity_svc/shifts/shifts_service.h"

#include <algorithm>
#include <limits>
#include <string>

#include "activity_svc/activities/activities_access.h"
#include "activity_svc/activities/activities_rules.h"
#include "activity_svc/activities/activities_store.h"
#include "activity_svc/names.h"
#include "activity_svc/shifts/shifts_rules.h"
#include "activity_svc/shifts/shifts_store.h"
#include "common/auth/teams.h"
#include "common/db/transaction.h"
#include "common/errors/errors.h"
#include "common/idempotency/idempotency.h"
#include "common/ids/ids.h"

namespace wenming::activity {
namespace {

constexpr char kWrite[] = "activities.write";

// Takes the teams and skills that the shift asks for, each once.
absl::Status TakeDemands(const v1::Shift& given, Shift& shift) {
  for (const std::string& name : given.teams()) {
    const auto id = ParseId("teams", "shift.teams", name);
    if (!id.ok()) return id.status();
    if (std::ranges::find(shift.team_ids, *id) == shift.team_ids.end()) shift.team_ids.push_back(*id);
  }
  for (const std::string& skill : given.skills()) {
    if (std::ranges::find(shift.skills, skill) == shift.skills.end()) shift.skills.push_back(skill);
  }
  return absl::OkStatus();
}

}  // namespace

rpc::Service ShiftsService::Bind() {
  return rpc::Service("wenming.activity.v1.ShiftsService")
      .Unary("GetShift", rpc::kPooled, this, &ShiftsService::GetShift)
      .Unary("ListShifts", rpc::kPooled, this, &ShiftsService::ListShifts)
      .Unary("CreateShift", rpc::kPooled, this, &ShiftsService::CreateShift)
      .Unary("DeleteShift", rpc::kPooled, this, &ShiftsService::DeleteShift);
}

absl::StatusOr<v1::Shift> ShiftsService::GetShift(const rpc::Call& call, const v1::GetShiftRequest& request) {
  const auto id = ParseId("shifts", "name", request.name());
  if (!id.ok()) return id.status();
  return db::Read(db_, call.deadline, [&](db::Session& session) -> absl::StatusOr<v1::Shift> {
    const auto shift = LoadShift(session, call.center_id, *id);
    if (!shift.ok()) return shift.status();
    const auto activity = LoadActivity(session, call.center_id, shift->activity_id);
    if (!activity.ok()) return activity.status();
    if (!MaySee(call, *activity)) return errors::NotFound(request.name());
    return ToProto(*shift);
  });
}

absl::StatusOr<v1::ListShiftsResponse> ShiftsService::ListShifts(const rpc::Call& call,
                                                                 const v1::ListShiftsRequest& request) {
  const auto id = ParseId("activities", "parent", request.parent());
  if (!id.ok()) return id.status();
  const auto position = pager_.Position(request);
  if (!position.ok()) return position.status();
  int64_t after_start = std::numeric_limits<int64_t>::min();
  uint64_t after_id = 0;
  if (position->size() == 2) {
    after_start = std::get<int64_t>((*position)[0].data());
    after_id = std::get<uint64_t>((*position)[1].data());
  }
  const auto size = static_cast<size_t>(paging::ClampPageSize(request.page_size()));
  return db::Read(db_, call.deadline, [&](db::Session& session) -> absl::StatusOr<v1::ListShiftsResponse> {
    const auto activity = LoadActivity(session, call.center_id, *id);
    if (!activity.ok()) return activity.status();
    if (!MaySee(call, *activity)) return errors::NotFound(request.parent());
    auto shifts = activity::ListShifts(session, call.center_id, *id, after_start, after_id, static_cast<int>(size) + 1);
    if (!shifts.ok()) return shifts.status();
    v1::ListShiftsResponse response;
    if (shifts->size() > size) {
      shifts->resize(size);
      const Shift& last = shifts->back();
      response.set_next_page_token(pager_.Token(request, {absl::ToUnixMicros(last.start_time), last.id}));
    }
    for (const Shift& shift : *shifts) *response.add_shifts() = ToProto(shift);
    return response;
  });
}

absl::StatusOr<v1::Shift> ShiftsService::CreateShift(const rpc::Call& call, const v1::CreateShiftRequest& request) {
  const auto activity_id = ParseId("activities", "parent", request.parent());
  if (!activity_id.ok()) return activity_id.status();
  Shift shift{.id = ids_.Next(),
              .activity_id = *activity_id,
              .post = request.shift().post(),
              .start_time = FromProto(request.shift().start_time()),
              .end_time = FromProto(request.shift().end_time()),
              .capacity = request.shift().capacity(),
              .waitlist_capacity = request.shift().waitlist_capacity(),
              .break_minutes = request.shift().break_minutes(),
              .publication_end_time = std::nullopt,
              .create_time = call.now};
  if (auto status = TakeDemands(request.shift(), shift); !status.ok()) return status;
  if (auto status = CheckShift(shift); !status.ok()) return status;
  const idempotency::Scope scope{call.center_id, call.caller.subject, call.method, request.request_id()};
  return trail_.Run(
      call, request, !request.request_id().empty(), [&](db::Transaction& tx) -> absl::StatusOr<v1::Shift> {
        const auto activity = LockActivity(tx, call.center_id, *activity_id);
        if (!activity.ok()) return activity.status();
        if (auto status = call.Authorise(kWrite, activity->unit_id); !status.ok()) return status;
        return idempotency::Run<v1::Shift>(tx, scope, request, call.now, [&]() -> absl::StatusOr<v1::Shift> {
          if (auto status = CheckDraft(activity->state); !status.ok()) return status;
          for (const uint64_t team_id : shift.team_ids) {
            const absl::Status known = auth::CheckTeam(call.directory, call.center_id, "shift.teams", team_id);
            if (!known.ok()) return known;
          }
          if (auto status = InsertShift(tx, call.center_id, shift); !status.ok()) return status;
          return ToProto(shift);
        });
      });
}

absl::StatusOr<v1::Shift> ShiftsService::DeleteShift(const rpc::Call& call, const v1::DeleteShiftRequest& request) {
  const auto id = ParseId("shifts", "name", request.name());
  if (!id.ok()) return id.status();
  return trail_.Run(call, request, /*repeatable=*/false, [&](db::Transaction& tx) -> absl::StatusOr<v1::Shift> {
    const auto shift = LoadShift(tx, call.center_id, *id);
    if (!shift.ok()) return shift.status();
    const auto activity = LockActivity(tx, call.center_id, shift->activity_id);
    if (!activity.ok()) return activity.status();
    if (auto status = call.Authorise(kWrite, activity->unit_id); !status.ok()) return status;
    if (auto status = CheckDraft(activity->state); !status.ok()) return status;
    if (auto status = RemoveShift(tx, call.center_id, *id, call.now); !status.ok()) return status;
    return ToProto(*shift);
  });
}

}  // namespace wenming::activity
