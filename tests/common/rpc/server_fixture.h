#pragma once

#include <grpcpp/grpcpp.h>

#include <atomic>
#include <memory>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "common/rpc/server.h"
#include "echo.grpc.pb.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "gtest/gtest.h"
#include "tests/common/auth/key_folder.h"
#include "tests/support/test_call.h"

namespace wenming::rpc {

inline constexpr uint64_t kCenter = 10, kAdmin = 1;

// Answers with what it saw; holds on where a test asks for it.
class Echo {
 public:
  Service Bind() {
    return Service("wenming.test.v1.EchoService")
        .Unary("Inline", kInline, this, &Echo::Answer)
        .Unary("Pooled", kPooled, this, &Echo::Hold)
        .Unary("ForVolunteers", kPooled, this, &Echo::Answer)
        .Unary("ForStaffOfUnit", kPooled, this, &Echo::Answer)
        .Unary("ForStaffOfResource", kPooled, this, &Echo::Answer)
        .Unary("Anywhere", kPooled, this, &Echo::Answer)
        .Unary("Platform", kPooled, this, &Echo::Answer)
        .Unary("Write", kPooled, this, &Echo::Answer)
        .Unary("Reveal", kPooled, this, &Echo::Answer)
        .Unary("LogIn", kPooled, this, &Echo::Answer)
        .Async("Later", kInline, this, &Echo::Keep)
        .Async("WriteLater", kPooled, this, &Echo::Keep)
        .Unary("BetweenServices", kPooled, this, &Echo::Answer)
        .Stream("Count", this, &Echo::Count);
  }

  absl::StatusOr<test::v1::EchoResponse> Answer(const Call& call, const test::v1::EchoRequest& request) {
    if (request.text() == "decide") call.DecidedAccess();
    if (request.text() == "record") call.audited = true;
    if (request.text() == "deny") return errors::PermissionDenied(type::REASON_PERMISSION);
    if (request.text() == "unknown") return errors::Unauthenticated(type::REASON_BAD_CREDENTIALS);
    if (request.text() == "full") return errors::FailedPrecondition(type::REASON_SHIFT_FULL);
    if (request.text() == "fault") return absl::InternalError("the secret is 42");
    test::v1::EchoResponse response;
    response.set_text(request.text());
    response.set_subject(call.caller.subject);
    response.set_center_id(call.center_id);
    response.set_now(absl::FormatTime(call.now, absl::UTCTimeZone()));
    return response;
  }

  absl::StatusOr<test::v1::EchoResponse> Hold(const Call& call, const test::v1::EchoRequest& request) {
    ++handled_;
    if (request.text() == "hold") {
      held_.Notify();
      release_.WaitForNotification();
    }
    return Answer(call, request);
  }

  // Keeps the call for whoever calls AnswerKept.
  void Keep(const Call& call, const test::v1::EchoRequest& request, Reply<test::v1::EchoResponse> reply) {
    const absl::MutexLock lock(&mutex_);
    kept_.push_back({&call, &request, std::move(reply)});
  }

  // Waits for a kept call and answers it, on this thread; "drop" is let go without an answer.
  void AnswerKept() {
    mutex_.LockWhen(absl::Condition(
        +[](std::vector<Kept>* kept) { return !kept->empty(); }, &kept_));
    Kept kept = std::move(kept_.front());
    kept_.erase(kept_.begin());
    mutex_.Unlock();
    if (kept.request->text() != "drop") kept.reply.Send(Answer(*kept.call, *kept.request));
  }

  absl::Status Count(const Call&, const test::v1::EchoRequest& request, StreamWriter& writer) {
    for (int i = 1; request.count() == 0 || i <= request.count(); ++i) {
      test::v1::EchoResponse response;
      response.set_count(i);
      if (!writer.Write(response)) {
        cut_off_.Notify();
        break;
      }
    }
    return absl::OkStatus();
  }

  struct Kept {
    const Call* call;
    const test::v1::EchoRequest* request;
    Reply<test::v1::EchoResponse> reply;
  };

  std::atomic<int> handled_ = 0;
  absl::Notification held_, release_, cut_off_;
  absl::Mutex mutex_;
  std::vector<Kept> kept_;
};

// A server with that service, called through gRPC.
class ServerTest : public ::testing::Test {
 protected:
  ServerTest() {
    directory_.AddCenter(kCenter).AddRole("writer", {"units.write"}).AddStaff(kAdmin, kCenter, {{"writer", kCenter}});
    Start({.threads = 2, .queue = 100}, /*development=*/false);
  }
  ~ServerTest() override {
    if (!echo_.release_.HasBeenNotified()) echo_.release_.Notify();
    server_ = nullptr;
  }

  void Start(WorkerPool::Options pool, bool development, absl::Duration age = absl::Minutes(30)) {
    server_ = nullptr;
    auto pipeline = std::make_shared<Pipeline>(
        PipelineOptions{.verifier = verifier_.get(),
                        .directory = &directory_.get(),
                        .clock = [this] { return absl::Now() + absl::Seconds(seconds_ahead_.load()); },
                        .logger = &logger_,
                        .metrics = &metrics_,
                        .development = development,
                        .refused =
                            [this](const rpc::Call& call, const Message&, absl::StatusCode code) {
                              refused_.push_back(absl::StrCat(call.method, " ", call.caller.subject, " ",
                                                              absl::StatusCodeToString(code)));
                            }});
    auto server = Server::Start({.max_connection_age = age, .pool = std::move(pool)}, pipeline, {echo_.Bind()});
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
    channel_ = grpc::CreateChannel(absl::StrCat("127.0.0.1:", server_->port()), grpc::InsecureChannelCredentials());
    stub_ = test::v1::EchoService::NewStub(channel_);
  }

  using Metadata = std::vector<std::pair<std::string, std::string>>;
  static void Prepare(grpc::ClientContext& context, const Metadata& metadata,
                      absl::Duration timeout = absl::Seconds(20)) {
    for (const auto& [key, value] : metadata) context.AddMetadata(key, value);
    context.set_deadline(absl::ToChronoTime(absl::Now() + timeout));
  }

  using Method = grpc::Status (test::v1::EchoService::Stub::*)(grpc::ClientContext*, const test::v1::EchoRequest&,
                                                               test::v1::EchoResponse*);
  grpc::Status Call(Method method, const std::string& text, const Metadata& metadata = {},
                    const std::string& unit = "") {
    grpc::ClientContext context;
    Prepare(context, metadata);
    test::v1::EchoRequest request;
    request.set_text(text);
    request.set_unit(unit);
    response_.Clear();
    return (stub_.get()->*method)(&context, request, &response_);
  }

  std::string Bearer(const auth::Caller& caller) { return "Bearer " + auth::TokenFor(keys_, caller, absl::Now()); }

  static std::string ReasonOf(const grpc::Status& status) {
    google::rpc::Status wire;
    wire.ParseFromString(status.error_details());
    for (const auto& any : wire.details()) {
      google::rpc::ErrorInfo info;
      if (any.UnpackTo(&info)) return info.reason();
    }
    return "";
  }

  auth::KeyFolder keys_;
  std::unique_ptr<auth::TokenVerifier> verifier_ = *auth::TokenVerifier::Load(keys_.path());
  test::TestDirectory directory_;
  std::ostringstream log_;
  observe::Logger logger_{log_, "test", observe::Severity::kInfo, observe::SystemClock()};
  std::shared_ptr<prometheus::Registry> registry_ = std::make_shared<prometheus::Registry>();
  observe::RpcMetrics metrics_{registry_};
  std::atomic<int> seconds_ahead_ = 0;  // of the server's clock
  std::vector<std::string> refused_;    // written before the answer goes out, read after it has come
  Echo echo_;
  std::unique_ptr<Server> server_;
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<test::v1::EchoService::Stub> stub_;
  test::v1::EchoResponse response_;
};

}  // namespace wenming::rpc
