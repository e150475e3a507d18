// gRPC calls at the edge that one of two replicas does not take to their end.
#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>

#include <future>
#include <thread>

#include "tests/gateway/support/fake_replica.h"
#include "tests/gateway/support/fixture.h"
#include "tests/gateway/support/ready_replicas.h"

namespace wenming::gateway {
namespace {

using Mood = FakeReplica::Mood;

// A library, and a replica of it that does what it is told to.
class EdgeRetryTest : public GatewayTest {
 protected:
  void SetUp() override {
    GatewayTest::SetUp();
    replica_ = std::make_unique<FakeReplica>(loop_);
    thread_ = std::thread([this] { loop_.run(); });
    GatewayOptions options = LibraryOptions(library_->port());
    options.backends.push_back({options.backends[0].package, replica_->address()});
    Restart(options);
    stub_ = testdata::Library::NewStub(
        grpc::CreateChannel("127.0.0.1:" + std::to_string(gateway_->grpc_port()), grpc::InsecureChannelCredentials()));
  }
  void TearDown() override {
    OnLoop([this] { replica_.reset(); });
    work_.reset();
    thread_.join();
  }

  void OnLoop(const std::function<void()>& act) {
    std::promise<void> done;
    asio::post(loop_, [&] {
      act();
      done.set_value();
    });
    done.get_future().wait();
  }

  // Waits until both are there.
  void Become(Mood mood) {
    ASSERT_TRUE(Eventually([this] {
      const std::string page = MetricsPage();
      return SaysReady(page, library_->port(), 2) && SaysReady(page, replica_->address().port, 2);
    }));
    OnLoop([this, mood] { replica_->Become(mood); });
  }

  // How many of two calls, one to each of them, were answered.
  int Read() {
    testdata::GetBookRequest request;
    request.set_name("shelves/1/books/2");
    return Both(&testdata::Library::Stub::GetBook, request);
  }
  int Change(const std::string& request_id, size_t bytes = 10) {
    testdata::CreateBookRequest request;
    request.set_request_id(request_id);
    request.mutable_book()->set_title(std::string(bytes, 'x'));
    return Both(&testdata::Library::Stub::CreateBook, request);
  }

 private:
  template <typename Request>
  int Both(grpc::Status (testdata::Library::Stub::*method)(grpc::ClientContext*, const Request&, testdata::Book*),
           const Request& request) {
    int good = 0;
    for (int i = 0; i < 2; ++i) {
      grpc::ClientContext context;
      context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(10));
      testdata::Book book;
      const grpc::Status status = (stub_.get()->*method)(&context, request, &book);
      EXPECT_TRUE(status.ok() || status.error_code() == grpc::StatusCode::UNAVAILABLE) << status.error_message();
      good += status.ok() ? 1 : 0;
    }
    return good;
  }

  asio::io_context loop_{1};
  asio::executor_work_guard<asio::io_context::executor_type> work_{loop_.get_executor()};
  std::unique_ptr<FakeReplica> replica_;
  std::thread thread_;
  std::unique_ptr<testdata::Library::Stub> stub_;
};

TEST_F(EdgeRetryTest, WhatWasNotBegunGoesToTheOther) {
  Become(Mood::kRefuse);
  EXPECT_EQ(Read(), 2);
  EXPECT_EQ(Change(""), 2);
  EXPECT_EQ(Change("", 7000), 2);
  EXPECT_EQ(Change("", 20'000), 1);  // more than is kept
  EXPECT_EQ(Change("", 20'000), 1);
}

TEST_F(EdgeRetryTest, WhatMayBeMadeTwiceIsMadeAgain) {
  for (const Mood mood : {Mood::kBreak, Mood::kUnavailable}) {
    Become(mood);
    EXPECT_EQ(Read(), 2);
    Become(mood);
    EXPECT_EQ(Change("one"), 2);
    Become(mood);
    EXPECT_EQ(Change(""), 1);
    Become(Mood::kAnswer);
    EXPECT_EQ(Change(""), 2);
  }
}

}  // namespace
}  // namespace wenming::gateway
