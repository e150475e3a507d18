#include "volunteer_svc/hours/ledger.h"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <span>
#include <tuple>
#include <utility>

#include "volunteer_svc/hours/ledger_store.h"

namespace wenming::volunteer {
namespace {

constexpr size_t kMostTogether = 256;

// Whether `next` can be on one page with `last`, which stands before it: of one center, and a reversal alone of its
// volunteer, for what is asked about the times of a volunteer is asked before anything of the page is written.
bool Together(const HourEntry& last, const HourEntry& next) {
  if (last.center_id != next.center_id) return false;
  return last.volunteer_id != next.volunteer_id || !(IsReversal(last) || IsReversal(next));
}

// How many of the entries, ordered by volunteer, go on one page.
size_t PageSize(std::span<const HourEntry> wanted) {
  size_t size = 1;
  while (size < std::min(wanted.size(), kMostTogether) && Together(wanted[size - 1], wanted[size])) ++size;
  return size;
}

// The ids of the entries, each once.
template <typename IdOf>
std::vector<uint64_t> Distinct(std::span<const HourEntry> entries, IdOf id_of) {
  std::vector<uint64_t> ids;
  ids.reserve(entries.size());
  for (const HourEntry& entry : entries) ids.push_back(id_of(entry));
  std::ranges::sort(ids);
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  return ids;
}

// A page that knows all it must for these entries.
absl::StatusOr<LedgerPage> Load(db::Transaction& transaction, std::span<const HourEntry> wanted) {
  const uint64_t center_id = wanted.front().center_id;
  LedgerPage page;
  const auto volunteers = Distinct(wanted, [](const HourEntry& entry) { return entry.volunteer_id; });
  auto accounts = LedgerStore::LockAccounts(transaction, center_id, volunteers);
  if (!accounts.ok()) return accounts.status();
  for (auto& [volunteer_id, account] : *accounts) page.Know(volunteer_id, std::move(account));

  const auto registrations = Distinct(wanted, [](const HourEntry& entry) { return entry.registration_id; });
  auto told = LedgerStore::OfRegistrations(transaction, center_id, registrations);
  if (!told.ok()) return told.status();
  for (HourEntry& entry : *told) page.Know(std::move(entry));

  // Mostly what comes is later than all that is there, and then nothing needs to be asked.
  std::vector<Before> befores;
  for (const HourEntry& entry : wanted) {
    const HourAccount* account = page.FindAccount(entry.volunteer_id);
    if (account == nullptr || IsReversal(entry) || entry.start_time >= account->latest_end_time) continue;
    befores.push_back({entry.volunteer_id, entry.end_time});
  }
  const auto times = LedgerStore::LastBefore(transaction, center_id, befores);
  if (!times.ok()) return times.status();
  for (const CreditedTime& time : *times) page.Know(time);
  return page;
}

absl::Status Store(db::Transaction& transaction, const LedgerPage& page) {
  if (page.entries().empty()) return absl::OkStatus();
  const uint64_t center_id = page.entries().front().center_id;
  if (absl::Status status = LedgerStore::Insert(transaction, page.entries()); !status.ok()) return status;
  for (const CreditedTime& time : page.uncredited()) {
    if (absl::Status status = LedgerStore::Uncredit(transaction, center_id, time); !status.ok()) return status;
  }
  if (absl::Status status = LedgerStore::Credit(transaction, center_id, page.credited()); !status.ok()) return status;
  std::vector<OwnedAccount> accounts;
  for (const uint64_t id : Distinct(page.entries(), [](const HourEntry& entry) { return entry.volunteer_id; })) {
    accounts.emplace_back(id, *page.FindAccount(id));
  }
  return LedgerStore::Move(transaction, center_id, accounts);
}

}  // namespace

absl::StatusOr<std::vector<Credit>> WriteHours(db::Transaction& transaction, std::vector<HourEntry> wanted) {
  // By volunteer, so that locks are taken, and pages of the table visited, in the same order everywhere.
  std::ranges::stable_sort(wanted, {},
                           [](const HourEntry& entry) { return std::make_tuple(entry.center_id, entry.volunteer_id); });
  std::vector<Credit> credits;
  credits.reserve(wanted.size());
  for (std::span<HourEntry> rest(wanted); !rest.empty();) {
    const std::span<HourEntry> part = rest.first(PageSize(rest));
    auto page = Load(transaction, part);
    if (!page.ok()) return page.status();
    for (HourEntry& entry : part) {
      const auto credit = page->Take(std::move(entry));
      if (!credit.ok()) return credit.status();
      credits.push_back(*credit);
    }
    if (absl::Status stored = Store(transaction, *page); !stored.ok()) return stored;
    rest = rest.subspan(part.size());
  }
  return credits;
}

}  // namespace wenming::volunteer
