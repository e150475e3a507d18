// The unit tree of the whole country, as it would be if every county ran the platform from one directory.
#include <gtest/gtest.h>

#include <chrono>
#include <cstdio>

#include "common/auth/directory.h"
#include "tests/common/auth/directory_parts.h"

namespace wenming::auth {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(1'780'000'000);
// Counties, townships and villages; the fourth level is not counted by anybody.
constexpr uint64_t kCenters = 2'978, kInstitutes = 41'352, kStations = 620'573;
constexpr uint64_t kUnits = kCenters + kInstitutes + kStations;

// Units count through the levels; children are dealt out to their parents in turn.
uint64_t ParentOf(uint64_t id) {
  if (id <= kCenters) return 0;
  if (id <= kCenters + kInstitutes) return 1 + (id - kCenters - 1) % kCenters;
  return kCenters + 1 + (id - kCenters - kInstitutes - 1) % kInstitutes;
}

void Stream(Directory& directory) {
  for (uint64_t id = 1; id <= kUnits;) {
    Parts part;
    for (int i = 0; i < 1000 && id <= kUnits; ++i, ++id) part.Unit(id, ParentOf(id));
    directory.Apply(part, kNow);
  }
  directory.Apply(Parts().Role("editor", {"units.write"}).Staff(1, {{"editor", 1}}).Synced(), kNow);
}

TEST(DirectorySize, HoldsTheWholeCountry) {
  Directory directory(absl::Seconds(5));
  for (const char* copy : {"first", "fresh"}) {
    const auto begin = std::chrono::steady_clock::now();
    Stream(directory);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    std::printf("%s copy of %lu units: %.2f s\n", copy, static_cast<unsigned long>(kUnits), took.count());
    ASSERT_TRUE(directory.Ready(kNow));
    EXPECT_EQ(directory.Subtree(0).size(), kUnits);
    EXPECT_EQ(directory.FindCenterByCode("C2978")->id, 2978u);
    EXPECT_TRUE(directory.Holds(1, "units.write", kCenters + kInstitutes + 1));
    EXPECT_FALSE(directory.Holds(1, "units.write", kCenters + kInstitutes + 2));
    directory.Restart();
  }
}

}  // namespace
}  // namespace wenming::auth
