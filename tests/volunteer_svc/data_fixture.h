// What the tests of consents, rights and reveals share: all services on one county, and people of any age.
#pragma once

#include <string>
#include <vector>

#include "tests/volunteer_svc/fixture.h"
#include "volunteer_svc/access_requests/access_requests_service.h"
#include "volunteer_svc/certificates/certificates_service.h"
#include "volunteer_svc/consents/consents_service.h"
#include "volunteer_svc/rights/rights_service.h"
#include "volunteer_svc/volunteers/volunteers_service.h"

namespace wenming::volunteer {

// Remembers what was asked of it.
struct RecordedTraces : public PersonTraces {
  absl::Status EndAccess(db::Transaction&, uint64_t, uint64_t id, absl::Time) const override {
    ended.push_back(id);
    return absl::OkStatus();
  }
  absl::Status Forget(db::Transaction&, uint64_t, uint64_t id) const override {
    forgotten.push_back(id);
    return absl::OkStatus();
  }
  absl::Status Export(db::Session&, uint64_t, uint64_t, absl::Time,
                      v1::ExportVolunteerResponse& response) const override {
    response.add_linked_identities()->set_provider("wechat");
    return absl::OkStatus();
  }
  mutable std::vector<uint64_t> ended, forgotten;
};

class DataTest : public VolunteerTest {
 protected:
  // The n-th person, who became `age` on the day of test::Morning(), with what that age needs.
  v1::CreateVolunteerRequest FormFor(int n, int age);
  uint64_t RegisterAged(int n, int age);

  absl::StatusOr<v1::Volunteer> Get(const rpc::Call& call, uint64_t id);
  absl::Status Reactivate(uint64_t id);
  absl::StatusOr<v1::WithdrawConsentResponse> Withdraw(const rpc::Call& call, uint64_t id,
                                                       v1::ConsentDocument::Kind kind);
  absl::StatusOr<v1::EraseVolunteerResponse> Erase(const rpc::Call& call, uint64_t id, const std::string& reason = "");
  absl::StatusOr<v1::ExportVolunteerResponse> Export(const rpc::Call& call, uint64_t id);
  absl::StatusOr<v1::RevealVolunteerResponse> Reveal(const rpc::Call& call, uint64_t id);
  absl::StatusOr<v1::Certificate> Certify(uint64_t id);
  // The details of the audit records of a method about an object, in order.
  std::vector<std::string> Audited(const std::string& method, const std::string& object);

  // A call of the method, so that the audit log names it.
  rpc::Call As(rpc::Call call, const std::string& method) const;

  RecordedTraces traces_;
  VolunteersService volunteers_{dependencies_};
  const CertificatePrinter printer_{"https://wenming.example.cn"};
  CertificatesService certificates_{dependencies_, CertificateKeys(keys_.path()), printer_};
  ConsentsService consents_{dependencies_, {&traces_}};
  AccessRequestsService access_requests_{dependencies_};
  RightsService rights_{dependencies_, {&traces_}};
};

}  // namespace wenming::volunteer
