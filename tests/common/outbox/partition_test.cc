#include "common/outbox/partition.h"

#include <string>

#include "gtest/gtest.h"

namespace wenming::outbox {
namespace {

TEST(PartitionTest, TheWholeStreamHasEveryKey) {
  EXPECT_TRUE(Partition().Has(""));
  EXPECT_TRUE(Partition().Has("volunteers/1"));
}

TEST(PartitionTest, EveryKeyIsOfOnePartAndThePartsAreAlike) {
  constexpr uint64_t kCount = 3;
  int keys[kCount] = {};
  for (int i = 0; i < 9000; ++i) {
    // Ids end in zeros where one is made in a millisecond.
    const std::string key = "volunteers/" + std::to_string(400'000'000'000'000 + int64_t{i} * 4096);
    int owners = 0;
    for (uint64_t part = 0; part < kCount; ++part) {
      if (!Partition(part, kCount).Has(key)) continue;
      ++owners;
      ++keys[part];
    }
    ASSERT_EQ(owners, 1) << key;
  }
  for (const int of_part : keys) EXPECT_NEAR(of_part, 3000, 300);
}

// A release that answered otherwise would pass over events, or apply those of one key out of order.
TEST(PartitionTest, IsTheSameInEveryRelease) {
  std::string owners;
  for (int i = 0; i < 16; ++i) owners += Partition(1, 2).Has("volunteers/" + std::to_string(i)) ? '1' : '0';
  EXPECT_EQ(owners, "0010110011110100");
}

}  // namespace
}  // namespace wenming::outbox
