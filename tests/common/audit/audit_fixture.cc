#include "tests/common/audit/audit_fixture.h"

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/db/schema.h"

namespace wenming::audit {
namespace {

constexpr char kColumns[] =
    "SELECT id, center_id, record_time, subject, session_id, address, method, object, result, details, request_id, "
    "seal";

}  // namespace

AuditTest::AuditTest() : database_(common::Migrations()), ids_([] { return absl::Now(); }, 7) {}

rpc::Call AuditTest::MakeCall() const {
  rpc::Call call = test::StaffCall(directory_.get(), 7, 5);
  call.caller.session_id = 99;
  call.address = "203.0.113.9";
  call.request_id = "request-1";
  return call;
}

void AuditTest::Write(int count) {
  for (int i = 1; i <= count; ++i) {
    const absl::Status status = db::RunTransaction(pool_, {}, [&](db::Transaction& transaction) {
      return trail_.Append(transaction, MakeCall(), {.object = absl::StrCat("units/", i)});
    });
    ASSERT_TRUE(status.ok()) << status;
  }
}

void AuditTest::Chain() {
  absl::StatusOr<int> moved = 1;
  while (*moved > 0) {
    moved = ChainOnce(pool_, key_, 100, absl::InfiniteFuture());
    ASSERT_TRUE(moved.ok()) << moved.status();
  }
}

int64_t AuditTest::Count(const std::string& table) {
  const auto row = db::Read(pool_, absl::InfiniteFuture(),
                            [&](db::Session& session) { return session.QueryOne("SELECT COUNT(*) FROM " + table); });
  EXPECT_TRUE(row.ok()) << row.status();
  return row.ok() ? (*row)->Int(0) : -1;
}

std::vector<Record> AuditTest::Records(const std::string& table) {
  auto rows = db::Read(pool_, absl::InfiniteFuture(), [&](db::Session& session) {
    return session.Query(absl::StrCat(kColumns, " FROM ", table, " ORDER BY id"));
  });
  EXPECT_TRUE(rows.ok()) << rows.status();
  std::vector<Record> records;
  if (rows.ok()) {
    for (db::Row& row : *rows) records.push_back(TakeRecord(row, 0));
  }
  return records;
}

std::vector<ChainedRecord> AuditTest::Chained() {
  auto rows = db::Read(pool_, absl::InfiniteFuture(), [&](db::Session& session) {
    return session.Query(absl::StrCat(kColumns, ", sequence, hash FROM audit_records ORDER BY sequence"));
  });
  EXPECT_TRUE(rows.ok()) << rows.status();
  std::vector<ChainedRecord> records;
  if (rows.ok()) {
    for (db::Row& row : *rows) {
      Record record = TakeRecord(row, 0);
      records.push_back({row.Int(kRecordColumns), std::move(record), row.TakeText(kRecordColumns + 1)});
    }
  }
  return records;
}

}  // namespace wenming::audit
