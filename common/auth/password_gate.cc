#include "common/auth/password_gate.h"

#include "common/errors/errors.h"

namespace wenming::auth {

template <typename F>
auto PasswordGate::Enter(absl::Time deadline, F&& work) const -> absl::StatusOr<decltype(work())> {
  {
    const absl::MutexLock lock(&mutex_);
    const auto place = [this] {
      mutex_.AssertReaderHeld();
      return free_ > 0;
    };
    if (!mutex_.AwaitWithDeadline(absl::Condition(&place), deadline)) return errors::DeadlineExceeded();
    --free_;
  }
  auto result = work();
  const absl::MutexLock lock(&mutex_);
  ++free_;
  return result;
}

absl::StatusOr<std::string> PasswordGate::Hash(std::string_view password, absl::Time deadline) const {
  auto hash = Enter(deadline, [&] { return hasher_.Hash(password); });
  if (!hash.ok()) return hash.status();
  return *std::move(hash);
}

absl::StatusOr<bool> PasswordGate::Verify(std::string_view encoded, std::string_view password,
                                          absl::Time deadline) const {
  return Enter(deadline, [&] { return hasher_.Verify(encoded, password); });
}

absl::StatusOr<bool> PasswordGate::VerifyDummy(std::string_view password, absl::Time deadline) const {
  return Verify(hasher_.DummyHash(), password, deadline);
}

}  // namespace wenming::auth
