// Calls and a directory for tests of services: who calls, in which center, with which roles.
//
//   test::TestDirectory directory;
//   directory.AddCenter(kCenter).AddUnit(kStation, kInstitute, kCenter, 3).AddRole("unit_admin", {"units.write"});
//   directory.AddStaff(kAdmin, kCenter, {{"unit_admin", kStation}});
//   service.CreateUnit(test::StaffCall(directory.get(), kAdmin, kCenter), request);
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "common/auth/directory.h"
#include "common/rpc/call.h"

namespace wenming::test {

// 2026-05-01 08:00 in Beijing; the time of every call made here until the test sets another.
absl::Time Morning();

// A directory that never goes stale. Every Add… may come again with the same id and then replaces. Thread-safe.
class TestDirectory {
 public:
  using Binding = std::pair<std::string, uint64_t>;  // role, unit; unit 0 is the platform

  TestDirectory();

  // Level 1; its own center.
  TestDirectory& AddCenter(uint64_t id, std::string_view code = "HT");
  // `level` is org.v1.Unit.Level: 2 institute, 3 station, 4 point.
  TestDirectory& AddUnit(uint64_t id, uint64_t parent_id, uint64_t center_id, int level, bool deleted = false);
  // `volunteer_id`: of the volunteer that the person is too.
  TestDirectory& AddStaff(uint64_t id, uint64_t center_id, const std::vector<Binding>& bindings, bool disabled = false,
                          uint64_t volunteer_id = 0);
  TestDirectory& AddTeam(uint64_t id, uint64_t center_id, bool deleted = false, std::string_view display_name = "");
  TestDirectory& AddRole(const std::string& key, const std::vector<std::string>& permissions);

  const auth::Directory& get() const { return directory_; }
  auth::Directory& get() { return directory_; }

 private:
  void Apply(const org::v1::WatchResponse& part);

  auth::Directory directory_;
  std::vector<org::v1::Role> roles_;
};

// A call as the pipeline hands it to a handler once all its concerns have passed; the deadline is a minute of real time
// away. Set `method` and `request_id` where they matter.
rpc::Call StaffCall(const auth::Directory& directory, uint64_t staff_id, uint64_t center_id);
rpc::Call VolunteerCall(const auth::Directory& directory, uint64_t volunteer_id, uint64_t center_id);
rpc::Call AnonymousCall(const auth::Directory& directory, uint64_t center_id);
rpc::Call ClientCall(const auth::Directory& directory, uint64_t client_id, uint64_t center_id);
rpc::Call ServiceCall(const auth::Directory& directory, std::string_view service);

}  // namespace wenming::test
