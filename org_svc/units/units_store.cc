#include "org_svc/units/units_store.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

#include "common/errors/errors.h"
#include "google/protobuf/util/time_util.h"
#include "org_svc/records.h"
#include "org_svc/units/units_rules.h"

namespace wenming::org {
namespace {

using google::protobuf::util::TimeUtil;

constexpr char kLockCenter[] = "SELECT version FROM units WHERE center_id = ? AND id = ? FOR UPDATE";
constexpr char kLoad[] =
    "SELECT center_id, id, parent_id, level, code, display_name, division_code, opened_date, latitude, longitude,"
    " address, state, version, create_time, update_time FROM units WHERE center_id = ? AND id = ? FOR UPDATE";
constexpr char kRead[] =
    "SELECT center_id, id, parent_id, level, code, display_name, division_code, opened_date, latitude, longitude,"
    " address, state, version, create_time, update_time FROM units WHERE center_id = ? AND id > ? ORDER BY id LIMIT ?";
constexpr char kCenters[] = "SELECT center_id FROM centers ORDER BY code";
constexpr char kFindCenter[] = "SELECT center_id FROM centers WHERE code = ?";
constexpr char kClaimCenter[] = "INSERT INTO centers (code, center_id) VALUES (?, ?)";
constexpr char kInsert[] =
    "INSERT INTO units (center_id, id, parent_id, level, code, display_name, division_code, opened_date, latitude,"
    " longitude, address, state, version, create_time, update_time) VALUES ";
constexpr char kUpdate[] =
    "UPDATE units SET parent_id = ?, display_name = ?, division_code = ?, opened_date = ?, latitude = ?,"
    " longitude = ?, address = ?, state = ?, version = ?, update_time = ?"
    " WHERE center_id = ? AND id = ?";
constexpr char kCountBelow[] =
    "SELECT (SELECT COUNT(*) FROM units WHERE center_id = ? AND parent_id = ? AND state = ?)"
    " + (SELECT COUNT(*) FROM teams WHERE center_id = ? AND unit_id = ? AND state = ?)";

constexpr size_t kColumns = 15;
constexpr int kReadSize = 5000;
// Of Team.State; the units' store does not know teams otherwise.
constexpr int kTeamActive = 1;

UnitRecord FromRow(db::Row& row) {
  UnitRecord record{
      .center_id = row.Id(0), .id = row.Id(1), .parent_id = row.Id(2), .version = row.Int(12), .unit = {}};
  v1::Unit& unit = record.unit;
  unit.set_level(row.Enum<v1::Unit::Level>(3));
  unit.set_code(row.TakeText(4));
  unit.set_display_name(row.TakeText(5));
  unit.set_division_code(row.TakeText(6));
  if (const auto day = row.OptionalDay(7)) *unit.mutable_opened_date() = FromCivil(*day);
  if (!row.Null(8)) {
    unit.mutable_location()->set_latitude(row.Double(8));
    unit.mutable_location()->set_longitude(row.Double(9));
  }
  unit.set_address(row.TakeText(10));
  unit.set_state(row.Enum<v1::Unit::State>(11));
  *unit.mutable_create_time() = TimeUtil::MicrosecondsToTimestamp(row.Int(13));
  *unit.mutable_update_time() = TimeUtil::MicrosecondsToTimestamp(row.Int(14));
  Seal(record);
  return record;
}

db::Value OpenedDate(const v1::Unit& unit) {
  return unit.has_opened_date() ? db::Value(ToCivil(unit.opened_date())) : db::Value();
}

db::Value Latitude(const v1::Unit& unit) {
  return unit.has_location() ? db::Value(unit.location().latitude()) : db::Value();
}

db::Value Longitude(const v1::Unit& unit) {
  return unit.has_location() ? db::Value(unit.location().longitude()) : db::Value();
}

void AppendColumns(const UnitRecord& record, std::vector<db::Value>& values) {
  const v1::Unit& unit = record.unit;
  const db::Value columns[] = {record.center_id,
                               record.id,
                               record.parent_id,
                               unit.level(),
                               unit.code(),
                               unit.display_name(),
                               unit.division_code(),
                               OpenedDate(unit),
                               Latitude(unit),
                               Longitude(unit),
                               unit.address(),
                               unit.state(),
                               record.version,
                               TimeUtil::TimestampToMicroseconds(unit.create_time()),
                               TimeUtil::TimestampToMicroseconds(unit.update_time())};
  static_assert(std::size(columns) == kColumns);
  values.insert(values.end(), std::begin(columns), std::end(columns));
}

absl::StatusOr<std::vector<UnitRecord>> Records(absl::StatusOr<db::Rows> rows) {
  if (!rows.ok()) return rows.status();
  std::vector<UnitRecord> records;
  records.reserve(rows->size());
  for (db::Row& row : *rows) records.push_back(FromRow(row));
  return records;
}

}  // namespace

absl::Status LockCenter(db::Transaction& transaction, uint64_t center_id) {
  const auto row = transaction.QueryOne(kLockCenter, {center_id, center_id});
  if (!row.ok()) return row.status();
  return row->has_value() ? absl::OkStatus() : errors::NotFound(ids::ResourceName("units", center_id));
}

absl::StatusOr<UnitRecord> LoadUnit(db::Transaction& transaction, uint64_t center_id, uint64_t id) {
  auto row = transaction.QueryOne(kLoad, {center_id, id});
  if (!row.ok()) return row.status();
  if (!row->has_value()) return errors::NotFound(ids::ResourceName("units", id));
  return FromRow(**row);
}

absl::StatusOr<std::vector<UnitRecord>> ReadUnits(db::Session& session, uint64_t center_id, uint64_t after_id,
                                                  int limit) {
  return Records(session.Query(kRead, {center_id, after_id, limit}));
}

absl::StatusOr<std::vector<UnitRecord>> ReadAllUnits(db::Session& session, uint64_t center_id) {
  std::vector<UnitRecord> all;
  for (uint64_t after = 0;;) {
    auto part = ReadUnits(session, center_id, after, kReadSize);
    if (!part.ok()) return part.status();
    if (part->empty()) return all;
    after = part->back().id;
    std::ranges::move(*part, std::back_inserter(all));
  }
}

absl::StatusOr<std::vector<uint64_t>> ReadCenters(db::Session& session) {
  const auto rows = session.Query(kCenters);
  if (!rows.ok()) return rows.status();
  std::vector<uint64_t> centers;
  centers.reserve(rows->size());
  for (const db::Row& row : *rows) centers.push_back(row.Id(0));
  return centers;
}

absl::StatusOr<std::optional<uint64_t>> FindCenter(db::Session& session, std::string_view code) {
  const auto row = session.QueryOne(kFindCenter, {code});
  if (!row.ok()) return row.status();
  if (!row->has_value()) return std::nullopt;
  return (*row)->Id(0);
}

absl::Status ClaimCenter(db::Transaction& transaction, std::string_view code, uint64_t center_id) {
  return transaction.Execute(kClaimCenter, {code, center_id}).status();
}

absl::Status InsertUnits(db::Transaction& transaction, std::span<const UnitRecord> units) {
  return InsertRecords(transaction, kInsert, kColumns, units, AppendColumns,
                       [](const UnitRecord& record) { return record.unit.code(); });
}

absl::Status UpdateUnit(db::Transaction& transaction, const UnitRecord& record) {
  const v1::Unit& unit = record.unit;
  return transaction
      .Execute(kUpdate, {record.parent_id, unit.display_name(), unit.division_code(), OpenedDate(unit), Latitude(unit),
                         Longitude(unit), unit.address(), unit.state(), record.version,
                         TimeUtil::TimestampToMicroseconds(unit.update_time()), record.center_id, record.id})
      .status();
}

absl::StatusOr<int64_t> CountBelow(db::Transaction& transaction, uint64_t center_id, uint64_t id) {
  const auto row =
      transaction.QueryOne(kCountBelow, {center_id, id, v1::Unit::STATE_ACTIVE, center_id, id, kTeamActive});
  if (!row.ok()) return row.status();
  return (*row)->Int(0);
}

absl::StatusOr<std::vector<v1::UnitsChanged>> PublishUnits(db::Transaction& transaction, ids::Generator& ids,
                                                           std::span<const UnitRecord> units, absl::Time now) {
  return PublishRecords<v1::UnitsChanged>(transaction, ids, units, now);
}

}  // namespace wenming::org
