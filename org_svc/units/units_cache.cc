#include "org_svc/units/units_cache.h"

#include <mutex>
#include <utility>

namespace wenming::org {
namespace {

constexpr uint64_t kPlatform = 0;

}  // namespace

bool UnitsCache::Put(UnitPtr unit) {
  const std::unique_lock lock(mutex_);
  UnitPtr& known = by_id_[unit->id];
  if (known != nullptr && known->version >= unit->version) return false;
  known = unit;
  const std::string& code = unit->unit.code();
  if (unit->parent_id == kPlatform) by_center_[kPlatform][code] = unit;
  by_center_[unit->center_id][code] = std::move(unit);
  return true;
}

UnitPtr UnitsCache::Find(uint64_t id) const {
  const std::shared_lock lock(mutex_);
  return FindLocked(id);
}

UnitPtr UnitsCache::FindLocked(uint64_t id) const {
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : found->second;
}

UnitPtr UnitsCache::FindCenter(std::string_view code) const {
  const std::shared_lock lock(mutex_);
  const auto centers = by_center_.find(kPlatform);
  if (centers == by_center_.end()) return nullptr;
  const auto found = centers->second.find(code);
  return found == centers->second.end() ? nullptr : found->second;
}

std::vector<UnitPtr> UnitsCache::List(const UnitFilter& filter, std::string_view after, size_t limit) const {
  std::vector<UnitPtr> units;
  const std::shared_lock lock(mutex_);
  const auto center = by_center_.find(filter.center_id);
  if (center == by_center_.end()) return units;
  for (auto entry = center->second.upper_bound(after); entry != center->second.end(); ++entry) {
    if (units.size() == limit) break;
    if (Matches(*entry->second, filter)) units.push_back(entry->second);
  }
  return units;
}

size_t UnitsCache::size() const {
  const std::shared_lock lock(mutex_);
  return by_id_.size();
}

bool UnitsCache::Matches(const UnitRecord& record, const UnitFilter& filter) const {
  const v1::Unit& unit = record.unit;
  if (unit.state() != v1::Unit::STATE_ACTIVE) return false;
  if (filter.level != v1::Unit::LEVEL_UNSPECIFIED && unit.level() != filter.level) return false;
  if (!filter.code.empty() && unit.code() != filter.code) return false;
  if (unit.display_name().find(filter.text) == std::string::npos) return false;
  if (filter.parent_id == 0) return true;
  return filter.subtree ? Below(record, filter.parent_id) : record.parent_id == filter.parent_id;
}

bool UnitsCache::Below(const UnitRecord& record, uint64_t ancestor_id) const {
  // A parent is one level up, so the way ends.
  int level = record.unit.level();
  for (UnitPtr above = FindLocked(record.parent_id); above != nullptr && above->unit.level() < level;
       above = FindLocked(above->parent_id)) {
    if (above->id == ancestor_id) return true;
    level = above->unit.level();
  }
  return false;
}

}  // namespace wenming::org
