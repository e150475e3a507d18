// Calls that are answered later, after their handler has returned.
#include <thread>

#include "common/ids/ids.h"
#include "gmock/gmock.h"
#include "prometheus/text_serializer.h"
#include "tests/common/rpc/server_fixture.h"

namespace wenming::rpc {
namespace {

using test::v1::EchoRequest;
using test::v1::EchoResponse;
using ::testing::HasSubstr;
using Stub = test::v1::EchoService::Stub;

class AsyncServerTest : public ServerTest {};

TEST_F(AsyncServerTest, AnAnswerMayComeLaterAndFromAnotherThread) {
  const Metadata volunteer = {{"authorization", Bearer(auth::VolunteerCaller(7, kCenter))}};
  const auto call_later = [&](Method method, const std::string& text) {
    std::thread other([this] { echo_.AnswerKept(); });
    const grpc::Status status = Call(method, text, volunteer);
    other.join();
    return status;
  };
  EXPECT_TRUE(call_later(&Stub::Later, "hello").ok());
  EXPECT_EQ(response_.text(), "hello");
  EXPECT_EQ(response_.subject(), ids::ResourceName("volunteers", 7));
  EXPECT_EQ(ReasonOf(call_later(&Stub::Later, "full")), "SHIFT_FULL");
  EXPECT_TRUE(call_later(&Stub::WriteLater, "record").ok());
  EXPECT_EQ(log_.str(), "");
  EXPECT_EQ(call_later(&Stub::WriteLater, "x").error_code(), grpc::StatusCode::INTERNAL);
  EXPECT_THAT(log_.str(), HasSubstr("without a record in the audit log"));
  EXPECT_TRUE(refused_.empty());
  EXPECT_EQ(ReasonOf(call_later(&Stub::WriteLater, "deny")), "PERMISSION");
  EXPECT_EQ(refused_.size(), 1u);
  const std::string text = prometheus::TextSerializer().Serialize(registry_->Collect());
  EXPECT_THAT(text, HasSubstr("grpc_server_handled_total{grpc_code=\"OK\",grpc_method=\"Later\","
                              "grpc_service=\"wenming.test.v1.EchoService\",grpc_type=\"unary\"} 1"));
}

TEST_F(AsyncServerTest, ACallThatIsDroppedUnansweredIsAnsweredAsAFault) {
  std::thread other([this] { echo_.AnswerKept(); });
  EXPECT_EQ(Call(&Stub::Later, "drop").error_code(), grpc::StatusCode::INTERNAL);
  other.join();
  EXPECT_THAT(log_.str(), HasSubstr("dropped a call"));
}

TEST_F(AsyncServerTest, ManyCallsWaitWithoutAThreadEach) {
  Start({.threads = 1, .queue = 1}, false);
  constexpr size_t kCalls = 200;
  std::vector<grpc::ClientContext> contexts(kCalls);
  std::vector<EchoResponse> responses(kCalls);
  std::atomic<size_t> answered = 0;
  absl::Notification done;
  EchoRequest request;
  for (size_t i = 0; i < kCalls; ++i) {
    Prepare(contexts[i], {});
    stub_->async()->Later(&contexts[i], &request, &responses[i], [&](const grpc::Status& status) {
      EXPECT_TRUE(status.ok()) << status.error_message();
      if (++answered == kCalls) done.Notify();
    });
  }
  {
    const absl::MutexLock lock(&echo_.mutex_);
    echo_.mutex_.Await(absl::Condition(
        +[](std::vector<Echo::Kept>* kept) { return kept->size() == kCalls; }, &echo_.kept_));
  }
  EXPECT_EQ(answered, 0u);
  for (size_t i = 0; i < kCalls; ++i) echo_.AnswerKept();
  done.WaitForNotification();
}

TEST_F(AsyncServerTest, ADrainWaitsForAnswersThatAreOutstanding) {
  grpc::ClientContext context;
  Prepare(context, {});
  EchoRequest request;
  EchoResponse response;
  absl::Notification done;
  grpc::Status status;
  stub_->async()->Later(&context, &request, &response, [&](grpc::Status s) {
    status = s;
    done.Notify();
  });
  {
    const absl::MutexLock lock(&echo_.mutex_);
    echo_.mutex_.Await(absl::Condition(
        +[](std::vector<Echo::Kept>* kept) { return !kept->empty(); }, &echo_.kept_));
  }
  std::atomic<bool> stopped = false;
  std::thread stopping([&] {
    server_->Stop(absl::Seconds(10));
    stopped = true;
  });
  EXPECT_FALSE(stopped);
  echo_.AnswerKept();
  done.WaitForNotification();
  EXPECT_TRUE(status.ok()) << status.error_message();
  stopping.join();
}

}  // namespace
}  // namespace wenming::rpc
