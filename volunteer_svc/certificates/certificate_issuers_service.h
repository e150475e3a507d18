// Implements wenming.volunteer.v1.CertificateIssuersService.
#pragma once

#include "absl/status/statusor.h"
#include "common/rpc/call.h"
#include "common/rpc/service.h"
#include "volunteer_svc/dependencies.h"
#include "wenming/volunteer/v1/certificates.pb.h"

namespace wenming::volunteer {

// Thread-safe.
class CertificateIssuersService {
 public:
  explicit CertificateIssuersService(const Dependencies& dependencies) : with_(dependencies) {}

  rpc::Service Bind();

  absl::StatusOr<v1::CertificateIssuer> GetCertificateIssuer(const rpc::Call& call,
                                                             const v1::GetCertificateIssuerRequest& request);
  absl::StatusOr<v1::CertificateIssuer> UpdateCertificateIssuer(const rpc::Call& call,
                                                                const v1::UpdateCertificateIssuerRequest& request);

 private:
  const Dependencies with_;
};

}  // namespace wenming::volunteer
