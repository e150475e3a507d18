// What the statements cost where tables are large: no call may read more rows than its answer needs, however many
// others there are. The database itself counts, on the connection that the services use here.
#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "absl/strings/str_cat.h"
#include "activity_svc/agenda/agenda_service.h"
#include "activity_svc/appeals/appeals_service.h"
#include "activity_svc/attendance/personal_code.h"
#include "activity_svc/attendance/shift_sweeper.h"
#include "activity_svc/calendar_feeds/calendar_feeds_service.h"
#include "activity_svc/calendars/calendars_service.h"
#include "activity_svc/handovers/handover_sweeper.h"
#include "activity_svc/names.h"
#include "activity_svc/notices/notices_service.h"
#include "activity_svc/ratings/ratings_service.h"
#include "activity_svc/registrations/full_shifts.h"
#include "activity_svc/registrations/offer_sweeper.h"
#include "activity_svc/registrations/registrations_store.h"
#include "activity_svc/registrations/sign_up.h"
#include "activity_svc/rosters/rosters_service.h"
#include "activity_svc/settlements/settlements_service.h"
#include "activity_svc/supplements/supplements_service.h"
#include "activity_svc/volunteers/volunteers_store.h"
#include "common/crypto/digest.h"
#include "common/db/transaction.h"
#include "common/idempotency/idempotency.h"
#include "tests/activity_svc/activity_fixture.h"
#include "tests/support/row_counter.h"
#include "wenming/volunteer/v1/events.pb.h"

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
    missed_ = *SignUp(3, Published(1, 1).name());
    Fill();
  }

  // Thousands of strangers in every table, before and after ours.
  void Fill() {
    const std::string from = absl::StrCat(" FROM seq_1_to_", kRows);
    const std::string end = std::to_string(absl::ToUnixMicros(start_));
    for (const std::string& sql : {
             "INSERT INTO volunteers SELECT 4096, 100000 + seq, CONCAT('N', seq), '王*', 1, 1, NULL, '', '', 0, NULL, "
             "0" +
                 from,
             "INSERT INTO activities SELECT 4096, 100000 + seq, 9 + seq % 300, 0, 't', 'c', 1, 'thought', 'p', NULL, "
             "NULL,"
             " 0, 0, '', 1, 4, 1, '', 1, 1, 1" +
                 from,
             "INSERT INTO shifts SELECT 4096, 100000 + seq, 100000 + seq, 'p', " + end + " + seq, " + end +
                 " + 7200000000 + seq, 5, 5, 0, 1, 0, 0, 1, 1, " + end + " + 90000000000000, NULL, 1, 1, NULL, '', ''" +
                 from,
             "INSERT INTO registrations SELECT 4096, 100000 + seq, 100000 + seq, 100000 + seq, 100000 + seq, 1, 1, 0,"
             " NULL, " +
                 end + ", " + end + " + 7200000000, '', 1, 1" + from,
             "INSERT INTO attendances SELECT 4096, 100000 + seq, 100000 + seq, 100000 + seq, 1, 1, 1, 0, NULL, 0, 0,"
             " NULL, NULL, 0, 0, 0, '', 1, 1, 0, 0, 0, 0" +
                 from,
             "INSERT INTO station_records SELECT 4096, 100000 + seq, CONCAT('record-', seq), 100000 + seq, 100000 + "
             "seq,"
             " 1, 1, 1, 6, 0, UNHEX(SHA2(seq, 256)), 8, UNHEX(SHA2(seq, 256)), 's', 1" +
                 from,
             "INSERT INTO settlement_steps SELECT 4096, 100000 + seq, 1, 'a', 1, 0" + from,
             "INSERT INTO hour_entries SELECT 4096, 100000 + seq, 0, 100000 + seq, 1, 2, 1, 1, 9, '', 1" + from,
             "INSERT INTO attendance_corrections SELECT 4096, 100000 + seq, seq, 0, NULL, 0, NULL, 0, 0, 0, 'a', '', "
             "1" +
                 from,
             "INSERT INTO appeals SELECT 4096, 100000 + seq, 100000 + seq, 9 + seq % 300, 100000 + seq, 1, 0, 1, 2, " +
                 end + ", 1, 1, 1" + from,
             "INSERT INTO supplements SELECT 4096, 100000 + seq, 100000 + seq, 100000 + seq, 100000 + seq, 1, 2, 1, '',"
             " '', '', 1, 1, 'a', '', '', NULL, 1, 1" +
                 from,
             "INSERT INTO supplement_moves SELECT 4096, 100000 + seq, 1, 'a', '', 1" + from,
             "INSERT INTO rating_batches SELECT 4096, 100000 + seq, 100000 + seq, 9, 1, 'a', 1" + from,
             "INSERT INTO ratings SELECT 4096, 100000 + seq, 0, 100000 + seq, 100000 + seq, 5, '', 1" + from,
             "INSERT INTO appeal_moves SELECT 4096, 100000 + seq, seq, 0, 1, 0, 'a', '', 1" + from,
             "INSERT INTO handovers SELECT 4096, 100000 + seq, 100000 + seq, 100000 + seq, 100000 + seq, 200000 + seq, "
             "0, 1,"
             " 1, " +
                 end + ", " + end + ", 1, 1" + from,
             "INSERT INTO activity_moves SELECT 4096, 100000 + seq, seq, 1, 1, 2, 'a', '', 1" + from,
             "INSERT INTO notices SELECT 4096, 100000 + seq, 100000 + seq, 1, 1, 100000 + seq, 100000 + seq, 1, 0, '', "
             "1, "
             "NULL, 1, NULL, NULL" +
                 from,
             "INSERT INTO calendar_feeds SELECT 4096, 100000 + seq, 100000 + seq, '', UNHEX(SHA2(seq, 256)), 1, NULL" +
                 from,
         }) {
      database_.Administer("USE " + database_.schema());
      database_.Administer(sql);
    }
    const absl::Status analysed = db::Read(database_.pool(), absl::InfiniteFuture(), [](db::Session& session) {
      return session
          .Query(
              "ANALYZE TABLE volunteers, activities, shifts, registrations, attendances, handovers, calendar_feeds, "
              "settlement_steps, hour_entries, attendance_corrections, appeals, appeal_moves, supplements, "
              "supplement_moves, rating_batches, ratings, station_records, notices")
          .status();
    });
    EXPECT_TRUE(analysed.ok()) << analysed;
  }

  // Rows that the call looked at.
  int64_t Cost(const std::function<absl::Status()>& call) { return test::RowsReadBy(database_.pool(), call); }

  void Cheap(const char* what, const std::function<absl::Status()>& call) {
    SCOPED_TRACE(what);
    EXPECT_LE(Cost(call), kMost);
  }

  v1::Shift shift_;
  v1::Registration registration_;
  v1::Handover handover_;
  v1::Registration missed_;  // in a shift of its own
};

TEST_F(StatementsTest, AScanIsSeen) {
  const auto scan = [this] {
    return db::Read(database_.pool(), absl::InfiniteFuture(), [](db::Session& session) {
      return session.Query("SELECT COUNT(*) FROM registrations WHERE reason = 'x'").status();
    });
  };
  EXPECT_GE(Cost(scan), kRows);
}

// Who is in a shift is read to refuse the others from memory; of one with more people than are remembered nobody is.
TEST_F(StatementsTest, WhoIsInAShiftWithTooManyToRememberIsNotRead) {
  constexpr int kMany = FullShifts::kMostRegistered + 1;
  const v1::Shift full = PublishedAt(start_ + absl::Hours(8), absl::Hours(1), kMany, 0);
  database_.Administer(absl::StrCat("INSERT INTO registrations SELECT 4096, 900000 + seq, ", IdOf(full.name()), ", ",
                                    IdOf(full.activity()), ", 900000 + seq, 1, 1, 0, NULL, ",
                                    absl::ToUnixMicros(start_ + absl::Hours(8)), ", ",
                                    absl::ToUnixMicros(start_ + absl::Hours(9)), ", '', 1, 1 FROM seq_1_to_", kMany));
  const auto set_taken = [&](int taken) {
    database_.Administer(absl::StrCat("UPDATE shifts SET capacity = ", taken, ", taken_count = ", taken,
                                      " WHERE id = ", IdOf(full.name())));
  };
  const auto refused = [&] {
    EXPECT_EQ(ReasonOf(SignUp(2, full.name())), type::REASON_SHIFT_FULL);
    return absl::OkStatus();
  };
  set_taken(FullShifts::kMostRegistered);
  EXPECT_GE(Cost(refused), FullShifts::kMostRegistered)
      << "somebody has gone, and nothing else tells how many there are";
  set_taken(kMany);
  EXPECT_LE(Cost(refused), 100);
}

TEST_F(StatementsTest, NoCallScansATable) {
  v1::GetRegistrationRequest get;
  get.set_name(registration_.name());
  Cheap("sign up", [&] { return SignUp(2, shift_.name(), "request-0001").status(); });
  Cheap("sign up again", [&] { return SignUp(2, shift_.name(), "request-0001").status(); });
  Cheap("facts of many", [&] {
    std::vector<wenming::activity::SignUp> many;
    for (uint64_t i = 1; i <= 100; ++i) many.push_back({.shift_id = 100000 + i % 50, .volunteer_id = 100100 + i});
    return db::Read(database_.pool(), absl::InfiniteFuture(),
                    [&](db::Session& session) { return SignUpBook::Load(session, kCenter, many).status(); });
  });
  Cheap("who is in a shift", [&] {
    return db::Read(database_.pool(), absl::InfiniteFuture(), [&](db::Session& session) {
      return ListEverRegistered(session, kCenter, IdOf(shift_.name()), 100).status();
    });
  });
  Cheap("answers of many", [&] {
    const std::vector<std::string> keys(100, std::string(32, 'k'));
    return db::Read(database_.pool(), absl::InfiniteFuture(),
                    [&](db::Session& session) { return idempotency::FindKept(session, kCenter, keys).status(); });
  });
  Cheap("get", [&] { return registrations_.GetRegistration(Person(1, now_), get).status(); });
  Cheap("mine", [&] { return registrations_.ListMyRegistrations(Person(1, now_), {}).status(); });
  Cheap("export", [&] { return registrations_.ExportMyRegistrations(Person(1, now_), {}).status(); });
  AgendaService agenda(dependencies_);
  Cheap("my shifts", [&] { return agenda.ListMyShifts(Person(1, now_), {}).status(); });
  Cheap("my past shifts", [&] {
    v1::ListMyShiftsRequest request;
    request.set_period(v1::ListMyShiftsRequest::PERIOD_PAST);
    return agenda.ListMyShifts(Person(1, start_ + absl::Hours(3)), request).status();
  });
  for (const uint64_t unit : {kCenter, kInstitute, kStation}) {
    Cheap("upcoming", [&] {
      v1::ListUpcomingShiftsRequest request;
      request.set_parent(ids::ResourceName("units", unit));
      return agenda.ListUpcomingShifts(Anybody(now_), request).status();
    });
  }
  NoticesService notices(dependencies_);
  for (const bool unread : {false, true}) {
    Cheap("notices", [&] {
      v1::ListMyNoticesRequest request;
      request.set_unread_only(unread);
      return notices.ListMyNotices(Person(100007, now_), request).status();
    });
  }
  Cheap("read notices", [&] {
    v1::MarkNoticesReadRequest request;
    request.set_name(ids::ResourceName("notices", 200000));
    return notices.MarkNoticesRead(Person(100007, now_), request).status();
  });
  CalendarFeedsService feeds(dependencies_, crypto::RandomBytes);
  v1::CalendarFeed feed;
  Cheap("create feed", [&] {
    const auto made = feeds.CreateCalendarFeed(Person(1, now_), {});
    if (made.ok()) feed = *made;
    return made.status();
  });
  Cheap("feeds", [&] { return feeds.ListCalendarFeeds(Person(1, now_), {}).status(); });
  Cheap("calendar", [&] {
    v1::ReadCalendarRequest request;
    request.set_token(feed.path().substr(feed.path().find('=') + 1));
    return feeds.ReadCalendar(Anybody(now_), request).status();
  });
  Cheap("revoke feed", [&] {
    v1::RevokeCalendarFeedRequest request;
    request.set_name(feed.name());
    return feeds.RevokeCalendarFeed(Person(1, now_), request).status();
  });
  RostersService rosters(dependencies_);
  Cheap("export roster", [&] {
    v1::ExportRosterRequest request;
    request.set_parent(shift_.name());
    return rosters.ExportRoster(Staff(kHead, now_), request).status();
  });
  Cheap("erase", [&] {
    volunteer::v1::VolunteerChanged changed;
    changed.set_volunteer_id(3);
    changed.set_erased(true);
    events::v1::Event event;
    event.set_center_id(kCenter);
    event.mutable_payload()->PackFrom(changed);
    return db::RunTransaction(database_.pool(), {},
                              [&](db::Transaction& tx) { return ApplyVolunteerEvent(tx, event); });
  });
  Cheap("roster", [&] {
    v1::ListRegistrationsRequest request;
    request.set_parent(shift_.name());
    return registrations_.ListRegistrations(Staff(kHead, now_), request).status();
  });
  Cheap("explain", [&] {
    v1::ExplainEligibilityRequest request;
    request.set_shift(shift_.name());
    return registrations_.ExplainEligibility(Person(1, now_), request).status();
  });
  Cheap("hand over", [&] {
    v1::CreateHandoverRequest request;
    request.set_parent(registration_.name());
    request.mutable_handover()->set_taker_number("HT2");
    handover_ = *handovers_.CreateHandover(Person(1, now_), request);
    return absl::OkStatus();
  });
  Cheap("my handovers", [&] { return handovers_.ListMyHandovers(Person(2, now_), {}).status(); });
  Cheap("withdraw", [&] {
    v1::WithdrawHandoverRequest request;
    request.set_name(handover_.name());
    return handovers_.WithdrawHandover(Person(1, now_), request).status();
  });
  Cheap("sweep handovers", [&] { return SweepHandovers(database_.pool(), ids_, now_).status(); });
  v1::IssueStationPackRequest issue;
  Cheap("cancel", [&] { return Cancel(registration_, now_).status(); });
  Cheap("sweep offers", [&] { return SweepOffers(database_.pool(), ids_, metrics_, now_ + absl::Hours(2)).status(); });
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
  Cheap("my code", [&] {
    v1::GetMyCodeRequest request;
    request.set_registration(registration_.name());
    request.set_device_id("phone-1");
    return attendance_.GetMyCode(Person(1, now_), request).status();
  });
  Cheap("close", [&] { return TryMove(shift_.activity(), v1::MoveActivityRequest::MOVE_CLOSE, kHead).status(); });
  const v1::Shift other = PublishedAt(start_ + absl::Hours(4), absl::Hours(1), 2, 0);
  const v1::Registration there = *SignUp(2, other.name());
  const absl::Time begin = start_ + absl::Hours(4);
  Cheap("scan", [&] {
    v1::ScanVolunteerRequest request;
    request.set_shift(other.name());
    const uint64_t id = IdOf(there.name());
    request.set_code(PersonalCodeAt(codes_.PersonalKey(id, 2), id, crypto::Sha256("phone-2"), begin));
    request.set_end(v1::Attendance::END_IN);
    return attendance_.ScanVolunteer(Staff(kHead, begin), request).status();
  });
  issue.set_shift(other.name());
  Cheap("pack and upload", [&]() -> absl::Status {
    const auto given = station_packs_.IssueStationPack(Staff(kHead, begin), issue);
    if (!given.ok()) return given.status();
    v1::UploadStationRecordsRequest request;
    request.set_shift(other.name());
    request.set_pass(given->pass());
    *request.mutable_sent_time() = ToProto(begin + absl::Hours(1));
    auto& record = *request.add_records();
    record.set_record_id("record-00001");
    record.set_registration(there.name());
    record.set_end(v1::Attendance::END_OUT);
    *record.mutable_capture_time() = ToProto(begin + absl::Minutes(50));
    record.set_code(PersonalCodeAt(codes_.PersonalKey(IdOf(there.name()), 2), IdOf(there.name()),
                                   crypto::Sha256("phone-2"), begin + absl::Minutes(50)));
    const auto answer = station_packs_.UploadStationRecords(Staff(kHead, begin + absl::Hours(1)), request);
    EXPECT_TRUE(answer.ok() && answer->results(0).taken());
    return answer.status();
  });
  Cheap("the leader's list", [&] {
    v1::RecordAttendancesRequest request;
    request.set_shift(other.name());
    request.set_reason("手机没电");
    auto& line = *request.add_lines();
    line.set_volunteer_number("HT2");
    *line.mutable_check_in_time() = ToProto(begin);
    *line.mutable_check_out_time() = ToProto(begin + absl::Hours(1));
    const auto answer = attendance_.RecordAttendances(Staff(kHead, begin + absl::Hours(1)), request);
    EXPECT_TRUE(answer.ok() && answer->taken_count() == 1);
    return answer.status();
  });
  Cheap("sweep shifts", [&] { return SweepShifts(database_.pool(), ids_, start_ + absl::Hours(3)).status(); });
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
  Cheap("excuse", [&] {
    v1::ExcuseRegistrationRequest request;
    request.set_name(missed_.name());
    request.set_reason("住院");
    return registrations_.ExcuseRegistration(Staff(kHead, start_ + absl::Hours(5)), request).status();
  });
}

TEST_F(StatementsTest, NoStepToSettledHoursScansATable) {
  AppealsService appeals(dependencies_);
  SettlementsService settlements(dependencies_);
  CalendarsService calendars(dependencies_);
  const absl::Time start = start_ + absl::Hours(5), end = start + absl::Hours(1), later = end + absl::Hours(24 * 7);
  const v1::Shift shift = PublishedAt(start, absl::Hours(1), 2, 0);
  const auto registration = SignUp(1, shift.name());
  ASSERT_TRUE(registration.ok()) << registration.status();
  const auto step = [&](auto request, auto method, uint64_t staff, absl::Time at) {
    request.set_name(shift.name());
    return (attendance_.*method)(Staff(staff, at), request).status();
  };
  const auto about = [&](auto request) {
    request.set_registration(registration->name());
    return request;
  };
  Cheap("correct", [&] {
    auto request = about(v1::CorrectAttendanceRequest());
    *request.mutable_check_in_time() = ToProto(start);
    *request.mutable_check_out_time() = ToProto(end);
    return attendance_.CorrectAttendance(Staff(kHead, end), request).status();
  });
  Cheap("end", [&] { return step(v1::EndShiftRequest(), &AttendanceService::EndShift, kHead, end); });
  Cheap("confirm", [&] { return step(v1::ConfirmShiftRequest(), &AttendanceService::ConfirmShift, kHead, end); });
  Cheap("publicize",
        [&] { return step(v1::PublicizeShiftRequest(), &AttendanceService::PublicizeShift, kApprover, end); });
  Cheap("public hours", [&] {
    v1::ListPublicHoursRequest request;
    request.set_parent(shift.name());
    return settlements.ListPublicHours(Anybody(later), request).status();
  });
  Cheap("settle", [&] { return step(v1::SettleShiftRequest(), &AttendanceService::SettleShift, kApprover, later); });
  Cheap("settlement", [&] {
    v1::GetSettlementRequest request;
    request.set_shift(shift.name());
    return settlements.GetSettlement(Staff(kHead, later), request).status();
  });
  Cheap("calendar", [&] {
    v1::GetCalendarRequest request;
    request.set_parent(ids::ResourceName("units", kCenter));
    request.set_year(2026);
    return calendars.GetCalendar(Anybody(later), request).status();
  });
  Cheap("appeal", [&] {
    auto request = about(v1::AppealHoursRequest());
    *request.mutable_check_in_time() = ToProto(start);
    *request.mutable_check_out_time() = ToProto(end);
    return appeals.AppealHours(Person(1, later), request).status();
  });
  Cheap("get an appeal", [&] { return appeals.GetAppeal(Person(1, later), about(v1::GetAppealRequest())).status(); });
  for (const uint64_t unit : {kCenter, kInstitute}) {
    Cheap("open appeals", [&] {
      v1::ListOpenAppealsRequest request;
      request.set_parent(ids::ResourceName("units", unit));
      return appeals.ListOpenAppeals(Staff(kAdmin, later), request).status();
    });
  }
  Cheap("decide", [&] {
    auto request = about(v1::DecideAppealRequest());
    request.set_outcome(v1::Appeal::OUTCOME_UPHELD);
    return appeals.DecideAppeal(Staff(kAdmin, later), request).status();
  });
  Cheap("reverse",
        [&] { return settlements.ReverseHours(Staff(kApprover, later), about(v1::ReverseHoursRequest())).status(); });
  SupplementsService supplements(dependencies_);
  RatingsService ratings(dependencies_);
  v1::Supplement supplement;
  Cheap("ask for a supplement", [&] {
    v1::CreateSupplementRequest request;
    request.set_parent(shift.name());
    request.mutable_supplement()->set_volunteer(ids::ResourceName("volunteers", 2));
    *request.mutable_supplement()->mutable_start_time() = ToProto(start);
    *request.mutable_supplement()->mutable_end_time() = ToProto(end);
    const auto made = supplements.CreateSupplement(Staff(kHead, end), request);
    if (made.ok()) supplement = *made;
    return made.status();
  });
  Cheap("supplements", [&] {
    v1::ListSupplementsRequest request;
    request.set_parent(shift.name());
    return supplements.ListSupplements(Staff(kHead, end), request).status();
  });
  using M = v1::MoveSupplementRequest;
  for (const auto move : {M::MOVE_APPROVE, M::MOVE_PUBLICIZE, M::MOVE_SETTLE}) {
    Cheap("move a supplement", [&] {
      M request;
      request.set_name(supplement.name());
      request.set_move(move);
      return supplements.MoveSupplement(Staff(kApprover, move == M::MOVE_SETTLE ? later : end), request).status();
    });
  }
  std::string token;
  Cheap("ask for ratings", [&] {
    v1::CreateRatingInvitationsRequest request;
    request.set_parent(shift.activity());
    request.set_count(500);
    const auto asked = ratings.CreateRatingInvitations(Staff(kHead, end), request);
    if (asked.ok()) token = asked->tokens(0);
    return asked.status();
  });
  Cheap("rate", [&] {
    v1::RateActivityRequest request;
    request.set_token(token);
    request.set_stars(5);
    return ratings.RateActivity(Anybody(end), request).status();
  });
  Cheap("rating summary", [&] {
    v1::GetRatingSummaryRequest request;
    request.set_activity(shift.activity());
    return ratings.GetRatingSummary(Staff(kHead, end), request).status();
  });
  Cheap("ratings", [&] {
    v1::ListRatingsRequest request;
    request.set_parent(shift.activity());
    return ratings.ListRatings(Staff(kHead, end), request).status();
  });
  Cheap("entries", [&] {
    v1::ListHourEntriesRequest request;
    request.set_parent(registration->name());
    return settlements.ListHourEntries(Person(1, later), request).status();
  });
}

}  // namespace
}  // namespace wenming::activity
