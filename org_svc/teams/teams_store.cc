#include "org_svc/teams/teams_store.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "common/errors/errors.h"
#include "common/ids/ids.h"
#include "google/protobuf/util/time_util.h"
#include "org_svc/records.h"

namespace wenming::org {
namespace {

using google::protobuf::util::TimeUtil;

constexpr char kRead[] =
    "SELECT center_id, id, parent_id, unit_id, tier, kind, code, display_name, specialty, state, version, create_time,"
    " update_time FROM teams WHERE center_id = ? AND id = ?";
constexpr char kLoad[] =
    "SELECT center_id, id, parent_id, unit_id, tier, kind, code, display_name, specialty, state, version, create_time,"
    " update_time FROM teams WHERE center_id = ? AND id = ? FOR UPDATE";
constexpr char kReadPart[] =
    "SELECT center_id, id, parent_id, unit_id, tier, kind, code, display_name, specialty, state, version, create_time,"
    " update_time FROM teams WHERE center_id = ? AND id > ? ORDER BY id LIMIT ?";
constexpr char kList[] =
    "SELECT center_id, id, parent_id, unit_id, tier, kind, code, display_name, specialty, state, version, create_time,"
    " update_time FROM teams WHERE center_id = ? AND code > ? AND state = ?";
constexpr char kOfUnit[] = " AND unit_id = ?";
constexpr char kOfParent[] = " AND parent_id = ?";
constexpr char kOfTier[] = " AND tier = ?";
constexpr char kListEnd[] = " ORDER BY code LIMIT ?";
constexpr char kGeneral[] = "SELECT id FROM teams WHERE center_id = ? AND tier = ? AND state = ? LIMIT 1";
constexpr char kCountBelow[] = "SELECT COUNT(*) FROM teams WHERE center_id = ? AND parent_id = ? AND state = ?";
constexpr char kInsert[] =
    "INSERT INTO teams (center_id, id, parent_id, unit_id, tier, kind, code, display_name, specialty, state, version,"
    " create_time, update_time) VALUES ";
constexpr char kUpdate[] =
    "UPDATE teams SET parent_id = ?, kind = ?, display_name = ?, specialty = ?, state = ?, version = ?, update_time = ?"
    " WHERE center_id = ? AND id = ?";

constexpr size_t kColumns = 13;
constexpr int kReadSize = 5000;

TeamRecord FromRow(db::Row& row) {
  TeamRecord record{.center_id = row.Id(0),
                    .id = row.Id(1),
                    .parent_id = row.Id(2),
                    .unit_id = row.Id(3),
                    .version = row.Int(10),
                    .team = {}};
  v1::Team& team = record.team;
  team.set_tier(row.Enum<v1::Team::Tier>(4));
  team.set_kind(row.Enum<v1::Team::Kind>(5));
  team.set_code(row.TakeText(6));
  team.set_display_name(row.TakeText(7));
  team.set_specialty(row.TakeText(8));
  team.set_state(row.Enum<v1::Team::State>(9));
  *team.mutable_create_time() = TimeUtil::MicrosecondsToTimestamp(row.Int(11));
  *team.mutable_update_time() = TimeUtil::MicrosecondsToTimestamp(row.Int(12));
  Seal(record);
  return record;
}

void AppendColumns(const TeamRecord& record, std::vector<db::Value>& values) {
  const v1::Team& team = record.team;
  const db::Value columns[] = {record.center_id,
                               record.id,
                               record.parent_id,
                               record.unit_id,
                               team.tier(),
                               team.kind(),
                               team.code(),
                               team.display_name(),
                               team.specialty(),
                               team.state(),
                               record.version,
                               TimeUtil::TimestampToMicroseconds(team.create_time()),
                               TimeUtil::TimestampToMicroseconds(team.update_time())};
  static_assert(std::size(columns) == kColumns);
  values.insert(values.end(), std::begin(columns), std::end(columns));
}

absl::StatusOr<std::vector<TeamRecord>> Records(absl::StatusOr<db::Rows> rows) {
  if (!rows.ok()) return rows.status();
  std::vector<TeamRecord> records;
  records.reserve(rows->size());
  for (db::Row& row : *rows) records.push_back(FromRow(row));
  return records;
}

absl::StatusOr<TeamRecord> One(absl::StatusOr<std::optional<db::Row>> row, uint64_t id) {
  if (!row.ok()) return row.status();
  if (!row->has_value()) return errors::NotFound(ids::ResourceName("teams", id));
  return FromRow(**row);
}

}  // namespace

absl::StatusOr<TeamRecord> ReadTeam(db::Session& session, uint64_t center_id, uint64_t id) {
  return One(session.QueryOne(kRead, {center_id, id}), id);
}

absl::StatusOr<TeamRecord> LoadTeam(db::Transaction& transaction, uint64_t center_id, uint64_t id) {
  return One(transaction.QueryOne(kLoad, {center_id, id}), id);
}

absl::StatusOr<std::vector<TeamRecord>> ListTeams(db::Session& session, uint64_t center_id, const TeamFilter& filter,
                                                  std::string_view after, int limit) {
  std::string sql = kList;
  std::vector<db::Value> values = {center_id, after, v1::Team::STATE_ACTIVE};
  const auto restrict_to = [&](bool wanted, const char* condition, db::Value value) {
    if (!wanted) return;
    sql += condition;
    values.push_back(std::move(value));
  };
  restrict_to(filter.unit_id != 0, kOfUnit, filter.unit_id);
  restrict_to(filter.parent_id != 0, kOfParent, filter.parent_id);
  restrict_to(filter.tier != v1::Team::TIER_UNSPECIFIED, kOfTier, filter.tier);
  sql += kListEnd;
  values.emplace_back(limit);
  return Records(session.Query(sql, values));
}

absl::StatusOr<std::vector<TeamRecord>> ReadAllTeams(db::Session& session, uint64_t center_id) {
  std::vector<TeamRecord> all;
  for (uint64_t after = 0;;) {
    auto part = Records(session.Query(kReadPart, {center_id, after, kReadSize}));
    if (!part.ok()) return part.status();
    if (part->empty()) return all;
    after = part->back().id;
    std::ranges::move(*part, std::back_inserter(all));
  }
}

absl::StatusOr<bool> HasGeneralTeam(db::Transaction& transaction, uint64_t center_id) {
  const auto row = transaction.QueryOne(kGeneral, {center_id, v1::Team::TIER_GENERAL, v1::Team::STATE_ACTIVE});
  if (!row.ok()) return row.status();
  return row->has_value();
}

absl::StatusOr<int64_t> CountTeamsBelow(db::Transaction& transaction, uint64_t center_id, uint64_t id) {
  const auto row = transaction.QueryOne(kCountBelow, {center_id, id, v1::Team::STATE_ACTIVE});
  if (!row.ok()) return row.status();
  return (*row)->Int(0);
}

absl::Status InsertTeams(db::Transaction& transaction, std::span<const TeamRecord> teams) {
  return InsertRecords(transaction, kInsert, kColumns, teams, AppendColumns,
                       [](const TeamRecord& record) { return record.team.code(); });
}

absl::Status UpdateTeam(db::Transaction& transaction, const TeamRecord& record) {
  const v1::Team& team = record.team;
  return transaction
      .Execute(kUpdate,
               {record.parent_id, team.kind(), team.display_name(), team.specialty(), team.state(), record.version,
                TimeUtil::TimestampToMicroseconds(team.update_time()), record.center_id, record.id})
      .status();
}

absl::StatusOr<std::vector<v1::TeamsChanged>> PublishTeams(db::Transaction& transaction, ids::Generator& ids,
                                                           std::span<const TeamRecord> teams, absl::Time now) {
  return PublishRecords<v1::TeamsChanged>(transaction, ids, teams, now);
}

}  // namespace wenming::org
