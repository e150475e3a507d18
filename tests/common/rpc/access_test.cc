#include "common/rpc/access.h"

#include "common/errors/errors.h"
#include "common/ids/ids.h"
#include "echo.pb.h"
#include "gtest/gtest.h"
#include "tests/support/test_call.h"

namespace wenming::rpc {
namespace {

using type::Reason;

constexpr uint64_t kCenter = 10, kInstitute = 20, kSibling = 21, kStation = 30;
constexpr uint64_t kPlatformAdmin = 1, kCenterAdmin = 2, kInstituteAdmin = 3, kAuditor = 4, kDisabled = 5;

const google::protobuf::MethodDescriptor& MethodOf(const char* service, const char* name) {
  const auto* file = test::v1::EchoRequest::descriptor()->file();
  return *file->FindServiceByName(service)->FindMethodByName(name);
}

class AccessTest : public ::testing::Test {
 protected:
  AccessTest() {
    directory_.AddCenter(kCenter)
        .AddUnit(kInstitute, kCenter, kCenter, 2)
        .AddUnit(kSibling, kCenter, kCenter, 2)
        .AddUnit(kStation, kInstitute, kCenter, 3)
        .AddRole("writer", {"units.write"})
        .AddRole("auditor", {"units.read"})
        .AddStaff(kPlatformAdmin, 0, {{"writer", 0}})
        .AddStaff(kCenterAdmin, kCenter, {{"writer", kCenter}})
        .AddStaff(kInstituteAdmin, kCenter, {{"writer", kInstitute}})
        .AddStaff(kAuditor, kCenter, {{"auditor", kCenter}})
        .AddStaff(kDisabled, kCenter, {{"writer", kCenter}}, /*disabled=*/true);
  }

  // REASON_UNSPECIFIED where the call may pass.
  Reason Try(const char* method, Call call, uint64_t unit = kStation) {
    test::v1::EchoRequest request;
    if (unit != 0) request.set_unit(ids::ResourceName("units", unit));
    call.center_id = 0;
    const auto status = AccessRule::Compile(MethodOf("EchoService", method))->Check(request, call);
    center_id_ = call.center_id;
    return errors::ReasonOf(status);
  }
  Call Staff(uint64_t id) { return test::StaffCall(directory_.get(), id, id == kPlatformAdmin ? 0 : kCenter); }
  Call Volunteer() { return test::VolunteerCall(directory_.get(), 7, kCenter); }
  Call Anonymous() { return test::AnonymousCall(directory_.get(), 0); }

  test::TestDirectory directory_;
  uint64_t center_id_ = 0;
};

TEST_F(AccessTest, FaultyRulesDoNotCompile) {
  for (const char* method : {"NoRule", "NoAudience", "PermissionWithoutScope", "ScopeWithoutPermission",
                             "ScopeIsNoField", "ScopeIsNoText"}) {
    EXPECT_EQ(AccessRule::Compile(MethodOf("FaultyService", method)).status().code(), absl::StatusCode::kInternal)
        << method;
  }
}

TEST_F(AccessTest, AudienceDecidesFirst) {
  EXPECT_EQ(Try("Inline", Anonymous()), type::REASON_UNSPECIFIED);
  EXPECT_EQ(Try("Inline", Volunteer()), type::REASON_UNSPECIFIED);
  EXPECT_EQ(Try("Inline", Staff(kAuditor)), type::REASON_UNSPECIFIED);
  EXPECT_EQ(Try("ForVolunteers", Anonymous()), type::REASON_TOKEN_MISSING);
  EXPECT_EQ(Try("ForVolunteers", Volunteer()), type::REASON_UNSPECIFIED);
  EXPECT_EQ(Try("ForVolunteers", Staff(kCenterAdmin)), type::REASON_AUDIENCE);
  EXPECT_EQ(Try("ForStaffOfUnit", Anonymous()), type::REASON_TOKEN_MISSING);
  EXPECT_EQ(Try("ForStaffOfUnit", Volunteer()), type::REASON_AUDIENCE);
  EXPECT_EQ(Try("ForStaffOfUnit", test::ServiceCall(directory_.get(), "org_svc")), type::REASON_AUDIENCE);
}

TEST_F(AccessTest, AFieldScopeReachesTheSubtreeAndNothingElse) {
  EXPECT_EQ(Try("ForStaffOfUnit", Staff(kInstituteAdmin), kStation), type::REASON_UNSPECIFIED);
  EXPECT_EQ(center_id_, kCenter);
  EXPECT_EQ(Try("ForStaffOfUnit", Staff(kInstituteAdmin), kInstitute), type::REASON_UNSPECIFIED);
  EXPECT_EQ(Try("ForStaffOfUnit", Staff(kInstituteAdmin), kSibling), type::REASON_PERMISSION);
  EXPECT_EQ(Try("ForStaffOfUnit", Staff(kInstituteAdmin), kCenter), type::REASON_PERMISSION);
  EXPECT_EQ(Try("ForStaffOfUnit", Staff(kPlatformAdmin), kStation), type::REASON_UNSPECIFIED);
  EXPECT_EQ(center_id_, kCenter) << "the center comes from the unit for staff of the platform";
  EXPECT_EQ(Try("ForStaffOfUnit", Staff(kAuditor), kStation), type::REASON_PERMISSION);
  EXPECT_EQ(Try("ForStaffOfUnit", Staff(kCenterAdmin), 999), type::REASON_NOT_FOUND);
}

TEST_F(AccessTest, AnEmptyFieldMeansThePlatform) {
  EXPECT_EQ(Try("ForStaffOfUnit", Staff(kCenterAdmin), 0), type::REASON_PERMISSION);
  EXPECT_EQ(Try("ForStaffOfUnit", Staff(kPlatformAdmin), 0), type::REASON_UNSPECIFIED);
}

TEST_F(AccessTest, AMovedUnitTakesItsScopeAlong) {
  directory_.AddUnit(kStation, kSibling, kCenter, 3);
  EXPECT_EQ(Try("ForStaffOfUnit", Staff(kInstituteAdmin), kStation), type::REASON_PERMISSION);
  EXPECT_EQ(Try("ForStaffOfUnit", Staff(kCenterAdmin), kStation), type::REASON_UNSPECIFIED);
}

TEST_F(AccessTest, AnywhereAndPlatform) {
  EXPECT_EQ(Try("Anywhere", Staff(kInstituteAdmin)), type::REASON_UNSPECIFIED);
  EXPECT_EQ(Try("Anywhere", Staff(kAuditor)), type::REASON_PERMISSION);
  EXPECT_EQ(Try("Platform", Staff(kCenterAdmin)), type::REASON_PERMISSION);
  EXPECT_EQ(Try("Platform", Staff(kPlatformAdmin)), type::REASON_UNSPECIFIED);
}

TEST_F(AccessTest, DisabledAndUnknownStaffAreStrangers) {
  for (const char* method : {"ForStaffOfUnit", "ForStaffOfResource", "Anywhere", "Platform"}) {
    EXPECT_EQ(Try(method, Staff(kDisabled)), type::REASON_TOKEN_INVALID) << method;
    EXPECT_EQ(Try(method, Staff(12345)), type::REASON_TOKEN_INVALID) << method;
  }
}

TEST_F(AccessTest, WithoutADirectoryItFailsClosed) {
  const auth::Directory empty(absl::Seconds(5));
  EXPECT_EQ(Try("ForStaffOfUnit", test::StaffCall(empty, kCenterAdmin, kCenter)), type::REASON_DIRECTORY_UNAVAILABLE);
  EXPECT_EQ(Try("ForVolunteers", test::VolunteerCall(empty, 7, kCenter)), type::REASON_UNSPECIFIED)
      << "volunteers act on their own things only and need no tree";
}

}  // namespace
}  // namespace wenming::rpc
