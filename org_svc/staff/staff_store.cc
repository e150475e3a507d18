#include "org_svc/staff/staff_store.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <utility>

#include "common/db/errors.h"
#include "common/errors/errors.h"
#include "common/outbox/outbox.h"

namespace wenming::org {
namespace {

constexpr char kFindAccount[] = "SELECT center_id FROM staff_accounts WHERE staff_id = ?";
constexpr char kRead[] =
    "SELECT center_id, id, username, display_name, state, version, create_time, must_change, totp_enrolled, "
    "volunteer_id"
    " FROM staff WHERE center_id = ? AND id = ?";
constexpr char kLoad[] =
    "SELECT center_id, id, username, display_name, state, version, create_time, must_change, totp_enrolled, "
    "volunteer_id"
    " FROM staff WHERE center_id = ? AND id = ? FOR UPDATE";
constexpr char kList[] =
    "SELECT center_id, id, username, display_name, state, version, create_time, must_change, totp_enrolled, "
    "volunteer_id"
    " FROM staff WHERE center_id = ? AND username > ? ORDER BY username LIMIT ?";
constexpr char kListOn[] =
    "SELECT DISTINCT s.center_id, s.id, s.username, s.display_name, s.state, s.version, s.create_time, s.must_change,"
    " s.totp_enrolled, s.volunteer_id"
    " FROM role_bindings b JOIN staff s ON s.center_id = b.center_id AND s.id = b.staff_id"
    " WHERE b.center_id = ? AND s.username > ? AND b.unit_id IN (";
constexpr char kListOnEnd[] = ") ORDER BY s.username LIMIT ?";
constexpr char kBindings[] = "SELECT staff_id, role, unit_id FROM role_bindings WHERE center_id = ? AND staff_id IN (";
constexpr char kAny[] = "SELECT 1 FROM staff_accounts LIMIT 1";
constexpr char kInsertAccount[] = "INSERT INTO staff_accounts (username, staff_id, center_id) VALUES (?, ?, ?)";
constexpr char kInsert[] =
    "INSERT INTO staff (center_id, id, username, display_name, password_hash, must_change, totp_enrolled, totp_step,"
    " volunteer_id, state, version, create_time, update_time) VALUES (?, ?, ?, ?, ?, ?, 0, 0, ?, ?, ?, ?, ?)";
constexpr char kUpdate[] =
    "UPDATE staff SET state = ?, volunteer_id = ?, version = ?, update_time = ? WHERE center_id = ? AND id = ?";
constexpr char kInsertBinding[] =
    "INSERT INTO role_bindings (center_id, staff_id, role, unit_id, create_time) VALUES (?, ?, ?, ?, ?)";
constexpr char kDeleteBinding[] =
    "DELETE FROM role_bindings WHERE center_id = ? AND staff_id = ? AND role = ? AND unit_id = ?";

// Lists of ids come in these lengths, the last id repeated, so that few shapes of statements are prepared.
constexpr size_t kListSizes[] = {1, 10, 100, 500};
constexpr size_t kLongestList = 500;

size_t ListSize(size_t count) {
  return *std::ranges::find_if(kListSizes, [count](size_t size) { return size >= count; });
}

void AppendPadded(std::span<const uint64_t> ids, std::vector<db::Value>& values) {
  values.insert(values.end(), ids.begin(), ids.end());
  for (size_t i = ids.size(); i < ListSize(ids.size()); ++i) values.emplace_back(ids.back());
}

StaffRecord FromRow(db::Row& row) {
  return {.center_id = row.Id(0),
          .id = row.Id(1),
          .username = row.TakeText(2),
          .display_name = row.TakeText(3),
          .state = row.Enum<v1::StaffMember::State>(4),
          .version = row.Int(5),
          .create_time = row.Time(6),
          .must_change = row.Bool(7),
          .second_factor = row.Bool(8),
          .volunteer_id = row.Id(9),
          .bindings = {}};
}

// Fills in the bindings; all records are of the center.
absl::Status ReadBindings(db::Session& session, uint64_t center_id, std::span<StaffRecord> records) {
  for (; !records.empty(); records = records.subspan(std::min(records.size(), kLongestList))) {
    std::map<uint64_t, StaffRecord*> by_id;
    std::vector<uint64_t> ids;
    for (StaffRecord& record : records.first(std::min(records.size(), kLongestList))) {
      by_id.emplace(record.id, &record);
      ids.push_back(record.id);
    }
    std::vector<db::Value> values = {center_id};
    AppendPadded(ids, values);
    auto rows = session.Query(kBindings + db::Placeholders(ListSize(ids.size())) + ")", values);
    if (!rows.ok()) return rows.status();
    for (db::Row& row : *rows) by_id.at(row.Id(0))->bindings.push_back({row.TakeText(1), row.Id(2)});
    for (auto& [id, record] : by_id) std::ranges::sort(record->bindings);
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<StaffRecord>> WithBindings(db::Session& session, uint64_t center_id,
                                                      absl::StatusOr<db::Rows> rows) {
  if (!rows.ok()) return rows.status();
  std::vector<StaffRecord> records;
  records.reserve(rows->size());
  for (db::Row& row : *rows) records.push_back(FromRow(row));
  if (absl::Status read = ReadBindings(session, center_id, records); !read.ok()) return read;
  return records;
}

absl::StatusOr<StaffRecord> One(db::Session& session, const char* sql, uint64_t id) {
  const auto account = session.QueryOne(kFindAccount, {id});
  if (!account.ok()) return account.status();
  if (!account->has_value()) return errors::NotFound(ids::ResourceName("staff", id));
  const uint64_t center_id = (*account)->Id(0);
  auto records = WithBindings(session, center_id, session.Query(sql, {center_id, id}));
  if (!records.ok()) return records.status();
  if (records->empty()) return errors::NotFound(ids::ResourceName("staff", id));
  return std::move(records->front());
}

}  // namespace

absl::StatusOr<StaffRecord> ReadStaff(db::Session& session, uint64_t id) { return One(session, kRead, id); }

absl::StatusOr<StaffRecord> LoadStaff(db::Transaction& transaction, uint64_t id) { return One(transaction, kLoad, id); }

absl::StatusOr<std::vector<StaffRecord>> ListStaff(db::Session& session, uint64_t center_id, std::string_view after,
                                                   int limit) {
  return WithBindings(session, center_id, session.Query(kList, {center_id, after, limit}));
}

absl::StatusOr<std::vector<StaffRecord>> ListStaffOn(db::Session& session, uint64_t center_id,
                                                     std::span<const uint64_t> units, std::string_view after,
                                                     int limit) {
  std::vector<StaffRecord> all;
  for (; !units.empty(); units = units.subspan(std::min(units.size(), kLongestList))) {
    const auto part = units.first(std::min(units.size(), kLongestList));
    std::vector<db::Value> values = {center_id, after};
    AppendPadded(part, values);
    values.emplace_back(limit);
    auto records = WithBindings(session, center_id,
                                session.Query(kListOn + db::Placeholders(ListSize(part.size())) + kListOnEnd, values));
    if (!records.ok()) return records.status();
    std::ranges::move(*records, std::back_inserter(all));
  }
  // A person with roles on units of two parts was found twice.
  std::ranges::sort(all, {}, &StaffRecord::username);
  const auto repeated = std::ranges::unique(all, {}, &StaffRecord::username);
  all.erase(repeated.begin(), repeated.end());
  if (all.size() > static_cast<size_t>(limit)) all.resize(static_cast<size_t>(limit));
  return all;
}

absl::StatusOr<bool> AnyStaff(db::Session& session) {
  const auto row = session.QueryOne(kAny);
  if (!row.ok()) return row.status();
  return row->has_value();
}

absl::Status InsertStaff(db::Transaction& transaction, const StaffRecord& record, std::string_view password_hash) {
  const auto account = transaction.Execute(kInsertAccount, {record.username, record.id, record.center_id});
  if (db::IsDuplicateKey(account.status(), "PRIMARY")) {
    return errors::AlreadyExists(type::REASON_ALREADY_EXISTS, {{"what", record.username}});
  }
  if (!account.ok()) return account.status();
  const auto inserted = transaction.Execute(
      kInsert, {record.center_id, record.id, record.username, record.display_name, password_hash, record.must_change,
                record.volunteer_id, record.state, record.version, record.create_time, record.create_time});
  if (!inserted.ok()) return inserted.status();
  for (const Binding& binding : record.bindings) {
    if (absl::Status bound = InsertBinding(transaction, record, binding, record.create_time); !bound.ok()) return bound;
  }
  return absl::OkStatus();
}

absl::Status UpdateStaff(db::Transaction& transaction, const StaffRecord& record, absl::Time now) {
  return transaction
      .Execute(kUpdate, {record.state, record.volunteer_id, record.version, now, record.center_id, record.id})
      .status();
}

absl::Status InsertBinding(db::Transaction& transaction, const StaffRecord& record, const Binding& binding,
                           absl::Time now) {
  return transaction.Execute(kInsertBinding, {record.center_id, record.id, binding.role, binding.unit_id, now})
      .status();
}

absl::Status DeleteBinding(db::Transaction& transaction, const StaffRecord& record, const Binding& binding) {
  return transaction.Execute(kDeleteBinding, {record.center_id, record.id, binding.role, binding.unit_id}).status();
}

absl::StatusOr<v1::StaffChanged> PublishStaff(db::Transaction& transaction, ids::Generator& ids,
                                              const StaffRecord& record, absl::Time now) {
  v1::StaffChanged event = ToEvent(record);
  const std::string key = ids::ResourceName("staff", record.id);
  if (absl::Status appended = outbox::Append(transaction, ids, record.center_id, key, event, now); !appended.ok()) {
    return appended;
  }
  return event;
}

}  // namespace wenming::org
