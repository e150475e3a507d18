// One service listening to another, over real gRPC: events and the directory survive the restart of the other side.
#include "common/service/peers.h"

#include <atomic>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "common/auth/token_verifier.h"
#include "common/outbox/sequencer.h"
#include "common/rpc/server.h"
#include "common/service/events_service.h"
#include "gtest/gtest.h"
#include "tests/common/auth/key_folder.h"
#include "tests/common/outbox/stream_fixture.h"
#include "wenming/org/v1/directory.pb.h"

namespace wenming::service {
namespace {

// Streams what it is told; each new stream begins with the whole.
class FakeDirectory {
 public:
  rpc::Service Bind() {
    return rpc::Service("wenming.org.v1.DirectoryService").Stream("Watch", this, &FakeDirectory::Watch);
  }

  void SetUnits(const std::vector<uint64_t>& units) {
    const absl::MutexLock lock(&mutex_);
    units_ = units;
    ++version_;
  }

  absl::Status Watch(const rpc::Call& call, const org::v1::WatchRequest&, rpc::StreamWriter& writer) {
    subject_ = call.caller.subject;
    ++watches_;
    int sent = -1;
    while (!writer.Done() && (sent == -1 || !brief_)) {
      org::v1::WatchResponse part;
      {
        const absl::MutexLock lock(&mutex_);
        const auto news = [&] { return version_ != sent; };
        if (mutex_.AwaitWithTimeout(absl::Condition(&news), absl::Milliseconds(50))) {
          for (const uint64_t id : units_) {
            auto* unit = part.add_units();
            unit->set_id(id);
            unit->set_center_id(id);
            unit->set_level(1);
            unit->set_code(absl::StrCat("C", id));
          }
          part.set_synced(true);
          sent = version_;
        }
      }
      if (!writer.Write(part)) break;
    }
    return absl::OkStatus();
  }

  std::string subject_;
  std::atomic<bool> brief_ = false;  // whether streams end after the whole
  std::atomic<int> watches_ = 0;

 private:
  absl::Mutex mutex_;
  std::vector<uint64_t> units_;
  int version_ = 0;
};

class PeersTest : public outbox::StreamTest {
 protected:
  PeersTest() { Start("127.0.0.1:0"); }
  ~PeersTest() override { server_ = nullptr; }

  std::unique_ptr<rpc::Server> Serve(const std::string& address, FakeDirectory& directory) {
    auto pipeline = std::make_shared<rpc::Pipeline>(rpc::PipelineOptions{.verifier = verifier_.get(),
                                                                         .directory = &nobody_,
                                                                         .clock = observe::SystemClock(),
                                                                         .logger = &logger_,
                                                                         .metrics = &metrics_});
    auto server = rpc::Server::Start({.address = address}, pipeline, {events_.Bind(), directory.Bind()});
    EXPECT_TRUE(server.ok()) << server.status();
    return *std::move(server);
  }

  void Start(const std::string& address) {
    server_ = Serve(address, fake_);
    address_ = absl::StrCat("127.0.0.1:", server_->port());
  }

  // The same address, as after a crash.
  void Restart() {
    server_->Stop(absl::ZeroDuration());
    server_ = nullptr;
    Start(address_);
  }

  Self Me() { return Self{"volunteer_svc", &signer_, observe::SystemClock(), &logger_}; }

  // The numbers of the next `count` events after `cursor`, however many answers and reconnections that takes.
  std::vector<int64_t> Collect(outbox::Source& source, int64_t cursor, size_t count) {
    std::vector<int64_t> numbers;
    const absl::Time give_up = absl::Now() + absl::Seconds(30);
    while (numbers.size() < count && absl::Now() < give_up) {
      const auto events = source.Next(cursor);
      if (!events.ok()) continue;
      for (const auto& event : *events) {
        EXPECT_EQ(event.cursor(), cursor + 1);
        cursor = event.cursor();
        numbers.push_back(outbox::NumberOf(event));
      }
    }
    return numbers;
  }

  auth::KeyFolder keys_;
  std::unique_ptr<auth::TokenVerifier> verifier_ = *auth::TokenVerifier::Load(keys_.path());
  auth::TokenSigner signer_ = *auth::TokenSigner::Load(keys_.path(), "volunteer_svc");
  auth::Directory nobody_{absl::Seconds(5)};
  std::ostringstream log_;
  observe::Logger logger_{log_, "test", observe::Severity::kInfo, observe::SystemClock()};
  observe::RpcMetrics metrics_{std::make_shared<prometheus::Registry>()};
  outbox::Log stream_{pool_};
  outbox::Sequencer sequencer_{pool_, stream_};
  EventsService events_{stream_};
  FakeDirectory fake_;
  std::unique_ptr<rpc::Server> server_;
  std::string address_;
};

TEST_F(PeersTest, EventsArriveInOrderAndGoOnAfterARestart) {
  for (int i = 1; i <= 5; ++i) ASSERT_EQ(Write("k", i), absl::OkStatus());
  const auto source = SubscribeTo(Me(), address_);
  EXPECT_EQ(Collect(*source, 0, 5), (std::vector<int64_t>{1, 2, 3, 4, 5}));
  ASSERT_EQ(Write("k", 6), absl::OkStatus());
  EXPECT_EQ(Collect(*source, 5, 1), (std::vector<int64_t>{6}));
  Restart();
  ASSERT_EQ(Write("k", 7), absl::OkStatus());
  EXPECT_EQ(Collect(*source, 6, 1), (std::vector<int64_t>{7}));
}

TEST_F(PeersTest, AnOlderCursorReadsAgain) {
  for (int i = 1; i <= 3; ++i) ASSERT_EQ(Write("k", i), absl::OkStatus());
  const auto source = SubscribeTo(Me(), address_);
  EXPECT_EQ(Collect(*source, 0, 3), (std::vector<int64_t>{1, 2, 3}));
  EXPECT_EQ(Collect(*source, 1, 2), (std::vector<int64_t>{2, 3}));
}

TEST_F(PeersTest, TheSourceTellsWhereItsStreamEnds) {
  for (int i = 1; i <= 3; ++i) ASSERT_EQ(Write("k", i), absl::OkStatus());
  const auto source = SubscribeTo(Me(), address_);
  EXPECT_EQ(source->Head(), std::nullopt);
  EXPECT_EQ(Collect(*source, 0, 3), (std::vector<int64_t>{1, 2, 3}));
  // A sign of life says so too, also to whoever is beyond the end.
  for (const int64_t cursor : {3, 9}) {
    const auto told = SubscribeTo(Me(), address_);
    EXPECT_TRUE(Eventually([&] { return told->Next(cursor).ok() && told->Head() == 3; })) << cursor;
  }
  // Of one that has got further by another way this stream knows nothing yet.
  ASSERT_TRUE(source->Next(5).ok());
  EXPECT_EQ(source->Head(), std::nullopt);
  ASSERT_EQ(Write("k", 4), absl::OkStatus());
  ASSERT_EQ(Write("k", 5), absl::OkStatus());
  EXPECT_TRUE(Eventually([&] { return source->Next(5).ok() && source->Head() == 5; }));
  server_->Stop(absl::ZeroDuration());
  EXPECT_TRUE(Eventually([&] { return !source->Next(5).ok() && source->Head() == std::nullopt; }));
}

TEST_F(PeersTest, CancelEndsAWait) {
  const auto source = SubscribeTo(Me(), address_);
  std::thread canceller([&source] { source->Cancel(); });
  // Signs of life may arrive first; then it is over for good.
  while (source->Next(0).ok()) {
  }
  canceller.join();
  EXPECT_FALSE(source->Next(0).ok());
}

TEST_F(PeersTest, TheDirectoryFollowsAndForgetsWhatANewStreamDoesNotName) {
  fake_.SetUnits({1, 2});
  auth::Directory directory(absl::Seconds(5));
  const DirectoryWatcher watcher(Me(), address_, directory);
  EXPECT_TRUE(Eventually([&] { return directory.Ready(absl::Now()) && directory.FindUnit(2).has_value(); }));
  EXPECT_EQ(fake_.subject_, "services/volunteer_svc");
  fake_.SetUnits({1, 2, 3});
  EXPECT_TRUE(Eventually([&] { return directory.FindUnit(3).has_value(); }));
  fake_.SetUnits({1});
  Restart();
  EXPECT_TRUE(Eventually([&] { return directory.Ready(absl::Now()) && !directory.FindUnit(3).has_value(); }));
  EXPECT_TRUE(directory.FindUnit(1).has_value());
}

TEST_F(PeersTest, ReplicasGetTheirTurns) {
  FakeDirectory other;
  for (FakeDirectory* directory : {&fake_, &other}) {
    directory->brief_ = true;
    directory->SetUnits({1});
  }
  const auto second = Serve("127.0.0.1:0", other);
  auth::Directory directory(absl::Seconds(5));
  const DirectoryWatcher watcher(Me(), absl::StrCat("ipv4:", address_, ",127.0.0.1:", second->port()), directory);
  EXPECT_TRUE(Eventually([&] { return fake_.watches_ >= 2 && other.watches_ >= 2; }));
}

TEST_F(PeersTest, AServiceThatIsSilentIsNotReady) {
  fake_.SetUnits({1});
  auth::Directory directory(absl::Milliseconds(500));
  {
    const DirectoryWatcher watcher(Me(), address_, directory);
    EXPECT_TRUE(Eventually([&] { return directory.Ready(absl::Now()); }));
  }
  EXPECT_TRUE(Eventually([&] { return !directory.Ready(absl::Now()); }));
}

}  // namespace
}  // namespace wenming::service
