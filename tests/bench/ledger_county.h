// A county with volunteers and a long hour ledger, for the benchmark of the ledger.
#pragma once

#include <cstdint>
#include <functional>
#include <random>
#include <string>

#include "absl/time/time.h"
#include "common/db/pool.h"
#include "tests/support/test_database.h"
#include "wenming/activity/v1/events.pb.h"

namespace wenming::bench {

// Every volunteer begins with so many entries, two hours each, on days that follow each other.
inline constexpr int64_t kEntriesEach = 100;
inline constexpr uint64_t kCountyCenter = 1001;

// Thread-safety: none, but for reading.
class County {
 public:
  // Fills a database of its own with about `entries` entries in whole volunteers, as the ledger itself would have
  // written them, and says on stderr how far it is. Ends the program where the database fails.
  explicit County(int64_t entries);

  db::Pool& pool() { return database_.pool(); }
  int64_t volunteers() const { return volunteers_; }
  int64_t entries() const { return volunteers_ * kEntriesEach; }

  // The id of the n-th volunteer, from 0 on.
  static uint64_t Volunteer(int64_t n);
  // The hours of his that follow on `before` others.
  activity::v1::HoursSettled Hours(int64_t volunteer, int64_t before);

 private:
  void AddVolunteers();
  // Writes the chains of the volunteers from `first` to `last`, without that.
  void AddChains(int64_t first, int64_t last);

  const int64_t volunteers_;
  test::TestDatabase database_;
  uint64_t registrations_ = 0;  // given to Hours
};

}  // namespace wenming::bench
