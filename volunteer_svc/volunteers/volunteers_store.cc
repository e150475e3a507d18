#include "volunteer_svc/volunteers/volunteers_store.h"

#include <algorithm>
#include <span>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/db/errors.h"
#include "common/errors/errors.h"
#include "volunteer_svc/volunteers/texts.h"

namespace wenming::volunteer {
namespace {

constexpr char kSelect[] =
    "SELECT v.center_id, v.id, v.unit_id, v.number, v.sex, v.id_type, v.skills, v.service_categories, v.state, "
    "v.version,"
    " v.create_time, v.update_time, v.display_name_sealed, v.birth_date_sealed, v.id_number_sealed, v.phone_sealed,"
    " v.residence_sealed FROM ";
constexpr char kInsert[] =
    "INSERT INTO volunteers (center_id, id, unit_id, number, sex, id_type, skills, service_categories, state, version,"
    " create_time, update_time, display_name_sealed, birth_date_sealed, id_number_sealed, phone_sealed,"
    " residence_sealed, id_number_index, phone_index)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
constexpr char kUpdate[] =
    "UPDATE volunteers SET phone_sealed = ?, phone_index = ?, residence_sealed = ?, skills = ?, service_categories = ?,"
    " state = ?, update_time = ?, version = version + 1 WHERE center_id = ? AND id = ? AND version = ?";
constexpr char kCorrect[] =
    "UPDATE volunteers SET display_name_sealed = ?, sex = ?, birth_date_sealed = ?, id_type = ?, id_number_sealed = ?,"
    " id_number_index = ?, update_time = ?, version = version + 1 WHERE center_id = ? AND id = ? AND version = ?";
constexpr char kErase[] =
    "UPDATE volunteers SET display_name_sealed = '', sex = 0, birth_date_sealed = '', id_type = 0,"
    " id_number_sealed = '', id_number_index = NULL, phone_sealed = '', phone_index = NULL, residence_sealed = '',"
    " skills = '[]', service_categories = '[]', state = ?, update_time = ?, version = version + 1"
    " WHERE center_id = ? AND id = ? AND version = ?";
// Each of these follows kSelect.
constexpr char kOne[] = "volunteers v WHERE v.center_id = ? AND v.id = ?";
constexpr char kOneForUpdate[] = "volunteers v WHERE v.center_id = ? AND v.id = ? FOR UPDATE";
constexpr char kOfCenter[] = "volunteers v WHERE v.center_id = ? AND v.number > ? ORDER BY v.number LIMIT ?";
// The page is chosen in the index `by_unit` alone, from the first numbers of each unit; only its rows are read. A part
// for each unit, joined by kAnd, stands between the two.
constexpr char kOfUnits[] = "(SELECT id FROM (";
constexpr char kOfUnit[] =
    "(SELECT number, id FROM volunteers WHERE center_id = ? AND unit_id = ? AND number > ? ORDER BY number LIMIT ?)";
constexpr char kAnd[] = " UNION ALL ";
constexpr char kOfUnitsEnd[] =
    ") parts ORDER BY number LIMIT ?) page JOIN volunteers v ON v.center_id = ? AND v.id = page.id ORDER BY v.number";
constexpr char kFindUnit[] = "SELECT unit_id FROM volunteers WHERE center_id = ? AND id = ?";

// Lists of units are asked for in pieces of at most so many.
constexpr size_t kMostUnits = 64;

// Few lengths, so that there are few statements to prepare: the next power of two, filled up with no unit.
size_t PaddedLength(size_t count) {
  size_t length = 1;
  while (length < count) length *= 2;
  return length;
}

std::string SelectOfUnits(size_t units) {
  std::string sql = absl::StrCat(kSelect, kOfUnits, kOfUnit);
  for (size_t i = 1; i < units; ++i) absl::StrAppend(&sql, kAnd, kOfUnit);
  return sql.append(kOfUnitsEnd);
}

absl::Status TakenOr(const absl::Status& status) {
  if (db::IsDuplicateKey(status, "by_id_number")) return errors::AlreadyExists(type::REASON_ID_NUMBER_TAKEN);
  if (db::IsDuplicateKey(status, "by_phone")) return errors::AlreadyExists(type::REASON_PHONE_TAKEN);
  return status;
}

// What became of an UPDATE of the record's version.
absl::Status NextVersion(const absl::StatusOr<int64_t>& updated, VolunteerRecord& record) {
  if (!updated.ok()) return TakenOr(updated.status());
  if (*updated == 0) return errors::Aborted(type::REASON_ETAG_MISMATCH);
  ++record.version;
  return absl::OkStatus();
}

}  // namespace

absl::Status VolunteersStore::Insert(db::Transaction& transaction, const VolunteerRecord& record) const {
  const Person& person = record.person;
  auto sealed = seal_.Seal(record.id, person);
  if (!sealed.ok()) return sealed.status();
  return TakenOr(transaction
                     .Execute(kInsert, {record.center_id, record.id, record.unit_id, record.number, person.sex,
                                        person.id_type, ToJson(person.skills), ToJson(person.service_categories),
                                        record.state, record.version, record.create_time, record.update_time,
                                        sealed->display_name, sealed->birth_date, sealed->id_number, sealed->phone,
                                        sealed->residence, sealed->id_number_index, sealed->phone_index})
                     .status());
}

absl::Status VolunteersStore::Update(db::Transaction& transaction, VolunteerRecord& record) const {
  const Person& person = record.person;
  auto sealed = seal_.Seal(record.id, person);
  if (!sealed.ok()) return sealed.status();
  // Whoever has left holds his phone number no longer.
  const bool active = record.state == v1::Volunteer::STATE_ACTIVE;
  const db::Value phone_index = active ? db::Value(sealed->phone_index) : db::Value();
  return NextVersion(transaction.Execute(kUpdate, {sealed->phone, phone_index, sealed->residence, ToJson(person.skills),
                                                   ToJson(person.service_categories), record.state, record.update_time,
                                                   record.center_id, record.id, record.version}),
                     record);
}

absl::Status VolunteersStore::Correct(db::Transaction& transaction, VolunteerRecord& record) const {
  const Person& person = record.person;
  const auto sealed = seal_.Seal(record.id, person);
  if (!sealed.ok()) return sealed.status();
  return NextVersion(transaction.Execute(kCorrect, {sealed->display_name, person.sex, sealed->birth_date,
                                                    person.id_type, sealed->id_number, sealed->id_number_index,
                                                    record.update_time, record.center_id, record.id, record.version}),
                     record);
}

absl::Status VolunteersStore::Erase(db::Transaction& transaction, VolunteerRecord& record) {
  return NextVersion(
      transaction.Execute(kErase, {record.state, record.update_time, record.center_id, record.id, record.version}),
      record);
}

absl::StatusOr<std::optional<VolunteerRecord>> VolunteersStore::Find(db::Session& session, uint64_t center_id,
                                                                     uint64_t id, Lock lock) const {
  auto row = session.QueryOne(absl::StrCat(kSelect, lock == Lock::kForUpdate ? kOneForUpdate : kOne), {center_id, id});
  if (!row.ok()) return row.status();
  if (!row->has_value()) return std::optional<VolunteerRecord>();
  auto record = Read(**row);
  if (!record.ok()) return record.status();
  return std::optional<VolunteerRecord>(*std::move(record));
}

absl::StatusOr<std::optional<uint64_t>> VolunteersStore::FindUnit(db::Session& session, uint64_t center_id,
                                                                  uint64_t id) {
  const auto row = session.QueryOne(kFindUnit, {center_id, id});
  if (!row.ok()) return row.status();
  if (!row->has_value()) return std::optional<uint64_t>();
  return std::optional<uint64_t>((*row)->Id(0));
}

absl::StatusOr<std::vector<VolunteerRecord>> VolunteersStore::ListCenter(db::Session& session, uint64_t center_id,
                                                                         std::string_view after, int limit) const {
  return ReadAll(session.Query(absl::StrCat(kSelect, kOfCenter), {center_id, after, limit}));
}

absl::StatusOr<std::vector<VolunteerRecord>> VolunteersStore::ListUnits(db::Session& session, uint64_t center_id,
                                                                        const std::vector<uint64_t>& units,
                                                                        std::string_view after, int limit) const {
  std::vector<VolunteerRecord> page;
  for (std::span<const uint64_t> rest(units); !rest.empty();) {
    const std::span<const uint64_t> piece = rest.first(std::min(kMostUnits, rest.size()));
    rest = rest.subspan(piece.size());
    const size_t length = PaddedLength(piece.size());
    std::vector<db::Value> params;
    for (size_t i = 0; i < length; ++i) {
      params.insert(params.end(), {center_id, i < piece.size() ? piece[i] : uint64_t{0}, after, limit});
    }
    params.insert(params.end(), {limit, center_id});
    auto part = ReadAll(session.Query(SelectOfUnits(length), params));
    if (!part.ok()) return part.status();
    std::move(part->begin(), part->end(), std::back_inserter(page));
  }
  std::sort(page.begin(), page.end(), [](const auto& a, const auto& b) { return a.number < b.number; });
  if (page.size() > static_cast<size_t>(limit)) page.resize(static_cast<size_t>(limit));
  return page;
}

absl::StatusOr<VolunteerRecord> VolunteersStore::Read(db::Row& row) const {
  VolunteerRecord record;
  record.center_id = row.Id(0);
  record.id = row.Id(1);
  record.unit_id = row.Id(2);
  record.number = row.TakeText(3);
  record.person.sex = row.Enum<v1::Volunteer::Sex>(4);
  record.person.id_type = row.Enum<v1::Volunteer::IdType>(5);
  record.person.skills = FromJson(row.Text(6));
  record.person.service_categories = FromJson(row.Text(7));
  record.state = row.Enum<v1::Volunteer::State>(8);
  record.version = row.Int(9);
  record.create_time = row.Time(10);
  record.update_time = row.Time(11);
  SealedPerson sealed;
  sealed.display_name = row.TakeText(12);
  sealed.birth_date = row.TakeText(13);
  sealed.id_number = row.TakeText(14);
  sealed.phone = row.TakeText(15);
  sealed.residence = row.TakeText(16);
  if (absl::Status opened = seal_.Open(record.id, sealed, record.person); !opened.ok()) return opened;
  return record;
}

absl::StatusOr<std::vector<VolunteerRecord>> VolunteersStore::ReadAll(absl::StatusOr<db::Rows> rows) const {
  if (!rows.ok()) return rows.status();
  std::vector<VolunteerRecord> records;
  records.reserve(rows->size());
  for (db::Row& row : *rows) {
    auto record = Read(row);
    if (!record.ok()) return record.status();
    records.push_back(*std::move(record));
  }
  return records;
}

}  // namespace wenming::volunteer
