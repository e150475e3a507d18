#include "volunteer_svc/hours/ledger.h"

#include <utility>

#include "common/db/errors.h"
#include "common/errors/errors.h"
#include "common/ids/ids.h"
#include "volunteer_svc/hours/hours_rules.h"
#include "volunteer_svc/hours/hours_store.h"

namespace wenming::volunteer {
namespace {

// The answer where the registration has an entry already; nothing where it has none.
absl::StatusOr<std::optional<Credit>> CreditedBefore(db::Transaction& transaction, const HourEntry& entry) {
  const auto existing = HoursStore::FindRegistration(transaction, entry.center_id, entry.registration_id);
  if (!existing.ok()) return existing.status();
  if (!existing->has_value()) return std::optional<Credit>();
  if (!SameCredit(**existing, entry)) return errors::FailedPrecondition(type::REASON_HOURS_CONTRADICT);
  return std::optional<Credit>(Credit{});
}

}  // namespace

absl::StatusOr<Credit> ApplyHoursSettled(db::Transaction& transaction, uint64_t center_id,
                                         const activity::v1::HoursSettled& event, absl::Time now) {
  auto entry = EntryOf(center_id, event, now);
  if (!entry.ok()) return entry.status();
  auto account = HoursStore::LockAccount(transaction, center_id, entry->volunteer_id);
  if (!account.ok()) return account.status();
  if (!account->has_value()) return errors::NotFound(ids::ResourceName("volunteers", entry->volunteer_id));

  // Entries do not overlap, so the last one to begin before this one's end is the only one that can reach into it.
  const auto neighbour = HoursStore::LastBefore(transaction, center_id, entry->volunteer_id, entry->end_time);
  if (!neighbour.ok()) return neighbour.status();
  if (neighbour->has_value() && SameCredit(**neighbour, *entry)) return Credit{};
  if (neighbour->has_value() && Overlap(**neighbour, *entry)) {
    const auto before = CreditedBefore(transaction, *entry);
    if (!before.ok()) return before.status();
    if (before->has_value()) return **before;
    return errors::FailedPrecondition(type::REASON_HOURS_OVERLAP);
  }

  Chain(*entry, **account);
  const absl::Status appended = HoursStore::Append(transaction, *entry, **account);
  if (!db::IsDuplicateKey(appended, "by_registration")) {
    if (!appended.ok()) return appended;
    return Credit{.minutes = entry->minutes, .balance_minutes = entry->balance_minutes};
  }
  const auto before = CreditedBefore(transaction, *entry);
  if (!before.ok()) return before.status();
  if (!before->has_value()) return appended;
  return **before;
}

}  // namespace wenming::volunteer
