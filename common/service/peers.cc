#include "common/service/peers.h"

#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "google/protobuf/util/time_util.h"
#include "wenming/events/v1/events.grpc.pb.h"
#include "wenming/org/v1/directory.grpc.pb.h"
#include "wenming/sessions/v1/sessions.grpc.pb.h"

namespace wenming::service {
namespace {

// A stream is renewed before its token ends.
constexpr absl::Duration kStreamLife = absl::Minutes(30);
constexpr absl::Duration kTokenLife = absl::Minutes(35);
constexpr absl::Duration kFirstPause = absl::Milliseconds(50);
constexpr absl::Duration kLongestPause = absl::Seconds(2);

std::shared_ptr<grpc::Channel> Connect(const std::string& address) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, 10000);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 3000);
  // Also how long one attempt may take: a busy peer needs more than a moment for its first frame.
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 2000);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 100);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 2000);
  // All addresses of a name are replicas; streams go to them in turn, and new ones are found once a connection is lost.
  arguments.SetLoadBalancingPolicyName("round_robin");
  arguments.SetInt(GRPC_ARG_DNS_MIN_TIME_BETWEEN_RESOLUTIONS_MS, 1000);
  return grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments);
}

absl::Status Prepare(const Self& self, grpc::ClientContext& context) {
  auth::Caller caller;
  caller.kind = auth::CallerKind::kService;
  caller.subject = absl::StrCat("services/", self.name);
  const auto token = self.signer->Sign(caller, self.clock(), kTokenLife);
  if (!token.ok()) return token.status();
  context.AddMetadata("authorization", absl::StrCat("Bearer ", token->text));
  context.set_deadline(absl::ToChronoTime(absl::Now() + kStreamLife));
  return absl::OkStatus();
}

// A reader that another thread can cancel: between calls, and while one is under way.
class Cancellable {
 public:
  // Null once cancelled.
  grpc::ClientContext* Begin() {
    const std::lock_guard lock(mutex_);
    if (cancelled_) return nullptr;
    context_ = std::make_unique<grpc::ClientContext>();
    return context_.get();
  }
  void Cancel() {
    const std::lock_guard lock(mutex_);
    cancelled_ = true;
    if (context_ != nullptr) context_->TryCancel();
  }
  bool cancelled() const {
    const std::lock_guard lock(mutex_);
    return cancelled_;
  }

 private:
  mutable std::mutex mutex_;
  bool cancelled_ = false;
  std::unique_ptr<grpc::ClientContext> context_;
};

class EventSource : public outbox::Source {
 public:
  EventSource(const Self& self, const std::string& address)
      : self_(self), stub_(events::v1::EventsService::NewStub(Connect(address))) {}

  absl::StatusOr<std::vector<events::v1::Event>> Next(int64_t after) override {
    head_.reset();
    if (reader_ == nullptr || after < position_) {
      if (auto status = Open(after); !status.ok()) return status;
    }
    events::v1::SubscribeResponse response;
    if (!reader_->Read(&response)) {
      const grpc::Status status = reader_->Finish();
      reader_ = nullptr;
      return absl::UnavailableError(status.error_message());
    }
    std::vector<events::v1::Event> events;
    for (auto& event : *response.mutable_events()) {
      position_ = std::max(position_, event.cursor());
      if (event.cursor() > after) events.push_back(std::move(event));
    }
    // What was sent before the source had got as far as `after` is old, and no sign that its stream ends before.
    if (response.has_head_cursor() && (response.head_cursor() >= after || position_ == after)) {
      head_ = response.head_cursor();
    }
    return events;
  }

  std::optional<int64_t> Head() const override { return head_; }
  void Cancel() override { cancellable_.Cancel(); }

 private:
  absl::Status Open(int64_t after) {
    grpc::ClientContext* context = nullptr;
    // The old reader refers to the old context.
    reader_ = nullptr;
    if (context = cancellable_.Begin(); context == nullptr) return absl::CancelledError();
    if (auto status = Prepare(self_, *context); !status.ok()) return status;
    events::v1::SubscribeRequest request;
    request.set_after_cursor(after);
    reader_ = stub_->Subscribe(context, request);
    position_ = after;
    return absl::OkStatus();
  }

  const Self self_;
  const std::unique_ptr<events::v1::EventsService::Stub> stub_;
  Cancellable cancellable_;
  std::unique_ptr<grpc::ClientReader<events::v1::SubscribeResponse>> reader_;
  int64_t position_ = 0;
  std::optional<int64_t> head_;
};

}  // namespace

std::unique_ptr<outbox::Source> SubscribeTo(const Self& self, const std::string& address) {
  return std::make_unique<EventSource>(self, address);
}

// Opens a stream again and again, with pauses, on a thread of its own, until its end.
class Follower {
 public:
  // Reads one stream to its end; says whether it got as far as a message.
  using Once = std::function<bool(grpc::ClientContext&, grpc::Status&)>;

  Follower(const Self& self, std::string what, Once once)
      : self_(self), what_(std::move(what)), once_(std::move(once)), thread_([this] { Run(); }) {}
  ~Follower() {
    cancellable_.Cancel();
    stop_.Notify();
    thread_.join();
  }

 private:
  void Run() {
    absl::Duration pause = kFirstPause;
    while (!cancellable_.cancelled()) {
      if (FollowOnce()) pause = kFirstPause;
      stop_.WaitForNotificationWithTimeout(pause);
      pause = std::min(pause * 2, kLongestPause);
    }
  }

  bool FollowOnce() {
    grpc::ClientContext* context = cancellable_.Begin();
    if (context == nullptr || !Prepare(self_, *context).ok()) return false;
    grpc::Status status;
    const bool heard = once_(*context, status);
    if (!cancellable_.cancelled()) {
      self_.logger->Warn(
          "a stream broke",
          {{"stream", what_}, {"code", static_cast<int>(status.error_code())}, {"error", status.error_message()}});
    }
    return heard;
  }

  const Self self_;
  const std::string what_;
  const Once once_;
  Cancellable cancellable_;
  absl::Notification stop_;
  std::thread thread_;
};

DirectoryWatcher::DirectoryWatcher(const Self& self, const std::string& address, auth::Directory& directory) {
  const std::shared_ptr stub = org::v1::DirectoryService::NewStub(Connect(address));
  const auto once = [&directory, clock = self.clock, stub](grpc::ClientContext& context, grpc::Status& status) {
    const auto reader = stub->Watch(&context, org::v1::WatchRequest());
    org::v1::WatchResponse part;
    bool heard = false;
    while (reader->Read(&part)) {
      if (!heard) directory.Restart();
      heard = true;
      directory.Apply(part, clock());
    }
    status = reader->Finish();
    return heard;
  };
  follower_ = std::make_unique<Follower>(self, "directory", once);
}

DirectoryWatcher::~DirectoryWatcher() = default;

RevocationsWatcher::RevocationsWatcher(const Self& self, const std::string& address, auth::Revocations& revocations) {
  const std::shared_ptr stub = sessions::v1::RevocationsService::NewStub(Connect(address));
  const auto once = [&revocations, clock = self.clock, stub](grpc::ClientContext& context, grpc::Status& status) {
    const auto reader = stub->Watch(&context, sessions::v1::WatchRequest());
    sessions::v1::WatchResponse part;
    bool heard = false;
    bool synced = false;
    while (reader->Read(&part)) {
      heard = true;
      for (const auto& entry : part.revocations()) {
        const int64_t micros = google::protobuf::util::TimeUtil::TimestampToMicroseconds(entry.forget_time());
        revocations.Add(entry.session_id(), absl::FromUnixMicros(micros));
      }
      synced = synced || part.synced();
      const absl::Time now = clock();
      if (synced) revocations.Hear(now);
      revocations.Forget(now);
    }
    status = reader->Finish();
    return heard;
  };
  follower_ = std::make_unique<Follower>(self, "revocations", once);
}

RevocationsWatcher::~RevocationsWatcher() = default;

}  // namespace wenming::service
