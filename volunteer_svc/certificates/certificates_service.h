// Implements wenming.volunteer.v1.CertificatesService.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/rpc/call.h"
#include "common/rpc/service.h"
#include "google/api/httpbody.pb.h"
#include "volunteer_svc/certificates/certificate_issuing.h"
#include "volunteer_svc/certificates/certificate_keys.h"
#include "volunteer_svc/certificates/certificate_printer.h"
#include "volunteer_svc/certificates/certificates_store.h"
#include "volunteer_svc/dependencies.h"
#include "volunteer_svc/volunteers/volunteers_store.h"
#include "wenming/volunteer/v1/certificates.pb.h"

namespace wenming::volunteer {

// Thread-safe. The printer must outlive it.
class CertificatesService {
 public:
  CertificatesService(const Dependencies& dependencies, CertificateKeys keys, const CertificatePrinter& printer);

  rpc::Service Bind();

  absl::StatusOr<v1::Certificate> CreateCertificate(const rpc::Call& call, const v1::CreateCertificateRequest& request);
  absl::StatusOr<v1::Certificate> GetCertificate(const rpc::Call& call, const v1::GetCertificateRequest& request);
  absl::StatusOr<v1::ListCertificatesResponse> ListCertificates(const rpc::Call& call,
                                                                const v1::ListCertificatesRequest& request);
  absl::StatusOr<v1::Certificate> RevokeCertificate(const rpc::Call& call, const v1::RevokeCertificateRequest& request);
  absl::StatusOr<v1::VerifyCertificateResponse> VerifyCertificate(const rpc::Call& call,
                                                                  const v1::VerifyCertificateRequest& request);
  absl::StatusOr<google::api::HttpBody> ShowVerification(const rpc::Call& call,
                                                         const v1::ShowVerificationRequest& request);
  absl::StatusOr<google::api::HttpBody> PrintCertificate(const rpc::Call& call,
                                                         const v1::PrintCertificateRequest& request);
  absl::StatusOr<google::api::HttpBody> SignCertificate(const rpc::Call& call,
                                                        const v1::SignCertificateRequest& request);
  absl::StatusOr<v1::CertificateKeys> GetCertificateKeys(const rpc::Call& call,
                                                         const v1::GetCertificateKeysRequest& request);
  // In certificate_batches.cc.
  absl::StatusOr<v1::BatchCreateCertificatesResponse> BatchCreateCertificates(
      const rpc::Call& call, const v1::BatchCreateCertificatesRequest& request);
  absl::StatusOr<google::api::HttpBody> PrintCertificateBatch(const rpc::Call& call,
                                                              const v1::PrintCertificateBatchRequest& request);

 private:
  absl::StatusOr<v1::VerifyCertificateResponse> Verify(const rpc::Call& call, const std::string& given) const;
  absl::StatusOr<bool> IsAdult(db::Session& session, const rpc::Call& call, uint64_t volunteer_id) const;
  // The signed statement of a certificate that stands; NOT_FOUND where there is none.
  absl::StatusOr<std::string> StatementOf(db::Session& session, const CertificateRecord& record,
                                          const std::string& name) const;
  // Whom a batch is for, in order and once each.
  absl::StatusOr<std::vector<uint64_t>> Wanted(db::Session& session, const rpc::Call& call,
                                               const v1::BatchCreateCertificatesRequest& request) const;
  // The members of a team who belong to the unit or to one below it, in the order in which they joined.
  absl::StatusOr<std::vector<uint64_t>> MembersOf(db::Session& session, const rpc::Call& call, const std::string& team,
                                                  uint64_t unit_id) const;
  // A line for each of them, their certificates issued.
  absl::StatusOr<v1::BatchCreateCertificatesResponse> IssueAll(db::Transaction& transaction, const rpc::Call& call,
                                                               const v1::BatchCreateCertificatesRequest& request) const;
  // As the caller may see it: a minor's with a masked name.
  absl::StatusOr<v1::Certificate> Show(db::Session& session, const rpc::Call& call,
                                       const CertificateRecord& record) const;
  // The certificate, where the caller may see it.
  absl::StatusOr<CertificateRecord> Load(db::Session& session, const rpc::Call& call, const std::string& name,
                                         std::string_view permission) const;

  const Dependencies dependencies_;
  const CertificateKeys keys_;
  const CertificatePrinter& printer_;
  const CertificateIssuing issuing_;
  const CertificatesStore store_;
  const VolunteersStore volunteers_;
};

}  // namespace wenming::volunteer
