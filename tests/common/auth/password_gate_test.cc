#include "common/auth/password_gate.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "absl/time/clock.h"
#include "common/crypto/random.h"

namespace wenming::auth {
namespace {

constexpr PasswordHasher::Cost kCheap{.memory_kib = 64, .passes = 1, .lanes = 1};

TEST(PasswordGate, ComputesAsTheHasherDoes) {
  const PasswordHasher hasher(kCheap, crypto::RandomBytes);
  const PasswordGate gate(hasher, 1);
  const absl::Time later = absl::Now() + absl::Seconds(30);
  const auto hash = gate.Hash("lotus pond", later);
  ASSERT_TRUE(hash.ok()) << hash.status();
  EXPECT_TRUE(*gate.Verify(*hash, "lotus pond", later));
  EXPECT_FALSE(*gate.Verify(*hash, "lotus", later));
  EXPECT_FALSE(*gate.VerifyDummy("lotus pond", later));
  EXPECT_FALSE(gate.NeedsRehash(*hash));
}

TEST(PasswordGate, LetsSoManyInAtOnce) {
  std::atomic<int> inside = 0, most = 0, hashes = 0;
  // The salt is drawn inside of the gate.
  const PasswordHasher hasher(kCheap, [&](size_t size) {
    const int now = ++inside;
    for (int seen = most; now > seen && !most.compare_exchange_weak(seen, now);) {
    }
    for (int i = 0; i < 1000; ++i) std::this_thread::yield();
    --inside;
    return crypto::RandomBytes(size);
  });
  const PasswordGate gate(hasher, 2);
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      for (int j = 0; j < 5; ++j) hashes += gate.Hash("lotus pond", absl::InfiniteFuture()).ok();
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(hashes, 40);
  EXPECT_LE(most, 2);
}

TEST(PasswordGate, NobodyWaitsBeyondHisDeadline) {
  const PasswordHasher hasher(kCheap, crypto::RandomBytes);
  const PasswordGate closed(hasher, 0);
  const absl::Time soon = absl::Now() + absl::Milliseconds(20);
  EXPECT_EQ(closed.Hash("lotus pond", soon).status().code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_EQ(closed.Verify("x", "lotus pond", soon).status().code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_EQ(closed.VerifyDummy("lotus pond", soon).status().code(), absl::StatusCode::kDeadlineExceeded);
}

}  // namespace
}  // namespace wenming::auth
