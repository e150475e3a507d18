// Bounds how many password hashes are computed at once, so that a flood of log-ins takes neither all memory nor all
// processors.
#pragma once

#include <string>
#include <string_view>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "common/auth/password_hasher.h"

namespace wenming::auth {

// Thread-safe. Whoever finds no place waits for one, until his deadline: DEADLINE_EXCEEDED.
class PasswordGate {
 public:
  // The hasher must outlive this.
  PasswordGate(const PasswordHasher& hasher, int at_once) : hasher_(hasher), free_(at_once) {}

  // As PasswordHasher's.
  absl::StatusOr<std::string> Hash(std::string_view password, absl::Time deadline) const;
  absl::StatusOr<bool> Verify(std::string_view encoded, std::string_view password, absl::Time deadline) const;
  absl::StatusOr<bool> VerifyDummy(std::string_view password, absl::Time deadline) const;
  bool NeedsRehash(std::string_view encoded) const { return hasher_.NeedsRehash(encoded); }

 private:
  template <typename F>
  auto Enter(absl::Time deadline, F&& work) const -> absl::StatusOr<decltype(work())>;

  const PasswordHasher& hasher_;
  mutable absl::Mutex mutex_;
  mutable int free_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace wenming::auth
