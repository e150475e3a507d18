#include "volunteer_svc/hours/verifier_store.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "volunteer_svc/hours/entry_text.h"
#include "volunteer_svc/hours/hour_rows.h"

namespace wenming::volunteer {
namespace {

constexpr const char* kNextCenter[] = {
    "SELECT center_id FROM hour_accounts WHERE center_id >= ? ORDER BY center_id LIMIT 1",
    "SELECT center_id FROM hour_entries WHERE center_id >= ? ORDER BY center_id LIMIT 1",
    "SELECT center_id FROM credited_times WHERE center_id >= ? ORDER BY center_id LIMIT 1",
};
constexpr char kAccounts[] =
    " FROM hour_accounts WHERE center_id = ? AND volunteer_id >= ? ORDER BY volunteer_id LIMIT ?";
constexpr char kEntries[] = " FROM hour_entries WHERE center_id = ? AND volunteer_id BETWEEN ? AND ?";
constexpr char kEntriesAfter[] = " AND (volunteer_id > ? OR (volunteer_id = ? AND sequence > ?))";
constexpr char kEntriesOrder[] = " ORDER BY volunteer_id, sequence LIMIT ?";
constexpr char kTimes[] =
    "SELECT volunteer_id, start_time, end_time, sequence FROM credited_times"
    " WHERE center_id = ? AND volunteer_id BETWEEN ? AND ? ORDER BY volunteer_id, start_time";

}  // namespace

absl::StatusOr<std::optional<uint64_t>> VerifierStore::NextCenter(db::Session& session, uint64_t from) {
  std::optional<uint64_t> next;
  for (const char* sql : kNextCenter) {
    const auto row = session.QueryOne(sql, {from});
    if (!row.ok()) return row.status();
    if (row->has_value()) next = std::min(next.value_or((*row)->Id(0)), (*row)->Id(0));
  }
  return next;
}

absl::StatusOr<std::vector<OwnedAccount>> VerifierStore::Accounts(db::Session& session, uint64_t center_id,
                                                                  uint64_t first, int limit) {
  auto rows = session.Query(absl::StrCat("SELECT ", kAccountColumns, kAccounts), {center_id, first, limit});
  if (!rows.ok()) return rows.status();
  std::vector<OwnedAccount> accounts;
  accounts.reserve(rows->size());
  for (db::Row& row : *rows) accounts.emplace_back(row.Id(0), ReadAccount(row));
  return accounts;
}

absl::StatusOr<std::vector<std::string>> VerifierStore::Entries(db::Session& session, const VolunteerRange& range,
                                                                const std::optional<EntryPlace>& after, int limit) {
  std::vector<db::Value> values = {range.center_id, range.first, range.last};
  if (after) values.insert(values.end(), {after->volunteer_id, after->volunteer_id, after->sequence});
  values.emplace_back(limit);
  auto rows =
      session.Query(absl::StrCat("SELECT ", kEntryText, kEntries, after ? kEntriesAfter : "", kEntriesOrder), values);
  if (!rows.ok()) return rows.status();
  std::vector<std::string> entries;
  entries.reserve(rows->size());
  for (db::Row& row : *rows) entries.push_back(row.TakeText(0));
  return entries;
}

absl::StatusOr<std::vector<CreditedTime>> VerifierStore::Times(db::Session& session, const VolunteerRange& range) {
  const auto rows = session.Query(kTimes, {range.center_id, range.first, range.last});
  if (!rows.ok()) return rows.status();
  std::vector<CreditedTime> times;
  times.reserve(rows->size());
  for (const db::Row& row : *rows) times.push_back(ReadCreditedTime(row));
  return times;
}

}  // namespace wenming::volunteer
