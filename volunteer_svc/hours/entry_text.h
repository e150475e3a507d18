// A row of the ledger as one text, which is how the verifier reads it: the hash is made of texts anyway, and one column
// is sent and taken in a fraction of the time of twenty. Pure functions.
#pragma once

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "volunteer_svc/hours/hash_chain.h"

namespace wenming::volunteer {

// The places of columns in the table.
enum Column : size_t {
  kVolunteer = 1,
  kSequence = 2,
  kRegistration = 3,
  kRevision = 4,
  kMinutes = 5,
  kBalance = 6,
  kStart = 7,
  kEnd = 8,
  kTitle = 10,
  kPlace = 14,
  kContent = 15,
  kGrade = 18,
};

// What to select from `hour_entries` for ParseEntry: the numbers in the order of the table and the sizes of the three
// texts, each with a tab behind it, then the texts and the hash.
inline constexpr char kEntryText[] =
    "CONCAT_WS('\t', center_id, volunteer_id, sequence, registration_id, revision, minutes, balance_minutes, "
    "start_time,"
    " end_time, activity_id, shift_id, unit_id, team_id, person_in_charge_id, recorder_id, grade, record_time,"
    " LENGTH(activity_title), LENGTH(place), LENGTH(content), CONCAT(activity_title, place, content, hash))";

// Views into a row.
struct EntryText {
  ColumnTexts columns;
  std::string_view hash;

  template <typename T = int64_t>
  T Number(Column column) const {
    T number = 0;
    std::from_chars(columns[column].data(), columns[column].data() + columns[column].size(), number);
    return number;
  }
};

EntryText ParseEntry(std::string_view row);

}  // namespace wenming::volunteer
