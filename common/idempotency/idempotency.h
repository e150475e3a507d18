// The same request twice has effect once: answers by request id, kept in the transaction that earned them.
//
//   return db::RunTransaction(pool, {call.deadline, /*repeatable=*/!request.request_id().empty()}, [&](auto& tx) {
//     return idempotency::Run<SignUpResponse>(tx, scope, request, call.now, [&]() -> absl::StatusOr<SignUpResponse>
//     {…});
//   });
#ifndef WENMING_COMMON_IDEMPOTENCY_IDEMPOTENCY_H_
#define WENMING_COMMON_IDEMPOTENCY_IDEMPOTENCY_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_map>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/db/pool.h"
#include "common/db/session.h"
#include "google/protobuf/message.h"

namespace wenming::idempotency {

// Whose request id it is: two callers, or two methods, never meet.
struct Scope {
  uint64_t center_id = 0;
  std::string_view subject;     // of the caller's token: "volunteers/01H…"
  std::string_view method;      // "/wenming.activity.v1.RegistrationsService/SignUp"
  std::string_view request_id;  // as the caller gave it; empty: not idempotent
};

// Claims the request id for this transaction; a concurrent claim of the same waits here for the other to end. Answers
// nothing when it is new, and then Keep must follow in the same transaction; the kept answer (serialised) when it was
// answered before. INVALID_ARGUMENT with REASON_REQUEST_ID_REUSED when it was used with another request.
absl::StatusOr<std::optional<std::string>> Claim(db::Transaction& transaction, const Scope& scope,
                                                 const google::protobuf::Message& request, absl::Time now);

// Keeps the answer to a request that was claimed in this transaction.
absl::Status Keep(db::Transaction& transaction, const Scope& scope, const google::protobuf::Message& answer);

// The same for who decides many requests in one transaction: looks for the answers of all who may have one, decides the
// others, and keeps theirs with their claims in one go. Keys and fingerprints are made by KeyOf and ids::Fingerprint.
std::string KeyOf(const Scope& scope);  // 32 bytes
struct Kept {
  std::string fingerprint;
  std::string answer;
};
// By key; of one center.
absl::StatusOr<std::unordered_map<std::string, Kept>> FindKept(db::Session& session, uint64_t center_id,
                                                               std::span<const std::string> keys);
// Answers a request that was answered before: INVALID_ARGUMENT where it was another request.
absl::Status Repeat(const Kept& kept, std::string_view fingerprint, google::protobuf::Message& answer);
struct NewAnswer {
  std::string key;
  Kept kept;
  absl::Time time;  // of the request
};
// ALREADY_EXISTS, as db::IsDuplicateKey says, where one of the keys has an answer now: look for it, and decide again.
absl::Status KeepAll(db::Transaction& transaction, uint64_t center_id, std::vector<NewAnswer> answers);

// Forgets up to `limit` answers of requests received before `before`; says how many. Repeat until it says 0.
absl::StatusOr<int64_t> Forget(db::Pool& pool, absl::Time before, int limit, absl::Time deadline);

// Answers what the first request with this id was answered, or runs `body() -> absl::StatusOr<Response>` and keeps its
// answer. An error is not kept: its transaction is rolled back, claim included, and the request may come again.
template <typename Response, typename F>
absl::StatusOr<Response> Run(db::Transaction& transaction, const Scope& scope, const google::protobuf::Message& request,
                             absl::Time now, F&& body) {
  static_assert(std::is_base_of_v<google::protobuf::Message, Response>);
  if (scope.request_id.empty()) return std::forward<F>(body)();
  absl::StatusOr<std::optional<std::string>> kept = Claim(transaction, scope, request, now);
  if (!kept.ok()) return kept.status();
  if (kept->has_value()) {
    Response response;
    if (!response.ParseFromString(**kept)) return absl::DataLossError("A kept answer cannot be read");
    return response;
  }
  absl::StatusOr<Response> response = std::forward<F>(body)();
  if (!response.ok()) return response;
  if (absl::Status status = Keep(transaction, scope, *response); !status.ok()) return status;
  return response;
}

}  // namespace wenming::idempotency

#endif  // WENMING_COMMON_IDEMPOTENCY_IDEMPOTENCY_H_
