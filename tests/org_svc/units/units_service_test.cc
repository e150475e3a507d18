#include "org_svc/units/units_service.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "tests/org_svc/org_fixture.h"

namespace wenming::org {
namespace {

constexpr char kTree[] =
    "code,level,parent_code,name,division_code,opened_date\n"
    "C,CENTER,,中心,,\n"
    "I1,INSTITUTE,C,一所,,\n"
    "I2,INSTITUTE,C,二所,,\n"
    "S1,STATION,I1,一站,,2020-01-01\n"
    "S2,STATION,I1,二站,,\n"
    "P1,POINT,S1,一点,,\n";

class UnitsServiceTest : public OrgTest {
 protected:
  UnitsServiceTest() {
    const auto report = ImportUnits(admin_, kTree);
    EXPECT_EQ(report->created(), 6) << report.status() << report->DebugString();
    center_admin_ = AddStaff("center_admin", UnitId("C"));
    institute_admin_ = AddStaff("unit_admin", UnitId("I1"));
  }

  absl::StatusOr<v1::Unit> Create(uint64_t staff, const std::string& code, v1::Unit::Level level,
                                  const std::string& parent, const std::string& request_id = "") {
    v1::CreateUnitRequest request;
    request.mutable_unit()->set_code(code);
    request.mutable_unit()->set_level(level);
    request.mutable_unit()->set_parent(parent.empty() ? "" : UnitName(parent));
    request.mutable_unit()->set_display_name("新单位");
    request.set_request_id(request_id);
    return Do(units_, &UnitsService::CreateUnit, By(staff), request);
  }

  absl::StatusOr<v1::Unit> Move(uint64_t staff, const std::string& code, const std::string& parent,
                                const std::string& etag = "") {
    v1::MoveUnitRequest request;
    request.set_name(UnitName(code));
    request.set_new_parent(UnitName(parent));
    request.set_etag(etag);
    return Do(units_, &UnitsService::MoveUnit, By(staff), request);
  }

  absl::StatusOr<v1::Unit> Delete(uint64_t staff, const std::string& code) {
    v1::DeleteUnitRequest request;
    request.set_name(UnitName(code));
    return Do(units_, &UnitsService::DeleteUnit, By(staff), request);
  }

  // "S1 S2": the codes of all pages.
  std::string List(v1::ListUnitsRequest request) {
    std::string codes;
    do {
      const auto page = Do(units_, &UnitsService::ListUnits, By(0), request);
      EXPECT_TRUE(page.ok()) << page.status();
      if (!page.ok()) break;
      for (const v1::Unit& unit : page->units()) codes += (codes.empty() ? "" : " ") + unit.code();
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
    return codes;
  }

  uint64_t center_admin_ = 0;
  uint64_t institute_admin_ = 0;
};

TEST_F(UnitsServiceTest, AnybodyGetsAUnit) {
  const v1::Unit unit = Unit("S1");
  EXPECT_EQ(unit.code(), "S1");
  EXPECT_EQ(unit.display_name(), "一站");
  EXPECT_EQ(unit.parent(), UnitName("I1"));
  EXPECT_EQ(unit.level(), v1::Unit::LEVEL_STATION);
  EXPECT_EQ(unit.state(), v1::Unit::STATE_ACTIVE);
  EXPECT_EQ(unit.opened_date().year(), 2020);
  EXPECT_NE(unit.etag(), "");
  v1::GetUnitRequest request;
  request.set_name(ids::ResourceName("units", 1));
  EXPECT_EQ(ReasonName(Do(units_, &UnitsService::GetUnit, By(0), request).status()), "NOT_FOUND");
}

TEST_F(UnitsServiceTest, ListsInOrderOfCodes) {
  v1::ListUnitsRequest all;
  EXPECT_EQ(List(all), "C I1 I2 P1 S1 S2");
  all.set_page_size(2);
  EXPECT_EQ(List(all), "C I1 I2 P1 S1 S2");
  v1::ListUnitsRequest children;
  children.set_parent(UnitName("I1"));
  EXPECT_EQ(List(children), "S1 S2");
  children.set_subtree(true);
  children.set_page_size(1);
  EXPECT_EQ(List(children), "P1 S1 S2");
  v1::ListUnitsRequest level;
  level.set_level(v1::Unit::LEVEL_INSTITUTE);
  EXPECT_EQ(List(level), "I1 I2");
  v1::ListUnitsRequest text;
  text.set_query("站");
  EXPECT_EQ(List(text), "S1 S2");
  v1::ListUnitsRequest code;
  code.set_code("P1");
  EXPECT_EQ(List(code), "P1");
  ASSERT_TRUE(Delete(center_admin_, "P1").ok());
  EXPECT_EQ(List(code), "");
}

TEST_F(UnitsServiceTest, APageTokenIsGoodForItsQueryOnly) {
  v1::ListUnitsRequest request;
  request.set_page_size(2);
  auto page = Do(units_, &UnitsService::ListUnits, By(0), request);
  request.set_page_token(page->next_page_token());
  request.set_level(v1::Unit::LEVEL_STATION);
  EXPECT_EQ(ReasonName(Do(units_, &UnitsService::ListUnits, By(0), request).status()), "BAD_PAGE_TOKEN");
}

TEST_F(UnitsServiceTest, CreatesBelowAParentOneLevelUp) {
  const auto station = Create(institute_admin_, "S3", v1::Unit::LEVEL_STATION, "I1");
  ASSERT_TRUE(station.ok()) << station.status();
  EXPECT_EQ(Unit("S3").SerializeAsString(), station->SerializeAsString());
  EXPECT_TRUE(here_.directory.Within(UnitId("S3"), UnitId("I1"))) << "not in the directory before the answer";
  struct Case {
    std::string code;
    v1::Unit::Level level;
    std::string parent;
    std::string reason;
  };
  const Case cases[] = {
      {"X", v1::Unit::LEVEL_POINT, "I1", "PARENT_LEVEL"},      {"X", v1::Unit::LEVEL_CENTER, "C", "PARENT_LEVEL"},
      {"S1", v1::Unit::LEVEL_STATION, "I1", "ALREADY_EXISTS"}, {"X", v1::Unit::LEVEL_CENTER, "", "REQUIRED"},
      {"坏", v1::Unit::LEVEL_STATION, "I1", "BAD_FORMAT"},
  };
  for (const Case& c : cases) {
    const auto refused = Create(c.parent.empty() ? admin_ : center_admin_, c.code, c.level, c.parent);
    EXPECT_EQ(ReasonName(refused.status()), c.reason) << c.code;
  }
  EXPECT_EQ(Count("units"), 7);
}

TEST_F(UnitsServiceTest, TheCodeOfADeletedUnitIsNotGivenAgain) {
  ASSERT_TRUE(Delete(center_admin_, "P1").ok());
  EXPECT_EQ(ReasonName(Create(center_admin_, "P1", v1::Unit::LEVEL_POINT, "S1").status()), "ALREADY_EXISTS");
}

TEST_F(UnitsServiceTest, ARepeatedRequestChangesNothing) {
  const auto first = Create(institute_admin_, "S3", v1::Unit::LEVEL_STATION, "I1", "request-1");
  const auto again = Create(institute_admin_, "S3", v1::Unit::LEVEL_STATION, "I1", "request-1");
  ASSERT_TRUE(first.ok() && again.ok()) << again.status();
  EXPECT_EQ(first->SerializeAsString(), again->SerializeAsString());
  EXPECT_EQ(ReasonName(Create(institute_admin_, "S4", v1::Unit::LEVEL_STATION, "I1", "request-1").status()),
            "REQUEST_ID_REUSED");
}

TEST_F(UnitsServiceTest, UpdatesWhatTheMaskNames) {
  v1::UpdateUnitRequest request;
  *request.mutable_unit() = Unit("S1");
  request.mutable_unit()->set_display_name("新名");
  request.mutable_unit()->set_address("不在名单中");
  request.mutable_unit()->clear_opened_date();
  request.mutable_update_mask()->add_paths("display_name");
  request.mutable_update_mask()->add_paths("opened_date");
  const auto updated = Do(units_, &UnitsService::UpdateUnit, By(institute_admin_), request);
  ASSERT_TRUE(updated.ok()) << updated.status();
  EXPECT_EQ(updated->display_name(), "新名");
  EXPECT_EQ(updated->address(), "");
  EXPECT_FALSE(updated->has_opened_date());
  EXPECT_EQ(Unit("S1").SerializeAsString(), updated->SerializeAsString());
  // The etag was that of the first version.
  EXPECT_EQ(ReasonName(Do(units_, &UnitsService::UpdateUnit, By(institute_admin_), request).status()), "ETAG_MISMATCH");
  request.mutable_unit()->clear_etag();
  request.mutable_update_mask()->add_paths("code");
  EXPECT_EQ(ReasonName(Do(units_, &UnitsService::UpdateUnit, By(institute_admin_), request).status()), "NOT_SETTABLE");
}

TEST_F(UnitsServiceTest, KeepsEveryFieldInTheDatabase) {
  v1::UpdateUnitRequest request;
  *request.mutable_unit() = Unit("S2");
  request.mutable_unit()->set_address("洪洞县大槐树镇");
  request.mutable_unit()->set_division_code("141024100001");
  request.mutable_unit()->mutable_location()->set_latitude(36.2537);
  request.mutable_unit()->mutable_location()->set_longitude(111.6750);
  request.mutable_unit()->mutable_opened_date()->set_year(2019);
  request.mutable_unit()->mutable_opened_date()->set_month(5);
  request.mutable_unit()->mutable_opened_date()->set_day(29);
  const auto updated = Do(units_, &UnitsService::UpdateUnit, By(center_admin_), request);
  ASSERT_TRUE(updated.ok()) << updated.status();
  // Another process reads it from the database.
  const Replica there(pool_);
  EXPECT_EQ(there.cache.Find(UnitId("S2"))->unit.SerializeAsString(), updated->SerializeAsString());
}

TEST_F(UnitsServiceTest, MovesAUnitWithAllBelow) {
  ASSERT_TRUE(here_.directory.Within(UnitId("P1"), UnitId("I1")));
  const auto moved = Move(center_admin_, "S1", "I2", Unit("S1").etag());
  ASSERT_TRUE(moved.ok()) << moved.status();
  EXPECT_EQ(moved->parent(), UnitName("I2"));
  EXPECT_FALSE(here_.directory.Within(UnitId("P1"), UnitId("I1")));
  EXPECT_TRUE(here_.directory.Within(UnitId("P1"), UnitId("I2")));
  v1::ListUnitsRequest subtree;
  subtree.set_parent(UnitName("I2"));
  subtree.set_subtree(true);
  EXPECT_EQ(List(subtree), "P1 S1");
  EXPECT_EQ(ReasonName(Move(center_admin_, "S1", "C").status()), "PARENT_LEVEL");
  EXPECT_EQ(ReasonName(Move(center_admin_, "S1", "P1").status()), "PARENT_LEVEL");
  EXPECT_EQ(ReasonName(Move(center_admin_, "C", "C").status()), "PARENT_LEVEL");
  EXPECT_EQ(ReasonName(Move(center_admin_, "S1", "I1", "v1").status()), "ETAG_MISMATCH");
}

TEST_F(UnitsServiceTest, MovingNeedsThePermissionOnBothParents) {
  EXPECT_EQ(ReasonName(Move(institute_admin_, "S1", "I2").status()), "PERMISSION");
  const uint64_t other = AddStaff("unit_admin", UnitId("I2"));
  EXPECT_EQ(ReasonName(Move(other, "S1", "I2").status()), "PERMISSION");
  EXPECT_EQ(ReasonName(Move(AddStaff("auditor", UnitId("C")), "S1", "I2").status()), "PERMISSION");
  EXPECT_EQ(Unit("S1").parent(), UnitName("I1"));
}

TEST_F(UnitsServiceTest, NeitherMovesNorImportsAcrossCenters) {
  const std::string other = "code,level,parent_code,name,division_code,opened_date\nD,CENTER,,另一中心,,\n";
  const uint64_t one = UnitId("C"), station = UnitId("S1"), institute = UnitId("I1");
  ASSERT_TRUE(ImportUnits(admin_, other).ok());
  v1::MoveUnitRequest request;
  request.set_name(ids::ResourceName("units", institute));
  request.set_new_parent(ids::ResourceName("units", here_.cache.FindCenter("D")->id));
  EXPECT_EQ(ReasonName(Do(units_, &UnitsService::MoveUnit, By(admin_), request).status()), "OTHER_CENTER");
  EXPECT_EQ(ReasonName(ImportUnits(center_admin_, other).status()), "PERMISSION");
  // What is of one center does not exist for the other.
  const uint64_t stranger = AddStaff("center_admin", here_.cache.FindCenter("D")->id);
  v1::GetUnitRequest get;
  get.set_name(ids::ResourceName("units", station));
  EXPECT_EQ(ReasonName(Do(units_, &UnitsService::GetUnit, By(stranger), get).status()), "NOT_FOUND");
  v1::ListUnitsRequest list;
  list.set_parent(ids::ResourceName("units", one));
  EXPECT_EQ(ReasonName(Do(units_, &UnitsService::ListUnits, By(stranger), list).status()), "NOT_FOUND");
  // Where the call concerns none of the two, the centers are listed.
  EXPECT_EQ(List({}), "C D");
}

TEST_F(UnitsServiceTest, DeletesWhatHasNothingBelow) {
  const auto refused = Delete(center_admin_, "S1");
  EXPECT_EQ(ReasonName(refused.status()), "HAS_CHILDREN");
  ASSERT_TRUE(Delete(center_admin_, "P1").ok());
  ASSERT_TRUE(Delete(center_admin_, "S1").ok());
  EXPECT_EQ(Unit("S1").state(), v1::Unit::STATE_DELETED);
  EXPECT_EQ(ReasonName(Delete(center_admin_, "S1").status()), "MOVE_NOT_ALLOWED");
  EXPECT_EQ(ReasonName(Move(center_admin_, "S1", "I2").status()), "MOVE_NOT_ALLOWED");
  EXPECT_EQ(ReasonName(Create(center_admin_, "P2", v1::Unit::LEVEL_POINT, "S1").status()), "MOVE_NOT_ALLOWED");
  EXPECT_TRUE(here_.directory.FindUnit(UnitId("S1"))->deleted);
}

TEST_F(UnitsServiceTest, AUnitWithTeamsIsNotDeleted) {
  const std::string header = "code,tier,parent_code,unit_code,name,specialty\n";
  ASSERT_EQ(ImportTeams(center_admin_, header + "G,GENERAL,,C,总队,\nA,SPECIAL,G,I2,专业队,\n")->created(), 2);
  EXPECT_EQ(ReasonName(Delete(center_admin_, "I2").status()), "HAS_CHILDREN");
}

TEST_F(UnitsServiceTest, RolesReachTheirSubtreeOnly) {
  EXPECT_EQ(ReasonName(Create(institute_admin_, "X", v1::Unit::LEVEL_STATION, "I2").status()), "PERMISSION");
  EXPECT_EQ(ReasonName(Delete(institute_admin_, "I2").status()), "PERMISSION");
  EXPECT_EQ(ReasonName(Create(0, "X", v1::Unit::LEVEL_STATION, "I1").status()), "TOKEN_MISSING");
  EXPECT_EQ(ReasonName(Create(AddStaff("team_leader", UnitId("I1")), "X", v1::Unit::LEVEL_STATION, "I1").status()),
            "PERMISSION");
}

}  // namespace
}  // namespace wenming::org
