#include "common/audit/records_service.h"

#include <algorithm>
#include <limits>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/audit/record.h"
#include "common/db/transaction.h"
#include "common/errors/errors.h"
#include "common/ids/ids.h"
#include "google/protobuf/util/time_util.h"

namespace wenming::audit {
namespace {

using google::protobuf::util::TimeUtil;

constexpr char kPermission[] = "audit.read";

// The center whose records are asked for, 0 for the platform's, once the caller may see them.
absl::StatusOr<uint64_t> Authorised(const rpc::Call& call, const v1::ListAuditRecordsRequest& request) {
  const uint64_t id = ids::ParseName("units", request.parent()).value_or(0);
  if (auto status = call.Authorise(kPermission, id); !status.ok()) return status;
  if (id == 0) return id;
  const auto unit = call.directory->FindUnit(id);
  if (!unit || unit->center_id != id) return errors::InvalidField("parent", type::REASON_UNKNOWN_VALUE);
  return id;
}

struct Query {
  std::string sql;
  std::vector<db::Value> values;
};

// Newest first, after the position (time and sequence) of the last record seen. Each filter has an index in this order.
Query QueryFor(uint64_t center_id, const v1::ListAuditRecordsRequest& request, const std::vector<db::Value>& position,
               int limit) {
  Query query{
      "SELECT sequence, id, center_id, record_time, subject, session_id, address, method, object, result, details,"
      " request_id, seal FROM audit_records WHERE center_id = ?",
      {center_id}};
  const auto filter = [&query](const char* column, const std::string& value) {
    if (value.empty()) return;
    absl::StrAppend(&query.sql, " AND ", column, " = ?");
    query.values.emplace_back(value);
  };
  filter("subject", request.subject());
  filter("object", request.object());
  filter("method", request.method());
  int64_t from = std::numeric_limits<int64_t>::min();
  int64_t to = std::numeric_limits<int64_t>::max();
  int64_t before = to;
  if (request.has_start_time()) from = TimeUtil::TimestampToMicroseconds(request.start_time());
  if (request.has_end_time()) to = TimeUtil::TimestampToMicroseconds(request.end_time()) - 1;
  if (position.size() == 2) {
    to = std::min(to, std::get<int64_t>(position[0].data()));
    before = std::get<int64_t>(position[1].data());
  }
  absl::StrAppend(&query.sql, " AND record_time BETWEEN ? AND ? AND (record_time < ? OR sequence < ?)",
                  " ORDER BY record_time DESC, sequence DESC LIMIT ?");
  for (const int64_t value : {from, to, to, before, int64_t{limit}}) query.values.emplace_back(value);
  return query;
}

void Tell(const Record& record, v1::AuditRecord& told) {
  *told.mutable_record_time() = TimeUtil::MicrosecondsToTimestamp(absl::ToUnixMicros(record.time));
  told.set_subject(record.subject);
  told.set_address(record.address);
  told.set_method(record.method);
  told.set_object(record.object);
  told.set_result(static_cast<google::rpc::Code>(record.result));
  told.set_details(record.details);
  told.set_request_id(record.request_id);
}

}  // namespace

rpc::Service RecordsService::Bind(const std::string& package) {
  return rpc::Service(package + ".AuditService")
      .Unary("ListAuditRecords", rpc::kPooled, this, &RecordsService::ListAuditRecords);
}

absl::StatusOr<v1::ListAuditRecordsResponse> RecordsService::ListAuditRecords(
    const rpc::Call& call, const v1::ListAuditRecordsRequest& request) {
  const auto center_id = Authorised(call, request);
  if (!center_id.ok()) return center_id.status();
  const auto position = pager_.Position(request);
  if (!position.ok()) return position.status();
  const int size = paging::ClampPageSize(request.page_size());
  const Query query = QueryFor(*center_id, request, *position, size + 1);
  auto rows =
      db::Read(db_, call.deadline, [&](db::Session& session) { return session.Query(query.sql, query.values); });
  if (!rows.ok()) return rows.status();
  v1::ListAuditRecordsResponse response;
  const size_t shown = std::min(rows->size(), static_cast<size_t>(size));
  for (size_t i = 0; i < shown; ++i) {
    auto& told = *response.add_records();
    told.set_sequence((*rows)[i].Int(0));
    Tell(TakeRecord((*rows)[i], 1), told);
  }
  if (rows->size() > shown) {
    const db::Row& last = (*rows)[shown - 1];
    response.set_next_page_token(pager_.Token(request, {last.Int(3), last.Int(0)}));
  }
  return response;
}

}  // namespace wenming::audit
