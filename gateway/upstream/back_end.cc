#include "gateway/upstream/back_end.h"

#include <algorithm>
#include <utility>

#include "gateway/net/endpoint_text.h"

namespace wenming::gateway {
namespace {

constexpr int kMostTries = 3;
constexpr std::chrono::steady_clock::duration kShortestPause = std::chrono::seconds(1);  // between looks at a name

prometheus::Counter& Retried(prometheus::Registry& registry, const char* reason) {
  return prometheus::BuildCounter()
      .Name("gateway_retries_total")
      .Help("Calls made again on another connection, by why the first try failed.")
      .Register(registry)
      .Add({{"reason", reason}});
}

}  // namespace

RetryMetrics::RetryMetrics(prometheus::Registry& registry)
    : not_begun(Retried(registry, "not_begun")),
      lost(Retried(registry, "lost")),
      unavailable(Retried(registry, "unavailable")),
      refused(prometheus::BuildCounter()
                  .Name("gateway_retries_refused_total")
                  .Help("Calls that were not made again because the budget for it was used up.")
                  .Register(registry)
                  .Add({})) {}

LookUp SystemLookUp(asio::io_context& loop) {
  return [resolver = std::make_shared<Tcp::resolver>(loop)](const Address& name, auto found) {
    resolver->async_resolve(name.host, std::to_string(name.port), Tcp::resolver::numeric_service,
                            [found = std::move(found)](ErrorCode failed, const Tcp::resolver::results_type& results) {
                              std::vector<Tcp::endpoint> endpoints;
                              if (!failed) endpoints.assign(results.begin(), results.end());
                              found(std::move(endpoints));
                            });
  };
}

BackEnd::BackEnd(asio::io_context& loop, std::vector<Place> places, const BackEndOptions& options, LookUp look_up,
                 RetryMetrics& metrics, uint64_t seed)
    : loop_(loop),
      options_(options),
      metrics_(metrics),
      budget_(options.budget, Clock::now()),
      random_(static_cast<std::minstd_rand::result_type>(seed)),
      look_up_(std::move(look_up)),
      next_(random_()) {
  for (Place& place : places) origins_.push_back(std::make_unique<Origin>(loop, std::move(place)));
}

void BackEnd::Start() {
  for (auto& origin : origins_) Find(*origin);
}

void BackEnd::Stop() {
  if (std::exchange(stopped_, true)) return;
  look_up_ = nullptr;
  for (auto& origin : origins_) origin->timer.cancel();
  for (auto& replica : std::exchange(replicas_, {})) replica.channel->Stop();
  Settle();
}

void BackEnd::Find(Origin& origin) {
  const Address& address = origin.place.address;
  ErrorCode is_name;
  const auto number = asio::ip::make_address(address.host, is_name);
  if (!is_name) {
    origin.fixed = origin.known = true;
    return Update(origin, {Tcp::endpoint(number, address.port)});
  }
  origin.looking = true;
  if (!origin.known) {
    origin.timer.expires_after(options_.channel.connect_timeout);
    origin.timer.async_wait([this, &origin](ErrorCode cancelled) {
      if (cancelled || stopped_) return;
      origin.known = true;
      Settle();
    });
  }
  look_up_(address, [this, &origin](const std::vector<Tcp::endpoint>& endpoints) {
    if (!stopped_) OnFound(origin, endpoints);
  });
}

// A name server that fails for a while, or knows of nobody, takes nobody away.
void BackEnd::OnFound(Origin& origin, const std::vector<Tcp::endpoint>& endpoints) {
  origin.looking = false;
  origin.known = true;
  origin.looked_up = Clock::now();
  if (!endpoints.empty()) Update(origin, endpoints);
  FindAfter(origin, endpoints.empty() ? kShortestPause : Jittered(options_.resolve_every, Draw()));
  Settle();
}

void BackEnd::FindAfter(Origin& origin, Clock::duration pause) {
  origin.timer.expires_after(pause);
  origin.timer.async_wait([this, &origin](ErrorCode cancelled) {
    if (!cancelled && !stopped_ && !origin.looking) Find(origin);
  });
}

void BackEnd::FindSoon(Origin& origin) {
  if (origin.fixed || origin.looking) return;
  FindAfter(origin, std::max<Clock::duration>(origin.looked_up + kShortestPause - Clock::now(), {}));
}

void BackEnd::Update(Origin& origin, const std::vector<Tcp::endpoint>& endpoints) {
  const auto named = [&](const Replica& replica) {
    const Tcp::endpoint& endpoint = replica.channel->replica();
    return replica.origin != &origin || std::find(endpoints.begin(), endpoints.end(), endpoint) != endpoints.end();
  };
  const auto gone = std::stable_partition(replicas_.begin(), replicas_.end(), named);
  const std::vector<Replica> leaving(gone, replicas_.end());
  replicas_.erase(gone, replicas_.end());
  for (const Tcp::endpoint& endpoint : endpoints) Add(origin, endpoint);
  for (const Replica& replica : leaving) replica.channel->Leave();
}

void BackEnd::Add(Origin& origin, const Tcp::endpoint& endpoint) {
  const bool known = std::any_of(replicas_.begin(), replicas_.end(), [&](const Replica& replica) {
    return replica.origin == &origin && replica.channel->replica() == endpoint;
  });
  if (known) return;
  auto channel = std::make_shared<Channel>(
      loop_, endpoint, origin.place.address.Text(), options_.channel, [this] { return Draw(); },
      [this, &origin, text = TextOf(endpoint)](Channel::News news) { OnNews(origin, news, text); });
  replicas_.push_back({channel, &origin});
  channel->Start();
}

void BackEnd::OnNews(Origin& origin, Channel::News news, const std::string& replica) {
  origin.place.watcher(news, replica);
  if (stopped_) return;
  if (news == Channel::News::kLost || news == Channel::News::kFailed) FindSoon(origin);
  Settle();
}

void BackEnd::Acquire(Taker taker, const Channel* avoid) {
  if (avoid == nullptr) budget_.Called();
  Give(std::move(taker), avoid);
}

void BackEnd::Give(Taker taker, const Channel* avoid) {
  auto channel = Choose(avoid);
  if (channel == nullptr && !stopped_ && Undecided()) return waiting_.push_back(std::move(taker));
  taker(std::move(channel));
}

std::shared_ptr<Channel> BackEnd::Choose(const Channel* avoid) {
  const auto is_ready = [avoid](const Channel& channel) { return &channel != avoid && channel.ready(); };
  const auto is_another = [avoid](const Channel& channel) { return &channel != avoid; };
  if (auto channel = NextOf(is_ready, avoid == nullptr)) return channel;
  if (auto channel = NextOf(is_another, avoid == nullptr)) return channel;
  return avoid == nullptr ? nullptr : NextOf([avoid](const Channel& channel) { return &channel == avoid; }, false);
}

// A try out of turn moves nothing, or else whoever fails would be first again.
template <typename Wanted>
std::shared_ptr<Channel> BackEnd::NextOf(const Wanted& wanted, bool in_turn) {
  const size_t count = replicas_.size();
  for (size_t i = next_; i < next_ + count; ++i) {
    const auto& channel = replicas_[i % count].channel;
    if (!wanted(*channel) || !channel->TryPass()) continue;
    if (in_turn) next_ = i + 1;
    return channel;
  }
  return nullptr;
}

bool BackEnd::HasOther(const Channel& channel) const {
  return std::any_of(replicas_.begin(), replicas_.end(), [&](const Replica& replica) {
    return replica.channel.get() != &channel && replica.channel->trusted();
  });
}

// Whether there may be a connection in a moment.
bool BackEnd::Undecided() const {
  return std::any_of(origins_.begin(), origins_.end(), [](const auto& origin) { return !origin->known; }) ||
         std::any_of(replicas_.begin(), replicas_.end(),
                     [](const Replica& replica) { return replica.channel->connecting(); });
}

void BackEnd::Settle() {
  for (Taker& taker : std::exchange(waiting_, {})) Give(std::move(taker), nullptr);
}

bool BackEnd::MayTryAgain(Trouble trouble, int tries, const Channel& channel) {
  if (tries >= kMostTries) return false;
  if (trouble == Trouble::kNotBegun) {
    metrics_.not_begun.Increment();
    return true;
  }
  // Who has just said that he cannot would say it again.
  if (trouble == Trouble::kUnavailable && !HasOther(channel)) return false;
  if (!budget_.TryTake(Clock::now())) {
    metrics_.refused.Increment();
    return false;
  }
  (trouble == Trouble::kLost ? metrics_.lost : metrics_.unavailable).Increment();
  return true;
}

double BackEnd::Draw() { return std::uniform_real_distribution<double>(0, 1)(random_); }

}  // namespace wenming::gateway
