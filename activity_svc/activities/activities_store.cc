#include "activity_svc/activities/activities_store.h"

#include <algorithm>
#include <bit>
#include <span>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "common/db/shapes.h"
#include "common/errors/errors.h"
#include "common/ids/ids.h"

namespace wenming::activity {
namespace {

constexpr char kLoad[] =
    "SELECT id, unit_id, team_id, title, content, method, themes, place, latitude, longitude, fence_metres,"
    " person_in_charge_id, state, is_public, reason, version, create_time, update_time,"
    " dangerous, insurance_policy FROM activities WHERE center_id = ? AND id = ?";
constexpr char kLock[] = " FOR UPDATE";
constexpr char kTraits[] = "SELECT id, state, dangerous FROM activities WHERE center_id = ? AND id IN ";
constexpr char kInsert[] =
    "INSERT INTO activities (unit_id, team_id, title, content, method, themes, place, latitude, longitude,"
    " fence_metres, person_in_charge_id, state, is_public, reason, version, dangerous, insurance_policy,"
    " update_time, center_id, id, create_time)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
constexpr char kUpdate[] =
    "UPDATE activities SET unit_id = ?, team_id = ?, title = ?, content = ?, method = ?, themes = ?, place = ?,"
    " latitude = ?, longitude = ?, fence_metres = ?, person_in_charge_id = ?, state = ?, is_public = ?, reason = ?,"
    " version = ?, dangerous = ?, insurance_policy = ?, update_time = ? WHERE center_id = ? AND id = ? AND version = ?";
constexpr char kList[] =
    "SELECT id, unit_id, team_id, title, content, method, themes, place, latitude, longitude, fence_metres,"
    " person_in_charge_id, state, is_public, reason, version, create_time, update_time,"
    " dangerous, insurance_policy FROM activities WHERE center_id = ? AND id < ?";
constexpr char kInsertMove[] =
    "INSERT INTO activity_moves (center_id, activity_id, id, move, from_state, to_state, actor, reason, move_time)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)";
constexpr char kListMoves[] =
    "SELECT move, from_state, to_state, actor, reason, move_time FROM activity_moves"
    " WHERE center_id = ? AND activity_id = ? ORDER BY id";

// Units in one IN list, at most.
constexpr size_t kChunk = 512;

Activity FromRow(const db::Row& row) {
  Activity activity{.id = row.Id(0),
                    .unit_id = row.Id(1),
                    .team_id = row.Id(2),
                    .title = row.Text(3),
                    .content = row.Text(4),
                    .method = row.Enum<v1::Method>(5),
                    .themes = absl::StrSplit(row.Text(6), ',', absl::SkipEmpty()),
                    .place = row.Text(7),
                    .location = std::nullopt,
                    .fence_metres = static_cast<int>(row.Int(10)),
                    .dangerous = row.Bool(18),
                    .insurance_policy = row.Text(19),
                    .person_in_charge_id = row.Id(11),
                    .state = row.Enum<ActivityState>(12),
                    .is_public = row.Bool(13),
                    .reason = row.Text(14),
                    .version = row.Int(15),
                    .create_time = row.Time(16),
                    .update_time = row.Time(17)};
  if (!row.Null(8) && !row.Null(9)) activity.location = Point{row.Double(8), row.Double(9)};
  return activity;
}

std::vector<db::Value> Values(const Activity& a, absl::Time update_time) {
  constexpr size_t kLatitude = 7;
  std::vector<db::Value> values = {a.unit_id,
                                   a.team_id,
                                   a.title,
                                   a.content,
                                   a.method,
                                   absl::StrJoin(a.themes, ","),
                                   a.place,
                                   nullptr,
                                   nullptr,
                                   a.fence_metres,
                                   a.person_in_charge_id,
                                   a.state,
                                   a.is_public,
                                   a.reason,
                                   a.version,
                                   a.dangerous,
                                   a.insurance_policy,
                                   update_time};
  if (a.location) {
    values[kLatitude] = a.location->latitude;
    values[kLatitude + 1] = a.location->longitude;
  }
  return values;
}

absl::StatusOr<Activity> Load(db::Session& session, std::string_view sql, uint64_t center_id, uint64_t id) {
  const auto row = session.QueryOne(sql, {center_id, id});
  if (!row.ok()) return row.status();
  if (!row->has_value()) return errors::NotFound(ids::ResourceName("activities", id));
  return FromRow(**row);
}

// IN lists come in sizes of powers of two, filled with the last id, so that few statements are prepared.
absl::Status ListChunk(db::Session& session, const ActivityQuery& query, std::span<const uint64_t> units,
                       std::vector<Activity>& activities) {
  std::string sql = kList;
  std::vector<db::Value> values = {query.center_id, query.before};
  if (!units.empty()) {
    const size_t size = std::bit_ceil(units.size());
    absl::StrAppend(&sql, " AND unit_id IN (", db::Placeholders(size), ")");
    for (size_t i = 0; i < size; ++i) values.emplace_back(units[std::min(i, units.size() - 1)]);
  }
  if (query.state != v1::Activity::STATE_UNSPECIFIED) {
    absl::StrAppend(&sql, " AND state = ?");
    values.emplace_back(query.state);
  }
  if (query.public_only) absl::StrAppend(&sql, " AND is_public = 1");
  absl::StrAppend(&sql, " ORDER BY id DESC LIMIT ?");
  values.emplace_back(query.limit);
  const auto rows = session.Query(sql, values);
  if (!rows.ok()) return rows.status();
  for (const db::Row& row : *rows) activities.push_back(FromRow(row));
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Activity> LoadActivity(db::Session& session, uint64_t center_id, uint64_t id) {
  return Load(session, kLoad, center_id, id);
}

absl::StatusOr<std::unordered_map<uint64_t, ActivityTraits>> LoadTraits(db::Session& session, uint64_t center_id,
                                                                        std::span<const uint64_t> ids) {
  std::unordered_map<uint64_t, ActivityTraits> traits;
  if (ids.empty()) return traits;
  std::vector<db::Value> values = {center_id};
  db::AppendInList(values, ids);
  const auto rows = session.Query(kTraits + db::InList(ids.size()), values);
  if (!rows.ok()) return rows.status();
  for (const db::Row& row : *rows) traits.emplace(row.Id(0), ActivityTraits{row.Enum<ActivityState>(1), row.Bool(2)});
  return traits;
}

absl::StatusOr<Activity> LockActivity(db::Transaction& transaction, uint64_t center_id, uint64_t id) {
  return Load(transaction, absl::StrCat(kLoad, kLock), center_id, id);
}

absl::Status InsertActivity(db::Transaction& transaction, uint64_t center_id, const Activity& activity) {
  std::vector<db::Value> values = Values(activity, activity.create_time);
  values.insert(values.end(), {center_id, activity.id, activity.create_time});
  return transaction.Execute(kInsert, values).status();
}

absl::Status UpdateActivity(db::Transaction& transaction, uint64_t center_id, Activity& activity, absl::Time now) {
  const int64_t before = activity.version++;
  activity.update_time = now;
  std::vector<db::Value> values = Values(activity, now);
  values.insert(values.end(), {center_id, activity.id, before});
  const auto updated = transaction.Execute(kUpdate, values);
  if (!updated.ok()) return updated.status();
  return *updated == 1 ? absl::OkStatus() : errors::Aborted(type::REASON_ETAG_MISMATCH);
}

absl::StatusOr<std::vector<Activity>> ListActivities(db::Session& session, const ActivityQuery& query) {
  std::vector<Activity> activities;
  const std::span<const uint64_t> units = query.units;
  size_t done = 0;
  do {
    const auto chunk = units.subspan(done, std::min(kChunk, units.size() - done));
    if (auto status = ListChunk(session, query, chunk, activities); !status.ok()) return status;
    done += chunk.size();
  } while (done < units.size());
  std::ranges::sort(activities, std::greater<>(), &Activity::id);
  if (activities.size() > static_cast<size_t>(query.limit)) activities.resize(static_cast<size_t>(query.limit));
  return activities;
}

absl::Status InsertMove(db::Transaction& transaction, uint64_t center_id, uint64_t activity_id, uint64_t id,
                        const MadeMove& move) {
  return transaction
      .Execute(kInsertMove,
               {center_id, activity_id, id, move.move, move.from, move.to, move.actor, move.reason, move.time})
      .status();
}

absl::StatusOr<std::vector<MadeMove>> ListMoves(db::Session& session, uint64_t center_id, uint64_t activity_id) {
  const auto rows = session.Query(kListMoves, {center_id, activity_id});
  if (!rows.ok()) return rows.status();
  std::vector<MadeMove> moves;
  for (const db::Row& row : *rows) {
    moves.push_back({row.Enum<ActivityMove>(0), row.Enum<ActivityState>(1), row.Enum<ActivityState>(2), row.Text(3),
                     row.Text(4), row.Time(5)});
  }
  return moves;
}

absl::StatusOr<bool> WasSuspended(db::Session& session, uint64_t center_id, uint64_t activity_id, absl::Time from,
                                  absl::Time until) {
  const auto moves = ListMoves(session, center_id, activity_id);
  if (!moves.ok()) return moves.status();
  absl::Time since = absl::InfiniteFuture();
  for (const MadeMove& move : *moves) {
    if (move.from == v1::Activity::STATE_SUSPENDED && since < until && move.time > from) return true;
    since = move.to == v1::Activity::STATE_SUSPENDED ? move.time : absl::InfiniteFuture();
  }
  return since < until;
}

}  // namespace wenming::activity
