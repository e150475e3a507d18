// The gRPC edge, called with grpc++: what goes in comes out, for all four kinds of call.
#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>

#include "google/rpc/status.pb.h"
#include "tests/gateway/support/fixture.h"

namespace wenming::gateway {
namespace {

using std::chrono::milliseconds;
using std::chrono::system_clock;
using testdata::Book;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class EdgeTest : public GatewayTest {
 protected:
  void SetUp() override {
    GatewayTest::SetUp();
    channel_ =
        grpc::CreateChannel("127.0.0.1:" + std::to_string(gateway_->grpc_port()), grpc::InsecureChannelCredentials());
    stub_ = testdata::Library::NewStub(channel_);
  }
  static void Limit(grpc::ClientContext& context) { context.set_deadline(system_clock::now() + milliseconds(10000)); }

  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<testdata::Library::Stub> stub_;
};

TEST_F(EdgeTest, ForwardsUnaryCalls) {
  for (int i = 0; i < 100; ++i) {
    grpc::ClientContext context;
    Limit(context);
    testdata::GetBookRequest request;
    request.set_name("shelves/1/books/" + std::to_string(i));
    Book book;
    auto status = stub_->GetBook(&context, request, &book);
    ASSERT_TRUE(status.ok()) << status.error_message();
    EXPECT_EQ(book.name(), request.name());
    EXPECT_EQ(context.GetServerInitialMetadata().count("x-request-id"), 1u);
  }
}

TEST_F(EdgeTest, CarriesStatusAndDetails) {
  grpc::ClientContext context;
  Limit(context);
  testdata::GetBookRequest request;
  request.set_name("shelves/1/books/missing");
  Book book;
  auto status = stub_->GetBook(&context, request, &book);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(status.error_message(), "no such book");
  google::rpc::Status details;
  ASSERT_TRUE(details.ParseFromString(status.error_details()));
  EXPECT_EQ(details.details_size(), 3);
}

TEST_F(EdgeTest, StreamsFromTheServer) {
  grpc::ClientContext context;
  Limit(context);
  testdata::WatchBooksRequest request;
  request.set_count(1000);
  request.set_size(1000);
  request.set_code(grpc::StatusCode::ABORTED);
  auto reader = stub_->WatchBooks(&context, request);
  Book book;
  int count = 0;
  while (reader->Read(&book)) EXPECT_EQ(book.pages(), count++);
  EXPECT_EQ(count, 1000);
  auto status = reader->Finish();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::ABORTED);
  EXPECT_EQ(status.error_message(), "结束: done");
}

TEST_F(EdgeTest, StreamsFromTheClient) {
  grpc::ClientContext context;
  Limit(context);
  testdata::ListBooksResponse response;
  auto writer = stub_->CollectBooks(&context, &response);
  Book book;
  book.set_title(std::string(10000, 'x'));
  for (int i = 0; i < 500; ++i) ASSERT_TRUE(writer->Write(book));
  writer->WritesDone();
  EXPECT_TRUE(writer->Finish().ok());
  EXPECT_EQ(response.total(), 500);
}

TEST_F(EdgeTest, StreamsBothWays) {
  grpc::ClientContext context;
  Limit(context);
  auto stream = stub_->EchoBooks(&context);
  Book book, back;
  for (int i = 0; i < 200; ++i) {
    book.set_pages(i);
    ASSERT_TRUE(stream->Write(book));
    ASSERT_TRUE(stream->Read(&back));
    EXPECT_EQ(back.pages(), i);
  }
  stream->WritesDone();
  EXPECT_FALSE(stream->Read(&back));
  EXPECT_TRUE(stream->Finish().ok());
}

TEST_F(EdgeTest, RespectsASlowReader) {
  grpc::ClientContext context;
  Limit(context);
  testdata::WatchBooksRequest request;
  request.set_count(200);
  request.set_size(100000);
  auto reader = stub_->WatchBooks(&context, request);
  reader->WaitForInitialMetadata();
  // While that stream is not read, others on the same connections are served.
  for (int i = 0; i < 20; ++i) EXPECT_EQ(Get("/v1/shelves/1/books/2").status, 200);
  grpc::ClientContext other;
  Limit(other);
  testdata::GetBookRequest get;
  get.set_name("n");
  Book book;
  EXPECT_TRUE(stub_->GetBook(&other, get, &book).ok());
  int count = 0;
  while (reader->Read(&book)) ++count;
  EXPECT_EQ(count, 200);
  EXPECT_TRUE(reader->Finish().ok());
}

TEST_F(EdgeTest, PassesCancellationOn) {
  grpc::ClientContext context;
  Limit(context);
  testdata::WatchBooksRequest request;
  request.set_count(-1);
  auto reader = stub_->WatchBooks(&context, request);
  ASSERT_TRUE(Eventually([&] { return library_->waiting() == 1; }));
  context.TryCancel();
  EXPECT_EQ(reader->Finish().error_code(), grpc::StatusCode::CANCELLED);
  EXPECT_TRUE(Eventually([&] { return library_->cancelled() == 1; }));
  EXPECT_TRUE(Eventually([&] { return MetricsPage().find("grpc_code=\"CANCELLED\"") != std::string::npos; }));
}

TEST_F(EdgeTest, PassesTheDeadlineOn) {
  grpc::ClientContext context;
  context.set_deadline(system_clock::now() + milliseconds(100));
  testdata::GetBookRequest request;
  request.set_name("shelves/1/books/slow");
  Book book;
  EXPECT_EQ(stub_->GetBook(&context, request, &book).error_code(), grpc::StatusCode::DEADLINE_EXCEEDED);
  EXPECT_TRUE(Eventually([&] { return library_->cancelled() == 1; }));
}

TEST_F(EdgeTest, RefusesWhatIsNotForCallersFromOutside) {
  grpc::ClientContext context;
  Limit(context);
  google::protobuf::Empty request, response;
  auto status = stub_->Replicate(&context, request, &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNIMPLEMENTED);
  google::rpc::Status details;
  ASSERT_TRUE(details.ParseFromString(status.error_details()));
  EXPECT_THAT(details.ShortDebugString(), HasSubstr("UNKNOWN_METHOD"));
}

TEST_F(EdgeTest, DropsIdentityHeaders) {
  grpc::ClientContext context;
  Limit(context);
  context.AddMetadata("x-user-id", "root");
  context.AddMetadata("x-forwarded-for", "1.2.3.4");
  context.AddMetadata("authorization", "Bearer t");
  Book book;
  ASSERT_TRUE(stub_->EchoMetadata(&context, {}, &book).ok());
  std::vector<std::string> tags(book.tags().begin(), book.tags().end());
  EXPECT_THAT(tags, Contains("authorization: Bearer t"));
  EXPECT_THAT(tags, Contains("x-forwarded-for: 127.0.0.1"));
  EXPECT_THAT(tags, Contains(StartsWith("traceparent: 00-")));
  EXPECT_THAT(tags, Not(Contains(StartsWith("x-user-id"))));
}

TEST_F(EdgeTest, SaysThatTheBackEndIsGone) {
  library_.reset();
  ASSERT_TRUE(Eventually([this] { return !Ready(); }));
  grpc::ClientContext context;
  Limit(context);
  testdata::GetBookRequest request;
  Book book;
  auto status = stub_->GetBook(&context, request, &book);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE);
  google::rpc::Status details;
  ASSERT_TRUE(details.ParseFromString(status.error_details()));
  EXPECT_THAT(details.ShortDebugString(), HasSubstr("BACKEND_UNAVAILABLE"));
}

TEST_F(EdgeTest, CountsCalls) {
  grpc::ClientContext context;
  Limit(context);
  testdata::GetBookRequest request;
  request.set_name("n");
  Book book;
  ASSERT_TRUE(stub_->GetBook(&context, request, &book).ok());
  EXPECT_TRUE(Eventually([&] {
    return MetricsPage().find(
               "grpc_edge_handled_total{grpc_code=\"OK\",grpc_method=\"GetBook\","
               "grpc_service=\"wenming.gateway.testdata.Library\"} 1") != std::string::npos;
  }));
  EXPECT_THAT(MetricsPage(), HasSubstr("grpc_edge_in_flight 0"));
}

TEST_F(EdgeTest, SurvivesBytesThatAreNotHttp2) {
  for (std::string_view bytes :
       {std::string_view("GET / HTTP/1.1\r\nHost: x\r\n\r\n"), std::string_view("\0\0\0\0\0\0", 6),
        std::string_view("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\xff\xff\xff\xff\xff\xff\xff\xff\xff")}) {
    RawConnection client(gateway_->grpc_port());
    client.Send(bytes);
  }
  grpc::ClientContext context;
  Limit(context);
  testdata::GetBookRequest request;
  request.set_name("n");
  Book book;
  EXPECT_TRUE(stub_->GetBook(&context, request, &book).ok());
}

}  // namespace
}  // namespace wenming::gateway
