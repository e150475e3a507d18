// An attacker who can write every table of the log, but has no key, against the verifier.
#include "common/audit/verify.h"

#include <gtest/gtest.h>

#include <functional>
#include <random>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/audit/heads.h"
#include "common/crypto/digest.h"
#include "tests/common/audit/audit_fixture.h"

namespace wenming::audit {
namespace {

constexpr int kRecords = 30;

class VerifyTest : public AuditTest {
 protected:
  void Sql(const std::string& sql, const std::vector<db::Value>& params = {}) {
    const absl::Status done = db::RunTransaction(
        pool_, {}, [&](db::Transaction& transaction) { return transaction.Execute(sql, params).status(); });
    ASSERT_TRUE(done.ok()) << sql << ": " << done;
  }

  // A full log, and a copy of it to come back to.
  void Fill(int records = kRecords) {
    Write(records);
    Chain();
    head_ = *db::Read(pool_, absl::InfiniteFuture(), LoadHead);
    for (const char* table : {"audit_records", "audit_heads", "audit_pending"}) {
      Sql(absl::StrCat("CREATE TABLE copy_of_", table, " AS SELECT * FROM ", table));
    }
  }
  void Restore() {
    for (const char* table : {"audit_records", "audit_heads", "audit_pending"}) {
      Sql(absl::StrCat("DELETE FROM ", table));
      Sql(absl::StrCat("INSERT INTO ", table, " SELECT * FROM copy_of_", table));
    }
  }

  Report Result(const std::vector<Head>& heads = {}, size_t window = 100'000) {
    const auto report = db::Read(pool_, absl::InfiniteFuture(),
                                 [&](db::Session& session) { return Verify(session, key_, heads, window); });
    EXPECT_TRUE(report.ok()) << report.status();
    return report.ok() ? *report : Report();
  }
  // The sequence that the verifier names; 0 for none.
  int64_t Named(const std::vector<Head>& heads = {}, size_t window = 100'000) {
    const Report report = Result(heads, window);
    return report.fault ? report.fault->sequence : 0;
  }

  void Delete(int64_t sequence) { Sql("DELETE FROM audit_records WHERE sequence = ?", {sequence}); }
  void SetHead(int64_t sequence) {
    Sql("UPDATE audit_heads SET sequence = ?, hash = (SELECT hash FROM audit_records WHERE sequence = ?)",
        {sequence, sequence});
  }
  void Cut(int64_t from) {
    Sql("DELETE FROM audit_records WHERE sequence >= ?", {from});
    SetHead(from - 1);
  }
  // A copy of another record with another subject, and hashes of the attacker's.
  void Forge(int64_t sequence) {
    Sql("INSERT INTO audit_records SELECT ?, id + 1, center_id, record_time, 'staff/forged', session_id, address,"
        " method, object, result, details, request_id, seal, ? FROM copy_of_audit_records WHERE sequence = 1",
        {sequence, crypto::Sha256("forged")});
  }
  void Squeeze(int64_t sequence) {
    Sql("UPDATE audit_records SET sequence = sequence + 1 WHERE sequence >= ? ORDER BY sequence DESC", {sequence});
    Forge(sequence);
    SetHead(kRecords + 1);
  }
  void Swap(int64_t a, int64_t b) {
    Sql("UPDATE audit_records SET sequence = 0 WHERE sequence = ?", {a});
    Sql("UPDATE audit_records SET sequence = ? WHERE sequence = ?", {a, b});
    Sql("UPDATE audit_records SET sequence = ? WHERE sequence = 0", {b});
  }
  // Everything from there on is made anew, with a key that is not the right one.
  void Rewrite(int64_t from) {
    const ChainKey wrong{key_.service, "a guess"};
    Head head;
    for (ChainedRecord& record : Chained()) {
      if (record.sequence >= from) {
        if (record.sequence == from) record.record.subject = "staff/forged";
        record.record.seal = SealOf(wrong.key, record.record);
        record.hash = ChainHash(wrong.key, wrong.service, head, record.record);
        Sql("UPDATE audit_records SET subject = ?, seal = ?, hash = ? WHERE sequence = ?",
            {record.record.subject, record.record.seal, record.hash, record.sequence});
      }
      head = {record.sequence, record.hash};
    }
    SetHead(kRecords);
  }

  Head head_;
};

TEST_F(VerifyTest, ALogThatWasLeftAloneIsInOrder) {
  Report report = Result();
  EXPECT_FALSE(report.fault);
  EXPECT_EQ(report.records, 0);
  Fill(2100);
  Write(3);
  report = Result({{0, ""}, head_});
  EXPECT_FALSE(report.fault) << report.fault->what;
  EXPECT_EQ(report.records, 2100);
  EXPECT_EQ(report.pending, 3);
}

// What a service does before it goes on with a log.
TEST_F(VerifyTest, AKeyIsKnownByTheRecordsItHasSealed) {
  const ChainKey other{key_.service, "a key that was made anew"};
  const auto check = [this](const ChainKey& key) {
    return db::Read(pool_, absl::InfiniteFuture(), [&](db::Session& session) { return CheckKey(session, key); });
  };
  EXPECT_TRUE(check(other).ok()) << "nothing has been written yet";
  Fill();
  EXPECT_TRUE(check(key_).ok()) << check(key_);
  const absl::Status refused = check(other);
  EXPECT_EQ(refused.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_NE(refused.message().find("audit.key is not the one"), absl::string_view::npos) << refused;
  // Whoever spoils a record keeps no service from starting.
  Sql("UPDATE audit_records SET subject = 'staff/forged' WHERE sequence = ?", {int64_t{kRecords}});
  EXPECT_TRUE(check(key_).ok());
  Sql("UPDATE audit_records SET seal = REPEAT('x', 32) WHERE sequence > 1");
  EXPECT_FALSE(check(key_).ok());
}

TEST_F(VerifyTest, EveryColumnCounts) {
  Fill();
  for (const char* change :
       {"id = id + 1", "center_id = center_id + 1", "record_time = record_time - 1", "subject = 'staff/other'",
        "session_id = 1", "address = ''", "method = 'x'", "object = 'x'", "result = 7", "details = '{} '",
        "request_id = ''", "seal = REPEAT('x', 32)", "hash = REPEAT('x', 32)", "sequence = 1000"}) {
    for (const int64_t sequence : {int64_t{1}, int64_t{17}, int64_t{kRecords}}) {
      SCOPED_TRACE(absl::StrCat(change, " at ", sequence));
      Sql(absl::StrCat("UPDATE audit_records SET ", change, " WHERE sequence = ?"), {sequence});
      EXPECT_EQ(Named(), sequence);
      Restore();
    }
  }
}

TEST_F(VerifyTest, WhateverIsDoneTheFirstBadRecordIsNamed) {
  Fill();
  const auto seed = std::random_device()();
  SCOPED_TRACE(absl::StrCat("seed ", seed));
  std::mt19937 random(seed);
  const auto any = [&](int64_t from, int64_t to) { return std::uniform_int_distribution<int64_t>(from, to)(random); };
  for (int round = 0; round < 60; ++round) {
    const int64_t at = any(1, kRecords);
    const int64_t later = any(at, kRecords);
    int64_t bad = at;
    const int64_t kind = any(0, 7);
    switch (kind) {
      case 0:
        Delete(at);
        Delete(later);
        break;
      case 1:
        Cut(std::max<int64_t>(at, 2));
        bad = std::max<int64_t>(at, 2);
        break;
      case 2:
        bad = kRecords + 1;
        Forge(bad);
        SetHead(bad);
        break;
      case 3:
        Squeeze(at);
        break;
      case 4:
        if (later == at) continue;
        Swap(at, later);
        break;
      case 5:
        Rewrite(at);
        break;
      case 6:
        Sql("UPDATE audit_records SET object = 'units/other' WHERE sequence IN (?, ?)", {at, later});
        break;
      default:
        bad = -at;
        Forge(bad);
        break;
    }
    EXPECT_EQ(Named({head_}), bad) << "kind " << kind << " round " << round;
    Restore();
  }
  EXPECT_EQ(Named({head_}), 0);
}

TEST_F(VerifyTest, ATailThatIsGoneIsMissedByTheHeadOrByAnExportedOne) {
  Fill();
  Sql("DELETE FROM audit_records WHERE sequence > 20");
  EXPECT_EQ(Named(), 21) << "the head was forgotten";
  SetHead(20);
  EXPECT_EQ(Named(), 0) << "without an exported head nothing says that there was more";
  EXPECT_EQ(Named({head_}), 21);
  // The log goes on, and gets longer than it was: the exported head remembers another record.
  Write(kRecords);
  Chain();
  EXPECT_EQ(Named({head_}), kRecords);
}

TEST_F(VerifyTest, TheHeadItself) {
  Fill();
  Sql("UPDATE audit_heads SET hash = REPEAT('x', 32)");
  EXPECT_EQ(Named(), kRecords + 1);
  Sql("UPDATE audit_heads SET sequence = 10");
  EXPECT_EQ(Named(), 11);
  Sql("UPDATE audit_heads SET sequence = 1000");
  EXPECT_EQ(Named(), kRecords + 1);
}

TEST_F(VerifyTest, WhatIsForgedWhilePendingIsFoundBeforeAndAfterItIsChained) {
  Fill();
  Write(2);
  Sql("UPDATE audit_pending SET object = 'units/other' ORDER BY id LIMIT 1");
  EXPECT_EQ(Named(), kRecords + 1);
  Chain();
  EXPECT_EQ(Named(), kRecords + 1);
}

// Whether the first of the two is remembered still or has to be looked for.
TEST_F(VerifyTest, AGenuineRecordPutThereAgainIsFoundBeforeAndAfterItIsChained) {
  Fill();
  const auto expect_named = [this](int64_t sequence) {
    for (const size_t window : {0, 1, kRecords / 2, kRecords, 10 * kRecords}) EXPECT_EQ(Named({}, window), sequence);
  };
  expect_named(0);
  for (const int64_t again : {1, 5, kRecords}) {
    Sql("INSERT INTO audit_pending SELECT id, center_id, record_time, subject, session_id, address, method, object, "
        "result,"
        " details, request_id, seal FROM audit_records WHERE sequence = ?",
        {again});
    expect_named(kRecords + 1);
    Chain();
    expect_named(kRecords + 1);
    Restore();
  }
}

// Written in time, and chained only after many others.
TEST_F(VerifyTest, ALateRecordIsNotTakenForASecondOne) {
  Write(1);
  Sql("CREATE TABLE late AS SELECT * FROM audit_pending");
  Sql("DELETE FROM audit_pending");
  Fill();
  Sql("INSERT INTO audit_pending SELECT * FROM late");
  EXPECT_EQ(Named({}, 1), 0);
  Chain();
  for (const size_t window : {1, 10 * kRecords}) {
    const Report report = Result({head_}, window);
    EXPECT_FALSE(report.fault) << report.fault->what;
    EXPECT_EQ(report.records, kRecords + 1);
  }
}

TEST_F(VerifyTest, AnothersLogIsNotOurs) {
  Fill();
  const ChainKey other{"other_svc", key_.key};
  const auto report =
      db::Read(pool_, absl::InfiniteFuture(), [&](db::Session& session) { return Verify(session, other, {}); });
  ASSERT_TRUE(report.ok());
  ASSERT_TRUE(report->fault);
  EXPECT_EQ(report->fault->sequence, 1);
}

TEST_F(VerifyTest, BesideARunningServiceNothingIsSuspected) {
  const Chainer chainer(pool_, key_, {.poll = absl::Milliseconds(1), .batch = 3});
  std::thread writer([this] { Write(300); });
  int64_t records = 0;
  while (records < 300) {
    const Report report = Result();
    ASSERT_FALSE(report.fault) << report.fault->sequence << " " << report.fault->what;
    records = report.records;
  }
  writer.join();
}

}  // namespace
}  // namespace wenming::audit
