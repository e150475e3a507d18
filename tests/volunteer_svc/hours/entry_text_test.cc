#include "volunteer_svc/hours/entry_text.h"

#include <gtest/gtest.h>

#include <string>

namespace wenming::volunteer {
namespace {

constexpr char kNumbers[] = "1001\t7\t3\t55\t0\t-120\t360\t100\t200\t9\t10\t11\t0\t12\t13\t4\t300\t";

TEST(EntryTextTest, TakesNumbersByTabsAndTextsBySizes) {
  const std::string hash("a\thash\0of 32 bytes, tabs, zeros.", 32);
  const std::string row = std::string(kNumbers) + "8\t0\t2\t清\t1\t9\t" + "\ta" + hash;
  const EntryText entry = ParseEntry(row);
  EXPECT_EQ(entry.columns[0], "1001");
  EXPECT_EQ(entry.Number<uint64_t>(kVolunteer), 7u);
  EXPECT_EQ(entry.Number(kMinutes), -120);
  EXPECT_EQ(entry.Number(kGrade), 4);
  EXPECT_EQ(entry.columns[19], "300");
  EXPECT_EQ(entry.columns[kTitle], "清\t1\t9\t");
  EXPECT_EQ(entry.columns[kPlace], "");
  EXPECT_EQ(entry.columns[kContent], "\ta");
  EXPECT_EQ(entry.hash, hash);
}

TEST(EntryTextTest, TakesWhatThereIsOfARowCutShort) {
  const EntryText entry = ParseEntry("1001\t7\t3");
  EXPECT_EQ(entry.Number(kSequence), 3);
  EXPECT_EQ(entry.columns[kContent], "");
  EXPECT_EQ(entry.hash, "");
}

}  // namespace
}  // namespace wenming::volunteer
