#include "volunteer_svc/hours/ledger_verifier.h"

#include <algorithm>
#include <limits>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "common/db/transaction.h"
#include "common/errors/errors.h"
#include "common/ids/ids.h"
#include "volunteer_svc/hours/hours_store.h"
#include "volunteer_svc/hours/verifier_store.h"

namespace wenming::volunteer {
namespace {

constexpr int kEntriesAtOnce = 3000;
constexpr int kAccountsAtOnce = 200;
constexpr absl::Duration kTimeout = absl::Minutes(5);  // for one piece

// A piece of the ledger: accounts that follow each other, and the range that they stand for.
struct Piece {
  VolunteerRange range;
  std::vector<OwnedAccount> accounts;
};

// Calls `take(entry)` for the entries of the range in order.
template <typename Take>
absl::Status ForEachEntry(db::Session& session, const VolunteerRange& range, Take take) {
  std::optional<EntryPlace> last;
  for (bool more = true; more;) {
    const auto entries = VerifierStore::Entries(session, range, last, kEntriesAtOnce);
    if (!entries.ok()) return entries.status();
    EntryText entry;
    for (const std::string& text : *entries) {
      entry = ParseEntry(text);
      take(entry);
    }
    more = entries->size() == kEntriesAtOnce;
    if (more) last = EntryPlace{entry.Number<uint64_t>(kVolunteer), entry.Number(kSequence)};
  }
  return absl::OkStatus();
}

// What a piece came to: volunteers in order with how many entries, and those that seem wrong.
struct Seen {
  int64_t accounts = 0;
  int64_t entries = 0;
  std::vector<uint64_t> suspects;
};

// Walks accounts, entries and times of a piece side by side.
class PieceCheck {
 public:
  explicit PieceCheck(const Piece& piece, std::vector<CreditedTime> times) : piece_(piece), times_(std::move(times)) {}

  void Take(const EntryText& entry) {
    const auto volunteer_id = entry.Number<uint64_t>(kVolunteer);
    if (volunteer_id != volunteer_id_ || !check_) {
      EndVolunteer();
      SkipTo(volunteer_id);
      volunteer_id_ = volunteer_id;
      check_.emplace();
    }
    check_->Take(entry);
  }

  Seen End() {
    EndVolunteer();
    SkipTo(std::nullopt);
    return std::move(seen_);
  }

 private:
  // Volunteers without entries that come before `next`.
  void SkipTo(std::optional<uint64_t> next) {
    while (true) {
      std::optional<uint64_t> id;
      if (account_ < piece_.accounts.size()) id = piece_.accounts[account_].first;
      if (time_ < times_.size()) id = std::min(id.value_or(times_[time_].volunteer_id), times_[time_].volunteer_id);
      if (!id || (next && *id >= *next)) return;
      volunteer_id_ = *id;
      check_.emplace();
      EndVolunteer();
    }
  }

  void EndVolunteer() {
    if (!check_) return;
    const HourAccount* account = nullptr;
    if (account_ < piece_.accounts.size() && piece_.accounts[account_].first == volunteer_id_) {
      account = &piece_.accounts[account_++].second;
    }
    const size_t first = time_;
    while (time_ < times_.size() && times_[time_].volunteer_id == volunteer_id_) ++time_;
    check_->End(account, std::span(times_).subspan(first, time_ - first));
    if (check_->fault()) {
      seen_.suspects.push_back(volunteer_id_);
    } else {
      ++seen_.accounts;
      seen_.entries += check_->entries();
    }
    check_.reset();
  }

  const Piece& piece_;
  const std::vector<CreditedTime> times_;
  size_t account_ = 0, time_ = 0;
  uint64_t volunteer_id_ = 0;
  std::optional<AccountCheck> check_;
  Seen seen_;
};

// Gives out the pieces in order and gathers what was found.
class Verifier {
 public:
  Verifier(db::Pool& pool, const VerifierOptions& options) : pool_(pool), options_(options) {}

  absl::StatusOr<LedgerReport> Run() {
    std::vector<std::thread> threads;
    for (int i = 1; i < options_.threads; ++i) threads.emplace_back([this] { Work(); });
    Work();
    for (std::thread& thread : threads) thread.join();
    absl::MutexLock lock(&mutex_);
    if (!status_.ok()) return status_;
    return report_;
  }

 private:
  void Work() {
    for (;;) {
      const auto piece = Next();
      if (!piece.ok()) return Fail(piece.status());
      if (!piece->has_value()) return;
      if (const absl::Status checked = Check(**piece); !checked.ok()) return Fail(checked);
    }
  }

  void Fail(const absl::Status& status) {
    absl::MutexLock lock(&mutex_);
    status_.Update(status);
  }

  // The next piece; nothing at the end, or when there is no need to go on. Held by one thread at a time: short.
  absl::StatusOr<std::optional<Piece>> Next() {
    absl::MutexLock lock(&mutex_);
    if (!status_.ok() || report_.fault || ended_) return std::optional<Piece>();
    return db::Read(pool_, absl::Now() + kTimeout, [this](db::Session& session) {
      mutex_.AssertHeld();
      return ReadPiece(session);
    });
  }

  absl::StatusOr<std::optional<Piece>> ReadPiece(db::Session& session) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    if (next_.first == 0) {
      const auto center = VerifierStore::NextCenter(session, next_.center_id);
      if (!center.ok()) return center.status();
      ended_ = !center->has_value();
      if (ended_) return std::optional<Piece>();
      next_.center_id = **center;
    }
    auto accounts = VerifierStore::Accounts(session, next_.center_id, next_.first, kAccountsAtOnce);
    if (!accounts.ok()) return accounts.status();
    Piece piece{.range = next_, .accounts = *std::move(accounts)};
    const bool last = piece.accounts.size() < kAccountsAtOnce;
    piece.range.last = last ? std::numeric_limits<uint64_t>::max() : piece.accounts.back().first;
    next_.first = piece.range.last + 1;  // 0 after the last
    if (last) ended_ = ++next_.center_id == 0;
    return std::optional<Piece>(std::move(piece));
  }

  absl::Status Check(const Piece& piece) {
    const auto seen = db::Read(pool_, absl::Now() + kTimeout, [&](db::Session& session) -> absl::StatusOr<Seen> {
      auto times = VerifierStore::Times(session, piece.range);
      if (!times.ok()) return times.status();
      PieceCheck check(piece, *std::move(times));
      const absl::Status read = ForEachEntry(session, piece.range, [&](const EntryText& entry) { check.Take(entry); });
      if (!read.ok()) return read;
      return check.End();
    });
    if (!seen.ok()) return seen.status();
    Add(seen->accounts, seen->entries);
    for (const uint64_t suspect : seen->suspects) {
      const auto fault = Confirm(piece.range.center_id, suspect);
      if (!fault.ok()) return fault.status();
      if (*fault) break;
    }
    return absl::OkStatus();
  }

  // Whether what seemed wrong is so while nothing is written.
  absl::StatusOr<bool> Confirm(uint64_t center_id, uint64_t volunteer_id) {
    const auto report = db::RunTransaction(
        pool_, {.deadline = absl::Now() + kTimeout},
        [&](db::Transaction& transaction) { return VerifyChain(transaction, center_id, volunteer_id); });
    if (absl::IsNotFound(report.status())) return false;
    if (!report.ok()) return report.status();
    if (!report->fault) {
      Add(1, report->entries);
      return false;
    }
    absl::MutexLock lock(&mutex_);
    const auto place = [](const LedgerFault& fault) { return std::make_tuple(fault.center_id, fault.volunteer_id); };
    LedgerFault fault{.center_id = center_id, .volunteer_id = volunteer_id, .chain = *report->fault};
    if (!report_.fault || place(fault) < place(*report_.fault)) report_.fault = std::move(fault);
    return true;
  }

  void Add(int64_t accounts, int64_t entries) {
    absl::MutexLock lock(&mutex_);
    report_.accounts += accounts;
    report_.entries += entries;
  }

  db::Pool& pool_;
  const VerifierOptions& options_;
  absl::Mutex mutex_;
  VolunteerRange next_ ABSL_GUARDED_BY(mutex_);  // begins here; its last is not known yet
  bool ended_ ABSL_GUARDED_BY(mutex_) = false;
  absl::Status status_ ABSL_GUARDED_BY(mutex_);
  LedgerReport report_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace

absl::StatusOr<ChainReport> VerifyChain(db::Transaction& transaction, uint64_t center_id, uint64_t volunteer_id) {
  const auto account = HoursStore::LockAccount(transaction, center_id, volunteer_id);
  if (!account.ok()) return account.status();
  const VolunteerRange range{.center_id = center_id, .first = volunteer_id, .last = volunteer_id};
  AccountCheck check;
  bool none = !account->has_value();
  const absl::Status read = ForEachEntry(transaction, range, [&](const EntryText& entry) {
    check.Take(entry);
    none = false;
  });
  if (!read.ok()) return read;
  const auto times = VerifierStore::Times(transaction, range);
  if (!times.ok()) return times.status();
  if (none && times->empty()) return errors::NotFound(ids::ResourceName("volunteers", volunteer_id));
  check.End(account->has_value() ? &**account : nullptr, *times);
  return ChainReport{.entries = check.entries(), .fault = check.fault()};
}

absl::StatusOr<LedgerReport> VerifyLedger(db::Pool& pool, const VerifierOptions& options) {
  return Verifier(pool, options).Run();
}

}  // namespace wenming::volunteer
