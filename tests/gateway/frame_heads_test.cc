#include "gateway/h2/frame_heads.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

namespace wenming::gateway::h2 {
namespace {

constexpr std::string_view kPreface = NGHTTP2_CLIENT_MAGIC;
constexpr uint8_t kNone = NGHTTP2_FLAG_NONE;

std::string Frame(uint8_t type, uint8_t flags, uint32_t stream, std::string_view payload) {
  std::string frame;
  for (const int shift : {16, 8, 0}) frame.push_back(static_cast<char>(payload.size() >> shift));
  frame.push_back(static_cast<char>(type));
  frame.push_back(static_cast<char>(flags));
  for (const int shift : {24, 16, 8, 0}) frame.push_back(static_cast<char>(stream >> shift));
  return frame.append(payload);
}

// A payload of `bytes`, and padding as long as its first byte says.
std::string Padded(std::string_view bytes, uint8_t padding) {
  return std::string(1, static_cast<char>(padding)).append(bytes).append(padding, '\0');
}

struct Case {
  std::string name;
  std::string bytes;
  FrameHead head;
};

std::vector<Case> Cases() {
  constexpr uint8_t kEnd = NGHTTP2_FLAG_END_STREAM;
  constexpr uint8_t kPadded = NGHTTP2_FLAG_PADDED;
  return {
      {"settings", Frame(NGHTTP2_SETTINGS, kNone, 0, ""), {.type = NGHTTP2_SETTINGS}},
      {"headers that end", Frame(NGHTTP2_HEADERS, kEnd, 1, "abc"), {.type = NGHTTP2_HEADERS, .stream = 1}},
      {"padded headers", Frame(NGHTTP2_HEADERS, kPadded, 1, Padded("", 9)), {.type = NGHTTP2_HEADERS, .stream = 1}},
      {"data", Frame(NGHTTP2_DATA, kNone, 3, "a"), {.type = NGHTTP2_DATA, .stream = 3, .carries_data = true}},
      {"data of many bytes",
       Frame(NGHTTP2_DATA, kNone, 0x1234567, std::string(70'000, '\7')),
       {.type = NGHTTP2_DATA, .stream = 0x1234567, .carries_data = true}},
      {"data that ends",
       Frame(NGHTTP2_DATA, kEnd, 3, "a"),
       {.type = NGHTTP2_DATA, .stream = 3, .ends_stream = true, .carries_data = true}},
      {"empty data", Frame(NGHTTP2_DATA, kNone, 3, ""), {.type = NGHTTP2_DATA, .stream = 3}},
      {"an end without data",
       Frame(NGHTTP2_DATA, kEnd, 3, ""),
       {.type = NGHTTP2_DATA, .stream = 3, .ends_stream = true}},
      {"padded data",
       Frame(NGHTTP2_DATA, kPadded, 3, Padded("a", 200)),
       {.type = NGHTTP2_DATA, .stream = 3, .carries_data = true}},
      {"padding alone", Frame(NGHTTP2_DATA, kPadded, 3, Padded("", 200)), {.type = NGHTTP2_DATA, .stream = 3}},
      {"no padding but the byte", Frame(NGHTTP2_DATA, kPadded, 3, Padded("", 0)), {.type = NGHTTP2_DATA, .stream = 3}},
      // An error of the client, which nghttp2 finds.
      {"padded without the byte", Frame(NGHTTP2_DATA, kPadded, 3, ""), {.type = NGHTTP2_DATA, .stream = 3}},
      {"more padding than there is",
       Frame(NGHTTP2_DATA, kPadded, 3,
             "\x09"
             "ab"),
       {.type = NGHTTP2_DATA, .stream = 3}},
      {"the reserved bit",
       Frame(NGHTTP2_PRIORITY, kNone, 0x80000005, "12345"),
       {.type = NGHTTP2_PRIORITY, .stream = 5}},
      {"a type that nobody knows", Frame(200, 0xff, 7, "abc"), {.type = 200, .stream = 7}},
  };
}

TEST(FrameHeadsTest, TellsWhatEachFrameIs) {
  for (const Case& frame : Cases()) {
    FrameHeads heads;
    std::vector<FrameHead> found;
    heads.Read(std::string(kPreface) + frame.bytes, [&found](const FrameHead& head) { found.push_back(head); });
    EXPECT_EQ(found, std::vector{frame.head}) << frame.name;
  }
}

TEST(FrameHeadsTest, FindsTheSameHoweverTheBytesAreCut) {
  std::string all(kPreface);
  std::vector<FrameHead> expected;
  for (const Case& frame : Cases()) {
    all += frame.bytes;
    expected.push_back(frame.head);
  }
  const auto seed = std::random_device{}();
  std::mt19937 random(seed);
  for (const size_t most : {1, 2, 5, 9, 10, 11, 100, 100'000}) {
    std::uniform_int_distribution<size_t> size(1, most);
    FrameHeads heads;
    std::vector<FrameHead> found;
    for (std::string_view rest = all; !rest.empty();) {
      const std::string_view piece = rest.substr(0, size(random));
      rest.remove_prefix(piece.size());
      heads.Read(piece, [&found](const FrameHead& head) { found.push_back(head); });
    }
    EXPECT_EQ(found, expected) << "pieces of at most " << most << " bytes, seed " << seed;
  }
}

}  // namespace
}  // namespace wenming::gateway::h2
