// Implements wenming.volunteer.v1.CertificatesService.
#pragma once

#include "absl/status/statusor.h"
#include "common/rpc/call.h"
#include "common/rpc/service.h"
#include "volunteer_svc/certificates/certificates_store.h"
#include "volunteer_svc/dependencies.h"
#include "volunteer_svc/volunteers/volunteers_store.h"
#include "wenming/volunteer/v1/certificates.pb.h"

namespace wenming::volunteer {

// Thread-safe.
class CertificatesService {
 public:
  explicit CertificatesService(const Dependencies& dependencies);

  rpc::Service Bind();

  absl::StatusOr<v1::Certificate> CreateCertificate(const rpc::Call& call, const v1::CreateCertificateRequest& request);
  absl::StatusOr<v1::Certificate> GetCertificate(const rpc::Call& call, const v1::GetCertificateRequest& request);
  absl::StatusOr<v1::ListCertificatesResponse> ListCertificates(const rpc::Call& call,
                                                                const v1::ListCertificatesRequest& request);
  absl::StatusOr<v1::Certificate> RevokeCertificate(const rpc::Call& call, const v1::RevokeCertificateRequest& request);
  absl::StatusOr<v1::VerifyCertificateResponse> VerifyCertificate(const rpc::Call& call,
                                                                  const v1::VerifyCertificateRequest& request);

 private:
  // Issues over what the ledger holds now; its account stays locked until the transaction ends.
  absl::StatusOr<CertificateRecord> Issue(db::Transaction& transaction, const rpc::Call& call,
                                          const v1::CreateCertificateRequest& request, uint64_t volunteer_id) const;
  // The certificate, where the caller may see it.
  absl::StatusOr<CertificateRecord> Load(db::Session& session, const rpc::Call& call, const std::string& name,
                                         std::string_view permission) const;

  const Dependencies dependencies_;
  const CertificatesStore store_;
  const VolunteersStore volunteers_;
};

}  // namespace wenming::volunteer
