#pragma once

#include <cstdint>
#include <string>

#include "tests/gateway/support/certificates.h"

namespace wenming::gateway {

// How a bare TLS client comes.
struct TlsHello {
  std::string protocols = std::string("\2h2");  // ALPN as on the wire; empty offers none
  int version = 0;                              // the highest, as OpenSSL numbers them; 0: what there is
  std::string ciphers = {};                     // of TLS 1.2; empty: the library's own
  const IssuedCertificate* certificate = nullptr;
  std::string request = {};  // sent after the handshake
};

// What became of it.
struct TlsOutcome {
  bool served = false;        // the server has sent something
  std::string received = {};  // all of it, where there was a request
  std::string protocol = {};  // agreed on by ALPN
  bool ended = false;         // with close_notify, not with the connection alone
  std::string version = {};
  bool resumable = false;  // the server has given a session ticket
};

// Connects to the loopback address, and waits until the server sends something or closes. Verifies nothing.
TlsOutcome TryTls(uint16_t port, const TlsHello& hello);

}  // namespace wenming::gateway
