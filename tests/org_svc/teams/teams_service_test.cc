#include "org_svc/teams/teams_service.h"

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/org_svc/org_fixture.h"

namespace wenming::org {
namespace {

constexpr char kHeader[] = "code,tier,parent_code,unit_code,name,specialty\n";

class TeamsServiceTest : public OrgTest {
 protected:
  TeamsServiceTest() {
    const auto report = ImportUnits(admin_,
                                    "code,level,parent_code,name,division_code,opened_date\nC,CENTER,,中心,,\n"
                                    "I1,INSTITUTE,C,一所,,\nS1,STATION,I1,一站,,\nS2,STATION,I1,二站,,\n");
    EXPECT_EQ(report->created(), 4);
    center_admin_ = AddStaff("center_admin", UnitId("C"));
    station_admin_ = AddStaff("unit_admin", UnitId("S1"));
  }

  absl::StatusOr<v1::Team> Create(uint64_t by, const std::string& code, v1::Team::Tier tier, const std::string& parent,
                                  const std::string& unit, const std::string& request_id = "") {
    v1::CreateTeamRequest request;
    request.mutable_team()->set_code(code);
    request.mutable_team()->set_tier(tier);
    request.mutable_team()->set_parent(parent);
    request.mutable_team()->set_unit(UnitName(unit));
    request.mutable_team()->set_display_name("新队");
    request.set_request_id(request_id);
    return Do(teams_, &TeamsService::CreateTeam, By(by), request);
  }
  absl::StatusOr<v1::Team> Get(const std::string& name) {
    v1::GetTeamRequest request;
    request.set_name(name);
    return Do(teams_, &TeamsService::GetTeam, By(0), request);
  }
  absl::StatusOr<v1::Team> Delete(uint64_t by, const std::string& name) {
    v1::DeleteTeamRequest request;
    request.set_name(name);
    return Do(teams_, &TeamsService::DeleteTeam, By(by), request);
  }
  std::string List(v1::ListTeamsRequest request) {
    std::string codes;
    do {
      const auto page = Do(teams_, &TeamsService::ListTeams, By(0), request);
      EXPECT_TRUE(page.ok()) << page.status();
      if (!page.ok()) break;
      for (const v1::Team& team : page->teams()) absl::StrAppend(&codes, codes.empty() ? "" : " ", team.code());
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
    return codes;
  }

  uint64_t center_admin_ = 0;
  uint64_t station_admin_ = 0;
};

TEST_F(TeamsServiceTest, BuildsOnePlusTwelvePlusMany) {
  const auto general = Create(center_admin_, "G", v1::Team::TIER_GENERAL, "", "C");
  ASSERT_TRUE(general.ok()) << general.status();
  EXPECT_EQ(general->kind(), v1::Team::KIND_PARTY_AND_GOVERNMENT);
  const auto special = Create(center_admin_, "A", v1::Team::TIER_SPECIAL, general->name(), "C");
  ASSERT_TRUE(special.ok()) << special.status();
  const auto squad = Create(station_admin_, "A-1", v1::Team::TIER_SQUAD, special->name(), "S1");
  ASSERT_TRUE(squad.ok()) << squad.status();
  EXPECT_EQ(Get(squad->name())->SerializeAsString(), squad->SerializeAsString());

  EXPECT_EQ(ReasonName(Create(center_admin_, "H", v1::Team::TIER_GENERAL, "", "C").status()), "SECOND_GENERAL_TEAM");
  EXPECT_EQ(ReasonName(Create(center_admin_, "B", v1::Team::TIER_SPECIAL, "", "C").status()), "TEAM_SHAPE");
  EXPECT_EQ(ReasonName(Create(center_admin_, "B", v1::Team::TIER_SQUAD, general->name(), "C").status()), "TEAM_SHAPE");
  EXPECT_EQ(ReasonName(Create(center_admin_, "A", v1::Team::TIER_SPECIAL, general->name(), "C").status()),
            "ALREADY_EXISTS");
  EXPECT_EQ(ReasonName(Create(center_admin_, "B", v1::Team::TIER_SQUAD, ids::ResourceName("teams", 5), "C").status()),
            "NOT_FOUND");
  EXPECT_EQ(ReasonName(Create(station_admin_, "B", v1::Team::TIER_SQUAD, special->name(), "S2").status()),
            "PERMISSION");

  EXPECT_EQ(ReasonName(Delete(center_admin_, special->name()).status()), "HAS_CHILDREN");
  EXPECT_EQ(ReasonName(Delete(station_admin_, special->name()).status()), "PERMISSION");
  EXPECT_EQ(Delete(station_admin_, squad->name())->state(), v1::Team::STATE_DELETED);
  EXPECT_EQ(ReasonName(Delete(station_admin_, squad->name()).status()), "MOVE_NOT_ALLOWED");
  EXPECT_EQ(Get(squad->name())->state(), v1::Team::STATE_DELETED);
  EXPECT_TRUE(Delete(center_admin_, special->name()).ok());
}

TEST_F(TeamsServiceTest, UpdatesWhatTheMaskNames) {
  v1::UpdateTeamRequest request;
  *request.mutable_team() = *Create(center_admin_, "G", v1::Team::TIER_GENERAL, "", "C");
  request.mutable_team()->set_kind(v1::Team::KIND_SOCIAL);
  request.mutable_team()->set_specialty("理论宣讲");
  request.mutable_update_mask()->add_paths("specialty");
  const auto updated = Do(teams_, &TeamsService::UpdateTeam, By(center_admin_), request);
  ASSERT_TRUE(updated.ok()) << updated.status();
  EXPECT_EQ(updated->specialty(), "理论宣讲");
  EXPECT_EQ(updated->kind(), v1::Team::KIND_PARTY_AND_GOVERNMENT);
  EXPECT_EQ(ReasonName(Do(teams_, &TeamsService::UpdateTeam, By(center_admin_), request).status()), "ETAG_MISMATCH");
  request.mutable_team()->clear_etag();
  request.mutable_team()->clear_kind();
  *request.mutable_update_mask()->mutable_paths(0) = "kind";
  EXPECT_EQ(ReasonName(Do(teams_, &TeamsService::UpdateTeam, By(center_admin_), request).status()), "REQUIRED");
  EXPECT_EQ(ReasonName(Do(teams_, &TeamsService::UpdateTeam, By(station_admin_), request).status()), "PERMISSION");
}

TEST_F(TeamsServiceTest, ARepeatedRequestMakesOneTeam) {
  const auto first = Create(center_admin_, "G", v1::Team::TIER_GENERAL, "", "C", "request-1");
  const auto again = Create(center_admin_, "G", v1::Team::TIER_GENERAL, "", "C", "request-1");
  ASSERT_TRUE(first.ok() && again.ok()) << again.status();
  EXPECT_EQ(first->name(), again->name());
}

TEST_F(TeamsServiceTest, OneGeneralTeamHoweverManyTry) {
  std::vector<absl::StatusOr<v1::Team>> made(8);
  std::vector<std::thread> threads;
  for (size_t i = 0; i < made.size(); ++i) {
    threads.emplace_back(
        [&, i] { made[i] = Create(center_admin_, absl::StrCat("G", i), v1::Team::TIER_GENERAL, "", "C"); });
  }
  for (std::thread& thread : threads) thread.join();
  for (const auto& team : made) {
    EXPECT_TRUE(team.ok() || ReasonName(team.status()) == "SECOND_GENERAL_TEAM") << team.status();
  }
  EXPECT_EQ(Count("teams"), 1);
}

TEST_F(TeamsServiceTest, ListsInOrderOfCodes) {
  const std::string csv = absl::StrCat(kHeader, "G,GENERAL,,C,总队,\nB,SPECIAL,G,C,乙,\nA,SPECIAL,G,C,甲,理论宣讲\n",
                                       "A-2,SQUAD,A,S2,甲二,\nA-1,SQUAD,A,S1,甲一,\nB-1,SQUAD,B,S1,乙一,\n");
  ASSERT_EQ(ImportTeams(center_admin_, csv)->created(), 6);
  v1::ListTeamsRequest request;
  request.set_page_size(4);
  EXPECT_EQ(List(request), "A A-1 A-2 B B-1 G");
  request.set_tier(v1::Team::TIER_SQUAD);
  EXPECT_EQ(List(request), "A-1 A-2 B-1");
  request.set_unit(UnitName("S1"));
  request.set_page_size(1);
  EXPECT_EQ(List(request), "A-1 B-1");
  v1::ListTeamsRequest below;
  const auto all = Do(teams_, &TeamsService::ListTeams, By(0), below);
  below.set_parent(all->teams(0).name());
  EXPECT_EQ(List(below), "A-1 A-2");
}

TEST_F(TeamsServiceTest, TellsEveryFaultOfAFile) {
  ASSERT_EQ(ImportTeams(center_admin_, absl::StrCat(kHeader, "G,GENERAL,,C,总队,\nA,SPECIAL,G,C,甲,\n"))->created(), 2);
  const std::pair<std::string, std::string> cases[] = {
      {"H,GENERAL,,C,另一总队,\n", "1 tier SECOND_GENERAL_TEAM"},
      {"B,SPECIAL,,C,乙,\n", "1 parent_code TEAM_SHAPE"},
      {"B,SPECIAL,X,C,乙,\n", "1 parent_code UNKNOWN_REFERENCE"},
      {"B,SPECIAL,G,X,乙,\n", "1 unit_code UNKNOWN_REFERENCE"},
      {"B,SPECIAL,G,,乙,\n", "1 unit_code REQUIRED"},
      {"B,SQUAD,G,C,乙,\n", "1 parent_code TEAM_SHAPE"},
      {"B,TROOP,G,C,,\n", "1 name REQUIRED, 1 tier UNKNOWN_VALUE"},
      {"B,SPECIAL,G,C,乙,\nB,SPECIAL,G,C,乙,\n", "2 code DUPLICATE_CODE"},
      {"A,SPECIAL,G,S1,甲,\n", "1 unit_code IMMUTABLE"},
      {"A,SQUAD,A,C,甲,\n", "1 tier IMMUTABLE"},
  };
  for (const auto& [rows, told] : cases) {
    const auto report = ImportTeams(center_admin_, kHeader + rows);
    ASSERT_TRUE(report.ok()) << report.status();
    std::string found;
    for (const auto& error : report->errors()) {
      absl::StrAppend(&found, found.empty() ? "" : ", ", error.row(), " ", error.column(), " ", error.reason());
    }
    EXPECT_EQ(found, told) << rows;
  }
  EXPECT_EQ(Count("teams"), 2);
}

TEST_F(TeamsServiceTest, AnImportLosesNoUpdateThatWasAcknowledged) {
  constexpr int kTurns = 60;
  const auto file = [](int turn) { return absl::StrCat(kHeader, "G,GENERAL,,C,第", turn, "队,\n"); };
  ASSERT_EQ(ImportTeams(center_admin_, file(0))->created(), 1);
  v1::UpdateTeamRequest request;
  request.mutable_team()->set_name(
      Do(teams_, &TeamsService::ListTeams, By(0), v1::ListTeamsRequest())->teams(0).name());
  std::thread hand([&] {
    for (int turn = 1; turn <= kTurns; ++turn) {
      request.mutable_team()->set_kind(turn % 2 == 0 ? v1::Team::KIND_PARTY_AND_GOVERNMENT : v1::Team::KIND_SOCIAL);
      const auto updated = Do(teams_, &TeamsService::UpdateTeam, By(center_admin_), request);
      ASSERT_TRUE(updated.ok()) << updated.status();
    }
  });
  for (int turn = 1; turn <= kTurns; ++turn) {
    const auto report = ImportTeams(center_admin_, file(turn));
    EXPECT_TRUE(report.ok() && report->updated() == 1) << report.status();
  }
  hand.join();
  EXPECT_EQ(Count(absl::StrCat("teams WHERE version = ", 1 + 2 * kTurns)), 1) << "one write took another's place";
  const auto team = Get(request.team().name());
  EXPECT_EQ(team->kind(), request.team().kind());
  EXPECT_EQ(team->display_name(), absl::StrCat("第", kTurns, "队"));
}

using ImportTeamsTest = OrgTest;

TEST_F(ImportTeamsTest, ImportsTheCountyOnceAndChangesNothingTheSecondTime) {
  ImportHongtong();
  const std::string csv = ReadRepositoryFile("data/hongtong/teams.csv");
  const auto dry = ImportTeams(admin_, csv, /*dry_run=*/true);
  ASSERT_TRUE(dry.ok()) << dry.status();
  EXPECT_EQ(dry->created(), 338);
  EXPECT_EQ(Count("teams"), 0);
  EXPECT_EQ(ImportTeams(admin_, csv)->created(), 338);
  EXPECT_EQ(Count("teams WHERE tier = 2"), 12);
  const auto again = ImportTeams(admin_, csv);
  EXPECT_EQ(again->created(), 0);
  EXPECT_EQ(again->updated(), 0);
  EXPECT_EQ(again->unchanged(), 338);
}

TEST_F(ImportTeamsTest, WhoMayImport) {
  ImportHongtong();
  const std::string csv = ReadRepositoryFile("data/hongtong/teams.csv");
  EXPECT_EQ(ReasonName(ImportTeams(AddStaff("unit_admin", UnitId("HT-141024100")), csv).status()), "PERMISSION");
  EXPECT_EQ(ReasonName(ImportTeams(AddStaff("auditor", UnitId("HT")), csv).status()), "PERMISSION");
  EXPECT_EQ(ImportTeams(AddStaff("center_admin", UnitId("HT")), csv)->created(), 338);
  v1::ImportTeamsRequest request;
  request.set_csv(csv);
  request.set_center(UnitName("HT-141024100"));
  EXPECT_EQ(ReasonName(Do(teams_, &TeamsService::ImportTeams, By(admin_), request).status()), "UNKNOWN_REFERENCE");
}

}  // namespace
}  // namespace wenming::org
