// The table of back ends.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/db/session.h"
#include "wenming/org/v1/clients.pb.h"
#include "wenming/org/v1/events.pb.h"

namespace wenming::org {

struct ClientRecord {
  uint64_t center_id = 0;
  uint64_t id = 0;
  uint64_t unit_id = 0;
  std::string display_name;
  std::vector<std::string> roles;  // sorted
  std::string certificate;
  std::string secret_hash;
  v1::Client::State state = v1::Client::STATE_ACTIVE;
  int64_t version = 1;
  absl::Time create_time;
};

v1::Client ToClient(const ClientRecord& record);
// As the directory knows it: like staff, but no person.
v1::StaffChanged ToEvent(const ClientRecord& record);

// Nothing where there is none. LockClient holds the row until the transaction ends.
absl::StatusOr<std::optional<ClientRecord>> FindClient(db::Session& session, uint64_t id);
absl::StatusOr<std::optional<ClientRecord>> LockClient(db::Transaction& transaction, uint64_t id);

// The clients of a center after an id, in the order of their ids.
absl::StatusOr<std::vector<ClientRecord>> ListClients(db::Session& session, uint64_t center_id, uint64_t after,
                                                      int limit);

absl::Status InsertClient(db::Transaction& transaction, const ClientRecord& record);
// Writes certificate, secret, state and version over the row's; the caller holds it.
absl::Status UpdateClient(db::Transaction& transaction, const ClientRecord& record, absl::Time now);

}  // namespace wenming::org
