// The access token of an application: fetched when it is needed, kept while it is good, replaced when WeChat refuses
// it.
#pragma once

#include <deque>
#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "common/observe/clock.h"
#include "common/wechat/answers.h"

namespace wenming::wechat {

// Thread-safe. One fetch runs at a time; who needs its token waits for it.
//
// WeChat's rules (stable_token): a token lasts 7200 s and is taken anew 5 minutes before; a refresh may be forced 20
// times a day and every 30 s. The count is of this process.
class AccessTokens {
 public:
  // Asks WeChat; `force`: for another token than the one it has given before.
  using Fetch = std::function<absl::StatusOr<IssuedToken>(bool force)>;

  explicit AccessTokens(observe::Clock clock) : clock_(std::move(clock)) {}

  // A token that should be good. UNAVAILABLE where another thread's fetch takes longer than until `deadline`; what
  // `fetch` answers otherwise.
  absl::StatusOr<std::string> Get(const Fetch& fetch, absl::Time deadline);

  // Another token than `refused`, forced where nobody has replaced it yet. UNAVAILABLE also where no refresh may be
  // forced now.
  absl::StatusOr<std::string> Replace(const std::string& refused, const Fetch& fetch, absl::Time deadline);

 private:
  absl::StatusOr<std::string> Renew(bool force, const Fetch& fetch) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  bool AwaitFetch(absl::Time deadline) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  bool MayForce(absl::Time now) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const observe::Clock clock_;
  absl::Mutex mutex_;
  bool fetching_ ABSL_GUARDED_BY(mutex_) = false;
  std::string token_ ABSL_GUARDED_BY(mutex_);
  absl::Time good_until_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
  std::deque<absl::Time> forced_ ABSL_GUARDED_BY(mutex_);  // of the last day
};

}  // namespace wenming::wechat
