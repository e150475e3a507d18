// The RPC core from the outside: a real server, called through gRPC.
#include "common/rpc/server.h"

#include <grpcpp/generic/generic_stub.h>

#include "common/ids/ids.h"
#include "gmock/gmock.h"
#include "grpc/health/v1/health.grpc.pb.h"
#include "prometheus/text_serializer.h"
#include "tests/common/rpc/server_fixture.h"

namespace wenming::rpc {
namespace {

using test::v1::EchoRequest;
using test::v1::EchoResponse;
using ::testing::_;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;

using Stub = test::v1::EchoService::Stub;

TEST_F(ServerTest, AnswersInlineAndPooled) {
  for (const Method method : {&Stub::Inline, &Stub::Pooled}) {
    const auto status = Call(method, "hello");
    EXPECT_TRUE(status.ok()) << status.error_message();
    EXPECT_EQ(response_.text(), "hello");
    EXPECT_EQ(response_.center_id(), kCenter) << "the only center there is";
  }
}

TEST_F(ServerTest, RefusalsCarryReasonAndSentenceInTheCallersLanguage) {
  auto status = Call(&Stub::Inline, "full", {{"x-request-id", "abc-1"}});
  EXPECT_EQ(status.error_code(), grpc::StatusCode::FAILED_PRECONDITION);
  EXPECT_EQ(ReasonOf(status), "SHIFT_FULL");
  EXPECT_THAT(status.error_details(), HasSubstr("候补"));
  EXPECT_THAT(status.error_details(), HasSubstr("abc-1"));
  status = Call(&Stub::Inline, "full", {{"accept-language", "en"}});
  EXPECT_THAT(status.error_details(), HasSubstr("waiting list"));
}

TEST_F(ServerTest, AFaultIsLoggedAndNotTold) {
  const auto status = Call(&Stub::Inline, "fault", {{"x-request-id", "abc-2"}});
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INTERNAL);
  EXPECT_EQ(absl::StrCat(status.error_message(), status.error_details()).find("42"), std::string::npos);
  EXPECT_THAT(log_.str(), HasSubstr("the secret is 42"));
  EXPECT_THAT(log_.str(), HasSubstr("abc-2"));
}

TEST_F(ServerTest, InvalidFieldsAreRefusedBeforeTheHandler) {
  const auto status = Call(&Stub::Pooled, "longer than ten characters");
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(ReasonOf(status), "TOO_LONG");
  EXPECT_EQ(echo_.handled_, 0);
}

TEST_F(ServerTest, BytesThatAreNoMessageAreTheCallersFault) {
  grpc::GenericStub generic(channel_);
  grpc::ClientContext context;
  Prepare(context, {});
  const grpc::Slice garbage(std::string("\xff\xff\xff\xff garbage"));
  const grpc::ByteBuffer request(&garbage, 1);
  grpc::ByteBuffer response;
  absl::Notification done;
  grpc::Status status;
  generic.UnaryCall(&context, "/wenming.test.v1.EchoService/Inline", {}, &request, &response, [&](grpc::Status s) {
    status = s;
    done.Notify();
  });
  done.WaitForNotification();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
}

TEST_F(ServerTest, TokensDecide) {
  const std::string volunteer = Bearer(auth::VolunteerCaller(7, kCenter));
  EXPECT_EQ(ReasonOf(Call(&Stub::ForVolunteers, "x")), "TOKEN_MISSING");
  EXPECT_EQ(ReasonOf(Call(&Stub::ForVolunteers, "x", {{"authorization", "Bearer nonsense"}})), "TOKEN_INVALID");
  EXPECT_TRUE(Call(&Stub::ForVolunteers, "x", {{"authorization", "bEARER  " + volunteer.substr(7)}}).ok());
  for (const std::string& bad : {std::string(), std::string("Bearer"), std::string("Bearer "), std::string("Bearer   "),
                                 volunteer.substr(7), "Basic " + volunteer.substr(7), volunteer + ", " + volunteer}) {
    EXPECT_EQ(ReasonOf(Call(&Stub::ForVolunteers, "x", {{"authorization", bad}})), "TOKEN_INVALID") << bad;
  }
  EXPECT_EQ(ReasonOf(Call(&Stub::Inline, "x", {{"authorization", "Bearer nonsense"}})), "TOKEN_INVALID")
      << "a bad token is told also where none is needed";
  EXPECT_TRUE(Call(&Stub::ForVolunteers, "x", {{"authorization", volunteer}}).ok());
  EXPECT_EQ(response_.subject(), ids::ResourceName("volunteers", 7));
  EXPECT_EQ(ReasonOf(Call(&Stub::Anywhere, "x", {{"authorization", volunteer}})), "AUDIENCE");
}

TEST_F(ServerTest, StaffActWithinTheirScope) {
  const Metadata admin = {{"authorization", Bearer(auth::StaffCaller(kAdmin, kCenter))}};
  const Metadata stranger = {{"authorization", Bearer(auth::StaffCaller(99, kCenter))}};
  const std::string unit = ids::ResourceName("units", kCenter);
  EXPECT_TRUE(Call(&Stub::ForStaffOfUnit, "x", admin, unit).ok());
  EXPECT_EQ(ReasonOf(Call(&Stub::ForStaffOfUnit, "x", stranger, unit)), "TOKEN_INVALID");
  EXPECT_EQ(ReasonOf(Call(&Stub::Platform, "x", admin)), "PERMISSION");
}

TEST_F(ServerTest, AHandlerThatForgetsToDecideDoesNotAnswer) {
  const Metadata admin = {{"authorization", Bearer(auth::StaffCaller(kAdmin, kCenter))}};
  EXPECT_TRUE(Call(&Stub::ForStaffOfResource, "decide", admin).ok());
  EXPECT_EQ(Call(&Stub::ForStaffOfResource, "x", admin).error_code(), grpc::StatusCode::INTERNAL);
  EXPECT_THAT(log_.str(), HasSubstr("without deciding about access"));
}

TEST_F(ServerTest, WhatWritesOrRevealsMustBeRecorded) {
  const Metadata volunteer = {{"authorization", Bearer(auth::VolunteerCaller(7, kCenter))}};
  for (const Method method : {&Stub::Write, &Stub::Reveal, &Stub::LogIn}) {
    EXPECT_TRUE(Call(method, "record", volunteer).ok());
    EXPECT_EQ(Call(method, "x", volunteer).error_code(), grpc::StatusCode::INTERNAL);
    EXPECT_THAT(log_.str(), HasSubstr("without a record in the audit log"));
    log_.str("");
    EXPECT_EQ(ReasonOf(Call(method, "full", volunteer)), "SHIFT_FULL") << "a refusal had no effect";
  }
  EXPECT_TRUE(Call(&Stub::Inline, "x").ok()) << "what is got has no effect";
  const Metadata service = {{"authorization", Bearer(auth::ServiceCaller("org_svc"))}};
  EXPECT_TRUE(Call(&Stub::BetweenServices, "x", service).ok());
  EXPECT_EQ(log_.str(), "");
}

TEST_F(ServerTest, WhoIsRefusedAtARecordedMethodIsToldOf) {
  const Metadata admin = {{"authorization", Bearer(auth::StaffCaller(kAdmin, kCenter))}};
  const Metadata volunteer = {{"authorization", Bearer(auth::VolunteerCaller(7, kCenter))}};
  const std::string who = absl::StrCat(" ", ids::ResourceName("volunteers", 7), " ");
  const std::string admins = absl::StrCat(" ", ids::ResourceName("staff", kAdmin), " ");
  Call(&Stub::Write, "deny", volunteer);
  Call(&Stub::Reveal, "deny", admin);
  Call(&Stub::LogIn, "unknown");
  // Neither what is only got, nor a token that is none, nor other errors.
  Call(&Stub::Platform, "x", admin);
  Call(&Stub::Write, "x", {{"authorization", "Bearer nonsense"}});
  Call(&Stub::Write, "x");
  Call(&Stub::Write, "full", volunteer);
  const std::string service = "/wenming.test.v1.EchoService/";
  EXPECT_EQ(refused_, (std::vector<std::string>{
                          absl::StrCat(service, "Write", who, "PERMISSION_DENIED"),
                          absl::StrCat(service, "Reveal", admins, "PERMISSION_DENIED"),
                          absl::StrCat(service, "LogIn  UNAUTHENTICATED"),
                      }));
}

TEST_F(ServerTest, AFullQueueIsSaidAtOnce) {
  Start({.threads = 1, .queue = 1}, false);
  std::vector<grpc::ClientContext> contexts(3);
  std::vector<EchoResponse> responses(3);
  absl::Mutex mutex;
  std::vector<grpc::Status> statuses;
  EchoRequest hold;
  hold.set_text("hold");
  const auto begin = [&](size_t i) {
    Prepare(contexts[i], {});
    stub_->async()->Pooled(&contexts[i], &hold, &responses[i], [&](grpc::Status status) {
      const absl::MutexLock lock(&mutex);
      statuses.push_back(status);
    });
  };
  begin(0);
  echo_.held_.WaitForNotification();
  hold.set_text("x");
  begin(1);
  begin(2);
  {
    const absl::MutexLock lock(&mutex);
    mutex.Await(absl::Condition(
        +[](std::vector<grpc::Status>* s) { return !s->empty(); }, &statuses));
    EXPECT_EQ(statuses[0].error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
    EXPECT_EQ(ReasonOf(statuses[0]), "OVERLOADED");
  }
  echo_.release_.Notify();
  const absl::MutexLock lock(&mutex);
  mutex.Await(absl::Condition(
      +[](std::vector<grpc::Status>* s) { return s->size() == 3; }, &statuses));
}

TEST_F(ServerTest, WhoWaitedBeyondHisDeadlineIsNotHandled) {
  Start({.threads = 1, .queue = 10}, false);
  grpc::ClientContext holding;
  Prepare(holding, {});
  EchoRequest hold;
  hold.set_text("hold");
  EchoResponse held;
  absl::Notification done;
  stub_->async()->Pooled(&holding, &hold, &held, [&](grpc::Status) { done.Notify(); });
  echo_.held_.WaitForNotification();
  grpc::ClientContext hurried;
  Prepare(hurried, {}, absl::Milliseconds(50));
  EchoRequest request;
  EXPECT_EQ(stub_->Pooled(&hurried, request, &response_).error_code(), grpc::StatusCode::DEADLINE_EXCEEDED);
  seconds_ahead_ = 3600;  // the server's deadline is a little later than the caller's
  echo_.release_.Notify();
  done.WaitForNotification();
  server_->Stop(absl::Seconds(5));
  EXPECT_EQ(echo_.handled_, 1);
}

TEST_F(ServerTest, WhoWaitedForMoreThanHalfOfHisTimeIsSentAway) {
  Start({.threads = 1, .queue = 1}, false);
  std::vector<grpc::ClientContext> contexts(3);
  std::vector<EchoResponse> responses(3);
  absl::Mutex mutex;
  std::vector<grpc::StatusCode> codes;
  EchoRequest request;
  const auto begin = [&](size_t i) {
    Prepare(contexts[i], {}, absl::Seconds(30));
    stub_->async()->Pooled(&contexts[i], &request, &responses[i], [&](const grpc::Status& status) {
      const absl::MutexLock lock(&mutex);
      codes.push_back(status.error_code());
    });
  };
  const auto await = [&](size_t answers) {
    const auto come = [&] { return codes.size() >= answers; };
    const absl::MutexLock lock(&mutex);
    mutex.Await(absl::Condition(&come));
  };
  request.set_text("hold");
  begin(0);
  echo_.held_.WaitForNotification();
  request.set_text("x");
  begin(1);
  begin(2);
  // One of them finds the queue full, so the other one is in it.
  await(1);
  seconds_ahead_ = 16;
  echo_.release_.Notify();
  await(3);
  EXPECT_THAT(codes, ElementsAre(grpc::RESOURCE_EXHAUSTED, _, _));
  EXPECT_THAT(codes, UnorderedElementsAre(grpc::OK, grpc::RESOURCE_EXHAUSTED, grpc::RESOURCE_EXHAUSTED));
  EXPECT_EQ(echo_.handled_, 1);
}

TEST_F(ServerTest, AConnectionEndsAtItsAge) {
  Start({.threads = 2, .queue = 100}, /*development=*/false, /*age=*/absl::Milliseconds(100));
  const auto deadline = [] { return absl::ToChronoTime(absl::Now() + absl::Seconds(10)); };
  ASSERT_TRUE(channel_->WaitForConnected(deadline()));
  EXPECT_TRUE(channel_->WaitForStateChange(GRPC_CHANNEL_READY, deadline()));
}

TEST_F(ServerTest, TimeOfACallIsForDevelopmentOnly) {
  const Metadata day = {{"x-wenming-now", "2026-12-01T09:30:00+08:00"}};
  EXPECT_EQ(ReasonOf(Call(&Stub::Inline, "x", day)), "DEVELOPMENT_ONLY");
  Start({.threads = 1}, /*development=*/true);
  EXPECT_TRUE(Call(&Stub::Inline, "x", day).ok());
  EXPECT_THAT(response_.now(), HasSubstr("2026-12-01T01:30:00"));
  EXPECT_EQ(ReasonOf(Call(&Stub::Inline, "x", {{"x-wenming-now", "tomorrow"}})), "BAD_FORMAT");
}

TEST_F(ServerTest, MetricsHaveTheUsualNames) {
  Call(&Stub::Inline, "x");
  Call(&Stub::Inline, "full");
  const std::string text = prometheus::TextSerializer().Serialize(registry_->Collect());
  EXPECT_THAT(text, HasSubstr("grpc_server_handled_total{grpc_code=\"OK\",grpc_method=\"Inline\","
                              "grpc_service=\"wenming.test.v1.EchoService\",grpc_type=\"unary\"} 1"));
  EXPECT_THAT(text, HasSubstr("grpc_server_handled_total{grpc_code=\"FailedPrecondition\",grpc_method=\"Inline\","
                              "grpc_service=\"wenming.test.v1.EchoService\",grpc_type=\"unary\"} 1"));
  EXPECT_THAT(text, HasSubstr("grpc_server_handling_seconds_count{grpc_method=\"Inline\","
                              "grpc_service=\"wenming.test.v1.EchoService\",grpc_type=\"unary\"} 2"));
}

TEST_F(ServerTest, StreamsDeliverInOrderAndEnd) {
  grpc::ClientContext context;
  Prepare(context, {});
  EchoRequest request;
  request.set_count(1000);
  const auto reader = stub_->Count(&context, request);
  int expected = 0;
  while (reader->Read(&response_)) EXPECT_EQ(response_.count(), ++expected);
  EXPECT_EQ(expected, 1000);
  EXPECT_TRUE(reader->Finish().ok());
}

TEST_F(ServerTest, AStreamNoticesThatItsReaderHasGone) {
  grpc::ClientContext context;
  Prepare(context, {});
  const auto reader = stub_->Count(&context, EchoRequest());
  ASSERT_TRUE(reader->Read(&response_));
  context.TryCancel();
  echo_.cut_off_.WaitForNotification();
  while (reader->Read(&response_)) {
  }
  reader->Finish();
}

TEST_F(ServerTest, ADrainEndsStreamsAndLetsCallsFinish) {
  grpc::ClientContext stream_context, call_context;
  Prepare(stream_context, {});
  Prepare(call_context, {});
  const auto reader = stub_->Count(&stream_context, EchoRequest());
  ASSERT_TRUE(reader->Read(&response_));
  EchoRequest hold;
  hold.set_text("hold");
  EchoResponse held;
  absl::Notification done;
  grpc::Status status;
  stub_->async()->Pooled(&call_context, &hold, &held, [&](grpc::Status s) {
    status = s;
    done.Notify();
  });
  echo_.held_.WaitForNotification();
  std::thread stopping([this] { server_->Stop(absl::Seconds(10)); });
  while (reader->Read(&response_)) {
  }
  echo_.cut_off_.WaitForNotification();
  echo_.release_.Notify();
  done.WaitForNotification();
  EXPECT_TRUE(status.ok()) << status.error_message();
  stopping.join();
}

TEST_F(ServerTest, HealthTellsStartedAliveAndReadyApart) {
  const auto health = grpc::health::v1::Health::NewStub(channel_);
  const auto check = [&health](const std::string& service) {
    grpc::ClientContext context;
    Prepare(context, {});
    grpc::health::v1::HealthCheckRequest request;
    request.set_service(service);
    grpc::health::v1::HealthCheckResponse response;
    health->Check(&context, request, &response);
    return response.status();
  };
  EXPECT_EQ(check(""), grpc::health::v1::HealthCheckResponse::SERVING);
  EXPECT_EQ(check("ready"), grpc::health::v1::HealthCheckResponse::NOT_SERVING);
  EXPECT_EQ(check("alive"), grpc::health::v1::HealthCheckResponse::SERVING);
  server_->SetReady(true);
  EXPECT_EQ(check("ready"), grpc::health::v1::HealthCheckResponse::SERVING);
  server_->SetAlive(false);
  EXPECT_EQ(check("alive"), grpc::health::v1::HealthCheckResponse::NOT_SERVING);
  EXPECT_EQ(check("ready"), grpc::health::v1::HealthCheckResponse::SERVING);
  EXPECT_EQ(check(""), grpc::health::v1::HealthCheckResponse::SERVING);
}

TEST_F(ServerTest, AnIncompleteOrUnruledServiceDoesNotStart) {
  Pipeline pipeline(PipelineOptions{.clock = observe::SystemClock(), .metrics = &metrics_});
  EXPECT_THAT(std::string(pipeline.Resolve(Service("wenming.test.v1.EchoService")).status().message()),
              HasSubstr("Inline (not bound)"));
  EXPECT_THAT(std::string(pipeline.Resolve(Service("wenming.test.v1.NoService")).status().message()),
              HasSubstr("in no proto"));
  EXPECT_THAT(
      std::string(pipeline.Resolve(echo_.Bind().Unary("Inline", kInline, &echo_, &Echo::Answer)).status().message()),
      HasSubstr("bound twice"));
  auto faulty = Service("wenming.test.v1.FaultyService")
                    .Unary("NoRule", kInline, &echo_, &Echo::Answer)
                    .Unary("NoAudience", kInline, &echo_, &Echo::Answer)
                    .Unary("PermissionWithoutScope", kInline, &echo_, &Echo::Answer)
                    .Unary("ScopeWithoutPermission", kInline, &echo_, &Echo::Answer)
                    .Unary("ScopeIsNoField", kInline, &echo_, &Echo::Answer)
                    .Unary("ScopeIsNoText", kInline, &echo_, &Echo::Answer);
  EXPECT_THAT(std::string(pipeline.Resolve(faulty).status().message()), HasSubstr("has no access rule"));
}

TEST_F(ServerTest, ATakenPortIsSaid) {
  auto pipeline = std::make_shared<Pipeline>(PipelineOptions{.clock = observe::SystemClock(), .metrics = &metrics_});
  const auto second = Server::Start({.address = absl::StrCat("127.0.0.1:", server_->port())}, pipeline, {});
  EXPECT_EQ(second.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(second.status().message()), HasSubstr("taken"));
}

}  // namespace
}  // namespace wenming::rpc
