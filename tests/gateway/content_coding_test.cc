#include "gateway/http/content_coding.h"

#include <gtest/gtest.h>

namespace wenming::gateway::http {
namespace {

TEST(ContentCodingTest, ReadsAcceptEncoding) {
  const struct {
    const char* header;
    bool gzip;
  } kCases[] = {
      {"", false},
      {"gzip", true},
      {"GZIP", true},
      {"x-gzip", true},
      {"deflate, gzip;q=0.5, br", true},
      {"gzip;q=0", false},
      {"gzip; q=0.000", false},
      {"gzip;q=nonsense", false},
      {"*", true},
      {"*;q=0", false},
      {"*;q=1, gzip;q=0", false},
      {"identity", false},
      {"gzipped", false},
      {" , ,gzip", true},
  };
  for (const auto& test : kCases) EXPECT_EQ(AcceptsGzip(test.header), test.gzip) << test.header;
}

TEST(ContentCodingTest, PacksAndUnpacks) {
  for (size_t size : {0, 1, 100, 100'000, 3'000'000}) {
    std::string text;
    for (size_t i = 0; text.size() < size; ++i) text += std::to_string(i * i);
    text.resize(size);
    std::string packed = Gzip(text);
    EXPECT_EQ(packed.substr(0, 2), "\x1f\x8b");
    EXPECT_EQ(Gunzip(packed), text) << size;
    if (size > 1000) {
      EXPECT_LT(packed.size(), size);
    }
  }
}

TEST(ContentCodingTest, UnpacksNothingBroken) {
  std::string packed = Gzip(std::string(1000, 'x'));
  EXPECT_EQ(Gunzip(packed.substr(0, packed.size() - 4)), "");
  EXPECT_EQ(Gunzip("plain"), "");
  packed[packed.size() - 6] ^= 1;  // the checksum
  EXPECT_EQ(Gunzip(packed), "");
}

TEST(ContentCodingTest, ComparesTagsWeakly) {
  const struct {
    const char* header;
    bool named;
  } kCases[] = {
      {"", false}, {"\"a\"", true}, {"W/\"a\"", true}, {"\"b\", W/\"a\"", true}, {"\"b\"", false},
      {"*", true}, {"a", false},    {"\"a", false},    {"\"ab\"", false},
  };
  for (const auto& test : kCases) EXPECT_EQ(NamesTag(test.header, "W/\"a\""), test.named) << test.header;
}

}  // namespace
}  // namespace wenming::gateway::http
