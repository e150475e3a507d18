// From the end of a session in the database to the refusal of its token in another process, over real gRPC.
#include <sstream>

#include "absl/strings/str_cat.h"
#include "common/rpc/server.h"
#include "common/service/peers.h"
#include "common/service/revocations_service.h"
#include "common/service/session_keeper.h"
#include "tests/common/sessions/sessions_fixture.h"

namespace wenming::service {
namespace {

using sessions::kCenter;

class RevocationsStreamTest : public sessions::SessionsTest {
 protected:
  RevocationsStreamTest() {
    now_ = absl::Now();
    Start("127.0.0.1:0");
  }

  void Start(const std::string& address) {
    auto pipeline = std::make_shared<rpc::Pipeline>(rpc::PipelineOptions{
        .verifier = verifier_.get(), .clock = observe::SystemClock(), .logger = &logger_, .metrics = &metrics_});
    auto server = rpc::Server::Start({.address = address}, pipeline, {service_.Bind()});
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
    address_ = absl::StrCat("127.0.0.1:", server_->port());
  }

  std::unique_ptr<SessionKeeper> Keep() {
    return std::make_unique<SessionKeeper>(database_.pool(), own_, observe::SystemClock(), logger_);
  }

  std::unique_ptr<RevocationsWatcher> Watch() {
    return std::make_unique<RevocationsWatcher>(
        Self{"activity_svc", &watcher_signer_, observe::SystemClock(), &logger_}, address_, theirs_);
  }

  // Waits for news of `revocations`, at most five seconds from the call: what the platform promises.
  static bool Within5s(const auth::Revocations& revocations, const std::function<bool()>& condition) {
    const absl::Time end = absl::Now() + absl::Seconds(5);
    for (auth::Revocations::Position position; !condition() && absl::Now() < end;) {
      position = revocations.Await(position, absl::Milliseconds(50)).position;
    }
    return condition();
  }

  auth::Revocations own_{absl::Seconds(4)}, theirs_{absl::Seconds(4)};
  std::ostringstream log_;
  observe::Logger logger_{log_, "test", observe::Severity::kInfo, observe::SystemClock()};
  observe::RpcMetrics metrics_{std::make_shared<prometheus::Registry>()};
  auth::TokenSigner watcher_signer_ = *auth::TokenSigner::Load(keys_.path(), "activity_svc");
  RevocationsService service_{own_};
  std::unique_ptr<rpc::Server> server_;
  std::string address_;
};

TEST_F(RevocationsStreamTest, AnEndIsKnownElsewhereWithin5Seconds) {
  const auto keeper = Keep();
  const auto watcher = Watch();
  EXPECT_TRUE(Within5s(theirs_, [&] { return theirs_.Ready(absl::Now()); }));
  const uint64_t session = CallerOf(Open(42)).session_id;
  const uint64_t other = CallerOf(Open(42)).session_id;
  EXPECT_TRUE(Revoke(42, session).ok());
  EXPECT_TRUE(Within5s(theirs_, [&] { return theirs_.Contains(session); }));
  EXPECT_FALSE(theirs_.Contains(other));
}

TEST_F(RevocationsStreamTest, WhatEndedBeforeIsKnownBeforeTheFirstSignOfLife) {
  const uint64_t session = CallerOf(Open(42)).session_id;
  EXPECT_TRUE(Revoke(42, session).ok());
  const auto keeper = Keep();
  const auto watcher = Watch();
  EXPECT_TRUE(Within5s(theirs_, [&] { return theirs_.Ready(absl::Now()); }));
  EXPECT_TRUE(theirs_.Contains(session));
}

TEST_F(RevocationsStreamTest, ALateCommitIsNotMissed) {
  const auto keeper = Keep();
  EXPECT_TRUE(Within5s(own_, [&] { return own_.Ready(absl::Now()); }));
  const uint64_t session = CallerOf(Open(42)).session_id;
  const auto late = db::RunTransaction(database_.pool(), {}, [&](db::Transaction& transaction) {
    const absl::Status revoked = sessions_.Revoke(transaction, kCenter, 42, session, now_);
    // Meanwhile the keeper reads on, past the time that stands in the row.
    auth::Revocations::Position position;
    for (int readings = 0; readings < 3;) {
      const auto next = own_.Await(position, absl::Seconds(1)).position;
      readings += next.heard > position.heard;
      position = next;
    }
    EXPECT_FALSE(own_.Contains(session));
    return revoked;
  });
  EXPECT_TRUE(late.ok());
  EXPECT_TRUE(Within5s(own_, [&] { return own_.Contains(session); }));
}

TEST_F(RevocationsStreamTest, SilenceOfTheDatabaseIsSilenceOfTheStream) {
  const auto watcher = Watch();
  {
    const auto keeper = Keep();
    EXPECT_TRUE(Within5s(theirs_, [&] { return theirs_.Ready(absl::Now()); }));
  }
  const absl::Time end = absl::Now() + absl::Seconds(5);
  while (theirs_.Ready(absl::Now()) && absl::Now() < end) own_.Await({}, absl::Milliseconds(50));
  EXPECT_FALSE(theirs_.Ready(absl::Now()));
}

TEST_F(RevocationsStreamTest, ANewStreamDoesNotTakeAnOldSignOfLifeForItsOwn) {
  own_.Add(1, absl::Now() + absl::Hours(1));
  own_.Hear(absl::Now() - absl::Minutes(10));
  const auto watcher = Watch();
  EXPECT_TRUE(Within5s(theirs_, [&] { return theirs_.Contains(1); }));
  own_.Add(2, absl::Now() + absl::Hours(1));
  EXPECT_TRUE(Within5s(theirs_, [&] { return theirs_.Contains(2); }));
  EXPECT_FALSE(theirs_.Ready(absl::Now()));
  own_.Hear(absl::Now());
  EXPECT_TRUE(Within5s(theirs_, [&] { return theirs_.Ready(absl::Now()); }));
}

TEST_F(RevocationsStreamTest, ANewStreamTellsWhatWasMissed) {
  const auto keeper = Keep();
  const auto watcher = Watch();
  EXPECT_TRUE(Within5s(theirs_, [&] { return theirs_.Ready(absl::Now()); }));
  server_->Stop(absl::ZeroDuration());
  server_ = nullptr;
  const uint64_t session = CallerOf(Open(42)).session_id;
  EXPECT_TRUE(Revoke(42, session).ok());
  EXPECT_TRUE(Within5s(own_, [&] { return own_.Contains(session); }));
  Start(address_);
  EXPECT_TRUE(Within5s(theirs_, [&] { return theirs_.Contains(session); }));
}

}  // namespace
}  // namespace wenming::service
