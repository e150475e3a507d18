#include "volunteer_svc/access_requests/access_requests_store.h"

#include <algorithm>
#include <limits>
#include <span>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/errors/errors.h"
#include "common/ids/ids.h"
#include "volunteer_svc/calendar.h"

namespace wenming::volunteer {
namespace {

constexpr char kInsert[] =
    "INSERT INTO access_requests (center_id, id, volunteer_id, unit_id, requester_id, purpose, reason, state,"
    " create_time) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)";
constexpr char kSelect[] =
    "SELECT center_id, id, volunteer_id, unit_id, requester_id, purpose, reason, state, create_time, decider_id,"
    " decide_time, expire_time FROM access_requests WHERE ";
// Each of these follows kSelect.
constexpr char kOne[] = "center_id = ? AND id = ?";
constexpr char kOfUnits[] = "center_id = ? AND id < ? AND unit_id IN (";
constexpr char kOfUnitsEnd[] = ") ORDER BY id DESC LIMIT ?";
constexpr char kDecide[] =
    "UPDATE access_requests SET state = ?, decider_id = ?, decide_time = ?, expire_time = ?"
    " WHERE center_id = ? AND id = ? AND state = ?";
constexpr char kForget[] = "UPDATE access_requests SET reason = '' WHERE center_id = ? AND volunteer_id = ?";
constexpr char kApproved[] =
    "SELECT id FROM access_requests WHERE center_id = ? AND volunteer_id = ? AND requester_id = ? AND expire_time > ?"
    " AND state = ? AND purpose = ? LIMIT 1";

// Lists of units are asked for in pieces of so many, filled up with no unit: one statement to prepare.
constexpr size_t kUnitsAtOnce = 64;

AccessRequestRecord Read(db::Row& row) {
  AccessRequestRecord record;
  record.center_id = row.Id(0);
  record.id = row.Id(1);
  record.volunteer_id = row.Id(2);
  record.unit_id = row.Id(3);
  record.requester_id = row.Id(4);
  record.purpose = row.Enum<v1::RevealPurpose>(5);
  record.reason = row.TakeText(6);
  record.state = row.Enum<v1::AccessRequest::State>(7);
  record.create_time = row.Time(8);
  record.decider_id = row.OptionalId(9).value_or(0);
  record.decide_time = row.OptionalTime(10);
  record.expire_time = row.OptionalTime(11);
  return record;
}

}  // namespace

v1::AccessRequest ToProto(const AccessRequestRecord& record) {
  v1::AccessRequest proto;
  proto.set_name(ids::ResourceName("accessRequests", record.id));
  proto.set_volunteer(ids::ResourceName("volunteers", record.volunteer_id));
  proto.set_requester(ids::ResourceName("staff", record.requester_id));
  proto.set_purpose(record.purpose);
  proto.set_reason(record.reason);
  proto.set_state(record.state);
  *proto.mutable_create_time() = ToTimestamp(record.create_time);
  if (record.decider_id != 0) proto.set_decider(ids::ResourceName("staff", record.decider_id));
  if (record.decide_time) *proto.mutable_decide_time() = ToTimestamp(*record.decide_time);
  if (record.expire_time) *proto.mutable_expire_time() = ToTimestamp(*record.expire_time);
  return proto;
}

absl::Status AccessRequestsStore::Insert(db::Transaction& transaction, const AccessRequestRecord& record) {
  return transaction
      .Execute(kInsert, {record.center_id, record.id, record.volunteer_id, record.unit_id, record.requester_id,
                         record.purpose, record.reason, record.state, record.create_time})
      .status();
}

absl::StatusOr<std::optional<AccessRequestRecord>> AccessRequestsStore::Find(db::Session& session, uint64_t center_id,
                                                                             uint64_t id) {
  auto row = session.QueryOne(absl::StrCat(kSelect, kOne), {center_id, id});
  if (!row.ok()) return row.status();
  if (!row->has_value()) return std::optional<AccessRequestRecord>();
  return std::optional<AccessRequestRecord>(Read(**row));
}

absl::StatusOr<std::vector<AccessRequestRecord>> AccessRequestsStore::List(db::Session& session, uint64_t center_id,
                                                                           const std::vector<uint64_t>& units,
                                                                           uint64_t before, int limit) {
  if (before == 0) before = std::numeric_limits<uint64_t>::max();
  const std::string sql = absl::StrCat(kSelect, kOfUnits, db::Placeholders(kUnitsAtOnce), kOfUnitsEnd);
  std::vector<AccessRequestRecord> page;
  for (std::span<const uint64_t> rest(units); !rest.empty();) {
    const std::span<const uint64_t> piece = rest.first(std::min(kUnitsAtOnce, rest.size()));
    rest = rest.subspan(piece.size());
    std::vector<db::Value> params = {center_id, before};
    for (size_t i = 0; i < kUnitsAtOnce; ++i) params.emplace_back(i < piece.size() ? piece[i] : uint64_t{0});
    params.emplace_back(limit);
    auto rows = session.Query(sql, params);
    if (!rows.ok()) return rows.status();
    for (db::Row& row : *rows) page.push_back(Read(row));
  }
  std::sort(page.begin(), page.end(), [](const auto& a, const auto& b) { return a.id > b.id; });
  if (page.size() > static_cast<size_t>(limit)) page.resize(static_cast<size_t>(limit));
  return page;
}

absl::Status AccessRequestsStore::Decide(db::Transaction& transaction, const AccessRequestRecord& record) {
  const auto decided =
      transaction.Execute(kDecide, {record.state, record.decider_id, record.decide_time, record.expire_time,
                                    record.center_id, record.id, v1::AccessRequest::STATE_PENDING});
  if (!decided.ok()) return decided.status();
  return *decided == 1 ? absl::OkStatus() : errors::FailedPrecondition(type::REASON_ALREADY_DECIDED);
}

absl::Status AccessRequestsStore::ForgetPerson(db::Transaction& transaction, uint64_t center_id,
                                               uint64_t volunteer_id) {
  return transaction.Execute(kForget, {center_id, volunteer_id}).status();
}

absl::Status AccessRequestsStore::CheckApproved(db::Session& session, uint64_t center_id, uint64_t volunteer_id,
                                                uint64_t requester_id, v1::RevealPurpose purpose, absl::Time now) {
  const auto row = session.QueryOne(
      kApproved, {center_id, volunteer_id, requester_id, now, v1::AccessRequest::STATE_APPROVED, purpose});
  if (!row.ok()) return row.status();
  return row->has_value() ? absl::OkStatus() : errors::FailedPrecondition(type::REASON_APPROVAL_REQUIRED);
}

}  // namespace wenming::volunteer
