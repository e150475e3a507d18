#include "org_svc/teams/teams_rules.h"

#include <gtest/gtest.h>

#include "tests/org_svc/org_fixture.h"

namespace wenming::org {
namespace {

TEST(TeamsRulesTest, OneShapeOnly) {
  const v1::Team::Tier none = v1::Team::TIER_UNSPECIFIED;
  const std::pair<v1::Team::Tier, v1::Team::Tier> allowed[] = {
      {v1::Team::TIER_GENERAL, none},
      {v1::Team::TIER_SPECIAL, v1::Team::TIER_GENERAL},
      {v1::Team::TIER_SQUAD, v1::Team::TIER_SPECIAL},
  };
  for (int tier = none; tier <= v1::Team::TIER_SQUAD; ++tier) {
    for (int parent = none; parent <= v1::Team::TIER_SQUAD; ++parent) {
      const std::pair pair(static_cast<v1::Team::Tier>(tier), static_cast<v1::Team::Tier>(parent));
      EXPECT_EQ(FitsBelow(pair.first, pair.second), std::ranges::count(allowed, pair) == 1) << tier << " " << parent;
    }
  }
}

TEST(TeamsRulesTest, ADeletedTeamIsNoParent) {
  TeamRecord general;
  general.team.set_tier(v1::Team::TIER_GENERAL);
  general.team.set_state(v1::Team::STATE_ACTIVE);
  EXPECT_TRUE(CheckTeamParent(v1::Team::TIER_SPECIAL, &general).ok());
  general.team.set_state(v1::Team::STATE_DELETED);
  EXPECT_EQ(ReasonName(CheckTeamParent(v1::Team::TIER_SPECIAL, &general)), "MOVE_NOT_ALLOWED");
  EXPECT_EQ(ReasonName(CheckTeamParent(v1::Team::TIER_SQUAD, &general)), "TEAM_SHAPE");
  EXPECT_EQ(ReasonName(CheckTeamParent(v1::Team::TIER_SPECIAL, nullptr)), "TEAM_SHAPE");
}

}  // namespace
}  // namespace wenming::org
