#include "gateway/net/server_tls.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <sys/stat.h>

#include <algorithm>
#include <boost/asio/ssl/context.hpp>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/crypto/digest.h"

namespace wenming::gateway {
namespace {

namespace ssl = boost::asio::ssl;

absl::Status Useless(const std::string& name, const std::string& what) {
  const char* reason = ERR_reason_error_string(ERR_peek_last_error());
  ERR_clear_error();
  return absl::FailedPreconditionError(
      absl::StrCat(name, " cannot use ", what, ": ", reason == nullptr ? "it cannot be read" : reason));
}

std::string OnWire(const std::vector<std::string>& protocols) {
  std::string wire;
  for (const std::string& protocol : protocols) wire += static_cast<char>(protocol.size()) + protocol;
  return wire;
}

// One of ours, or an alert and no connection (RFC 7301 section 3.2).
int ChooseProtocol(SSL*, const unsigned char** chosen, unsigned char* size, const unsigned char* offered,
                   unsigned int offered_size, void* wire) {
  const auto& ours = *static_cast<const std::string*>(wire);
  unsigned char* found = nullptr;
  const int result = SSL_select_next_proto(&found, size, reinterpret_cast<const unsigned char*>(ours.data()),
                                           static_cast<unsigned int>(ours.size()), offered, offered_size);
  *chosen = found;
  return result == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

void Harden(SSL_CTX* context, const std::string& protocols) {
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_cipher_list(context, "ECDHE+AESGCM:ECDHE+CHACHA20");
  SSL_CTX_set_options(context, SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  SSL_CTX_set_num_tickets(context, 0);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_alpn_select_cb(context, ChooseProtocol, const_cast<std::string*>(&protocols));
  // A key under a passphrase is refused; by default OpenSSL would ask on the terminal.
  SSL_CTX_set_default_passwd_cb(context, [](char*, int, int, void*) { return 0; });
}

}  // namespace

ServerTls::ServerTls(ServerTlsOptions options, const observe::Logger& logger)
    : options_(std::move(options)), logger_(logger), protocols_(OnWire(options_.protocols)) {}

absl::StatusOr<std::unique_ptr<ServerTls>> ServerTls::Load(const ServerTlsOptions& options,
                                                           const observe::Logger& logger) {
  std::unique_ptr<ServerTls> tls(new ServerTls(options, logger));
  tls->stamp_ = tls->Stamp();
  absl::StatusOr<Context> context = tls->Read();
  if (!context.ok()) return context.status();
  tls->context_ = *std::move(context);
  return tls;
}

std::vector<int64_t> ServerTls::Stamp() const {
  std::vector<int64_t> stamp;
  for (const std::string* file : {&options_.certificate, &options_.key, &options_.client_ca}) {
    struct stat facts = {};
    if (!file->empty()) stat(file->c_str(), &facts);
    stamp.insert(stamp.end(), {static_cast<int64_t>(facts.st_ino), facts.st_size, facts.st_mtim.tv_sec,
                               static_cast<int64_t>(facts.st_mtim.tv_nsec)});
  }
  return stamp;
}

absl::StatusOr<ServerTls::Context> ServerTls::Read() const {
  ERR_clear_error();
  auto context = std::make_shared<ssl::context>(ssl::context::tls_server);
  SSL_CTX* native = context->native_handle();
  Harden(native, protocols_);
  if (SSL_CTX_use_certificate_chain_file(native, options_.certificate.c_str()) != 1) {
    return Useless(options_.name, options_.certificate);
  }
  // Checks, too, that the key is the certificate's.
  if (SSL_CTX_use_PrivateKey_file(native, options_.key.c_str(), SSL_FILETYPE_PEM) != 1)
    return Useless(options_.name, options_.key);
  if (options_.client_ca.empty()) return context;
  STACK_OF(X509_NAME)* names = SSL_load_client_CA_file(options_.client_ca.c_str());
  if (names == nullptr || SSL_CTX_load_verify_file(native, options_.client_ca.c_str()) != 1) {
    return Useless(options_.name, options_.client_ca);
  }
  SSL_CTX_set_client_CA_list(native, names);
  const int demand = options_.client_certificates_required ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0;
  SSL_CTX_set_verify(native, SSL_VERIFY_PEER | demand, nullptr);
  return context;
}

ServerTls::Context ServerTls::Current() {
  const std::lock_guard lock(mutex_);
  std::vector<int64_t> stamp = Stamp();
  if (stamp == stamp_) return context_;
  stamp_ = std::move(stamp);
  absl::StatusOr<Context> context = Read();
  if (context.ok()) {
    context_ = *std::move(context);
    logger_.Info(absl::StrCat(options_.name, " has read its certificates again"));
  } else {
    logger_.Warn(absl::StrCat(options_.name, " keeps its certificates"),
                 {{"error", std::string(context.status().message())}});
  }
  return context_;
}

bool ServerTls::AgreedOnHttp2(ssl_st* connection) {
  const unsigned char* chosen = nullptr;
  unsigned int size = 0;
  SSL_get0_alpn_selected(connection, &chosen, &size);
  return std::string_view(reinterpret_cast<const char*>(chosen), size) == "h2";
}

std::optional<PeerCertificate> ServerTls::Peer(ssl_st* connection) {
  X509* certificate = SSL_get0_peer_certificate(connection);
  if (certificate == nullptr || SSL_get_verify_result(connection) != X509_V_OK) return std::nullopt;
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  int days = 0, seconds = 0;
  if (X509_digest(certificate, EVP_sha256(), digest, &size) != 1 ||
      ASN1_TIME_diff(&days, &seconds, nullptr, X509_get0_notAfter(certificate)) != 1) {
    return std::nullopt;
  }
  constexpr int kCentury = 36'500;  // beyond it the clock's nanoseconds would run over
  const auto left = std::chrono::hours(24) * std::min(days, kCentury) + std::chrono::seconds(seconds);
  return PeerCertificate{crypto::Base64Url({reinterpret_cast<const char*>(digest), size}),
                         std::chrono::steady_clock::now() + left};
}

}  // namespace wenming::gateway
