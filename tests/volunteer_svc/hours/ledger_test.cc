#include "volunteer_svc/hours/ledger.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "common/db/transaction.h"
#include "common/errors/errors.h"
#include "tests/volunteer_svc/fixture.h"
#include "volunteer_svc/hours/hours_rules.h"
#include "volunteer_svc/hours/ledger_verifier.h"

namespace wenming::volunteer {
namespace {

using errors::ReasonOf;

class LedgerTest : public VolunteerTest {
 protected:
  template <typename Event>
  absl::StatusOr<Credit> Apply(const Event& event) {
    return db::RunTransaction(pool_, {}, [&](db::Transaction& transaction) -> absl::StatusOr<Credit> {
      auto entry = EntryOf(kCenter, event, test::Morning());
      if (!entry.ok()) return entry.status();
      const auto credits = WriteHours(transaction, {*std::move(entry)});
      if (!credits.ok()) return credits.status();
      return credits->front();
    });
  }
  ChainReport Verify() {
    const auto report = db::RunTransaction(
        pool_, {}, [&](db::Transaction& transaction) { return VerifyChain(transaction, kCenter, volunteer_); });
    EXPECT_TRUE(report.ok()) << report.status();
    return report.value_or(ChainReport{});
  }
  int64_t Balance() { return Number("SELECT balance_minutes FROM hour_accounts"); }

  const uint64_t volunteer_ = Register(1);
  const absl::Time start_ = test::Morning();
};

TEST_F(LedgerTest, CreditsARegistrationOnce) {
  const auto event = Settled(volunteer_, 9, start_, 120);
  EXPECT_EQ(Apply(event)->minutes, 120);
  EXPECT_EQ(Apply(event)->minutes, 0);
  ASSERT_TRUE(Apply(Settled(volunteer_, 10, start_ + absl::Hours(3), 60)).ok());
  EXPECT_EQ(Apply(event)->minutes, 0) << "also when it is the last one no more";
  EXPECT_EQ(Balance(), 180);
  EXPECT_EQ(Number("SELECT COUNT(*) FROM hour_entries"), 2);
  EXPECT_EQ(Verify().entries, 2);
  EXPECT_FALSE(Verify().fault.has_value());
}

TEST_F(LedgerTest, RefusesARegistrationCreditedOtherwise) {
  ASSERT_TRUE(CreditHours(Settled(volunteer_, 9, start_, 120)).ok());
  const uint64_t other = Register(2);
  for (const auto& event : {Settled(volunteer_, 9, start_, 119), Settled(volunteer_, 9, start_ + absl::Hours(5), 120),
                            Settled(other, 9, start_, 120)}) {
    const auto credit = Apply(event);
    EXPECT_EQ(credit.status().code(), absl::StatusCode::kFailedPrecondition);
    EXPECT_EQ(ReasonOf(credit.status()), type::REASON_HOURS_CONTRADICT);
  }
  EXPECT_EQ(Number("SELECT SUM(balance_minutes) = 120 FROM hour_accounts"), 1);
}

TEST_F(LedgerTest, RefusesTimeThatIsCredited) {
  ASSERT_TRUE(CreditHours(Settled(volunteer_, 1, start_, 120)).ok());
  ASSERT_TRUE(CreditHours(Settled(volunteer_, 2, start_ + absl::Hours(4), 60)).ok());
  uint64_t registration = 100;
  for (const auto& [from, minutes] : std::vector<std::pair<int, int>>{
           {0, 120}, {-60, 61}, {119, 10}, {30, 10}, {-60, 400}, {239, 2}, {120, 121}, {299, 1}}) {
    const auto credit = Apply(Settled(volunteer_, ++registration, start_ + absl::Minutes(from), minutes));
    EXPECT_EQ(ReasonOf(credit.status()), type::REASON_HOURS_OVERLAP) << from << "+" << minutes;
  }
  for (const auto& [from, minutes] : std::vector<std::pair<int, int>>{{-60, 60}, {120, 120}, {300, 1}}) {
    EXPECT_TRUE(Apply(Settled(volunteer_, ++registration, start_ + absl::Minutes(from), minutes)).ok()) << from;
  }
  EXPECT_TRUE(CreditHours(Settled(Register(2), ++registration, start_, 120)).ok()) << "another person, the same time";
}

TEST_F(LedgerTest, TakesBackWhatWasCreditedAndCreditsWhatStandsInstead) {
  const auto first = Settled(volunteer_, 9, start_, 120);
  ASSERT_TRUE(Apply(first).ok());
  const auto back = Reversed(volunteer_, 9, 1);
  const auto reversal = Apply(back);
  ASSERT_TRUE(reversal.ok()) << reversal.status();
  EXPECT_EQ(reversal->minutes, -120);
  EXPECT_EQ(reversal->balance_minutes, 0);
  EXPECT_EQ(Number("SELECT COUNT(*) FROM credited_times"), 0);
  EXPECT_EQ(
      Number("SELECT COUNT(*) FROM hour_entries WHERE sequence = 2 AND minutes = -120 AND revision = 1 AND"
             " activity_title = '清洁家园' AND start_time = (SELECT start_time FROM hour_entries WHERE sequence = 1)"),
      1);
  // The time is free again, for what stands instead as for another registration.
  auto instead = Settled(volunteer_, 9, start_ + absl::Minutes(30), 60);
  instead.set_revision(2);
  EXPECT_EQ(Apply(instead)->balance_minutes, 60);
  EXPECT_TRUE(Apply(Settled(volunteer_, 10, start_, 30)).ok());
  EXPECT_EQ(ReasonOf(Apply(Settled(volunteer_, 11, start_, 31)).status()), type::REASON_HOURS_OVERLAP);
  // All of it once more, from an older cursor: nothing changes.
  EXPECT_EQ(Apply(first)->minutes, 0);
  EXPECT_EQ(Apply(back)->minutes, 0);
  EXPECT_EQ(Apply(instead)->minutes, 0);
  EXPECT_EQ(Balance(), 90);
  EXPECT_EQ(Verify().entries, 4);
  EXPECT_FALSE(Verify().fault.has_value());
}

TEST_F(LedgerTest, TakesNothingBackThatIsNotCredited) {
  EXPECT_EQ(ReasonOf(Apply(Reversed(volunteer_, 9, 1)).status()), type::REASON_NOT_CREDITED);
  auto instead = Settled(volunteer_, 9, start_, 60);
  instead.set_revision(2);
  EXPECT_EQ(ReasonOf(Apply(instead).status()), type::REASON_NOT_CREDITED);
  ASSERT_TRUE(Apply(Settled(volunteer_, 9, start_, 120)).ok());
  EXPECT_EQ(ReasonOf(Apply(instead).status()), type::REASON_NOT_CREDITED) << "before it is taken back";
  EXPECT_EQ(ReasonOf(Apply(Reversed(volunteer_, 9, 3)).status()), type::REASON_NOT_CREDITED);
  EXPECT_EQ(ReasonOf(Apply(Reversed(Register(2), 9, 1)).status()), type::REASON_HOURS_CONTRADICT) << "somebody else's";
  EXPECT_EQ(Balance(), 120);
}

TEST_F(LedgerTest, FindsANeighbourThatTheReversedOneHid) {
  ASSERT_TRUE(Apply(Settled(volunteer_, 1, start_, 120)).ok());
  ASSERT_TRUE(Apply(Settled(volunteer_, 2, start_ + absl::Minutes(120), 60)).ok());
  auto instead = Settled(volunteer_, 2, start_ + absl::Minutes(90), 90);
  instead.set_revision(2);
  // In one batch, where the reversed entry was the nearest when it began.
  const auto together = db::RunTransaction(pool_, {}, [&](db::Transaction& transaction) {
    return WriteHours(transaction,
                      {*EntryOf(kCenter, Reversed(volunteer_, 2, 1), start_), *EntryOf(kCenter, instead, start_)})
        .status();
  });
  EXPECT_EQ(ReasonOf(together), type::REASON_HOURS_OVERLAP);
  EXPECT_EQ(Balance(), 180) << "all or nothing";
}

TEST_F(LedgerTest, SumsSupplementsApart) {
  auto supplement = Settled(volunteer_, 1, start_, 120);
  supplement.set_grade(activity::v1::Attendance::GRADE_D);
  ASSERT_TRUE(Apply(supplement).ok());
  ASSERT_TRUE(Apply(Settled(volunteer_, 2, start_ + absl::Hours(5), 60)).ok());
  const auto supplements = [this] { return Number("SELECT supplement_minutes FROM hour_accounts"); };
  EXPECT_EQ(supplements(), 120);
  EXPECT_EQ(Balance(), 180);
  ASSERT_TRUE(Apply(Reversed(volunteer_, 1, 1)).ok());
  EXPECT_EQ(supplements(), 0);
  EXPECT_EQ(Balance(), 60);
}

TEST_F(LedgerTest, WritesManyAtOnce) {
  std::vector<HourEntry> wanted;
  std::vector<uint64_t> people = {volunteer_};
  for (int i = 2; i <= 9; ++i) people.push_back(Register(i));
  for (uint64_t i = 0; i < 700; ++i) {
    const auto event = Settled(people[i % people.size()], 1000 + i, start_ + absl::Hours(i / people.size()), 60);
    wanted.push_back(*EntryOf(kCenter, event, start_));
  }
  const auto credits =
      db::RunTransaction(pool_, {}, [&](db::Transaction& transaction) { return WriteHours(transaction, wanted); });
  ASSERT_TRUE(credits.ok()) << credits.status();
  EXPECT_EQ(credits->size(), 700u);
  EXPECT_EQ(Number("SELECT CAST(SUM(balance_minutes) AS SIGNED) FROM hour_accounts"), 700 * 60);
  EXPECT_EQ(Number("SELECT COUNT(*) FROM credited_times"), 700);
  const auto report = VerifyLedger(pool_);
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_FALSE(report->fault.has_value()) << report->fault->chain.what;
  EXPECT_EQ(report->accounts, 9);
  EXPECT_EQ(report->entries, 700);
}

TEST_F(LedgerTest, RefusesAVolunteerThatIsNotThere) {
  EXPECT_EQ(Apply(Settled(424242, 1, start_, 60)).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(Number("SELECT COUNT(*) FROM hour_entries"), 0);
}

TEST_F(LedgerTest, TellsTheBalanceOfEachCredit) {
  for (int i = 0; i < 3; ++i) {
    const auto credit = Apply(Settled(volunteer_, 10 + i, start_ + absl::Hours(5 * i), 240));
    ASSERT_TRUE(credit.ok());
    EXPECT_EQ(credit->balance_minutes, 240 * (i + 1));
  }
}

// Each change of the stored rows that a person with access to the database might make.
TEST_F(LedgerTest, FindsEveryAlteredRow) {
  for (int i = 1; i <= 5; ++i) ASSERT_TRUE(CreditHours(Settled(volunteer_, i, start_ + absl::Hours(2 * i), 60)).ok());
  const auto all = [this] {
    return Text("SELECT SHA2(GROUP_CONCAT(HEX(hash), minutes, sequence ORDER BY sequence), 256) FROM hour_entries");
  };
  const std::string untouched = all();
  struct Tampering {
    const char* change;
    const char* undo;
    int64_t sequence;
  };
  const Tampering kTamperings[] = {
      {"UPDATE hour_entries SET minutes = 61, balance_minutes = 181 WHERE sequence = 3",
       "UPDATE hour_entries SET minutes = 60, balance_minutes = 180 WHERE sequence = 3", 3},
      {"UPDATE hour_entries SET place = 'elsewhere' WHERE sequence = 2",
       "UPDATE hour_entries SET place = '村委会广场' WHERE sequence = 2", 2},
      {"UPDATE hour_entries SET grade = 4 WHERE sequence = 5", "UPDATE hour_entries SET grade = 1 WHERE sequence = 5",
       5},
      {"UPDATE hour_entries SET start_time = start_time + 1 WHERE sequence = 1",
       "UPDATE hour_entries SET start_time = start_time - 1 WHERE sequence = 1", 1},
      {"UPDATE hour_entries SET hash = CONCAT(CHAR(ASCII(SUBSTR(hash, 1, 1)) ^ 1), SUBSTR(hash, 2)) WHERE sequence = 4",
       "UPDATE hour_entries SET hash = CONCAT(CHAR(ASCII(SUBSTR(hash, 1, 1)) ^ 1), SUBSTR(hash, 2)) WHERE sequence = 4",
       4},
      {"UPDATE hour_entries SET sequence = 9 WHERE sequence = 2",
       "UPDATE hour_entries SET sequence = 2 WHERE sequence = 9", 2},
      {"INSERT INTO hour_entries SELECT center_id, volunteer_id, 0, 999, 0, minutes, balance_minutes, 1, 2, "
       "activity_id,"
       " activity_title, shift_id, unit_id, team_id, place, content, person_in_charge_id, recorder_id, grade, "
       "record_time,"
       " hash FROM hour_entries WHERE sequence = 1",
       "DELETE FROM hour_entries WHERE sequence = 0", 0},
      {"UPDATE hour_accounts SET balance_minutes = 301", "UPDATE hour_accounts SET balance_minutes = 300", 6},
      {"UPDATE hour_accounts SET head_hash = REPEAT('x', 32)",
       "UPDATE hour_accounts SET head_hash = (SELECT hash FROM hour_entries WHERE sequence = 5)", 6},
      {"UPDATE hour_accounts SET sequence = 4", "UPDATE hour_accounts SET sequence = 5", 6},
  };
  for (const Tampering& tampering : kTamperings) {
    ASSERT_FALSE(Verify().fault.has_value());
    Execute(tampering.change);
    const auto fault = Verify().fault;
    ASSERT_TRUE(fault.has_value()) << tampering.change;
    EXPECT_EQ(fault->sequence, tampering.sequence) << tampering.change << ": " << fault->what;
    Execute(tampering.undo);
    EXPECT_EQ(all(), untouched);
  }
  Execute("DELETE FROM hour_entries WHERE sequence = 5");
  EXPECT_EQ(Verify().fault->sequence, 5) << "a cut-off end";
}

}  // namespace
}  // namespace wenming::volunteer
