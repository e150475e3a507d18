#include "volunteer_svc/certificates/certificates_store.h"

#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/crypto/digest.h"
#include "volunteer_svc/volunteers/sealed_person.h"

namespace wenming::volunteer {
namespace {

constexpr char kInsert[] =
    "INSERT INTO certificates (center_id, id, volunteer_id, serial, volunteer_number, id_type, start_date, end_date,"
    " minutes, star, activities, ledger_sequence, ledger_hash, issuer_unit_id, issuer_name, issued_by, issue_time, "
    "state,"
    " display_name_sealed, id_number_sealed, code_sealed, code_hash, revoke_reason, revoked_by, revoke_time)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '', '', NULL)";
constexpr char kSelect[] =
    "SELECT center_id, id, volunteer_id, serial, volunteer_number, id_type, start_date, end_date, minutes, star,"
    " activities, ledger_sequence, ledger_hash, issuer_unit_id, issuer_name, issued_by, issue_time, state,"
    " display_name_sealed, id_number_sealed, code_sealed FROM certificates WHERE ";
// Each of these follows kSelect.
constexpr char kById[] = "center_id = ? AND id = ?";
constexpr char kByCode[] = "center_id = ? AND code_hash = ?";
constexpr char kOfVolunteer[] = "center_id = ? AND volunteer_id = ? AND id < ? ORDER BY id DESC LIMIT ?";
constexpr char kRevoke[] =
    "UPDATE certificates SET state = ?, revoke_reason = ?, revoked_by = ?, revoke_time = ?"
    " WHERE center_id = ? AND id = ? AND state = ?";

std::string ActivitiesColumn(const std::vector<TitleMinutes>& activities) {
  v1::Certificate snapshot;
  for (const TitleMinutes& activity : activities) {
    v1::CertifiedActivity& certified = *snapshot.add_activities();
    certified.set_title(activity.title);
    certified.set_minutes(activity.minutes);
  }
  return snapshot.SerializeAsString();
}

std::string PlaceOf(uint64_t id, std::string_view field) { return SealPlace("certificates", id, field); }

}  // namespace

absl::Status CertificatesStore::Insert(db::Transaction& transaction, const CertificateRecord& record) const {
  const auto name = cipher_.Seal(record.display_name, PlaceOf(record.id, "display_name"));
  if (!name.ok()) return name.status();
  const auto id_number = cipher_.Seal(record.id_number, PlaceOf(record.id, "id_number"));
  if (!id_number.ok()) return id_number.status();
  const auto code = cipher_.Seal(record.code, PlaceOf(record.id, "code"));
  if (!code.ok()) return code.status();
  return transaction
      .Execute(kInsert, {record.center_id,
                         record.id,
                         record.volunteer_id,
                         record.serial,
                         record.volunteer_number,
                         record.id_type,
                         record.start_date,
                         record.end_date,
                         record.minutes,
                         record.star,
                         ActivitiesColumn(record.activities),
                         record.ledger_sequence,
                         record.ledger_hash,
                         record.issuer_unit_id,
                         record.issuer_name,
                         record.issued_by,
                         record.issue_time,
                         record.state,
                         *name,
                         *id_number,
                         *code,
                         crypto::Sha256(record.code)})
      .status();
}

absl::StatusOr<std::optional<CertificateRecord>> CertificatesStore::Find(db::Session& session, uint64_t center_id,
                                                                         uint64_t id) const {
  return ReadOne(session.QueryOne(absl::StrCat(kSelect, kById), {center_id, id}));
}

absl::StatusOr<std::optional<CertificateRecord>> CertificatesStore::FindByCode(db::Session& session, uint64_t center_id,
                                                                               std::string_view code) const {
  return ReadOne(session.QueryOne(absl::StrCat(kSelect, kByCode), {center_id, crypto::Sha256(code)}));
}

absl::StatusOr<std::vector<CertificateRecord>> CertificatesStore::List(db::Session& session, uint64_t center_id,
                                                                       uint64_t volunteer_id, uint64_t before,
                                                                       int limit) const {
  if (before == 0) before = std::numeric_limits<uint64_t>::max();
  auto rows = session.Query(absl::StrCat(kSelect, kOfVolunteer), {center_id, volunteer_id, before, limit});
  if (!rows.ok()) return rows.status();
  std::vector<CertificateRecord> records;
  for (db::Row& row : *rows) {
    auto record = Read(row);
    if (!record.ok()) return record.status();
    records.push_back(*std::move(record));
  }
  return records;
}

absl::StatusOr<bool> CertificatesStore::Revoke(db::Transaction& transaction, uint64_t center_id, uint64_t id,
                                               const Revocation& revocation) {
  const auto revoked =
      transaction.Execute(kRevoke, {v1::Certificate::STATE_REVOKED, revocation.reason, revocation.actor,
                                    revocation.time, center_id, id, v1::Certificate::STATE_ISSUED});
  if (!revoked.ok()) return revoked.status();
  return *revoked == 1;
}

absl::StatusOr<CertificateRecord> CertificatesStore::Read(db::Row& row) const {
  CertificateRecord record;
  record.center_id = row.Id(0);
  record.id = row.Id(1);
  record.volunteer_id = row.Id(2);
  record.serial = row.TakeText(3);
  record.volunteer_number = row.TakeText(4);
  record.id_type = static_cast<int>(row.Int(5));
  record.start_date = row.Day(6);
  record.end_date = row.Day(7);
  record.minutes = row.Int(8);
  record.star = static_cast<int>(row.Int(9));
  v1::Certificate snapshot;
  if (!snapshot.ParseFromString(row.Text(10))) return absl::DataLossError("the activities of a certificate");
  for (const auto& activity : snapshot.activities())
    record.activities.push_back({activity.title(), activity.minutes()});
  record.ledger_sequence = row.Int(11);
  record.ledger_hash = row.TakeText(12);
  record.issuer_unit_id = row.Id(13);
  record.issuer_name = row.TakeText(14);
  record.issued_by = row.TakeText(15);
  record.issue_time = row.Time(16);
  record.state = row.Enum<v1::Certificate::State>(17);
  const std::pair<const char*, std::string*> sealed[] = {
      {"display_name", &record.display_name}, {"id_number", &record.id_number}, {"code", &record.code}};
  for (size_t i = 0; i < std::size(sealed); ++i) {
    auto opened = cipher_.Open(row.Text(18 + i), PlaceOf(record.id, sealed[i].first));
    if (!opened.ok()) return opened.status();
    *sealed[i].second = *std::move(opened);
  }
  return record;
}

absl::StatusOr<std::optional<CertificateRecord>> CertificatesStore::ReadOne(
    absl::StatusOr<std::optional<db::Row>> row) const {
  if (!row.ok()) return row.status();
  if (!row->has_value()) return std::optional<CertificateRecord>();
  auto record = Read(**row);
  if (!record.ok()) return record.status();
  return std::optional<CertificateRecord>(*std::move(record));
}

}  // namespace wenming::volunteer
