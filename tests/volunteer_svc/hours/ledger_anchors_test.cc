// Certificates bear witness against a ledger that was made anew: whoever may write to the tables can compute its
// hashes.
#include "volunteer_svc/hours/ledger_anchors.h"

#include <gtest/gtest.h>

#include <sstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "tests/volunteer_svc/data_fixture.h"
#include "volunteer_svc/hours/ledger_report.h"

namespace wenming::volunteer {
namespace {

class LedgerAnchorsTest : public DataTest {
 protected:
  LedgerAnchorsTest() {
    for (int i = 1; i <= 3; ++i) Credit(i, 60);
    EXPECT_TRUE(Certify(other_).ok());
    EXPECT_TRUE(Certify(person_).ok());
    Credit(4, 60);
  }

  void Credit(int n, int minutes) {
    const auto id = static_cast<uint64_t>(n);
    ASSERT_TRUE(CreditHours(Settled(person_, id, start_ + n * absl::Hours(3), minutes)).ok());
    ASSERT_TRUE(CreditHours(Settled(other_, 100 + id, start_ + n * absl::Hours(3), minutes)).ok());
  }

  // Takes the entries behind `last` away, with every trace of them in the other tables of the ledger.
  void CutBehind(int last) {
    const std::string of_person = absl::StrCat(" WHERE volunteer_id = ", person_, " AND sequence > ", last);
    Execute("DELETE FROM hour_entries" + of_person);
    Execute("DELETE FROM credited_times" + of_person);
    Execute(absl::StrCat(
        "UPDATE hour_accounts a JOIN hour_entries e ON e.volunteer_id = a.volunteer_id AND e.sequence = ", last,
        " SET a.sequence = e.sequence, a.balance_minutes = e.balance_minutes, a.latest_end_time = e.end_time,"
        " a.head_hash = e.hash WHERE a.volunteer_id = ",
        person_));
  }

  std::string Report() {
    std::ostringstream out;
    ReportLedger(pool_, out);
    return out.str();
  }
  std::string Broken(int sequence) const {
    return absl::StrCat("\"fault\":{\"center\":\"", ids::ResourceName("units", kCenter), "\",\"volunteer\":\"",
                        ids::ResourceName("volunteers", person_), "\",\"sequence\":", sequence,
                        ",\"what\":\"other than when a certificate was issued\"}}\n");
  }

  const absl::Time start_ = test::Morning() - absl::Hours(24 * 3);
  const uint64_t person_ = RegisterAged(1, 30), other_ = RegisterAged(2, 30);
};

TEST_F(LedgerAnchorsTest, AreAsTheyWereAndLaterEntriesDoNotMatter) {
  EXPECT_TRUE(Report().ends_with("\"entries\":8,\"fault\":null}\n")) << Report();
}

TEST_F(LedgerAnchorsTest, FindEntriesCutOffTheEnd) {
  CutBehind(2);
  EXPECT_FALSE(VerifyLedger(pool_)->fault) << "the chain itself is in order";
  EXPECT_TRUE(Report().ends_with(Broken(3))) << Report();
}

TEST_F(LedgerAnchorsTest, FindAChainMadeAnew) {
  CutBehind(1);
  for (int n = 2; n <= 4; ++n) {
    ASSERT_TRUE(CreditHours(Settled(person_, static_cast<uint64_t>(n), start_ + n * absl::Hours(3), 90)).ok());
  }
  EXPECT_FALSE(VerifyLedger(pool_)->fault) << "the chain itself is in order";
  EXPECT_TRUE(Report().ends_with(Broken(3))) << Report();
}

TEST_F(LedgerAnchorsTest, NameTheFirst) {
  EXPECT_TRUE(Certify(person_).ok());
  EXPECT_TRUE(Certify(other_).ok());
  Execute(
      absl::StrCat("UPDATE certificates SET ledger_hash = REPEAT('x', 32) WHERE ledger_sequence = 4 OR volunteer_id"
                   " = ",
                   other_));
  EXPECT_TRUE(Report().ends_with(Broken(4))) << Report();
}

}  // namespace
}  // namespace wenming::volunteer
