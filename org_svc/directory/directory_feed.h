// The directory as it is told: all units, teams, staff and roles in memory, and what has changed since a watcher last
// looked.
//
// One mechanism for all: the process's own auth::Directory and every remote watcher get the same parts.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "common/auth/directory.h"
#include "org_svc/units/unit_record.h"
#include "wenming/org/v1/directory.pb.h"
#include "wenming/org/v1/events.pb.h"

namespace wenming::org {

using TeamPtr = std::shared_ptr<const v1::TeamChange>;
using StaffPtr = std::shared_ptr<const v1::StaffChanged>;

// How far a watcher has got.
struct FeedPosition {
  uint64_t revision = 0;  // of the last change it has seen; 0 has seen nothing
  uint64_t beat = 0;
};

// What is new after a position. Of an entry that changed several times the last form only.
struct FeedNews {
  std::vector<UnitPtr> units;  // a parent before its children
  std::vector<TeamPtr> teams;
  std::vector<StaffPtr> staff;
  FeedPosition position;
};

// Calls `write` with the news in parts of at most 500 units, teams and staff each, until it answers false; says whether
// it never did.
bool WriteParts(const FeedNews& news, const std::function<bool(const v1::WatchResponse&)>& write);

// Thread-safe.
class DirectoryFeed {
 public:
  DirectoryFeed(std::vector<v1::Role> roles, auth::Directory& local);

  // Takes over what is newer than what is here; `local` knows it when this returns.
  void Put(std::span<const UnitPtr> units, std::span<const StaffPtr> staff, absl::Time now);
  void Put(std::span<const TeamPtr> teams, absl::Time now);

  // Everything that was committed a moment before `now` is here. Until the first beat the directory is not complete.
  void Beat(absl::Time now);

  // Where a watcher begins that has seen nothing.
  FeedPosition Begin() const;
  // Waits for a change or a beat after the position, at most for the timeout; the news may be empty.
  FeedNews Await(const FeedPosition& after, absl::Duration timeout) const;

  const std::vector<v1::Role>& roles() const { return roles_; }

 private:
  template <typename Pointer>
  struct Entry {
    Pointer value;
    uint64_t revision = 0;
  };

  FeedNews Since(const FeedPosition& after) const ABSL_SHARED_LOCKS_REQUIRED(mutex_);
  void FeedLocal(absl::Time now) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const std::vector<v1::Role> roles_;
  auth::Directory& local_;
  mutable absl::Mutex mutex_;
  absl::flat_hash_map<uint64_t, Entry<UnitPtr>> units_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<uint64_t, Entry<TeamPtr>> teams_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<uint64_t, Entry<StaffPtr>> staff_ ABSL_GUARDED_BY(mutex_);
  // The ids of the entries by the revision of their last change; each entry stands in one of them once.
  std::map<uint64_t, uint64_t> unit_changes_ ABSL_GUARDED_BY(mutex_);
  std::map<uint64_t, uint64_t> team_changes_ ABSL_GUARDED_BY(mutex_);
  std::map<uint64_t, uint64_t> staff_changes_ ABSL_GUARDED_BY(mutex_);
  FeedPosition position_ ABSL_GUARDED_BY(mutex_);
  uint64_t local_revision_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace wenming::org
