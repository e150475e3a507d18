#include "org_svc/staff/staff_service.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "org_svc/staff/staff_store.h"
#include "tests/org_svc/org_fixture.h"

namespace wenming::org {
namespace {

class StaffServiceTest : public OrgTest {
 protected:
  StaffServiceTest() {
    const auto report = ImportUnits(admin_,
                                    "code,level,parent_code,name,division_code,opened_date\nC,CENTER,,中心,,\n"
                                    "I1,INSTITUTE,C,一所,,\nI2,INSTITUTE,C,二所,,\nS1,STATION,I1,一站,,\n");
    EXPECT_EQ(report->created(), 4);
    center_admin_ = AddStaff("center_admin", UnitId("C"));
    institute_admin_ = AddStaff("unit_admin", UnitId("I1"));
  }

  static v1::RoleBinding To(const std::string& role, const std::string& unit) {
    v1::RoleBinding binding;
    binding.set_role(role);
    binding.set_unit(unit);
    return binding;
  }
  // "" is the platform.
  v1::RoleBinding At(const std::string& role, const std::string& code) {
    return To(role, code.empty() ? "" : UnitName(code));
  }

  absl::StatusOr<v1::StaffMember> Create(uint64_t by, const std::string& username, const v1::RoleBinding& binding,
                                         const std::string& request_id = "",
                                         const std::string& password = "a longer password") {
    v1::CreateStaffMemberRequest request;
    request.set_username(username);
    request.set_display_name("新人");
    request.set_password(password);
    *request.mutable_binding() = binding;
    request.set_request_id(request_id);
    return Do(staff_, &StaffService::CreateStaffMember, By(by), request);
  }
  template <typename Request>
  Request About(uint64_t id) {
    Request request;
    request.set_name(ids::ResourceName("staff", id));
    return request;
  }
  absl::StatusOr<v1::StaffMember> Grant(uint64_t by, uint64_t whom, const v1::RoleBinding& binding) {
    auto request = About<v1::GrantRoleRequest>(whom);
    *request.mutable_binding() = binding;
    return Do(staff_, &StaffService::GrantRole, By(by), request);
  }
  absl::StatusOr<v1::StaffMember> Revoke(uint64_t by, uint64_t whom, const v1::RoleBinding& binding) {
    auto request = About<v1::RevokeRoleRequest>(whom);
    *request.mutable_binding() = binding;
    return Do(staff_, &StaffService::RevokeRole, By(by), request);
  }
  absl::StatusOr<v1::StaffMember> Disable(uint64_t by, uint64_t whom) {
    return Do(staff_, &StaffService::DisableStaffMember, By(by), About<v1::DisableStaffMemberRequest>(whom));
  }
  absl::StatusOr<v1::StaffMember> Get(uint64_t by, uint64_t whom) {
    return Do(staff_, &StaffService::GetStaffMember, By(by), About<v1::GetStaffMemberRequest>(whom));
  }
  std::string List(uint64_t by, const std::string& code, int page_size = 0) {
    v1::ListStaffMembersRequest request;
    request.set_parent(UnitName(code));
    request.set_page_size(page_size);
    std::string names;
    do {
      const auto page = Do(staff_, &StaffService::ListStaffMembers, By(by), request);
      if (!page.ok()) return ReasonName(page.status());
      for (const auto& member : page->staff_members())
        absl::StrAppend(&names, names.empty() ? "" : " ", member.username());
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
    return names;
  }
  // Of a center, or of the platform (0).
  uint64_t AddStaffWithoutRole(uint64_t center_id) {
    const uint64_t id = ids_.Next();
    const StaffRecord record{.center_id = center_id,
                             .id = id,
                             .username = absl::StrCat("new-", id),
                             .display_name = "新人",
                             .create_time = absl::Now(),
                             .bindings = {}};
    const auto event = db::RunTransaction(pool_, {}, [&](db::Transaction& tx) -> absl::StatusOr<v1::StaffChanged> {
      if (absl::Status stored = InsertStaff(tx, record, "no password"); !stored.ok()) return stored;
      return PublishStaff(tx, ids_, record, absl::Now());
    });
    EXPECT_TRUE(event.ok()) << event.status();
    here_.mirror.Tell(*event);
    return id;
  }
  static uint64_t IdOf(const v1::StaffMember& member) { return *ids::ParseName("staff", member.name()); }

  uint64_t center_admin_ = 0;
  uint64_t institute_admin_ = 0;
};

// Who may grant what, where: the whole table of the seeded roles, at every level.
TEST_F(StaffServiceTest, WhoGrantsWhatWhere) {
  const uint64_t leader = AddStaff("team_leader", UnitId("I1"));
  const uint64_t auditor = AddStaff("auditor", UnitId("C"));
  const uint64_t security_admin = AddStaff("security_admin", 0);
  struct Case {
    uint64_t by;
    std::string role, unit, reason;
  };
  const Case cases[] = {
      {admin_, "center_admin", "C", "OK"},
      {admin_, "auditor", "C", "GRANT_BEYOND_OWN"},
      {admin_, "auditor", "", "GRANT_BEYOND_OWN"},
      {admin_, "security_admin", "", "OK"},
      {admin_, "security_admin", "C", "OK"},
      {admin_, "security_admin", "I1", "ROLE_LEVEL"},
      {admin_, "system_admin", "", "OK"},
      {security_admin, "auditor", "C", "OK"},
      {security_admin, "auditor", "S1", "OK"},
      {security_admin, "auditor", "", "OK"},
      {security_admin, "security_admin", "", "OK"},
      {security_admin, "security_admin", "C", "OK"},
      {security_admin, "system_admin", "", "GRANT_BEYOND_OWN"},
      {security_admin, "center_admin", "C", "GRANT_BEYOND_OWN"},
      {security_admin, "unit_admin", "I1", "GRANT_BEYOND_OWN"},
      {center_admin_, "security_admin", "C", "GRANT_BEYOND_OWN"},
      {admin_, "unit_admin", "I1", "GRANT_BEYOND_OWN"},
      {admin_, "team_leader", "I1", "GRANT_BEYOND_OWN"},
      {admin_, "center_admin", "I1", "ROLE_LEVEL"},
      {admin_, "center_admin", "", "ROLE_LEVEL"},
      {admin_, "system_admin", "C", "ROLE_LEVEL"},
      {admin_, "unit_admin", "", "ROLE_LEVEL"},
      {admin_, "emperor", "C", "UNKNOWN_VALUE"},
      {center_admin_, "unit_admin", "I1", "OK"},
      {center_admin_, "unit_admin", "S1", "OK"},
      {center_admin_, "team_leader", "C", "OK"},
      {center_admin_, "center_admin", "C", "GRANT_BEYOND_OWN"},
      {center_admin_, "auditor", "C", "GRANT_BEYOND_OWN"},
      {center_admin_, "system_admin", "", "PERMISSION"},
      {institute_admin_, "unit_admin", "S1", "OK"},
      {institute_admin_, "team_leader", "I1", "OK"},
      {institute_admin_, "unit_admin", "I1", "GRANT_BEYOND_OWN"},
      {institute_admin_, "unit_admin", "I2", "PERMISSION"},
      {institute_admin_, "unit_admin", "C", "PERMISSION"},
      {institute_admin_, "auditor", "S1", "GRANT_BEYOND_OWN"},
      {leader, "team_leader", "I1", "PERMISSION"},
      {auditor, "auditor", "C", "PERMISSION"},
  };
  int number = 0;
  for (const Case& c : cases) {
    const std::string what = absl::StrCat(c.role, " on ", c.unit.empty() ? "the platform" : c.unit, " by ", c.by);
    const auto created = Create(c.by, absl::StrCat("person-", ++number), At(c.role, c.unit));
    EXPECT_EQ(ReasonName(created.status()), c.reason) << "creating " << what;
    // Granting follows the same table; the account is one of the same center, or of the platform.
    const uint64_t whom = AddStaffWithoutRole(c.unit.empty() ? 0 : UnitId("C"));
    const auto granted = Grant(c.by, whom, At(c.role, c.unit));
    EXPECT_EQ(ReasonName(granted.status()), c.reason) << "granting " << what;
    if (c.reason != "OK" || !created.ok()) continue;
    // Who may grant may end.
    const auto revoked = Revoke(c.by, IdOf(*created), At(c.role, c.unit));
    EXPECT_TRUE(revoked.ok()) << "ending " << what << revoked.status();
    EXPECT_EQ(revoked->bindings_size(), 0);
  }
}

TEST_F(StaffServiceTest, ThreeAdministratorsAreThreePeople) {
  const uint64_t security_admin = AddStaff("security_admin", 0);
  const uint64_t center_security = AddStaff("security_admin", UnitId("C"));
  const uint64_t auditor = AddStaff("auditor", UnitId("C"));
  EXPECT_EQ(ReasonName(Grant(admin_, security_admin, At("system_admin", "")).status()), "DUTIES_SEPARATE");
  EXPECT_EQ(ReasonName(Grant(security_admin, admin_, At("auditor", "")).status()), "DUTIES_SEPARATE");
  const uint64_t other_security = AddStaff("security_admin", 0), other_admin = AddStaff("system_admin", 0);
  EXPECT_EQ(ReasonName(Grant(security_admin, other_security, At("auditor", "")).status()), "DUTIES_SEPARATE");
  EXPECT_EQ(ReasonName(Grant(admin_, other_admin, At("security_admin", "")).status()), "DUTIES_SEPARATE");
  EXPECT_EQ(ReasonName(Grant(center_security, center_admin_, At("auditor", "C")).status()), "DUTIES_SEPARATE");
  EXPECT_EQ(ReasonName(Grant(center_admin_, auditor, At("unit_admin", "I1")).status()), "DUTIES_SEPARATE");
  EXPECT_EQ(ReasonName(Grant(center_admin_, auditor, At("team_leader", "S1")).status()), "DUTIES_SEPARATE");
  EXPECT_TRUE(Grant(center_security, auditor, At("auditor", "I1")).ok()) << "the same role elsewhere";
}

TEST_F(StaffServiceTest, OfTwoExcludingGrantsAtOnceOneFails) {
  const uint64_t center_security = AddStaff("security_admin", UnitId("C"));
  for (int round = 0; round < 5; ++round) {
    const uint64_t whom = AddStaffWithoutRole(UnitId("C"));
    std::string outcomes[2];
    std::thread first([&] { outcomes[0] = ReasonName(Grant(center_admin_, whom, At("unit_admin", "I1")).status()); });
    std::thread second([&] { outcomes[1] = ReasonName(Grant(center_security, whom, At("auditor", "C")).status()); });
    first.join();
    second.join();
    std::ranges::sort(outcomes);
    EXPECT_EQ(outcomes[0], "DUTIES_SEPARATE");
    EXPECT_EQ(outcomes[1], "OK");
  }
}

TEST_F(StaffServiceTest, AVolunteerIsLinkedByOthersOnly) {
  const std::string volunteer = ids::ResourceName("volunteers", 4711);
  auto request = About<v1::SetVolunteerRequest>(institute_admin_);
  request.set_volunteer(volunteer);
  const auto set = [&](uint64_t by) { return Do(staff_, &StaffService::SetVolunteer, By(by), request); };
  EXPECT_EQ(ReasonName(set(institute_admin_).status()), "OWN_ACCOUNT");
  EXPECT_EQ(ReasonName(set(AddStaff("unit_admin", UnitId("I1"))).status()), "GRANT_BEYOND_OWN");
  const auto linked = set(center_admin_);
  ASSERT_TRUE(linked.ok()) << linked.status();
  EXPECT_EQ(linked->volunteer(), volunteer);
  EXPECT_EQ(here_.directory.VolunteerOf(institute_admin_), 4711u);
  request.clear_volunteer();
  EXPECT_TRUE(set(center_admin_).ok());
  EXPECT_EQ(here_.directory.VolunteerOf(institute_admin_), 0u);
  v1::CreateStaffMemberRequest create;
  create.set_username("both");
  create.set_display_name("新人");
  create.set_password("a longer password");
  *create.mutable_binding() = At("team_leader", "S1");
  create.set_volunteer(volunteer);
  const auto made = Do(staff_, &StaffService::CreateStaffMember, By(center_admin_), create);
  ASSERT_TRUE(made.ok()) << made.status();
  EXPECT_EQ(here_.directory.VolunteerOf(IdOf(*made)), 4711u);
}

TEST_F(StaffServiceTest, ARoleWorksAtOnceAndEndsAtOnce) {
  const auto made = Create(institute_admin_, "station", At("unit_admin", "S1"));
  ASSERT_TRUE(made.ok()) << made.status();
  EXPECT_EQ(made->bindings(0).unit(), UnitName("S1"));
  const uint64_t id = IdOf(*made);
  EXPECT_TRUE(here_.directory.Holds(id, "activities.write", UnitId("S1")));
  EXPECT_FALSE(here_.directory.Holds(id, "activities.write", UnitId("I1")));
  ASSERT_TRUE(Grant(center_admin_, id, At("team_leader", "I2")).ok());
  EXPECT_TRUE(here_.directory.Holds(id, "activities.write", UnitId("I2")));
  ASSERT_TRUE(Revoke(center_admin_, id, At("unit_admin", "S1")).ok());
  EXPECT_FALSE(here_.directory.Holds(id, "activities.write", UnitId("S1")));
  EXPECT_TRUE(here_.directory.Holds(id, "activities.write", UnitId("I2")));
  ASSERT_TRUE(Disable(center_admin_, id).ok());
  EXPECT_FALSE(here_.directory.Holds(id, "activities.write", UnitId("I2")));
  EXPECT_FALSE(here_.directory.StaffActive(id));
  EXPECT_EQ(ReasonName(Disable(center_admin_, id).status()), "MOVE_NOT_ALLOWED");
  EXPECT_EQ(ReasonName(Grant(center_admin_, id, At("team_leader", "S1")).status()), "MOVE_NOT_ALLOWED");
}

TEST_F(StaffServiceTest, GrantingTwiceIsGrantingOnce) {
  const uint64_t id = IdOf(*Create(center_admin_, "somebody", At("team_leader", "S1")));
  ASSERT_TRUE(Grant(center_admin_, id, At("unit_admin", "S1")).ok());
  const auto again = Grant(center_admin_, id, At("unit_admin", "S1"));
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->bindings_size(), 2);
  EXPECT_EQ(ReasonName(Revoke(center_admin_, id, At("unit_admin", "I1")).status()), "NOT_FOUND");
}

TEST_F(StaffServiceTest, NobodyActsOnHisOwnAccountOrOnThoseAbove) {
  const uint64_t peer = AddStaff("unit_admin", UnitId("I1"));
  const uint64_t station = AddStaff("unit_admin", UnitId("S1"));
  EXPECT_EQ(ReasonName(Disable(center_admin_, center_admin_).status()), "OWN_ACCOUNT");
  EXPECT_EQ(ReasonName(Disable(admin_, admin_).status()), "OWN_ACCOUNT");
  EXPECT_EQ(ReasonName(Revoke(admin_, admin_, At("system_admin", "")).status()), "OWN_ACCOUNT");
  EXPECT_EQ(ReasonName(Grant(center_admin_, center_admin_, At("unit_admin", "I1")).status()), "OWN_ACCOUNT");
  EXPECT_EQ(ReasonName(Disable(institute_admin_, center_admin_).status()), "PERMISSION");
  EXPECT_EQ(ReasonName(Disable(institute_admin_, peer).status()), "GRANT_BEYOND_OWN");
  EXPECT_EQ(ReasonName(Disable(station, institute_admin_).status()), "PERMISSION");
  EXPECT_EQ(ReasonName(Disable(center_admin_, AddStaff("auditor", UnitId("I1"))).status()), "GRANT_BEYOND_OWN");
  EXPECT_EQ(ReasonName(Disable(center_admin_, admin_).status()), "NOT_FOUND");
  EXPECT_TRUE(Disable(institute_admin_, station).ok());
  // Of somebody with roles inside and outside the reach, nothing is taken.
  const uint64_t both = AddStaff("unit_admin", UnitId("S1"));
  ASSERT_TRUE(Grant(center_admin_, both, At("unit_admin", "I2")).ok());
  EXPECT_EQ(ReasonName(Disable(institute_admin_, both).status()), "PERMISSION");
}

TEST_F(StaffServiceTest, UserNamesAreUniqueOnThePlatform) {
  ASSERT_TRUE(Create(admin_, "same", At("security_admin", "")).ok());
  EXPECT_EQ(ReasonName(Create(center_admin_, "same", At("team_leader", "S1")).status()), "ALREADY_EXISTS");
  const std::string malformed[] = {"ab", "Upper", "中文名", "white space", std::string(33, 'a')};
  for (const std::string& bad : malformed) {
    EXPECT_EQ(ReasonName(Create(center_admin_, bad, At("team_leader", "S1")).status()), "BAD_FORMAT") << bad;
  }
  EXPECT_EQ(ReasonName(Create(center_admin_, "fine", At("team_leader", "S1"), "", "short").status()), "TOO_SHORT");
}

TEST_F(StaffServiceTest, ARepeatedRequestMakesOneAccount) {
  const auto first = Create(center_admin_, "once", At("team_leader", "S1"), "request-1");
  const auto again = Create(center_admin_, "once", At("team_leader", "S1"), "request-1");
  ASSERT_TRUE(first.ok() && again.ok()) << again.status();
  EXPECT_EQ(first->name(), again->name());
  EXPECT_EQ(ReasonName(Create(center_admin_, "twice", At("team_leader", "S1"), "request-1").status()),
            "REQUEST_ID_REUSED");
}

TEST_F(StaffServiceTest, ThePasswordIsNowhereButInItsHash) {
  const std::string password = "correct horse battery";
  ASSERT_TRUE(Create(center_admin_, "somebody", At("team_leader", "S1"), "request-1", password).ok());
  for (const std::string column :
       {"requests WHERE answer", "staff WHERE password_hash", "events WHERE payload", "outbox WHERE payload"}) {
    EXPECT_EQ(Count(column + " LIKE '%" + password + "%'"), 0) << column;
  }
  EXPECT_EQ(Count("staff WHERE password_hash LIKE '$argon2id$%'"), 1);
}

TEST_F(StaffServiceTest, AnAccountStaysInItsCenter) {
  ASSERT_TRUE(
      ImportUnits(admin_, "code,level,parent_code,name,division_code,opened_date\nD,CENTER,,另一中心,,\n").ok());
  const uint64_t other = here_.cache.FindCenter("D")->id;
  const std::string other_name = ids::ResourceName("units", other);
  const uint64_t stranger = AddStaff("center_admin", other);
  EXPECT_EQ(ReasonName(Grant(admin_, center_admin_, To("center_admin", other_name)).status()), "OTHER_CENTER");
  EXPECT_EQ(ReasonName(Grant(admin_, center_admin_, To("system_admin", "")).status()), "OTHER_CENTER");
  EXPECT_EQ(ReasonName(Grant(stranger, institute_admin_, To("unit_admin", other_name)).status()), "NOT_FOUND");
  EXPECT_EQ(ReasonName(Get(stranger, institute_admin_).status()), "NOT_FOUND");
}

TEST_F(StaffServiceTest, WhoSeesWhom) {
  const uint64_t station = AddStaff("team_leader", UnitId("S1"));
  const uint64_t elsewhere = AddStaff("unit_admin", UnitId("I2"));
  EXPECT_TRUE(Get(institute_admin_, station).ok());
  EXPECT_TRUE(Get(center_admin_, elsewhere).ok());
  EXPECT_TRUE(Get(admin_, center_admin_).ok());
  EXPECT_EQ(ReasonName(Get(institute_admin_, elsewhere).status()), "PERMISSION");
  EXPECT_EQ(ReasonName(Get(institute_admin_, center_admin_).status()), "PERMISSION");
  EXPECT_EQ(ReasonName(Get(station, station).status()), "PERMISSION");
  EXPECT_EQ(ReasonName(Get(center_admin_, admin_).status()), "NOT_FOUND");
  EXPECT_EQ(ReasonName(Get(center_admin_, 77).status()), "NOT_FOUND");
  EXPECT_EQ(Do(staff_, &StaffService::GetMyAccount, By(station), {})->name(), ids::ResourceName("staff", station));
  EXPECT_EQ(ReasonName(Do(staff_, &StaffService::GetMyAccount, By(0), {}).status()), "TOKEN_MISSING");
}

TEST_F(StaffServiceTest, ListsThoseOnAUnitAndBelow) {
  ASSERT_TRUE(Create(center_admin_, "zhang", At("unit_admin", "S1")).ok());
  ASSERT_TRUE(Create(center_admin_, "liu", At("team_leader", "S1")).ok());
  const uint64_t wang = IdOf(*Create(center_admin_, "wang", At("unit_admin", "I2")));
  EXPECT_EQ(List(center_admin_, "S1"), "liu zhang");
  EXPECT_EQ(List(center_admin_, "I2", 1), "wang");
  ASSERT_TRUE(Grant(center_admin_, wang, At("team_leader", "S1")).ok());
  EXPECT_EQ(List(center_admin_, "S1", 1), "liu wang zhang");
  const std::string all = List(center_admin_, "C", 2);
  EXPECT_EQ(all, List(admin_, "C"));
  EXPECT_EQ(all.find("system_admin"), std::string::npos);
  EXPECT_NE(all.find("wang"), std::string::npos);
  EXPECT_EQ(List(institute_admin_, "I2"), "PERMISSION");
}

TEST_F(StaffServiceTest, ListsTheRoles) {
  const auto roles = Do(staff_, &StaffService::ListRoles, By(center_admin_), {});
  ASSERT_TRUE(roles.ok());
  EXPECT_EQ(roles->roles_size(), 8);
  EXPECT_EQ(ReasonName(Do(staff_, &StaffService::ListRoles, By(0), {}).status()), "TOKEN_MISSING");
}

TEST_F(StaffServiceTest, NobodyIsBoundToADeletedUnit) {
  v1::DeleteUnitRequest request;
  request.set_name(UnitName("I2"));
  ASSERT_TRUE(Do(units_, &UnitsService::DeleteUnit, By(center_admin_), request).ok());
  EXPECT_EQ(ReasonName(Create(center_admin_, "late", At("unit_admin", "I2")).status()), "UNKNOWN_REFERENCE");
}

}  // namespace
}  // namespace wenming::org
