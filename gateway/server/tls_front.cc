#include "gateway/server/tls_front.h"

#include <utility>

#include "gateway/http/connection.h"
#include "gateway/http2/connection.h"
#include "gateway/net/server_tls.h"

namespace wenming::gateway {

TlsFront::TlsFront(Socket socket, asio::ssl::context& context, const http::Limits& limits, http::Handler& handler)
    : transport_(std::move(socket), context),
      limits_(limits),
      handler_(handler),
      deadline_(Clock::now() + limits.head_time) {}

void TlsFront::Start() {
  transport_.Handshake([self = shared_from_this()](ErrorCode error, size_t) { self->OnHandshake(error); });
}

void TlsFront::OnHandshake(ErrorCode error) {
  if (!open_) return;
  if (error) return Close();
  if (ServerTls::AgreedOnHttp2(transport_.tls())) {
    served_ = std::make_shared<http2::Connection>(std::move(transport_), limits_, handler_);
  } else {
    auto connection = std::make_shared<http::Connection>(std::move(transport_), limits_, handler_);
    served_ = connection;
    connection->Start();
  }
  if (announced_) served_->Announce();
  if (draining_) served_->Drain();
}

void TlsFront::Expire(Clock::time_point now) {
  if (served_ != nullptr) return served_->Expire(now);
  if (now >= deadline_) Close();
}

void TlsFront::Announce() {
  announced_ = true;
  if (served_ != nullptr) served_->Announce();
}

void TlsFront::Drain() {
  draining_ = true;
  if (served_ != nullptr) served_->Drain();
}

void TlsFront::Close() {
  if (served_ != nullptr) return served_->Close();
  if (std::exchange(open_, false)) transport_.Close();
}

}  // namespace wenming::gateway
