#include "org_svc/clients/clients_service.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/crypto/digest.h"
#include "common/db/transaction.h"
#include "common/errors/errors.h"
#include "common/idempotency/idempotency.h"
#include "common/outbox/outbox.h"
#include "google/protobuf/util/time_util.h"
#include "org_svc/staff/staff_rules.h"

namespace wenming::org {
namespace {

constexpr char kWrite[] = "clients.write";
constexpr size_t kSecretBytes = 32;
constexpr absl::Duration kTokenLifetime = absl::Minutes(10);
constexpr int kReadSize = 200;

// Names have passed the field rules.
uint64_t IdOf(std::string_view name) { return ids::ParseName("clients", name).value_or(0); }

// The thumbprint of a certificate, in the one spelling that the edge gives.
absl::Status CheckThumbprint(std::string_view field, std::string_view thumbprint) {
  const auto bytes = crypto::FromBase64Url(thumbprint);
  if (bytes && bytes->size() == 32) return absl::OkStatus();
  return errors::InvalidField(
      field, type::REASON_BAD_FORMAT,
      {{"expected_zh", "应为证书 SHA-256 指纹的 base64url 形式，43 个字符"},
       {"expected_en", "the SHA-256 thumbprint of a certificate in 43 characters of base64url"}});
}

// To staff of a center, other centers' back ends do not exist.
absl::Status AuthoriseOn(const rpc::Call& call, const ClientRecord& record) {
  if (call.caller.center_id != 0 && call.caller.center_id != record.center_id) {
    call.DecidedAccess();
    return errors::NotFound(ids::ResourceName("clients", record.id));
  }
  return call.Authorise(kWrite, record.unit_id);
}

}  // namespace

rpc::Service ClientsService::Bind() {
  return rpc::Service("wenming.org.v1.ClientsService")
      .Unary("GetClient", rpc::kPooled, this, &ClientsService::GetClient)
      .Unary("ListClients", rpc::kPooled, this, &ClientsService::ListClients)
      .Unary("CreateClient", rpc::kPooled, this, &ClientsService::CreateClient)
      .Unary("RotateClientSecret", rpc::kPooled, this, &ClientsService::RotateClientSecret)
      .Unary("DisableClient", rpc::kPooled, this, &ClientsService::DisableClient);
}

rpc::Service ClientsService::BindAuth() {
  return rpc::Service("wenming.org.v1.ClientAuthService")
      .Unary("IssueClientToken", rpc::kPooled, this, &ClientsService::IssueClientToken);
}

absl::StatusOr<v1::Client> ClientsService::GetClient(const rpc::Call& call, const v1::GetClientRequest& request) {
  const auto record = db::Read(with_.db, call.deadline,
                               [&](db::Session& session) { return FindClient(session, IdOf(request.name())); });
  if (!record.ok()) return record.status();
  if (!record->has_value()) return errors::NotFound(request.name());
  if (absl::Status may = AuthoriseOn(call, **record); !may.ok()) return may;
  return ToClient(**record);
}

absl::StatusOr<v1::ListClientsResponse> ClientsService::ListClients(const rpc::Call& call,
                                                                    const v1::ListClientsRequest& request) {
  const auto position = with_.pager.Position(request);
  if (!position.ok()) return position.status();
  const uint64_t unit_id = ids::ParseName("units", request.parent()).value_or(0);
  const size_t size = static_cast<size_t>(paging::ClampPageSize(request.page_size()));
  uint64_t after = position->empty() ? 0 : std::get<uint64_t>(position->front().data());
  std::vector<ClientRecord> shown;
  // A center has few back ends; those of other units are passed over.
  for (bool more = true; more && shown.size() <= size;) {
    const auto part = db::Read(with_.db, call.deadline, [&](db::Session& session) {
      return org::ListClients(session, call.center_id, after, kReadSize);
    });
    if (!part.ok()) return part.status();
    for (const ClientRecord& record : *part) {
      if (call.directory->Within(record.unit_id, unit_id)) shown.push_back(record);
      after = record.id;
    }
    more = part->size() == kReadSize;
  }
  v1::ListClientsResponse response;
  if (shown.size() > size) {
    shown.resize(size);
    response.set_next_page_token(with_.pager.Token(request, {shown.back().id}));
  }
  for (const ClientRecord& record : shown) *response.add_clients() = ToClient(record);
  return response;
}

absl::Status ClientsService::CheckClient(const rpc::Call& call, const v1::Client& client, uint64_t unit_id) const {
  if (absl::Status there = CheckUnit(*call.directory, unit_id); !there.ok()) return there;
  for (int i = 0; i < client.roles_size(); ++i) {
    const Binding binding{.role = client.roles(i), .unit_id = unit_id};
    absl::Status fits = CheckRoleFits(roles_, *call.directory, binding, /*for_clients=*/true);
    if (fits.code() == absl::StatusCode::kInvalidArgument) {
      return errors::InvalidField(absl::StrCat("client.roles[", i, "]"), type::REASON_UNKNOWN_VALUE);
    }
    if (!fits.ok()) return fits;
  }
  return CheckThumbprint("client.certificate", client.certificate());
}

absl::StatusOr<v1::Client> ClientsService::CreateClient(const rpc::Call& call, const v1::CreateClientRequest& request) {
  const uint64_t unit_id = ids::ParseName("units", request.parent()).value_or(0);
  if (absl::Status fits = CheckClient(call, request.client(), unit_id); !fits.ok()) return fits;
  const std::set<std::string> roles(request.client().roles().begin(), request.client().roles().end());
  const std::string secret = crypto::Base64Url(random_(kSecretBytes));
  const idempotency::Scope scope{call.center_id, call.caller.subject, call.method, request.request_id()};
  std::optional<v1::StaffChanged> event;
  std::optional<ClientRecord> created;
  auto client = with_.trail.Run(
      call, request, !request.request_id().empty(), [&](db::Transaction& transaction) -> absl::StatusOr<v1::Client> {
        event.reset();
        created.reset();
        // What is kept for a repeated request names the back end only: the answer holds the secret.
        const auto name = idempotency::Run<v1::GetClientRequest>(
            transaction, scope, request, call.now, [&]() -> absl::StatusOr<v1::GetClientRequest> {
              created = ClientRecord{.center_id = call.center_id,
                                     .id = with_.ids.Next(),
                                     .unit_id = unit_id,
                                     .display_name = request.client().display_name(),
                                     .roles = {roles.begin(), roles.end()},
                                     .certificate = request.client().certificate(),
                                     .secret_hash = crypto::Sha256(secret),
                                     .create_time = call.now};
              if (absl::Status stored = InsertClient(transaction, *created); !stored.ok()) return stored;
              auto published = Publish(transaction, *created, call.now);
              if (!published.ok()) return published.status();
              event = *std::move(published);
              v1::GetClientRequest made;
              made.set_name(ids::ResourceName("clients", created->id));
              return made;
            });
        if (!name.ok()) return name.status();
        if (created) return ToClient(*created);
        const auto kept = FindClient(transaction, IdOf(name->name()));
        if (!kept.ok()) return kept.status();
        if (!kept->has_value()) return errors::NotFound(name->name());
        return ToClient(**kept);
      });
  if (!client.ok()) return client;
  if (event) with_.changes.Tell(*event);
  if (created) client->set_secret(secret);
  return client;
}

absl::StatusOr<v1::Client> ClientsService::RotateClientSecret(const rpc::Call& call,
                                                              const v1::RotateClientSecretRequest& request) {
  if (!request.certificate().empty()) {
    absl::Status formed = CheckThumbprint("certificate", request.certificate());
    if (!formed.ok()) return formed;
  }
  const std::string secret = crypto::Base64Url(random_(kSecretBytes));
  auto client = Change(call, request, request.name(), [&](ClientRecord& record) {
    record.secret_hash = crypto::Sha256(secret);
    if (!request.certificate().empty()) record.certificate = request.certificate();
  });
  if (client.ok()) client->set_secret(secret);
  return client;
}

absl::StatusOr<v1::Client> ClientsService::DisableClient(const rpc::Call& call,
                                                         const v1::DisableClientRequest& request) {
  return Change(call, request, request.name(), [](ClientRecord& record) { record.state = v1::Client::STATE_DISABLED; });
}

absl::StatusOr<v1::Client> ClientsService::Change(const rpc::Call& call, const google::protobuf::Message& request,
                                                  std::string_view name, absl::FunctionRef<void(ClientRecord&)> edit) {
  std::optional<v1::StaffChanged> event;
  auto client = with_.trail.Run(
      call, request, /*repeatable=*/false, [&](db::Transaction& transaction) -> absl::StatusOr<v1::Client> {
        event.reset();
        auto found = LockClient(transaction, IdOf(name));
        if (!found.ok()) return found.status();
        if (!found->has_value()) return errors::NotFound(name);
        ClientRecord& record = **found;
        if (absl::Status may = AuthoriseOn(call, record); !may.ok()) return may;
        if (record.state != v1::Client::STATE_ACTIVE) {
          return errors::FailedPrecondition(
              type::REASON_MOVE_NOT_ALLOWED,
              {{"state", "STATE_DISABLED"}, {"state_zh", "已停用"}, {"allowed", "-"}, {"allowed_zh", "无"}});
        }
        edit(record);
        ++record.version;
        if (absl::Status stored = UpdateClient(transaction, record, call.now); !stored.ok()) return stored;
        auto published = Publish(transaction, record, call.now);
        if (!published.ok()) return published.status();
        event = *std::move(published);
        return ToClient(record);
      });
  if (client.ok() && event) with_.changes.Tell(*event);
  return client;
}

absl::StatusOr<v1::StaffChanged> ClientsService::Publish(db::Transaction& transaction, const ClientRecord& record,
                                                         absl::Time now) const {
  v1::StaffChanged event = ToEvent(record);
  absl::Status appended =
      outbox::Append(transaction, with_.ids, record.center_id, ids::ResourceName("clients", record.id), event, now);
  if (!appended.ok()) return appended;
  return event;
}

absl::StatusOr<v1::IssueClientTokenResponse> ClientsService::IssueClientToken(
    const rpc::Call& call, const v1::IssueClientTokenRequest& request) {
  if (call.certificate.empty()) return errors::Unauthenticated(type::REASON_CLIENT_CERTIFICATE);
  const uint64_t id = IdOf(request.client());
  return with_.trail.Run(
      call, request, /*repeatable=*/true,
      [&](db::Transaction& transaction) -> absl::StatusOr<v1::IssueClientTokenResponse> {
        const auto found = FindClient(transaction, id);
        if (!found.ok()) return found.status();
        const bool proved = found->has_value() && (*found)->state == v1::Client::STATE_ACTIVE &&
                            crypto::ConstantTimeEquals((*found)->secret_hash, crypto::Sha256(request.client_secret()));
        if (!proved) return errors::Unauthenticated(type::REASON_BAD_CREDENTIALS);
        const ClientRecord& record = **found;
        if (!crypto::ConstantTimeEquals(record.certificate, call.certificate)) {
          return errors::Unauthenticated(type::REASON_CLIENT_CERTIFICATE);
        }
        const auth::Caller client{.kind = auth::CallerKind::kClient,
                                  .id = record.id,
                                  .center_id = record.center_id,
                                  .subject = request.client(),
                                  .certificate = record.certificate};
        const auto token = signer_.Sign(client, call.arrival, kTokenLifetime);
        if (!token.ok()) return token.status();
        absl::Status recorded = with_.trail.Append(
            transaction, call, {.object = client.subject, .result = absl::StatusCode::kOk, .subject = client.subject});
        if (!recorded.ok()) return recorded;
        v1::IssueClientTokenResponse response;
        response.set_access_token(token->text);
        *response.mutable_expire_time() =
            google::protobuf::util::TimeUtil::MicrosecondsToTimestamp(absl::ToUnixMicros(token->expire_time));
        return response;
      });
}

}  // namespace wenming::org
