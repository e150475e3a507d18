#include "volunteer_svc/hours/ledger_store.h"

#include <algorithm>
#include <bit>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "volunteer_svc/hours/hour_rows.h"

namespace wenming::volunteer {
namespace {

// A list of placeholders stands between the two halves of these.
constexpr char kLock[] = " FROM hour_accounts WHERE center_id = ? AND volunteer_id IN (";
constexpr char kLockEnd[] = ") ORDER BY volunteer_id FOR UPDATE";
constexpr char kOfRegistrations[] = " FROM hour_entries e WHERE e.center_id = ? AND e.registration_id IN (";
constexpr char kOfRegistrationsEnd[] = ") ORDER BY e.registration_id, e.revision";
// Repeated with UNION ALL.
constexpr char kLastBefore[] =
    "(SELECT volunteer_id, start_time, end_time, sequence FROM credited_times"
    " WHERE center_id = ? AND volunteer_id = ? AND start_time < ? ORDER BY start_time DESC LIMIT 1)";

// Rows of placeholders follow these.
constexpr char kInsert[] =
    "INSERT INTO hour_entries (center_id, volunteer_id, sequence, registration_id, revision, minutes, balance_minutes,"
    " start_time, end_time, activity_id, activity_title, shift_id, unit_id, team_id, place, content,"
    " person_in_charge_id, recorder_id, grade, record_time, hash) VALUES ";
constexpr char kCredit[] =
    "INSERT INTO credited_times (center_id, volunteer_id, start_time, end_time, sequence) VALUES ";
// Every row is there and locked, so nothing is ever inserted by this.
constexpr char kMove[] =
    "INSERT INTO hour_accounts (center_id, volunteer_id, sequence, balance_minutes, supplement_minutes,"
    " latest_end_time, head_hash) VALUES ";
constexpr char kMoveEnd[] =
    " ON DUPLICATE KEY UPDATE sequence = VALUES(sequence), balance_minutes = VALUES(balance_minutes),"
    " supplement_minutes = VALUES(supplement_minutes), latest_end_time = VALUES(latest_end_time),"
    " head_hash = VALUES(head_hash)";
constexpr char kUncredit[] =
    "DELETE FROM credited_times WHERE center_id = ? AND volunteer_id = ? AND start_time = ? AND sequence = ?";

// Statements come in sizes of powers of two, so that a connection has few of them to keep.
constexpr size_t kMostRows = 256;
constexpr size_t kMostUnions = 64;  // each costs the server as much as a statement

// Reads with lists: a size too large is filled up with the last one, which changes nothing in the answer.
absl::StatusOr<db::Rows> QueryList(db::Transaction& transaction, uint64_t center_id, absl::string_view begin,
                                   absl::string_view end, std::span<const uint64_t> ids) {
  db::Rows all;
  while (!ids.empty()) {
    const std::span<const uint64_t> part = ids.first(std::min(kMostRows, ids.size()));
    const size_t size = std::bit_ceil(part.size());
    std::vector<db::Value> values = {center_id};
    for (size_t i = 0; i < size; ++i) values.emplace_back(part[std::min(i, part.size() - 1)]);
    auto rows = transaction.Query(absl::StrCat(begin, db::Placeholders(size), end), values);
    if (!rows.ok()) return rows.status();
    std::move(rows->begin(), rows->end(), std::back_inserter(all));
    ids = ids.subspan(part.size());
  }
  return all;
}

// Writes `count` rows of `columns` values, which `add` appends for the n-th.
absl::Status ExecuteRows(db::Transaction& transaction, absl::string_view begin, absl::string_view end, size_t count,
                         size_t columns, absl::FunctionRef<void(size_t, std::vector<db::Value>&)> add) {
  for (size_t done = 0; done < count;) {
    const size_t size = std::bit_floor(std::min(kMostRows, count - done));
    std::vector<db::Value> values;
    values.reserve(size * columns);
    for (size_t i = 0; i < size; ++i) add(done + i, values);
    const auto written = transaction.Execute(absl::StrCat(begin, db::PlaceholderRows(size, columns), end), values);
    if (!written.ok()) return written.status();
    done += size;
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<OwnedAccount>> LedgerStore::LockAccounts(db::Transaction& transaction, uint64_t center_id,
                                                                    std::span<const uint64_t> volunteer_ids) {
  auto rows =
      QueryList(transaction, center_id, absl::StrCat("SELECT ", kAccountColumns, kLock), kLockEnd, volunteer_ids);
  if (!rows.ok()) return rows.status();
  std::vector<OwnedAccount> accounts;
  accounts.reserve(rows->size());
  for (db::Row& row : *rows) accounts.emplace_back(row.Id(0), ReadAccount(row));
  return accounts;
}

absl::StatusOr<std::vector<HourEntry>> LedgerStore::OfRegistrations(db::Transaction& transaction, uint64_t center_id,
                                                                    std::span<const uint64_t> registration_ids) {
  auto rows = QueryList(transaction, center_id, absl::StrCat("SELECT ", kEntryColumns, kOfRegistrations),
                        kOfRegistrationsEnd, registration_ids);
  if (!rows.ok()) return rows.status();
  std::vector<HourEntry> entries;
  entries.reserve(rows->size());
  for (db::Row& row : *rows) entries.push_back(ReadEntry(row));
  return entries;
}

absl::StatusOr<std::vector<CreditedTime>> LedgerStore::LastBefore(db::Transaction& transaction, uint64_t center_id,
                                                                  std::span<const Before> befores) {
  std::vector<CreditedTime> times;
  while (!befores.empty()) {
    const std::span<const Before> part = befores.first(std::min(kMostUnions, befores.size()));
    const size_t size = std::bit_ceil(part.size());
    std::string sql = kLastBefore;
    for (size_t i = 1; i < size; ++i) absl::StrAppend(&sql, " UNION ALL ", kLastBefore);
    std::vector<db::Value> values;
    for (size_t i = 0; i < size; ++i) {
      const Before& before = part[std::min(i, part.size() - 1)];
      values.insert(values.end(), {center_id, before.volunteer_id, before.time});
    }
    const auto rows = transaction.Query(sql, values);
    if (!rows.ok()) return rows.status();
    for (const db::Row& row : *rows) times.push_back(ReadCreditedTime(row));
    befores = befores.subspan(part.size());
  }
  return times;
}

absl::Status LedgerStore::Insert(db::Transaction& transaction, std::span<const HourEntry> entries) {
  return ExecuteRows(transaction, kInsert, "", entries.size(), kEntryColumnCount,
                     [&](size_t i, std::vector<db::Value>& values) {
                       const HourEntry& e = entries[i];
                       values.insert(values.end(), {e.center_id,
                                                    e.volunteer_id,
                                                    e.sequence,
                                                    e.registration_id,
                                                    e.revision,
                                                    e.minutes,
                                                    e.balance_minutes,
                                                    e.start_time,
                                                    e.end_time,
                                                    e.activity_id,
                                                    e.activity_title,
                                                    e.shift_id,
                                                    e.unit_id,
                                                    e.team_id,
                                                    e.place,
                                                    e.content,
                                                    e.person_in_charge_id,
                                                    e.recorder_id,
                                                    e.grade,
                                                    e.record_time,
                                                    e.hash});
                     });
}

absl::Status LedgerStore::Move(db::Transaction& transaction, uint64_t center_id,
                               std::span<const OwnedAccount> accounts) {
  return ExecuteRows(transaction, kMove, kMoveEnd, accounts.size(), 7, [&](size_t i, std::vector<db::Value>& values) {
    const auto& [volunteer_id, account] = accounts[i];
    values.insert(values.end(), {center_id, volunteer_id, account.sequence, account.balance_minutes,
                                 account.supplement_minutes, account.latest_end_time, account.head_hash});
  });
}

absl::Status LedgerStore::Credit(db::Transaction& transaction, uint64_t center_id,
                                 std::span<const CreditedTime> times) {
  return ExecuteRows(transaction, kCredit, "", times.size(), 5, [&](size_t i, std::vector<db::Value>& values) {
    const CreditedTime& time = times[i];
    values.insert(values.end(), {center_id, time.volunteer_id, time.start_time, time.end_time, time.sequence});
  });
}

absl::Status LedgerStore::Uncredit(db::Transaction& transaction, uint64_t center_id, const CreditedTime& time) {
  const auto removed = transaction.Execute(kUncredit, {center_id, time.volunteer_id, time.start_time, time.sequence});
  if (!removed.ok()) return removed.status();
  return *removed == 1 ? absl::OkStatus() : absl::DataLossError("a credited time is not there");
}

}  // namespace wenming::volunteer
