#include "gateway/server/gateway.h"

#include <malloc.h>

#include <algorithm>
#include <functional>
#include <future>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/observe/build_info.h"
#include "gateway/net/listener.h"
#include "gateway/observe/metrics.h"
#include "gateway/observe/readiness.h"
#include "gateway/server/back_ends.h"
#include "gateway/server/documents.h"
#include "gateway/server/local_pages.h"
#include "gateway/server/loop.h"
#include "gateway/server/route_table.h"
#include "gateway/server/shared.h"

namespace wenming::gateway {
namespace {

// Longer than a client on the way takes from its SYN to the end of the handshake.
constexpr auto kHandshakes = std::chrono::milliseconds(300);

}  // namespace

class Gateway::Impl {
 public:
  Impl(GatewayOptions options, const observe::Logger& logger, std::unique_ptr<const Catalog> catalog)
      : options_(std::move(options)),
        logger_(logger),
        catalog_(std::move(catalog)),
        back_ends_(GroupBackEnds(options_.backends)),
        policy_(options_.forward_headers),
        cors_(options_.cors_origins, options_.forward_headers),
        admission_(options_.admission, metrics_.registry(), options_.seed),
        readiness_(back_ends_.addresses.size()),
        http_places_(options_.limits.connections),
        edge_places_(options_.limits.connections) {
    options_.limits.held = &admission_.held();
    observe::AddBuildInfo(metrics_.registry(), absl::Now());
    metrics_.BeforeRender([this] {
      admission_.Report();
      metrics_.ready().Set(readiness_.ready() ? 1 : 0);
    });
  }

  ~Impl() {
    if (started_) StopListening({http_.get(), grpc_.get(), admin_.get()});
    for (auto& loop : loops_) loop->Stop();
  }

  absl::Status Start() {
    auto routes = RouteTable::Make(*catalog_, metrics_);
    if (!routes.ok()) return routes.status();
    routes_ = *std::move(routes);
    if (options_.documents) AddDocuments(*catalog_, routes_->bindings, options_.descriptors, pages_);
    if (absl::Status status = MakeOps(); !status.ok()) return status;
    options_.descriptors = {};
    malloc_trim(0);
    for (const Method& method : catalog_->methods()) {
      edge_methods_.push_back(
          &metrics_.EdgeMethod(method.descriptor->service()->full_name(), method.descriptor->name()));
    }
    if (absl::Status status = LoadTls(options_.http_tls, http_tls_); !status.ok()) return status;
    if (absl::Status status = LoadTls(options_.edge_tls, edge_tls_); !status.ok()) return status;
    shared_ = std::make_unique<Shared>(
        Shared{.catalog = *catalog_,
               .routes = *routes_,
               .policy = policy_,
               .pages = pages_,
               .ops = ops_.get(),
               .cors = cors_,
               .cache = cache_metrics_,
               .cache_bytes = options_.cache_bytes / static_cast<size_t>(std::max(options_.threads, 1)),
               .back_end_of_package = back_ends_.of_package,
               .metrics = metrics_,
               .admission = admission_,
               .readiness = readiness_,
               .edge_methods = edge_methods_,
               .unknown_edge_method = &metrics_.EdgeMethod("unknown", "unknown"),
               .call_time = options_.call_time,
               .stream_comment = options_.stream_comment,
               .http_tls = http_tls_.get(),
               .edge_tls = edge_tls_.get(),
               .http_places = http_places_,
               .edge_places = edge_places_});
    MakeLoops();
    if (absl::Status status = Listen(); !status.ok()) return status;
    for (const std::string& package : catalog_->unserved_packages()) {
      logger_.Warn("no back end for a package; its methods are not served", {{"package", package}});
    }
    for (auto& loop : loops_) loop->Start();
    started_ = true;
    Accept();
    logger_.Info("started", {{"http", absl::StrCat(http_->port())},
                             {"grpc", absl::StrCat(Port(grpc_))},
                             {"metrics", absl::StrCat(Port(admin_))},
                             {"methods", absl::StrCat(catalog_->methods().size())},
                             {"routes", absl::StrCat(routes_->bindings.size())}});
    return absl::OkStatus();
  }

  void Drain() {
    readiness_.StartDraining();
    logger_.Info("draining");
    for (auto& loop : loops_) loop->Announce();
    // The admin port stays open: it is how the outside sees that we are draining. One that is shared is the next's.
    if (options_.share_ports) StopListening({admin_.get()});
    std::this_thread::sleep_for(options_.drain_delay);
    if (options_.share_ports) {
      OnFirstLoop([this] { ForEach({http_.get(), grpc_.get()}, &Listener::Fade); });
      std::this_thread::sleep_for(kHandshakes);
    }
    StopListening({http_.get(), grpc_.get()});
    for (auto& loop : loops_) loop->Drain();
    auto end = std::chrono::steady_clock::now() + options_.drain_time;
    while (std::chrono::steady_clock::now() < end && Busy()) {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    logger_.Info("drained");
  }

  static uint16_t Port(const std::unique_ptr<Listener>& listener) { return listener == nullptr ? 0 : listener->port(); }
  uint16_t http_port() const { return Port(http_); }
  uint16_t grpc_port() const { return Port(grpc_); }
  uint16_t metrics_port() const { return Port(admin_); }

 private:
  bool Busy() const {
    return std::any_of(loops_.begin(), loops_.end(), [](const auto& loop) { return loop->open_connections() > 0; });
  }

  absl::Status MakeOps() {
    if (options_.ops_targets.empty()) return absl::OkStatus();
    auto made = Ops::Make(options_.ops_targets, options_.ops_access, options_.ops_patience, *catalog_, pages_);
    if (made.ok()) ops_ = *std::move(made);
    return made.status();
  }

  void MakeLoops() {
    for (int i = 0; i < std::max(options_.threads, 1); ++i) {
      auto loop = std::make_unique<Loop>(*shared_, options_.limits, options_.seed + static_cast<uint64_t>(i));
      for (size_t back_end = 0; back_end < back_ends_.addresses.size(); ++back_end) {
        std::vector<BackEnd::Place> places;
        for (const Address& address : back_ends_.addresses[back_end]) {
          places.push_back({address, Watcher(back_end, address.Text())});
        }
        loop->AddBackEnd(std::move(places), {.resolve_every = options_.resolve_every}, retry_metrics_);
      }
      loops_.push_back(std::move(loop));
    }
  }

  BackEnd::Watcher Watcher(size_t back_end, const std::string& name) {
    auto* connections = &metrics_.BackendConnections(name);
    auto* ready = &metrics_.BackendReady(name);
    auto* breakers = &metrics_.BackendBreakersOpen(name);
    return [this, back_end, connections, ready, breakers, name](Channel::News news, const std::string& replica) {
      const std::initializer_list<observe::LogField> fields = {{"backend", name}, {"replica", replica}};
      switch (news) {
        case Channel::News::kConnected:
          connections->Increment();
          readiness_.Connected(back_end);
          return logger_.Info("back end connected", fields);
        case Channel::News::kLost:
          connections->Decrement();
          readiness_.Disconnected(back_end);
          return logger_.Warn("back end disconnected", fields);
        case Channel::News::kFailed:
          return;
        case Channel::News::kReady:
          ready->Increment();
          return logger_.Info("back end is ready", fields);
        case Channel::News::kUnready:
          ready->Decrement();
          return logger_.Info("back end is not ready", fields);
        case Channel::News::kBreakerOpened:
          breakers->Increment();
          return logger_.Warn("back end fails its calls and gets no more", fields);
        case Channel::News::kBreakerClosed:
          breakers->Decrement();
          return logger_.Info("back end gets calls again", fields);
      }
    };
  }

  absl::Status LoadTls(const std::optional<ServerTlsOptions>& options, std::unique_ptr<ServerTls>& tls) const {
    if (!options) return absl::OkStatus();
    auto loaded = ServerTls::Load(*options, logger_);
    if (loaded.ok()) tls = *std::move(loaded);
    return loaded.status();
  }

  absl::Status Bind(const std::optional<Address>& address, std::unique_ptr<Listener>& listener) {
    if (!address) return absl::OkStatus();
    auto bound = Listener::Bind(loops_.front()->io(), *address, options_.share_ports);
    if (!bound.ok()) return bound.status();
    listener = *std::move(bound);
    return absl::OkStatus();
  }

  absl::Status Listen() {
    if (absl::Status status = Bind(options_.http, http_); !status.ok()) return status;
    if (absl::Status status = Bind(options_.grpc, grpc_); !status.ok()) return status;
    return Bind(options_.metrics, admin_);
  }

  // Connections go to the loops in turn.
  void Serve(Listener* listener, void (Loop::*serve)(Socket)) {
    if (listener == nullptr) return;
    asio::post(loops_.front()->io(), [this, listener, serve] {
      listener->Start([this, serve] {
        Loop* loop = loops_[next_++ % loops_.size()].get();
        return Listener::Target{&loop->io(), [loop, serve](Socket socket) { (loop->*serve)(std::move(socket)); }};
      });
    });
  }

  void Accept() {
    Serve(http_.get(), &Loop::ServeApi);
    Serve(grpc_.get(), &Loop::ServeEdge);
    Serve(admin_.get(), &Loop::ServeAdmin);
  }

  static void ForEach(std::initializer_list<Listener*> listeners, void (Listener::*act)()) {
    for (auto* listener : listeners) {
      if (listener != nullptr) (listener->*act)();
    }
  }

  void StopListening(std::initializer_list<Listener*> listeners) {
    OnFirstLoop([listeners] { ForEach(listeners, &Listener::Stop); });
  }

  // Where the listeners live; waits for it.
  void OnFirstLoop(const std::function<void()>& act) {
    std::promise<void> done;
    asio::post(loops_.front()->io(), [&] {
      act();
      done.set_value();
    });
    done.get_future().wait();
  }

  GatewayOptions options_;
  const observe::Logger& logger_;
  const std::unique_ptr<const Catalog> catalog_;
  const BackEnds back_ends_;
  const HeaderPolicy policy_;
  const Cors cors_;
  Metrics metrics_;
  CacheMetrics cache_metrics_{metrics_.registry()};
  RetryMetrics retry_metrics_{metrics_.registry()};
  limits::Admission admission_;
  Readiness readiness_;
  Places http_places_;
  Places edge_places_;
  std::unique_ptr<const RouteTable> routes_;
  LocalPages pages_;
  std::unique_ptr<const Ops> ops_;
  std::vector<CallMetrics*> edge_methods_;
  std::unique_ptr<ServerTls> http_tls_;
  std::unique_ptr<ServerTls> edge_tls_;
  std::unique_ptr<Shared> shared_;
  std::vector<std::unique_ptr<Loop>> loops_;
  std::unique_ptr<Listener> http_;
  std::unique_ptr<Listener> grpc_;
  std::unique_ptr<Listener> admin_;
  size_t next_ = 0;  // used on the first loop only
  bool started_ = false;
};

absl::StatusOr<std::unique_ptr<Gateway>> Gateway::Start(GatewayOptions options, const observe::Logger& logger) {
  CatalogOptions in_catalog{.sets = std::move(options.descriptors),
                            .packages = GroupBackEnds(options.backends).packages,
                            .access = options.access};
  auto catalog = Catalog::Make(in_catalog);
  if (!catalog.ok()) return catalog.status();
  options.descriptors = std::move(in_catalog.sets);
  auto impl = std::make_unique<Impl>(std::move(options), logger, *std::move(catalog));
  if (absl::Status status = impl->Start(); !status.ok()) return status;
  return std::unique_ptr<Gateway>(new Gateway(std::move(impl)));
}

Gateway::Gateway(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Gateway::~Gateway() = default;

uint16_t Gateway::http_port() const { return impl_->http_port(); }
uint16_t Gateway::grpc_port() const { return impl_->grpc_port(); }
uint16_t Gateway::metrics_port() const { return impl_->metrics_port(); }
void Gateway::Drain() { impl_->Drain(); }

}  // namespace wenming::gateway
