#include "activity_svc/station_packs/station_packs_store.h"

#include <string>
#include <utility>

namespace wenming::activity {
namespace {

constexpr char kFind[] =
    "SELECT record_id, registration_id, volunteer_id, edge, capture_time, means, distance, device_hash, pack_id,"
    " unenforced, fingerprint FROM station_records WHERE center_id = ? AND shift_id = ? AND record_id = ?";
constexpr char kOfRegistration[] =
    "SELECT record_id, registration_id, volunteer_id, edge, capture_time, means, distance, device_hash, pack_id,"
    " unenforced, fingerprint FROM station_records WHERE center_id = ? AND registration_id = ?";
constexpr char kOwn[] =
    "SELECT record_id, registration_id, volunteer_id, edge, capture_time, means, distance, device_hash, pack_id,"
    " unenforced, fingerprint, uploader, upload_time FROM station_records"
    " WHERE center_id = ? AND volunteer_id = ? AND registration_id BETWEEN ? AND ?"
    " ORDER BY registration_id, upload_time, record_id";
constexpr char kInsert[] =
    "INSERT INTO station_records (center_id, shift_id, record_id, registration_id, volunteer_id, pack_id, edge,"
    " capture_time, means, distance, device_hash, unenforced, fingerprint, uploader, upload_time)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
constexpr char kInsertPack[] =
    "INSERT INTO station_packs (center_id, shift_id, id, issuer, issue_time) VALUES (?, ?, ?, ?, ?)";
constexpr char kReport[] =
    "UPDATE station_packs SET report_time = ? WHERE center_id = ? AND shift_id = ? AND id = ? AND report_time IS NULL";
constexpr char kSilent[] =
    "SELECT COUNT(*) FROM station_packs WHERE center_id = ? AND shift_id = ? AND report_time IS NULL";

StationRecord FromRow(const db::Row& row) {
  return StationRecord{.id = row.Text(0),
                       .registration_id = row.Id(1),
                       .volunteer_id = row.Id(2),
                       .edge = row.Enum<Edge>(3),
                       .scan = {.time = row.Time(4),
                                .means = row.Enum<Means>(5),
                                .distance = static_cast<int>(row.Int(6)),
                                .device_hash = row.Text(7),
                                .pack_id = row.Id(8),
                                .unenforced = static_cast<uint32_t>(row.Int(9))},
                       .fingerprint = row.Text(10)};
}

}  // namespace

absl::StatusOr<std::optional<StationRecord>> FindRecord(db::Session& session, uint64_t center_id, uint64_t shift_id,
                                                        std::string_view record_id) {
  const auto row = session.QueryOne(kFind, {center_id, shift_id, record_id});
  if (!row.ok()) return row.status();
  if (!row->has_value()) return std::optional<StationRecord>();
  return std::optional<StationRecord>(FromRow(**row));
}

absl::StatusOr<std::vector<StationRecord>> ListRecordsOf(db::Session& session, uint64_t center_id,
                                                         uint64_t registration_id) {
  const auto rows = session.Query(kOfRegistration, {center_id, registration_id});
  if (!rows.ok()) return rows.status();
  std::vector<StationRecord> records;
  records.reserve(rows->size());
  for (const db::Row& row : *rows) records.push_back(FromRow(row));
  return records;
}

absl::StatusOr<std::vector<OwnRecord>> ListOwnRecords(db::Session& session, uint64_t center_id, uint64_t volunteer_id,
                                                      uint64_t first, uint64_t last) {
  const auto rows = session.Query(kOwn, {center_id, volunteer_id, first, last});
  if (!rows.ok()) return rows.status();
  std::vector<OwnRecord> records;
  for (const db::Row& row : *rows) records.push_back({FromRow(row), row.Text(11), row.Time(12)});
  return records;
}

absl::Status InsertPack(db::Transaction& transaction, uint64_t center_id, uint64_t shift_id, uint64_t pack_id,
                        std::string_view issuer, absl::Time now) {
  return transaction.Execute(kInsertPack, {center_id, shift_id, pack_id, issuer, now}).status();
}

absl::Status ReportPack(db::Transaction& transaction, uint64_t center_id, uint64_t shift_id, uint64_t pack_id,
                        absl::Time now) {
  return transaction.Execute(kReport, {now, center_id, shift_id, pack_id}).status();
}

absl::StatusOr<int64_t> CountSilentPacks(db::Session& session, uint64_t center_id, uint64_t shift_id) {
  const auto row = session.QueryOne(kSilent, {center_id, shift_id});
  if (!row.ok()) return row.status();
  return (*row)->Int(0);
}

absl::Status InsertRecord(db::Transaction& transaction, uint64_t center_id, uint64_t shift_id,
                          const StationRecord& record, std::string_view uploader, absl::Time now) {
  const Scan& scan = record.scan;
  const db::Value device = scan.device_hash.empty() ? db::Value() : db::Value(scan.device_hash);
  return transaction
      .Execute(kInsert,
               {center_id, shift_id, record.id, record.registration_id, record.volunteer_id, scan.pack_id, record.edge,
                scan.time, scan.means, scan.distance, device, scan.unenforced, record.fingerprint, uploader, now})
      .status();
}

}  // namespace wenming::activity
