// Implements wenming.activity.v1.RegistrationsService.
#pragma once

#include "absl/status/statusor.h"
#include "activity_svc/dependencies.h"
#include "activity_svc/registrations/full_shifts.h"
#include "activity_svc/registrations/held_answers.h"
#include "activity_svc/registrations/sign_up_desk.h"
#include "common/rpc/call.h"
#include "common/rpc/service.h"
#include "wenming/activity/v1/registrations.pb.h"

namespace wenming::activity {

// Thread-safe.
class RegistrationsService {
 public:
  // `clock` is what FullShifts remembers by.
  explicit RegistrationsService(const Dependencies& dependencies,
                                std::function<Moment()> clock = std::chrono::steady_clock::now)
      : db_(dependencies.db),
        ids_(dependencies.ids),
        trail_(dependencies.trail),
        pager_(dependencies.pager),
        metrics_(dependencies.metrics),
        full_(std::move(clock)),
        desk_(db_, ids_, trail_, full_, [this](const Verdict& verdict) { CountSignUp(verdict); }) {}
  rpc::Service Bind();

  // Decided by the desk, together with others.
  void CreateRegistration(const rpc::Call& call, const v1::CreateRegistrationRequest& request,
                          rpc::Reply<v1::Registration> reply);
  absl::StatusOr<v1::Registration> GetRegistration(const rpc::Call& call, const v1::GetRegistrationRequest& request);
  absl::StatusOr<v1::ListRegistrationsResponse> ListRegistrations(const rpc::Call& call,
                                                                  const v1::ListRegistrationsRequest& request);
  absl::StatusOr<v1::ListMyRegistrationsResponse> ListMyRegistrations(const rpc::Call& call,
                                                                      const v1::ListMyRegistrationsRequest& request);
  absl::StatusOr<v1::ExportMyRegistrationsResponse> ExportMyRegistrations(
      const rpc::Call& call, const v1::ExportMyRegistrationsRequest& request);
  absl::StatusOr<v1::Registration> CancelRegistration(const rpc::Call& call,
                                                      const v1::CancelRegistrationRequest& request);
  absl::StatusOr<v1::ExplainEligibilityResponse> ExplainEligibility(const rpc::Call& call,
                                                                    const v1::ExplainEligibilityRequest& request);
  absl::StatusOr<v1::Registration> ExcuseRegistration(const rpc::Call& call,
                                                      const v1::ExcuseRegistrationRequest& request);
  absl::StatusOr<v1::Registration> AcceptOffer(const rpc::Call& call, const v1::AcceptOfferRequest& request);
  absl::StatusOr<v1::Registration> DeclineOffer(const rpc::Call& call, const v1::DeclineOfferRequest& request);

 private:
  // What gives a place back, or may, is answered a moment later (FullShifts says why).
  template <typename Request,
            absl::StatusOr<v1::Registration> (RegistrationsService::*handler)(const rpc::Call&, const Request&)>
  void Held(const rpc::Call& call, const Request& request, rpc::Reply<v1::Registration> reply) {
    held_.Send((this->*handler)(call, request), std::move(reply));
  }

  void CountSignUp(const Verdict& verdict) const;

  db::Pool& db_;
  ids::Generator& ids_;
  const audit::Trail& trail_;
  const paging::Pager& pager_;
  const Metrics& metrics_;
  FullShifts full_;
  HeldAnswers held_;
  SignUpDesk desk_;
};

}  // namespace wenming::activity
