// Plays the same random history to the directory and to a model so simple that it is plainly right, and asks both
// everything.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>

#include "common/auth/directory.h"
#include "tests/common/auth/directory_parts.h"

namespace wenming::auth {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(1'780'000'000);
constexpr uint64_t kUnits = 24, kStaff = 8;
const char* const kRoles[] = {"editor", "reader", "auditor"};
const char* const kPermissions[] = {"units.read", "units.write", "audit.read"};

using Bindings = std::vector<std::pair<std::string, uint64_t>>;

struct Model {
  struct Unit {
    uint64_t parent_id = 0;
    bool deleted = false;
  };
  struct Staff {
    Bindings bindings;
    bool disabled = false;
  };

  std::map<uint64_t, Unit> units;
  std::map<uint64_t, Staff> staff;
  std::map<std::string, std::set<std::string>> roles;

  // All units below `top`, and `top` itself: what has its parent in the set is in the set.
  std::set<uint64_t> Reach(uint64_t top) const {
    std::set<uint64_t> reach;
    if (top == 0 || units.contains(top)) reach.insert(top);
    for (size_t before = 0; before != reach.size();) {
      before = reach.size();
      for (const auto& [id, unit] : units) {
        if (reach.contains(unit.parent_id)) reach.insert(id);
      }
    }
    return reach;
  }

  // `reach`: Reach of every unit, worked out once for many questions.
  bool Holds(uint64_t staff_id, const std::string& permission, uint64_t unit_id,
             const std::vector<std::set<uint64_t>>& reach) const {
    const auto member = staff.find(staff_id);
    if (member == staff.end() || member->second.disabled) return false;
    for (const auto& [role, top] : member->second.bindings) {
      const bool alive = top == 0 || (units.contains(top) && !units.at(top).deleted);
      if (alive && roles.contains(role) && roles.at(role).contains(permission) && reach[top].contains(unit_id))
        return true;
    }
    return false;
  }
};

class History {
 public:
  explicit History(unsigned seed) : random_(seed) {}

  // One change or a whole new stream, to both.
  void Step(Model& model, Directory& directory) {
    if (Pick(20) == 0) return Resync(model, directory);
    Parts part;
    for (uint64_t change = Pick(4); change > 0; --change) Change(model, part);
    directory.Apply(part, kNow);
  }

  void Resync(Model& model, Directory& directory) {
    std::erase_if(model.units, [this](const auto&) { return Pick(10) == 0; });
    std::erase_if(model.staff, [this](const auto&) { return Pick(10) == 0; });
    directory.Restart();
    if (Pick(4) == 0) {  // a stream that breaks off
      Parts part;
      Change(model, part);
      directory.Apply(part, kNow);
      directory.Restart();
    }
    for (const auto& [id, unit] : model.units) directory.Apply(Parts().Unit(id, unit.parent_id, unit.deleted), kNow);
    Parts rest;
    for (const auto& [id, member] : model.staff) rest.Staff(id, member.bindings, member.disabled);
    directory.Apply(rest.Synced(), kNow);
  }

 private:
  uint64_t Pick(uint64_t below) { return std::uniform_int_distribution<uint64_t>(0, below - 1)(random_); }

  void Change(Model& model, Parts& part) {
    switch (Pick(5)) {
      case 0:
      case 1:
      case 2: {
        // Parents have lower numbers, so that there are no loops; some are not there.
        const uint64_t id = 1 + Pick(kUnits);
        const Model::Unit unit{Pick(id), Pick(6) == 0};
        model.units[id] = unit;
        part.Unit(id, unit.parent_id, unit.deleted);
        break;
      }
      case 3: {
        const uint64_t id = 1 + Pick(kStaff);
        Model::Staff member{{}, Pick(6) == 0};
        for (uint64_t count = Pick(4); count > 0; --count) {
          member.bindings.emplace_back(kRoles[Pick(3)], Pick(kUnits + 1));
        }
        model.staff[id] = member;
        part.Staff(id, member.bindings, member.disabled);
        break;
      }
      default:
        // A later Role of the same part would add to the earlier: all roles go into one part of their own.
        if (static_cast<const org::v1::WatchResponse&>(part).roles_size() > 0) break;
        model.roles.clear();
        for (uint64_t role = 0; role < 2; ++role) {  // the third is not known
          const char* permission = kPermissions[Pick(3)];
          model.roles[kRoles[role]] = {permission};
          part.Role(kRoles[role], {permission});
        }
    }
  }

  std::mt19937_64 random_;
};

void ExpectSame(const Model& model, const Directory& directory) {
  std::vector<std::set<uint64_t>> reach;
  for (uint64_t top = 0; top <= kUnits; ++top) {
    reach.push_back(model.Reach(top));
    std::set<uint64_t> living;
    for (uint64_t id = 0; id <= kUnits; ++id) {
      ASSERT_EQ(directory.Within(id, top), reach[top].contains(id)) << id << " in " << top;
      if (id != 0 && reach[top].contains(id) && !model.units.at(id).deleted) living.insert(id);
    }
    const std::vector<uint64_t> subtree = directory.Subtree(top);
    ASSERT_THAT(subtree, ::testing::UnorderedElementsAreArray(living)) << "below " << top;
  }
  for (uint64_t staff_id = 0; staff_id <= kStaff; ++staff_id) {
    for (const char* permission : kPermissions) {
      for (uint64_t id = 0; id <= kUnits; ++id) {
        ASSERT_EQ(directory.Holds(staff_id, permission, id), model.Holds(staff_id, permission, id, reach))
            << staff_id << " " << permission << " on " << id;
      }
    }
  }
}

TEST(DirectoryModel, AgreesWithTheSimpleOneThroughARandomHistory) {
  const unsigned seed = std::random_device()();
  SCOPED_TRACE("seed " + std::to_string(seed));
  History history(seed);
  Model model;
  Directory directory(absl::Seconds(5));
  history.Resync(model, directory);
  for (int step = 0; step < 300; ++step) {
    history.Step(model, directory);
    ASSERT_NO_FATAL_FAILURE(ExpectSame(model, directory)) << "step " << step;
  }
}

}  // namespace
}  // namespace wenming::auth
