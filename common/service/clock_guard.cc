#include "common/service/clock_guard.h"

#include <algorithm>

#include "common/db/transaction.h"

namespace wenming::service {
namespace {

constexpr char kTime[] = "SELECT TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(6))";

}  // namespace

absl::Status ClockGuard::Compare(db::Pool& pool, absl::Time deadline) {
  const absl::Time begin = clock_();
  const auto row = db::Read(pool, deadline, [](db::Session& session) { return session.QueryOne(kTime); });
  if (!row.ok()) return row.status();
  const absl::Time end = std::max(begin, clock_());  // it may have been set back meanwhile
  const absl::Time there = absl::FromUnixMicros((*row)->Int(0));
  const absl::MutexLock lock(&mutex_);
  ahead_ = std::clamp(absl::ZeroDuration(), begin - there, end - there);
  return absl::OkStatus();
}

absl::Duration ClockGuard::Ahead() const {
  const absl::MutexLock lock(&mutex_);
  return ahead_;
}

absl::Time ClockGuard::Careful() const { return clock_() - std::max(absl::ZeroDuration(), Ahead()); }

}  // namespace wenming::service
