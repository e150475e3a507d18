// Implements wenming.org.v1.ClientsService and ClientAuthService.
#pragma once

#include <optional>
#include <string_view>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/auth/token_signer.h"
#include "common/crypto/random.h"
#include "common/rpc/call.h"
#include "common/rpc/service.h"
#include "org_svc/clients/clients_store.h"
#include "org_svc/dependencies.h"
#include "org_svc/staff/role_book.h"

namespace wenming::org {

// Thread-safe; the references outlive it.
class ClientsService {
 public:
  ClientsService(const Dependencies& with, const RoleBook& roles, const auth::TokenSigner& signer,
                 crypto::RandomSource random = crypto::RandomBytes)
      : with_(with), roles_(roles), signer_(signer), random_(std::move(random)) {}

  rpc::Service Bind();
  rpc::Service BindAuth();

  absl::StatusOr<v1::Client> GetClient(const rpc::Call& call, const v1::GetClientRequest& request);
  absl::StatusOr<v1::ListClientsResponse> ListClients(const rpc::Call& call, const v1::ListClientsRequest& request);
  absl::StatusOr<v1::Client> CreateClient(const rpc::Call& call, const v1::CreateClientRequest& request);
  absl::StatusOr<v1::Client> RotateClientSecret(const rpc::Call& call, const v1::RotateClientSecretRequest& request);
  absl::StatusOr<v1::Client> DisableClient(const rpc::Call& call, const v1::DisableClientRequest& request);
  absl::StatusOr<v1::IssueClientTokenResponse> IssueClientToken(const rpc::Call& call,
                                                                const v1::IssueClientTokenRequest& request);

 private:
  absl::Status CheckClient(const rpc::Call& call, const v1::Client& client, uint64_t unit_id) const;
  // Loads, authorises, changes by `edit`, stores and publishes.
  absl::StatusOr<v1::Client> Change(const rpc::Call& call, const google::protobuf::Message& request,
                                    std::string_view name, absl::FunctionRef<void(ClientRecord&)> edit);
  absl::StatusOr<v1::StaffChanged> Publish(db::Transaction& transaction, const ClientRecord& record,
                                           absl::Time now) const;

  const Dependencies& with_;
  const RoleBook& roles_;
  const auth::TokenSigner& signer_;
  const crypto::RandomSource random_;
};

}  // namespace wenming::org
