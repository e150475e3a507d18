#include "common/auth/directory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "tests/common/auth/directory_parts.h"

namespace wenming::auth {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

const absl::Time kNow = absl::FromUnixSeconds(1'780'000'000);
constexpr absl::Duration kSilence = absl::Seconds(5);

//        1 center              2 another center
//     /      |                 |
//   11       12                21 institutes
//   / |       |                |
// 111 112    121               211 stations
Parts Tree() {
  return Parts()
      .Unit(1, 0)
      .Unit(11, 1)
      .Unit(12, 1)
      .Unit(111, 11)
      .Unit(112, 11)
      .Unit(121, 12)
      .Unit(2, 0)
      .Unit(21, 2)
      .Unit(211, 21);
}

class DirectoryTest : public ::testing::Test {
 protected:
  DirectoryTest() {
    directory_.Apply(Tree(), kNow);
    directory_.Apply(Parts()
                         .Role("editor", {"units.read", "units.write"})
                         .Role("reader", {"units.read"})
                         .Role("nothing", {})
                         .Staff(1001, {{"editor", 1}})
                         .Staff(1011, {{"editor", 11}})
                         .Staff(1012, {{"reader", 11}, {"editor", 121}})
                         .Staff(1000, {{"editor", 0}})
                         .Staff(1013, {{"editor", 1}}, /*disabled=*/true)
                         .Staff(1014, {})
                         .Staff(1015, {{"nothing", 1}, {"unknown", 1}, {"editor", 999}})
                         .Synced(),
                     kNow);
  }

  Directory directory_{kSilence};
};

TEST_F(DirectoryTest, ARoleReachesItsUnitAndAllBelow) {
  struct Case {
    uint64_t staff_id, unit_id;
    bool read, write;
  };
  const Case cases[] = {// Bound to the center: everything there, nothing elsewhere, not the platform.
                        {1001, 1, true, true},
                        {1001, 11, true, true},
                        {1001, 121, true, true},
                        {1001, 2, false, false},
                        {1001, 211, false, false},
                        {1001, 0, false, false},
                        // Bound to an institute: neither its parent nor its sibling.
                        {1011, 11, true, true},
                        {1011, 112, true, true},
                        {1011, 1, false, false},
                        {1011, 12, false, false},
                        {1011, 121, false, false},
                        // Two bindings add up and do not mix.
                        {1012, 111, true, false},
                        {1012, 121, true, true},
                        {1012, 12, false, false},
                        // Bound to the platform: everywhere.
                        {1000, 0, true, true},
                        {1000, 1, true, true},
                        {1000, 211, true, true},
                        // Disabled, without bindings, with roles that allow nothing, unknown.
                        {1013, 1, false, false},
                        {1014, 1, false, false},
                        {1015, 1, false, false},
                        {1016, 1, false, false},
                        {0, 1, false, false},
                        // A unit that is not there belongs to nobody, nor does one that a binding names.
                        {1001, 999, false, false},
                        {1000, 999, false, false},
                        {1015, 999, false, false}};
  for (const Case& c : cases) {
    EXPECT_EQ(directory_.Holds(c.staff_id, "units.read", c.unit_id), c.read) << c.staff_id << " on " << c.unit_id;
    EXPECT_EQ(directory_.Holds(c.staff_id, "units.write", c.unit_id), c.write) << c.staff_id << " on " << c.unit_id;
    EXPECT_FALSE(directory_.Holds(c.staff_id, "units", c.unit_id));
    EXPECT_FALSE(directory_.Holds(c.staff_id, "", c.unit_id));
  }
}

TEST_F(DirectoryTest, HoldsAnywhere) {
  EXPECT_TRUE(directory_.HoldsAnywhere(1012, "units.write"));
  EXPECT_TRUE(directory_.HoldsAnywhere(1000, "units.write"));
  EXPECT_FALSE(directory_.HoldsAnywhere(1012, "units.delete"));
  for (const uint64_t staff_id : {1013, 1014, 1015, 1016}) {
    EXPECT_FALSE(directory_.HoldsAnywhere(staff_id, "units.read")) << staff_id;
  }
}

TEST_F(DirectoryTest, AMovedSubtreeTakesItsScopeAlong) {
  directory_.Apply(Parts().Unit(11, 2), kNow);  // the institute with its stations goes to the other center
  EXPECT_FALSE(directory_.Holds(1001, "units.write", 11));
  EXPECT_FALSE(directory_.Holds(1001, "units.write", 112));
  EXPECT_TRUE(directory_.Holds(1011, "units.write", 112));
  EXPECT_THAT(directory_.Subtree(1), UnorderedElementsAre(1, 12, 121));
  EXPECT_THAT(directory_.Subtree(2), UnorderedElementsAre(2, 21, 211, 11, 111, 112));
  EXPECT_TRUE(directory_.Within(112, 2));
  EXPECT_FALSE(directory_.Within(112, 1));
}

TEST_F(DirectoryTest, AChangeCountsAtOnce) {
  directory_.Apply(Parts().Staff(1011, {{"editor", 12}}), kNow);
  EXPECT_FALSE(directory_.Holds(1011, "units.write", 11));
  EXPECT_TRUE(directory_.Holds(1011, "units.write", 12));
  directory_.Apply(Parts().Staff(1011, {{"editor", 12}}, /*disabled=*/true), kNow);
  EXPECT_FALSE(directory_.Holds(1011, "units.write", 12));
  EXPECT_FALSE(directory_.StaffActive(1011));

  EXPECT_TRUE(directory_.Holds(1001, "units.write", 1));
  directory_.Apply(Parts().Role("editor", {"units.read"}), kNow);  // all roles there are now
  EXPECT_FALSE(directory_.Holds(1001, "units.write", 1));
  EXPECT_TRUE(directory_.Holds(1001, "units.read", 1));
  EXPECT_FALSE(directory_.Holds(1012, "units.read", 11)) << "by a role that is gone";
}

TEST_F(DirectoryTest, ADeletedUnitIsUnderThoseAboveAndGivesNothingToThoseBoundToIt) {
  directory_.Apply(Parts().Unit(11, 1, /*deleted=*/true), kNow);
  EXPECT_TRUE(directory_.Holds(1001, "units.read", 11));
  EXPECT_TRUE(directory_.Holds(1001, "units.read", 111));
  EXPECT_FALSE(directory_.Holds(1011, "units.read", 11));
  EXPECT_FALSE(directory_.Holds(1011, "units.read", 111));
  EXPECT_FALSE(directory_.HoldsAnywhere(1011, "units.read"));
  EXPECT_TRUE(directory_.FindUnit(11)->deleted);
  EXPECT_THAT(directory_.Subtree(1), UnorderedElementsAre(1, 12, 111, 112, 121));
  directory_.Apply(Parts().Unit(11, 1), kNow);
  EXPECT_TRUE(directory_.Holds(1011, "units.read", 111));
}

TEST_F(DirectoryTest, FailsClosedUntilSyncedAndInSilence) {
  Directory directory(kSilence);
  EXPECT_FALSE(directory.Ready(kNow));
  directory.Apply(Tree(), kNow);
  EXPECT_FALSE(directory.Ready(kNow)) << "the rest has not arrived";
  directory.Apply(Parts().Synced(), kNow);
  EXPECT_TRUE(directory.Ready(kNow));
  EXPECT_TRUE(directory.Ready(kNow + kSilence));
  EXPECT_FALSE(directory.Ready(kNow + kSilence + absl::Nanoseconds(1)));

  directory.Apply(Parts(), kNow + absl::Seconds(9));  // a sign of life
  EXPECT_TRUE(directory.Ready(kNow + absl::Seconds(14)));
  EXPECT_FALSE(directory.Ready(kNow + absl::Seconds(15)));
}

TEST_F(DirectoryTest, AFreshCopyDoesNotMakeTheOldOneYounger) {
  const absl::Time later = kNow + absl::Minutes(1);
  EXPECT_FALSE(directory_.Ready(later));
  directory_.Restart();
  directory_.Apply(Tree(), later);
  EXPECT_FALSE(directory_.Ready(later)) << "bindings ended in the meantime would still count";
  directory_.Apply(Parts().Synced(), later);
  EXPECT_TRUE(directory_.Ready(later));
}

TEST_F(DirectoryTest, ARestartDropsWhatIsNoLongerNamedOnceSynced) {
  directory_.Restart();
  EXPECT_TRUE(directory_.Ready(kNow)) << "the old copy serves meanwhile";
  directory_.Apply(Parts().Unit(1, 0).Unit(12, 1).Staff(1001, {{"editor", 1}}), kNow);
  EXPECT_TRUE(directory_.Holds(1011, "units.write", 111));

  directory_.Restart();  // the stream broke again: what it named until then does not count
  directory_.Apply(Parts().Unit(1, 0).Unit(11, 1).Staff(1001, {{"editor", 1}}).Synced(), kNow);
  EXPECT_THAT(directory_.Subtree(0), UnorderedElementsAre(1, 11));
  EXPECT_FALSE(directory_.FindUnit(12).has_value());
  EXPECT_FALSE(directory_.FindUnit(111).has_value());
  EXPECT_TRUE(directory_.Holds(1001, "units.write", 11));
  EXPECT_FALSE(directory_.StaffActive(1011));

  directory_.Apply(Parts().Synced(), kNow);  // a second `synced` drops nothing
  EXPECT_THAT(directory_.Subtree(0), UnorderedElementsAre(1, 11));
}

TEST_F(DirectoryTest, KnowsTeams) {
  directory_.Apply(Parts().Team(21, 1).Team(22, 1, /*deleted=*/true), kNow);
  EXPECT_EQ(directory_.FindTeam(21)->display_name, "Team 21");
  EXPECT_EQ(directory_.FindTeam(21)->center_id, 1u);
  EXPECT_FALSE(directory_.FindTeam(21)->deleted);
  EXPECT_TRUE(directory_.FindTeam(22)->deleted);
  EXPECT_FALSE(directory_.FindTeam(1).has_value()) << "a unit is no team";
  directory_.Apply(Parts().Team(21, 1, /*deleted=*/true), kNow);
  EXPECT_TRUE(directory_.FindTeam(21)->deleted);

  directory_.Restart();
  directory_.Apply(Parts().Team(22, 1), kNow);
  EXPECT_TRUE(directory_.FindTeam(21).has_value()) << "the old copy serves meanwhile";
  directory_.Apply(Parts().Synced(), kNow);
  EXPECT_FALSE(directory_.FindTeam(21).has_value());
  EXPECT_FALSE(directory_.FindTeam(22)->deleted);
}

TEST_F(DirectoryTest, KnowsUnitsAndStaff) {
  EXPECT_EQ(directory_.FindUnit(111)->display_name, "Unit 111");
  EXPECT_EQ(directory_.FindUnit(111)->parent_id, 11u);
  EXPECT_FALSE(directory_.FindUnit(999).has_value());
  EXPECT_EQ(directory_.StaffDisplayName(1011), "Staff 1011");
  EXPECT_EQ(directory_.StaffDisplayName(999), "");
  EXPECT_TRUE(directory_.StaffActive(1011));
  EXPECT_FALSE(directory_.StaffActive(1013));
  EXPECT_THAT(directory_.Subtree(11), ElementsAre(11, 111, 112));
  EXPECT_THAT(directory_.Subtree(999), IsEmpty());
  EXPECT_TRUE(directory_.Within(11, 11));
  EXPECT_FALSE(directory_.Within(1, 11));
  EXPECT_FALSE(directory_.Within(999, 999));
}

TEST_F(DirectoryTest, FindsCenters) {
  EXPECT_EQ(directory_.FindCenterByCode("C2")->id, 2u);
  EXPECT_FALSE(directory_.FindCenterByCode("C11").has_value()) << "an institute";
  EXPECT_FALSE(directory_.FindCenterByCode("").has_value());
  EXPECT_FALSE(directory_.OnlyCenter().has_value()) << "there are two";
  directory_.Apply(Parts().Unit(2, 0, /*deleted=*/true), kNow);
  EXPECT_EQ(directory_.OnlyCenter()->id, 1u);
  EXPECT_FALSE(directory_.FindCenterByCode("C2").has_value());
  EXPECT_FALSE(Directory(kSilence).OnlyCenter().has_value());
}

TEST_F(DirectoryTest, ALoopOrAGapInTheDataEndsAndGrantsNothing) {
  directory_.Apply(Parts().Unit(31, 32).Unit(32, 31).Unit(41, 40), kNow);
  EXPECT_FALSE(directory_.Within(31, 1));
  EXPECT_FALSE(directory_.Holds(1000, "units.read", 31));
  EXPECT_FALSE(directory_.Holds(1000, "units.read", 41));
  EXPECT_FALSE(directory_.Subtree(31).empty());
}

TEST_F(DirectoryTest, NobodySeesHalfAChange) {
  // The institute and the binding change sides in one part: at no moment does the member of staff reach a station.
  Parts there, back;
  there.Unit(11, 2).Staff(1001, {{"editor", 1}});
  back.Unit(11, 1).Staff(1001, {{"editor", 2}});
  directory_.Apply(there, kNow);
  std::atomic<bool> stop = false;
  std::jthread writer([&] {
    for (int i = 0; i < 5000; ++i) directory_.Apply(i % 2 == 0 ? back : there, kNow);
    stop = true;
  });
  while (!stop) ASSERT_FALSE(directory_.Holds(1001, "units.write", 112));
}

}  // namespace
}  // namespace wenming::auth
