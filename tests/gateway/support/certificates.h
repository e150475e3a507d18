#pragma once

#include <memory>
#include <string>

struct evp_pkey_st;
struct x509_st;

namespace wenming::gateway {

// What TestAuthority has issued.
struct IssuedCertificate {
  std::string certificate;  // PEM
  std::string key;          // PEM
  std::string thumbprint;   // SHA-256 of the DER, base64url
};

// What a certificate shall say. Times are seconds from now.
struct CertificateWish {
  std::string name = "localhost";
  int from = -3600;
  int to = 86'400;
  std::string usage = "serverAuth,clientAuth";
};

// A certificate authority of its own, with P-256 keys.
class TestAuthority {
 public:
  explicit TestAuthority(const std::string& name);

  // PEM.
  const std::string& certificate() const { return pem_; }
  IssuedCertificate Issue(const CertificateWish& wish) const;

 private:
  std::shared_ptr<evp_pkey_st> key_;
  std::shared_ptr<x509_st> certificate_;
  std::string pem_;
};

}  // namespace wenming::gateway
