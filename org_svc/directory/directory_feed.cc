#include "org_svc/directory/directory_feed.h"

#include <algorithm>
#include <utility>

namespace wenming::org {
namespace {

constexpr size_t kPartSize = 500;

int64_t VersionOf(const UnitRecord& record) { return record.version; }
int64_t VersionOf(const v1::TeamChange& change) { return change.version(); }
int64_t VersionOf(const v1::StaffChanged& event) { return event.version(); }

// What the entries that changed after the revision are now.
template <typename Entries, typename Pointer>
void Collect(const std::map<uint64_t, uint64_t>& changes, uint64_t after, const Entries& entries,
             std::vector<Pointer>& news) {
  for (auto at = changes.upper_bound(after); at != changes.end(); ++at) news.push_back(entries.at(at->second).value);
}

// Takes the value over when it is newer, under the next revision.
template <typename Entries, typename Pointer>
void Replace(uint64_t id, const Pointer& value, Entries& entries, std::map<uint64_t, uint64_t>& changes,
             uint64_t& revision) {
  auto& entry = entries[id];
  if (entry.value != nullptr && VersionOf(*entry.value) >= VersionOf(*value)) return;
  changes.erase(entry.revision);
  entry = {value, ++revision};
  changes.emplace(entry.revision, id);
}

}  // namespace

bool WriteParts(const FeedNews& news, const std::function<bool(const v1::WatchResponse&)>& write) {
  const size_t most = std::max({news.units.size(), news.teams.size(), news.staff.size()});
  for (size_t begin = 0; begin < most; begin += kPartSize) {
    v1::WatchResponse part;
    for (size_t i = begin; i < std::min(begin + kPartSize, news.units.size()); ++i) {
      *part.add_units() = ToDirectory(*news.units[i]);
    }
    for (size_t i = begin; i < std::min(begin + kPartSize, news.teams.size()); ++i) {
      *part.add_teams() = news.teams[i]->team();
    }
    for (size_t i = begin; i < std::min(begin + kPartSize, news.staff.size()); ++i) {
      *part.add_staff() = news.staff[i]->staff();
    }
    if (!write(part)) return false;
  }
  return true;
}

DirectoryFeed::DirectoryFeed(std::vector<v1::Role> roles, auth::Directory& local)
    : roles_(std::move(roles)), local_(local) {
  v1::WatchResponse part;
  part.mutable_roles()->Assign(roles_.begin(), roles_.end());
  local_.Apply(part, absl::InfinitePast());
}

void DirectoryFeed::Put(std::span<const UnitPtr> units, std::span<const StaffPtr> staff, absl::Time now) {
  const absl::MutexLock lock(&mutex_);
  for (const UnitPtr& unit : units) Replace(unit->id, unit, units_, unit_changes_, position_.revision);
  for (const StaffPtr& member : staff) {
    Replace(member->staff().id(), member, staff_, staff_changes_, position_.revision);
  }
  FeedLocal(now);
}

void DirectoryFeed::Put(std::span<const TeamPtr> teams, absl::Time now) {
  const absl::MutexLock lock(&mutex_);
  for (const TeamPtr& team : teams) Replace(team->team().id(), team, teams_, team_changes_, position_.revision);
  FeedLocal(now);
}

void DirectoryFeed::Beat(absl::Time now) {
  v1::WatchResponse sign_of_life;
  sign_of_life.set_synced(true);
  const absl::MutexLock lock(&mutex_);
  ++position_.beat;
  local_.Apply(sign_of_life, now);
}

FeedPosition DirectoryFeed::Begin() const {
  const absl::MutexLock lock(&mutex_);
  return {.revision = 0, .beat = position_.beat};
}

FeedNews DirectoryFeed::Await(const FeedPosition& after, absl::Duration timeout) const {
  const absl::MutexLock lock(&mutex_);
  const auto news = [this, &after] {
    mutex_.AssertReaderHeld();
    return position_.revision != after.revision || position_.beat != after.beat;
  };
  mutex_.AwaitWithTimeout(absl::Condition(&news), timeout);
  return Since(after);
}

FeedNews DirectoryFeed::Since(const FeedPosition& after) const {
  FeedNews news{.units = {}, .teams = {}, .staff = {}, .position = position_};
  Collect(unit_changes_, after.revision, units_, news.units);
  Collect(team_changes_, after.revision, teams_, news.teams);
  Collect(staff_changes_, after.revision, staff_, news.staff);
  std::ranges::stable_sort(news.units, {}, [](const UnitPtr& unit) { return unit->unit.level(); });
  return news;
}

void DirectoryFeed::FeedLocal(absl::Time now) {
  const FeedNews news = Since({.revision = local_revision_, .beat = 0});
  WriteParts(news, [this, now](const v1::WatchResponse& part) {
    local_.Apply(part, now);
    return true;
  });
  local_revision_ = news.position.revision;
}

}  // namespace wenming::org
