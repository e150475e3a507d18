// The gateway as a black box: JSON in, a real gRPC service behind it, JSON out.
#include <gmock/gmock.h>
#include <rapidjson/document.h>

#include <future>
#include <thread>

#include "absl/strings/str_cat.h"
#include "tests/gateway/support/descriptors.h"
#include "tests/gateway/support/fixture.h"
#include "tests/gateway/support/route_rows.h"

namespace wenming::gateway {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsSupersetOf;
using testing::Not;
using testing::StartsWith;

class ApiTest : public GatewayTest {
 protected:
  static rapidjson::Document Json(const RawResponse& response) {
    rapidjson::Document document;
    document.Parse(response.body.data(), response.body.size());
    EXPECT_FALSE(document.HasParseError()) << response.status << response.body;
    return document;
  }
  static std::vector<std::string> Tags(const RawResponse& response) {
    std::vector<std::string> tags;
    auto json = Json(response);
    for (const auto& tag : json["tags"].GetArray()) tags.emplace_back(tag.GetString());
    return tags;
  }
};

TEST_F(ApiTest, AnswersInJson) {
  auto response = Get("/v1/shelves/1/books/2");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.headers["content-type"], "application/json");
  EXPECT_EQ(response.headers["x-request-id"].size(), 32u);
  auto json = Json(response);
  EXPECT_STREQ(json["name"].GetString(), "shelves/1/books/2");
  EXPECT_STREQ(json["title"].GetString(), "红楼梦");
  EXPECT_STREQ(json["copies"].GetString(), "9007199254740993");
}

TEST_F(ApiTest, ABrowserGetsThePageOfARouteThatHasOne) {
  const struct {
    const char* accept;
    bool page;
  } kCases[] = {
      {"Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", true},
      {"Accept: Text/HTML", true},
      {"Accept: text/html, application/json", true},
      {"Accept: application/json, text/html", false},
      {"Accept: application/json", false},
      {"Accept: */*", false},
      {"X-Other: text/html", false},
  };
  for (const auto& c : kCases) {
    auto response = Get("/v1/shelves/1/books/2", absl::StrCat(c.accept, "\r\n"));
    EXPECT_EQ(response.status, 200) << c.accept;
    EXPECT_EQ(response.headers["content-type"], c.page ? "text/html; charset=utf-8" : "application/json") << c.accept;
    EXPECT_EQ(response.headers.count("content-security-policy"), c.page ? 1u : 0u) << c.accept;
    EXPECT_EQ(response.body == "<p>shelves/1/books/2", c.page) << response.body;
  }
  EXPECT_EQ(Get("/v1/books/a/b", "Accept: text/html\r\n").headers["content-type"], "application/json")
      << "another binding of the same method has none";
  EXPECT_EQ(Get("/v1/shelves/1/books?pageSize=3", "Accept: text/html\r\n").headers["content-type"], "application/json");
}

TEST_F(ApiTest, ServesEveryKindOfRoute) {
  for (const RouteRow& test : kRouteRows) {
    auto response = Fetch(http(), test.method, test.target, test.body);
    EXPECT_EQ(response.status, test.status) << test.method << " " << test.target << response.body;
    EXPECT_THAT(response.body, HasSubstr(test.contains)) << test.method << " " << test.target;
  }
}

TEST_F(ApiTest, PutsFilesThrough) {
  auto up = Fetch(http(), "PUT", "/v1/shelves/1/books/2/cover", std::string_view("\x89PNG\0\xff", 6),
                  "Content-Type: image/png\r\n");
  EXPECT_STREQ(Json(up)["title"].GetString(), "image/png");
  EXPECT_STREQ(Json(up)["cover"].GetString(), "iVBORwD/");
  up = Post("/v1/books:import", std::string_view("{\"\0\xff", 4), "Content-Type: application/x-book\r\n");
  EXPECT_STREQ(Json(up)["title"].GetString(), "application/x-book");
  EXPECT_STREQ(Json(up)["cover"].GetString(), "eyIA/w==");
  EXPECT_EQ(Get("/v1/shelves/1/books/2:export").headers["content-type"], "text/csv; charset=utf-8");
}

TEST_F(ApiTest, SaysWhichMethodsAPathTakes) {
  auto response = Post("/v1/shelves/1/books/2", "{}");
  EXPECT_EQ(response.status, 405);
  EXPECT_EQ(response.headers["allow"], "DELETE, GET, HEAD, OPTIONS, PATCH");
  EXPECT_THAT(response.body, HasSubstr("METHOD_NOT_ALLOWED"));
}

TEST_F(ApiTest, TakesPatchAsPost) {
  auto response = Post("/v1/shelves/1/books/2", R"({"pages":1})", "X-HTTP-Method-Override: PATCH\r\n");
  EXPECT_EQ(response.status, 200);
  EXPECT_THAT(Tags(response), testing::ElementsAre("pages"));
  EXPECT_EQ(Get("/v1/shelves/1/books/2", "X-HTTP-Method-Override: PATCH\r\n").status, 400);
  EXPECT_EQ(Post("/v1/shelves/1/books/2", "{}", "X-HTTP-Method-Override: GET\r\n").status, 400);
}

TEST_F(ApiTest, CarriesErrorsOfTheService) {
  auto response = Get("/v1/shelves/1/books/missing", "X-Request-Id: my-request-1\r\n");
  EXPECT_EQ(response.status, 404);
  auto json = Json(response);
  EXPECT_STREQ(json["code"].GetString(), "NOT_FOUND");
  EXPECT_STREQ(json["reason"].GetString(), "NOT_FOUND");
  EXPECT_STREQ(json["message"].GetString(), "没有这本书");
  EXPECT_STREQ(json["requestId"].GetString(), "my-request-1");
  EXPECT_EQ(response.headers["x-request-id"], "my-request-1");
  EXPECT_THAT(response.body, Not(HasSubstr("SELECT")));

  response = Get("/v1/shelves/1/books/crash");
  EXPECT_EQ(response.status, 500);
  EXPECT_THAT(response.body, Not(HasSubstr("corrupt")));
}

TEST_F(ApiTest, SpeaksTheCallersLanguage) {
  EXPECT_THAT(Get("/v1/nothing").body, HasSubstr("没有这个接口"));
  EXPECT_THAT(Get("/v1/nothing", "Accept-Language: en-GB,en;q=0.9\r\n").body, HasSubstr("There is no such method"));
}

TEST_F(ApiTest, SendsMetadataOfItsOwnMaking) {
  auto tags = Tags(Get("/v1/metadata",
                       "Authorization: Bearer t\r\nX-User-Id: root\r\nX-Forwarded-For: 1.2.3.4\r\n"
                       "Cookie: a=b\r\nX-Request-Id: my-request-1\r\n"
                       "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\n"));
  EXPECT_THAT(tags,
              IsSupersetOf({"authorization: Bearer t", "x-forwarded-for: 127.0.0.1", "x-request-id: my-request-1"}));
  EXPECT_THAT(tags, Contains(StartsWith("traceparent: 00-0af7651916cd43dd8448eb211c80319c-")));
  EXPECT_THAT(tags, Not(Contains(StartsWith("x-user-id"))));
  EXPECT_THAT(tags, Not(Contains(StartsWith("cookie"))));
}

TEST_F(ApiTest, ForwardsTheHeadersItIsTold) {
  auto options = LibraryOptions(library_->port());
  options.forward_headers = {"X-Tenant"};
  Restart(options);
  EXPECT_THAT(Tags(Get("/v1/metadata", "X-Tenant: t\r\n")), Contains("x-tenant: t"));
}

TEST_F(ApiTest, SetsADeadline) {
  auto left = [&](std::string_view extra) { return Json(Get("/v1/metadata", extra))["pages"].GetInt(); };
  EXPECT_NEAR(left(""), 10000, 1000);
  EXPECT_NEAR(left("Request-Timeout: 3\r\n"), 3000, 500);
  auto late = Get("/v1/shelves/1/books/slow", "Grpc-Timeout: 50m\r\n");
  EXPECT_EQ(late.status, 504);
  EXPECT_THAT(late.body, HasSubstr("DEADLINE"));
  EXPECT_TRUE(Eventually([&] { return library_->cancelled() == 1; }));
}

TEST_F(ApiTest, CancelsWhenTheClientGoesAway) {
  RawConnection client(http());
  client.Send("GET /v1/shelves/1/books/slow HTTP/1.1\r\nHost: x\r\n\r\n");
  ASSERT_TRUE(Eventually([&] { return library_->waiting() == 1; }));
  client.Close();
  EXPECT_TRUE(Eventually([&] { return library_->cancelled() == 1; }));
  EXPECT_TRUE(Eventually([&] { return MetricsPage().find("code=\"499\"") != std::string::npos; }));
}

TEST_F(ApiTest, FillsRequestIdFromIdempotencyKey) {
  EXPECT_THAT(Tags(Post("/v1/shelves/1/books", "{}", "Idempotency-Key: key-12345\r\n")),
              Contains("request_id=key-12345"));
}

TEST_F(ApiTest, AnswersPipelinedRequestsInOrder) {
  RawConnection client(http());
  std::string requests;
  for (int i = 0; i < 50; ++i) {
    requests += "GET /v1/books/" + std::to_string(i) + " HTTP/1.1\r\nHost: x\r\n\r\n";
  }
  client.Send(requests);
  for (int i = 0; i < 50; ++i) {
    EXPECT_THAT(client.Receive().body, HasSubstr("\"books/" + std::to_string(i) + "\""));
  }
}

TEST_F(ApiTest, TakesManyCallersAtOnce) {
  std::vector<std::future<int>> callers;
  for (int i = 0; i < 16; ++i) {
    callers.push_back(std::async(std::launch::async, [this] {
      int good = 0;
      RawConnection client(http());
      for (int k = 0; k < 100; ++k) {
        client.Send("GET /v1/shelves/1/books/2 HTTP/1.1\r\nHost: x\r\n\r\n");
        if (client.Receive().status == 200) ++good;
      }
      return good;
    }));
  }
  for (auto& caller : callers) EXPECT_EQ(caller.get(), 100);
}

TEST_F(ApiTest, CarriesLargeBodiesBothWays) {
  std::string title(3 << 20, 'x');
  auto response = Post("/v1/shelves/1/books", "{\"title\":\"" + title + "\"}");
  EXPECT_EQ(response.status, 200);
  EXPECT_THAT(response.body, HasSubstr(title));
}

TEST_F(ApiTest, CountsByRouteWithoutIds) {
  Get("/v1/shelves/1/books/2");
  Get("/v1/shelves/1/books/missing");
  Get("/v1/nothing");
  std::string page = MetricsPage();
  EXPECT_THAT(page, HasSubstr("http_server_requests_total{code=\"200\",method=\"GET\","
                              "route=\"/v1/{name=shelves/*/books/*}\"} 1"));
  EXPECT_THAT(page, HasSubstr("http_server_requests_total{code=\"404\",method=\"none\",route=\"none\"} 1"));
  EXPECT_THAT(page, HasSubstr("http_server_request_duration_seconds_count{method=\"GET\","
                              "route=\"/v1/{name=shelves/*/books/*}\"} 2"));
  EXPECT_THAT(page, HasSubstr("http_server_requests_in_flight 0"));
  EXPECT_THAT(page, HasSubstr("gateway_backend_connections{backend=\"127.0.0.1:"));
}

TEST_F(ApiTest, TellsItsHealth) {
  EXPECT_EQ(Get("/healthz").status, 200);
  EXPECT_EQ(Get("/readyz").status, 200);
  EXPECT_EQ(Fetch(gateway_->metrics_port(), "GET", "/nothing").status, 404);
}

}  // namespace
}  // namespace wenming::gateway
