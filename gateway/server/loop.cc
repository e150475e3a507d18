#include "gateway/server/loop.h"

#include <algorithm>
#include <boost/asio/ssl/context.hpp>
#include <utility>

namespace wenming::gateway {
namespace {

constexpr auto kTick = std::chrono::milliseconds(100);

}  // namespace

Loop::Loop(const Shared& shared, const http::Limits& limits, uint64_t seed)
    : shared_(shared),
      limits_(limits),
      work_(io_.get_executor()),
      tick_(io_.get_executor()),
      ids_(seed),
      api_(io_, shared, channels_, ids_),
      admin_(shared.metrics, shared.readiness),
      edge_{io_, shared, limits, channels_, ids_} {}

Loop::~Loop() { Stop(); }

void Loop::AddChannel(const Address& address, Channel::Watcher watcher) {
  channels_.push_back(std::make_unique<Channel>(io_, address, ChannelOptions(), std::move(watcher)));
}

void Loop::Start() {
  asio::post(io_, [this] {
    for (auto& channel : channels_) channel->Start();
    Tick();
  });
  thread_ = std::thread([this] { io_.run(); });
}

void Loop::ServeApi(Socket socket) {
  auto place = shared_.admission.TryOpen(PeerAddress(socket));
  if (!place) return;  // closes it
  shared_.metrics.http_connections().Increment();
  ServerTls* tls = shared_.http_tls;
  Serve(tls == nullptr ? Transport(std::move(socket)) : Transport(std::move(socket), *tls->Current()), api_,
        /*counted=*/true, *std::move(place));
}

void Loop::ServeAdmin(Socket socket) { Serve(std::move(socket), admin_, /*counted=*/false, {}); }

void Loop::Serve(Transport transport, http::Handler& handler, bool counted, limits::ConnectionCounts::Place place) {
  auto connection = std::make_shared<http::Connection>(std::move(transport), limits_, handler);
  http_.push_back({connection, counted, std::move(place)});
  if (counted) ++open_connections_;
  connection->Start();
  if (counted && (draining_ || http_.size() > limits_.connections)) connection->Drain();
}

void Loop::ServeEdge(Socket socket) {
  if (edges_.size() >= limits_.connections) return;  // closes it
  auto place = shared_.admission.TryOpen(PeerAddress(socket));
  if (!place) return;
  auto edge = std::make_shared<EdgeConnection>(edge_, *std::move(place));
  edges_.push_back(edge);
  ++open_connections_;
  edge->Start(std::move(socket));
  if (draining_) edge->Drain();
}

// Enforces the limits of time and forgets what was closed.
void Loop::Tick() {
  auto now = http::Connection::Clock::now();
  for (auto& entry : http_) entry.connection->Expire(now);
  for (auto& edge : edges_) edge->Expire(now);
  auto closed =
      std::partition(http_.begin(), http_.end(), [](const HttpEntry& entry) { return entry.connection->open(); });
  auto counted = std::count_if(closed, http_.end(), [](const HttpEntry& entry) { return entry.counted; });
  if (counted > 0) shared_.metrics.http_connections().Decrement(static_cast<double>(counted));
  http_.erase(closed, http_.end());
  edges_.erase(std::remove_if(edges_.begin(), edges_.end(), [](const auto& edge) { return !edge->open(); }),
               edges_.end());
  CountConnections();
  tick_.expires_after(kTick);
  tick_.async_wait([this](ErrorCode cancelled) {
    // A tick that was already due when CloseAll cancelled the timer comes without an error.
    if (!cancelled && !closing_) Tick();
  });
}

void Loop::CountConnections() {
  auto counted = std::count_if(http_.begin(), http_.end(), [](const HttpEntry& entry) { return entry.counted; });
  open_connections_ = static_cast<size_t>(counted) + edges_.size();
}

void Loop::Drain() {
  asio::post(io_, [this] {
    draining_ = true;
    for (auto& entry : http_) {
      if (entry.counted) entry.connection->Drain();
    }
    for (auto& edge : edges_) edge->Drain();
  });
}

void Loop::CloseAll() {
  closing_ = true;
  tick_.cancel();
  for (auto& entry : http_) entry.connection->Close();
  for (auto& edge : edges_) edge->Close();
  for (auto& channel : channels_) channel->Stop();
  work_.reset();
}

void Loop::Stop() {
  if (std::exchange(stopped_, true)) return;
  asio::post(io_, [this] { CloseAll(); });
  if (thread_.joinable()) {
    thread_.join();
  } else {
    io_.run();
  }
}

}  // namespace wenming::gateway
