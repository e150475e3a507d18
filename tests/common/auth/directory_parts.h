// Writes parts of the directory stream for tests in few words.
#ifndef WENMING_TESTS_COMMON_AUTH_DIRECTORY_PARTS_H_
#define WENMING_TESTS_COMMON_AUTH_DIRECTORY_PARTS_H_

#include <cstdint>
#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include "wenming/org/v1/directory.pb.h"

namespace wenming::auth {

// Parts().Unit(1, 0).Unit(2, 1).Staff(9, {{"editor", 1}}).Role("editor", {"units.write"}).Synced()
class Parts {
 public:
  Parts& Unit(uint64_t id, uint64_t parent_id, bool deleted = false, const std::string& code = "") {
    org::v1::DirectoryUnit& unit = *part_.add_units();
    unit.set_id(id);
    unit.set_parent_id(parent_id);
    unit.set_code(code.empty() ? "C" + std::to_string(id) : code);
    unit.set_display_name("Unit " + std::to_string(id));
    unit.set_deleted(deleted);
    return *this;
  }

  Parts& Team(uint64_t id, uint64_t center_id, bool deleted = false) {
    org::v1::DirectoryTeam& team = *part_.add_teams();
    team.set_id(id);
    team.set_center_id(center_id);
    team.set_display_name("Team " + std::to_string(id));
    team.set_deleted(deleted);
    return *this;
  }

  Parts& Staff(uint64_t id, const std::vector<std::pair<std::string, uint64_t>>& bindings, bool disabled = false) {
    org::v1::DirectoryStaff& staff = *part_.add_staff();
    staff.set_id(id);
    staff.set_display_name("Staff " + std::to_string(id));
    staff.set_disabled(disabled);
    for (const auto& [role, unit_id] : bindings) {
      org::v1::DirectoryBinding& binding = *staff.add_bindings();
      binding.set_role(role);
      binding.set_unit_id(unit_id);
    }
    return *this;
  }

  Parts& Role(const std::string& key, std::initializer_list<const char*> permissions) {
    org::v1::Role& role = *part_.add_roles();
    role.set_key(key);
    for (const char* permission : permissions) role.add_permissions(permission);
    return *this;
  }

  Parts& Synced() {
    part_.set_synced(true);
    return *this;
  }

  operator const org::v1::WatchResponse&() const { return part_; }  // NOLINT(google-explicit-constructor)

 private:
  org::v1::WatchResponse part_;
};

}  // namespace wenming::auth

#endif  // WENMING_TESTS_COMMON_AUTH_DIRECTORY_PARTS_H_
