#include "org_svc/clients/clients_store.h"

#include <utility>

#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "common/ids/ids.h"
#include "google/protobuf/util/time_util.h"

namespace wenming::org {
namespace {

constexpr char kFind[] =
    "SELECT center_id, id, unit_id, display_name, roles, certificate, secret_hash, state, version, create_time"
    " FROM clients WHERE id = ?";
constexpr char kLock[] =
    "SELECT center_id, id, unit_id, display_name, roles, certificate, secret_hash, state, version, create_time"
    " FROM clients WHERE id = ? FOR UPDATE";
constexpr char kList[] =
    "SELECT center_id, id, unit_id, display_name, roles, certificate, secret_hash, state, version, create_time"
    " FROM clients WHERE center_id = ? AND id > ? ORDER BY id LIMIT ?";
constexpr char kInsert[] =
    "INSERT INTO clients (center_id, id, unit_id, display_name, roles, certificate, secret_hash, state, version,"
    " create_time, update_time) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
constexpr char kUpdate[] =
    "UPDATE clients SET certificate = ?, secret_hash = ?, state = ?, version = ?, update_time = ?"
    " WHERE center_id = ? AND id = ?";

ClientRecord FromRow(db::Row& row) {
  return {.center_id = row.Id(0),
          .id = row.Id(1),
          .unit_id = row.Id(2),
          .display_name = row.TakeText(3),
          .roles = absl::StrSplit(row.TakeText(4), ',', absl::SkipEmpty()),
          .certificate = row.TakeText(5),
          .secret_hash = row.TakeText(6),
          .state = row.Enum<v1::Client::State>(7),
          .version = row.Int(8),
          .create_time = row.Time(9)};
}

absl::StatusOr<std::optional<ClientRecord>> One(absl::StatusOr<std::optional<db::Row>> row) {
  if (!row.ok()) return row.status();
  if (!row->has_value()) return std::optional<ClientRecord>();
  return std::optional<ClientRecord>(FromRow(**row));
}

}  // namespace

v1::Client ToClient(const ClientRecord& record) {
  v1::Client client;
  client.set_name(ids::ResourceName("clients", record.id));
  client.set_display_name(record.display_name);
  client.set_certificate(record.certificate);
  client.mutable_roles()->Assign(record.roles.begin(), record.roles.end());
  client.set_unit(ids::ResourceName("units", record.unit_id));
  client.set_state(record.state);
  *client.mutable_create_time() =
      google::protobuf::util::TimeUtil::MicrosecondsToTimestamp(absl::ToUnixMicros(record.create_time));
  return client;
}

v1::StaffChanged ToEvent(const ClientRecord& record) {
  v1::StaffChanged event;
  event.set_version(record.version);
  v1::DirectoryStaff& principal = *event.mutable_staff();
  principal.set_id(record.id);
  principal.set_center_id(record.center_id);
  principal.set_client(true);
  principal.set_disabled(record.state == v1::Client::STATE_DISABLED);
  principal.set_display_name(record.display_name);
  for (const std::string& role : record.roles) {
    auto& binding = *principal.add_bindings();
    binding.set_role(role);
    binding.set_unit_id(record.unit_id);
  }
  return event;
}

absl::StatusOr<std::optional<ClientRecord>> FindClient(db::Session& session, uint64_t id) {
  return One(session.QueryOne(kFind, {id}));
}

absl::StatusOr<std::optional<ClientRecord>> LockClient(db::Transaction& transaction, uint64_t id) {
  return One(transaction.QueryOne(kLock, {id}));
}

absl::StatusOr<std::vector<ClientRecord>> ListClients(db::Session& session, uint64_t center_id, uint64_t after,
                                                      int limit) {
  auto rows = session.Query(kList, {center_id, after, limit});
  if (!rows.ok()) return rows.status();
  std::vector<ClientRecord> records;
  records.reserve(rows->size());
  for (db::Row& row : *rows) records.push_back(FromRow(row));
  return records;
}

absl::Status InsertClient(db::Transaction& transaction, const ClientRecord& record) {
  return transaction
      .Execute(kInsert, {record.center_id, record.id, record.unit_id, record.display_name,
                         absl::StrJoin(record.roles, ","), record.certificate, record.secret_hash, record.state,
                         record.version, record.create_time, record.create_time})
      .status();
}

absl::Status UpdateClient(db::Transaction& transaction, const ClientRecord& record, absl::Time now) {
  return transaction
      .Execute(kUpdate,
               {record.certificate, record.secret_hash, record.state, record.version, now, record.center_id, record.id})
      .status();
}

}  // namespace wenming::org
