// The tables of settlement steps and of what the ledger was told. Rows are written under the lock of their shift.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "activity_svc/settlements/hour_entry.h"
#include "common/db/session.h"

namespace wenming::activity {

using StepKind = v1::Settlement::Step::Kind;

// A step that was taken.
struct SettlementStep {
  StepKind kind = v1::Settlement::Step::KIND_UNSPECIFIED;
  std::string actor = {};  // "staff/ID"; empty: before this was kept
  absl::Time time = {};
  bool late = false;
};
absl::Status InsertStep(db::Transaction& transaction, uint64_t center_id, uint64_t shift_id,
                        const SettlementStep& step);
// In order.
absl::StatusOr<std::vector<SettlementStep>> ListSteps(db::Session& session, uint64_t center_id, uint64_t shift_id);

// What hours are settled of; stored as these numbers.
enum class HourSource { kRegistration = 1, kSupplement = 2 };

absl::Status InsertEntry(db::Transaction& transaction, uint64_t center_id, const HourEntry& entry);
// The last one of a registration or supplement.
absl::StatusOr<std::optional<HourEntry>> LastEntry(db::Session& session, uint64_t center_id, uint64_t source_id);
// Oldest first, those of a revision above `after`.
absl::StatusOr<std::vector<HourEntry>> ListEntries(db::Session& session, uint64_t center_id, uint64_t source_id,
                                                   int after, int limit);

// All entries of a person, of his registrations or of his supplements with ids from `first` to `last`; those of each
// oldest first.
absl::StatusOr<std::vector<HourEntry>> ListOwnEntries(db::Session& session, HourSource source, uint64_t center_id,
                                                      uint64_t volunteer_id, uint64_t first, uint64_t last);

// An entry that credits the person for a part of the time from `start` to `end` and that nothing has taken back.
absl::StatusOr<std::optional<HourEntry>> FindCredited(db::Session& session, uint64_t center_id, uint64_t volunteer_id,
                                                      absl::Time start, absl::Time end);

// Whether the member of staff has had a hand in the hours of a registration: a step of its shift, a correction, a
// decision about an appeal, or an entry.
absl::StatusOr<bool> TookPart(db::Session& session, uint64_t center_id, uint64_t shift_id, uint64_t registration_id,
                              std::string_view subject, uint64_t staff_id);

}  // namespace wenming::activity
