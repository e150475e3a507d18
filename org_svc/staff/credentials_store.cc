#include "org_svc/staff/credentials_store.h"

namespace wenming::org {
namespace {

// One statement, so that a user name that does not exist costs as much as one that does.
constexpr char kFind[] =
    "SELECT s.center_id, s.id, s.password_hash, s.must_change, s.totp_secret, s.totp_enrolled, s.state"
    " FROM staff_accounts a JOIN staff s ON s.center_id = a.center_id AND s.id = a.staff_id WHERE a.username = ?";
constexpr char kLoad[] =
    "SELECT center_id, id, password_hash, must_change, totp_secret, totp_enrolled, state"
    " FROM staff WHERE center_id = ? AND id = ? FOR UPDATE";
constexpr char kReplaceHash[] =
    "UPDATE staff SET password_hash = ? WHERE center_id = ? AND id = ? AND password_hash = ?";
constexpr char kSetPassword[] = "UPDATE staff SET password_hash = ?, must_change = ? WHERE center_id = ? AND id = ?";
constexpr char kKeep[] = "INSERT INTO staff_passwords (center_id, staff_id, id, password_hash) VALUES (?, ?, ?, ?)";
constexpr char kLast[] =
    "SELECT id, password_hash FROM staff_passwords WHERE center_id = ? AND staff_id = ? ORDER BY id DESC LIMIT ?";
constexpr char kForget[] = "DELETE FROM staff_passwords WHERE center_id = ? AND staff_id = ? AND id < ?";
constexpr char kSetSecret[] =
    "UPDATE staff SET totp_secret = ?, totp_enrolled = 0, totp_step = 0 WHERE center_id = ? AND id = ?";
constexpr char kUseStep[] =
    "UPDATE staff SET totp_step = ?, totp_enrolled = 1"
    " WHERE center_id = ? AND id = ? AND totp_secret = ? AND totp_step < ?";

absl::StatusOr<std::optional<Credentials>> FromRow(absl::StatusOr<std::optional<db::Row>> row) {
  if (!row.ok()) return row.status();
  if (!row->has_value()) return std::nullopt;
  return Credentials{.center_id = (*row)->Id(0),
                     .id = (*row)->Id(1),
                     .password_hash = (*row)->TakeText(2),
                     .must_change = (*row)->Bool(3),
                     .totp_secret = (*row)->TakeText(4),
                     .totp_enrolled = (*row)->Bool(5),
                     .state = (*row)->Enum<v1::StaffMember::State>(6)};
}

}  // namespace

absl::StatusOr<std::optional<Credentials>> FindCredentials(db::Session& session, std::string_view username) {
  return FromRow(session.QueryOne(kFind, {username}));
}

absl::StatusOr<std::optional<Credentials>> LoadCredentials(db::Transaction& transaction, const Credentials& seen) {
  return FromRow(transaction.QueryOne(kLoad, {seen.center_id, seen.id}));
}

absl::Status ReplaceHash(db::Session& session, const Credentials& credentials, std::string_view hash) {
  return session.Execute(kReplaceHash, {hash, credentials.center_id, credentials.id, credentials.password_hash})
      .status();
}

absl::Status SetPassword(db::Transaction& transaction, ids::Generator& ids, uint64_t center_id, uint64_t id,
                         std::string_view hash, bool must_change) {
  const auto set = transaction.Execute(kSetPassword, {hash, must_change, center_id, id});
  if (!set.ok()) return set.status();
  return KeepPassword(transaction, ids, center_id, id, hash);
}

absl::Status KeepPassword(db::Transaction& transaction, ids::Generator& ids, uint64_t center_id, uint64_t id,
                          std::string_view hash) {
  const auto kept = transaction.Execute(kKeep, {center_id, id, ids.Next(), hash});
  if (!kept.ok()) return kept.status();
  const auto last = transaction.Query(kLast, {center_id, id, kPasswordsKept});
  if (!last.ok()) return last.status();
  return transaction.Execute(kForget, {center_id, id, last->back().Id(0)}).status();
}

absl::StatusOr<std::vector<std::string>> LastPasswords(db::Session& session, const Credentials& credentials) {
  auto rows = session.Query(kLast, {credentials.center_id, credentials.id, kPasswordsKept});
  if (!rows.ok()) return rows.status();
  std::vector<std::string> hashes;
  for (db::Row& row : *rows) hashes.push_back(row.TakeText(1));
  return hashes;
}

absl::Status SetTotpSecret(db::Session& session, uint64_t center_id, uint64_t id, std::string_view sealed) {
  const db::Value secret = sealed.empty() ? db::Value() : db::Value(sealed);
  return session.Execute(kSetSecret, {secret, center_id, id}).status();
}

absl::StatusOr<bool> UseTotpStep(db::Session& session, const Credentials& credentials, int64_t step) {
  const auto used =
      session.Execute(kUseStep, {step, credentials.center_id, credentials.id, credentials.totp_secret, step});
  if (!used.ok()) return used.status();
  return *used > 0;
}

}  // namespace wenming::org
