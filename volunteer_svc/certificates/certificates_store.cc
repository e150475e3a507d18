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
    " minutes, star, activities, ledger_sequence, ledger_hash, issuer_unit_id, issuer_name, issued_by, issue_time,"
    " state, display_name_sealed, id_number_sealed, code_sealed, code_hash, batch_id, revoke_reason, revoked_by,"
    " revoke_time) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '', '', NULL)";
constexpr char kInsertStatement[] =
    "INSERT INTO certificate_statements (center_id, certificate_id, volunteer_id, statement_sealed)"
    " VALUES (?, ?, ?, ?)";
constexpr char kFindStatement[] =
    "SELECT statement_sealed FROM certificate_statements WHERE center_id = ? AND certificate_id = ?";
constexpr char kSelect[] =
    "SELECT center_id, id, volunteer_id, serial, volunteer_number, id_type, start_date, end_date, minutes, star,"
    " activities, ledger_sequence, ledger_hash, issuer_unit_id, issuer_name, issued_by, issue_time, state,"
    " display_name_sealed, id_number_sealed, code_sealed, batch_id FROM certificates WHERE ";
// Each of these follows kSelect.
constexpr char kById[] = "center_id = ? AND id = ?";
constexpr char kByCode[] = "center_id = ? AND code_hash = ?";
constexpr char kOfVolunteer[] = "center_id = ? AND volunteer_id = ? AND id < ? ORDER BY id DESC LIMIT ?";
constexpr char kOfBatch[] = "center_id = ? AND batch_id = ? ORDER BY id";
constexpr char kRevoke[] =
    "UPDATE certificates SET state = ?, revoke_reason = ?, revoked_by = ?, revoke_time = ?"
    " WHERE center_id = ? AND id = ? AND state = ?";

constexpr char kForget[] =
    "UPDATE certificates SET display_name_sealed = '', id_type = 0, id_number_sealed = '', revoke_reason = ''"
    " WHERE center_id = ? AND volunteer_id = ?";
constexpr char kForgetStatements[] = "DELETE FROM certificate_statements WHERE center_id = ? AND volunteer_id = ?";

// Of the times that are credited now, so that nothing counts that was taken back. 4: GRADE_D.
constexpr char kServices[] =
    "SELECT e.activity_title, e.content, CAST(SUM(e.minutes) AS SIGNED) AS given,"
    " CAST(SUM(CASE WHEN e.grade = 4 THEN e.minutes ELSE 0 END) AS SIGNED), MIN(e.start_time), MAX(e.start_time)"
    " FROM credited_times t JOIN hour_entries e"
    " ON e.center_id = t.center_id AND e.volunteer_id = t.volunteer_id AND e.sequence = t.sequence"
    " WHERE t.center_id = ? AND t.volunteer_id = ? AND t.start_time >= ? AND t.start_time < ?"
    " GROUP BY e.activity_title, e.content ORDER BY given DESC, e.activity_title, e.content";

std::string PlaceOf(uint64_t id, std::string_view field) { return SealPlace("certificates", id, field); }

}  // namespace

absl::Status CertificatesStore::Insert(db::Transaction& transaction, const CertificateRecord& record,
                                       std::string_view statement) const {
  const auto name = cipher_.Seal(record.display_name, PlaceOf(record.id, "display_name"));
  if (!name.ok()) return name.status();
  const auto id_number = cipher_.Seal(record.id_number, PlaceOf(record.id, "id_number"));
  if (!id_number.ok()) return id_number.status();
  const auto code = cipher_.Seal(record.code, PlaceOf(record.id, "code"));
  if (!code.ok()) return code.status();
  const auto sealed = cipher_.Seal(statement, PlaceOf(record.id, "statement"));
  if (!sealed.ok()) return sealed.status();
  const auto inserted = transaction.Execute(kInsert, {record.center_id,
                                                      record.id,
                                                      record.volunteer_id,
                                                      record.serial,
                                                      record.volunteer_number,
                                                      record.id_type,
                                                      record.start_date,
                                                      record.end_date,
                                                      record.minutes,
                                                      record.star,
                                                      record.details.SerializeAsString(),
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
                                                      crypto::Sha256(record.code),
                                                      record.batch_id});
  if (!inserted.ok()) return inserted.status();
  return transaction.Execute(kInsertStatement, {record.center_id, record.id, record.volunteer_id, *sealed}).status();
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
  return ReadAll(session.Query(absl::StrCat(kSelect, kOfVolunteer), {center_id, volunteer_id, before, limit}));
}

absl::StatusOr<std::vector<CertificateRecord>> CertificatesStore::ListBatch(db::Session& session, uint64_t center_id,
                                                                            uint64_t batch_id) const {
  return ReadAll(session.Query(absl::StrCat(kSelect, kOfBatch), {center_id, batch_id}));
}

absl::StatusOr<std::optional<std::string>> CertificatesStore::FindStatement(db::Session& session, uint64_t center_id,
                                                                            uint64_t id) const {
  const auto row = session.QueryOne(kFindStatement, {center_id, id});
  if (!row.ok()) return row.status();
  if (!row->has_value()) return std::optional<std::string>();
  auto opened = cipher_.Open((*row)->Text(0), PlaceOf(id, "statement"));
  if (!opened.ok()) return opened.status();
  return std::optional<std::string>(*std::move(opened));
}

absl::StatusOr<std::vector<ServiceSum>> CertificatesStore::Services(db::Session& session, uint64_t center_id,
                                                                    uint64_t volunteer_id, absl::Time from,
                                                                    absl::Time until) {
  auto rows = session.Query(kServices, {center_id, volunteer_id, from, until});
  if (!rows.ok()) return rows.status();
  std::vector<ServiceSum> services;
  for (db::Row& row : *rows) {
    services.push_back({.title = row.TakeText(0),
                        .content = row.TakeText(1),
                        .minutes = row.Int(2),
                        .supplement_minutes = row.Int(3),
                        .first_start = row.Time(4),
                        .last_start = row.Time(5)});
  }
  return services;
}

absl::StatusOr<bool> CertificatesStore::Revoke(db::Transaction& transaction, uint64_t center_id, uint64_t id,
                                               const Revocation& revocation) {
  const auto revoked =
      transaction.Execute(kRevoke, {v1::Certificate::STATE_REVOKED, revocation.reason, revocation.actor,
                                    revocation.time, center_id, id, v1::Certificate::STATE_ISSUED});
  if (!revoked.ok()) return revoked.status();
  return *revoked == 1;
}

absl::Status CertificatesStore::ForgetPerson(db::Transaction& transaction, uint64_t center_id, uint64_t volunteer_id) {
  const auto forgotten = transaction.Execute(kForget, {center_id, volunteer_id});
  if (!forgotten.ok()) return forgotten.status();
  return transaction.Execute(kForgetStatements, {center_id, volunteer_id}).status();
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
  if (!record.details.ParseFromString(row.Text(10))) return absl::DataLossError("the details of a certificate");
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
    if (row.Text(18 + i).empty()) continue;  // the person has been forgotten
    auto opened = cipher_.Open(row.Text(18 + i), PlaceOf(record.id, sealed[i].first));
    if (!opened.ok()) return opened.status();
    *sealed[i].second = *std::move(opened);
  }
  record.batch_id = row.Id(21);
  return record;
}

absl::StatusOr<std::vector<CertificateRecord>> CertificatesStore::ReadAll(absl::StatusOr<db::Rows> rows) const {
  if (!rows.ok()) return rows.status();
  std::vector<CertificateRecord> records;
  for (db::Row& row : *rows) {
    auto record = Read(row);
    if (!record.ok()) return record.status();
    records.push_back(*std::move(record));
  }
  return records;
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
