// What logging in leaves behind of a volunteer: sessions and WeChat accounts.
#pragma once

#include "common/crypto/blind_index.h"
#include "common/crypto/data_cipher.h"
#include "common/sessions/sessions.h"
#include "volunteer_svc/auth/identities_store.h"
#include "volunteer_svc/rights/person_traces.h"

namespace wenming::volunteer {

// How the sessions of volunteers are kept; `development` makes the access tokens last for a day's work.
sessions::Sessions VolunteerSessions(ids::Generator& ids, const auth::TokenSigner& signer, bool development);

// Thread-safe.
class LogInTraces : public PersonTraces {
 public:
  // References must outlive this.
  LogInTraces(const sessions::Sessions& sessions, const crypto::DataCipher& cipher, const crypto::BlindIndex& index)
      : sessions_(sessions), identities_(cipher, index) {}

  absl::Status EndAccess(db::Transaction& transaction, uint64_t center_id, uint64_t volunteer_id,
                         absl::Time now) const override;
  absl::Status Forget(db::Transaction& transaction, uint64_t center_id, uint64_t volunteer_id) const override;
  absl::Status Export(db::Session& session, uint64_t center_id, uint64_t volunteer_id, absl::Time now,
                      v1::ExportVolunteerResponse& response) const override;

 private:
  const sessions::Sessions& sessions_;
  const IdentitiesStore identities_;
};

}  // namespace wenming::volunteer
