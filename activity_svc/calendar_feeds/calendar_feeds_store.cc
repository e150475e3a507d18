#include "activity_svc/calendar_feeds/calendar_feeds_store.h"

#include "activity_svc/names.h"
#include "common/errors/errors.h"
#include "common/ids/ids.h"

namespace wenming::activity {
namespace {

constexpr char kInsert[] =
    "INSERT INTO calendar_feeds (center_id, id, volunteer_id, display_name, token_hash, create_time)"
    " VALUES (?, ?, ?, ?, ?, ?)";
constexpr char kLoad[] =
    "SELECT id, volunteer_id, display_name, create_time, revoke_time FROM calendar_feeds WHERE center_id = ? AND id = "
    "?";
constexpr char kFind[] =
    "SELECT id, volunteer_id, display_name, create_time, revoke_time FROM calendar_feeds"
    " WHERE center_id = ? AND token_hash = ? AND revoke_time IS NULL";
constexpr char kList[] =
    "SELECT id, volunteer_id, display_name, create_time, revoke_time FROM calendar_feeds"
    " WHERE center_id = ? AND volunteer_id = ? AND id < ? ORDER BY id DESC LIMIT ?";
constexpr char kCount[] =
    "SELECT COUNT(*) FROM calendar_feeds WHERE center_id = ? AND volunteer_id = ? AND revoke_time IS NULL";
constexpr char kRevoke[] =
    "UPDATE calendar_feeds SET revoke_time = ? WHERE center_id = ? AND id = ? AND revoke_time IS NULL";
constexpr char kErase[] = "DELETE FROM calendar_feeds WHERE center_id = ? AND volunteer_id = ?";
constexpr char kEntries[] =
    "SELECT r.id, r.state, r.live, r.start_time, r.end_time, r.create_time, r.update_time, a.title, s.post, a.place"
    " FROM (SELECT center_id, id, shift_id, activity_id, state, live, start_time, end_time, create_time, update_time"
    " FROM registrations WHERE center_id = ? AND volunteer_id = ? AND end_time > ? AND (live = 1 OR update_time > ?)"
    " ORDER BY end_time, id LIMIT ?) r JOIN shifts s ON s.center_id = r.center_id AND s.id = r.shift_id"
    " JOIN activities a ON a.center_id = r.center_id AND a.id = r.activity_id ORDER BY r.end_time, r.id";

// Entries of one calendar: more than a person can have in a month and ahead.
constexpr int kMostEntries = 500;

CalendarFeed FromRow(const db::Row& row) {
  return CalendarFeed{.id = row.Id(0),
                      .volunteer_id = row.Id(1),
                      .display_name = row.Text(2),
                      .create_time = row.Time(3),
                      .revoke_time = row.OptionalTime(4)};
}

}  // namespace

v1::CalendarFeed ToProto(const CalendarFeed& feed) {
  v1::CalendarFeed proto;
  proto.set_name(ids::ResourceName("calendarFeeds", feed.id));
  proto.set_display_name(feed.display_name);
  *proto.mutable_create_time() = ToProto(feed.create_time);
  if (feed.revoke_time) *proto.mutable_revoke_time() = ToProto(*feed.revoke_time);
  return proto;
}

absl::Status InsertFeed(db::Transaction& transaction, uint64_t center_id, const CalendarFeed& feed,
                        std::string_view token_hash) {
  return transaction
      .Execute(kInsert, {center_id, feed.id, feed.volunteer_id, feed.display_name, token_hash, feed.create_time})
      .status();
}

absl::StatusOr<CalendarFeed> LoadFeed(db::Session& session, uint64_t center_id, uint64_t id) {
  const auto row = session.QueryOne(kLoad, {center_id, id});
  if (!row.ok()) return row.status();
  if (!row->has_value()) return errors::NotFound(ids::ResourceName("calendarFeeds", id));
  return FromRow(**row);
}

absl::StatusOr<std::optional<CalendarFeed>> FindFeed(db::Session& session, uint64_t center_id,
                                                     std::string_view token_hash) {
  const auto row = session.QueryOne(kFind, {center_id, token_hash});
  if (!row.ok()) return row.status();
  if (!row->has_value()) return std::optional<CalendarFeed>();
  return std::optional<CalendarFeed>(FromRow(**row));
}

absl::StatusOr<std::vector<CalendarFeed>> ListFeeds(db::Session& session, uint64_t center_id, uint64_t volunteer_id,
                                                    uint64_t before, int limit) {
  const auto rows = session.Query(kList, {center_id, volunteer_id, before, limit});
  if (!rows.ok()) return rows.status();
  std::vector<CalendarFeed> feeds;
  for (const db::Row& row : *rows) feeds.push_back(FromRow(row));
  return feeds;
}

absl::StatusOr<int64_t> CountWorkingFeeds(db::Session& session, uint64_t center_id, uint64_t volunteer_id) {
  const auto row = session.QueryOne(kCount, {center_id, volunteer_id});
  if (!row.ok()) return row.status();
  return (*row)->Int(0);
}

absl::Status RevokeFeed(db::Transaction& transaction, uint64_t center_id, uint64_t id, absl::Time now) {
  return transaction.Execute(kRevoke, {now, center_id, id}).status();
}

absl::Status EraseFeeds(db::Transaction& transaction, uint64_t center_id, uint64_t volunteer_id) {
  return transaction.Execute(kErase, {center_id, volunteer_id}).status();
}

absl::StatusOr<std::vector<CalendarEntry>> ListEntries(db::Session& session, uint64_t center_id, uint64_t volunteer_id,
                                                       absl::Time now) {
  const auto rows =
      session.Query(kEntries, {center_id, volunteer_id, now - kCalendarPast, now - kCancelledShown, kMostEntries});
  if (!rows.ok()) return rows.status();
  std::vector<CalendarEntry> entries;
  for (const db::Row& row : *rows) {
    entries.push_back({.registration_id = row.Id(0),
                       .state = row.Enum<RegistrationState>(1),
                       .live = row.Bool(2),
                       .start_time = row.Time(3),
                       .end_time = row.Time(4),
                       .create_time = row.Time(5),
                       .update_time = row.Time(6),
                       .title = row.Text(7),
                       .post = row.Text(8),
                       .place = row.Text(9)});
  }
  return entries;
}

}  // namespace wenming::activity
