// The table `certificate_issuers`.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/db/session.h"

namespace wenming::volunteer {

// What a center's certificates say about who issues them.
struct CertificateIssuer {
  std::string responsible_person;
  std::string handler;
  std::string contact;
  int64_t version = 0;  // 0: nothing was ever said
};

absl::StatusOr<CertificateIssuer> LoadIssuer(db::Session& session, uint64_t center_id);
// Stores it as the version after issuer.version. ABORTED with REASON_ETAG_MISMATCH where another was stored meanwhile.
absl::Status SaveIssuer(db::Transaction& transaction, uint64_t center_id, const CertificateIssuer& issuer,
                        absl::Time now);

}  // namespace wenming::volunteer
