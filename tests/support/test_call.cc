#include "tests/support/test_call.h"

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/ids/ids.h"

namespace wenming::test {
namespace {

rpc::Call MakeCall(const auth::Directory& directory, auth::CallerKind kind, uint64_t id, uint64_t center_id,
                   std::string subject) {
  rpc::Call call;
  call.caller = {.kind = kind, .id = id, .center_id = center_id, .subject = std::move(subject)};
  call.now = Morning();
  call.arrival = absl::Now();
  call.deadline = absl::Now() + absl::Minutes(1);
  call.center_id = center_id;
  call.method = "/wenming.test.v1.TestService/Test";
  call.directory = &directory;
  return call;
}

}  // namespace

absl::Time Morning() { return absl::FromCivil(absl::CivilSecond(2026, 5, 1, 0, 0, 0), absl::UTCTimeZone()); }

TestDirectory::TestDirectory() : directory_(absl::InfiniteDuration()) {
  org::v1::WatchResponse part;
  part.set_synced(true);
  Apply(part);
}

TestDirectory& TestDirectory::AddCenter(uint64_t id, std::string_view code) {
  org::v1::WatchResponse part;
  auto& unit = *part.add_units();
  unit.set_id(id);
  unit.set_center_id(id);
  unit.set_level(1);
  unit.set_code(std::string(code));
  Apply(part);
  return *this;
}

TestDirectory& TestDirectory::AddUnit(uint64_t id, uint64_t parent_id, uint64_t center_id, int level, bool deleted) {
  org::v1::WatchResponse part;
  auto& unit = *part.add_units();
  unit.set_id(id);
  unit.set_parent_id(parent_id);
  unit.set_center_id(center_id);
  unit.set_level(level);
  unit.set_code(absl::StrCat("U-", id));
  unit.set_display_name(absl::StrCat("单位", id));
  unit.set_deleted(deleted);
  Apply(part);
  return *this;
}

TestDirectory& TestDirectory::AddStaff(uint64_t id, uint64_t center_id, const std::vector<Binding>& bindings,
                                       bool disabled, uint64_t volunteer_id) {
  org::v1::WatchResponse part;
  auto& member = *part.add_staff();
  member.set_id(id);
  member.set_center_id(center_id);
  member.set_display_name(absl::StrCat("职员", id));
  member.set_disabled(disabled);
  member.set_volunteer_id(volunteer_id);
  for (const auto& [role, unit] : bindings) {
    auto& binding = *member.add_bindings();
    binding.set_role(role);
    binding.set_unit_id(unit);
  }
  Apply(part);
  return *this;
}

TestDirectory& TestDirectory::AddTeam(uint64_t id, uint64_t center_id, bool deleted, std::string_view display_name) {
  org::v1::WatchResponse part;
  auto& team = *part.add_teams();
  team.set_id(id);
  team.set_center_id(center_id);
  team.set_display_name(std::string(display_name));
  team.set_deleted(deleted);
  Apply(part);
  return *this;
}

TestDirectory& TestDirectory::AddRole(const std::string& key, const std::vector<std::string>& permissions) {
  org::v1::Role role;
  role.set_key(key);
  role.mutable_permissions()->Assign(permissions.begin(), permissions.end());
  roles_.push_back(role);
  // The roles of a part replace all others.
  org::v1::WatchResponse part;
  part.mutable_roles()->Assign(roles_.begin(), roles_.end());
  Apply(part);
  return *this;
}

void TestDirectory::Apply(const org::v1::WatchResponse& part) { directory_.Apply(part, absl::Now()); }

rpc::Call StaffCall(const auth::Directory& directory, uint64_t staff_id, uint64_t center_id) {
  return MakeCall(directory, auth::CallerKind::kStaff, staff_id, center_id, ids::ResourceName("staff", staff_id));
}

rpc::Call VolunteerCall(const auth::Directory& directory, uint64_t volunteer_id, uint64_t center_id) {
  return MakeCall(directory, auth::CallerKind::kVolunteer, volunteer_id, center_id,
                  ids::ResourceName("volunteers", volunteer_id));
}

rpc::Call AnonymousCall(const auth::Directory& directory, uint64_t center_id) {
  rpc::Call call = MakeCall(directory, auth::CallerKind::kAnonymous, 0, center_id, "");
  call.caller.center_id = 0;
  return call;
}

rpc::Call ClientCall(const auth::Directory& directory, uint64_t client_id, uint64_t center_id) {
  return MakeCall(directory, auth::CallerKind::kClient, client_id, center_id, ids::ResourceName("clients", client_id));
}

rpc::Call ServiceCall(const auth::Directory& directory, std::string_view service) {
  return MakeCall(directory, auth::CallerKind::kService, 0, 0,
                  absl::StrCat("services/", absl::string_view(service.data(), service.size())));
}

}  // namespace wenming::test
