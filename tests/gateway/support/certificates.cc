#include "tests/gateway/support/certificates.h"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <atomic>
#include <functional>

#include "common/crypto/digest.h"

namespace wenming::gateway {
namespace {

using Key = std::shared_ptr<EVP_PKEY>;
using Certificate = std::shared_ptr<X509>;

Key NewKey() { return {EVP_EC_gen("P-256"), EVP_PKEY_free}; }

std::string Written(const std::function<int(BIO*)>& write) {
  const std::unique_ptr<BIO, int (*)(BIO*)> bio(BIO_new(BIO_s_mem()), BIO_free);
  write(bio.get());
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &data);
  return {data, static_cast<size_t>(size)};
}

void Extend(X509* certificate, int kind, const std::string& value) {
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, kind, value.c_str());
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

Certificate Draft(const CertificateWish& wish, EVP_PKEY* key) {
  static std::atomic<int> serial = 1;
  Certificate certificate(X509_new(), X509_free);
  X509_set_version(certificate.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), serial++);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), wish.from);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), wish.to);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate.get()), "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(wish.name.c_str()), -1, -1, 0);
  X509_set_pubkey(certificate.get(), key);
  return certificate;
}

std::string Pem(X509* certificate) {
  return Written([&](BIO* bio) { return PEM_write_bio_X509(bio, certificate); });
}

}  // namespace

TestAuthority::TestAuthority(const std::string& name) : key_(NewKey()) {
  CertificateWish wish;
  wish.name = name;
  certificate_ = Draft(wish, key_.get());
  X509_set_issuer_name(certificate_.get(), X509_get_subject_name(certificate_.get()));
  Extend(certificate_.get(), NID_basic_constraints, "critical,CA:TRUE");
  X509_sign(certificate_.get(), key_.get(), EVP_sha256());
  pem_ = Pem(certificate_.get());
}

IssuedCertificate TestAuthority::Issue(const CertificateWish& wish) const {
  const Key key = NewKey();
  const Certificate issued = Draft(wish, key.get());
  X509_set_issuer_name(issued.get(), X509_get_subject_name(certificate_.get()));
  Extend(issued.get(), NID_subject_alt_name, "DNS:" + wish.name);
  Extend(issued.get(), NID_ext_key_usage, wish.usage);
  X509_sign(issued.get(), key_.get(), EVP_sha256());
  const std::string der = Written([&](BIO* bio) { return i2d_X509_bio(bio, issued.get()); });
  return {.certificate = Pem(issued.get()),
          .key = Written([&](BIO* bio) {
            return PEM_write_bio_PKCS8PrivateKey(bio, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
          }),
          .thumbprint = crypto::Base64Url(crypto::Sha256(der))};
}

}  // namespace wenming::gateway
