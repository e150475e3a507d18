#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <thread>
#include <vector>

#include "gateway/edge/edge_connection.h"
#include "gateway/http/served.h"
#include "gateway/net/asio.h"
#include "gateway/observe/ids.h"
#include "gateway/server/admin_handler.h"
#include "gateway/server/api_handler.h"
#include "gateway/server/shared.h"
#include "gateway/upstream/back_end.h"

namespace wenming::gateway {

// One thread with its event loop: the connections of clients that were given to it, and connections of its own to
// every back end, so that a request never leaves its thread. Made, started and stopped by Gateway; Serve… are called on
// the loop.
class Loop {
 public:
  Loop(const Shared& shared, const http::Limits& limits, uint64_t seed);
  ~Loop();

  asio::io_context& io() { return io_; }

  // Before Start: a back end to connect to, by its replicas; the watchers are called on the loop.
  void AddBackEnd(std::vector<BackEnd::Place> places, const BackEndOptions& options, RetryMetrics& metrics);
  void Start();

  void ServeApi(Socket socket);
  void ServeAdmin(Socket socket);
  void ServeEdge(Socket socket);

  // Thread-safe: from now on clients are told to come back on another connection.
  void Announce();
  // Thread-safe: closes what is idle; the rest closes after its answer.
  void Drain();
  // Thread-safe: how many connections of clients are open, as of the loop's last look.
  size_t open_connections() const { return open_connections_; }
  // Closes everything and ends the thread.
  void Stop();

 private:
  // What a connection of http_ is.
  enum class Kind { kApi, kAdmin, kTurnedAway };
  // Among the connections of its address, and of its listener.
  struct Taken {
    limits::ConnectionCounts::Place of_address;
    std::shared_ptr<void> of_listener;
  };
  void Serve(std::shared_ptr<http::Served> connection, Kind kind, Taken places);
  void TurnAway(Socket socket);
  void Tick();
  void CountConnections();
  void CloseAll();

  const Shared& shared_;
  const http::Limits& limits_;
  const http::Limits admin_limits_;  // whoever looks after a gateway that is full must get through
  asio::io_context io_{1};
  asio::executor_work_guard<asio::io_context::executor_type> work_;
  Timer tick_;
  const uint64_t seed_;
  IdSource ids_;
  std::vector<std::unique_ptr<BackEnd>> back_ends_;
  ApiHandler api_;
  AdminHandler admin_;
  EdgeContext edge_;
  struct HttpEntry {
    std::shared_ptr<http::Served> connection;
    Kind kind;
    Taken places;
  };
  struct EdgeEntry {
    std::shared_ptr<EdgeConnection> connection;
    std::shared_ptr<void> place;
  };
  std::vector<HttpEntry> http_;
  std::vector<EdgeEntry> edges_;
  size_t turned_away_ = 0;  // of http_
  std::atomic<size_t> open_connections_ = 0;
  bool announced_ = false;
  bool draining_ = false;
  bool closing_ = false;
  bool stopped_ = false;
  std::thread thread_;
};

}  // namespace wenming::gateway
