#include "common/idempotency/idempotency.h"

#include "common/crypto/digest.h"
#include "common/db/errors.h"
#include "common/db/transaction.h"
#include "common/errors/errors.h"
#include "common/ids/fingerprint.h"
#include "wenming/type/reason.pb.h"

namespace wenming::idempotency {
namespace {

constexpr char kClaim[] =
    "INSERT INTO requests (center_id, request_key, fingerprint, answer, request_time) VALUES (?, ?, ?, '', ?)";
constexpr char kFind[] = "SELECT fingerprint, answer FROM requests WHERE center_id = ? AND request_key = ?";
constexpr char kKeep[] = "UPDATE requests SET answer = ? WHERE center_id = ? AND request_key = ?";
constexpr char kForget[] = "DELETE FROM requests WHERE request_time < ? ORDER BY request_time LIMIT ?";

// Each part is preceded by its length, so that no two scopes make the same bytes.
std::string Key(const Scope& scope) {
  std::string bytes;
  for (const std::string_view part : {scope.subject, scope.method, scope.request_id}) {
    bytes.append(std::to_string(part.size())).append(1, ':').append(part);
  }
  return crypto::Sha256(bytes);
}

}  // namespace

absl::StatusOr<std::optional<std::string>> Claim(db::Transaction& transaction, const Scope& scope,
                                                 const google::protobuf::Message& request, absl::Time now) {
  const std::string key = Key(scope);
  const std::string fingerprint = ids::Fingerprint(request);
  const auto claimed = transaction.Execute(kClaim, {scope.center_id, key, fingerprint, now});
  if (claimed.ok()) return std::optional<std::string>();
  if (!db::IsDuplicateKey(claimed.status(), "PRIMARY")) return claimed.status();
  auto row = transaction.QueryOne(kFind, {scope.center_id, key});
  if (!row.ok()) return row.status();
  if (!row->has_value()) return errors::Aborted(type::REASON_CONFLICT);  // forgotten in this very moment
  if ((*row)->Text(0) != fingerprint) return errors::InvalidField("request_id", type::REASON_REQUEST_ID_REUSED);
  return std::optional<std::string>((*row)->TakeText(1));
}

absl::Status Keep(db::Transaction& transaction, const Scope& scope, const google::protobuf::Message& answer) {
  return transaction.Execute(kKeep, {answer.SerializeAsString(), scope.center_id, Key(scope)}).status();
}

absl::StatusOr<int64_t> Forget(db::Pool& pool, absl::Time before, int limit, absl::Time deadline) {
  return db::RunTransaction(pool, {.deadline = deadline, .repeatable = true}, [&](db::Transaction& transaction) {
    return transaction.Execute(kForget, {before, limit});
  });
}

}  // namespace wenming::idempotency
