// Changes the stored rows in every way that a person with access to the database might, and wants it found and named.
#include "volunteer_svc/hours/ledger_verifier.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <span>
#include <sstream>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/db/transaction.h"
#include "tests/volunteer_svc/fixture.h"
#include "volunteer_svc/hours/hours_rules.h"
#include "volunteer_svc/hours/ledger.h"
#include "volunteer_svc/hours/ledger_report.h"
#include "volunteer_svc/hours/ledger_store.h"
#include "volunteer_svc/schema.h"

namespace wenming::volunteer {
namespace {

constexpr int kEntries = 6;  // of each volunteer: 4 settlements, a reversal, what stands instead
constexpr int64_t kVictimEntry = 3;

class LedgerVerifierTest : public VolunteerTest {
 protected:
  LedgerVerifierTest() {
    for (int i = 0; i < 4; ++i) {
      people_.push_back(Register(i));
      for (int k = 0; k < 4; ++k) Write(Settled(people_.back(), Registration(i, k), start_ + absl::Hours(3 * k), 120));
      Write(Reversed(people_.back(), Registration(i, 1), 1));
      auto instead = Settled(people_.back(), Registration(i, 1), start_ + absl::Hours(3), 90);
      instead.set_revision(2);
      Write(instead);
    }
    for (const char* table : kTables) Execute(absl::StrCat("CREATE TABLE kept_", table, " AS SELECT * FROM ", table));
  }

  static uint64_t Registration(int person, int number) { return static_cast<uint64_t>(100 + 10 * person + number); }

  template <typename Event>
  void Write(const Event& event) {
    const absl::Status written = db::RunTransaction(pool_, {}, [&](db::Transaction& transaction) {
      return WriteHours(transaction, {*EntryOf(kCenter, event, start_)}).status();
    });
    ASSERT_TRUE(written.ok()) << written;
  }

  LedgerReport Verify() {
    auto report = VerifyLedger(pool_);
    EXPECT_TRUE(report.ok()) << report.status();
    return report.ok() ? *report : LedgerReport{};
  }

  // "the fault's volunteer, counted from 0/sequence: what", or "" where there is none.
  std::string Fault() {
    const auto fault = Verify().fault;
    if (!fault) return "";
    const auto person = std::ranges::find(people_, fault->volunteer_id);
    const std::string who = person == people_.end() ? "stranger" : absl::StrCat(person - people_.begin());
    return absl::StrCat(who, "/", fault->chain.sequence, ": ", fault->chain.what);
  }

  std::string FaultAfter(const std::string& change) {
    Execute(change);
    const std::string fault = Fault();
    for (const char* table : kTables) {
      Execute(absl::StrCat("DELETE FROM ", table));
      Execute(absl::StrCat("INSERT INTO ", table, " SELECT * FROM kept_", table));
    }
    EXPECT_EQ(Fault(), "") << "all is as it was after " << change;
    return fault;
  }

  std::vector<std::string> ColumnsOf(const char* table) {
    return absl::StrSplit(Text(absl::StrCat("SELECT GROUP_CONCAT(CONCAT(column_name, ' ', data_type)) FROM"
                                            " information_schema.columns WHERE table_schema = DATABASE() AND"
                                            " table_name = '",
                                            table, "'")),
                          ',');
  }

  // Another value for a column.
  static std::string Otherwise(const std::string& column_and_type) {
    const std::vector<std::string> parts = absl::StrSplit(column_and_type, ' ');
    const std::string& name = parts[0];
    if (parts[1] == "varchar") return absl::StrCat(name, " = CONCAT(", name, ", 'x')");
    if (parts[1] == "binary")
      return absl::StrCat(name, " = CONCAT(CHAR(ASCII(", name, ") ^ 1), SUBSTR(", name, ", 2))");
    return absl::StrCat(name, " = ", name, " + 1000");
  }

  std::string Of(int person) { return absl::StrCat(" WHERE volunteer_id = ", people_[static_cast<size_t>(person)]); }
  std::string Row(int person, int64_t sequence) { return absl::StrCat(Of(person), " AND sequence = ", sequence); }

  static constexpr const char* kTables[] = {"hour_entries", "hour_accounts", "credited_times"};
  const absl::Time start_ = test::Morning();
  std::vector<uint64_t> people_;
};

TEST_F(LedgerVerifierTest, FindsNothingWhereNothingIsWrong) {
  const LedgerReport report = Verify();
  EXPECT_FALSE(report.fault.has_value());
  EXPECT_EQ(report.accounts, 4);
  EXPECT_EQ(report.entries, 4 * kEntries);
}

TEST_F(LedgerVerifierTest, NamesTheEntryWhateverColumnWasAltered) {
  const std::vector<std::string> columns = ColumnsOf("hour_entries");
  ASSERT_EQ(columns.size(), 21u);
  for (const std::string& column : columns) {
    const bool moved =
        column.starts_with("center_id ") || column.starts_with("volunteer_id ") || column.starts_with("sequence ");
    EXPECT_EQ(FaultAfter("UPDATE hour_entries SET " + Otherwise(column) + Row(2, kVictimEntry)),
              absl::StrCat("2/", kVictimEntry, moved ? ": removed" : ": altered"))
        << column;
  }
}

TEST_F(LedgerVerifierTest, NamesTheAccountWhateverColumnWasAltered) {
  const std::vector<std::string> columns = ColumnsOf("hour_accounts");
  ASSERT_EQ(columns.size(), 7u);
  for (const std::string& column : columns) {
    const std::string fault = FaultAfter("UPDATE hour_accounts SET " + Otherwise(column) + Of(2));
    EXPECT_TRUE(fault.starts_with(absl::StrCat("2/", kEntries + 1, ": "))) << column << ": " << fault;
  }
  EXPECT_EQ(FaultAfter("DELETE FROM hour_accounts" + Of(1)), absl::StrCat("1/", kEntries + 1, ": account: none"));
}

TEST_F(LedgerVerifierTest, NamesTheCreditedTimeWhateverColumnWasAltered) {
  const std::vector<std::string> columns = ColumnsOf("credited_times");
  ASSERT_EQ(columns.size(), 5u);
  for (const std::string& column : columns) {
    EXPECT_EQ(FaultAfter("UPDATE credited_times SET " + Otherwise(column) + Row(2, kVictimEntry)),
              absl::StrCat("2/", kVictimEntry, ": credited time"))
        << column;
  }
  EXPECT_EQ(FaultAfter("DELETE FROM credited_times" + Row(0, 6)), "0/6: credited time");
  EXPECT_EQ(FaultAfter("INSERT INTO credited_times SELECT center_id, volunteer_id, start_time + 1000000, end_time,"
                       " sequence FROM credited_times" +
                       Row(1, kVictimEntry)),
            absl::StrCat("1/", kVictimEntry, ": credited time inserted"));
  EXPECT_EQ(FaultAfter("INSERT INTO credited_times VALUES (1001, 1, 1, 2, 7)"), "stranger/1: account: none");
}

TEST_F(LedgerVerifierTest, NamesWhatWasRemovedInsertedSwappedOrMoved) {
  const std::string columns =
      ", registration_id + 5000, revision, minutes, balance_minutes, start_time, end_time, activity_id,"
      " activity_title, shift_id, unit_id, team_id, place, content, person_in_charge_id, recorder_id, grade,"
      " record_time, hash FROM hour_entries";
  const std::string insert = "INSERT INTO hour_entries SELECT center_id, ";
  EXPECT_EQ(FaultAfter("DELETE FROM hour_entries" + Row(1, 1)), "1/1: removed");
  EXPECT_EQ(FaultAfter("DELETE FROM hour_entries" + Row(1, kVictimEntry)), "1/3: removed");
  EXPECT_EQ(FaultAfter("DELETE FROM hour_entries" + Row(1, kEntries)), "1/6: removed") << "a cut-off end";
  EXPECT_EQ(FaultAfter("DELETE FROM hour_entries" + Of(1)), "1/1: removed") << "all of them";
  EXPECT_EQ(FaultAfter(insert + "volunteer_id, 0" + columns + Row(1, 1)), "1/0: inserted");
  EXPECT_EQ(FaultAfter(insert + "volunteer_id, -4" + columns + Row(1, 1)), "1/-4: inserted");
  EXPECT_EQ(FaultAfter(insert + "volunteer_id, 7" + columns + Row(1, 6)), "1/7: altered") << "copied to the end";
  EXPECT_EQ(
      FaultAfter("UPDATE hour_entries SET sequence = IF(sequence = 2, 102, 103)" + Of(1) + " AND sequence IN (2, 3)"),
      "1/2: removed");
  EXPECT_EQ(
      FaultAfter("UPDATE hour_entries a JOIN hour_entries b ON a.volunteer_id = b.volunteer_id AND"
                 " a.sequence = 2 AND b.sequence = 4 SET a.minutes = 60, b.minutes = 180 WHERE a.volunteer_id = " +
                 absl::StrCat(people_[3])),
      "3/2: altered");
  EXPECT_EQ(FaultAfter(absl::StrCat("UPDATE hour_entries SET sequence = 7, volunteer_id = ", people_[3], Row(0, 6))),
            "0/6: removed");
  EXPECT_EQ(FaultAfter(insert + absl::StrCat(people_[3], ", 7") + columns + Row(0, 6)), "3/7: altered");
  // What belongs to nobody is found where it stands, wherever that is.
  EXPECT_EQ(FaultAfter(insert + "0, 1" + columns + Row(0, 1)), "stranger/1: altered");
  EXPECT_EQ(FaultAfter(insert + "9223372036854775809, 1" + columns + Row(0, 1)), "stranger/1: altered");
  EXPECT_EQ(FaultAfter("INSERT INTO hour_entries SELECT 7, volunteer_id, 1" + columns + Row(3, 1)), "3/1: altered");
}

TEST_F(LedgerVerifierTest, NamesTheFirstOfSeveral) {
  Execute("UPDATE hour_entries SET minutes = 1" + Row(3, 2));
  Execute("UPDATE hour_entries SET minutes = 1" + Row(1, 5));
  Execute("UPDATE hour_entries SET minutes = 1" + Row(1, 4));
  EXPECT_EQ(Fault(), "1/4: altered");
}

TEST_F(LedgerVerifierTest, ReportsInOneLineOfJson) {
  std::ostringstream out;
  EXPECT_EQ(ReportLedger(pool_, out), 0);
  EXPECT_EQ(out.str(), "{\"accounts\":4,\"entries\":24,\"fault\":null}\n");
  Execute("UPDATE hour_entries SET minutes = 1" + Row(1, 4));
  out.str("");
  EXPECT_EQ(ReportLedger(pool_, out), 1);
  EXPECT_TRUE(out.str().ends_with("\"fault\":{\"center\":\"" + ids::ResourceName("units", kCenter) +
                                  "\",\"volunteer\":\"" + ids::ResourceName("volunteers", people_[1]) +
                                  "\",\"sequence\":4,\"what\":\"altered\"}}\n"))
      << out.str();
  Execute("DROP TABLE credited_times");
  out.str("");
  EXPECT_EQ(ReportLedger(pool_, out), 1);
  EXPECT_EQ(out.str(), "{\"error\":\"the ledger cannot be read: INTERNAL\"}\n");
}

// Whoever can compute the hash, and changes account and credited times along with the entries, still cannot credit a
// minute twice or take back what was not given.
TEST_F(LedgerVerifierTest, FindsWhatARightHashCannotHide) {
  const auto forge = [&](uint64_t volunteer_id, HourEntry entry) {
    const absl::Status forged = db::RunTransaction(pool_, {}, [&](db::Transaction& transaction) -> absl::Status {
      auto account = LedgerStore::LockAccounts(transaction, kCenter, std::vector<uint64_t>{volunteer_id});
      if (!account.ok()) return account.status();
      Chain(entry, account->front().second);
      if (absl::Status status = LedgerStore::Insert(transaction, {&entry, 1}); !status.ok()) return status;
      return LedgerStore::Move(transaction, kCenter, *account);
    });
    ASSERT_TRUE(forged.ok()) << forged;
  };
  const auto settled = [&](uint64_t registration_id, absl::Duration from) {
    return *EntryOf(kCenter, Settled(people_[3], registration_id, start_ + from, 60), start_);
  };
  HourEntry unfounded = settled(900, absl::Hours(50));
  unfounded.minutes = -60;
  unfounded.revision = 1;
  forge(people_[3], unfounded);
  EXPECT_EQ(Fault(), "3/7: revision") << "takes back what was never credited";

  unfounded = *EntryOf(kCenter, Settled(people_[2], 901, start_ + absl::Hours(50), 60), start_);
  unfounded.minutes = -60;
  forge(people_[2], unfounded);
  EXPECT_EQ(Fault(), "2/7: revision") << "a settlement of less than nothing";

  HourEntry more = *EntryOf(kCenter, Settled(people_[1], Registration(1, 0), start_, 120), start_);
  more.minutes = -60;
  more.revision = 1;
  forge(people_[1], more);
  EXPECT_EQ(Fault(), "1/7: revision") << "takes back another amount";

  forge(people_[0], *EntryOf(kCenter, Settled(people_[0], 902, start_ + absl::Minutes(30), 60), start_));
  EXPECT_EQ(Fault(), "0/7: credited twice");
}

TEST_F(LedgerVerifierTest, TakesNothingForAFaultThatIsJustBeingWritten) {
  std::atomic<bool> done = false;
  int runs = 0;
  std::string fault;
  std::thread verifier([&] {
    while (!done || runs == 0) {
      const auto report = VerifyLedger(pool_);
      ++runs;
      if (!report.ok()) fault = report.status().ToString();
      if (report.ok() && report->fault) fault = report->fault->chain.what;
    }
  });
  for (int k = 0; k < 60; ++k) {
    for (size_t i = 0; i < people_.size(); ++i) {
      const uint64_t registration = 5000 + 100 * i + static_cast<uint64_t>(k);
      Write(Settled(people_[i], registration, start_ + absl::Hours(100 + k), 60));
      if (k % 3 == 0) Write(Reversed(people_[i], registration, 1));
    }
  }
  done = true;
  verifier.join();
  EXPECT_EQ(fault, "") << "in " << runs << " runs";
  EXPECT_EQ(Verify().entries, 4 * (kEntries + 80));
}

TEST_F(LedgerVerifierTest, GoesOverManyPieces) {
  // More accounts than are read at once, most without entries, in two centers.
  Execute("INSERT INTO hour_accounts SELECT 1001, 500 + seq, 0, 0, REPEAT('\\0', 32), 0, 0 FROM seq_1_to_1000");
  Execute("INSERT INTO hour_accounts SELECT 9001, 500 + seq, 0, 0, REPEAT('\\0', 32), 0, 0 FROM seq_1_to_400");
  for (const int threads : {1, 2, 3}) {
    const auto report = VerifyLedger(pool_, {.threads = threads});
    ASSERT_TRUE(report.ok());
    EXPECT_FALSE(report->fault.has_value());
    EXPECT_EQ(report->accounts, 1404);
    EXPECT_EQ(report->entries, 4 * kEntries);
  }
  Execute("UPDATE hour_accounts SET balance_minutes = 5 WHERE center_id = 9001 AND volunteer_id = 900");
  const auto fault = Verify().fault;
  ASSERT_TRUE(fault.has_value());
  EXPECT_EQ(fault->center_id, 9001u);
  EXPECT_EQ(fault->volunteer_id, 900u);
  EXPECT_EQ(fault->chain.what, "account: balance");
}

// What was there before reversals keeps its entries; what follows from them is made of them.
TEST(ReversalsMigrationTest, ALedgerFromBeforeIsInOrderAfterwards) {
  const std::span<const db::Migration> all = Migrations();
  const auto added = std::ranges::find_if(all, [](const db::Migration& migration) { return migration.number == 140; });
  ASSERT_NE(added, all.end());
  test::TestDatabase database(all.first(static_cast<size_t>(added - all.begin())));
  HourAccount account;
  HourEntry first = *EntryOf(kCenter, Settled(5, 1, test::Morning(), 120), test::Morning());
  auto supplement = Settled(5, 2, test::Morning() - absl::Hours(9), 60);
  supplement.set_grade(activity::v1::Attendance::GRADE_D);
  HourEntry second = *EntryOf(kCenter, supplement, test::Morning());
  Chain(first, account);
  Chain(second, account);
  const absl::Status written = db::RunTransaction(database.pool(), {}, [&](db::Transaction& transaction) {
    const auto opened = transaction.Execute("INSERT INTO hour_accounts VALUES (?, 5, 2, 180, ?), (?, 6, 0, 0, ?)",
                                            {kCenter, account.head_hash, kCenter, HourAccount().head_hash});
    return opened.ok() ? LedgerStore::Insert(transaction, std::vector<HourEntry>{first, second}) : opened.status();
  });
  ASSERT_TRUE(written.ok()) << written;
  const auto migrated = db::Migrate(database.pool(), all, test::Morning(), absl::InfiniteFuture());
  ASSERT_TRUE(migrated.ok()) << migrated.status();
  const auto report = VerifyLedger(database.pool());
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_FALSE(report->fault.has_value()) << report->fault->chain.what;
  EXPECT_EQ(report->accounts, 2);
  EXPECT_EQ(report->entries, 2);
}

}  // namespace
}  // namespace wenming::volunteer
