// Log-ins that last: short access tokens, renewed by refresh tokens that are good once, and ended everywhere at once.
//
// A service that lets people log in (org_svc its staff, volunteer_svc its volunteers) keeps its sessions in the tables
// of common/db/schema/0003_sessions.sql. A refresh token is opaque (256 random bits beside the session it names),
// stored as its SHA-256 only, and replaced at each use; one that is used a second time ends its session, as somebody
// else has it (RFC 9700 section 4.14). What has ended is told to every process by RevocationsService (see
// revocations.h).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/auth/caller.h"
#include "common/auth/token_signer.h"
#include "common/crypto/random.h"
#include "common/db/pool.h"
#include "common/db/session.h"
#include "common/ids/ids.h"
#include "wenming/sessions/v1/sessions.pb.h"

namespace wenming::sessions {

struct Lifetimes {
  absl::Duration access;   // of an access token
  absl::Duration idle;     // how long a session may go without a refresh
  absl::Duration longest;  // after this one logs in again whatever happens
};

// From where, and with what, somebody logs in.
struct Origin {
  std::string address;
  std::string device;  // as the client calls itself; at most 100 characters are kept
  v1::Session::Proof proof = v1::Session::PROOF_UNSPECIFIED;
};

// What a refresh came to. A refusal may have ended the session, so its transaction must be committed all the same.
struct Refreshed {
  absl::Status refusal;  // UNAUTHENTICATED with REASON_REFRESH_TOKEN_INVALID, …_EXPIRED or …_REUSED
  v1::Tokens tokens;     // where there is none
  auth::Caller caller;   // whose session it is; anonymous where the token is unknown
};

// Thread-safe. Times are those of the server's clock (rpc::Call::arrival), as tokens are.
class Sessions {
 public:
  // `collection`: of the sessions' names, "staffSessions"; `accounts`: of the subjects, "staff". References must
  // outlive this.
  Sessions(std::string collection, std::string accounts, auth::CallerKind kind, Lifetimes lifetimes,
           ids::Generator& ids, const auth::TokenSigner& signer, crypto::RandomSource random = crypto::RandomBytes);

  // Begins a session of the account.
  absl::StatusOr<v1::Tokens> Open(db::Transaction& transaction, uint64_t center_id, uint64_t account_id,
                                  const Origin& origin, absl::Time now) const;

  // Renews both tokens. An error is a fault of the database only. Not repeatable: after a lost COMMIT the token may be
  // used up.
  absl::StatusOr<Refreshed> Refresh(db::Transaction& transaction, std::string_view refresh_token, const Origin& origin,
                                    absl::Time now) const;

  // The account's sessions that have not ended, the newest first; `current` is marked.
  absl::StatusOr<std::vector<v1::Session>> List(db::Session& session, uint64_t center_id, uint64_t account_id,
                                                uint64_t current, absl::Time now) const;

  // Ends a session of the account. NOT_FOUND where it has none of that id; one that has ended already stays as it is.
  absl::Status Revoke(db::Transaction& transaction, uint64_t center_id, uint64_t account_id, uint64_t session_id,
                      absl::Time now) const;

  // Ends all sessions of the account but `except` (0: all); says how many.
  absl::StatusOr<int64_t> RevokeAll(db::Transaction& transaction, uint64_t center_id, uint64_t account_id,
                                    uint64_t except, absl::Time now) const;

 private:
  // New tokens, and what is kept of them.
  struct Issue {
    std::string token_hash;
    absl::Time expire_time, access_expire_time;
    v1::Tokens tokens;
  };

  auth::Caller CallerOf(uint64_t center_id, uint64_t account_id, uint64_t session_id) const;
  absl::StatusOr<Issue> Renewal(const auth::Caller& caller, absl::Time end_time, absl::Time now) const;

  const std::string collection_, accounts_;
  const auth::CallerKind kind_;
  const Lifetimes lifetimes_;
  ids::Generator& ids_;
  const auth::TokenSigner& signer_;
  const crypto::RandomSource random_;
};

}  // namespace wenming::sessions
