// What the statements cost where tables are large: no call may read more rows than its answer needs, however many
// others there are. The database itself counts, on a connection that nobody else uses.
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "org_svc/staff/bootstrap.h"
#include "org_svc/staff/credentials_store.h"
#include "org_svc/staff/staff_store.h"
#include "org_svc/units/units_store.h"
#include "tests/org_svc/org_fixture.h"
#include "tests/support/row_counter.h"

namespace wenming::org {
namespace {

constexpr int kRows = 5000;
// Rows that one call may look at; a scan of one of the tables would be far beyond.
constexpr int64_t kMost = 300;

class StatementsTest : public OrgTest {
 protected:
  StatementsTest() {
    const auto units = ImportUnits(admin_,
                                   "code,level,parent_code,name,division_code,opened_date\nC,CENTER,,中心,,\n"
                                   "I1,INSTITUTE,C,一所,,\nI2,INSTITUTE,C,二所,,\nS1,STATION,I1,一站,,\n");
    EXPECT_EQ(units->created(), 4);
    const auto teams = ImportTeams(admin_,
                                   "code,tier,parent_code,unit_code,name,specialty\nG,GENERAL,,C,总队,\n"
                                   "A,SPECIAL,G,C,专业队,\nA-1,SQUAD,A,S1,小分队,\n");
    EXPECT_EQ(teams->created(), 3);
    center_admin_ = AddStaff("center_admin", UnitId("C"));
    member_ = AddStaff("unit_admin", UnitId("S1"));
    Fill();
  }

  static db::PoolOptions Alone(db::PoolOptions options) {
    options.connections = 1;
    return options;
  }

  // Thousands of strangers in every table: in our center, and elsewhere.
  void Fill() {
    const std::string center = std::to_string(UnitId("C"));
    const std::string from = absl::StrCat(" FROM seq_1_to_", kRows);
    database_.Administer("USE " + database_.schema());
    for (const std::string& place : {center, std::string("4096")}) {
      const std::string id = place == center ? "100000 + seq" : "200000 + seq";
      const std::string name = place == center ? "CONCAT('x', seq)" : "CONCAT('y', seq)";
      for (const std::string& row : {
               "units SELECT " + place + ", " + id + ", 9 + seq % 300, 3, " + name +
                   ", 'n', '', NULL, NULL, NULL, '',"
                   " 1, 1, 1, 1",
               "teams SELECT " + place + ", " + id + ", 9 + seq % 300, 9 + seq % 300, 3, 1, " + name +
                   ", 'n', '', 1, 1, 1, 1",
               "staff SELECT " + place + ", " + id + ", " + name + ", 'n', 'h', 0, NULL, 0, 0, 0, 1, 1, 1, 1",
               "staff_accounts SELECT " + name + ", " + id + ", " + place,
               "role_bindings SELECT " + place + ", " + id + ", 'unit_admin', 9 + seq % 300, 1",
               "centers SELECT " + name + ", " + id,
           }) {
        database_.Administer("INSERT INTO " + row + from);
      }
    }
    // It answers with rows.
    const auto analysed = db::Read(pool_, absl::InfiniteFuture(), [](db::Session& session) {
      return session.Query("ANALYZE TABLE units, teams, staff, staff_accounts, role_bindings, centers");
    });
    EXPECT_TRUE(analysed.ok()) << analysed.status();
  }

  int64_t Cost(const std::function<absl::Status()>& call) { return test::RowsReadBy(*alone_, call); }
  void Cheap(const char* what, const std::function<absl::Status()>& call) { EXPECT_LE(Cost(call), kMost) << what; }

  const std::unique_ptr<db::Pool> alone_ = *db::Pool::Open(test::Driver(), Alone(database_.options()));
  const audit::Trail trail_alone_{*alone_, ids_};
  const Dependencies with_alone_{*alone_, ids_, trail_alone_, pager_, here_.mirror};
  UnitsService units_alone_{with_alone_, here_.cache};
  TeamsService teams_alone_{with_alone_};
  StaffService staff_alone_{with_alone_, here_.roles, gate_, sessions_, attempts_};
  uint64_t center_admin_ = 0;
  uint64_t member_ = 0;
};

TEST_F(StatementsTest, TheCounterSeesAScan) {
  EXPECT_GT(Cost([this] {
              return db::Read(*alone_, absl::InfiniteFuture(), [](db::Session& session) {
                return session.QueryOne("SELECT COUNT(*) FROM units WHERE address = 'x'").status();
              });
            }),
            kRows);
}

TEST_F(StatementsTest, WritingUnitsReadsFewRows) {
  v1::CreateUnitRequest create;
  create.mutable_unit()->set_code("S2");
  create.mutable_unit()->set_display_name("二站");
  create.mutable_unit()->set_level(v1::Unit::LEVEL_STATION);
  create.mutable_unit()->set_parent(UnitName("I1"));
  create.set_request_id("request-1");
  v1::UpdateUnitRequest update;
  update.mutable_unit()->set_name(UnitName("S1"));
  update.mutable_unit()->set_display_name("新名");
  v1::MoveUnitRequest move;
  move.set_name(UnitName("S1"));
  move.set_new_parent(UnitName("I2"));
  v1::DeleteUnitRequest remove;
  remove.set_name(UnitName("I1"));
  Cheap("CreateUnit", [&] { return Do(units_alone_, &UnitsService::CreateUnit, By(center_admin_), create).status(); });
  Cheap("UpdateUnit", [&] { return Do(units_alone_, &UnitsService::UpdateUnit, By(center_admin_), update).status(); });
  Cheap("MoveUnit", [&] { return Do(units_alone_, &UnitsService::MoveUnit, By(center_admin_), move).status(); });
  v1::DeleteUnitRequest new_one;
  new_one.set_name(UnitName("S2"));
  ASSERT_TRUE(Do(units_, &UnitsService::DeleteUnit, By(center_admin_), new_one).ok());
  Cheap("DeleteUnit", [&] { return Do(units_alone_, &UnitsService::DeleteUnit, By(center_admin_), remove).status(); });
  Cheap("FindCenter", [&] {
    return db::Read(*alone_, absl::InfiniteFuture(), [](db::Session& s) { return FindCenter(s, "C").status(); });
  });
}

TEST_F(StatementsTest, TeamsReadFewRows) {
  v1::ListTeamsRequest page;
  page.set_page_size(50);
  const auto first = Do(teams_, &TeamsService::ListTeams, By(0), page);
  v1::GetTeamRequest get;
  get.set_name(first->teams(0).name());
  const auto list = [this](v1::ListTeamsRequest request) {
    return Do(teams_alone_, &TeamsService::ListTeams, By(0), request).status();
  };
  Cheap("GetTeam", [&] { return Do(teams_alone_, &TeamsService::GetTeam, By(0), get).status(); });
  Cheap("ListTeams", [&] { return list(page); });
  v1::ListTeamsRequest restricted;
  restricted.set_unit(UnitName("S1"));
  Cheap("ListTeams of a unit", [&] { return list(restricted); });
  restricted.clear_unit();
  restricted.set_parent(get.name());
  Cheap("ListTeams of a parent", [&] { return list(restricted); });
  restricted.clear_parent();
  restricted.set_tier(v1::Team::TIER_GENERAL);
  Cheap("ListTeams of a tier", [&] { return list(restricted); });
  v1::CreateTeamRequest create;
  create.mutable_team()->set_code("B");
  create.mutable_team()->set_display_name("乙队");
  create.mutable_team()->set_tier(v1::Team::TIER_SPECIAL);
  create.mutable_team()->set_unit(UnitName("C"));
  for (const v1::Team& team : first->teams()) {
    if (team.code() == "G") create.mutable_team()->set_parent(team.name());
  }
  Cheap("CreateTeam", [&] { return Do(teams_alone_, &TeamsService::CreateTeam, By(center_admin_), create).status(); });
  v1::ListTeamsRequest by_code;
  by_code.set_tier(v1::Team::TIER_SPECIAL);
  v1::DeleteTeamRequest remove;
  remove.set_name(Do(teams_, &TeamsService::ListTeams, By(0), by_code)->teams(1).name());
  Cheap("DeleteTeam", [&] { return Do(teams_alone_, &TeamsService::DeleteTeam, By(center_admin_), remove).status(); });
}

TEST_F(StatementsTest, StaffReadFewRows) {
  v1::CreateStaffMemberRequest create;
  create.set_username("somebody");
  create.set_display_name("某人");
  create.set_password("a longer password");
  create.mutable_binding()->set_role("unit_admin");
  create.mutable_binding()->set_unit(UnitName("S1"));
  Cheap("CreateStaffMember",
        [&] { return Do(staff_alone_, &StaffService::CreateStaffMember, By(center_admin_), create).status(); });
  v1::GetStaffMemberRequest get;
  get.set_name(ids::ResourceName("staff", member_));
  Cheap("GetStaffMember",
        [&] { return Do(staff_alone_, &StaffService::GetStaffMember, By(center_admin_), get).status(); });
  v1::ListStaffMembersRequest list;
  list.set_parent(UnitName("I1"));
  Cheap("ListStaffMembers below a unit",
        [&] { return Do(staff_alone_, &StaffService::ListStaffMembers, By(center_admin_), list).status(); });
  list.set_parent(UnitName("C"));
  Cheap("ListStaffMembers of a center",
        [&] { return Do(staff_alone_, &StaffService::ListStaffMembers, By(center_admin_), list).status(); });
  v1::GrantRoleRequest grant;
  grant.set_name(get.name());
  grant.mutable_binding()->set_role("team_leader");
  grant.mutable_binding()->set_unit(UnitName("I2"));
  Cheap("GrantRole", [&] { return Do(staff_alone_, &StaffService::GrantRole, By(center_admin_), grant).status(); });
  v1::RevokeRoleRequest revoke;
  revoke.set_name(get.name());
  *revoke.mutable_binding() = grant.binding();
  Cheap("RevokeRole", [&] { return Do(staff_alone_, &StaffService::RevokeRole, By(center_admin_), revoke).status(); });
  v1::DisableStaffMemberRequest disable;
  disable.set_name(get.name());
  Cheap("DisableStaffMember",
        [&] { return Do(staff_alone_, &StaffService::DisableStaffMember, By(center_admin_), disable).status(); });
  Cheap("LogIn", [&] {
    return db::Read(*alone_, absl::InfiniteFuture(),
                    [](db::Session& session) { return FindCredentials(session, "somebody").status(); });
  });
  Cheap("BootstrapAdmin", [&] {
    return BootstrapAdmin(*alone_, ids_, hasher_, "a longer password", absl::Now(), absl::InfiniteFuture());
  });
}

}  // namespace
}  // namespace wenming::org
