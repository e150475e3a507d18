#include "gateway/http/streamed_body.h"

#include <gtest/gtest.h>

namespace wenming::gateway::http {
namespace {

using Framing = StreamedBody::Framing;

// What is written until there is nothing to write for now.
std::string Drain(StreamedBody& body) {
  std::string wire;
  while (auto piece = body.Next()) wire += piece->head + piece->bytes;
  return wire;
}

TEST(StreamedBodyTest, FramesPiecesAsChunks) {
  StreamedBody body(Framing::kChunked);
  EXPECT_EQ(Drain(body), "");
  body.Add("hello");
  body.Add(", you all!!");
  EXPECT_EQ(Drain(body), "10\r\nhello, you all!!\r\n");
  EXPECT_FALSE(body.done());
  body.Add("!");
  body.Finish(/*whole=*/true);
  EXPECT_FALSE(body.done());
  EXPECT_EQ(Drain(body), "1\r\n!\r\n0\r\n\r\n");
  EXPECT_TRUE(body.done());
  EXPECT_EQ(Drain(body), "");
}

TEST(StreamedBodyTest, AnEmptyBodyHasALastChunkToo) {
  StreamedBody body(Framing::kChunked);
  body.Finish(/*whole=*/true);
  EXPECT_EQ(Drain(body), "0\r\n\r\n");
}

TEST(StreamedBodyTest, ABrokenBodyHasNoLastChunk) {
  StreamedBody body(Framing::kChunked);
  body.Add("a");
  body.Finish(/*whole=*/false);
  body.Finish(/*whole=*/true);
  body.Add("more");
  EXPECT_EQ(Drain(body), "1\r\na\r\n");
  EXPECT_TRUE(body.done());
  EXPECT_FALSE(body.whole());
}

TEST(StreamedBodyTest, CutsWhatIsLongAndCountsWhatItCarries) {
  StreamedBody body(Framing::kChunked);
  body.Add(std::string(150'000, 'x'));
  size_t payload = 0;
  int pieces = 0;
  while (auto piece = body.Next()) {
    EXPECT_LE(piece->payload, 65'536u);
    payload += piece->payload;
    ++pieces;
  }
  EXPECT_EQ(payload, 150'000u);
  EXPECT_EQ(pieces, 3);
}

TEST(StreamedBodyTest, OtherFramings) {
  StreamedBody old(Framing::kUntilClose);
  old.Add("hello");
  old.Finish(/*whole=*/true);
  EXPECT_EQ(Drain(old), "hello");
  EXPECT_TRUE(old.done());
  StreamedBody head(Framing::kNone);
  head.Add("hello");
  head.Finish(/*whole=*/true);
  auto piece = head.Next();
  ASSERT_TRUE(piece.has_value());
  EXPECT_EQ(piece->payload, 5u);
  EXPECT_EQ(piece->head + piece->bytes, "");
  EXPECT_EQ(Drain(head), "");
  EXPECT_TRUE(head.done());
}

}  // namespace
}  // namespace wenming::gateway::http
