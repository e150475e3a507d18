#include "gateway/edge/edge_connection.h"

#include <boost/asio/ssl/context.hpp>
#include <utility>

namespace wenming::gateway {
namespace {

// gRPC takes 8 KB of headers unless it is told otherwise, and what the gateway adds must fit, too: a service that finds
// them too large may end the connection that all clients share.
constexpr uint32_t kMostHeaderBytes = 7 * 1024;

}  // namespace

EdgeConnection::EdgeConnection(const EdgeContext& context, limits::ConnectionCounts::Place place)
    : context_(context), place_(std::move(place)) {
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
  busy_ = Clock::now();
  deadline_ = busy_ + context_.limits.head_time;
  const h2::SessionOptions options{.max_header_bytes = kMostHeaderBytes};
  session_ = h2::Session::Start(h2::Session::Role::kServer, std::move(transport), options, this);
  if (announced_) session_->Announce();
}

bool EdgeConnection::IsStalled(Clock::time_point now) const {
  if (session_ == nullptr || !session_->greeted()) return now >= deadline_;
  if (const auto writing = session_->writing_since(); writing && now >= *writing + context_.limits.write_time)
    return true;
  const auto call = newest_.lock();
  return call != nullptr && !call->has_headers() && now >= call->begin() + context_.limits.head_time;
}

void EdgeConnection::Expire(Clock::time_point now) {
  if (!open_) return;
  if (IsStalled(now)) return Close();
  if (peer_ && now >= peer_->expires) return Drain();
  if (session_ == nullptr) return;
  if (session_->stream_count() > 0) busy_ = now;
  if (now >= busy_ + context_.limits.edge_idle_time) Drain();
}

void EdgeConnection::Announce() {
  announced_ = true;
  if (session_ != nullptr) session_->Announce();
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
  auto call = Forwarder::Make(context_, session_, peer_ ? peer_->thumbprint : std::string(), id);
  newest_ = call;
  return call;
}

void EdgeConnection::OnClosed() {
  open_ = false;
  context_.shared.metrics.edge_connections().Decrement();
}

}  // namespace wenming::gateway
