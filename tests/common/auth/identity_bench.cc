// What it costs to know who is calling and what they may do. Prints one JSON line.
#include <chrono>
#include <cstdio>

#include "common/auth/directory.h"
#include "common/auth/password_hasher.h"
#include "common/auth/token_verifier.h"
#include "tests/common/auth/directory_parts.h"
#include "tests/common/auth/key_folder.h"

namespace wenming::auth {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(1'780'000'000);

// Nanoseconds for one of `times` calls of function(i).
template <typename Function>
double Nanoseconds(int times, Function function) {
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < times; ++i) function(i);
  return std::chrono::duration<double, std::nano>(std::chrono::steady_clock::now() - begin).count() / times;
}

void Run() {
  const KeyFolder keys;
  const auto verifier = *TokenVerifier::Load(keys.path());
  constexpr int kTokens = 1000;
  std::vector<std::string> tokens;
  for (int i = 0; i < kTokens; ++i) tokens.push_back(TokenFor(keys, VolunteerCaller(i + 1, 7), kNow));
  int good = 0;
  const auto verify = [&](int i) { good += verifier->Verify(tokens[i % kTokens], kNow).ok(); };
  const double cold = Nanoseconds(kTokens, verify);
  const double cached = Nanoseconds(1'000'000, verify);

  const PasswordHasher hasher;
  const double hash = Nanoseconds(10, [&](int) { good += hasher.Hash("correct horse").ok(); });

  // Four levels; the binding stands at the top, the question at the bottom.
  Directory directory(absl::Seconds(5));
  Parts parts;
  for (uint64_t id = 1; id <= 1000; ++id) parts.Unit(id, id / 8);
  parts.Staff(9, {{"center_admin", 1}}).Role("center_admin", {"units.read", "units.write"});
  directory.Apply(parts.Synced(), kNow);
  const double holds = Nanoseconds(1'000'000, [&](int i) { good += directory.Holds(9, "units.write", 512 + i % 400); });

  std::printf(R"({"verify_cold_ns":%.0f,"verify_cached_ns":%.0f,"argon2_ms":%.1f,"holds_ns":%.0f,"good":%d})"
              "\n",
              cold, cached, hash / 1e6, holds, good);
}

}  // namespace
}  // namespace wenming::auth

int main() { wenming::auth::Run(); }
