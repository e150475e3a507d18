// What the statements of the ledger cost where a ledger is long: the database itself counts the rows that they read.
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "common/db/transaction.h"
#include "tests/volunteer_svc/fixture.h"
#include "volunteer_svc/certificates/certificates_store.h"
#include "volunteer_svc/hours/entry_text.h"
#include "volunteer_svc/hours/hours_rules.h"
#include "volunteer_svc/hours/hours_service.h"
#include "volunteer_svc/hours/hours_store.h"
#include "volunteer_svc/hours/ledger.h"
#include "volunteer_svc/hours/ledger_verifier.h"
#include "volunteer_svc/hours/verifier_store.h"

namespace wenming::volunteer {
namespace {

constexpr int kLong = 20000;

class LedgerScaleTest : public VolunteerTest {
 protected:
  // One volunteer with a long ledger, every third entry of it a supplement, and another with a short one.
  LedgerScaleTest() : VolunteerTest(1) {
    EXPECT_TRUE(CreditHours(Settled(volunteer_, 1, test::Morning(), 60)).ok());
    EXPECT_TRUE(CreditHours(Settled(other_, 2, test::Morning(), 60)).ok());
    const std::string many = absl::StrCat(", seq_1_to_", kLong, " WHERE volunteer_id = ", volunteer_);
    Execute(
        "INSERT INTO hour_entries SELECT center_id, volunteer_id, seq + 1, seq + 100, 0, minutes, balance_minutes,"
        " start_time - seq * 3600000000, end_time - seq * 3600000000, activity_id, activity_title, shift_id, unit_id,"
        " team_id, place, content, person_in_charge_id, recorder_id, IF(seq % 3 = 0, 4, 1), record_time, hash"
        " FROM hour_entries" +
        many);
    Execute(
        "INSERT INTO credited_times SELECT center_id, volunteer_id, start_time - seq * 3600000000,"
        " end_time - seq * 3600000000, seq + 1 FROM credited_times" +
        many);
    Execute(absl::StrCat("UPDATE hour_accounts SET sequence = ", kLong + 1, " WHERE volunteer_id = ", volunteer_));
    for (const char* table : {"hour_entries", "credited_times", "hour_accounts"}) {
      EXPECT_TRUE(db::Read(pool_, absl::InfiniteFuture(), [&](db::Session& session) {
                    return session.Query(absl::StrCat("ANALYZE TABLE ", table)).status();
                  }).ok());
    }
  }

  const uint64_t volunteer_ = Register(1), other_ = Register(2);
};

TEST_F(LedgerScaleTest, AScanIsSeen) {
  EXPECT_GE(RowsRead([&] { Number("SELECT COUNT(*) FROM hour_entries"); }), kLong);
}

TEST_F(LedgerScaleTest, WritingReadsAFewRows) {
  const auto credit = [&](const activity::v1::HoursSettled& event, bool taken) {
    EXPECT_LE(RowsRead([&] { EXPECT_EQ(CreditHours(event).ok(), taken); }), 20);
  };
  const auto next = Settled(volunteer_, 50001, test::Morning() + absl::Hours(1), 60);
  credit(next, true);
  credit(next, true);
  credit(Settled(volunteer_, 50002, test::Morning() + absl::Minutes(30), 60), false);
  credit(Settled(volunteer_, 50003, test::Morning() - absl::Hours(30000), 60), true);
  // A time in the middle is free as soon as it is reversed, and the one before it is found without reading on.
  const absl::Time middle = test::Morning() - absl::Hours(9900);
  const auto reverse = [&] {
    return db::RunTransaction(pool_, {}, [&](db::Transaction& transaction) {
      return WriteHours(transaction, {*EntryOf(kCenter, Reversed(volunteer_, 10000, 1), test::Morning())}).status();
    });
  };
  EXPECT_LE(RowsRead([&] { EXPECT_TRUE(reverse().ok()); }), 20);
  credit(Settled(volunteer_, 50004, middle - absl::Minutes(1), 60), false);
  credit(Settled(volunteer_, 50005, middle, 60), true);
}

TEST_F(LedgerScaleTest, ManyTogetherReadAFewRowsEach) {
  std::vector<HourEntry> wanted;
  for (uint64_t i = 0; i < 256; ++i) {
    wanted.push_back(*EntryOf(
        kCenter, Settled(i % 2 == 0 ? volunteer_ : other_, 60000 + i, test::Morning() - absl::Hours(40000 - i), 60),
        test::Morning()));
  }
  const int64_t read = RowsRead([&] {
    EXPECT_TRUE(db::RunTransaction(pool_, {}, [&](db::Transaction& transaction) {
                  return WriteHours(transaction, wanted).status();
                }).ok());
  });
  EXPECT_LE(read, 256 * 10);
}

TEST_F(LedgerScaleTest, AStatementReadsItsPage) {
  HoursService service(dependencies_);
  v1::GetHourAccountRequest account;
  account.set_name(ids::ResourceName("volunteers", volunteer_) + "/hourAccount");
  EXPECT_LE(RowsRead([&] { EXPECT_TRUE(service.GetHourAccount(Self(volunteer_), account).ok()); }), 30);
  v1::ListHourEntriesRequest list;
  list.set_parent(ids::ResourceName("volunteers", volunteer_));
  for (int page = 0; page < 3; ++page) {
    EXPECT_LE(RowsRead([&] {
                const auto answer = service.ListHourEntries(Self(volunteer_), list);
                ASSERT_TRUE(answer.ok());
                ASSERT_EQ(answer->hour_entries_size(), 50);
                list.set_page_token(answer->next_page_token());
              }),
              250);
  }
  EXPECT_LE(RowsRead([&] {
              EXPECT_TRUE(db::Read(pool_, absl::InfiniteFuture(), [&](db::Session& session) {
                            return HoursStore::FirstStart(session, kCenter, volunteer_).status();
                          }).ok());
            }),
            5);
  EXPECT_LE(RowsRead([&] {
              const auto services = db::Read(pool_, absl::InfiniteFuture(), [&](db::Session& session) {
                return CertificatesStore::Services(session, kCenter, volunteer_, test::Morning() - absl::Hours(99),
                                                   test::Morning());
              });
              EXPECT_EQ(services->front().minutes, 99 * 60);
            }),
            99 * 4);
}

TEST_F(LedgerScaleTest, APageOfARareGradeReadsThatGrade) {
  Execute(
      absl::StrCat("UPDATE hour_entries SET grade = 2 WHERE volunteer_id = ", volunteer_, " AND sequence IN (2, 9)"));
  Text("ANALYZE TABLE hour_entries");
  const auto before = [&](v1::Grade grade) {
    const auto entries = db::Read(pool_, absl::InfiniteFuture(), [&](db::Session& session) {
      return HoursStore::Before(session, kCenter, volunteer_, 0, 50, grade);
    });
    EXPECT_TRUE(entries.ok()) << entries.status();
    std::vector<int64_t> sequences;
    for (const HourEntry& entry : *entries) sequences.push_back(entry.sequence);
    return sequences;
  };
  EXPECT_LE(RowsRead([&] { EXPECT_EQ(before(v1::GRADE_B), (std::vector<int64_t>{9, 2})); }), 30);
  EXPECT_LE(RowsRead([&] { EXPECT_TRUE(before(v1::GRADE_C).empty()); }), 10);
  EXPECT_LE(RowsRead([&] { EXPECT_EQ(before(v1::GRADE_D).size(), 50u); }), 250);
}

TEST_F(LedgerScaleTest, DocumentsAreFoundByTheirKeys) {
  Execute(absl::StrCat("INSERT INTO certificate_statements SELECT ", kCenter, ", seq, seq, '' FROM seq_1_to_3000"));
  Execute(
      absl::StrCat("INSERT INTO certificates (center_id, id, volunteer_id, serial, volunteer_number,"
                   " display_name_sealed, id_type, id_number_sealed, start_date, end_date, minutes, star, activities,"
                   " ledger_sequence, ledger_hash, issuer_unit_id, issuer_name, issued_by, issue_time, code_sealed,"
                   " code_hash, state, revoke_reason, revoked_by, batch_id) SELECT ",
                   kCenter,
                   ", seq, seq, seq, seq, '', 1, '', '2026-01-01', '2026-01-01', 1, 0, '', 1, '', 1, '', '',"
                   " 1, '', UNHEX(SHA2(seq, 256)), 1, '', '', seq DIV 10 FROM seq_1_to_3000"));
  for (const char* table : {"certificates", "certificate_statements"}) Text(absl::StrCat("ANALYZE TABLE ", table));
  const CertificatesStore store(cipher_);
  EXPECT_LE(RowsRead([&] {
              EXPECT_TRUE(db::RunTransaction(pool_, {}, [&](db::Transaction& transaction) {
                            const auto batch = store.ListBatch(transaction, kCenter, 7);
                            EXPECT_EQ(batch->size(), 10u);
                            EXPECT_TRUE(store.FindStatement(transaction, kCenter, 70000).ok());
                            return CertificatesStore::ForgetPerson(transaction, kCenter, 77);
                          }).ok());
            }),
            60);
}

TEST_F(LedgerScaleTest, TheVerifierReadsOnWhereItWas) {
  const VolunteerRange range{.center_id = kCenter, .first = volunteer_, .last = other_};
  const EntryPlace after{.volunteer_id = volunteer_, .sequence = kLong - 10};
  EXPECT_LE(RowsRead([&] {
              const auto entries = db::Read(pool_, absl::InfiniteFuture(), [&](db::Session& session) {
                return VerifierStore::Entries(session, range, after, 100);
              });
              ASSERT_TRUE(entries.ok());
              EXPECT_EQ(entries->size(), 12u);
              EXPECT_EQ(ParseEntry(entries->front()).Number(kSequence), kLong - 9);
            }),
            30);
  EXPECT_LE(RowsRead([&] {
              EXPECT_TRUE(db::Read(pool_, absl::InfiniteFuture(), [&](db::Session& session) {
                            return VerifierStore::NextCenter(session, kCenter).status();
                          }).ok());
            }),
            10);
  EXPECT_LE(RowsRead([&] {
              EXPECT_TRUE(db::Read(pool_, absl::InfiniteFuture(), [&](db::Session& session) {
                            return VerifierStore::Accounts(session, kCenter, 0, 1).status();
                          }).ok());
            }),
            5);
}

}  // namespace
}  // namespace wenming::volunteer
