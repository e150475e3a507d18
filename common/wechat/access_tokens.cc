#include "common/wechat/access_tokens.h"

#include <utility>

namespace wenming::wechat {
namespace {

constexpr absl::Duration kEarly = absl::Minutes(5);
constexpr size_t kForcedADay = 20;
constexpr absl::Duration kBetweenForced = absl::Seconds(30);

}  // namespace

absl::StatusOr<std::string> AccessTokens::Get(const Fetch& fetch, absl::Time deadline) {
  const absl::MutexLock lock(&mutex_);
  if (!AwaitFetch(deadline)) return Unavailable();
  if (clock_() < good_until_) return token_;
  return Renew(false, fetch);
}

absl::StatusOr<std::string> AccessTokens::Replace(const std::string& refused, const Fetch& fetch, absl::Time deadline) {
  const absl::MutexLock lock(&mutex_);
  if (!AwaitFetch(deadline)) return Unavailable();
  const absl::Time now = clock_();
  if (token_ != refused && now < good_until_) return token_;
  if (!MayForce(now)) return Unavailable();
  forced_.push_back(now);
  return Renew(true, fetch);
}

// Fetches without the lock.
absl::StatusOr<std::string> AccessTokens::Renew(bool force, const Fetch& fetch) {
  fetching_ = true;
  mutex_.Unlock();
  absl::StatusOr<IssuedToken> issued = fetch(force);
  mutex_.Lock();
  fetching_ = false;
  if (!issued.ok()) return issued.status();
  token_ = std::move(issued->text);
  good_until_ = clock_() + issued->lifetime - kEarly;
  return token_;
}

bool AccessTokens::AwaitFetch(absl::Time deadline) {
  const auto idle = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return !fetching_; };
  return mutex_.AwaitWithTimeout(absl::Condition(&idle), deadline - clock_());
}

bool AccessTokens::MayForce(absl::Time now) {
  while (!forced_.empty() && forced_.front() <= now - absl::Hours(24)) forced_.pop_front();
  return forced_.size() < kForcedADay && (forced_.empty() || now - forced_.back() >= kBetweenForced);
}

}  // namespace wenming::wechat
