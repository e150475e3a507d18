// Entity tags, conditions and gzip of answers.
#include <gmock/gmock.h>

#include "gateway/http/content_coding.h"
#include "gateway/server/conditions.h"
#include "tests/gateway/support/fixture.h"

namespace wenming::gateway {
namespace {

using testing::HasSubstr;

constexpr char kBook[] = "/v1/shelves/1/books/2";

class ApiConditionsTest : public GatewayTest {};

TEST(TagTextTest, TakesOnlyWhatMayStandInAHeader) {
  EXPECT_EQ(TagText("v3", false), "\"v3\"");
  EXPECT_EQ(TagText("v3", true), "W/\"v3\"");
  for (const char* bad : {"", "a b", "a\"b", "a\r\nSet-Cookie: x", "\x7f", "版本"})
    EXPECT_EQ(TagText(bad, false), "") << bad;
}

TEST_F(ApiConditionsTest, AnswersCarryTheirEtag) {
  EXPECT_EQ(Get(kBook).headers["etag"], "\"v1\"");
  EXPECT_EQ(Fetch(http(), "HEAD", kBook).headers["etag"], "\"v1\"");
  EXPECT_EQ(Get("/v1/shelves/1/books/missing").headers.count("etag"), 0u);
  EXPECT_EQ(Get("/v1/shelves/1/books").headers.count("etag"), 0u) << "a list has none";
  EXPECT_EQ(Fetch(http(), "PATCH", kBook, R"({"title":"t","etag":"v1"})").headers["etag"], "\"v1\"");
}

TEST_F(ApiConditionsTest, WhoHasItAlreadyGetsNoBody) {
  for (const char* has : {"\"v1\"", "W/\"v1\"", "\"v0\", \"v1\"", "*"}) {
    auto response = Get(kBook, std::string("If-None-Match: ") + has + "\r\n");
    EXPECT_EQ(response.status, 304) << has;
    EXPECT_EQ(response.body, "") << has;
    EXPECT_EQ(response.headers["etag"], "\"v1\"") << has;
    EXPECT_EQ(response.headers.count("content-type"), 0u) << has;
  }
  for (const char* other : {"\"v0\"", "v1", "\"v11\""}) {
    EXPECT_EQ(Get(kBook, std::string("If-None-Match: ") + other + "\r\n").status, 200) << other;
  }
  EXPECT_EQ(Get("/v1/shelves/1/books/missing", "If-None-Match: *\r\n").status, 404);
}

TEST_F(ApiConditionsTest, IfMatchBecomesTheEtag) {
  const struct {
    const char* method;
    const char* target;
    const char* body;
  } kChanges[] = {{"PATCH", kBook, R"({"title":"t"})"}, {"POST", "/v1/shelves/1/books/2:move", R"({"target":"r"})"}};
  const struct {
    const char* if_match;
    int status;
  } kCases[] = {{"\"v1\"", 200}, {"W/\"v1\"", 200}, {"*", 200},   {"\"v0\"", 412},
                {"v1", 400},     {"\"\"", 400},     {"\"v", 400}, {"\"v1\", \"v0\"", 400}};
  for (const auto& change : kChanges) {
    for (const auto& c : kCases) {
      auto response =
          Fetch(http(), change.method, change.target, change.body, std::string("If-Match: ") + c.if_match + "\r\n");
      EXPECT_EQ(response.status, c.status) << change.method << " " << c.if_match << response.body;
      const char* says = c.status == 412 ? "ETAG_MISMATCH" : c.status == 400 ? "\"field\":\"If-Match\"" : "{";
      EXPECT_THAT(response.body, HasSubstr(says)) << c.if_match;
    }
  }
}

TEST_F(ApiConditionsTest, TheEtagInTheBodyIsAConflictWithoutIfMatch) {
  EXPECT_EQ(Fetch(http(), "PATCH", kBook, R"({"title":"t","etag":"v0"})").status, 409);
  auto both = Fetch(http(), "PATCH", kBook, R"({"title":"t","etag":"v0"})", "If-Match: \"v1\"\r\n");
  EXPECT_EQ(both.status, 400);
  EXPECT_THAT(both.body, HasSubstr("\"field\":\"book.etag\""));
}

TEST_F(ApiConditionsTest, ChangesNothingWithoutAConditionItCannotKeep) {
  for (const char* method : {"POST", "DELETE"}) {
    auto response = Fetch(http(), method, method == std::string("POST") ? "/v1/shelves/1/books" : kBook,
                          method == std::string("POST") ? "{}" : "", "If-Match: \"v1\"\r\n");
    EXPECT_EQ(response.status, 400) << method;
    EXPECT_THAT(response.body, HasSubstr("\"field\":\"If-Match\"")) << method;
  }
}

TEST_F(ApiConditionsTest, AReadWithIfMatchIsCompared) {
  EXPECT_EQ(Get(kBook, "If-Match: \"v1\"\r\n").status, 200);
  EXPECT_EQ(Get(kBook, "If-Match: \"v0\"\r\n").status, 412);
}

TEST_F(ApiConditionsTest, PacksWhatIsWorthIt) {
  const std::string title(5000, 'x');
  const std::string book = "{\"title\":\"" + title + "\",\"etag\":\"v7\"}";
  auto packed = Post("/v1/shelves/1/books", book, "Accept-Encoding: br, gzip;q=0.5\r\n");
  EXPECT_EQ(packed.headers["content-encoding"], "gzip");
  EXPECT_EQ(packed.headers["vary"], "Accept-Encoding");
  EXPECT_EQ(packed.headers["etag"], "W/\"v7\"");
  EXPECT_LT(packed.body.size(), 1000u);
  EXPECT_EQ(http::Gunzip(packed.body), Post("/v1/shelves/1/books", book).body);

  auto plain = [&](std::string_view target, const std::string& body, std::string_view accept) {
    auto response = Post(target, body, accept);
    EXPECT_EQ(response.status, 200);
    return response.headers.count("content-encoding") == 0;
  };
  constexpr char kGzip[] = "Accept-Encoding: gzip\r\n";
  EXPECT_TRUE(plain("/v1/shelves/1/books", book, "Accept-Encoding: gzip;q=0\r\n"));
  EXPECT_TRUE(plain("/v1/shelves/1/books", "{}", kGzip)) << "too small";
  EXPECT_TRUE(plain("/v1/shelves/1/books/2:move", "{\"target\":\"" + title + "\"}", kGzip))
      << "what may carry a token tells its length to nobody";
}

}  // namespace
}  // namespace wenming::gateway
