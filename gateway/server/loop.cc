#include "gateway/server/loop.h"

#include <algorithm>
#include <boost/asio/ssl/context.hpp>
#include <utility>

#include "gateway/http/connection.h"
#include "gateway/server/tls_front.h"

namespace wenming::gateway {
namespace {

constexpr auto kTick = std::chrono::milliseconds(100);
constexpr size_t kMostTurnedAway = 100;  // at once; who comes then is closed without a word

http::Limits WithoutHeld(http::Limits limits) {
  limits.held = nullptr;
  return limits;
}

}  // namespace

Loop::Loop(const Shared& shared, const http::Limits& limits, uint64_t seed)
    : shared_(shared),
      limits_(limits),
      admin_limits_(WithoutHeld(limits)),
      work_(io_.get_executor()),
      tick_(io_.get_executor()),
      seed_(seed),
      ids_(seed),
      api_(io_, shared, back_ends_, ids_),
      admin_(shared.metrics, shared.readiness),
      edge_{io_, shared, limits, back_ends_, ids_} {}

Loop::~Loop() { Stop(); }

void Loop::AddBackEnd(std::vector<BackEnd::Place> places, const BackEndOptions& options, RetryMetrics& metrics) {
  back_ends_.push_back(std::make_unique<BackEnd>(io_, std::move(places), options, SystemLookUp(io_), metrics,
                                                 seed_ + back_ends_.size()));
}

void Loop::Start() {
  asio::post(io_, [this] {
    for (auto& back_end : back_ends_) back_end->Start();
    Tick();
  });
  thread_ = std::thread([this] { io_.run(); });
}

void Loop::ServeApi(Socket socket) {
  if (closing_) return;
  auto place = shared_.http_places.Take();
  if (place == nullptr) return TurnAway(std::move(socket));
  auto of_address = shared_.admission.TryOpen(PeerAddress(socket));
  if (!of_address) return;  // closes it
  Taken places{*std::move(of_address), std::move(place)};
  shared_.metrics.http_connections().Increment();
  ++open_connections_;
  if (shared_.http_tls != nullptr) {
    auto front = std::make_shared<TlsFront>(std::move(socket), *shared_.http_tls->Current(), limits_, api_);
    front->Start();
    return Serve(std::move(front), Kind::kApi, std::move(places));
  }
  auto connection = std::make_shared<http::Connection>(std::move(socket), limits_, api_);
  connection->Start();
  Serve(std::move(connection), Kind::kApi, std::move(places));
}

void Loop::ServeAdmin(Socket socket) {
  if (closing_) return;
  auto connection = std::make_shared<http::Connection>(std::move(socket), admin_limits_, admin_);
  connection->Start();
  Serve(std::move(connection), Kind::kAdmin, {});
}

void Loop::Serve(std::shared_ptr<http::Served> connection, Kind kind, Taken places) {
  http_.push_back({connection, kind, std::move(places)});
  if (kind != Kind::kApi) return;
  if (announced_) connection->Announce();
  if (draining_) connection->Drain();
}

// A handshake would cost more than what it keeps from us.
void Loop::TurnAway(Socket socket) {
  if (shared_.http_tls != nullptr || turned_away_ >= kMostTurnedAway) return;
  ++turned_away_;
  auto connection = std::make_shared<http::Connection>(std::move(socket), limits_, api_);
  connection->TurnAway();
  Serve(std::move(connection), Kind::kTurnedAway, {});
}

void Loop::ServeEdge(Socket socket) {
  if (closing_) return;
  auto place = shared_.edge_places.Take();
  if (place == nullptr) return;  // closes it
  auto of_address = shared_.admission.TryOpen(PeerAddress(socket));
  if (!of_address) return;
  auto edge = std::make_shared<EdgeConnection>(edge_, *std::move(of_address));
  edges_.push_back({edge, std::move(place)});
  ++open_connections_;
  edge->Start(std::move(socket));
  if (announced_) edge->Announce();
  if (draining_) edge->Drain();
}

// Enforces the limits of time and forgets what was closed.
void Loop::Tick() {
  auto now = http::Served::Clock::now();
  for (auto& entry : http_) entry.connection->Expire(now);
  for (auto& entry : edges_) entry.connection->Expire(now);
  auto closed =
      std::partition(http_.begin(), http_.end(), [](const HttpEntry& entry) { return entry.connection->open(); });
  for (auto entry = closed; entry != http_.end(); ++entry) {
    if (entry->kind == Kind::kApi) shared_.metrics.http_connections().Decrement();
    if (entry->kind == Kind::kTurnedAway) --turned_away_;
  }
  http_.erase(closed, http_.end());
  edges_.erase(
      std::remove_if(edges_.begin(), edges_.end(), [](const EdgeEntry& entry) { return !entry.connection->open(); }),
      edges_.end());
  CountConnections();
  tick_.expires_after(kTick);
  tick_.async_wait([this](ErrorCode cancelled) {
    // A tick that was already due when CloseAll cancelled the timer comes without an error.
    if (!cancelled && !closing_) Tick();
  });
}

void Loop::CountConnections() {
  auto counted = std::count_if(http_.begin(), http_.end(), [](const auto& entry) { return entry.kind == Kind::kApi; });
  open_connections_ = static_cast<size_t>(counted) + edges_.size();
}

void Loop::Announce() {
  asio::post(io_, [this] {
    announced_ = true;
    for (auto& entry : http_) {
      if (entry.kind == Kind::kApi) entry.connection->Announce();
    }
    for (auto& entry : edges_) entry.connection->Announce();
  });
}

void Loop::Drain() {
  asio::post(io_, [this] {
    draining_ = true;
    for (auto& entry : http_) {
      if (entry.kind == Kind::kApi) entry.connection->Drain();
    }
    for (auto& entry : edges_) entry.connection->Drain();
  });
}

void Loop::CloseAll() {
  closing_ = true;
  tick_.cancel();
  for (auto& entry : http_) entry.connection->Close();
  for (auto& entry : edges_) entry.connection->Close();
  for (auto& back_end : back_ends_) back_end->Stop();
  api_.Stop();
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
