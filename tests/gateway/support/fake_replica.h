#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gateway/h2/session.h"
#include "gateway/net/address.h"
#include "gateway/net/asio.h"

namespace wenming::gateway {

// A replica of a back end on a loop of the test, which does with each call what it is told to. Calls are unary; the
// answer to one is the message that it came with. Watching its health counts as no call.
class FakeReplica final {
 public:
  enum class Mood {
    kAnswer,
    kRefuse,       // REFUSED_STREAM
    kUnavailable,  // UNAVAILABLE, without a word
    kExcuse,       // UNAVAILABLE, with details
    kBreak,        // closes the connection once it has read the call
    kHold,         // never answers
  };

  // On a free port of the loopback address.
  explicit FakeReplica(asio::io_context& loop);
  ~FakeReplica();

  void Become(Mood mood) { mood_ = mood; }
  // What it says of itself from now on to those who watch its health.
  void SetReady(bool ready);
  // Ends the answers to those who watch its health with this status, and so all that are asked for from now on;
  // nothing: answers again.
  void FailWatches(std::optional<int> code);
  // Closes the connections and listens no more.
  void Die();

  Tcp::endpoint endpoint() const { return endpoint_; }
  Address address() const { return {endpoint_.address().to_string(), endpoint_.port()}; }
  // Calls that were read, and connections that are open.
  int calls() const { return calls_; }
  size_t connections() const;
  // How often it was asked for its health.
  int watches() const { return watches_; }

 private:
  class Call;
  class Connection;

  void Accept();

  asio::io_context& loop_;
  Tcp::acceptor acceptor_;
  Tcp::endpoint endpoint_;
  std::vector<std::unique_ptr<Connection>> connections_;
  Mood mood_ = Mood::kAnswer;
  bool ready_ = true;
  std::optional<int> watch_failure_;
  int calls_ = 0;
  int watches_ = 0;
};

}  // namespace wenming::gateway
