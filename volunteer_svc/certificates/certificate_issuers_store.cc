#include "volunteer_svc/certificates/certificate_issuers_store.h"

#include "common/db/errors.h"
#include "common/errors/errors.h"

namespace wenming::volunteer {
namespace {

constexpr char kLoad[] =
    "SELECT responsible_person, handler, contact, version FROM certificate_issuers WHERE center_id = ?";
constexpr char kInsert[] =
    "INSERT INTO certificate_issuers (responsible_person, handler, contact, version, update_time, center_id)"
    " VALUES (?, ?, ?, ?, ?, ?)";
constexpr char kUpdate[] =
    "UPDATE certificate_issuers SET responsible_person = ?, handler = ?, contact = ?, version = ?, update_time = ?"
    " WHERE center_id = ? AND version = ?";

}  // namespace

absl::StatusOr<CertificateIssuer> LoadIssuer(db::Session& session, uint64_t center_id) {
  auto row = session.QueryOne(kLoad, {center_id});
  if (!row.ok()) return row.status();
  if (!row->has_value()) return CertificateIssuer();
  db::Row& r = **row;
  return CertificateIssuer{
      .responsible_person = r.TakeText(0), .handler = r.TakeText(1), .contact = r.TakeText(2), .version = r.Int(3)};
}

absl::Status SaveIssuer(db::Transaction& transaction, uint64_t center_id, const CertificateIssuer& issuer,
                        absl::Time now) {
  if (issuer.version == 0) {
    const absl::Status inserted =
        transaction.Execute(kInsert, {issuer.responsible_person, issuer.handler, issuer.contact, 1, now, center_id})
            .status();
    return db::IsDuplicateKey(inserted) ? errors::Aborted(type::REASON_ETAG_MISMATCH) : inserted;
  }
  const auto updated = transaction.Execute(kUpdate, {issuer.responsible_person, issuer.handler, issuer.contact,
                                                     issuer.version + 1, now, center_id, issuer.version});
  if (!updated.ok()) return updated.status();
  return *updated == 1 ? absl::OkStatus() : errors::Aborted(type::REASON_ETAG_MISMATCH);
}

}  // namespace wenming::volunteer
