// The pages that the gateway answers by itself.
#include <gmock/gmock.h>

#include "gateway/http/content_coding.h"
#include "tests/gateway/support/fixture.h"

namespace wenming::gateway {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

class DocumentsTest : public GatewayTest {};

TEST_F(DocumentsTest, AnswersTheDocument) {
  auto response = Get("/openapi.json");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.headers["content-type"], "application/json");
  EXPECT_EQ(response.headers["cache-control"], "no-cache");
  EXPECT_THAT(response.body, StartsWith("{\"openapi\":\"3.1.0\""));
  EXPECT_THAT(response.body, HasSubstr("Fields of every kind."));
  EXPECT_EQ(Get("/openapi.json?x=1").status, 200);
}

TEST_F(DocumentsTest, PacksForWhoTakesIt) {
  auto plain = Get("/openapi.json");
  auto packed = Get("/openapi.json", "Accept-Encoding: gzip, br\r\n");
  EXPECT_EQ(packed.headers["content-encoding"], "gzip");
  EXPECT_EQ(packed.headers["vary"], "Accept-Encoding");
  EXPECT_EQ(plain.headers["vary"], "Accept-Encoding");
  EXPECT_LT(packed.body.size() * 3, plain.body.size());
  EXPECT_EQ(http::Gunzip(packed.body), plain.body);
}

TEST_F(DocumentsTest, SendsNothingTwice) {
  std::string tag = Get("/openapi.json").headers["etag"];
  EXPECT_THAT(tag, StartsWith("W/\""));
  for (const char* coding : {"", "Accept-Encoding: gzip\r\n"}) {
    auto again = Get("/openapi.json", "If-None-Match: \"other\", " + tag + "\r\n" + coding);
    EXPECT_EQ(again.status, 304);
    EXPECT_EQ(again.headers["etag"], tag);
    EXPECT_EQ(again.body, "");
  }
  EXPECT_EQ(Get("/openapi.json", "If-None-Match: \"other\"\r\n").status, 200);
  Restart(LibraryOptions(library_->port()));
  EXPECT_EQ(Get("/openapi.json").headers["etag"], tag);
}

TEST_F(DocumentsTest, TakesGetAndHeadOnly) {
  auto response = Post("/openapi.json", "{}");
  EXPECT_EQ(response.status, 405);
  EXPECT_EQ(response.headers["allow"], "GET, HEAD, OPTIONS");
  RawConnection client(http());
  client.Send("HEAD /openapi.json HTTP/1.1\r\nHost: x\r\n\r\nGET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(client.Receive(/*head_only=*/true).status, 200);
  EXPECT_EQ(client.Receive().body, "ok\n");
}

TEST_F(DocumentsTest, ShowsThePageWithNothingFromElsewhere) {
  auto page = Get("/docs");
  EXPECT_EQ(page.status, 200);
  EXPECT_EQ(page.headers["content-type"], "text/html; charset=utf-8");
  EXPECT_THAT(page.headers["content-security-policy"],
              StartsWith("default-src 'none'; script-src 'self'; style-src 'self'; "));
  EXPECT_THAT(page.body, testing::Not(HasSubstr("://")));
  EXPECT_THAT(page.body, testing::Not(testing::ContainsRegex("<script>|<style| on[a-z]+=| style=")));
  // Everything it names is there, of the type it is used as.
  size_t files = 0;
  for (const char* attribute : {"href=\"docs/", "src=\"docs/"}) {
    const std::string begin = attribute;
    for (size_t at = page.body.find(begin); at != std::string::npos; at = page.body.find(begin, at + 1)) {
      size_t name = at + begin.size() - 5;
      std::string path = "/" + page.body.substr(name, page.body.find('"', name) - name);
      auto file = Get(path, "Accept-Encoding: gzip\r\n");
      EXPECT_EQ(file.status, 200) << path;
      EXPECT_THAT(file.headers["content-type"], StartsWith(path.ends_with(".css") ? "text/css" : "text/javascript"));
      EXPECT_EQ(file.headers["content-encoding"], "gzip");
      EXPECT_EQ(file.headers["x-content-type-options"], "nosniff");
      EXPECT_EQ(http::Gunzip(file.body), Get(path).body) << path;
      EXPECT_EQ(Get(path, "If-None-Match: " + file.headers["etag"] + "\r\n").status, 304) << path;
      ++files;
    }
  }
  EXPECT_EQ(files, 3u);
  EXPECT_THAT(Get("/docs/swagger-ui-bundle.js").body, HasSubstr("SwaggerUIBundle"));
  EXPECT_THAT(Get("/docs/docs.js").body, HasSubstr("fetch('openapi.json')"));
  EXPECT_EQ(Get("/docs/").status, 404);
}

TEST_F(DocumentsTest, CanBeOff) {
  auto options = LibraryOptions(library_->port());
  options.documents = false;
  Restart(options);
  EXPECT_EQ(Get("/openapi.json").status, 404);
  EXPECT_EQ(Get("/docs").status, 404);
}

}  // namespace
}  // namespace wenming::gateway
