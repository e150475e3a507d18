#include "activity_svc/activities/activities_service.h"

#include "activity_svc/activities/activities_access.h"
#include "activity_svc/activities/activities_rules.h"
#include "activity_svc/activities/activities_store.h"
#include "activity_svc/activities/activity_fields.h"
#include "activity_svc/activities/shift_moves.h"
#include "activity_svc/activities/themes_store.h"
#include "activity_svc/names.h"
#include "activity_svc/policies/policies_store.h"
#include "common/db/transaction.h"
#include "common/errors/errors.h"
#include "common/idempotency/idempotency.h"
#include "common/ids/ids.h"
#include "common/rpc/validate.h"

namespace wenming::activity {
namespace {

constexpr char kRead[] = "activities.read";
constexpr char kWrite[] = "activities.write";
constexpr char kApprove[] = "activities.approve";

absl::Status AuthoriseMove(const rpc::Call& call, const Activity& activity, ActivityMove move) {
  if (RightOf(move) == MoveRight::kWrite) return call.Authorise(kWrite, activity.unit_id);
  return call.Authorise(kApprove, ApprovingUnit(call, activity.unit_id));
}

// Takes the named fields of a request, and checks what only the database knows: themes and the method.
absl::Status TakeChecked(db::Session& session, const rpc::Call& call, const std::vector<std::string>& fields,
                         const v1::Activity& given, Activity& activity) {
  const auto themes = LoadThemes(session, call.center_id);
  if (!themes.ok()) return themes.status();
  if (auto status = TakeFields(call, fields, given, *themes, activity); !status.ok()) return status;
  const auto policy = LoadPolicy(session, call.center_id);
  return policy.ok() ? CheckMethod(*policy, activity.method) : policy.status();
}

}  // namespace

rpc::Service ActivitiesService::Bind() {
  return rpc::Service("wenming.activity.v1.ActivitiesService")
      .Unary("GetActivity", rpc::kPooled, this, &ActivitiesService::GetActivity)
      .Unary("ListActivities", rpc::kPooled, this, &ActivitiesService::ListActivities)
      .Unary("CreateActivity", rpc::kPooled, this, &ActivitiesService::CreateActivity)
      .Unary("UpdateActivity", rpc::kPooled, this, &ActivitiesService::UpdateActivity)
      .Unary("MoveActivity", rpc::kPooled, this, &ActivitiesService::MoveActivity)
      .Unary("ListActivityMoves", rpc::kPooled, this, &ActivitiesService::ListActivityMoves)
      .Unary("ListThemes", rpc::kPooled, this, &ActivitiesService::ListThemes);
}

absl::StatusOr<v1::Activity> ActivitiesService::GetActivity(const rpc::Call& call,
                                                            const v1::GetActivityRequest& request) {
  const auto id = ParseId("activities", "name", request.name());
  if (!id.ok()) return id.status();
  const auto activity =
      db::Read(db_, call.deadline, [&](db::Session& s) { return LoadActivity(s, call.center_id, *id); });
  if (!activity.ok()) return activity.status();
  if (!MaySee(call, *activity)) return errors::NotFound(request.name());
  return ToProto(*activity);
}

absl::StatusOr<v1::ListActivitiesResponse> ActivitiesService::ListActivities(const rpc::Call& call,
                                                                             const v1::ListActivitiesRequest& request) {
  const auto unit = FindUnit(call, "parent", request.parent());
  if (!unit.ok()) return unit.status();
  const auto position = pager_.Position(request);
  if (!position.ok()) return position.status();
  const auto size = static_cast<size_t>(paging::ClampPageSize(request.page_size()));
  ActivityQuery query{.center_id = unit->center_id,
                      .units = {},
                      .public_only = !call.May(kRead, unit->id),
                      .state = request.state(),
                      .limit = static_cast<int>(size) + 1};
  if (unit->id != unit->center_id) query.units = call.directory->Subtree(unit->id);
  if (!position->empty()) query.before = std::get<uint64_t>(position->front().data());
  auto activities = db::Read(db_, call.deadline, [&](db::Session& s) { return activity::ListActivities(s, query); });
  if (!activities.ok()) return activities.status();
  v1::ListActivitiesResponse response;
  if (activities->size() > size) {
    activities->resize(size);
    response.set_next_page_token(pager_.Token(request, {activities->back().id}));
  }
  for (const Activity& activity : *activities) *response.add_activities() = ToProto(activity);
  return response;
}

absl::StatusOr<v1::Activity> ActivitiesService::CreateActivity(const rpc::Call& call,
                                                               const v1::CreateActivityRequest& request) {
  const auto unit = FindUnit(call, "parent", request.parent());
  if (!unit.ok()) return unit.status();
  if (auto status = call.Authorise(kWrite, unit->id); !status.ok()) return status;
  const idempotency::Scope scope{call.center_id, call.caller.subject, call.method, request.request_id()};
  return trail_.Run(
      call, request, !request.request_id().empty(), [&](db::Transaction& tx) -> absl::StatusOr<v1::Activity> {
        return idempotency::Run<v1::Activity>(tx, scope, request, call.now, [&]() -> absl::StatusOr<v1::Activity> {
          Activity activity{.id = ids_.Next(), .unit_id = unit->id};
          activity.create_time = activity.update_time = call.now;
          const absl::Status taken = TakeChecked(tx, call, WritableFields(), request.activity(), activity);
          if (!taken.ok()) return taken;
          if (auto status = InsertActivity(tx, call.center_id, activity); !status.ok()) return status;
          return ToProto(activity);
        });
      });
}

absl::StatusOr<v1::Activity> ActivitiesService::UpdateActivity(const rpc::Call& call,
                                                               const v1::UpdateActivityRequest& request) {
  const auto id = ParseId("activities", "activity.name", request.activity().name());
  if (!id.ok()) return id.status();
  const auto fields = rpc::FieldsToUpdate(request.update_mask(), request.activity(), WritableFields());
  if (!fields.ok()) return fields.status();
  return trail_.Run(call, request, /*repeatable=*/false, [&](db::Transaction& tx) -> absl::StatusOr<v1::Activity> {
    auto activity = LockActivity(tx, call.center_id, *id);
    if (!activity.ok()) return activity.status();
    if (auto status = call.Authorise(kWrite, activity->unit_id); !status.ok()) return status;
    if (auto status = CheckEtag(request.activity().etag(), activity->version); !status.ok()) return status;
    if (auto status = CheckDraft(activity->state); !status.ok()) return status;
    const absl::Status taken = TakeChecked(tx, call, *fields, request.activity(), *activity);
    if (!taken.ok()) return taken;
    const absl::Status updated = activity::UpdateActivity(tx, call.center_id, *activity, call.now);
    if (!updated.ok()) return updated;
    return ToProto(*activity);
  });
}

absl::StatusOr<v1::Activity> ActivitiesService::MoveActivity(const rpc::Call& call,
                                                             const v1::MoveActivityRequest& request) {
  const auto id = ParseId("activities", "name", request.name());
  if (!id.ok()) return id.status();
  if (request.move() == v1::MoveActivityRequest::MOVE_UNSPECIFIED ||
      !v1::MoveActivityRequest::Move_IsValid(request.move())) {
    return errors::InvalidField("move", type::REASON_UNKNOWN_VALUE);
  }
  return trail_.Run(call, request, /*repeatable=*/false, [&](db::Transaction& tx) -> absl::StatusOr<v1::Activity> {
    auto activity = LockActivity(tx, call.center_id, *id);
    if (!activity.ok()) return activity.status();
    if (auto status = AuthoriseMove(call, *activity, request.move()); !status.ok()) return status;
    if (auto status = CheckEtag(request.etag(), activity->version); !status.ok()) return status;
    const auto rule = FindMove(activity->state, request.move());
    if (!rule.ok()) return rule.status();
    if (rule->needs_reason && request.reason().empty()) {
      return errors::InvalidField("reason", type::REASON_REQUIRED);
    }
    call.Note("move", v1::MoveActivityRequest::Move_Name(request.move()));
    if (auto status = MoveShifts(tx, call, ids_, *activity, *rule, request.reason()); !status.ok()) return status;
    Advance(*activity, *rule, request.reason());
    const absl::Status updated = activity::UpdateActivity(tx, call.center_id, *activity, call.now);
    if (!updated.ok()) return updated;
    const MadeMove made{rule->move, rule->from, rule->to, call.caller.subject, request.reason(), call.now};
    const absl::Status kept = InsertMove(tx, call.center_id, *id, ids_.Next(), made);
    if (!kept.ok()) return kept;
    return ToProto(*activity);
  });
}

absl::StatusOr<v1::ListActivityMovesResponse> ActivitiesService::ListActivityMoves(
    const rpc::Call& call, const v1::ListActivityMovesRequest& request) {
  const auto id = ParseId("activities", "parent", request.parent());
  if (!id.ok()) return id.status();
  using Response = absl::StatusOr<v1::ListActivityMovesResponse>;
  return db::Read(db_, call.deadline, [&](db::Session& session) -> Response {
    const auto activity = LoadActivity(session, call.center_id, *id);
    if (!activity.ok()) return activity.status();
    if (auto status = call.Authorise(kRead, activity->unit_id); !status.ok()) return status;
    const auto moves = ListMoves(session, call.center_id, *id);
    if (!moves.ok()) return moves.status();
    v1::ListActivityMovesResponse response;
    for (const MadeMove& move : *moves) {
      auto& entry = *response.add_moves();
      entry.set_move(move.move);
      entry.set_from_state(move.from);
      entry.set_to_state(move.to);
      entry.set_actor(move.actor);
      entry.set_reason(move.reason);
      *entry.mutable_move_time() = ToProto(move.time);
    }
    return response;
  });
}

absl::StatusOr<v1::ListThemesResponse> ActivitiesService::ListThemes(const rpc::Call& call,
                                                                     const v1::ListThemesRequest& request) {
  const auto unit = FindUnit(call, "parent", request.parent());
  if (!unit.ok()) return unit.status();
  const auto themes = db::Read(db_, call.deadline, [&](db::Session& s) { return LoadThemes(s, unit->center_id); });
  if (!themes.ok()) return themes.status();
  v1::ListThemesResponse response;
  for (const Theme& theme : *themes) {
    auto& added = *response.add_themes();
    added.set_key(theme.key);
    added.set_inherit(theme.inherit);
    added.set_practise(theme.practise);
  }
  return response;
}

}  // namespace wenming::activity
