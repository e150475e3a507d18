#include "common/ids/ids.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace wenming::ids {
namespace {

const absl::Time kNow = absl::FromUnixMillis(1'767'225'600'123);  // 2026-01-01T00:00:00.123Z

TEST(GeneratorTest, PutsTimeSaltAndSequenceInTheirPlaces) {
  Generator generator([] { return kNow; }, 0xABC);
  const uint64_t first = generator.Next();
  EXPECT_EQ(TimeOf(first), kNow);
  EXPECT_EQ((first >> 10) & 0xFFF, 0xABCu);
  EXPECT_EQ(first & 0x3FF, 0u);
  EXPECT_EQ(generator.Next(), first + 1);
}

TEST(GeneratorTest, OnlyTwelveBitsOfTheSaltCount) {
  Generator generator([] { return kNow; }, 0xFFFF);
  EXPECT_EQ(TimeOf(generator.Next()), kNow);
}

TEST(GeneratorTest, GrowsWhereTheClockStandsStillOrGoesBack) {
  absl::Time now = kNow;
  Generator generator([&] { return now; }, 1);
  uint64_t last = 0;
  for (int i = 0; i < 5000; ++i) {
    if (i == 3000) now -= absl::Hours(1);
    const uint64_t next = generator.Next();
    ASSERT_GT(next, last);
    ASSERT_EQ((next >> 10) & 0xFFF, 1u);
    last = next;
  }
  EXPECT_EQ(TimeOf(last), kNow + absl::Milliseconds(4999 / 1024));
  now = kNow + absl::Seconds(1);
  EXPECT_EQ(TimeOf(generator.Next()), now);
}

TEST(GeneratorTest, MakesIdsEvenBeforeTheEpoch) {
  Generator generator([] { return absl::UnixEpoch(); }, 0);
  EXPECT_EQ(generator.Next(), 1u);
  EXPECT_EQ(generator.Next(), 2u);
}

TEST(GeneratorTest, ThreadsNeverGetTheSame) {
  Generator generator([] { return kNow; }, 7);
  std::vector<std::vector<uint64_t>> made(4);
  std::vector<std::thread> threads;
  for (auto& mine : made) {
    threads.emplace_back([&] {
      for (int i = 0; i < 20'000; ++i) mine.push_back(generator.Next());
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::set<uint64_t> all;
  for (const auto& mine : made) {
    EXPECT_TRUE(std::is_sorted(mine.begin(), mine.end()));
    all.insert(mine.begin(), mine.end());
  }
  EXPECT_EQ(all.size(), 80'000u);
}

TEST(TextTest, KnownValues) {
  EXPECT_EQ(ToText(1), "0000000000001");
  EXPECT_EQ(ToText(31), "000000000000Z");
  EXPECT_EQ(ToText(32), "0000000000010");
  EXPECT_EQ(ToText(std::numeric_limits<uint64_t>::max()), "FZZZZZZZZZZZZ");
}

TEST(TextTest, RoundTripsAndSortsLikeTheNumber) {
  const uint64_t seed = std::random_device()();
  SCOPED_TRACE(seed);
  std::mt19937_64 random(seed);
  uint64_t previous = random();
  for (int i = 0; i < 10'000; ++i) {
    const uint64_t id = std::max<uint64_t>(1, random() >> (random() % 64));
    const std::string text = ToText(id);
    ASSERT_EQ(text.size(), 13u);
    ASSERT_EQ(FromText(text), id);
    ASSERT_EQ(text < ToText(previous), id < previous);
    previous = id;
  }
}

TEST(TextTest, RefusesEveryOtherForm) {
  for (const char* text : {"", "1", "000000000001", "00000000000001", "0000000000000", "G000000000000", "000000000000a",
                           "000000000000I", "000000000000L", "000000000000O", "000000000000U", "000000000000 ",
                           " 00000000000001", "-000000000001", "000000000000\xE4"}) {
    EXPECT_EQ(FromText(text), std::nullopt) << text;
  }
  EXPECT_EQ(FromText(std::string_view("00000000000\0001", 13)), std::nullopt);
}

TEST(NameTest, JoinsCollectionAndText) {
  EXPECT_EQ(ResourceName("units", 33), "units/0000000000011");
  EXPECT_EQ(ParseName("units", "units/0000000000011"), 33u);
}

TEST(NameTest, RefusesEveryOtherForm) {
  for (const char* name : {"", "units", "units/", "units/33", "unit/0000000000011", "teams/0000000000011",
                           "units/0000000000011/", "/units/0000000000011", "units:0000000000011", "units/0000000000000",
                           "units/000000000001l", "UNITS/0000000000011"}) {
    EXPECT_EQ(ParseName("units", name), std::nullopt) << name;
  }
}

}  // namespace
}  // namespace wenming::ids
