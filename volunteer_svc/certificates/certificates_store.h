// The table `certificates`.
#pragma once

#include <cstdint>
#include <optional>
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

  absl::Status Insert(db::Transaction& transaction, const CertificateRecord& record) const;

  absl::StatusOr<std::optional<CertificateRecord>> Find(db::Session& session, uint64_t center_id, uint64_t id) const;
  // By the code of the public link; the code itself is not stored in clear.
  absl::StatusOr<std::optional<CertificateRecord>> FindByCode(db::Session& session, uint64_t center_id,
                                                              std::string_view code) const;
  // Up to `limit` certificates of a volunteer with ids below `before` (0: from the newest on), newest first.
  absl::StatusOr<std::vector<CertificateRecord>> List(db::Session& session, uint64_t center_id, uint64_t volunteer_id,
                                                      uint64_t before, int limit) const;

  // False where it is not issued any more.
  static absl::StatusOr<bool> Revoke(db::Transaction& transaction, uint64_t center_id, uint64_t id,
                                     const Revocation& revocation);

 private:
  absl::StatusOr<CertificateRecord> Read(db::Row& row) const;
  absl::StatusOr<std::optional<CertificateRecord>> ReadOne(absl::StatusOr<std::optional<db::Row>> row) const;

  const crypto::DataCipher& cipher_;
};

}  // namespace wenming::volunteer
