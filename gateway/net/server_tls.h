#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/observe/log.h"

struct ssl_st;
namespace boost::asio::ssl {
class context;
}

namespace wenming::gateway {

// How a listener speaks TLS. Files are PEM.
struct ServerTlsOptions {
  std::string certificate = {};  // ours, then those between it and its authority
  std::string key = {};
  std::string client_ca = {};  // authorities of client certificates; empty: clients are not asked for one
  bool client_certificates_required = true;
  std::chrono::milliseconds handshake_time{10'000};
  // By ALPN, the dearest first. A client that offers others only is refused; whether one that offers none may stay is
  // the listener's question.
  std::vector<std::string> protocols = {"h2"};
  std::string name = "the edge";  // for the operator
};

// A certificate that the peer has shown and proved to own, by an authority of ours, valid when it was shown.
struct PeerCertificate {
  std::string thumbprint;  // SHA-256 of its DER in base64url without padding, as x5t#S256 (RFC 8705 section 3.1)
  std::chrono::steady_clock::time_point expires;
};

// A listener's certificate, key and authorities, read again as soon as a file is another: connections that are open
// keep what they were made with. TLS 1.2 and 1.3 with forward secrecy and AEAD only, no resumption (it would outlive a
// client's certificate), no renegotiation. Revocation lists are not consulted: a lost client certificate is taken out
// of the back end's registration instead. Thread-safe; outlives the connections.
class ServerTls {
 public:
  // FAILED_PRECONDITION with one sentence when a file is missing or of no use. `logger` must outlive it.
  static absl::StatusOr<std::unique_ptr<ServerTls>> Load(const ServerTlsOptions& options,
                                                         const observe::Logger& logger);

  // What the next connection is made with. Files that are of no use, as when only one of two is written yet, are logged
  // and change nothing.
  std::shared_ptr<boost::asio::ssl::context> Current();
  std::chrono::milliseconds handshake_time() const { return options_.handshake_time; }

  // After a handshake: whether HTTP/2 was agreed on, and who the peer is; nothing for one without a certificate.
  static bool AgreedOnHttp2(ssl_st* connection);
  static std::optional<PeerCertificate> Peer(ssl_st* connection);

 private:
  using Context = std::shared_ptr<boost::asio::ssl::context>;
  ServerTls(ServerTlsOptions options, const observe::Logger& logger);
  absl::StatusOr<Context> Read() const;
  // Tells one state of the files from another.
  std::vector<int64_t> Stamp() const;

  const ServerTlsOptions options_;
  const observe::Logger& logger_;
  const std::string protocols_;  // as on the wire
  std::mutex mutex_;
  std::vector<int64_t> stamp_;
  Context context_;
};

}  // namespace wenming::gateway
