#include "common/idempotency/idempotency.h"

#include <algorithm>

#include "common/crypto/digest.h"
#include "common/db/errors.h"
#include "common/db/shapes.h"
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
constexpr char kFindAll[] =
    "SELECT request_key, fingerprint, answer FROM requests WHERE center_id = ? AND request_key IN ";
constexpr char kKeepAll[] = "INSERT INTO requests (center_id, request_key, fingerprint, answer, request_time) VALUES ";
constexpr char kKeepRow[] = "(?, ?, ?, ?, ?)";
constexpr size_t kKeepColumns = 5;
constexpr char kForget[] = "DELETE FROM requests WHERE request_time < ? ORDER BY request_time LIMIT ?";

}  // namespace

// Each part is preceded by its length, so that no two scopes make the same bytes.
std::string KeyOf(const Scope& scope) {
  std::string bytes;
  for (const std::string_view part : {scope.subject, scope.method, scope.request_id}) {
    bytes.append(std::to_string(part.size())).append(1, ':').append(part);
  }
  return crypto::Sha256(bytes);
}

absl::StatusOr<std::optional<std::string>> Claim(db::Transaction& transaction, const Scope& scope,
                                                 const google::protobuf::Message& request, absl::Time now) {
  const std::string key = KeyOf(scope);
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
  return transaction.Execute(kKeep, {answer.SerializeAsString(), scope.center_id, KeyOf(scope)}).status();
}

absl::StatusOr<std::unordered_map<std::string, Kept>> FindKept(db::Session& session, uint64_t center_id,
                                                               std::span<const std::string> keys) {
  std::unordered_map<std::string, Kept> found;
  if (keys.empty()) return found;
  std::vector<db::Value> values = {center_id};
  db::AppendInList(values, keys);
  auto rows = session.Query(kFindAll + db::InList(keys.size()), values);
  if (!rows.ok()) return rows.status();
  for (db::Row& row : *rows) found.emplace(row.TakeText(0), Kept{row.TakeText(1), row.TakeText(2)});
  return found;
}

absl::Status Repeat(const Kept& kept, std::string_view fingerprint, google::protobuf::Message& answer) {
  if (kept.fingerprint != fingerprint) return errors::InvalidField("request_id", type::REASON_REQUEST_ID_REUSED);
  return answer.ParseFromString(kept.answer) ? absl::OkStatus() : absl::DataLossError("A kept answer cannot be read");
}

absl::Status KeepAll(db::Transaction& transaction, uint64_t center_id, std::vector<NewAnswer> answers) {
  // In one order everywhere, so that two who keep the same keys wait for each other instead of both.
  std::sort(answers.begin(), answers.end(), [](const NewAnswer& a, const NewAnswer& b) { return a.key < b.key; });
  std::vector<db::Value> values;
  values.reserve(answers.size() * kKeepColumns);
  for (NewAnswer& answer : answers) {
    values.emplace_back(center_id);
    values.emplace_back(std::move(answer.key));
    values.emplace_back(std::move(answer.kept.fingerprint));
    values.emplace_back(std::move(answer.kept.answer));
    values.emplace_back(answer.time);
  }
  return db::InsertRows(transaction, kKeepAll, kKeepRow, kKeepColumns, values);
}

absl::StatusOr<int64_t> Forget(db::Pool& pool, absl::Time before, int limit, absl::Time deadline) {
  return db::RunTransaction(pool, {.deadline = deadline, .repeatable = true}, [&](db::Transaction& transaction) {
    return transaction.Execute(kForget, {before, limit});
  });
}

}  // namespace wenming::idempotency
