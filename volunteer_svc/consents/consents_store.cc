#include "volunteer_svc/consents/consents_store.h"

#include <limits>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/db/errors.h"
#include "common/errors/errors.h"

namespace wenming::volunteer {
namespace {

constexpr char kSelectDocument[] =
    "SELECT center_id, id, kind, version, title, text, publish_time, publisher FROM consent_documents WHERE ";
// This follows kSelectDocument.
constexpr char kVersion[] = "center_id = ? AND kind = ? AND version = ?";
constexpr char kNewest[] =
    "SELECT center_id, kind, MAX(version) FROM consent_documents WHERE center_id IN (0, ?) GROUP BY center_id, kind"
    " ORDER BY center_id, kind";
constexpr char kNewestOfKind[] =
    "SELECT COALESCE(MAX(version), 0) FROM consent_documents WHERE center_id IN (0, ?) AND kind = ?";
constexpr char kInsertDocument[] =
    "INSERT INTO consent_documents (center_id, id, kind, version, title, text, publish_time, publisher)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?)";
constexpr char kInsert[] =
    "INSERT INTO consents (center_id, volunteer_id, id, document_id, kind, version, text_hash, by_guardian, channel,"
    " recorder, give_time, withdraw_time) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL)";
constexpr char kSelect[] =
    "SELECT center_id, volunteer_id, id, document_id, kind, version, text_hash, by_guardian, channel, recorder,"
    " give_time, withdraw_time FROM consents WHERE center_id = ? AND volunteer_id = ? AND ";
// Each of these follows kSelect.
constexpr char kList[] = "id < ? ORDER BY id DESC LIMIT ?";
constexpr char kStandingFor[] = "document_id = ? AND withdraw_time IS NULL ORDER BY id LIMIT 1";
constexpr char kStanding[] =
    "SELECT DISTINCT kind FROM consents WHERE center_id = ? AND volunteer_id = ? AND withdraw_time IS NULL";
constexpr char kWithdraw[] =
    "UPDATE consents SET withdraw_time = ? WHERE center_id = ? AND volunteer_id = ? AND kind = ?"
    " AND withdraw_time IS NULL";
constexpr char kWithdrawAll[] =
    "UPDATE consents SET withdraw_time = ? WHERE center_id = ? AND volunteer_id = ? AND withdraw_time IS NULL";

ConsentDocumentRecord ReadDocument(db::Row& row) {
  ConsentDocumentRecord document;
  document.center_id = row.Id(0);
  document.id = row.Id(1);
  document.kind = row.Enum<ConsentKind>(2);
  document.version = static_cast<int>(row.Int(3));
  document.title = row.TakeText(4);
  document.text = row.TakeText(5);
  document.publish_time = row.Time(6);
  document.publisher = row.TakeText(7);
  return document;
}

ConsentRecord ReadConsent(db::Row& row) {
  ConsentRecord consent;
  consent.center_id = row.Id(0);
  consent.volunteer_id = row.Id(1);
  consent.id = row.Id(2);
  consent.document_id = row.Id(3);
  consent.kind = row.Enum<ConsentKind>(4);
  consent.version = static_cast<int>(row.Int(5));
  consent.text_hash = row.TakeText(6);
  consent.by_guardian = row.Bool(7);
  consent.channel = row.Enum<v1::Consent::Channel>(8);
  consent.recorder = row.TakeText(9);
  consent.give_time = row.Time(10);
  consent.withdraw_time = row.OptionalTime(11).value_or(absl::InfiniteFuture());
  return consent;
}

}  // namespace

absl::StatusOr<std::vector<ConsentDocumentRecord>> ConsentsStore::CurrentDocuments(db::Session& session,
                                                                                   uint64_t center_id) {
  const auto newest = session.Query(kNewest, {center_id});
  if (!newest.ok()) return newest.status();
  std::map<int64_t, const db::Row*> by_kind;  // a center's own comes after the default and replaces it
  for (const db::Row& row : *newest) by_kind[row.Int(1)] = &row;
  std::vector<ConsentDocumentRecord> documents;
  for (const auto& [kind, newest_of_kind] : by_kind) {
    auto row = session.QueryOne(absl::StrCat(kSelectDocument, kVersion),
                                {newest_of_kind->Id(0), kind, newest_of_kind->Int(2)});
    if (!row.ok()) return row.status();
    if (row->has_value()) documents.push_back(ReadDocument(**row));
  }
  return documents;
}

absl::Status ConsentsStore::Publish(db::Transaction& transaction, ConsentDocumentRecord& document) {
  const auto newest = transaction.QueryOne(kNewestOfKind, {document.center_id, document.kind});
  if (!newest.ok()) return newest.status();
  document.version = static_cast<int>((*newest)->Int(0)) + 1;
  const auto inserted =
      transaction.Execute(kInsertDocument, {document.center_id, document.id, document.kind, document.version,
                                            document.title, document.text, document.publish_time, document.publisher});
  if (db::IsDuplicateKey(inserted.status(), "by_version")) return errors::Aborted(type::REASON_CONFLICT);
  return inserted.status();
}

absl::Status ConsentsStore::Insert(db::Transaction& transaction, const ConsentRecord& consent) {
  return transaction
      .Execute(kInsert,
               {consent.center_id, consent.volunteer_id, consent.id, consent.document_id, consent.kind, consent.version,
                consent.text_hash, consent.by_guardian, consent.channel, consent.recorder, consent.give_time})
      .status();
}

absl::StatusOr<std::vector<ConsentRecord>> ConsentsStore::List(db::Session& session, uint64_t center_id,
                                                               uint64_t volunteer_id, uint64_t before, int limit) {
  if (before == 0) before = std::numeric_limits<uint64_t>::max();
  auto rows = session.Query(absl::StrCat(kSelect, kList), {center_id, volunteer_id, before, limit});
  if (!rows.ok()) return rows.status();
  std::vector<ConsentRecord> consents;
  for (db::Row& row : *rows) consents.push_back(ReadConsent(row));
  return consents;
}

absl::StatusOr<std::optional<ConsentRecord>> ConsentsStore::FindStanding(db::Session& session, uint64_t center_id,
                                                                         uint64_t volunteer_id, uint64_t document_id) {
  auto row = session.QueryOne(absl::StrCat(kSelect, kStandingFor), {center_id, volunteer_id, document_id});
  if (!row.ok()) return row.status();
  if (!row->has_value()) return std::optional<ConsentRecord>();
  return std::optional<ConsentRecord>(ReadConsent(**row));
}

absl::StatusOr<std::set<ConsentKind>> ConsentsStore::Standing(db::Session& session, uint64_t center_id,
                                                              uint64_t volunteer_id) {
  const auto rows = session.Query(kStanding, {center_id, volunteer_id});
  if (!rows.ok()) return rows.status();
  std::set<ConsentKind> kinds;
  for (const db::Row& row : *rows) kinds.insert(row.Enum<ConsentKind>(0));
  return kinds;
}

absl::StatusOr<int64_t> ConsentsStore::Withdraw(db::Transaction& transaction, uint64_t center_id, uint64_t volunteer_id,
                                                ConsentKind kind, absl::Time now) {
  return transaction.Execute(kWithdraw, {now, center_id, volunteer_id, kind});
}

absl::StatusOr<int64_t> ConsentsStore::WithdrawAll(db::Transaction& transaction, uint64_t center_id,
                                                   uint64_t volunteer_id, absl::Time now) {
  return transaction.Execute(kWithdrawAll, {now, center_id, volunteer_id});
}

}  // namespace wenming::volunteer
