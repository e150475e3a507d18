// The tables `consent_documents` and `consents`. Documents are inserted and read; of a consent only its withdrawal is
// ever added.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/db/session.h"
#include "volunteer_svc/consents/consents_rules.h"

namespace wenming::volunteer {

// Functions on the caller's session.
struct ConsentsStore {
  // The newest document of each kind, the center's own before the default, in the order of kinds.
  static absl::StatusOr<std::vector<ConsentDocumentRecord>> CurrentDocuments(db::Session& session, uint64_t center_id);
  // The next version of its kind in its center, which is written into the record. ABORTED with REASON_CONFLICT where
  // somebody else publishes at the same time.
  static absl::Status Publish(db::Transaction& transaction, ConsentDocumentRecord& document);

  static absl::Status Insert(db::Transaction& transaction, const ConsentRecord& consent);
  // The consents of a volunteer with ids below `before` (0: from the newest on), the newest first.
  static absl::StatusOr<std::vector<ConsentRecord>> List(db::Session& session, uint64_t center_id,
                                                         uint64_t volunteer_id, uint64_t before, int limit);
  // The volunteer's consent to a document that has not been withdrawn.
  static absl::StatusOr<std::optional<ConsentRecord>> FindStanding(db::Session& session, uint64_t center_id,
                                                                   uint64_t volunteer_id, uint64_t document_id);
  // The kinds that somebody has agreed to, in whatever version, and not withdrawn.
  static absl::StatusOr<std::set<ConsentKind>> Standing(db::Session& session, uint64_t center_id,
                                                        uint64_t volunteer_id);
  // Says how many consents of the kind stood until now.
  static absl::StatusOr<int64_t> Withdraw(db::Transaction& transaction, uint64_t center_id, uint64_t volunteer_id,
                                          ConsentKind kind, absl::Time now);
  static absl::StatusOr<int64_t> WithdrawAll(db::Transaction& transaction, uint64_t center_id, uint64_t volunteer_id,
                                             absl::Time now);
};

}  // namespace wenming::volunteer
