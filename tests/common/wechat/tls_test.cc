// A server that cannot prove that it is WeChat is told nothing.

#include <arpa/inet.h>
#include <curl/curl.h>
#include <gtest/gtest.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <sys/socket.h>
#include <unistd.h>

#include <memory>
#include <string>
#include <thread>

#include "absl/strings/str_cat.h"
#include "common/wechat/http.h"

namespace wenming::wechat {
namespace {

template <typename T, void (*kFree)(T*)>
struct Freeing {
  void operator()(T* thing) const { kFree(thing); }
};
using Key = std::unique_ptr<EVP_PKEY, Freeing<EVP_PKEY, EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Freeing<X509, X509_free>>;
using Context = std::unique_ptr<SSL_CTX, Freeing<SSL_CTX, SSL_CTX_free>>;
using Tls = std::unique_ptr<SSL, Freeing<SSL, SSL_free>>;

// A certificate for localhost that nobody but its owner has signed.
Certificate SelfSigned(EVP_PKEY* key) {
  Certificate certificate(X509_new());
  X509_set_version(certificate.get(), X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -3600);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
  X509_set_pubkey(certificate.get(), key);
  X509_NAME* name = X509_get_subject_name(certificate.get());
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("localhost"), -1, -1, 0);
  X509_set_issuer_name(certificate.get(), name);
  X509_sign(certificate.get(), key, EVP_sha256());
  return certificate;
}

// Takes one connection, and counts the bytes that its client entrusts to it.
class Impostor {
 public:
  Impostor() : key_(EVP_EC_gen("P-256")), certificate_(SelfSigned(key_.get())), context_(SSL_CTX_new(TLS_method())) {
    SSL_CTX_use_certificate(context_.get(), certificate_.get());
    SSL_CTX_use_PrivateKey(context_.get(), key_.get());
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    EXPECT_EQ(bind(listener_, reinterpret_cast<sockaddr*>(&address), size), 0);
    EXPECT_EQ(listen(listener_, 1), 0);
    EXPECT_EQ(getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size), 0);
    port = ntohs(address.sin_port);
    thread_ = std::thread([this] { Serve(); });
  }
  ~Impostor() { close(listener_); }

  // How many there were, once the client is gone.
  int Told() {
    thread_.join();
    return told_;
  }

  int port = 0;

 private:
  void Serve() {
    const int socket = accept(listener_, nullptr, nullptr);
    const Tls tls(SSL_new(context_.get()));
    SSL_set_fd(tls.get(), socket);
    char byte;
    if (SSL_accept(tls.get()) == 1) {
      while (SSL_read(tls.get(), &byte, 1) == 1) ++told_;
    }
    close(socket);
  }

  const Key key_;
  const Certificate certificate_;
  const Context context_;
  const int listener_ = socket(AF_INET, SOCK_STREAM, 0);
  int told_ = 0;
  std::thread thread_;
};

TEST(HttpClientTls, TellsNothingToAServerWithACertificateOfItsOwn) {
  for (const char* host : {"localhost", "127.0.0.1"}) {
    Impostor impostor;
    HttpClient client(1);
    auto place = client.TryEnter();
    ASSERT_TRUE(place.has_value());
    const auto answer = place->Get(absl::StrCat("https://", host, ":", impostor.port, "/sns/jscode2session?secret=s"),
                                   absl::Seconds(5));
    EXPECT_EQ(answer.status().code(), absl::StatusCode::kUnavailable);
    EXPECT_EQ(answer.status().message(), curl_easy_strerror(CURLE_PEER_FAILED_VERIFICATION));
    EXPECT_EQ(impostor.Told(), 0) << host;
  }
}

}  // namespace
}  // namespace wenming::wechat
