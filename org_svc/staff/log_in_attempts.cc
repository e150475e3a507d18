#include "org_svc/staff/log_in_attempts.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/crypto/digest.h"
#include "common/db/errors.h"
#include "common/errors/errors.h"

namespace wenming::org {
namespace {

constexpr char kCount[] =
    "UPDATE log_in_attempts SET attempts = CASE WHEN first_time <= ? THEN 1 ELSE attempts + 1 END,"
    " first_time = CASE WHEN first_time <= ? THEN ? ELSE first_time END, last_time = ?"
    " WHERE attempt_key = ? AND (attempts < ? OR last_time <= ?)";
constexpr char kFirst[] =
    "INSERT INTO log_in_attempts (attempt_key, attempts, first_time, last_time) VALUES (?, 1, ?, ?)";
constexpr char kFind[] = "SELECT attempts, last_time FROM log_in_attempts WHERE attempt_key = ?";
constexpr char kTakeBack[] =
    "UPDATE log_in_attempts SET attempts = attempts - 1 WHERE attempt_key = ? AND attempts > 0";
constexpr char kForget[] = "DELETE FROM log_in_attempts WHERE attempt_key = ?";
constexpr char kForgetOld[] = "DELETE FROM log_in_attempts WHERE last_time <= ? ORDER BY last_time LIMIT 10";

constexpr absl::Duration kWindow = absl::Minutes(15);
constexpr int kPerAccount = 5;
constexpr int kPerAddress = 30;

absl::Status TooMany(absl::Duration wait) {
  const int64_t minutes = absl::ToInt64Minutes(absl::Ceil(std::max(wait, absl::Seconds(1)), absl::Minutes(1)));
  absl::Status status = errors::Make(absl::StatusCode::kResourceExhausted, type::REASON_TOO_MANY_ATTEMPTS,
                                     {{"minutes", absl::StrCat(minutes)}});
  // When to come back stands in a detail of its own, as in every refusal that passes.
  errors::Overloaded(absl::Minutes(minutes)).ForEachPayload([&](absl::string_view url, const absl::Cord& detail) {
    if (!status.GetPayload(url).has_value()) status.SetPayload(url, detail);
  });
  return status;
}

absl::Status CountOne(db::Transaction& transaction, const std::string& key, int most, absl::Time now) {
  const absl::Time before = now - kWindow;
  const auto counted = transaction.Execute(kCount, {before, before, now, now, key, most, before});
  if (!counted.ok() || *counted > 0) return counted.status();
  const auto first = transaction.Execute(kFirst, {key, now, now});
  if (!db::IsDuplicateKey(first.status())) return first.status();
  const auto row = transaction.QueryOne(kFind, {key});
  if (!row.ok()) return row.status();
  // Another first attempt was faster, or it was forgotten in this very moment.
  if (!row->has_value() || (*row)->Int(0) < most) return errors::Overloaded(absl::Seconds(1));
  return TooMany((*row)->Time(1) + kWindow - now);
}

}  // namespace

absl::Status LogInAttempts::Begin(db::Transaction& transaction, std::string_view username, std::string_view address,
                                  absl::Time now) const {
  absl::Status counted = CountOne(transaction, AccountKey(username), kPerAccount, now);
  if (counted.ok() && !address.empty()) counted = CountOne(transaction, AddressKey(address), kPerAddress, now);
  if (!counted.ok()) return counted;
  // A few of the old ones with each new one: the table stays as small as the last quarter of an hour was busy.
  return transaction.Execute(kForgetOld, {now - 2 * kWindow}).status();
}

absl::Status LogInAttempts::Succeed(db::Transaction& transaction, std::string_view username,
                                    std::string_view address) const {
  if (absl::Status forgotten = Unlock(transaction, username); !forgotten.ok() || address.empty()) return forgotten;
  return transaction.Execute(kTakeBack, {AddressKey(address)}).status();
}

absl::Status LogInAttempts::TakeBack(db::Transaction& transaction, std::string_view username,
                                     std::string_view address) const {
  const auto taken = transaction.Execute(kTakeBack, {AccountKey(username)});
  if (!taken.ok() || address.empty()) return taken.status();
  return transaction.Execute(kTakeBack, {AddressKey(address)}).status();
}

absl::Status LogInAttempts::Unlock(db::Transaction& transaction, std::string_view username) const {
  return transaction.Execute(kForget, {AccountKey(username)}).status();
}

// In hex, as the index makes no difference between "a-b" and "AB".
std::string LogInAttempts::AccountKey(std::string_view username) const {
  return index_.Of("log_in_account", crypto::Hex(username));
}

std::string LogInAttempts::AddressKey(std::string_view address) const {
  return index_.Of("log_in_address", crypto::Hex(address));
}

}  // namespace wenming::org
