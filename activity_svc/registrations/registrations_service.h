// Implements wenming.activity.v1.RegistrationsService.
#pragma once

#include "absl/status/statusor.h"
#include "activity_svc/dependencies.h"
#include "common/rpc/call.h"
#include "common/rpc/service.h"
#include "wenming/activity/v1/registrations.pb.h"

namespace wenming::activity {

// Thread-safe.
class RegistrationsService {
 public:
  explicit RegistrationsService(const Dependencies& dependencies)
      : db_(dependencies.db), ids_(dependencies.ids), pager_(dependencies.pager), metrics_(dependencies.metrics) {}
  rpc::Service Bind();

  absl::StatusOr<v1::Registration> CreateRegistration(const rpc::Call& call,
                                                      const v1::CreateRegistrationRequest& request);
  absl::StatusOr<v1::Registration> GetRegistration(const rpc::Call& call, const v1::GetRegistrationRequest& request);
  absl::StatusOr<v1::ListRegistrationsResponse> ListRegistrations(const rpc::Call& call,
                                                                  const v1::ListRegistrationsRequest& request);
  absl::StatusOr<v1::ListMyRegistrationsResponse> ListMyRegistrations(const rpc::Call& call,
                                                                      const v1::ListMyRegistrationsRequest& request);
  absl::StatusOr<v1::Registration> CancelRegistration(const rpc::Call& call,
                                                      const v1::CancelRegistrationRequest& request);
  absl::StatusOr<v1::Registration> AcceptOffer(const rpc::Call& call, const v1::AcceptOfferRequest& request);
  absl::StatusOr<v1::Registration> DeclineOffer(const rpc::Call& call, const v1::DeclineOfferRequest& request);

 private:
  void CountSignUp(const absl::StatusOr<v1::Registration>& answer) const;

  db::Pool& db_;
  ids::Generator& ids_;
  const paging::Pager& pager_;
  const Metrics& metrics_;
};

}  // namespace wenming::activity
