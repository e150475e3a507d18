#include "volunteer_svc/hours/ledger.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "common/db/transaction.h"
#include "common/errors/errors.h"
#include "tests/volunteer_svc/fixture.h"
#include "volunteer_svc/hours/chain_verifier.h"
#include "volunteer_svc/hours/hours_store.h"

namespace wenming::volunteer {
namespace {

using errors::ReasonOf;

class LedgerTest : public VolunteerTest {
 protected:
  absl::StatusOr<Credit> Apply(const activity::v1::HoursSettled& event) {
    return db::RunTransaction(pool_, {}, [&](db::Transaction& transaction) {
      return ApplyHoursSettled(transaction, kCenter, event, test::Morning());
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
       "DELETE FROM hour_entries WHERE sequence = 0", 1},
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

class LedgerAtScaleTest : public VolunteerTest {
 protected:
  LedgerAtScaleTest() : VolunteerTest(1) {}
};

TEST_F(LedgerAtScaleTest, ApplyingReadsAFewRowsHoweverLongTheLedger) {
  const uint64_t volunteer = Register(1);
  ASSERT_TRUE(CreditHours(Settled(volunteer, 1, test::Morning(), 60)).ok());
  Execute(
      "INSERT INTO hour_entries SELECT center_id, volunteer_id, seq + 1, seq + 1, 0, minutes, balance_minutes,"
      " start_time - seq * 3600000000, end_time - seq * 3600000000, activity_id, activity_title, shift_id, unit_id, "
      "team_id,"
      " place, content, person_in_charge_id, recorder_id, grade, record_time, hash FROM hour_entries, seq_1_to_20000");
  Execute("UPDATE hour_accounts SET sequence = 20001");
  const auto next = Settled(volunteer, 50001, test::Morning() + absl::Hours(1), 60);
  EXPECT_LE(RowsRead([&] { EXPECT_TRUE(CreditHours(next).ok()); }), 20);
  EXPECT_LE(RowsRead([&] { EXPECT_TRUE(CreditHours(next).ok()); }), 20);
  const auto overlapping = Settled(volunteer, 50002, test::Morning() + absl::Minutes(30), 60);
  EXPECT_LE(RowsRead([&] { EXPECT_FALSE(CreditHours(overlapping).ok()); }), 20);
  const auto before = Settled(volunteer, 50003, test::Morning() - absl::Hours(30000), 60);
  EXPECT_LE(RowsRead([&] { EXPECT_TRUE(CreditHours(before).ok()); }), 20);
  EXPECT_GE(RowsRead([&] { Number("SELECT COUNT(*) FROM hour_entries"); }), 20000)
      << "a whole table would go unnoticed";
}

}  // namespace
}  // namespace wenming::volunteer
