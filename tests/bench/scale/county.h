// A county with many registrations, for the benchmark of how calls scale.
#pragma once

#include <cstdint>
#include <string>

#include "absl/time/time.h"
#include "common/db/pool.h"
#include "tests/support/test_database.h"

namespace wenming::bench {

// Every volunteer has so many registrations, weeks apart over two years and a half: three of four are past, with a
// presence each.
inline constexpr int64_t kRegistrationsEach = 40;
inline constexpr int64_t kPastEach = 30;
inline constexpr uint64_t kScaleCenter = 1001;

// Shifts of two hours follow each other evenly, 20 people in each, five shifts an activity, the activities in turns
// with 300 units. Rows stand in order of time, so that those of one volunteer lie far apart, as they would.
//
// Thread-safety: none, but for the pool.
class RegistrationCounty {
 public:
  // Fills a database of its own with about `registrations` registrations, and says on stderr how far it is. Ends the
  // program where the database fails.
  explicit RegistrationCounty(int64_t registrations);

  db::Pool& pool() { return database_.pool(); }
  int64_t registrations() const { return volunteers_ * kRegistrationsEach; }
  int64_t volunteers() const { return volunteers_; }
  // Of the shifts, from 0 on; those before the first coming one have ended.
  int64_t shifts() const { return shifts_; }
  int64_t first_coming() const { return shifts_ * kPastEach / kRegistrationsEach; }
  // Between past and coming.
  absl::Time now() const { return now_; }
  absl::Time StartOf(int64_t shift) const;

  static uint64_t Volunteer(int64_t n);
  static uint64_t Shift(int64_t n);

 private:
  // INSERT INTO `table` SELECT `columns` for seq from 0 to `count` - 1, in pieces, from two threads; names that
  // begin with $ are put in.
  void Fill(const char* table, const char* columns, int64_t count);

  const int64_t volunteers_;
  const int64_t shifts_;
  const absl::Time now_;
  test::TestDatabase database_;
};

}  // namespace wenming::bench
