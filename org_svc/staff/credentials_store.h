// What a log-in is checked against, in the database.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/db/session.h"
#include "common/ids/ids.h"
#include "org_svc/staff/staff_record.h"

namespace wenming::org {

struct Credentials {
  uint64_t center_id = 0;
  uint64_t id = 0;
  std::string password_hash;
  bool must_change = false;
  std::string totp_secret;  // sealed; empty for none
  bool totp_enrolled = false;
  v1::StaffMember::State state = v1::StaffMember::STATE_UNSPECIFIED;
};

// How many of the last passwords must not come back.
inline constexpr int kPasswordsKept = 5;

absl::StatusOr<std::optional<Credentials>> FindCredentials(db::Session& session, std::string_view username);
// The same as it is now, locked until the end of the transaction; nothing where it is gone.
absl::StatusOr<std::optional<Credentials>> LoadCredentials(db::Transaction& transaction, const Credentials& seen);

// Keeps the same password at another cost; nothing where it has changed since.
absl::Status ReplaceHash(db::Session& session, const Credentials& credentials, std::string_view hash);
// Sets another password, and keeps it among the last ones.
absl::Status SetPassword(db::Transaction& transaction, ids::Generator& ids, uint64_t center_id, uint64_t id,
                         std::string_view hash, bool must_change);
// Keeps the hash of a password that was set among the last ones.
absl::Status KeepPassword(db::Transaction& transaction, ids::Generator& ids, uint64_t center_id, uint64_t id,
                          std::string_view hash);
// The hashes of the last passwords, that of now among them.
absl::StatusOr<std::vector<std::string>> LastPasswords(db::Session& session, const Credentials& credentials);

// Sets a secret that no code has proved yet; empty removes the second factor.
absl::Status SetTotpSecret(db::Session& session, uint64_t center_id, uint64_t id, std::string_view sealed);
// Uses the code of a step up, which also confirms the secret. False where it, or a later one, was used already.
absl::StatusOr<bool> UseTotpStep(db::Session& session, const Credentials& credentials, int64_t step);

}  // namespace wenming::org
