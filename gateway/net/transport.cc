#include "gateway/net/transport.h"

#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <utility>

namespace wenming::gateway {

struct Transport::Tls {
  asio::ssl::stream<Socket> stream;
};

Transport::Transport(Socket socket) : plain_(std::move(socket)) {}

Transport::Transport(Socket socket, asio::ssl::context& context)
    : tls_(new Tls{asio::ssl::stream<Socket>(std::move(socket), context)}) {}

Transport::Transport(Transport&& other) noexcept = default;
Transport::~Transport() = default;

Socket& Transport::tcp() { return tls_ == nullptr ? *plain_ : tls_->stream.next_layer(); }

ssl_st* Transport::tls() { return tls_ == nullptr ? nullptr : tls_->stream.native_handle(); }

void Transport::Handshake(Handler done) {
  tls_->stream.async_handshake(asio::ssl::stream_base::server,
                               [done = std::move(done)](ErrorCode error) mutable { done(error, 0); });
}

void Transport::ReadSome(asio::mutable_buffer buffer, Handler done) {
  if (tls_ == nullptr) return plain_->async_read_some(buffer, std::move(done));
  tls_->stream.async_read_some(buffer, std::move(done));
}

void Transport::CancelRead() {
  ErrorCode ignored;
  tcp().cancel(ignored);
}

bool Transport::HasInput() {
  ErrorCode error;
  return tcp().available(error) > 0;
}

void Transport::Write(std::array<asio::const_buffer, 2> buffers, Handler done) {
  if (tls_ == nullptr) return asio::async_write(*plain_, buffers, std::move(done));
  asio::async_write(tls_->stream, buffers, std::move(done));
}

void Transport::ShutdownSend(std::shared_ptr<void> keep) {
  if (tls_ != nullptr) return tls_->stream.async_shutdown([keep = std::move(keep)](ErrorCode) {});
  ErrorCode ignored;
  tcp().shutdown(Tcp::socket::shutdown_send, ignored);
}

void Transport::Reset() {
  ErrorCode ignored;
  tcp().set_option(asio::socket_base::linger(true, 0), ignored);
  tcp().close(ignored);
}

void Transport::Close() {
  ErrorCode ignored;
  tcp().shutdown(Tcp::socket::shutdown_both, ignored);
  tcp().close(ignored);
}

std::string PeerAddress(const Socket& socket) {
  ErrorCode error;
  auto endpoint = socket.remote_endpoint(error);
  return error ? std::string() : endpoint.address().to_string();
}

}  // namespace wenming::gateway
