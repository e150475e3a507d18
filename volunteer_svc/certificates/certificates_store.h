// The tables `certificates` and `certificate_statements`.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/crypto/data_cipher.h"
#include "common/db/session.h"
#include "volunteer_svc/certificates/certificates_rules.h"

namespace wenming::volunteer {

// Who takes a certificate back, and why.
struct Revocation {
  std::string_view reason;
  std::string_view actor;  // "staff/…"
  absl::Time time;
};

// Thread-safe; sessions are the caller's.
class CertificatesStore {
 public:
  explicit CertificatesStore(const crypto::DataCipher& cipher) : cipher_(cipher) {}

  // The certificate with its signed statement.
  absl::Status Insert(db::Transaction& transaction, const CertificateRecord& record, std::string_view statement) const;

  absl::StatusOr<std::optional<CertificateRecord>> Find(db::Session& session, uint64_t center_id, uint64_t id) const;
  // By the code of the public link; the code itself is not stored in clear.
  absl::StatusOr<std::optional<CertificateRecord>> FindByCode(db::Session& session, uint64_t center_id,
                                                              std::string_view code) const;
  // Up to `limit` certificates of a volunteer with ids below `before` (0: from the newest on), newest first.
  absl::StatusOr<std::vector<CertificateRecord>> List(db::Session& session, uint64_t center_id, uint64_t volunteer_id,
                                                      uint64_t before, int limit) const;

  // Those of a batch, oldest first.
  absl::StatusOr<std::vector<CertificateRecord>> ListBatch(db::Session& session, uint64_t center_id,
                                                           uint64_t batch_id) const;

  // None of a certificate from before there were statements, or whose person has been forgotten.
  absl::StatusOr<std::optional<std::string>> FindStatement(db::Session& session, uint64_t center_id, uint64_t id) const;

  // What the ledger has for the services that begin in [from, until), by title and content, most minutes first, without
  // what was taken back.
  static absl::StatusOr<std::vector<ServiceSum>> Services(db::Session& session, uint64_t center_id,
                                                          uint64_t volunteer_id, absl::Time from, absl::Time until);

  // False where it is not issued any more.
  static absl::StatusOr<bool> Revoke(db::Transaction& transaction, uint64_t center_id, uint64_t id,
                                     const Revocation& revocation);
  // Takes name, ID, the signed statements and the words of a revocation out of all certificates of a volunteer; the
  // hours stay.
  static absl::Status ForgetPerson(db::Transaction& transaction, uint64_t center_id, uint64_t volunteer_id);

 private:
  absl::StatusOr<CertificateRecord> Read(db::Row& row) const;
  absl::StatusOr<std::vector<CertificateRecord>> ReadAll(absl::StatusOr<db::Rows> rows) const;
  absl::StatusOr<std::optional<CertificateRecord>> ReadOne(absl::StatusOr<std::optional<db::Row>> row) const;

  const crypto::DataCipher& cipher_;
};

}  // namespace wenming::volunteer
