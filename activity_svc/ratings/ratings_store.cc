#include "activity_svc/ratings/ratings_store.h"

#include "common/db/errors.h"
#include "common/errors/errors.h"

namespace wenming::activity {
namespace {

constexpr char kInsertBatch[] =
    "INSERT INTO rating_batches (center_id, id, activity_id, asked_count, expire_time, actor, create_time)"
    " VALUES (?, ?, ?, ?, ?, ?, ?)";
constexpr char kBatch[] =
    "SELECT id, activity_id, asked_count, expire_time FROM rating_batches WHERE center_id = ? AND id = ?";
constexpr char kInsertRating[] =
    "INSERT INTO ratings (center_id, batch_id, number, id, activity_id, stars, comment, rate_time)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?)";
constexpr char kGiven[] = "SELECT stars, comment FROM ratings WHERE center_id = ? AND batch_id = ? AND number = ?";
constexpr char kRatings[] =
    "SELECT id, stars, comment, rate_time FROM ratings WHERE center_id = ? AND activity_id = ? AND id > ?"
    " ORDER BY id LIMIT ?";
constexpr char kAsked[] =
    "SELECT CAST(COALESCE(SUM(asked_count), 0) AS SIGNED) FROM rating_batches WHERE center_id = ? AND activity_id = ?";
constexpr char kAnswered[] =
    "SELECT COUNT(*), CAST(COALESCE(SUM(CASE WHEN stars >= 4 THEN 1 ELSE 0 END), 0) AS SIGNED) FROM ratings"
    " WHERE center_id = ? AND activity_id = ?";

}  // namespace

absl::Status InsertBatch(db::Transaction& transaction, uint64_t center_id, const RatingBatch& b, std::string_view actor,
                         absl::Time now) {
  return transaction.Execute(kInsertBatch, {center_id, b.id, b.activity_id, b.asked_count, b.expire_time, actor, now})
      .status();
}

absl::StatusOr<std::optional<RatingBatch>> FindBatch(db::Session& session, uint64_t center_id, uint64_t id) {
  const auto row = session.QueryOne(kBatch, {center_id, id});
  if (!row.ok()) return row.status();
  if (!row->has_value()) return std::optional<RatingBatch>();
  const db::Row& r = **row;
  return std::optional<RatingBatch>({r.Id(0), r.Id(1), static_cast<int>(r.Int(2)), r.Time(3)});
}

absl::Status InsertRating(db::Transaction& transaction, const Invitation& invitation, uint64_t activity_id,
                          const Rating& rating) {
  const absl::Status inserted =
      transaction
          .Execute(kInsertRating, {invitation.center_id, invitation.batch_id, static_cast<int>(invitation.number),
                                   rating.id, activity_id, rating.stars, rating.comment, rating.time})
          .status();
  if (!db::IsDuplicateKey(inserted)) return inserted;
  const auto given =
      transaction.QueryOne(kGiven, {invitation.center_id, invitation.batch_id, static_cast<int>(invitation.number)});
  if (!given.ok()) return given.status();
  const bool same = given->has_value() && (*given)->Int(0) == rating.stars && (*given)->Text(1) == rating.comment;
  return same ? absl::OkStatus() : errors::FailedPrecondition(type::REASON_NOT_ASKED);
}

absl::StatusOr<std::vector<Rating>> ListRatings(db::Session& session, uint64_t center_id, uint64_t activity_id,
                                                uint64_t after, int limit) {
  const auto rows = session.Query(kRatings, {center_id, activity_id, after, limit});
  if (!rows.ok()) return rows.status();
  std::vector<Rating> ratings;
  for (const db::Row& row : *rows) {
    ratings.push_back({row.Id(0), static_cast<int>(row.Int(1)), row.Text(2), row.Time(3)});
  }
  return ratings;
}

absl::StatusOr<RatingCounts> CountRatings(db::Session& session, uint64_t center_id, uint64_t activity_id) {
  const auto asked = session.QueryOne(kAsked, {center_id, activity_id});
  if (!asked.ok()) return asked.status();
  const auto answered = session.QueryOne(kAnswered, {center_id, activity_id});
  if (!answered.ok()) return answered.status();
  return RatingCounts{(*asked)->Int(0), (*answered)->Int(0), (*answered)->Int(1)};
}

}  // namespace wenming::activity
