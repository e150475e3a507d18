#include "org_svc/staff/staff_auth_service.h"

#include <gtest/gtest.h>

#include <string>
#include <thread>

#include "common/auth/token_verifier.h"
#include "org_svc/schema.h"
#include "org_svc/staff/bootstrap.h"
#include "org_svc/staff/staff_store.h"
#include "tests/common/auth/key_folder.h"
#include "tests/org_svc/org_fixture.h"
#include "tests/support/test_call.h"

namespace wenming::org {
namespace {

constexpr char kPassword[] = "correct horse battery";

class StaffAuthTest : public OrgTest {
 protected:
  StaffAuthTest() {
    const auto report = ImportUnits(admin_,
                                    "code,level,parent_code,name,division_code,opened_date\nC,CENTER,,中心,,\n"
                                    "I1,INSTITUTE,C,一所,,\n");
    EXPECT_EQ(report->created(), 2);
    center_admin_ = AddStaff("center_admin", UnitId("C"));
    v1::CreateStaffMemberRequest request;
    request.set_username("wang");
    request.set_display_name("王某");
    request.set_password(kPassword);
    request.mutable_binding()->set_role("unit_admin");
    request.mutable_binding()->set_unit(UnitName("I1"));
    const auto made = Do(staff_, &StaffService::CreateStaffMember, By(center_admin_), request);
    EXPECT_TRUE(made.ok()) << made.status();
    name_ = made->name();
  }

  absl::StatusOr<v1::LogInResponse> LogIn(const std::string& username, const std::string& password) {
    v1::LogInRequest request;
    request.set_username(username);
    request.set_password(password);
    return Do(auth_, &StaffAuthService::LogIn, By(0), request);
  }
  double Counted(const std::string& outcome) {
    for (const auto& family : registry_.Collect()) {
      for (const auto& metric : family.metric) {
        if (metric.label.at(0).value == outcome) return metric.counter.value;
      }
    }
    return -1;
  }

  const auth::KeyFolder keys_;
  const auth::TokenSigner signer_ = *auth::TokenSigner::Load(keys_.path(), "org_svc");
  prometheus::Registry registry_;
  StaffAuthService auth_{pool_, hasher_, signer_, absl::Minutes(30), registry_};
  uint64_t center_admin_ = 0;
  std::string name_;
};

TEST_F(StaffAuthTest, ATokenSaysWhoItIs) {
  const auto answer = LogIn("wang", kPassword);
  ASSERT_TRUE(answer.ok()) << answer.status();
  const auto verifier = *auth::TokenVerifier::Load(keys_.path());
  const auto caller = verifier->Verify(answer->access_token(), test::Morning());
  ASSERT_TRUE(caller.ok()) << caller.status();
  EXPECT_EQ(caller->subject, name_);
  EXPECT_EQ(caller->kind, auth::CallerKind::kStaff);
  EXPECT_EQ(caller->center_id, UnitId("C"));
  EXPECT_EQ(answer->staff_member().name(), name_);
  EXPECT_EQ(answer->staff_member().bindings(0).role(), "unit_admin");
  EXPECT_EQ(answer->expire_time().seconds(), absl::ToUnixSeconds(test::Morning() + absl::Minutes(30)));
  EXPECT_EQ(ReasonName(verifier->Verify(answer->access_token(), test::Morning() + absl::Minutes(31)).status()),
            "TOKEN_EXPIRED");
  EXPECT_EQ(Counted("let_in"), 1);
}

TEST_F(StaffAuthTest, AllRefusalsAreTheSame) {
  v1::DisableStaffMemberRequest disable;
  const absl::Status unknown = LogIn("nobody", kPassword).status();
  const absl::Status wrong = LogIn("wang", "another password").status();
  disable.set_name(name_);
  ASSERT_TRUE(Do(staff_, &StaffService::DisableStaffMember, By(center_admin_), disable).ok());
  const absl::Status disabled = LogIn("wang", kPassword).status();
  EXPECT_EQ(ReasonName(unknown), "BAD_CREDENTIALS");
  EXPECT_EQ(unknown, wrong);
  EXPECT_EQ(unknown, disabled);
  EXPECT_EQ(Counted("refused"), 3);
  EXPECT_EQ(Counted("let_in"), 0);
}

TEST_F(StaffAuthTest, AnOldHashIsMadeAnewAtLogIn) {
  const auth::PasswordHasher stronger({.memory_kib = 128, .passes = 1, .lanes = 1}, crypto::RandomBytes);
  prometheus::Registry registry;
  StaffAuthService later(pool_, stronger, signer_, absl::Minutes(30), registry);
  EXPECT_EQ(Count("staff WHERE password_hash LIKE '%m=64,%'"), 1);
  v1::LogInRequest request;
  request.set_username("wang");
  request.set_password(kPassword);
  ASSERT_TRUE(Do(later, &StaffAuthService::LogIn, By(0), request).ok());
  EXPECT_EQ(Count("staff WHERE password_hash LIKE '%m=64,%'"), 0);
  EXPECT_EQ(Count("staff WHERE password_hash LIKE '%m=128,%'"), 1);
  EXPECT_TRUE(Do(later, &StaffAuthService::LogIn, By(0), request).ok());
}

class BootstrapTest : public ::testing::Test {
 protected:
  absl::Status Bootstrap(std::string_view password) {
    return BootstrapAdmin(database_.pool(), ids_, hasher_, password, absl::Now(), absl::InfiniteFuture());
  }
  int64_t Accounts() {
    return db::Read(database_.pool(), absl::InfiniteFuture(),
                    [](db::Session& session) { return session.QueryOne("SELECT COUNT(*) FROM staff"); })
        ->value()
        .Int(0);
  }

  test::TestDatabase database_{Migrations()};
  ids::Generator ids_{[] { return absl::Now(); }, 7};
  const auth::PasswordHasher hasher_{{.memory_kib = 64, .passes = 1, .lanes = 1}, crypto::RandomBytes};
};

TEST_F(BootstrapTest, MakesTheFirstAdminOnce) {
  EXPECT_EQ(Bootstrap("short").code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Accounts(), 0);
  std::vector<std::thread> processes;
  for (int i = 0; i < 4; ++i) processes.emplace_back([this] { EXPECT_TRUE(Bootstrap(kPassword).ok()); });
  for (std::thread& process : processes) process.join();
  EXPECT_EQ(Accounts(), 1);
  EXPECT_TRUE(Bootstrap("short").ok()) << "where there is staff, the password does not matter";
  const Replica replica(database_.pool());
  const auto found = db::Read(database_.pool(), absl::InfiniteFuture(),
                              [](db::Session& session) { return FindCredentials(session, "admin"); });
  ASSERT_TRUE(found.ok() && found->has_value());
  EXPECT_TRUE(hasher_.Verify((*found)->password_hash, kPassword));
  EXPECT_TRUE(replica.directory.Holds((*found)->id, "units.import", 0));
}

}  // namespace
}  // namespace wenming::org
