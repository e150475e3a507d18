// Calls to the replicas of a back end: whose turn it is, what is tried again, whom the breaker keeps calls from.
#include "gateway/upstream/back_end.h"

#include <gtest/gtest.h>

#include <optional>
#include <set>
#include <utility>

#include "gateway/upstream/server_stream.h"
#include "gateway/upstream/unary_call.h"
#include "google/rpc/code.pb.h"
#include "tests/gateway/support/fake_replica.h"
#include "tests/gateway/support/raw_h2.h"

namespace wenming::gateway {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Mood = FakeReplica::Mood;

constexpr Repeatable kOnce{};
constexpr Repeatable kTwice{.always = true};

class ReplicasTest : public testing::Test {
 protected:
  ~ReplicasTest() override { Stop(); }

  void Connect(std::vector<Address> addresses, const BackEndOptions& options = {}) {
    std::vector<BackEnd::Place> places;
    for (Address& address : addresses) {
      places.push_back({std::move(address), [this](Channel::News news, const std::string& replica) {
                          if (news == Channel::News::kConnected) connected_.insert(replica);
                          if (news == Channel::News::kLost) connected_.erase(connected_.find(replica));
                          if (news == Channel::News::kUnready) --ready_;
                          if (news == Channel::News::kReady) ++ready_;
                          if (news == Channel::News::kBreakerOpened) ++open_;
                          if (news == Channel::News::kBreakerClosed) --open_;
                        }});
    }
    const LookUp names = [this](const Address&, auto found) {
      ++looks_;
      asio::post(loop_, [this, found = std::move(found)] { found(named_); });
    };
    back_end_ = std::make_unique<BackEnd>(loop_, std::move(places), options, names, metrics_, /*seed=*/1);
    back_end_->Start();
  }

  // Two replicas with their own addresses, connected.
  void ConnectBoth(const BackEndOptions& options = {}) {
    Connect({first_.address(), second_.address()}, options);
    ASSERT_TRUE(Until([&] { return ready_ == 2; }));
  }

  void Stop() {
    if (back_end_ == nullptr) return;
    back_end_->Stop();
    loop_.run_for(milliseconds(10));
  }

  // Runs the loop until `condition` holds; false after ten seconds.
  bool Until(const std::function<bool()>& condition) {
    const auto end = std::chrono::steady_clock::now() + seconds(10);
    loop_.restart();
    while (!condition()) {
      if (std::chrono::steady_clock::now() > end) return false;
      loop_.run_one_for(milliseconds(10));
    }
    return true;
  }

  std::shared_ptr<UnaryCall> Begin(const Repeatable& repeatable, std::optional<UnaryResult>& result,
                                   std::string message = "hello", milliseconds allowed = seconds(10)) {
    UnaryRequest request{.path = "/a.B/C",
                         .metadata = {},
                         .message = std::move(message),
                         .deadline = std::chrono::steady_clock::now() + allowed,
                         .repeatable = repeatable};
    return UnaryCall::Start(loop_, *back_end_, std::move(request),
                            [&result](UnaryResult done) { result = std::move(done); });
  }

  // A call whose answer is a stream, and which may be made twice.
  std::shared_ptr<ServerStream> Stream(std::string& got, std::optional<UnaryResult>& result) {
    UnaryRequest request{.path = "/a.B/C",
                         .metadata = {},
                         .message = "hello",
                         .deadline = std::chrono::steady_clock::now() + seconds(10),
                         .repeatable = kTwice};
    return ServerStream::Start(
        loop_, *back_end_, std::move(request), [&got](std::string message, size_t) { got += message; },
        [&result](UnaryResult done) { result = std::move(done); });
  }

  UnaryResult Call(const Repeatable& repeatable, const std::string& message = "hello") {
    std::optional<UnaryResult> result;
    const auto call = Begin(repeatable, result, message);
    EXPECT_TRUE(Until([&] { return result.has_value(); }));
    EXPECT_TRUE(!result->ok() || result->response == message);
    return *std::move(result);
  }

  bool Calls(int times, const Repeatable& repeatable) {
    bool good = true;
    for (int i = 0; i < times; ++i) good = Call(repeatable).ok() && good;
    return good;
  }

  asio::io_context loop_{1};
  FakeReplica first_{loop_};
  FakeReplica second_{loop_};
  std::vector<Tcp::endpoint> named_;
  int looks_ = 0;
  prometheus::Registry registry_;
  RetryMetrics metrics_{registry_};
  std::multiset<std::string> connected_;
  int ready_ = 0;
  int open_ = 0;  // breakers
  std::unique_ptr<BackEnd> back_end_;
};

TEST_F(ReplicasTest, CallsGoToReplicasInTurn) {
  ConnectBoth();
  EXPECT_TRUE(Calls(10, kOnce));
  EXPECT_EQ(first_.calls(), 5);
  EXPECT_EQ(second_.calls(), 5);
}

TEST_F(ReplicasTest, WaitsForTheFirstConnection) {
  Connect({first_.address()});
  EXPECT_TRUE(Calls(1, kOnce));
}

TEST_F(ReplicasTest, WithoutAnyReplicaCallsFailAtOnce) {
  const Address address = first_.address();
  first_.Die();
  Connect({address});
  EXPECT_TRUE(absl::IsUnavailable(Call(kTwice).failure));
}

TEST_F(ReplicasTest, WhatWasRefusedGoesToTheOther) {
  ConnectBoth();
  first_.Become(Mood::kRefuse);
  EXPECT_TRUE(Calls(10, kOnce));
  EXPECT_EQ(second_.calls(), 10);
  EXPECT_EQ(metrics_.not_begun.Value(), first_.calls());
  EXPECT_GT(first_.calls(), 0);
}

TEST_F(ReplicasTest, WhoIsRefusedEverywhereGivesUp) {
  ConnectBoth();
  first_.Become(Mood::kRefuse);
  second_.Become(Mood::kRefuse);
  EXPECT_TRUE(absl::IsUnavailable(Call(kTwice).failure));
  EXPECT_EQ(first_.calls() + second_.calls(), 3);
}

TEST_F(ReplicasTest, WhatALostConnectionTookIsRepeatedIfItMayBe) {
  ConnectBoth();
  first_.Become(Mood::kBreak);
  int failed = 0;
  for (int i = 0; i < 2; ++i) failed += Call(kOnce).ok() ? 0 : 1;
  EXPECT_EQ(failed, 1);
  EXPECT_EQ(metrics_.lost.Value(), 0);
  ASSERT_TRUE(Until([&] { return ready_ == 2; }));
  EXPECT_TRUE(Calls(2, kTwice));
  EXPECT_EQ(metrics_.lost.Value(), 1);
}

TEST_F(ReplicasTest, WhatIsUnavailableHereIsAskedThere) {
  ConnectBoth();
  first_.Become(Mood::kUnavailable);
  EXPECT_TRUE(Calls(8, kTwice));
  EXPECT_EQ(metrics_.unavailable.Value(), 4);
  EXPECT_FALSE(Calls(2, kOnce));
}

TEST_F(ReplicasTest, ARequestIdMakesACallRepeatable) {
  const Repeatable by_id{.request_id = 3};
  EXPECT_TRUE(by_id.Allows(std::string("\x08\x01\x1a\x02id", 6)));
  EXPECT_FALSE(by_id.Allows(std::string("\x08\x01\x1a\x00", 4)));
  EXPECT_FALSE(by_id.Allows(std::string("\x08\x01\x12\x02id", 6)));
  EXPECT_FALSE(by_id.Allows("\x1a"));
  EXPECT_FALSE(Repeatable{}.Allows(std::string("\x1a\x02id", 4)));
  ConnectBoth();
  first_.Become(Mood::kUnavailable);
  for (int i = 0; i < 2; ++i) EXPECT_TRUE(Call(by_id, std::string("\x1a\x02id", 4)).ok());
  EXPECT_EQ(first_.calls(), 1);
}

TEST_F(ReplicasTest, WhoIsAloneIsNotAskedAgainForWhatHeHasJustRefused) {
  Connect({first_.address()});
  first_.Become(Mood::kExcuse);
  const UnaryResult result = Call(kTwice);
  EXPECT_EQ(result.code, google::rpc::UNAVAILABLE);
  EXPECT_FALSE(result.details.empty());
  EXPECT_EQ(first_.calls(), 1);
}

TEST_F(ReplicasTest, TheBudgetEnds) {
  ConnectBoth({.budget = {.per_call = 0, .per_second = 0, .most = 2}});
  first_.Become(Mood::kExcuse);
  second_.Become(Mood::kExcuse);
  EXPECT_FALSE(Call(kTwice).ok());
  EXPECT_EQ(first_.calls() + second_.calls(), 3);
  EXPECT_FALSE(Call(kTwice).ok());
  EXPECT_EQ(first_.calls() + second_.calls(), 4);
  EXPECT_EQ(metrics_.unavailable.Value(), 2);
  EXPECT_EQ(metrics_.refused.Value(), 1);
  first_.Become(Mood::kRefuse);
  second_.Become(Mood::kAnswer);
  EXPECT_TRUE(Calls(2, kOnce));  // what was not begun costs nothing
}

// However long nobody can serve: what reaches the replicas is what was called, and a tenth more.
TEST_F(ReplicasTest, AStormReachesTheReplicasNoMoreOftenThanTheBudgetLets) {
  constexpr int kCalls = 500;
  constexpr int kSaved = 20;
  ConnectBoth({.budget = {.per_call = 0.1, .per_second = 0, .most = kSaved}});
  first_.Become(Mood::kExcuse);
  second_.Become(Mood::kExcuse);
  for (int i = 0; i < kCalls; ++i) EXPECT_FALSE(Call(kTwice).ok());
  const int repeated = first_.calls() + second_.calls() - kCalls;
  EXPECT_LE(repeated, kSaved + kCalls / 10);
  EXPECT_GE(repeated, kSaved + kCalls / 10 - 1);
  EXPECT_GT(metrics_.refused.Value(), kCalls / 2);
}

TEST_F(ReplicasTest, TheBreakerKeepsCallsFromAReplicaThatFailsThem) {
  ConnectBoth({.channel = {.breaker = {.first_pause = seconds(60)}}});
  first_.Become(Mood::kUnavailable);
  EXPECT_TRUE(Calls(30, kTwice));
  EXPECT_EQ(first_.calls(), 5);
  EXPECT_EQ(open_, 1);
  second_.Become(Mood::kUnavailable);
  EXPECT_FALSE(Calls(5, kTwice));
  EXPECT_EQ(open_, 2);
  const int asked = second_.calls();
  EXPECT_TRUE(absl::IsUnavailable(Call(kTwice).failure));
  EXPECT_EQ(second_.calls(), asked);
}

TEST_F(ReplicasTest, AProbeClosesTheBreaker) {
  Connect({first_.address()}, {.channel = {.breaker = {.first_pause = milliseconds(50)}}});
  first_.Become(Mood::kUnavailable);
  EXPECT_FALSE(Calls(5, kOnce));
  EXPECT_EQ(open_, 1);
  first_.Become(Mood::kAnswer);
  EXPECT_TRUE(Until([&] { return Call(kOnce).ok(); }));
  EXPECT_EQ(open_, 0);
  EXPECT_EQ(first_.calls(), 6);
}

TEST_F(ReplicasTest, AServiceThatSaysWhyIsNotKeptFromCalls) {
  Connect({first_.address()});
  first_.Become(Mood::kExcuse);
  EXPECT_FALSE(Calls(20, kOnce));
  EXPECT_EQ(first_.calls(), 20);
  EXPECT_EQ(open_, 0);
}

TEST_F(ReplicasTest, SilenceOpensTheBreakerAndADeadlineThatIsShortDoesNot) {
  Connect({first_.address()});
  ASSERT_TRUE(Until([&] { return ready_ == 1; }));
  first_.Become(Mood::kHold);
  for (const auto& [allowed, breakers] : {std::pair(milliseconds(20), 0), std::pair(milliseconds(1100), 1)}) {
    std::vector<std::optional<UnaryResult>> results(5);
    std::vector<std::shared_ptr<UnaryCall>> calls;
    for (auto& result : results) calls.push_back(Begin(kTwice, result, "hello", allowed));
    EXPECT_TRUE(Until([&] { return results.back().has_value(); }));
    for (const auto& result : results) EXPECT_TRUE(absl::IsDeadlineExceeded(result->failure));
    EXPECT_EQ(open_, breakers);
    ASSERT_TRUE(Until([&] { return first_.calls() >= 5; }));
  }
}

TEST_F(ReplicasTest, WhoSaysThatHeIsNotReadyGetsNoCallsAsLongAsAnotherIs) {
  ConnectBoth();
  first_.SetReady(false);
  ASSERT_TRUE(Until([&] { return ready_ == 1; }));
  EXPECT_TRUE(Calls(4, kOnce));
  EXPECT_EQ(second_.calls(), 4);
  second_.SetReady(false);
  ASSERT_TRUE(Until([&] { return ready_ == 0; }));
  EXPECT_TRUE(Calls(4, kOnce));
  EXPECT_EQ(first_.calls() + second_.calls(), 8);
  first_.SetReady(true);
  ASSERT_TRUE(Until([&] { return ready_ == 1; }));
  const int asked = second_.calls();
  EXPECT_TRUE(Calls(4, kOnce));
  EXPECT_EQ(second_.calls(), asked);
}

TEST_F(ReplicasTest, WhoseHealthIsNotToldAnyMoreIsWhatHeLastSaidAndIsAskedAgain) {
  ConnectBoth({.channel = {.first_pause = milliseconds(1)}});
  first_.SetReady(false);
  ASSERT_TRUE(Until([&] { return ready_ == 1; }));
  for (FakeReplica* replica : {&first_, &second_}) replica->FailWatches(google::rpc::UNAVAILABLE);
  ASSERT_TRUE(Until([&] { return first_.watches() > 2 && second_.watches() > 2; }));
  EXPECT_EQ(ready_, 1);
  EXPECT_TRUE(Calls(4, kOnce));
  EXPECT_EQ(second_.calls(), 4);
  first_.FailWatches(std::nullopt);
  first_.SetReady(true);
  ASSERT_TRUE(Until([&] { return ready_ == 2; }));
  EXPECT_EQ(connected_.size(), 2u);
}

TEST_F(ReplicasTest, WhoDoesNotKnowTheQuestionForHisHealthIsReadyForGood) {
  first_.SetReady(false);
  first_.FailWatches(google::rpc::UNIMPLEMENTED);
  Connect({first_.address()}, {.channel = {.first_pause = milliseconds(1)}});
  ASSERT_TRUE(Until([&] { return ready_ == 1; }));
  EXPECT_TRUE(Calls(20, kOnce));
  EXPECT_EQ(ready_, 1);
  EXPECT_EQ(first_.watches(), 1);
}

TEST_F(ReplicasTest, ANameMayHaveSeveralReplicasAndOthersLater) {
  named_ = {first_.endpoint()};
  Connect({{"service", 1}}, {.resolve_every = milliseconds(20)});
  EXPECT_TRUE(Calls(2, kOnce));
  EXPECT_EQ(first_.calls(), 2);
  named_ = {first_.endpoint(), second_.endpoint()};
  ASSERT_TRUE(Until([&] { return ready_ == 2; }));
  EXPECT_TRUE(Calls(2, kOnce));
  EXPECT_EQ(second_.calls(), 1);
  named_ = {second_.endpoint()};
  ASSERT_TRUE(Until([&] { return first_.connections() == 0; }));
  EXPECT_EQ(connected_.size(), 1u);
  EXPECT_TRUE(Calls(2, kOnce));
  EXPECT_EQ(second_.calls(), 3);
}

TEST_F(ReplicasTest, ANameThatIsNotFoundForAWhileTakesNobodyAway) {
  named_ = {first_.endpoint()};
  Connect({{"service", 1}}, {.resolve_every = milliseconds(1)});
  EXPECT_TRUE(Calls(1, kOnce));
  named_ = {};
  const int before = looks_;
  ASSERT_TRUE(Until([&] { return looks_ > before + 1; }));
  EXPECT_TRUE(Calls(1, kOnce));
}

TEST_F(ReplicasTest, ALostConnectionIsAReasonToLookAgain) {
  named_ = {first_.endpoint()};
  Connect({{"service", 1}}, {.resolve_every = std::chrono::hours(1)});
  EXPECT_TRUE(Calls(1, kOnce));
  named_ = {second_.endpoint()};
  first_.Die();
  ASSERT_TRUE(Until([&] { return second_.connections() == 1; }));
  EXPECT_TRUE(Calls(1, kOnce));
}

TEST_F(ReplicasTest, AStreamIsTriedAgainUntilItHasBegun) {
  ConnectBoth();
  for (const Mood mood : {Mood::kRefuse, Mood::kBreak, Mood::kUnavailable}) {
    ASSERT_TRUE(Until([&] { return ready_ == 2; }));
    first_.Become(mood);
    for (int i = 0; i < 2; ++i) {
      std::string got;
      std::optional<UnaryResult> result;
      const auto stream = Stream(got, result);
      ASSERT_TRUE(Until([&] { return result.has_value(); }));
      EXPECT_TRUE(result->ok());
      EXPECT_EQ(got, "hello");
    }
  }
}

// RFC 9113 section 5.1.1: an id is used once, and there are 2^30 of them for a client.
TEST_F(ReplicasTest, AConnectionThatHasUsedUpItsStreamIdsIsReplaced) {
  // Three of them: for the health and two calls.
  ConnectBoth({.channel = {.first_pause = milliseconds(1), .session = {.first_stream = 0x7ffffffb}}});
  second_.SetReady(false);
  ASSERT_TRUE(Until([&] { return ready_ == 1; }));
  EXPECT_TRUE(Calls(2, kOnce));
  EXPECT_EQ(first_.calls(), 2);
  second_.SetReady(true);
  ASSERT_TRUE(Until([&] { return ready_ == 2; }));
  EXPECT_TRUE(Calls(2, kOnce));
  EXPECT_EQ(second_.calls(), 2);
  EXPECT_EQ(metrics_.not_begun.Value(), 1);
  ASSERT_TRUE(Until([&] { return ready_ == 2; }));
  std::string got;
  std::optional<UnaryResult> result;
  const auto stream = Stream(got, result);
  ASSERT_TRUE(Until([&] { return result.has_value(); }));
  EXPECT_EQ(got, "hello");
  EXPECT_EQ(first_.calls(), 3);
  EXPECT_EQ(metrics_.not_begun.Value(), 2);
}

// Says SETTINGS, reads a call, and says that it has begun none.
class Leaver {
 public:
  explicit Leaver(asio::io_context& loop)
      : acceptor_(loop, Tcp::endpoint(asio::ip::address_v4::loopback(), 0)), socket_(loop.get_executor()) {
    acceptor_.async_accept(socket_, [this](ErrorCode failed) {
      if (failed) return;
      asio::write(socket_, asio::buffer(raw_h2::Frame(raw_h2::kSettings, 0, 0)));
      Read();
    });
  }
  Address address() const { return {"127.0.0.1", acceptor_.local_endpoint().port()}; }
  bool asked() const { return asked_; }

 private:
  void Read() {
    socket_.async_read_some(asio::buffer(input_), [this](ErrorCode failed, size_t size) {
      if (failed) return;
      asked_ = asked_ || std::string_view(input_, size).find("hello") != std::string_view::npos;
      if (asked_) {
        const std::string nothing_begun = raw_h2::Number(0) + raw_h2::Number(0);
        asio::write(socket_, asio::buffer(raw_h2::Frame(raw_h2::kGoAway, 0, 0, nothing_begun)));
      }
      Read();
    });
  }

  Tcp::acceptor acceptor_;
  Socket socket_;
  char input_[4096];
  bool asked_ = false;
};

TEST_F(ReplicasTest, WhatGoAwayLeavesBehindGoesToTheOther) {
  Leaver leaver(loop_);  // who says nothing of his health
  second_.SetReady(false);
  Connect({leaver.address(), second_.address()});
  ASSERT_TRUE(Until([&] { return connected_.size() == 2; }));
  EXPECT_TRUE(Calls(2, kOnce));
  EXPECT_TRUE(leaver.asked());
  EXPECT_EQ(metrics_.not_begun.Value(), 1);
}

}  // namespace
}  // namespace wenming::gateway
