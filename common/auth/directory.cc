#include "common/auth/directory.h"

#include <algorithm>
#include <mutex>
#include <utility>

namespace wenming::auth {
namespace {

using Units = std::unordered_map<uint64_t, DirectoryUnit>;
using Children = std::unordered_map<uint64_t, std::vector<uint64_t>>;

constexpr uint64_t kPlatform = 0;
// Far above the four levels there are: a loop in the data must not become a loop here.
constexpr int kMaxDepth = 64;

DirectoryUnit FromProto(const org::v1::DirectoryUnit& unit) {
  return {.id = unit.id(),
          .parent_id = unit.parent_id(),
          .center_id = unit.center_id(),
          .level = unit.level(),
          .code = unit.code(),
          .display_name = unit.display_name(),
          .deleted = unit.deleted()};
}

DirectoryTeam FromProto(const org::v1::DirectoryTeam& team) {
  return {
      .id = team.id(), .center_id = team.center_id(), .display_name = team.display_name(), .deleted = team.deleted()};
}

void Put(DirectoryUnit unit, Units& units, Children& children) {
  const auto [place, is_new] = units.try_emplace(unit.id);
  if (is_new || place->second.parent_id != unit.parent_id) {
    if (!is_new) std::erase(children[place->second.parent_id], unit.id);
    children[unit.parent_id].push_back(unit.id);
  }
  place->second = std::move(unit);
}

// Leaves the units that the predicate is true for.
template <typename Predicate>
void KeepUnits(Predicate keep, Units& units, Children& children) {
  const auto gone = [&keep](uint64_t id) { return !keep(id); };
  if (std::erase_if(units, [&gone](const auto& entry) { return gone(entry.first); }) == 0) return;
  for (auto& [parent, ids] : children) std::erase_if(ids, gone);
  std::erase_if(children, [](const auto& entry) { return entry.second.empty(); });
}

bool Alive(const Units& units, uint64_t id) {
  if (id == kPlatform) return true;
  const auto unit = units.find(id);
  return unit != units.end() && !unit->second.deleted;
}

std::vector<const DirectoryUnit*> LivingCenters(const Units& units, const Children& children) {
  std::vector<const DirectoryUnit*> centers;
  const auto ids = children.find(kPlatform);
  if (ids == children.end()) return centers;
  for (const uint64_t id : ids->second) {
    const DirectoryUnit& unit = units.at(id);
    if (!unit.deleted) centers.push_back(&unit);
  }
  return centers;
}

}  // namespace

void Directory::Apply(const org::v1::WatchResponse& part, absl::Time now) {
  const std::unique_lock lock(mutex_);
  for (const org::v1::DirectoryUnit& unit : part.units()) {
    if (restarting_) named_units_.insert(unit.id());
    Put(FromProto(unit), units_, children_);
  }
  for (const org::v1::DirectoryTeam& team : part.teams()) {
    if (restarting_) named_teams_.insert(team.id());
    teams_[team.id()] = FromProto(team);
  }
  for (const org::v1::DirectoryStaff& member : part.staff()) {
    if (restarting_) named_staff_.insert(member.id());
    Staff staff{.bindings = {},
                .disabled = member.disabled(),
                .display_name = member.display_name(),
                .volunteer_id = member.volunteer_id()};
    for (const auto& binding : member.bindings()) staff.bindings.emplace_back(binding.role(), binding.unit_id());
    staff_[member.id()] = std::move(staff);
  }
  if (part.roles_size() > 0) {
    roles_.clear();
    for (const org::v1::Role& role : part.roles()) {
      roles_[role.key()].insert(role.permissions().begin(), role.permissions().end());
    }
  }
  if (restarting_ && part.synced()) {
    KeepUnits([this](uint64_t id) { return named_units_.contains(id); }, units_, children_);
    std::erase_if(teams_, [this](const auto& entry) { return !named_teams_.contains(entry.first); });
    std::erase_if(staff_, [this](const auto& entry) { return !named_staff_.contains(entry.first); });
    std::exchange(named_units_, {});
    std::exchange(named_teams_, {});
    std::exchange(named_staff_, {});
    restarting_ = false;
    synced_ = true;
  }
  // While a fresh copy arrives, what we decide by is still the old one: it goes on ageing.
  if (!restarting_) heard_ = now;
}

void Directory::Restart() {
  const std::unique_lock lock(mutex_);
  named_units_.clear();
  named_teams_.clear();
  named_staff_.clear();
  restarting_ = true;
}

bool Directory::Ready(absl::Time now) const {
  const std::shared_lock lock(mutex_);
  return synced_ && now - heard_ <= max_silence_;
}

bool Directory::Holds(uint64_t staff_id, std::string_view permission, uint64_t unit_id) const {
  const std::shared_lock lock(mutex_);
  const auto staff = staff_.find(staff_id);
  if (staff == staff_.end() || staff->second.disabled) return false;
  return std::ranges::any_of(staff->second.bindings, [&](const auto& binding) {
    const auto& [role, bound_to] = binding;
    return Alive(units_, bound_to) && WithinLocked(unit_id, bound_to) && RoleAllowsLocked(role, permission);
  });
}

bool Directory::HoldsAnywhere(uint64_t staff_id, std::string_view permission) const {
  const std::shared_lock lock(mutex_);
  const auto staff = staff_.find(staff_id);
  if (staff == staff_.end() || staff->second.disabled) return false;
  return std::ranges::any_of(staff->second.bindings, [&](const auto& binding) {
    return Alive(units_, binding.second) && RoleAllowsLocked(binding.first, permission);
  });
}

bool Directory::StaffActive(uint64_t staff_id) const {
  const std::shared_lock lock(mutex_);
  const auto staff = staff_.find(staff_id);
  return staff != staff_.end() && !staff->second.disabled;
}

std::optional<DirectoryUnit> Directory::FindUnit(uint64_t unit_id) const {
  const std::shared_lock lock(mutex_);
  const auto unit = units_.find(unit_id);
  if (unit == units_.end()) return std::nullopt;
  return unit->second;
}

std::optional<DirectoryTeam> Directory::FindTeam(uint64_t team_id) const {
  const std::shared_lock lock(mutex_);
  const auto team = teams_.find(team_id);
  if (team == teams_.end()) return std::nullopt;
  return team->second;
}

std::optional<DirectoryUnit> Directory::FindCenterByCode(std::string_view code) const {
  const std::shared_lock lock(mutex_);
  for (const DirectoryUnit* center : LivingCenters(units_, children_)) {
    if (center->code == code) return *center;
  }
  return std::nullopt;
}

std::optional<DirectoryUnit> Directory::OnlyCenter() const {
  const std::shared_lock lock(mutex_);
  const std::vector<const DirectoryUnit*> centers = LivingCenters(units_, children_);
  if (centers.size() != 1) return std::nullopt;
  return *centers.front();
}

std::vector<uint64_t> Directory::Subtree(uint64_t unit_id) const {
  const std::shared_lock lock(mutex_);
  std::vector<uint64_t> living;
  std::vector<uint64_t> level = {unit_id};
  if (unit_id != kPlatform && !units_.contains(unit_id)) return living;
  for (int depth = 0; depth <= kMaxDepth && !level.empty(); ++depth) {
    std::vector<uint64_t> below;
    for (const uint64_t id : level) {
      if (id != kPlatform && Alive(units_, id)) living.push_back(id);
      const auto children = children_.find(id);
      if (children != children_.end()) below.insert(below.end(), children->second.begin(), children->second.end());
    }
    level = std::move(below);
  }
  return living;
}

bool Directory::Within(uint64_t unit_id, uint64_t ancestor_id) const {
  const std::shared_lock lock(mutex_);
  return WithinLocked(unit_id, ancestor_id);
}

std::string Directory::StaffDisplayName(uint64_t staff_id) const {
  const std::shared_lock lock(mutex_);
  const auto staff = staff_.find(staff_id);
  return staff == staff_.end() ? "" : staff->second.display_name;
}

uint64_t Directory::VolunteerOf(uint64_t staff_id) const {
  const std::shared_lock lock(mutex_);
  const auto staff = staff_.find(staff_id);
  return staff == staff_.end() ? 0 : staff->second.volunteer_id;
}

bool Directory::WithinLocked(uint64_t unit_id, uint64_t ancestor_id) const {
  // Where the way up has a gap, those above the gap are not reached.
  uint64_t id = unit_id;
  for (int depth = 0; depth <= kMaxDepth; ++depth) {
    const auto unit = units_.find(id);
    if (id != kPlatform && unit == units_.end()) return false;
    if (id == ancestor_id) return true;
    if (id == kPlatform) return false;
    id = unit->second.parent_id;
  }
  return false;
}

bool Directory::RoleAllowsLocked(const std::string& role, std::string_view permission) const {
  const auto permissions = roles_.find(role);
  return permissions != roles_.end() && permissions->second.contains(std::string(permission));
}

}  // namespace wenming::auth
