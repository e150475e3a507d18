#include "gateway/edge/edge_connection.h"

#include <utility>

namespace wenming::gateway {

EdgeConnection::EdgeConnection(const EdgeContext& context, Socket socket) : context_(context) {
  context_.shared.metrics.edge_connections().Increment();
  session_ = h2::Session::Start(h2::Session::Role::kServer, std::move(socket), {}, this);
}

EdgeConnection::~EdgeConnection() { session_->Detach(); }

std::shared_ptr<h2::StreamListener> EdgeConnection::OnStream(int32_t id) {
  return Forwarder::Make(context_, session_, id);
}

void EdgeConnection::OnClosed() { context_.shared.metrics.edge_connections().Decrement(); }

}  // namespace wenming::gateway
