#include "gateway/edge/edge_connection.h"

#include <boost/asio/ssl/context.hpp>
#include <utility>

namespace wenming::gateway {

EdgeConnection::EdgeConnection(const EdgeContext& context) : context_(context) {
  context_.shared.metrics.edge_connections().Increment();
}

EdgeConnection::~EdgeConnection() {
  if (session_ != nullptr) session_->Detach();
}

void EdgeConnection::Start(Socket socket) {
  ServerTls* tls = context_.shared.edge_tls;
  if (tls == nullptr) return Serve(std::move(socket));
  deadline_ = Clock::now() + tls->handshake_time();
  handshake_.emplace(std::move(socket), *tls->Current());
  handshake_->Handshake([self = shared_from_this()](ErrorCode error, size_t) { self->OnHandshake(error); });
}

void EdgeConnection::OnHandshake(ErrorCode error) {
  if (!open_) return;
  if (error || !ServerTls::AgreedOnHttp2(handshake_->tls())) return Close();
  peer_ = ServerTls::Peer(handshake_->tls());
  Serve(*std::exchange(handshake_, std::nullopt));
}

void EdgeConnection::Serve(Transport transport) {
  session_ = h2::Session::Start(h2::Session::Role::kServer, std::move(transport), {}, this);
}

void EdgeConnection::Expire(Clock::time_point now) {
  if (handshake_ && now >= deadline_) return Close();
  if (peer_ && now >= peer_->expires) Drain();
}

void EdgeConnection::Drain() { session_ == nullptr ? Close() : session_->Drain(); }

void EdgeConnection::Close() {
  if (session_ != nullptr) return session_->Close();
  if (!open_) return;
  context_.shared.metrics.edge_handshake_failures().Increment();
  handshake_->Close();
  OnClosed();
}

std::shared_ptr<h2::StreamListener> EdgeConnection::OnStream(int32_t id) {
  return Forwarder::Make(context_, session_, peer_ ? peer_->thumbprint : std::string(), id);
}

void EdgeConnection::OnClosed() {
  open_ = false;
  context_.shared.metrics.edge_connections().Decrement();
}

}  // namespace wenming::gateway
