// HEAD, OPTIONS, Date, and who may read answers from another origin.
#include <gmock/gmock.h>

#include "gateway/http/http_date.h"
#include "gateway/server/cors.h"
#include "tests/gateway/support/fixture.h"

namespace wenming::gateway {
namespace {

using testing::HasSubstr;
using testing::MatchesRegex;

constexpr char kBook[] = "/v1/shelves/1/books/2";
constexpr char kPreflight[] = "Origin: https://a.example\r\nAccess-Control-Request-Method: PATCH\r\n";

class ApiCorsTest : public GatewayTest {
 protected:
  void Allow(std::vector<std::string> origins) {
    auto options = LibraryOptions(library_->port());
    options.cors_origins = std::move(origins);
    options.forward_headers = {"X-Tenant"};
    Restart(options);
    ASSERT_TRUE(Eventually([this] { return Ready(); }));
  }
  RawResponse Options(std::string_view target, std::string_view extra = {}) const {
    return Fetch(http(), "OPTIONS", target, {}, extra);
  }
};

TEST(HttpDateTest, WritesWhatHttpAsksFor) {
  EXPECT_EQ(http::HttpDate(784111777), "Sun, 06 Nov 1994 08:49:37 GMT");
  EXPECT_EQ(http::HttpDate(951782400), "Tue, 29 Feb 2000 00:00:00 GMT");
  http::DateText date;
  EXPECT_EQ(date.At(0), "Thu, 01 Jan 1970 00:00:00 GMT");
  EXPECT_EQ(date.At(1), "Thu, 01 Jan 1970 00:00:01 GMT");
}

TEST_F(ApiCorsTest, HeadIsGetWithoutTheBody) {
  const std::string targets[] = {kBook, "/v1/shelves/1/books/2:export", "/v1/shelves/1/books/missing", "/v1/nothing",
                                 "/healthz"};
  for (const std::string& target : targets) {
    auto get = Get(target, "X-Request-Id: same-12345\r\n");
    auto head = Fetch(http(), "HEAD", target, {}, "X-Request-Id: same-12345\r\n");
    EXPECT_EQ(head.status, get.status) << target;
    EXPECT_EQ(head.headers["content-length"], std::to_string(get.body.size())) << target;
    EXPECT_EQ(head.headers["content-type"], get.headers["content-type"]) << target;
    EXPECT_EQ(head.body, "") << target;
  }
  auto post_only = Fetch(http(), "HEAD", "/v1/shelves/1/books/2:move");
  EXPECT_EQ(post_only.status, 405);
  EXPECT_EQ(post_only.headers["allow"], "OPTIONS, POST");
}

TEST_F(ApiCorsTest, HeadOfAStreamEndsWithItsHead) {
  RawConnection client(http());
  client.Send(
      "HEAD /v1/books:watch?count=2&stay=true HTTP/1.1\r\nHost: x\r\n\r\nGET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
  auto head = client.Receive(/*head_only=*/true);
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.headers["content-type"], "application/x-ndjson");
  EXPECT_EQ(client.Receive().body, "ok\n");
  EXPECT_TRUE(Eventually([this] { return library_->cancelled() == 1; }));
}

TEST_F(ApiCorsTest, EveryAnswerSaysWhenItWasMade) {
  for (const char* target : {kBook, "/v1/nothing", "/healthz", "/openapi.json", "/v1/books:watch?count=1"}) {
    EXPECT_THAT(Get(target).headers["date"], MatchesRegex("..., .. ... .... ..:..:.. GMT")) << target;
  }
  RawConnection client(http());
  client.Send("GET / HTTP/1.1\r\n\r\n");
  EXPECT_THAT(client.Receive().headers["date"], HasSubstr(" GMT"));
}

TEST_F(ApiCorsTest, OptionsTellsTheMethodsOfAPath) {
  auto response = Options(kBook);
  EXPECT_EQ(response.status, 204);
  EXPECT_EQ(response.headers["allow"], "DELETE, GET, HEAD, OPTIONS, PATCH");
  EXPECT_EQ(response.headers.count("content-type"), 0u);
  EXPECT_EQ(Options("/v1/shelves/1/books/2:move").headers["allow"], "OPTIONS, POST");
  EXPECT_EQ(Options("/openapi.json").headers["allow"], "GET, HEAD, OPTIONS");
  EXPECT_EQ(Options("/v1/nothing").status, 404);
  EXPECT_EQ(Options(kBook, kPreflight).headers.count("access-control-allow-methods"), 0u)
      << "nobody has allowed an origin";
}

TEST_F(ApiCorsTest, LetsTheOriginsOfTheListRead) {
  Allow({"https://a.example", "http://localhost:5173"});
  auto listed = Get(kBook, "Origin: http://localhost:5173\r\n");
  EXPECT_EQ(listed.headers["access-control-allow-origin"], "http://localhost:5173");
  EXPECT_THAT(listed.headers["access-control-expose-headers"], HasSubstr("ETag"));
  EXPECT_EQ(listed.headers.count("access-control-allow-credentials"), 0u);
  EXPECT_EQ(listed.headers["vary"], "Origin");
  EXPECT_EQ(Get("/v1/nothing", "Origin: https://a.example\r\n").headers["access-control-allow-origin"],
            "https://a.example")
      << "a page must be able to read why it was refused";
  EXPECT_EQ(Get("/v1/books:watch?count=1", "Origin: https://a.example\r\n").headers["access-control-allow-origin"],
            "https://a.example");
  for (const char* origin : {"https://b.example", "https://a.example.evil", "HTTPS://A.EXAMPLE", "null"}) {
    auto other = Get(kBook, std::string("Origin: ") + origin + "\r\n");
    EXPECT_EQ(other.status, 200) << origin;
    EXPECT_EQ(other.headers.count("access-control-allow-origin"), 0u) << origin;
    EXPECT_EQ(other.headers["vary"], "Origin") << origin;
  }
  EXPECT_EQ(Get(kBook).headers["vary"], "Origin");
}

TEST_F(ApiCorsTest, AnswersPreflights) {
  Allow({"https://a.example"});
  auto response = Options(kBook, kPreflight);
  EXPECT_EQ(response.status, 204);
  EXPECT_EQ(response.headers["access-control-allow-origin"], "https://a.example");
  EXPECT_EQ(response.headers["access-control-allow-methods"], "DELETE, GET, HEAD, OPTIONS, PATCH");
  EXPECT_THAT(response.headers["access-control-allow-headers"], HasSubstr("Authorization"));
  EXPECT_THAT(response.headers["access-control-allow-headers"], HasSubstr("X-Tenant"));
  EXPECT_EQ(response.headers["access-control-max-age"], "7200");
  auto other = Options(kBook, "Origin: https://b.example\r\nAccess-Control-Request-Method: GET\r\n");
  EXPECT_EQ(other.headers.count("access-control-allow-methods"), 0u);
  EXPECT_EQ(Options(kBook, "Origin: https://a.example\r\n").headers.count("access-control-allow-methods"), 0u)
      << "not a preflight";
}

TEST_F(ApiCorsTest, LetsEverybodyReadWhereToldSo) {
  Allow({"*"});
  auto response = Get(kBook, "Origin: null\r\n");
  EXPECT_EQ(response.headers["access-control-allow-origin"], "*");
  EXPECT_EQ(response.headers.count("vary"), 0u);
}

TEST(CorsTest, TakesOriginsAsBrowsersSendThem) {
  for (const char* good : {"*", "https://a.example", "http://localhost:5173", "https://[::1]:8443"}) {
    EXPECT_TRUE(Cors::CheckOrigin(good).ok()) << good;
  }
  for (const char* bad : {"", "null", "a.example", "https://", "https://a.example/", "https://A.example",
                          "https://*.example", "https://a.example, https://b.example", "://a"}) {
    EXPECT_FALSE(Cors::CheckOrigin(bad).ok()) << bad;
  }
}

}  // namespace
}  // namespace wenming::gateway
