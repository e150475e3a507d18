#include "org_svc/teams/teams_service.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/db/transaction.h"
#include "common/errors/errors.h"
#include "common/idempotency/idempotency.h"
#include "common/rpc/validate.h"
#include "google/protobuf/util/time_util.h"
#include "org_svc/etag.h"
#include "org_svc/teams/teams_rules.h"
#include "org_svc/teams/teams_store.h"
#include "org_svc/units/units_rules.h"
#include "org_svc/units/units_store.h"

namespace wenming::org {
namespace {

constexpr char kWrite[] = "teams.write";

google::protobuf::Timestamp ToTimestamp(absl::Time time) {
  return google::protobuf::util::TimeUtil::MicrosecondsToTimestamp(absl::ToUnixMicros(time));
}

// Names have passed the field rules; 0 for an empty one.
uint64_t TeamId(std::string_view name) { return ids::ParseName("teams", name).value_or(0); }
uint64_t UnitId(std::string_view name) { return ids::ParseName("units", name).value_or(0); }

}  // namespace

rpc::Service TeamsService::Bind() {
  return rpc::Service("wenming.org.v1.TeamsService")
      .Unary("GetTeam", rpc::kPooled, this, &TeamsService::GetTeam)
      .Unary("ListTeams", rpc::kPooled, this, &TeamsService::ListTeams)
      .Unary("CreateTeam", rpc::kPooled, this, &TeamsService::CreateTeam)
      .Unary("UpdateTeam", rpc::kPooled, this, &TeamsService::UpdateTeam)
      .Unary("DeleteTeam", rpc::kPooled, this, &TeamsService::DeleteTeam)
      .Unary("ImportTeams", rpc::kPooled, this, &TeamsService::ImportTeams);
}

absl::StatusOr<v1::Team> TeamsService::GetTeam(const rpc::Call& call, const v1::GetTeamRequest& request) {
  auto record = db::Read(with_.db, call.deadline, [&](db::Session& session) {
    return ReadTeam(session, call.center_id, TeamId(request.name()));
  });
  if (!record.ok()) return record.status();
  return std::move(record->team);
}

absl::StatusOr<v1::ListTeamsResponse> TeamsService::ListTeams(const rpc::Call& call,
                                                              const v1::ListTeamsRequest& request) {
  const auto position = with_.pager.Position(request);
  if (!position.ok()) return position.status();
  const std::string after = position->empty() ? "" : std::get<std::string>(position->front().data());
  const int size = paging::ClampPageSize(request.page_size());
  const TeamFilter filter{
      .unit_id = UnitId(request.unit()), .parent_id = TeamId(request.parent()), .tier = request.tier()};
  auto records = db::Read(with_.db, call.deadline, [&](db::Session& session) {
    return org::ListTeams(session, call.center_id, filter, after, size + 1);
  });
  if (!records.ok()) return records.status();
  v1::ListTeamsResponse response;
  for (TeamRecord& record : std::span(*records).first(std::min<size_t>(records->size(), size))) {
    *response.add_teams() = std::move(record.team);
  }
  if (records->size() > static_cast<size_t>(size)) {
    response.set_next_page_token(with_.pager.Token(request, {response.teams(size - 1).code()}));
  }
  return response;
}

absl::StatusOr<v1::Team> TeamsService::CreateTeam(const rpc::Call& call, const v1::CreateTeamRequest& request) {
  const idempotency::Scope scope{call.center_id, call.caller.subject, call.method, request.request_id()};
  std::vector<v1::TeamsChanged> events;
  auto team = with_.trail.Run(call, request, !request.request_id().empty(), [&](db::Transaction& transaction) {
    events.clear();
    return idempotency::Run<v1::Team>(transaction, scope, request, call.now, [&]() -> absl::StatusOr<v1::Team> {
      auto record = Insert(transaction, call, request.team());
      if (!record.ok()) return record.status();
      auto published = PublishTeams(transaction, with_.ids, {&*record, 1}, call.now);
      if (!published.ok()) return published.status();
      events = *std::move(published);
      return std::move(record->team);
    });
  });
  if (team.ok()) Tell(events);
  return team;
}

absl::StatusOr<TeamRecord> TeamsService::Insert(db::Transaction& transaction, const rpc::Call& call,
                                                const v1::Team& team) {
  if (absl::Status locked = LockCenter(transaction, call.center_id); !locked.ok()) return locked;
  const auto unit = LoadUnit(transaction, call.center_id, UnitId(team.unit()));
  if (!unit.ok()) return unit.status();
  if (absl::Status active = CheckActive(*unit); !active.ok()) return active;
  std::optional<TeamRecord> parent;
  if (!team.parent().empty()) {
    auto loaded = LoadTeam(transaction, call.center_id, TeamId(team.parent()));
    if (!loaded.ok()) return loaded.status();
    parent = *std::move(loaded);
  }
  if (absl::Status fits = CheckTeamParent(team.tier(), parent ? &*parent : nullptr); !fits.ok()) return fits;
  if (team.tier() == v1::Team::TIER_GENERAL) {
    const auto taken = HasGeneralTeam(transaction, call.center_id);
    if (!taken.ok()) return taken.status();
    if (*taken) return errors::FailedPrecondition(type::REASON_SECOND_GENERAL_TEAM);
  }
  TeamRecord record{.center_id = call.center_id,
                    .id = with_.ids.Next(),
                    .parent_id = parent ? parent->id : 0,
                    .unit_id = unit->id,
                    .version = 1,
                    .team = team};
  if (team.kind() == v1::Team::KIND_UNSPECIFIED) record.team.set_kind(v1::Team::KIND_PARTY_AND_GOVERNMENT);
  record.team.set_state(v1::Team::STATE_ACTIVE);
  *record.team.mutable_create_time() = ToTimestamp(call.now);
  *record.team.mutable_update_time() = ToTimestamp(call.now);
  Seal(record);
  if (absl::Status inserted = InsertTeams(transaction, {&record, 1}); !inserted.ok()) return inserted;
  return record;
}

absl::StatusOr<v1::Team> TeamsService::UpdateTeam(const rpc::Call& call, const v1::UpdateTeamRequest& request) {
  const v1::Team& team = request.team();
  return Change(call, request, team.name(), team.etag(), [&](db::Transaction&, TeamRecord& record) -> absl::Status {
    const auto fields = rpc::FieldsToUpdate(request.update_mask(), team, UpdatableTeamFields());
    if (!fields.ok()) return fields.status();
    ApplyTeamFields(*fields, team, record.team);
    if (record.team.display_name().empty()) {
      return errors::InvalidField("team.display_name", type::REASON_REQUIRED);
    }
    if (record.team.kind() == v1::Team::KIND_UNSPECIFIED) {
      return errors::InvalidField("team.kind", type::REASON_REQUIRED);
    }
    return absl::OkStatus();
  });
}

absl::StatusOr<v1::Team> TeamsService::DeleteTeam(const rpc::Call& call, const v1::DeleteTeamRequest& request) {
  return Change(call, request, request.name(), request.etag(),
                [&](db::Transaction& transaction, TeamRecord& record) -> absl::Status {
                  const auto below = CountTeamsBelow(transaction, record.center_id, record.id);
                  if (!below.ok()) return below.status();
                  if (*below > 0) {
                    return errors::FailedPrecondition(type::REASON_HAS_CHILDREN, {{"count", absl::StrCat(*below)}});
                  }
                  record.team.set_state(v1::Team::STATE_DELETED);
                  return absl::OkStatus();
                });
}

absl::StatusOr<v1::Team> TeamsService::Change(const rpc::Call& call, const google::protobuf::Message& request,
                                              std::string_view name, std::string_view etag, Edit edit) {
  std::vector<v1::TeamsChanged> events;
  auto team = with_.trail.Run(call, request, /*repeatable=*/false,
                              [&](db::Transaction& transaction) -> absl::StatusOr<v1::Team> {
                                if (absl::Status locked = LockCenter(transaction, call.center_id); !locked.ok())
                                  return locked;
                                auto record = LoadTeam(transaction, call.center_id, TeamId(name));
                                if (!record.ok()) return record.status();
                                if (absl::Status may = call.Authorise(kWrite, record->unit_id); !may.ok()) return may;
                                if (absl::Status active = CheckActive(*record); !active.ok()) return active;
                                if (absl::Status seen = CheckEtag(etag, record->version); !seen.ok()) return seen;
                                if (absl::Status edited = edit(transaction, *record); !edited.ok()) return edited;
                                ++record->version;
                                *record->team.mutable_update_time() = ToTimestamp(call.now);
                                Seal(*record);
                                if (absl::Status updated = org::UpdateTeam(transaction, *record); !updated.ok())
                                  return updated;
                                auto published = PublishTeams(transaction, with_.ids, {&*record, 1}, call.now);
                                if (!published.ok()) return published.status();
                                events = *std::move(published);
                                return std::move(record->team);
                              });
  if (team.ok()) Tell(events);
  return team;
}

absl::StatusOr<v1::ImportReport> TeamsService::ImportTeams(const rpc::Call& call,
                                                           const v1::ImportTeamsRequest& request) {
  const auto file = ReadTeamsFile(request.csv());
  if (!file.ok()) return file.status();
  const uint64_t center_id = UnitId(request.center());
  if (center_id != call.center_id)
    return errors::InvalidField("center", type::REASON_UNKNOWN_REFERENCE, {{"value", request.center()}});
  auto planned = request.dry_run() || !file->findings.empty()
                     ? with_.trail.Run(call, request, /*repeatable=*/true,
                                       [&](db::Transaction& transaction) {
                                         return PlanImport(transaction, call, *file, center_id);
                                       })
                     : Import(call, request, *file, center_id);
  if (!planned.ok()) return planned.status();
  Tell(planned->events);
  v1::ImportReport report;
  report.set_dry_run(request.dry_run());
  planned->findings.Tell(call.language, report);
  if (report.errors_size() > 0) return report;
  report.set_created(static_cast<int32_t>(planned->plan.created.size()));
  report.set_updated(static_cast<int32_t>(planned->plan.updated.size()));
  report.set_unchanged(planned->plan.unchanged);
  return report;
}

absl::StatusOr<TeamsService::Planned> TeamsService::PlanImport(db::Session& session, const rpc::Call& call,
                                                               const TeamsFile& file, uint64_t center_id) {
  auto teams = ReadAllTeams(session, center_id);
  if (!teams.ok()) return teams.status();
  auto units = ReadAllUnits(session, center_id);
  if (!units.ok()) return units.status();
  const TeamsBefore before{.teams = *std::move(teams), .units = *std::move(units)};
  Planned planned{.plan = {}, .findings = file.findings};
  planned.plan = PlanTeams(file.rows, before, center_id, with_.ids, call.now, planned.findings);
  return planned;
}

absl::StatusOr<TeamsService::Planned> TeamsService::Import(const rpc::Call& call, const v1::ImportTeamsRequest& request,
                                                           const TeamsFile& file, uint64_t center_id) {
  return with_.trail.Run(call, request, /*repeatable=*/true,
                         [&](db::Transaction& transaction) -> absl::StatusOr<Planned> {
                           if (absl::Status locked = LockCenter(transaction, center_id); !locked.ok()) return locked;
                           auto planned = PlanImport(transaction, call, file, center_id);
                           if (!planned.ok() || !planned->findings.empty()) return planned;
                           if (auto inserted = InsertTeams(transaction, planned->plan.created); !inserted.ok())
                             return inserted;
                           for (const TeamRecord& record : planned->plan.updated) {
                             if (absl::Status updated = org::UpdateTeam(transaction, record); !updated.ok())
                               return updated;
                           }
                           for (const auto* changed : {&planned->plan.created, &planned->plan.updated}) {
                             auto published = PublishTeams(transaction, with_.ids, *changed, call.now);
                             if (!published.ok()) return published.status();
                             std::ranges::move(*published, std::back_inserter(planned->events));
                           }
                           return planned;
                         });
}

void TeamsService::Tell(const std::vector<v1::TeamsChanged>& events) const {
  for (const v1::TeamsChanged& event : events) with_.changes.Tell(event);
}

}  // namespace wenming::org
