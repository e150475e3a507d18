// Issues certificates over what the ledger holds, one or many in a transaction.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "common/auth/directory.h"
#include "common/db/session.h"
#include "common/rpc/call.h"
#include "volunteer_svc/certificates/certificate_issuers_store.h"
#include "volunteer_svc/certificates/certificate_keys.h"
#include "volunteer_svc/certificates/certificates_store.h"
#include "volunteer_svc/dependencies.h"
#include "volunteer_svc/hours/hours_rules.h"
#include "volunteer_svc/volunteers/volunteers_store.h"

namespace wenming::volunteer {

// Thread-safe. Whoever issues many prepares all of them, in the order of the volunteers' ids, before the first is
// stored: locks are taken in one order by everybody, people and accounts before serial numbers.
class CertificateIssuing {
 public:
  CertificateIssuing(const Dependencies& with, CertificateKeys keys)
      : with_(with),
        keys_(std::move(keys)),
        store_(with.cipher),
        volunteers_(PersonSeal(with.cipher, with.blind_index)) {}

  // What is the same for all certificates of a center.
  struct Center {
    auth::DirectoryUnit unit;
    CertificateIssuer issuer;
    std::vector<StarLevel> levels;
  };
  absl::StatusOr<Center> ReadCenter(db::Session& session, const rpc::Call& call) const;

  // A certificate about what is known of the volunteer now, who stays locked with his account until the transaction
  // ends; all but its numbers. NOT_FOUND, INVALID_ARGUMENT for the period, FAILED_PRECONDITION with
  // REASON_NOTHING_TO_CERTIFY or REASON_PERSON_ERASED.
  absl::StatusOr<CertificateRecord> Prepare(db::Transaction& transaction, const rpc::Call& call, const Center& center,
                                            const v1::CreateCertificateRequest& request, uint64_t volunteer_id) const;

  // Numbers, signs and stores it.
  absl::Status Issue(db::Transaction& transaction, const rpc::Call& call, const Center& center,
                     CertificateRecord& record) const;

 private:
  const Dependencies with_;
  const CertificateKeys keys_;
  const CertificatesStore store_;
  const VolunteersStore volunteers_;
};

}  // namespace wenming::volunteer
