#include "volunteer_svc/hours/account_check.h"

#include <algorithm>

#include "common/crypto/digest.h"
#include "volunteer_svc/hours/hash_chain.h"

namespace wenming::volunteer {
namespace {

bool operator==(const CreditedTime& a, const CreditedTime& b) {
  return a.start_time == b.start_time && a.end_time == b.end_time && a.sequence == b.sequence;
}

// What the account says otherwise than its entries; empty where they agree.
const char* FaultOf(const HourAccount& account, const HourAccount& reached) {
  if (account.sequence > reached.sequence) return "removed";
  if (account.sequence < reached.sequence) return "account: number of entries";
  if (account.balance_minutes != reached.balance_minutes) return "account: balance";
  if (account.supplement_minutes != reached.supplement_minutes) return "account: supplements";
  if (account.latest_end_time != reached.latest_end_time) return "account: latest end";
  if (account.head_hash != reached.head_hash) return "account: hash";
  return "";
}

}  // namespace

void AccountCheck::Take(const EntryText& row) {
  if (fault_) return;
  const int64_t sequence = row.Number(kSequence), next = reached_.sequence + 1;
  if (sequence < next) return Find(sequence, "inserted");
  if (sequence > next) return Find(next, "removed");
  bytes_ = reached_.head_hash;
  AppendCanonicalBytes(row.columns, bytes_);
  if (crypto::Sha256(bytes_) != row.hash) return Find(sequence, "altered");
  // What has the right hash may still have been written by somebody who can make one.
  const int64_t minutes = row.Number(kMinutes), balance = row.Number(kBalance);
  if (balance != reached_.balance_minutes + minutes) return Find(sequence, "balance");
  const Standing entry{.registration_id = row.Number<uint64_t>(kRegistration),
                       .revision = row.Number(kRevision),
                       .minutes = minutes,
                       .time = {.volunteer_id = row.Number<uint64_t>(kVolunteer),
                                .start_time = absl::FromUnixMicros(row.Number(kStart)),
                                .end_time = absl::FromUnixMicros(row.Number(kEnd)),
                                .sequence = sequence}};
  if (!Stand(entry)) return Find(sequence, "revision");
  reached_.sequence = sequence;
  reached_.balance_minutes = balance;
  if (row.Number(kGrade) == v1::GRADE_D) reached_.supplement_minutes += minutes;
  reached_.latest_end_time = std::max(reached_.latest_end_time, entry.time.end_time);
  reached_.head_hash = row.hash;
}

bool AccountCheck::Stand(const Standing& entry) {
  if (entry.revision % 2 == 0) {
    standing_.push_back(entry);
    return entry.minutes > 0;
  }
  // What is taken back has mostly come late.
  const auto taken = std::find_if(standing_.rbegin(), standing_.rend(), [&](const Standing& standing) {
    return standing.registration_id == entry.registration_id;
  });
  if (taken == standing_.rend() || taken->revision + 1 != entry.revision || taken->minutes != -entry.minutes ||
      taken->time.start_time != entry.time.start_time || taken->time.end_time != entry.time.end_time) {
    return false;
  }
  standing_.erase(std::next(taken).base());
  return true;
}

void AccountCheck::End(const HourAccount* account, std::span<const CreditedTime> times) {
  if (fault_) return;
  const int64_t next = reached_.sequence + 1;
  if (account == nullptr) return Find(next, "account: none");
  if (const char* what = FaultOf(*account, reached_); *what != '\0') return Find(next, what);
  CheckTimes(times);
}

void AccountCheck::CheckTimes(std::span<const CreditedTime> times) {
  std::ranges::sort(standing_, {}, [](const Standing& standing) { return standing.time.start_time; });
  for (size_t i = 0; i + 1 < standing_.size(); ++i) {
    const CreditedTime &one = standing_[i].time, &other = standing_[i + 1].time;
    if (one.end_time > other.start_time) return Find(std::max(one.sequence, other.sequence), "credited twice");
  }
  const auto [standing, time] =
      std::ranges::mismatch(standing_, times, [](const Standing& a, const CreditedTime& b) { return a.time == b; });
  if (standing == standing_.end() && time == times.end()) return;
  // The row is missing or altered; or, beyond and between those of entries, it is one too many.
  const bool missing =
      time == times.end() || (standing != standing_.end() && standing->time.start_time <= time->start_time);
  Find(missing ? standing->time.sequence : time->sequence, missing ? "credited time" : "credited time inserted");
}

}  // namespace wenming::volunteer
