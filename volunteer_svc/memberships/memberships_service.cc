#include "volunteer_svc/memberships/memberships_service.h"

#include <algorithm>
#include <string>
#include <vector>

#include "common/auth/teams.h"
#include "common/db/transaction.h"
#include "common/errors/errors.h"
#include "common/idempotency/idempotency.h"
#include "volunteer_svc/memberships/memberships_store.h"
#include "volunteer_svc/volunteers/changes.h"
#include "volunteer_svc/volunteers/volunteer_access.h"
#include "volunteer_svc/volunteers/volunteers_rules.h"

namespace wenming::volunteer {
namespace {

constexpr char kWrite[] = "volunteers.write";
constexpr char kRead[] = "volunteers.read";

absl::StatusOr<uint64_t> IdOf(std::string_view collection, std::string_view field, const std::string& name) {
  if (const auto id = ids::ParseName(collection, name)) return *id;
  return errors::InvalidField(field, name.empty() ? type::REASON_REQUIRED : type::REASON_BAD_RESOURCE_NAME,
                              {{"collection", std::string(collection)}});
}

absl::Status CheckLimit(db::Session& session, const VolunteerRecord& record, uint64_t team_id) {
  const auto teams = MembershipsStore::TeamsOf(session, record.center_id, record.id);
  if (!teams.ok()) return teams.status();
  const auto most = MembershipsStore::MostTeams(session, record.center_id);
  if (!most.ok()) return most.status();
  const bool again = std::ranges::find(*teams, team_id) != teams->end();
  if (again || static_cast<int>(teams->size()) < *most) return absl::OkStatus();
  return errors::FailedPrecondition(type::REASON_TEAM_LIMIT, {{"max", std::to_string(*most)}});
}

// Where a page begins.
absl::StatusOr<uint64_t> AfterOf(const absl::StatusOr<std::vector<db::Value>>& position) {
  if (!position.ok()) return position.status();
  return position->empty() ? 0 : std::get<uint64_t>(position->front().data());
}

}  // namespace

MembershipsService::MembershipsService(const Dependencies& dependencies)
    : with_(dependencies), volunteers_(PersonSeal(dependencies.cipher, dependencies.blind_index)) {}

rpc::Service MembershipsService::Bind() {
  return rpc::Service("wenming.volunteer.v1.MembershipsService")
      .Unary("CreateMembership", rpc::kPooled, this, &MembershipsService::CreateMembership)
      .Unary("EndMembership", rpc::kPooled, this, &MembershipsService::EndMembership)
      .Unary("ListMemberships", rpc::kPooled, this, &MembershipsService::ListMemberships)
      .Unary("ListTeamMemberships", rpc::kPooled, this, &MembershipsService::ListTeamMemberships);
}

absl::StatusOr<v1::Membership> MembershipsService::CreateMembership(const rpc::Call& call,
                                                                    const v1::CreateMembershipRequest& request) {
  const auto volunteer_id = IdOf("volunteers", "parent", request.parent());
  if (!volunteer_id.ok()) return volunteer_id.status();
  const auto team_id = IdOf("teams", "membership.team", request.membership().team());
  if (!team_id.ok()) return team_id.status();
  const idempotency::Scope scope{call.center_id, call.caller.subject, call.method, request.request_id()};
  return with_.trail.Run(
      call, request, !request.request_id().empty(), [&](db::Transaction& tx) -> absl::StatusOr<v1::Membership> {
        const auto record = LoadForChange(tx, call, volunteers_, *volunteer_id, kWrite);
        if (!record.ok()) return record.status();
        return idempotency::Run<v1::Membership>(tx, scope, request, call.now, [&]() -> absl::StatusOr<v1::Membership> {
          if (auto status = CheckActive(record->state); !status.ok()) return status;
          const absl::Status known = auth::CheckTeam(&with_.directory, record->center_id, "membership.team", *team_id);
          if (!known.ok()) return known;
          if (auto status = CheckLimit(tx, *record, *team_id); !status.ok()) return status;
          const MembershipRecord membership{.center_id = record->center_id,
                                            .id = with_.ids.Next(),
                                            .volunteer_id = record->id,
                                            .team_id = *team_id,
                                            .join_time = call.now,
                                            .end_time = std::nullopt};
          if (auto status = MembershipsStore::Insert(tx, membership); !status.ok()) return status;
          if (auto status = Tell(tx, call, with_, *record); !status.ok()) return status;
          return ToProto(membership);
        });
      });
}

absl::StatusOr<v1::Membership> MembershipsService::EndMembership(const rpc::Call& call,
                                                                 const v1::EndMembershipRequest& request) {
  const auto id = IdOf("memberships", "name", request.name());
  if (!id.ok()) return id.status();
  return with_.trail.Run(call, request, /*repeatable=*/true,
                         [&](db::Transaction& tx) -> absl::StatusOr<v1::Membership> {
                           const auto seen = MembershipsStore::Load(tx, call.center_id, *id);
                           if (!seen.ok()) return seen.status();
                           const auto record = LoadForChange(tx, call, volunteers_, seen->volunteer_id, kWrite);
                           if (!record.ok()) return record.status();
                           auto membership = MembershipsStore::Load(tx, call.center_id, *id);
                           if (!membership.ok()) return membership.status();
                           if (membership->end_time) return ToProto(*membership);
                           if (auto status = MembershipsStore::End(tx, *membership, call.now); !status.ok())
                             return status;
                           if (auto status = Tell(tx, call, with_, *record); !status.ok()) return status;
                           membership->end_time = call.now;
                           return ToProto(*membership);
                         });
}

absl::StatusOr<v1::ListMembershipsResponse> MembershipsService::ListMemberships(
    const rpc::Call& call, const v1::ListMembershipsRequest& request) {
  const auto volunteer_id = IdOf("volunteers", "parent", request.parent());
  if (!volunteer_id.ok()) return volunteer_id.status();
  const auto after = AfterOf(with_.pager.Position(request));
  if (!after.ok()) return after.status();
  const auto size = static_cast<size_t>(paging::ClampPageSize(request.page_size()));
  using Response = absl::StatusOr<v1::ListMembershipsResponse>;
  return db::Read(with_.db, call.deadline, [&](db::Session& session) -> Response {
    if (auto status = AuthoriseFor(call, session, *volunteer_id, kRead); !status.ok()) return status;
    auto records =
        MembershipsStore::ListOfVolunteer(session, call.center_id, *volunteer_id, *after, static_cast<int>(size) + 1);
    if (!records.ok()) return records.status();
    v1::ListMembershipsResponse response;
    if (records->size() > size) {
      records->resize(size);
      response.set_next_page_token(with_.pager.Token(request, {records->back().id}));
    }
    for (const MembershipRecord& record : *records) *response.add_memberships() = ToProto(record);
    return response;
  });
}

absl::StatusOr<v1::ListTeamMembershipsResponse> MembershipsService::ListTeamMemberships(
    const rpc::Call& call, const v1::ListTeamMembershipsRequest& request) {
  const auto unit_id = IdOf("units", "parent", request.parent());
  if (!unit_id.ok()) return unit_id.status();
  const auto team_id = IdOf("teams", "team", request.team());
  if (!team_id.ok()) return team_id.status();
  const auto after = AfterOf(with_.pager.Position(request));
  if (!after.ok()) return after.status();
  const auto size = static_cast<size_t>(paging::ClampPageSize(request.page_size()));
  auto records = db::Read(with_.db, call.deadline, [&](db::Session& session) {
    return MembershipsStore::ListOfTeam(session, call.center_id, *team_id, *after, static_cast<int>(size) + 1);
  });
  if (!records.ok()) return records.status();
  v1::ListTeamMembershipsResponse response;
  if (records->size() > size) {
    records->resize(size);
    response.set_next_page_token(with_.pager.Token(request, {records->back().id}));
  }
  for (const MembershipRecord& record : *records) {
    if (with_.directory.Within(record.unit_id, *unit_id)) *response.add_memberships() = ToProto(record);
  }
  return response;
}

}  // namespace wenming::volunteer
