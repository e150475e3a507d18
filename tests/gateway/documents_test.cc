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
  EXPECT_EQ(response.headers["allow"], "GET, HEAD");
  RawConnection client(http());
  client.Send("HEAD /openapi.json HTTP/1.1\r\nHost: x\r\n\r\nGET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(client.Receive(/*head_only=*/true).status, 200);
  EXPECT_EQ(client.Receive().body, "ok\n");
}

TEST_F(DocumentsTest, CanBeOff) {
  auto options = LibraryOptions(library_->port());
  options.documents = false;
  Restart(options);
  EXPECT_EQ(Get("/openapi.json").status, 404);
}

}  // namespace
}  // namespace wenming::gateway
