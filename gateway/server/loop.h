#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <thread>
#include <vector>

#include "gateway/edge/edge_connection.h"
#include "gateway/http/connection.h"
#include "gateway/net/asio.h"
#include "gateway/observe/ids.h"
#include "gateway/server/admin_handler.h"
#include "gateway/server/api_handler.h"
#include "gateway/server/shared.h"
#include "gateway/upstream/channel.h"

namespace wenming::gateway {

// One thread with its event loop: the connections of clients that were given to it, and a connection of its own to
// every back end, so that a request never leaves its thread. Made, started and stopped by Gateway; Serve… are called on
// the loop.
class Loop {
 public:
  Loop(const Shared& shared, const http::Limits& limits, uint64_t seed);
  ~Loop();

  asio::io_context& io() { return io_; }

  // Before Start: a back end to connect to; `watcher` is called on the loop.
  void AddChannel(const Address& address, Channel::Watcher watcher);
  void Start();

  void ServeApi(Socket socket);
  void ServeAdmin(Socket socket);
  void ServeEdge(Socket socket);

  // Thread-safe: closes what is idle; the rest closes after its answer.
  void Drain();
  // Thread-safe: how many connections of clients are open, as of the loop's last look.
  size_t open_connections() const { return open_connections_; }
  // Closes everything and ends the thread.
  void Stop();

 private:
  void Serve(Transport transport, http::Handler& handler, bool counted, limits::ConnectionCounts::Place place);
  void Tick();
  void CountConnections();
  void CloseAll();

  const Shared& shared_;
  const http::Limits& limits_;
  asio::io_context io_{1};
  asio::executor_work_guard<asio::io_context::executor_type> work_;
  Timer tick_;
  IdSource ids_;
  std::vector<std::unique_ptr<Channel>> channels_;
  ApiHandler api_;
  AdminHandler admin_;
  EdgeContext edge_;
  struct HttpEntry {
    std::shared_ptr<http::Connection> connection;
    bool counted;                           // of the API, not of the admin port
    limits::ConnectionCounts::Place place;  // of its address
  };
  std::vector<HttpEntry> http_;
  std::vector<std::shared_ptr<EdgeConnection>> edges_;
  std::atomic<size_t> open_connections_ = 0;
  bool draining_ = false;
  bool closing_ = false;
  bool stopped_ = false;
  std::thread thread_;
};

}  // namespace wenming::gateway
