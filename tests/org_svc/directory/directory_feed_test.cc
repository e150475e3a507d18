#include "org_svc/directory/directory_feed.h"

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "org_svc/directory/directory_service.h"

namespace wenming::org {
namespace {

constexpr uint64_t kCenter = 1;

UnitPtr MakeUnit(uint64_t id, uint64_t parent_id, int level, int64_t version = 1) {
  UnitRecord record{.center_id = kCenter, .id = id, .parent_id = parent_id, .version = version, .unit = {}};
  record.unit.set_level(static_cast<v1::Unit::Level>(level));
  record.unit.set_code(absl::StrCat("U", id, "-", version));
  record.unit.set_state(v1::Unit::STATE_ACTIVE);
  return std::make_shared<const UnitRecord>(std::move(record));
}

StaffPtr MakeStaff(uint64_t id, const std::string& role, int64_t version = 1) {
  v1::StaffChanged event;
  event.set_version(version);
  event.mutable_staff()->set_id(id);
  event.mutable_staff()->add_bindings()->set_role(role);
  event.mutable_staff()->mutable_bindings(0)->set_unit_id(kCenter);
  return std::make_shared<const v1::StaffChanged>(std::move(event));
}

TeamPtr MakeTeam(uint64_t id, int64_t version = 1, bool deleted = false) {
  v1::TeamChange change;
  change.set_version(version);
  change.mutable_team()->set_id(id);
  change.mutable_team()->set_center_id(kCenter);
  change.mutable_team()->set_deleted(deleted);
  return std::make_shared<const v1::TeamChange>(std::move(change));
}

class DirectoryFeedTest : public ::testing::Test {
 protected:
  DirectoryFeedTest() { feed_.Put(std::vector<UnitPtr>{MakeUnit(kCenter, 0, 1)}, {}, absl::Now()); }

  void Put(UnitPtr unit) { feed_.Put({&unit, 1}, {}, absl::Now()); }
  void Put(StaffPtr staff) { feed_.Put({}, {&staff, 1}, absl::Now()); }

  void Put(TeamPtr team) { feed_.Put({&team, 1}, absl::Now()); }

  static std::vector<v1::Role> Roles() {
    v1::Role role;
    role.set_key("unit_admin");
    role.add_permissions("units.write");
    return {role};
  }

  auth::Directory local_{absl::InfiniteDuration()};
  DirectoryFeed feed_{Roles(), local_};
};

TEST_F(DirectoryFeedTest, TheLocalDirectoryKnowsAtOnceButDecidesOnlyWhenComplete) {
  Put(MakeStaff(7, "unit_admin"));
  EXPECT_FALSE(local_.Ready(absl::Now()));
  feed_.Beat(absl::Now());
  EXPECT_TRUE(local_.Ready(absl::Now()));
  EXPECT_TRUE(local_.Holds(7, "units.write", kCenter));
}

TEST_F(DirectoryFeedTest, OldNewsIsNone) {
  Put(MakeUnit(2, kCenter, 2, 3));
  const FeedPosition seen = feed_.Await({}, absl::ZeroDuration()).position;
  Put(MakeUnit(2, kCenter, 2, 3));
  Put(MakeUnit(2, kCenter, 2, 1));
  EXPECT_TRUE(feed_.Await(seen, absl::ZeroDuration()).units.empty());
  EXPECT_EQ(local_.FindUnit(2)->code, "U2-3");
  Put(MakeUnit(2, kCenter, 2, 4));
  ASSERT_EQ(feed_.Await(seen, absl::ZeroDuration()).units.size(), 1u);
  EXPECT_EQ(local_.FindUnit(2)->code, "U2-4");
}

TEST_F(DirectoryFeedTest, ManyChangesOfOneAreOneInItsLastForm) {
  for (int64_t version = 1; version <= 50; ++version) Put(MakeUnit(2, kCenter, 2, version));
  const FeedNews news = feed_.Await({}, absl::ZeroDuration());
  ASSERT_EQ(news.units.size(), 2u);
  EXPECT_EQ(news.units[1]->version, 50);
}

TEST_F(DirectoryFeedTest, PartsAreSmallAndParentsComeFirst) {
  std::vector<UnitPtr> units;
  for (uint64_t id = 2; id < 30; ++id) units.push_back(MakeUnit(id, kCenter, 2));
  for (uint64_t id = 100; id < 1400; ++id) units.push_back(MakeUnit(id, 2 + id % 28, 3));
  feed_.Put(units, {}, absl::Now());
  // A parent that changes after its children still comes before them.
  Put(MakeUnit(kCenter, 0, 1, 2));
  std::set<uint64_t> told = {0};
  EXPECT_TRUE(WriteParts(feed_.Await({}, absl::ZeroDuration()), [&](const v1::WatchResponse& part) {
    EXPECT_LE(part.units_size(), 500);
    for (const v1::DirectoryUnit& unit : part.units()) {
      EXPECT_TRUE(told.contains(unit.parent_id())) << unit.id();
      told.insert(unit.id());
    }
    return true;
  }));
  EXPECT_EQ(told.size(), 1 + 1 + 28 + 1300u);
}

TEST_F(DirectoryFeedTest, TeamsAreToldInTheirLastFormAndInSmallParts) {
  std::vector<TeamPtr> teams;
  for (uint64_t id = 5000; id < 6200; ++id) teams.push_back(MakeTeam(id));
  feed_.Put(teams, absl::Now());
  Put(MakeTeam(5000, 3, /*deleted=*/true));
  Put(MakeTeam(5000, 2));
  EXPECT_TRUE(local_.FindTeam(5000)->deleted) << "the older form came later";
  EXPECT_FALSE(local_.FindTeam(5001)->deleted);
  auth::Directory remote(absl::InfiniteDuration());
  EXPECT_TRUE(WriteParts(feed_.Await({}, absl::ZeroDuration()), [&](const v1::WatchResponse& part) {
    EXPECT_LE(part.teams_size(), 500);
    remote.Apply(part, absl::Now());
    return true;
  }));
  for (uint64_t id = 5000; id < 6200; ++id) EXPECT_TRUE(remote.FindTeam(id).has_value()) << id;
  EXPECT_TRUE(remote.FindTeam(5000)->deleted);
}

// Takes what a watcher is told until it has had enough.
class Watcher : public rpc::StreamWriter {
 public:
  explicit Watcher(std::function<bool(const v1::WatchResponse&)> enough) : enough_(std::move(enough)) {}
  bool Write(const rpc::Message& message) override {
    parts.push_back(static_cast<const v1::WatchResponse&>(message));
    done_ = enough_(parts.back());
    return !done_;
  }
  bool Done() const override { return done_; }

  std::vector<v1::WatchResponse> parts;

 private:
  const std::function<bool(const v1::WatchResponse&)> enough_;
  bool done_ = false;
};

TEST_F(DirectoryFeedTest, AWatcherHearsAllThenSyncedThenChanges) {
  DirectoryService service(feed_);
  Put(MakeStaff(7, "unit_admin"));
  auth::Directory remote(absl::InfiniteDuration());
  std::atomic<bool> changed = false;
  Watcher watcher([&](const v1::WatchResponse& part) {
    remote.Apply(part, absl::Now());
    if (part.synced()) {
      changed = true;
      EXPECT_TRUE(remote.Holds(7, "units.write", kCenter));
      Put(MakeStaff(7, "none", 2));
    }
    return changed && part.staff_size() > 0;
  });
  feed_.Beat(absl::Now());
  std::thread beating([this, &watcher, &changed] {
    while (!changed) feed_.Beat(absl::Now());
  });
  EXPECT_TRUE(service.Watch({}, {}, watcher).ok());
  beating.join();
  EXPECT_EQ(watcher.parts.front().roles_size(), 1);
  EXPECT_FALSE(remote.Holds(7, "units.write", kCenter));
  EXPECT_EQ(local_.Holds(7, "units.write", kCenter), remote.Holds(7, "units.write", kCenter));
}

// A process that cannot know what others commit must not sound alive.
TEST_F(DirectoryFeedTest, WithoutABeatAWatcherIsNeverSynced) {
  DirectoryService service(feed_);
  feed_.Beat(absl::Now());
  int waits = 0;
  class Impatient : public Watcher {
   public:
    explicit Impatient(int& waits) : Watcher([](const v1::WatchResponse&) { return false; }), waits_(waits) {}
    bool Done() const override { return ++waits_ > 2; }
    int& waits_;
  } watcher(waits);
  EXPECT_TRUE(service.Watch({}, {}, watcher).ok());
  for (const v1::WatchResponse& part : watcher.parts) EXPECT_FALSE(part.synced());
  EXPECT_EQ(watcher.parts.size(), 2u) << "roles and the unit, and no sign of life";
}

}  // namespace
}  // namespace wenming::org
