// Both fronts when somebody asks for too much. The clients are on this machine, so they come by a trusted proxy.
#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>

#include "tests/gateway/support/fixture.h"

namespace wenming::gateway {
namespace {

using testing::HasSubstr;

constexpr char kFrom[] = "X-Forwarded-For: 198.51.100.1\r\n";
constexpr char kBook[] = "/v1/shelves/1/books/2";

class OverloadTest : public GatewayTest {
 protected:
  void Start(const limits::AdmissionOptions& admission) {
    GatewayOptions options = LibraryOptions(library_->port());
    options.admission = admission;
    options.admission.trusted_proxies = {*limits::Network::Parse("127.0.0.0/8")};
    Restart(options);
    ASSERT_TRUE(Eventually([this] { return Ready(); }));
    stub_ = testdata::Library::NewStub(
        grpc::CreateChannel("127.0.0.1:" + std::to_string(gateway_->grpc_port()), grpc::InsecureChannelCredentials()));
  }

  // A call at the edge for the client of that address.
  grpc::Status Call(grpc::ClientContext& context, const char* address, const char* name = "shelves/1/books/2") {
    context.AddMetadata("x-forwarded-for", address);
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(10));
    testdata::GetBookRequest request;
    request.set_name(name);
    testdata::Book book;
    return stub_->GetBook(&context, request, &book);
  }

  std::unique_ptr<testdata::Library::Stub> stub_;
};

TEST_F(OverloadTest, OneAddressIsToldToSlowDown) {
  limits::AdmissionOptions admission;
  admission.per_address = {.per_second = 0.001, .burst = 2};
  Start(admission);
  EXPECT_EQ(Get(kBook, kFrom).status, 200);
  EXPECT_EQ(Get(kBook, kFrom).status, 200);
  const RawResponse refused = Get(kBook, std::string(kFrom) + "Accept-Language: en\r\n");
  EXPECT_EQ(refused.status, 429);
  EXPECT_THAT(refused.body, HasSubstr("\"code\":\"RESOURCE_EXHAUSTED\",\"reason\":\"TOO_MANY_REQUESTS\""));
  EXPECT_THAT(refused.body, HasSubstr("try again in"));
  EXPECT_GT(std::atoi(refused.headers.at("retry-after").c_str()), 900);
  EXPECT_EQ(Get(kBook, "X-Forwarded-For: 198.51.100.2\r\n").status, 200);
  EXPECT_EQ(Get("/healthz", kFrom).status, 200) << "what the gateway answers by itself is not counted";
  EXPECT_THAT(MetricsPage(), HasSubstr("gateway_refused_total{limit=\"address\"} 1"));

  // The same bucket at the other front.
  grpc::ClientContext same;
  const grpc::Status status = Call(same, "198.51.100.1");
  EXPECT_EQ(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_THAT(status.error_details(), HasSubstr("TOO_MANY_REQUESTS"));
  grpc::ClientContext other;
  EXPECT_TRUE(Call(other, "198.51.100.3").ok());
}

TEST_F(OverloadTest, OneCallerIsToldToSlowDown) {
  limits::AdmissionOptions admission;
  admission.per_caller = {.per_second = 0.001, .burst = 1};
  Start(admission);
  EXPECT_EQ(Get(kBook, std::string(kFrom) + "Authorization: Bearer a\r\n").status, 200);
  EXPECT_EQ(Get(kBook, "X-Forwarded-For: 198.51.100.2\r\nAuthorization: Bearer a\r\n").status, 429);
  EXPECT_EQ(Get(kBook, std::string(kFrom) + "Authorization: Bearer b\r\n").status, 200);
  grpc::ClientContext same;
  same.AddMetadata("authorization", "Bearer a");
  EXPECT_EQ(Call(same, "198.51.100.3").error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
}

TEST_F(OverloadTest, ShedsWhatIsTooMuchAndRecovers) {
  limits::AdmissionOptions admission;
  admission.in_flight = 2;
  Start(admission);
  RawConnection first(http());
  first.Send("GET /v1/shelves/1/books/slow HTTP/1.1\r\nHost: x\r\n\r\n");
  RawConnection second(http());
  second.Send("GET /v1/shelves/1/books/slow HTTP/1.1\r\nHost: x\r\n\r\n");
  ASSERT_TRUE(Eventually([this] { return library_->waiting() == 2; }));
  const RawResponse shed = Get(kBook, "Accept-Language: en\r\n");
  EXPECT_EQ(shed.status, 503);
  EXPECT_THAT(shed.body, HasSubstr("\"code\":\"UNAVAILABLE\",\"reason\":\"OVERLOADED\""));
  EXPECT_EQ(shed.headers.at("retry-after"), "1");
  grpc::ClientContext edge;
  EXPECT_EQ(Call(edge, "198.51.100.1").error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_THAT(MetricsPage(), HasSubstr("gateway_refused_total{limit=\"in_flight\"} 2"));
  // Who leaves makes room.
  first.Close();
  EXPECT_TRUE(Eventually([this] { return Get(kBook).status == 200; }));
}

TEST_F(OverloadTest, StreamsDoNotStarveCalls) {
  limits::AdmissionOptions admission;
  admission.in_flight = 4;
  Start(admission);
  const std::string watch = "GET /v1/books:watch?count=1&stay=true HTTP/1.1\r\nHost: x\r\n\r\n";
  RawConnection first(http());
  first.Send(watch);
  grpc::ClientContext context;
  testdata::WatchBooksRequest request;
  request.set_stay(true);
  const auto second = stub_->WatchBooks(&context, request);
  ASSERT_TRUE(Eventually([this] { return library_->waiting() == 2; }));
  EXPECT_THAT(MetricsPage(), HasSubstr("\ngateway_streams 2\n"));
  const RawResponse refused = Get("/v1/books:watch?count=1");
  EXPECT_EQ(refused.status, 503);
  EXPECT_THAT(refused.body, HasSubstr("\"reason\":\"OVERLOADED\""));
  grpc::ClientContext other;
  testdata::Book book;
  EXPECT_FALSE(stub_->WatchBooks(&other, request)->Read(&book));
  EXPECT_THAT(MetricsPage(), HasSubstr("gateway_refused_total{limit=\"streams\"} 2"));
  EXPECT_EQ(Get(kBook).status, 200);
  grpc::ClientContext edge;
  EXPECT_TRUE(Call(edge, "198.51.100.1").ok());
  first.Close();
  EXPECT_TRUE(Eventually([this] { return Get("/v1/books:watch?count=1").status == 200; }));
  context.TryCancel();
  EXPECT_EQ(second->Finish().error_code(), grpc::StatusCode::CANCELLED);
}

TEST_F(OverloadTest, AnAnswerWithoutRoomIsRefusedInTheCallersLanguageAndCountedOnce) {
  limits::AdmissionOptions admission;
  admission.held_bytes = 1'100'000;
  Start(admission);
  const std::string cover(1'000'000, 'c');  // a third more in its answer
  RawResponse refused = Fetch(http(), "PUT", "/v1/shelves/1/books/2/cover", cover,
                              "Content-Type: image/png\r\nAccept-Language: en\r\nX-Request-Id: mine-1234\r\n");
  EXPECT_EQ(refused.status, 503);
  EXPECT_THAT(refused.body, HasSubstr("\"reason\":\"OVERLOADED\""));
  EXPECT_THAT(refused.body, HasSubstr("try again shortly"));
  EXPECT_EQ(refused.headers["x-request-id"], "mine-1234");
  const std::string page = MetricsPage();
  const std::string counted = "\nhttp_server_requests_total{";
  const size_t only = page.find(counted);
  ASSERT_NE(only, std::string::npos);
  EXPECT_EQ(page.compare(only + counted.size(), 10, "code=\"503\""), 0) << page.substr(only, 100);
  EXPECT_EQ(page.find(counted, only + 1), std::string::npos) << page.substr(only, 400);
  EXPECT_THAT(page, HasSubstr("gateway_refused_total{limit=\"held_bytes\"} 1"));
}

TEST_F(OverloadTest, HoldsNoMoreBodiesThanItMay) {
  limits::AdmissionOptions admission;
  admission.held_bytes = 100'000;
  Start(admission);
  const std::string head = "POST /v1/shelves/1/books HTTP/1.1\r\nHost: x\r\nContent-Length: 80000\r\n\r\n";
  RawConnection first(http());
  first.Send(head + std::string(79'000, ' '));
  ASSERT_TRUE(Eventually([this] { return MetricsPage().find("gateway_held_bytes 79000") != std::string::npos; }));
  RawConnection second(http());
  second.Send(head + std::string(80'000, ' '));
  RawResponse refused = second.Receive();
  EXPECT_EQ(refused.status, 503);
  EXPECT_THAT(refused.body, HasSubstr("\"reason\":\"OVERLOADED\""));
  EXPECT_EQ(refused.headers["retry-after"], "1");
  EXPECT_THAT(MetricsPage(), HasSubstr("gateway_refused_total{limit=\"held_bytes\"} 1"));
  first.Close();
  EXPECT_TRUE(Eventually([this] { return MetricsPage().find("gateway_held_bytes 0") != std::string::npos; }));
  EXPECT_EQ(Post("/v1/shelves/1/books", "{}" + std::string(79'998, ' ')).status, 200);
}

}  // namespace
}  // namespace wenming::gateway
