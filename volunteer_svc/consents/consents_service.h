// Implements wenming.volunteer.v1.ConsentsService.
#pragma once

#include "absl/status/statusor.h"
#include "common/rpc/call.h"
#include "common/rpc/service.h"
#include "volunteer_svc/consents/consents_store.h"
#include "volunteer_svc/dependencies.h"
#include "volunteer_svc/rights/person_traces.h"
#include "volunteer_svc/volunteers/volunteers_store.h"
#include "wenming/volunteer/v1/consents.pb.h"

namespace wenming::volunteer {

// Thread-safe.
class ConsentsService {
 public:
  ConsentsService(const Dependencies& dependencies, AllTraces traces);

  rpc::Service Bind();

  absl::StatusOr<v1::ListConsentDocumentsResponse> ListConsentDocuments(const rpc::Call& call,
                                                                        const v1::ListConsentDocumentsRequest& request);
  absl::StatusOr<v1::ConsentDocument> PublishConsentDocument(const rpc::Call& call,
                                                             const v1::PublishConsentDocumentRequest& request);
  absl::StatusOr<v1::GiveConsentResponse> GiveConsent(const rpc::Call& call, const v1::GiveConsentRequest& request);
  absl::StatusOr<v1::WithdrawConsentResponse> WithdrawConsent(const rpc::Call& call,
                                                              const v1::WithdrawConsentRequest& request);
  absl::StatusOr<v1::ListConsentsResponse> ListConsents(const rpc::Call& call, const v1::ListConsentsRequest& request);

 private:
  // The consent of the volunteer to the document: the one that stands, or a new one.
  absl::StatusOr<ConsentRecord> Agree(db::Transaction& transaction, const rpc::Call& call,
                                      const VolunteerRecord& volunteer, const ConsentDocumentRecord& document,
                                      v1::Consent::Channel channel) const;

  const Dependencies with_;
  const AllTraces traces_;
  const VolunteersStore volunteers_;
};

}  // namespace wenming::volunteer
