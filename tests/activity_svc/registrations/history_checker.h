// Looks at the tables as they are committed, and says what must never be true.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "common/db/pool.h"

namespace wenming::activity {

// Not thread-safe.
class HistoryChecker {
 public:
  HistoryChecker(db::Pool& pool, uint64_t center_id) : pool_(pool), center_id_(center_id) {}

  // What is wrong in the state committed now, in one statement and so at one point in time: a shift with more people
  // than places, counters that do not say what the registrations say, a free place while people wait.
  std::vector<std::string> FaultsNow();

  // What is wrong at the end: an acknowledged registration that is not there, a person with two overlapping places or
  // twice in one shift, somebody who still waits although a later one was asked, somebody who was not told once of
  // each move that others made of his place, and of each step of a handover.
  std::vector<std::string> FaultsAfter(const std::set<uint64_t>& acknowledged);

  // How often FaultsNow has looked.
  int looks() const { return looks_; }

 private:
  std::vector<std::string> Find(const char* what, const std::string& sql);

  db::Pool& pool_;
  const uint64_t center_id_;
  int looks_ = 0;
};

}  // namespace wenming::activity
