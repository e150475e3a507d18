#pragma once

#include <prometheus/counter.h>
#include <prometheus/registry.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "gateway/net/address.h"
#include "gateway/net/asio.h"
#include "gateway/upstream/channel.h"
#include "gateway/upstream/retry_budget.h"

namespace wenming::gateway {

// What the back ends of all loops count. Thread-safe.
struct RetryMetrics {
  explicit RetryMetrics(prometheus::Registry& registry);
  prometheus::Counter& not_begun;
  prometheus::Counter& lost;
  prometheus::Counter& unavailable;
  prometheus::Counter& refused;  // by the budget
};

struct BackEndOptions {
  std::chrono::milliseconds resolve_every{30'000};  // a name whose replicas are all well
  ChannelOptions channel = {};
  RetryBudgetOptions budget = {};
};

// Finds where a name leads, without holding up the loop: `found` is called on it, later, with nothing if it failed.
using LookUp = std::function<void(const Address& name, std::function<void(std::vector<Tcp::endpoint>)> found)>;

// By the resolver of the system.
LookUp SystemLookUp(asio::io_context& loop);

// Why a call has to be made again.
enum class Trouble {
  kNotBegun,     // the replica has certainly not begun it
  kLost,         // the connection broke, and nobody knows how far it came
  kUnavailable,  // the replica has answered UNAVAILABLE
};

// One event loop's connections to all replicas of a back end, which calls go to in turn.
//
// Each address that is given is a replica, or, where its host is a name with several addresses (a headless Service of
// Kubernetes), all of them are. A name is looked up again every now and then and whenever a connection is lost; what it
// no longer names gets no new calls. Looking up never holds up the loop. Belongs to its loop.
class BackEnd {
 public:
  // A replica for the next call, connected; null when there is none to be had now.
  using Taker = absl::AnyInvocable<void(std::shared_ptr<Channel>)>;
  // Told of what happens to a connection to `replica`, "10.0.0.7:9101".
  using Watcher = std::function<void(Channel::News news, const std::string& replica)>;
  struct Place {
    Address address;
    Watcher watcher;
  };

  // `seed` shifts pauses and where the turns begin.
  BackEnd(asio::io_context& loop, std::vector<Place> places, const BackEndOptions& options, LookUp look_up,
          RetryMetrics& metrics, uint64_t seed);

  void Start();
  // Closes all connections and makes no more.
  void Stop();
  // Calls `taker` now, or, while the first connections are being made, once that is decided. `avoid`, where a try has
  // failed, is taken only if there is no other.
  void Acquire(Taker taker, const Channel* avoid = nullptr);
  // Whether a call that was tried `tries` times on `channel` is worth another; takes it out of the budget.
  bool MayTryAgain(Trouble trouble, int tries, const Channel& channel);

 private:
  using Clock = std::chrono::steady_clock;
  // An address as it was given, and what is known of its name.
  struct Origin {
    Origin(asio::io_context& loop, Place given) : place(std::move(given)), timer(loop.get_executor()) {}
    Place place;
    Timer timer;  // until the name is looked up again; the first time, how long calls wait for it
    Clock::time_point looked_up = {};
    bool fixed = false;  // it is no name
    bool looking = false;
    bool known = false;  // whether the first look has come to an end
  };
  struct Replica {
    std::shared_ptr<Channel> channel;
    const Origin* origin;
  };

  void Find(Origin& origin);
  void FindSoon(Origin& origin);
  void FindAfter(Origin& origin, Clock::duration pause);
  void OnFound(Origin& origin, const std::vector<Tcp::endpoint>& endpoints);
  void Update(Origin& origin, const std::vector<Tcp::endpoint>& endpoints);
  void Add(Origin& origin, const Tcp::endpoint& endpoint);
  void OnNews(Origin& origin, Channel::News news, const std::string& replica);
  void Give(Taker taker, const Channel* avoid);
  std::shared_ptr<Channel> Choose(const Channel* avoid);
  template <typename Wanted>
  std::shared_ptr<Channel> NextOf(const Wanted& wanted, bool in_turn);
  bool HasOther(const Channel& channel) const;
  bool Undecided() const;
  void Settle();
  double Draw();

  asio::io_context& loop_;
  const BackEndOptions options_;
  RetryMetrics& metrics_;
  RetryBudget budget_;
  std::minstd_rand random_;
  LookUp look_up_;
  std::vector<std::unique_ptr<Origin>> origins_;
  std::vector<Replica> replicas_;
  size_t next_;
  std::vector<Taker> waiting_;
  bool stopped_ = false;
};

}  // namespace wenming::gateway
