// Answers that are kept, seen from outside.
#include <gmock/gmock.h>

#include "absl/strings/str_cat.h"
#include "gateway/http/content_coding.h"
#include "tests/gateway/support/fixture.h"

namespace wenming::gateway {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr char kAuthors[] = "/v1/authors?size=2000";

class ApiCacheTest : public GatewayTest {
 protected:
  void SetUp() override {
    GatewayTest::SetUp();
    Use(LibraryOptions(library_->port()));
  }
  // One loop, so that there is one cache.
  void Use(GatewayOptions options) {
    options.threads = 1;
    Restart(options);
    ASSERT_TRUE(Eventually([this] { return Ready(); }));
  }
  int Calls() const { return library_->authors_calls(); }
};

TEST_F(ApiCacheTest, AsksOnceWhileTheAnswerIsFresh) {
  auto first = Get(kAuthors);
  EXPECT_EQ(first.status, 200);
  EXPECT_EQ(first.headers["cache-control"], "public, max-age=60");
  EXPECT_EQ(first.headers["content-type"], "application/json");
  EXPECT_THAT(first.headers["vary"], HasSubstr("Accept-Encoding, Accept-Language, x-wenming-center"));
  auto second = Get(kAuthors, "X-Request-Id: my-request-1\r\n");
  EXPECT_EQ(second.body, first.body);
  EXPECT_EQ(second.headers["etag"], first.headers["etag"]);
  EXPECT_EQ(second.headers["x-request-id"], "my-request-1");
  EXPECT_THAT(second.headers["date"], HasSubstr("GMT"));
  auto head = Fetch(http(), "HEAD", kAuthors);
  EXPECT_EQ(head.headers["content-length"], std::to_string(first.body.size()));
  EXPECT_EQ(Calls(), 1);
}

TEST_F(ApiCacheTest, OneCallForAllWhoAskAtOnce) {
  constexpr int kClients = 50;
  library_->HoldAuthors(true);
  std::vector<std::unique_ptr<RawConnection>> clients;
  for (int i = 0; i < kClients; ++i) {
    clients.push_back(std::make_unique<RawConnection>(http()));
    clients.back()->Send(absl::StrCat("GET ", kAuthors, " HTTP/1.1\r\nHost: x\r\n\r\n"));
  }
  ASSERT_TRUE(Eventually([&] { return MetricsPage().find("http_server_requests_in_flight 50") != std::string::npos; }));
  clients.front()->Close();
  ASSERT_TRUE(Eventually([&] { return MetricsPage().find("http_server_requests_in_flight 49") != std::string::npos; }));
  library_->HoldAuthors(false);
  for (int i = 1; i < kClients; ++i) EXPECT_EQ(clients[static_cast<size_t>(i)]->Receive().status, 200);
  EXPECT_EQ(Calls(), 1);
  EXPECT_EQ(library_->cancelled(), 0) << "the others still waited";
}

TEST_F(ApiCacheTest, NobodyWaitsForWhatNobodyWantsAnyMore) {
  library_->HoldAuthors(true);
  RawConnection client(http());
  client.Send(absl::StrCat("GET ", kAuthors, " HTTP/1.1\r\nHost: x\r\n\r\n"));
  ASSERT_TRUE(Eventually([&] { return Calls() == 1; }));
  client.Close();
  EXPECT_TRUE(Eventually([&] { return library_->cancelled() == 1; }));
  library_->HoldAuthors(false);
  EXPECT_EQ(Get(kAuthors).status, 200);
  EXPECT_EQ(Calls(), 2);
}

TEST_F(ApiCacheTest, AFailureIsSharedButNotKept) {
  for (int i = 1; i <= 2; ++i) {
    auto response = Get("/v1/authors?name=missing", "X-Request-Id: my-request-1\r\n");
    EXPECT_EQ(response.status, 404);
    EXPECT_EQ(response.headers["cache-control"], "no-store");
    EXPECT_THAT(response.body, HasSubstr("my-request-1"));
    EXPECT_EQ(Calls(), i);
  }
}

TEST_F(ApiCacheTest, WhoHasATokenIsAskedForAlone) {
  Get(kAuthors);
  for (const char* alone : {"Authorization: Bearer t\r\n", "Request-Timeout: 3\r\n", "If-Match: \"x\"\r\n"}) {
    const int before = Calls();
    for (int i = 1; i <= 2; ++i) {
      auto response = Get(kAuthors, alone);
      EXPECT_EQ(response.headers["cache-control"], "no-store") << alone;
      EXPECT_EQ(Calls(), before + i) << alone;
    }
  }
  const int before = Calls();
  Get("/v1/authors?size=7", "Authorization: Bearer t\r\n");
  Get("/v1/authors?size=7");
  EXPECT_EQ(Calls(), before + 2) << "nor is the answer kept for others";
}

TEST_F(ApiCacheTest, WhatServicesSeeIsPartOfTheKey) {
  EXPECT_THAT(Get(kAuthors, "X-Wenming-Center: a\r\n").body, HasSubstr("\"center\":\"a\""));
  EXPECT_THAT(Get(kAuthors, "X-Wenming-Center: b\r\n").body, HasSubstr("\"center\":\"b\""));
  EXPECT_THAT(Get(kAuthors, "X-Wenming-Center: a\r\n").body, HasSubstr("\"center\":\"a\""));
  EXPECT_EQ(Calls(), 2);
  Get(kAuthors, "Accept-Language: en\r\n");
  Get(kAuthors, "Accept-Language: zh-CN\r\n");
  Get(kAuthors, "User-Agent: another\r\n");
  EXPECT_EQ(Calls(), 4);
}

TEST_F(ApiCacheTest, KeepsTheAnswerPackedAsWell) {
  auto packed = Get(kAuthors, "Accept-Encoding: gzip\r\n");
  auto plain = Get(kAuthors);
  EXPECT_EQ(packed.headers["content-encoding"], "gzip");
  EXPECT_EQ(plain.headers.count("content-encoding"), 0u);
  EXPECT_EQ(http::Gunzip(packed.body), plain.body);
  const std::string tag = plain.headers["etag"];
  auto known = Get(kAuthors, absl::StrCat("If-None-Match: ", tag, "\r\n"));
  EXPECT_EQ(known.status, 304);
  EXPECT_EQ(known.headers["etag"], tag);
  EXPECT_EQ(known.headers["cache-control"], "public, max-age=60");
  EXPECT_EQ(known.headers["content-length"], "");
  EXPECT_EQ(Calls(), 1);
}

TEST_F(ApiCacheTest, CountsWhatItSaves) {
  for (int i = 0; i < 3; ++i) Get(kAuthors);
  const std::string page = MetricsPage();
  EXPECT_THAT(page, HasSubstr("gateway_cache_requests_total{outcome=\"hit\"} 2"));
  EXPECT_THAT(page, HasSubstr("gateway_cache_requests_total{outcome=\"miss\"} 1"));
  EXPECT_THAT(page, HasSubstr("http_server_requests_total{code=\"200\",method=\"GET\",route=\"/v1/authors\"} 3"));
  EXPECT_THAT(page, HasSubstr("http_server_requests_in_flight 0"));
  EXPECT_THAT(page, Not(HasSubstr("gateway_cache_bytes 0\n")));
}

TEST_F(ApiCacheTest, KeepsNothingWhereToldSo) {
  auto options = LibraryOptions(library_->port());
  options.cache_bytes = 0;
  Use(options);
  for (int i = 1; i <= 2; ++i) {
    EXPECT_EQ(Get(kAuthors).headers["cache-control"], "public, max-age=60") << "others may still";
    EXPECT_EQ(Calls(), i);
  }
}

}  // namespace
}  // namespace wenming::gateway
