#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/functional/any_invocable.h"
#include "gateway/net/asio.h"

struct ssl_st;
namespace boost::asio::ssl {
class context;
}

namespace wenming::gateway {

// The peer's address, without the port; empty when the connection is gone.
std::string PeerAddress(const Socket& socket);

// A connected TCP socket, with TLS on it or without.
//
// Belongs to its loop. One read and one write may run at a time; an operation ends when the peer has done its part or
// with Close, and until its handler was called the transport must live and not be moved.
class Transport {
 public:
  using Handler = absl::AnyInvocable<void(ErrorCode, size_t)>;

  Transport(Socket socket);  // NOLINT(google-explicit-constructor): a socket is a transport
  // TLS as the server; begins with Handshake.
  Transport(Socket socket, asio::ssl::context& context);
  Transport(Transport&& other) noexcept;
  ~Transport();

  // TLS only. The size that `done` gets means nothing.
  void Handshake(Handler done);
  // Reads what there is, at least a byte.
  void ReadSome(asio::mutable_buffer buffer, Handler done);
  // The read that runs, if it has taken nothing yet, ends with operation_aborted; the next one may begin.
  void CancelRead();
  // Whether the peer has sent what no read has taken.
  bool HasInput();
  // Writes all of it, one buffer after the other.
  void Write(std::array<asio::const_buffer, 2> buffers, Handler done);
  void Write(asio::const_buffer buffer, Handler done) { Write({buffer, asio::const_buffer()}, std::move(done)); }
  // Tells the peer that nothing more comes; reading goes on. `keep` lives until the peer knows.
  void ShutdownSend(std::shared_ptr<void> keep);
  // Closes so that the peer sees a broken connection and no end of one.
  void Reset();
  void Close();

  asio::io_context::executor_type executor() { return tcp().get_executor(); }
  std::string PeerAddress() { return gateway::PeerAddress(tcp()); }
  // The connection as OpenSSL knows it; null without TLS.
  ssl_st* tls();

 private:
  struct Tls;
  Socket& tcp();

  std::optional<Socket> plain_;
  std::unique_ptr<Tls> tls_;
};

}  // namespace wenming::gateway
