// What the statements cost where tables are large: no call may read more rows than its answer needs, however many
// others there are. The database itself counts, on the connection that the services use here.
#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "absl/strings/str_cat.h"
#include "activity_svc/attendance/shift_sweeper.h"
#include "activity_svc/names.h"
#include "activity_svc/registrations/offer_sweeper.h"
#include "common/db/transaction.h"
#include "tests/activity_svc/activity_fixture.h"

namespace wenming::activity {
namespace {

constexpr int kRows = 5000;
// Rows that one call may look at; a scan of one of the tables would be far beyond.
constexpr int64_t kMost = 600;

class StatementsTest : public ActivityTest {
 protected:
  // Migrating needs two connections; one caller at a time is lent the same one again.
  StatementsTest() : ActivityTest(2) {
    for (uint64_t id = 1; id <= 3; ++id) AddVolunteer(id);
    shift_ = Published(1, 5);
    registration_ = *SignUp(1, shift_.name());
    Fill();
  }

  // Thousands of strangers in every table, before and after ours.
  void Fill() {
    const std::string from = absl::StrCat(" FROM seq_1_to_", kRows);
    const std::string end = std::to_string(absl::ToUnixMicros(start_));
    for (const std::string& sql : {
             "INSERT INTO volunteers SELECT 4096, 100000 + seq, CONCAT('N', seq), '王*', 1, 1" + from,
             "INSERT INTO activities SELECT 4096, 100000 + seq, 9 + seq % 300, 0, 't', 'c', 1, 'thought', 'p', NULL, "
             "NULL,"
             " 0, 1, 4, 1, '', 1, 1, 1" +
                 from,
             "INSERT INTO shifts SELECT 4096, 100000 + seq, 100000 + seq, 'p', " + end + " + seq, " + end +
                 " + 7200000000 + seq, 5, 5, 0, 1, 0, 0, 1, 1, " + end + " + 90000000000000, NULL, 1, 1, NULL" + from,
             "INSERT INTO registrations SELECT 4096, 100000 + seq, 100000 + seq, 100000 + seq, 100000 + seq, 1, 1, 0,"
             " NULL, " +
                 end + ", " + end + " + 7200000000, '', 1, 1" + from,
             "INSERT INTO attendances SELECT 4096, 100000 + seq, 100000 + seq, 100000 + seq, 1, 1, 1, 0, NULL, 0, 0,"
             " NULL, NULL, 0, 0, 0, '', 1, 1" +
                 from,
             "INSERT INTO activity_moves SELECT 4096, 100000 + seq, seq, 1, 1, 2, 'a', '', 1" + from,
         }) {
      database_.Administer("USE " + database_.schema());
      database_.Administer(sql);
    }
    const absl::Status analysed = db::Read(database_.pool(), absl::InfiniteFuture(), [](db::Session& session) {
      return session.Query("ANALYZE TABLE volunteers, activities, shifts, registrations, attendances").status();
    });
    EXPECT_TRUE(analysed.ok()) << analysed;
  }

  int64_t RowsRead() {
    const auto sum = db::Read(database_.pool(), absl::InfiniteFuture(), [](db::Session& s) -> absl::StatusOr<int64_t> {
      const auto rows = s.Query(
          "SELECT CAST(SUM(VARIABLE_VALUE) AS SIGNED) FROM information_schema.SESSION_STATUS WHERE VARIABLE_NAME IN"
          " ('HANDLER_READ_RND_NEXT', 'HANDLER_READ_NEXT', 'HANDLER_READ_PREV', 'HANDLER_READ_RND')");
      if (!rows.ok()) return rows.status();
      return rows->front().Int(0);
    });
    EXPECT_TRUE(sum.ok()) << sum.status();
    return sum.ok() ? *sum : 0;
  }

  // Rows that the call looked at.
  int64_t Cost(const std::function<absl::Status()>& call) {
    const int64_t first = RowsRead();
    const int64_t asking = RowsRead() - first;
    const absl::Status status = call();
    EXPECT_TRUE(status.ok()) << status;
    return RowsRead() - first - 2 * asking;
  }

  void Cheap(const char* what, const std::function<absl::Status()>& call) {
    SCOPED_TRACE(what);
    EXPECT_LE(Cost(call), kMost);
  }

  v1::Shift shift_;
  v1::Registration registration_;
};

TEST_F(StatementsTest, AScanIsSeen) {
  const auto scan = [this] {
    return db::Read(database_.pool(), absl::InfiniteFuture(), [](db::Session& session) {
      return session.Query("SELECT COUNT(*) FROM registrations WHERE reason = 'x'").status();
    });
  };
  EXPECT_GE(Cost(scan), kRows);
}

TEST_F(StatementsTest, NoCallScansATable) {
  v1::GetRegistrationRequest get;
  get.set_name(registration_.name());
  Cheap("sign up", [&] { return SignUp(2, shift_.name(), "request-0001").status(); });
  Cheap("sign up again", [&] { return SignUp(2, shift_.name(), "request-0001").status(); });
  Cheap("get", [&] { return registrations_.GetRegistration(Person(1, now_), get).status(); });
  Cheap("mine", [&] { return registrations_.ListMyRegistrations(Person(1, now_), {}).status(); });
  Cheap("roster", [&] {
    v1::ListRegistrationsRequest request;
    request.set_parent(shift_.name());
    return registrations_.ListRegistrations(Staff(kHead, now_), request).status();
  });
  Cheap("cancel", [&] { return Cancel(registration_, now_).status(); });
  Cheap("sweep offers", [&] { return SweepOffers(database_.pool(), metrics_, now_ + absl::Hours(2)).status(); });
  Cheap("activities of a center", [&] {
    v1::ListActivitiesRequest request;
    request.set_parent(ids::ResourceName("units", kCenter));
    return activities_.ListActivities(Anybody(now_), request).status();
  });
  Cheap("activities of an institute", [&] {
    v1::ListActivitiesRequest request;
    request.set_parent(ids::ResourceName("units", kInstitute));
    return activities_.ListActivities(Staff(kAdmin, now_), request).status();
  });
  Cheap("shifts", [&] {
    v1::ListShiftsRequest request;
    request.set_parent(shift_.activity());
    return shifts_.ListShifts(Anybody(now_), request).status();
  });
  Cheap("moves", [&] {
    v1::ListActivityMovesRequest request;
    request.set_parent(shift_.activity());
    return activities_.ListActivityMoves(Staff(kHead, now_), request).status();
  });
  Cheap("close", [&] { return TryMove(shift_.activity(), v1::MoveActivityRequest::MOVE_CLOSE, kHead).status(); });
  Cheap("sweep shifts", [&] { return SweepShifts(database_.pool(), start_ + absl::Hours(3)).status(); });
  Cheap("attendance", [&] {
    v1::ListAttendancesRequest request;
    request.set_parent(shift_.name());
    return attendance_.ListAttendances(Staff(kHead, now_), request).status();
  });
  Cheap("confirm", [&] {
    v1::ConfirmShiftRequest request;
    request.set_name(shift_.name());
    return attendance_.ConfirmShift(Staff(kHead, start_ + absl::Hours(4)), request).status();
  });
}

}  // namespace
}  // namespace wenming::activity
