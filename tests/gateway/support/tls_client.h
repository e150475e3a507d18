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
};

// What became of it.
struct TlsOutcome {
  bool served = false;  // the server has sent HTTP/2 frames
  std::string version = {};
  bool resumable = false;  // the server has given a session ticket
};

// Connects to the loopback address, and waits until the server sends something or closes. Verifies nothing.
TlsOutcome TryTls(uint16_t port, const TlsHello& hello);

}  // namespace wenming::gateway
