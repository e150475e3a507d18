#include "common/audit/chain.h"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <set>
#include <thread>
#include <vector>

#include "tests/common/audit/audit_fixture.h"

namespace wenming::audit {
namespace {

using ChainTest = AuditTest;

class Counting : public ChainerObserver {
 public:
  void Chained(int records) override {
    absl::MutexLock lock(&mutex_);
    chained_ += records;
  }
  void Failed(const absl::Status&) override {
    absl::MutexLock lock(&mutex_);
    ++failures_;
  }
  bool WaitForRecords(int count) {
    absl::MutexLock lock(&mutex_);
    const auto reached = [this, count] {
      mutex_.AssertHeld();
      return chained_ >= count;
    };
    return mutex_.AwaitWithTimeout(absl::Condition(&reached), absl::Seconds(30));
  }
  bool WaitForFailure() {
    absl::MutexLock lock(&mutex_);
    const auto failed = [this] {
      mutex_.AssertHeld();
      return failures_ > 0;
    };
    return mutex_.AwaitWithTimeout(absl::Condition(&failed), absl::Seconds(30));
  }

 private:
  absl::Mutex mutex_;
  int chained_ ABSL_GUARDED_BY(mutex_) = 0;
  int failures_ ABSL_GUARDED_BY(mutex_) = 0;
};

TEST_F(ChainTest, OneTurnMovesABatchInOrderAndEachHashFollowsOnTheOneBefore) {
  Write(90);
  const auto pending = Records("audit_pending");
  EXPECT_EQ(*ChainOnce(pool_, key_, 85, absl::InfiniteFuture()), 85);
  EXPECT_EQ(*ChainOnce(pool_, key_, 85, absl::InfiniteFuture()), 5);
  EXPECT_EQ(*ChainOnce(pool_, key_, 85, absl::InfiniteFuture()), 0);
  EXPECT_EQ(Count("audit_pending"), 0);
  const auto chained = Chained();
  ASSERT_EQ(chained.size(), 90u);
  Head head;
  for (size_t i = 0; i < chained.size(); ++i) {
    EXPECT_EQ(chained[i].sequence, static_cast<int64_t>(i + 1));
    EXPECT_EQ(chained[i].record.id, pending[i].id);
    EXPECT_EQ(chained[i].record.seal, SealOf(key_.key, chained[i].record));
    EXPECT_EQ(chained[i].hash, ChainHash(key_.key, key_.service, head, chained[i].record));
    head = {chained[i].sequence, chained[i].hash};
  }
  const auto stored = db::Read(pool_, absl::InfiniteFuture(), LoadHead);
  ASSERT_TRUE(stored.ok());
  EXPECT_EQ(stored->sequence, 90);
  EXPECT_EQ(stored->hash, head.hash);
}

TEST_F(ChainTest, TheHashDependsOnKeyServicePlaceAndEveryColumn) {
  Write(1);
  const Record record = Records("audit_pending")[0];
  const Head before{.sequence = 4, .hash = "h"};
  std::set<std::string> hashes{ChainHash("k", "s", before, record), ChainHash("K", "s", before, record),
                               ChainHash("k", "S", before, record), ChainHash("k", "s", {5, "h"}, record),
                               ChainHash("k", "s", {4, "H"}, record)};
  std::set<std::string> seals{SealOf("k", record), SealOf("K", record)};
  const std::vector<std::function<void(Record&)>> changes = {[](Record& r) { ++r.id; },
                                                             [](Record& r) { ++r.center_id; },
                                                             [](Record& r) { r.subject += "x"; },
                                                             [](Record& r) { r.time += absl::Microseconds(1); },
                                                             [](Record& r) { ++r.session_id; },
                                                             [](Record& r) { r.address += "x"; },
                                                             [](Record& r) { r.method += "x"; },
                                                             [](Record& r) { r.object += "x"; },
                                                             [](Record& r) { ++r.result; },
                                                             [](Record& r) { r.details += "x"; },
                                                             [](Record& r) { r.request_id += "x"; }};
  for (const auto& change : changes) {
    Record other = record;
    change(other);
    hashes.insert(ChainHash("k", "s", before, other));
    seals.insert(SealOf("k", other));
  }
  EXPECT_EQ(hashes.size(), 5 + changes.size());
  EXPECT_EQ(seals.size(), 2 + changes.size());
  Record other = record;
  other.seal += "x";
  EXPECT_FALSE(hashes.count(ChainHash("k", "s", before, other)));
}

// Several replicas chain while several writers write: nothing is lost, doubled or out of place.
TEST_F(ChainTest, AnyNumberOfChainersMakeOneChain) {
  constexpr int kWriters = 4, kEach = 50;
  Counting observer;
  {
    std::vector<std::unique_ptr<Chainer>> chainers;
    for (int i = 0; i < 3; ++i) {
      chainers.push_back(
          std::make_unique<Chainer>(pool_, key_, ChainerOptions{.poll = absl::Milliseconds(1), .batch = 7}, &observer));
    }
    std::vector<std::thread> writers;
    for (int i = 0; i < kWriters; ++i) writers.emplace_back([this] { Write(kEach); });
    for (std::thread& writer : writers) writer.join();
    ASSERT_TRUE(observer.WaitForRecords(kWriters * kEach));
  }
  EXPECT_EQ(Count("audit_pending"), 0);
  const auto chained = Chained();
  ASSERT_EQ(chained.size(), size_t{kWriters * kEach});
  std::set<uint64_t> ids;
  Head head;
  for (const ChainedRecord& record : chained) {
    ids.insert(record.record.id);
    EXPECT_EQ(record.sequence, head.sequence + 1);
    EXPECT_EQ(record.hash, ChainHash(key_.key, key_.service, head, record.record)) << record.sequence;
    head = {record.sequence, record.hash};
  }
  EXPECT_EQ(ids.size(), chained.size());
}

TEST_F(ChainTest, WhatIsPendingAtTheEndIsChained) {
  Counting observer;
  {
    const Chainer chainer(pool_, key_, {.poll = absl::Hours(1)}, &observer);
    Write(3);
  }
  EXPECT_EQ(Count("audit_pending"), 0);
  EXPECT_EQ(Chained().size(), 3u);
}

TEST_F(ChainTest, HoweverMuchIsPendingAtTheEndIsChained) {
  Write(20);
  { const Chainer chainer(pool_, key_, {.poll = absl::Hours(1), .batch = 1}); }
  EXPECT_EQ(Count("audit_pending"), 0);
  EXPECT_EQ(Chained().size(), 20u);
}

TEST_F(ChainTest, AFailureIsToldAndTriedAgain) {
  const std::string schema = database_.schema();
  database_.Administer("RENAME TABLE " + schema + ".audit_heads TO " + schema + ".gone");
  Write(1);
  Counting observer;
  const Chainer chainer(pool_, key_, {.poll = absl::Milliseconds(1)}, &observer);
  ASSERT_TRUE(observer.WaitForFailure());
  database_.Administer("RENAME TABLE " + schema + ".gone TO " + schema + ".audit_heads");
  EXPECT_TRUE(observer.WaitForRecords(1));
}

}  // namespace
}  // namespace wenming::audit
