// The unit tree, the teams, the staff's role bindings and what each role allows, in memory.
//
// Filled from org_svc's directory stream (org_svc fills its own from its tables). It answers "may this member of staff
// do this on that unit" without a call. It fails closed: until the whole directory has arrived once, and whenever no
// sign of life came for `max_silence`, nobody of the staff may do anything.
//
// Thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "absl/time/time.h"
#include "wenming/org/v1/directory.pb.h"

namespace wenming::auth {

// A unit as the directory knows it.
struct DirectoryUnit {
  uint64_t id = 0;
  uint64_t parent_id = 0;  // 0 for a center
  uint64_t center_id = 0;
  int level = 0;  // org.v1.Unit.Level
  std::string code;
  std::string display_name;
  bool deleted = false;
};

// A team as the directory knows it.
struct DirectoryTeam {
  uint64_t id = 0;
  uint64_t center_id = 0;
  std::string display_name;
  bool deleted = false;
};

class Directory {
 public:
  explicit Directory(absl::Duration max_silence) : max_silence_(max_silence) {}

  // Applies a part of the stream that arrived at `now`. After a new stream began (Restart), entries that the fresh copy
  // did not name are dropped when it is synced.
  void Apply(const org::v1::WatchResponse& part, absl::Time now);
  void Restart();

  // Whether decisions can be made: synced once and heard of within max_silence.
  bool Ready(absl::Time now) const;

  // Whether the member of staff holds the permission on the unit (0: on the platform itself) through a binding there or
  // above. False for unknown and disabled staff. The caller has checked Ready().
  bool Holds(uint64_t staff_id, std::string_view permission, uint64_t unit_id) const;
  // Whether the member of staff holds the permission on any unit at all.
  bool HoldsAnywhere(uint64_t staff_id, std::string_view permission) const;
  // Whether the account is known and not disabled.
  bool StaffActive(uint64_t staff_id) const;

  std::optional<DirectoryUnit> FindUnit(uint64_t unit_id) const;
  // Also of one that was dissolved. None where org_svc's stream has not told of it, as a release without teams does
  // not.
  std::optional<DirectoryTeam> FindTeam(uint64_t team_id) const;
  std::optional<DirectoryUnit> FindCenterByCode(std::string_view code) const;
  // The only center there is; none when there are several.
  std::optional<DirectoryUnit> OnlyCenter() const;
  // The unit and all below it, not deleted.
  std::vector<uint64_t> Subtree(uint64_t unit_id) const;
  // Whether `unit_id` is `ancestor_id` or below it.
  bool Within(uint64_t unit_id, uint64_t ancestor_id) const;
  std::string StaffDisplayName(uint64_t staff_id) const;
  // The volunteer that the member of staff is too; 0 for none. Nobody decides what benefits himself.
  uint64_t VolunteerOf(uint64_t staff_id) const;

 private:
  struct Staff {
    std::vector<std::pair<std::string, uint64_t>> bindings;  // role, unit
    bool disabled = false;
    std::string display_name;
    uint64_t volunteer_id = 0;
  };

  bool WithinLocked(uint64_t unit_id, uint64_t ancestor_id) const;
  bool RoleAllowsLocked(const std::string& role, std::string_view permission) const;

  const absl::Duration max_silence_;
  mutable std::shared_mutex mutex_;
  std::unordered_map<uint64_t, DirectoryUnit> units_;
  std::unordered_map<uint64_t, std::vector<uint64_t>> children_;
  std::unordered_map<uint64_t, DirectoryTeam> teams_;
  std::unordered_map<uint64_t, Staff> staff_;
  std::unordered_map<std::string, std::unordered_set<std::string>> roles_;
  std::unordered_set<uint64_t> named_units_, named_teams_, named_staff_;  // named since Restart, until synced
  bool restarting_ = true;
  bool synced_ = false;
  absl::Time heard_ = absl::InfinitePast();
};

}  // namespace wenming::auth
