#include "volunteer_svc/hours/ledger_page.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/errors/errors.h"
#include "common/ids/ids.h"
#include "volunteer_svc/hours/hours_rules.h"

namespace wenming::volunteer {
namespace {

CreditedTime TimeOf(const HourEntry& entry) {
  return {.volunteer_id = entry.volunteer_id,
          .start_time = entry.start_time,
          .end_time = entry.end_time,
          .sequence = entry.sequence};
}

// Whether what came before says the same as what comes again. A reversal says which revision it takes back, no more.
bool SaysTheSame(const HourEntry& known, const HourEntry& again) {
  return IsReversal(again) ? known.volunteer_id == again.volunteer_id : SameCredit(known, again);
}

Credit CreditOf(const HourEntry& entry) {
  return {.center_id = entry.center_id, .minutes = entry.minutes, .balance_minutes = entry.balance_minutes};
}

}  // namespace

void LedgerPage::Know(uint64_t volunteer_id, HourAccount account) {
  accounts_.insert_or_assign(volunteer_id, std::move(account));
}

void LedgerPage::Know(HourEntry entry) { told_[entry.registration_id].push_back(std::move(entry)); }

void LedgerPage::Know(const CreditedTime& time) { times_[time.volunteer_id].insert_or_assign(time.start_time, time); }

const HourAccount* LedgerPage::FindAccount(uint64_t volunteer_id) const {
  const auto found = accounts_.find(volunteer_id);
  return found == accounts_.end() ? nullptr : &found->second;
}

absl::StatusOr<Credit> LedgerPage::Take(HourEntry wanted) {
  const auto account = accounts_.find(wanted.volunteer_id);
  if (account == accounts_.end()) return errors::NotFound(ids::ResourceName("volunteers", wanted.volunteer_id));
  // Revisions come one by one, so how many there are is the next one.
  const std::vector<HourEntry>& told = told_[wanted.registration_id];
  const auto next = static_cast<int64_t>(told.size());
  if (wanted.revision < next) {
    if (SaysTheSame(told[static_cast<size_t>(wanted.revision)], wanted)) return Credit{.center_id = wanted.center_id};
    return errors::FailedPrecondition(type::REASON_HOURS_CONTRADICT);
  }
  if (next > 0 && told.front().volunteer_id != wanted.volunteer_id) {
    return errors::FailedPrecondition(type::REASON_HOURS_CONTRADICT);
  }
  if (wanted.revision > next) return errors::FailedPrecondition(type::REASON_NOT_CREDITED);
  return IsReversal(wanted) ? Reverse(std::move(wanted), account->second) : Settle(std::move(wanted), account->second);
}

absl::StatusOr<Credit> LedgerPage::Settle(HourEntry entry, HourAccount& account) {
  // Credited times do not overlap, so the last one to begin before this one's end is the only one to reach into it.
  Times& times = times_[entry.volunteer_id];
  const auto behind = times.lower_bound(entry.end_time);
  if (behind != times.begin() && std::prev(behind)->second.end_time > entry.start_time) {
    return errors::FailedPrecondition(
        type::REASON_HOURS_OVERLAP, {{"credited", absl::StrCat(ids::ResourceName("volunteers", entry.volunteer_id),
                                                               "/hourEntries/", std::prev(behind)->second.sequence)}});
  }
  Write(std::move(entry), account);
  credited_.push_back(TimeOf(entries_.back()));
  times.emplace(entries_.back().start_time, credited_.back());
  return CreditOf(entries_.back());
}

absl::StatusOr<Credit> LedgerPage::Reverse(HourEntry entry, HourAccount& account) {
  const HourEntry& credited = told_[entry.registration_id].back();
  uncredited_.push_back(TimeOf(credited));
  times_[entry.volunteer_id].erase(credited.start_time);
  Write(Reversing(credited, entry), account);
  return CreditOf(entries_.back());
}

void LedgerPage::Write(HourEntry entry, HourAccount& account) {
  Chain(entry, account);
  told_[entry.registration_id].push_back(entry);
  entries_.push_back(std::move(entry));
}

}  // namespace wenming::volunteer
