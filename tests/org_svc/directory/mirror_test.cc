// Several processes on one database: what one commits, the others know soon.
#include "org_svc/directory/mirror.h"

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <string>
#include <thread>

#include "absl/time/clock.h"
#include "org_svc/directory/directory_service.h"
#include "tests/org_svc/org_fixture.h"

namespace wenming::org {
namespace {

// It is some tens of milliseconds; a busy machine under a sanitizer may take longer.
constexpr absl::Duration kSoon = absl::Seconds(3);

class MirrorTest : public OrgTest {
 protected:
  MirrorTest() {
    EXPECT_EQ(ImportUnits(admin_,
                          "code,level,parent_code,name,division_code,opened_date\nC,CENTER,,中心,,\n"
                          "I1,INSTITUTE,C,一所,,\nI2,INSTITUTE,C,二所,,\nS1,STATION,I1,一站,,\n")
                  ->created(),
              4);
    center_admin_ = AddStaff("center_admin", UnitId("C"));
    member_ = AddStaff("unit_admin", UnitId("I1"));
  }

  void Disable(uint64_t staff_id) {
    v1::DisableStaffMemberRequest request;
    request.set_name(ids::ResourceName("staff", staff_id));
    const auto disabled = Do(staff_, &StaffService::DisableStaffMember, By(center_admin_), request);
    ASSERT_TRUE(disabled.ok()) << disabled.status();
  }

  // How long until it is so; more than 10 s is never.
  static absl::Duration Until(const std::function<bool()>& so) {
    const absl::Time began = absl::Now();
    while (!so() && absl::Now() - began < absl::Seconds(10)) std::this_thread::yield();
    return absl::Now() - began;
  }

  uint64_t center_admin_ = 0;
  uint64_t member_ = 0;
};

TEST_F(MirrorTest, TeamsAreLoadedAndFollowed) {
  ASSERT_EQ(ImportTeams(center_admin_,
                        "code,tier,parent_code,unit_code,name,specialty\nG,GENERAL,,C,总队,\nA,SPECIAL,G,C,宣讲队,\n")
                ->created(),
            2);
  v1::ListTeamsRequest request;
  const auto listed = Do(teams_, &TeamsService::ListTeams, By(center_admin_), request);
  ASSERT_EQ(listed->teams_size(), 2);
  const std::string name = listed->teams(0).name();
  const uint64_t special = *ids::ParseName("teams", name);
  EXPECT_EQ(here_.directory.FindTeam(special)->display_name, "宣讲队") << "read your writes";

  const Replica there(pool_);
  ASSERT_TRUE(there.directory.FindTeam(special).has_value()) << "loaded";
  EXPECT_EQ(there.directory.FindTeam(special)->center_id, UnitId("C"));
  EXPECT_FALSE(there.directory.FindTeam(special)->deleted);

  v1::UpdateTeamRequest rename;
  rename.mutable_team()->set_name(name);
  rename.mutable_team()->set_display_name("理论宣讲队");
  ASSERT_TRUE(Do(teams_, &TeamsService::UpdateTeam, By(center_admin_), rename).ok());
  EXPECT_EQ(here_.directory.FindTeam(special)->display_name, "理论宣讲队");
  EXPECT_LT(Until([&] { return there.directory.FindTeam(special)->display_name == "理论宣讲队"; }), kSoon);

  v1::DeleteTeamRequest dissolve;
  dissolve.set_name(name);
  ASSERT_TRUE(Do(teams_, &TeamsService::DeleteTeam, By(center_admin_), dissolve).ok());
  EXPECT_TRUE(here_.directory.FindTeam(special)->deleted);
  EXPECT_LT(Until([&] { return there.directory.FindTeam(special)->deleted; }), kSoon);

  v1::CreateTeamRequest create;
  create.mutable_team()->set_code("B");
  create.mutable_team()->set_tier(v1::Team::TIER_SPECIAL);
  create.mutable_team()->set_parent(listed->teams(1).name());
  create.mutable_team()->set_unit(UnitName("C"));
  create.mutable_team()->set_display_name("新队");
  const auto created = Do(teams_, &TeamsService::CreateTeam, By(center_admin_), create);
  ASSERT_TRUE(created.ok()) << created.status();
  const uint64_t fresh = *ids::ParseName("teams", created->name());
  EXPECT_TRUE(here_.directory.FindTeam(fresh).has_value());
  EXPECT_LT(Until([&] { return there.directory.FindTeam(fresh).has_value(); }), kSoon);
}

TEST_F(MirrorTest, AnotherProcessLoadsTheSame) {
  const Replica there(pool_);
  EXPECT_EQ(there.cache.size(), 4u);
  EXPECT_TRUE(there.directory.Ready(absl::Now()));
  EXPECT_TRUE(there.directory.Holds(member_, "units.write", UnitId("S1")));
  EXPECT_FALSE(there.directory.Holds(member_, "units.write", UnitId("I2")));
  EXPECT_TRUE(there.directory.Holds(admin_, "units.write", 0));
}

TEST_F(MirrorTest, AnotherProcessFollowsSoon) {
  const Replica there(pool_);
  v1::MoveUnitRequest move;
  move.set_name(UnitName("S1"));
  move.set_new_parent(UnitName("I2"));
  ASSERT_TRUE(Do(units_, &UnitsService::MoveUnit, By(center_admin_), move).ok());
  EXPECT_FALSE(here_.directory.Holds(member_, "units.write", UnitId("S1"))) << "read your writes";
  const uint64_t station = UnitId("S1");
  EXPECT_LT(Until([&] { return !there.directory.Holds(member_, "units.write", station); }), kSoon);
  EXPECT_EQ(there.cache.Find(station)->unit.parent(), UnitName("I2"));
  Disable(member_);
  EXPECT_FALSE(here_.directory.StaffActive(member_));
  EXPECT_LT(Until([&] { return !there.directory.StaffActive(member_); }), kSoon);
}

// The remote end of a stream, as in another service's process.
class Remote : public rpc::StreamWriter {
 public:
  bool Write(const rpc::Message& message) override {
    directory.Apply(static_cast<const v1::WatchResponse&>(message), absl::Now());
    return !stop;
  }
  bool Done() const override { return stop; }

  auth::Directory directory{absl::Seconds(5)};
  std::atomic<bool> stop = false;
};

TEST_F(MirrorTest, AServiceThatWatchesAnotherReplicaFollowsSoon) {
  const Replica there(pool_);
  DirectoryService service(there.feed);
  Remote remote;
  std::thread watching([&] { EXPECT_TRUE(service.Watch({}, {}, remote).ok()); });
  EXPECT_LT(Until([&] { return remote.directory.Ready(absl::Now()); }), kSoon);
  EXPECT_TRUE(remote.directory.Holds(member_, "units.write", UnitId("S1")));
  Disable(member_);
  EXPECT_LT(Until([&] { return !remote.directory.StaffActive(member_); }), kSoon);
  EXPECT_TRUE(remote.directory.StaffActive(center_admin_));
  remote.stop = true;
  watching.join();
}

}  // namespace
}  // namespace wenming::org
