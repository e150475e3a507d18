#include "common/reseal/resealer.h"

#include <gmock/gmock.h>

#include <map>
#include <random>
#include <sstream>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/db/schema.h"
#include "common/db/transaction.h"
#include "prometheus/text_serializer.h"
#include "tests/common/auth/key_folder.h"
#include "tests/support/test_database.h"

namespace wenming::reseal {
namespace {

using ::testing::HasSubstr;

constexpr char kFirst[] = "1:000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n";
constexpr char kSecond[] = "2:ff0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n";
constexpr int kRows = 200;

// A table of people in two centers, each in two applications, all sealed by the first key.
class ResealTest : public ::testing::Test {
 protected:
  ResealTest() {
    database_.Administer("CREATE TABLE " + database_.schema() +
                         ".people (center_id BIGINT UNSIGNED NOT NULL, id BIGINT UNSIGNED NOT NULL,"
                         " app VARCHAR(20) NOT NULL, name_sealed VARBINARY(100) NOT NULL,"
                         " phone_sealed VARBINARY(100) NULL, PRIMARY KEY (center_id, id, app))");
    for (int i = 0; i < kRows; ++i) Insert(i);
  }

  static SealedTable::Key KeyOf(int i) {
    return {uint64_t{1} + i % 2, static_cast<uint64_t>(i / 4), std::string(i / 2 % 2 == 0 ? "" : "wx,1")};
  }
  static std::string Place(const SealedTable::Key& key, std::string_view column) {
    return absl::StrCat(std::get<uint64_t>(key[0].data()), "/", std::get<uint64_t>(key[1].data()), "/",
                        std::get<std::string>(key[2].data()), "#", std::string(column));
  }
  void Insert(int i) {
    const SealedTable::Key key = KeyOf(i);
    const auto done = db::RunTransaction(pool_, {}, [&](db::Transaction& transaction) {
      // Every tenth has no phone, every eleventh an empty one.
      const db::Value phone = i % 10 == 0   ? db::Value()
                              : i % 11 == 0 ? db::Value("")
                                            : db::Value(*cipher_.Seal(PhoneOf(i), Place(key, "phone_sealed")));
      return transaction
          .Execute("INSERT INTO people VALUES (?, ?, ?, ?, ?)",
                   {key[0], key[1], key[2], *cipher_.Seal(absl::StrCat("name ", i), Place(key, "name_sealed")), phone})
          .status();
    });
    ASSERT_TRUE(done.ok()) << done;
  }
  static std::string PhoneOf(int i) { return absl::StrCat("1380000", i); }

  void ToSecondKey() {
    keys_.Write("data.key", std::string(kFirst) + kSecond);
    EXPECT_TRUE(*cipher_.Reload());
    EXPECT_EQ(cipher_.CurrentGeneration(), 2);
  }

  // The name in clear of every row, and that each opens.
  std::map<int, std::string> Names(const crypto::DataCipher& cipher) {
    std::map<int, std::string> names;
    for (int i = 0; i < kRows; ++i) {
      const SealedTable::Key key = KeyOf(i);
      const auto row = db::Read(pool_, absl::InfiniteFuture(), [&](db::Session& session) {
        return session.QueryOne(
            "SELECT name_sealed, phone_sealed FROM people WHERE center_id = ? AND id = ? AND app = ?", key);
      });
      const auto name = cipher.Open((*row)->Text(0), Place(key, "name_sealed"));
      EXPECT_TRUE(name.ok()) << i << ": " << name.status();
      if (name.ok()) names[i] = *name;
      if ((*row)->Text(1).empty()) continue;
      const auto phone = cipher.Open((*row)->Text(1), Place(key, "phone_sealed"));
      EXPECT_TRUE(phone.ok() && *phone == PhoneOf(i)) << i;
    }
    return names;
  }
  int64_t Left() { return *TableResealer(pool_, cipher_, table_).CountLeft(absl::InfiniteFuture()); }
  absl::StatusOr<Step> Take(int rows) {
    return TableResealer(pool_, cipher_, table_).Take(rows, absl::InfiniteFuture());
  }

  auth::KeyFolder keys_{{}};
  crypto::DataCipher cipher_ = [this] {
    keys_.Write("data.key", kFirst);
    return *crypto::DataCipher::Load(keys_.path());
  }();
  test::TestDatabase database_{common::Migrations(), 12};
  db::Pool& pool_ = database_.pool();
  const SealedTable table_ = {.name = "people",
                              .key = {{"center_id"}, {"id"}, {"app", true}},
                              .columns = {"name_sealed", "phone_sealed"},
                              .place = Place};
};

TEST_F(ResealTest, NothingIsLeftWhileThereIsOneKey) {
  EXPECT_EQ(Left(), 0);
  const auto step = Take(kRows + 1);
  ASSERT_TRUE(step.ok()) << step.status();
  EXPECT_EQ(step->resealed, 0);
  EXPECT_TRUE(step->finished);
}

// Each step is a process of its own, so to say: whatever one remembers is lost before the next.
TEST_F(ResealTest, GoesOnWhereTheOneWasKilledWhoBegan) {
  ToSecondKey();
  EXPECT_EQ(Left(), kRows);
  int64_t left = kRows;
  for (int step = 0; step < kRows / 10; ++step) {
    const auto taken = Take(10);
    ASSERT_TRUE(taken.ok()) << taken.status();
    EXPECT_FALSE(taken->finished);
    EXPECT_EQ(Left(), left -= 10) << "a row twice, or left out";
    if (step == 5) {
      EXPECT_EQ(Names(cipher_).size(), kRows) << "both generations must be readable meanwhile";
    }
  }
  EXPECT_TRUE(Take(10)->finished);
  // Nothing needs the first key any more.
  keys_.Write("data.key", kSecond);
  EXPECT_TRUE(*cipher_.Reload());
  const auto names = Names(cipher_);
  for (int i = 0; i < kRows; ++i) EXPECT_EQ(names.at(i), absl::StrCat("name ", i));
}

TEST_F(ResealTest, AStepThatIsCutOffHasDoneNothing) {
  ToSecondKey();
  ASSERT_TRUE(Take(50).ok());
  const int64_t before = Left();
  const auto cut = db::RunTransaction(pool_, {}, [&](db::Transaction& transaction) -> absl::Status {
    // Another step waits for this lock and then for its deadline.
    if (!transaction.QueryOne("SELECT position FROM reseal_cursors WHERE table_name = 'people' FOR UPDATE").ok()) {
      return absl::InternalError("no lock");
    }
    EXPECT_FALSE(TableResealer(pool_, cipher_, table_).Take(50, absl::Now() + absl::Milliseconds(300)).ok());
    return absl::OkStatus();
  });
  ASSERT_TRUE(cut.ok()) << cut;
  EXPECT_EQ(Left(), before);
  while (!Take(50)->finished) {
  }
  EXPECT_EQ(Left(), 0);
}

TEST_F(ResealTest, ManyAtOnceAndThoseWhoEditLoseNothing) {
  const auto seed = std::random_device()();
  SCOPED_TRACE(absl::StrCat("seed ", seed));
  ToSecondKey();
  std::vector<std::thread> threads;
  for (int resealer = 0; resealer < 3; ++resealer) {
    threads.emplace_back([this] {
      for (absl::StatusOr<Step> step = Step{}; step.ok() && !step->finished;) step = Take(7);
    });
  }
  std::vector<std::map<int, std::string>> edits(4);
  for (int editor = 0; editor < 4; ++editor) {
    threads.emplace_back([this, editor, seed, &mine = edits[editor]] {
      std::mt19937 random(seed + static_cast<unsigned>(editor));
      for (int n = 0; n < 60; ++n) {
        const int i = static_cast<int>(random() % (kRows / 4)) * 4 + editor;  // rows that no other editor touches
        const SealedTable::Key key = KeyOf(i);
        const std::string name = absl::StrCat("edited ", i, " for the ", n, "th time");
        const auto edited = db::RunTransaction(pool_, {}, [&](db::Transaction& transaction) {
          return transaction.Execute("UPDATE people SET name_sealed = ? WHERE center_id = ? AND id = ? AND app = ?",
                                     {*cipher_.Seal(name, Place(key, "name_sealed")), key[0], key[1], key[2]});
        });
        EXPECT_TRUE(edited.ok()) << edited.status();
        mine[i] = name;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  while (Left() > 0) ASSERT_TRUE(Take(kRows).ok());
  const auto names = Names(cipher_);
  for (const auto& mine : edits) {
    for (const auto& [i, name] : mine) EXPECT_EQ(names.at(i), name);
  }
}

TEST_F(ResealTest, LeavesWhatDoesNotOpenAndSaysSo) {
  database_.Administer("UPDATE " + database_.schema() +
                       ".people SET name_sealed = CONCAT(LEFT(name_sealed, 20), 'broken', SUBSTRING(name_sealed, 27))"
                       " WHERE center_id = 1 AND id = 3 AND app = ''");
  ToSecondKey();
  Step all;
  while (!all.finished) {
    const auto step = Take(20);
    ASSERT_TRUE(step.ok()) << step.status();
    all.unreadable += step->unreadable;
    all.finished = step->finished;
  }
  EXPECT_EQ(all.unreadable, 1);
  EXPECT_EQ(Left(), 1) << "the old key must not be given up";
}

TEST_F(ResealTest, FollowsTheKeysByItself) {
  prometheus::Registry registry;
  std::ostringstream log;
  const observe::Logger logger(log, "test", observe::Severity::kInfo, absl::Now);
  Resealer resealer(pool_, cipher_, {table_}, registry, logger, absl::Now,
                    {.interval = absl::Milliseconds(10), .pause = absl::ZeroDuration(), .rows = 20});
  ToSecondKey();
  const absl::Time patience = absl::Now() + absl::Seconds(30);
  while (Left() > 0 && absl::Now() < patience) std::this_thread::yield();
  EXPECT_EQ(Left(), 0);
  EXPECT_EQ(Names(cipher_).size(), kRows);
  const auto shown = [&] { return prometheus::TextSerializer().Serialize(registry.Collect()); };
  while (shown().find("wenming_reseal_rows_left{table=\"people\"} 0") == std::string::npos && absl::Now() < patience) {
    std::this_thread::yield();
  }
  EXPECT_THAT(shown(), HasSubstr("wenming_reseal_rows_left{table=\"people\"} 0"));
  EXPECT_THAT(shown(), HasSubstr("wenming_reseal_count_time_seconds"));
}

}  // namespace
}  // namespace wenming::reseal
