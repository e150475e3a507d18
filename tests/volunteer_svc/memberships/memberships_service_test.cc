#include "volunteer_svc/memberships/memberships_service.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "common/db/transaction.h"
#include "common/errors/errors.h"
#include "tests/volunteer_svc/data_fixture.h"
#include "volunteer_svc/memberships/membership_traces.h"
#include "wenming/volunteer/v1/events.pb.h"

namespace wenming::volunteer {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class MembershipsTest : public DataTest {
 protected:
  MembershipsTest() {
    for (const uint64_t team : {1, 2, 3, 4, 5, 6, 7, 8, 21, 22}) directory_.AddTeam(team, kCenter);
  }

  absl::StatusOr<v1::Membership> Join(const rpc::Call& call, uint64_t volunteer, uint64_t team,
                                      const std::string& request_id = "") {
    v1::CreateMembershipRequest request;
    request.set_parent(ids::ResourceName("volunteers", volunteer));
    request.mutable_membership()->set_team(ids::ResourceName("teams", team));
    request.set_request_id(request_id);
    return service_.CreateMembership(call, request);
  }
  absl::StatusOr<v1::Membership> End(const rpc::Call& call, const v1::Membership& membership) {
    v1::EndMembershipRequest request;
    request.set_name(membership.name());
    return service_.EndMembership(call, request);
  }
  std::vector<std::string> Teams(uint64_t volunteer, int page_size = 0) {
    v1::ListMembershipsRequest request;
    request.set_parent(ids::ResourceName("volunteers", volunteer));
    request.set_page_size(page_size);
    std::vector<std::string> teams;
    do {
      const auto page = service_.ListMemberships(Self(volunteer), request);
      EXPECT_TRUE(page.ok()) << page.status();
      if (!page.ok()) break;
      for (const auto& one : page->memberships()) teams.push_back(one.team());
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
    return teams;
  }
  v1::VolunteerChanged LastEvent() {
    v1::VolunteerChanged event;
    EXPECT_TRUE(event.ParseFromString(Text("SELECT payload FROM outbox ORDER BY place DESC LIMIT 1")));
    return event;
  }
  static std::string Sentence(const absl::Status& status) {
    return errors::ToWire(status, errors::Language::kChinese, "").message();
  }
  static std::string Team(uint64_t id) { return ids::ResourceName("teams", id); }

  MembershipsService service_{dependencies_};
};

TEST_F(MembershipsTest, JoiningAndLeavingAreTold) {
  const uint64_t id = Register(1);
  const auto first = Join(Head(), id, 21, "request-0001");
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_EQ(Join(Head(), id, 21, "request-0001")->name(), first->name());
  EXPECT_EQ(errors::ReasonOf(Join(Head(), id, 21).status()), type::REASON_ALREADY_EXISTS);
  ASSERT_TRUE(Join(Head(), id, 22).ok());
  EXPECT_THAT(LastEvent().team_ids(), ElementsAre(21, 22));
  EXPECT_THAT(LastEvent().skills(), ElementsAre("急救"));
  EXPECT_THAT(Teams(id, 1), ElementsAre(Team(21), Team(22)));
  const auto ended = End(Self(id), *first);
  ASSERT_TRUE(ended.ok()) << ended.status();
  EXPECT_TRUE(ended->has_end_time());
  EXPECT_EQ(End(Self(id), *first)->end_time().seconds(), ended->end_time().seconds());
  EXPECT_THAT(LastEvent().team_ids(), ElementsAre(22));
  EXPECT_THAT(Teams(id), ElementsAre(Team(22)));
  EXPECT_TRUE(Join(Head(), id, 21).ok());
}

TEST_F(MembershipsTest, FiveTeamsAtMostUnlessTheCenterSaysOtherwise) {
  const uint64_t id = Register(1);
  for (uint64_t team = 1; team <= 5; ++team) ASSERT_TRUE(Join(Head(), id, team).ok());
  EXPECT_EQ(errors::ReasonOf(Join(Head(), id, 6).status()), type::REASON_TEAM_LIMIT);
  Execute("INSERT INTO team_limits (center_id, most_teams) VALUES (" + std::to_string(kCenter) + ", 6)");
  EXPECT_TRUE(Join(Head(), id, 6).ok());
  EXPECT_EQ(errors::ReasonOf(Join(Head(), id, 7).status()), type::REASON_TEAM_LIMIT);
}

TEST_F(MembershipsTest, OnlyATeamThatTheCenterHas) {
  const uint64_t id = Register(1);
  directory_.AddTeam(31, kCenter, /*deleted=*/true, "清洁家园小分队").AddTeam(32, kElsewhere);
  for (const uint64_t team : {30, 31, 32}) {
    const auto refused = Join(Head(), id, team).status();
    EXPECT_EQ(refused.code(), absl::StatusCode::kInvalidArgument) << team;
    EXPECT_EQ(errors::ReasonOf(refused), type::REASON_UNKNOWN_REFERENCE) << team;
  }
  EXPECT_THAT(Sentence(Join(Head(), id, 31).status()), HasSubstr("清洁家园小分队"));
  EXPECT_THAT(Sentence(Join(Head(), id, 32).status()), HasSubstr(Team(32)));
  EXPECT_THAT(Teams(id), IsEmpty());
}

// Whoever repeats a request after the team was dissolved hears what was answered then, and may still leave it.
TEST_F(MembershipsTest, ATeamThatIsDissolvedLaterKeepsItsMembers) {
  const uint64_t id = Register(1);
  const auto joined = Join(Head(), id, 21, "request-0001");
  ASSERT_TRUE(joined.ok()) << joined.status();
  directory_.AddTeam(21, kCenter, /*deleted=*/true);
  EXPECT_EQ(Join(Head(), id, 21, "request-0001")->name(), joined->name());
  EXPECT_THAT(Teams(id), ElementsAre(Team(21)));
  EXPECT_TRUE(End(Self(id), *joined).ok());
}

TEST_F(MembershipsTest, TheLimitHoldsForAllAtOnce) {
  const uint64_t id = Register(1);
  std::atomic<int> joined = 0;
  std::vector<std::thread> threads;
  for (uint64_t team = 1; team <= 8; ++team) {
    threads.emplace_back([&, team] {
      if (Join(Head(), id, team).ok()) ++joined;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(joined, 5);
  EXPECT_EQ(Teams(id).size(), 5u);
}

TEST_F(MembershipsTest, WhoMay) {
  const uint64_t id = Register(1), other = Register(2, kOtherStation);
  EXPECT_EQ(errors::ReasonOf(Join(Reader(), id, 21).status()), type::REASON_PERMISSION);
  EXPECT_EQ(errors::ReasonOf(Join(Head(), other, 21).status()), type::REASON_PERMISSION);
  EXPECT_FALSE(Join(Stranger(), id, 21).ok());
  const auto membership = Join(Admin(), other, 21);
  ASSERT_TRUE(membership.ok()) << membership.status();
  EXPECT_EQ(errors::ReasonOf(End(Self(id), *membership).status()), type::REASON_NOT_YOURS);
  EXPECT_EQ(errors::ReasonOf(End(Head(), *membership).status()), type::REASON_PERMISSION);
  EXPECT_TRUE(End(Admin(), *membership).ok());
}

TEST_F(MembershipsTest, ATeamIsListedWithinAUnit) {
  const uint64_t here = Register(1), there = Register(2, kOtherStation);
  ASSERT_TRUE(Join(Admin(), here, 21).ok());
  ASSERT_TRUE(Join(Admin(), there, 21).ok());
  ASSERT_TRUE(Join(Admin(), here, 22).ok());
  const auto members = [this](uint64_t unit) {
    v1::ListTeamMembershipsRequest request;
    request.set_parent(ids::ResourceName("units", unit));
    request.set_team(Team(21));
    request.set_page_size(1);
    std::vector<std::string> volunteers;
    do {
      const auto page = service_.ListTeamMemberships(Admin(), request);
      EXPECT_TRUE(page.ok()) << page.status();
      if (!page.ok()) break;
      for (const auto& one : page->memberships()) volunteers.push_back(one.volunteer());
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
    return volunteers;
  };
  const std::string first = ids::ResourceName("volunteers", here), second = ids::ResourceName("volunteers", there);
  EXPECT_THAT(members(kCenter), ElementsAre(first, second));
  EXPECT_THAT(members(kOtherStation), ElementsAre(second));
}

TEST_F(MembershipsTest, AreExportedAndForgotten) {
  const uint64_t id = Register(1);
  const auto ended = Join(Head(), id, 21);
  ASSERT_TRUE(End(Head(), *ended).ok());
  ASSERT_TRUE(Join(Head(), id, 22).ok());
  const MembershipTraces traces;
  v1::ExportVolunteerResponse all;
  const absl::Status exported = db::Read(pool_, absl::InfiniteFuture(), [&](db::Session& session) {
    return traces.Export(session, kCenter, id, test::Morning(), all);
  });
  ASSERT_TRUE(exported.ok()) << exported;
  ASSERT_EQ(all.memberships_size(), 2);
  EXPECT_TRUE(all.memberships(0).has_end_time());
  const absl::Status forgotten =
      db::RunTransaction(pool_, {}, [&](db::Transaction& tx) { return traces.Forget(tx, kCenter, id); });
  ASSERT_TRUE(forgotten.ok()) << forgotten;
  EXPECT_THAT(Teams(id), IsEmpty());
  EXPECT_EQ(Number("SELECT COUNT(*) FROM memberships"), 0);
}

class MembershipStatementsTest : public VolunteerTest {
 protected:
  MembershipStatementsTest() : VolunteerTest(1) { directory_.AddTeam(3, kCenter); }
};

// Every statement finds its rows by a key, however many memberships others have.
TEST_F(MembershipStatementsTest, NoneReadsWhatItDoesNotAnswer) {
  const uint64_t id = Register(1);
  Execute("INSERT INTO memberships SELECT " + std::to_string(kCenter) +
          ", seq, 100000 + seq, 10 + seq % 7, 1, 1, NULL FROM seq_1_to_5000");
  EXPECT_FALSE(Text("ANALYZE TABLE memberships").empty());
  MembershipsService service(dependencies_);
  v1::CreateMembershipRequest join;
  join.set_parent(ids::ResourceName("volunteers", id));
  join.mutable_membership()->set_team(ids::ResourceName("teams", 3));
  v1::Membership membership;
  EXPECT_LE(RowsRead([&] { membership = *service.CreateMembership(Head(), join); }), 50);
  v1::ListMembershipsRequest list;
  list.set_parent(ids::ResourceName("volunteers", id));
  EXPECT_LE(RowsRead([&] { EXPECT_TRUE(service.ListMemberships(Self(id), list).ok()); }), 50);
  v1::ListTeamMembershipsRequest team;
  team.set_parent(ids::ResourceName("units", kCenter));
  team.set_team(ids::ResourceName("teams", 3));
  EXPECT_LE(RowsRead([&] { EXPECT_TRUE(service.ListTeamMemberships(Admin(), team).ok()); }), 200);
  v1::EndMembershipRequest end;
  end.set_name(membership.name());
  EXPECT_LE(RowsRead([&] { EXPECT_TRUE(service.EndMembership(Head(), end).ok()); }), 50);
}

}  // namespace
}  // namespace wenming::volunteer
