// All units of all centers in memory, immutable one by one.
#pragma once

#include <cstddef>
#include <map>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "org_svc/units/unit_record.h"

namespace wenming::org {

// Which units a list is of; what is not set does not restrict.
struct UnitFilter {
  uint64_t center_id = 0;  // 0: the centers themselves, and nothing below them
  uint64_t parent_id = 0;
  bool subtree = false;  // all below the parent instead of its children
  v1::Unit::Level level = v1::Unit::LEVEL_UNSPECIFIED;
  std::string_view code;
  std::string_view text;  // in the name
};

// Thread-safe; readers do not wait for each other. Finding is fit for gRPC's own threads, listing takes up to
// milliseconds.
class UnitsCache {
 public:
  // Takes it over unless the same or a later version is here already; says whether it did.
  bool Put(UnitPtr unit);

  // Null where there is none; also finds deleted ones.
  UnitPtr Find(uint64_t id) const;
  UnitPtr FindCenter(std::string_view code) const;

  // Up to `limit` active units in the order of their codes, after the code.
  std::vector<UnitPtr> List(const UnitFilter& filter, std::string_view after, size_t limit) const;

  size_t size() const;

 private:
  using ByCode = std::map<std::string, UnitPtr, std::less<>>;

  UnitPtr FindLocked(uint64_t id) const;
  bool Matches(const UnitRecord& record, const UnitFilter& filter) const;
  bool Below(const UnitRecord& record, uint64_t ancestor_id) const;

  mutable std::shared_mutex mutex_;
  absl::flat_hash_map<uint64_t, UnitPtr> by_id_;
  absl::flat_hash_map<uint64_t, ByCode> by_center_;  // 0 holds the centers
};

}  // namespace wenming::org
