#include "tests/gateway/support/tls_client.h"

#include <openssl/pem.h>
#include <openssl/ssl.h>

#include <memory>

namespace wenming::gateway {
namespace {

template <typename T, typename Read>
std::unique_ptr<T, void (*)(T*)> FromPem(const std::string& pem, Read read, void (*release)(T*)) {
  const std::unique_ptr<BIO, int (*)(BIO*)> bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), BIO_free);
  return {read(bio.get(), nullptr, nullptr, nullptr), release};
}

void Prepare(SSL_CTX* context, const TlsHello& hello) {
  // Old versions need the lowest level of security, so that it is the server who refuses.
  SSL_CTX_set_cipher_list(context,
                          (hello.ciphers.empty() ? "ALL:@SECLEVEL=0" : hello.ciphers + ":@SECLEVEL=0").c_str());
  SSL_CTX_set_min_proto_version(context, TLS1_VERSION);
  if (hello.version != 0) SSL_CTX_set_max_proto_version(context, hello.version);
  if (!hello.protocols.empty()) {
    SSL_CTX_set_alpn_protos(context, reinterpret_cast<const unsigned char*>(hello.protocols.data()),
                            static_cast<unsigned>(hello.protocols.size()));
  }
  if (hello.certificate == nullptr) return;
  SSL_CTX_use_certificate(context, FromPem(hello.certificate->certificate, PEM_read_bio_X509, X509_free).get());
  SSL_CTX_use_PrivateKey(context, FromPem(hello.certificate->key, PEM_read_bio_PrivateKey, EVP_PKEY_free).get());
}

}  // namespace

TlsOutcome TryTls(uint16_t port, const TlsHello& hello) {
  const std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> context(SSL_CTX_new(TLS_client_method()), SSL_CTX_free);
  Prepare(context.get(), hello);
  const std::unique_ptr<BIO, void (*)(BIO*)> bio(BIO_new_ssl_connect(context.get()), BIO_free_all);
  BIO_set_conn_hostname(bio.get(), ("127.0.0.1:" + std::to_string(port)).c_str());
  char byte;
  TlsOutcome outcome;
  if (BIO_do_connect(bio.get()) <= 0 || BIO_do_handshake(bio.get()) <= 0) return outcome;
  SSL* connection = nullptr;
  BIO_get_ssl(bio.get(), &connection);
  BIO_write(bio.get(), hello.request.data(), static_cast<int>(hello.request.size()));
  outcome.served = BIO_read(bio.get(), &byte, 1) == 1;
  if (outcome.served) outcome.received = byte;
  while (!hello.request.empty() && BIO_read(bio.get(), &byte, 1) == 1) outcome.received += byte;
  outcome.ended = (SSL_get_shutdown(connection) & SSL_RECEIVED_SHUTDOWN) != 0;
  const unsigned char* protocol = nullptr;
  unsigned int size = 0;
  SSL_get0_alpn_selected(connection, &protocol, &size);
  if (size > 0) outcome.protocol.assign(reinterpret_cast<const char*>(protocol), size);
  outcome.version = SSL_get_version(connection);
  outcome.resumable = SSL_SESSION_is_resumable(SSL_get0_session(connection)) == 1;
  return outcome;
}

}  // namespace wenming::gateway
