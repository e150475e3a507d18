#include "volunteer_svc/memberships/memberships_store.h"

#include <initializer_list>
#include <string_view>

#include "common/db/errors.h"
#include "common/errors/errors.h"
#include "common/ids/ids.h"
#include "volunteer_svc/calendar.h"

namespace wenming::volunteer {
namespace {

constexpr char kInsert[] =
    "INSERT INTO memberships (center_id, id, volunteer_id, team_id, live, join_time) VALUES (?, ?, ?, ?, 1, ?)";
constexpr char kEnd[] = "UPDATE memberships SET live = NULL, end_time = ? WHERE center_id = ? AND id = ? AND live = 1";
constexpr char kForget[] = "DELETE FROM memberships WHERE center_id = ? AND volunteer_id = ?";
constexpr char kLoad[] =
    "SELECT center_id, id, volunteer_id, team_id, join_time, end_time, 0 FROM memberships"
    " WHERE center_id = ? AND id = ?";
constexpr char kTeamsOf[] =
    "SELECT team_id FROM memberships WHERE center_id = ? AND volunteer_id = ? AND live = 1 ORDER BY team_id";
constexpr char kMostTeams[] =
    "SELECT most_teams FROM team_limits WHERE center_id IN (0, ?) ORDER BY center_id DESC LIMIT 1";
constexpr char kOfVolunteer[] =
    "SELECT center_id, id, volunteer_id, team_id, join_time, end_time, 0 FROM memberships"
    " WHERE center_id = ? AND volunteer_id = ? AND live = 1 AND id > ? ORDER BY id LIMIT ?";
constexpr char kOfTeam[] =
    "SELECT m.center_id, m.id, m.volunteer_id, m.team_id, m.join_time, m.end_time, v.unit_id FROM memberships m"
    " JOIN volunteers v ON v.center_id = m.center_id AND v.id = m.volunteer_id"
    " WHERE m.center_id = ? AND m.team_id = ? AND m.live = 1 AND m.id > ? ORDER BY m.id LIMIT ?";
constexpr char kAll[] =
    "SELECT center_id, id, volunteer_id, team_id, join_time, end_time, 0 FROM memberships"
    " WHERE center_id = ? AND volunteer_id = ? ORDER BY id";

MembershipRecord FromRow(const db::Row& row) {
  return {.center_id = row.Id(0),
          .id = row.Id(1),
          .volunteer_id = row.Id(2),
          .team_id = row.Id(3),
          .join_time = row.Time(4),
          .end_time = row.OptionalTime(5),
          .unit_id = row.Id(6)};
}

absl::StatusOr<std::vector<MembershipRecord>> Select(db::Session& session, std::string_view sql,
                                                     std::initializer_list<db::Value> values) {
  const auto rows = session.Query(sql, values);
  if (!rows.ok()) return rows.status();
  std::vector<MembershipRecord> records;
  records.reserve(rows->size());
  for (const db::Row& row : *rows) records.push_back(FromRow(row));
  return records;
}

}  // namespace

v1::Membership ToProto(const MembershipRecord& record) {
  v1::Membership proto;
  proto.set_name(ids::ResourceName("memberships", record.id));
  proto.set_volunteer(ids::ResourceName("volunteers", record.volunteer_id));
  proto.set_team(ids::ResourceName("teams", record.team_id));
  *proto.mutable_join_time() = ToTimestamp(record.join_time);
  if (record.end_time) *proto.mutable_end_time() = ToTimestamp(*record.end_time);
  return proto;
}

absl::Status MembershipsStore::Insert(db::Transaction& transaction, const MembershipRecord& record) {
  const absl::Status inserted =
      transaction.Execute(kInsert, {record.center_id, record.id, record.volunteer_id, record.team_id, record.join_time})
          .status();
  if (!db::IsDuplicateKey(inserted, "once")) return inserted;
  return errors::AlreadyExists(type::REASON_ALREADY_EXISTS, {{"what", ids::ResourceName("teams", record.team_id)}});
}

absl::Status MembershipsStore::End(db::Transaction& transaction, const MembershipRecord& record, absl::Time now) {
  const auto ended = transaction.Execute(kEnd, {now, record.center_id, record.id});
  if (!ended.ok()) return ended.status();
  return *ended == 1 ? absl::OkStatus() : errors::Aborted(type::REASON_CONFLICT);
}

absl::Status MembershipsStore::Forget(db::Transaction& transaction, uint64_t center_id, uint64_t volunteer_id) {
  return transaction.Execute(kForget, {center_id, volunteer_id}).status();
}

absl::StatusOr<MembershipRecord> MembershipsStore::Load(db::Session& session, uint64_t center_id, uint64_t id) {
  const auto row = session.QueryOne(kLoad, {center_id, id});
  if (!row.ok()) return row.status();
  if (!row->has_value()) return errors::NotFound(ids::ResourceName("memberships", id));
  return FromRow(**row);
}

absl::StatusOr<std::vector<uint64_t>> MembershipsStore::TeamsOf(db::Session& session, uint64_t center_id,
                                                                uint64_t volunteer_id) {
  const auto rows = session.Query(kTeamsOf, {center_id, volunteer_id});
  if (!rows.ok()) return rows.status();
  std::vector<uint64_t> teams;
  for (const db::Row& row : *rows) teams.push_back(row.Id(0));
  return teams;
}

absl::StatusOr<int> MembershipsStore::MostTeams(db::Session& session, uint64_t center_id) {
  const auto row = session.QueryOne(kMostTeams, {center_id});
  if (!row.ok()) return row.status();
  if (!row->has_value()) return absl::InternalError("no center has a limit of teams, nor is there a common one");
  return static_cast<int>((*row)->Int(0));
}

absl::StatusOr<std::vector<MembershipRecord>> MembershipsStore::ListOfVolunteer(db::Session& session,
                                                                                uint64_t center_id,
                                                                                uint64_t volunteer_id, uint64_t after,
                                                                                int limit) {
  return Select(session, kOfVolunteer, {center_id, volunteer_id, after, limit});
}

absl::StatusOr<std::vector<MembershipRecord>> MembershipsStore::ListOfTeam(db::Session& session, uint64_t center_id,
                                                                           uint64_t team_id, uint64_t after,
                                                                           int limit) {
  return Select(session, kOfTeam, {center_id, team_id, after, limit});
}

absl::StatusOr<std::vector<MembershipRecord>> MembershipsStore::ListAll(db::Session& session, uint64_t center_id,
                                                                        uint64_t volunteer_id) {
  return Select(session, kAll, {center_id, volunteer_id});
}

}  // namespace wenming::volunteer
