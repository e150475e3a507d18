#include "activity_svc/calendar_feeds/calendar_feeds_service.h"

#include "activity_svc/names.h"
#include "activity_svc/registrations/departure.h"
#include "common/crypto/digest.h"
#include "common/db/transaction.h"
#include "tests/activity_svc/activity_fixture.h"
#include "wenming/volunteer/v1/events.pb.h"

namespace wenming::activity {
namespace {

constexpr char kPath[] = "/v1/calendarFeeds:ics?token=";

class CalendarFeedsServiceTest : public ActivityTest {
 protected:
  CalendarFeedsServiceTest() {
    for (uint64_t id = 1; id <= 2; ++id) AddVolunteer(id);
  }

  v1::CalendarFeed Create(uint64_t volunteer, const std::string& request_id = "") {
    v1::CreateCalendarFeedRequest request;
    request.mutable_calendar_feed()->set_display_name("手机");
    request.set_request_id(request_id);
    const auto feed = feeds_.CreateCalendarFeed(Person(volunteer, now_), request);
    EXPECT_TRUE(feed.ok()) << feed.status();
    return feed.ok() ? *feed : v1::CalendarFeed();
  }
  static std::string TokenOf(const v1::CalendarFeed& feed) { return feed.path().substr(sizeof(kPath) - 1); }
  // A calendar sends no more than its link: it stands in no center.
  absl::StatusOr<google::api::HttpBody> ReadFeed(const std::string& token, absl::Time now) {
    rpc::Call call = Anybody(now);
    call.center_id = 0;
    v1::ReadCalendarRequest request;
    request.set_token(token);
    return feeds_.ReadCalendar(call, request);
  }
  std::string Calendar(const v1::CalendarFeed& feed, absl::Time now) {
    const auto body = ReadFeed(TokenOf(feed), now);
    EXPECT_TRUE(body.ok()) << body.status();
    return body.ok() ? body->data() : "";
  }
  static int Count(const std::string& text, const std::string& part) {
    int count = 0;
    for (size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
    return count;
  }
  absl::StatusOr<v1::CalendarFeed> Revoke(uint64_t volunteer, const std::string& name) {
    v1::RevokeCalendarFeedRequest request;
    request.set_name(name);
    return feeds_.RevokeCalendarFeed(Person(volunteer, now_), request);
  }

  CalendarFeedsService feeds_{dependencies_, crypto::RandomBytes};
};

TEST_F(CalendarFeedsServiceTest, ALinkShowsItsOwnersShiftsAndNamesNobody) {
  const v1::Shift shift = Published(1, 1);
  const auto mine = *SignUp(1, shift.name());
  const auto waiting = *SignUp(2, shift.name());
  const v1::CalendarFeed first = Create(1), second = Create(2);
  ASSERT_TRUE(first.path().starts_with(kPath));
  const auto body = ReadFeed(TokenOf(first), now_);
  ASSERT_TRUE(body.ok()) << body.status();
  EXPECT_EQ(body->content_type(), "text/calendar; charset=utf-8");
  EXPECT_EQ(Count(body->data(), "BEGIN:VEVENT"), 1);
  EXPECT_EQ(Count(body->data(), "STATUS:CONFIRMED"), 1);
  EXPECT_EQ(Count(body->data(), mine.name()), 1);
  for (const char* personal : {"王", "HT1", "HT2", "volunteers/"})
    EXPECT_EQ(Count(body->data(), personal), 0) << personal;
  EXPECT_EQ(Count(Calendar(second, now_), "BEGIN:VEVENT"), 0) << "one who waits has no place yet";

  ASSERT_TRUE(Cancel(mine, now_ + absl::Hours(1)).ok());
  const std::string cancelled = Calendar(first, now_ + absl::Hours(2));
  EXPECT_EQ(Count(cancelled, "STATUS:CANCELLED"), 1);
  EXPECT_EQ(Count(cancelled, "SEQUENCE:3600"), 1);
  EXPECT_EQ(Count(cancelled, mine.name()), 1) << "under the same UID";
  EXPECT_EQ(Count(Calendar(second, now_ + absl::Hours(2)), "STATUS:TENTATIVE"), 1);
  EXPECT_EQ(Count(Calendar(first, now_ + absl::Hours(24 * 15 + 1)), "BEGIN:VEVENT"), 0) << "long since cancelled";
  ASSERT_TRUE(Accept(waiting, now_ + absl::Hours(2)).ok());
  EXPECT_EQ(Count(Calendar(second, start_ + absl::Hours(24 * 29)), "STATUS:CONFIRMED"), 1);
  EXPECT_EQ(Count(Calendar(second, start_ + absl::Hours(24 * 31)), "BEGIN:VEVENT"), 0) << "long since over";
}

TEST_F(CalendarFeedsServiceTest, EveryTokenThatDoesNotWorkIsAnsweredTheSame) {
  const v1::CalendarFeed feed = Create(1);
  const std::string good = TokenOf(feed);
  EXPECT_EQ(good.size(), 43u);
  std::string other_center = good, other_secret = good;
  other_center[2] = other_center[2] == 'A' ? 'B' : 'A';
  other_secret[30] = other_secret[30] == 'A' ? 'B' : 'A';
  ASSERT_TRUE(ReadFeed(good, now_).ok());
  const absl::Status refusal = ReadFeed("", now_).status();
  EXPECT_EQ(refusal.code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(errors::ReasonOf(refusal), type::REASON_FEED_TOKEN);
  for (const std::string& token : {other_center, other_secret, good + "A", good.substr(1), std::string("x y"),
                                   std::string(5000, 'A'), feed.name()}) {
    EXPECT_EQ(ReadFeed(token, now_).status(), refusal) << token;
  }
  ASSERT_TRUE(Revoke(1, feed.name()).ok());
  EXPECT_EQ(ReadFeed(good, now_).status(), refusal);
}

TEST_F(CalendarFeedsServiceTest, TheSecretIsShownOnceAndKeptNowhere) {
  const v1::CalendarFeed made = Create(1, "request-0001");
  const v1::CalendarFeed again = Create(1, "request-0001");
  EXPECT_EQ(again.name(), made.name());
  EXPECT_EQ(again.path(), "");
  EXPECT_EQ(Number("SELECT COUNT(*) FROM calendar_feeds"), 1);
  const auto listed = feeds_.ListCalendarFeeds(Person(1, now_), {});
  ASSERT_TRUE(listed.ok()) << listed.status();
  ASSERT_EQ(listed->calendar_feeds_size(), 1);
  EXPECT_EQ(listed->calendar_feeds(0).name(), made.name());
  EXPECT_EQ(listed->calendar_feeds(0).display_name(), "手机");
  EXPECT_EQ(listed->calendar_feeds(0).path(), "");
  const std::string token = TokenOf(made);
  EXPECT_EQ(Number("SELECT COUNT(*) FROM calendar_feeds WHERE token_hash = UNHEX('" +
                   crypto::Hex(crypto::Sha256(token)) + "')"),
            1);
  EXPECT_EQ(Number("SELECT COUNT(*) FROM requests WHERE INSTR(answer, '" + token + "') > 0"), 0);
  EXPECT_EQ(Number("SELECT COUNT(*) FROM audit_pending WHERE INSTR(details, '" + token + "') > 0"), 0);
}

TEST_F(CalendarFeedsServiceTest, OneRevokesHisOwnOnly) {
  const v1::CalendarFeed feed = Create(1);
  EXPECT_EQ(ReasonOf(Revoke(2, feed.name())), type::REASON_NOT_YOURS);
  const auto revoked = Revoke(1, feed.name());
  ASSERT_TRUE(revoked.ok()) << revoked.status();
  EXPECT_EQ(FromProto(revoked->revoke_time()), now_);
  EXPECT_TRUE(Revoke(1, feed.name()).ok()) << "once more";
  EXPECT_EQ(ReasonOf(Revoke(1, ids::ResourceName("calendarFeeds", 5))), type::REASON_NOT_FOUND);
  EXPECT_EQ(feeds_.ListCalendarFeeds(Person(2, now_), {})->calendar_feeds_size(), 0);
}

TEST_F(CalendarFeedsServiceTest, TenWorkAtATime) {
  std::vector<std::string> names;
  for (int i = 0; i < kMostFeeds; ++i) names.push_back(Create(1).name());
  EXPECT_EQ(ReasonOf(feeds_.CreateCalendarFeed(Person(1, now_), {})), type::REASON_TOO_MANY_ITEMS);
  ASSERT_TRUE(Revoke(1, names[0]).ok());
  names.push_back(Create(1).name());
  v1::ListCalendarFeedsRequest request;
  request.set_page_size(4);
  std::vector<std::string> listed;
  do {
    const auto page = feeds_.ListCalendarFeeds(Person(1, now_), request);
    ASSERT_TRUE(page.ok()) << page.status();
    for (const auto& feed : page->calendar_feeds()) listed.push_back(feed.name());
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty());
  EXPECT_EQ(listed, (std::vector<std::string>(names.rbegin(), names.rend())));
}

TEST_F(CalendarFeedsServiceTest, WhoIsNotKnownHereGetsNone) {
  EXPECT_EQ(ReasonOf(feeds_.CreateCalendarFeed(Person(9, now_), {})), type::REASON_UNKNOWN_VOLUNTEER);
}

TEST_F(CalendarFeedsServiceTest, OfWhoIsErasedNoLinkStays) {
  const v1::CalendarFeed erased = Create(1), kept = Create(2);
  volunteer::v1::VolunteerChanged changed;
  changed.set_volunteer_id(1);
  changed.set_erased(true);
  events::v1::Event event;
  event.set_center_id(kCenter);
  event.mutable_payload()->PackFrom(changed);
  const absl::Status told = db::RunTransaction(
      database_.pool(), {}, [&](db::Transaction& tx) { return FollowVolunteer(tx, ids_, event, now_); });
  ASSERT_TRUE(told.ok()) << told;
  EXPECT_EQ(ReasonOf(ReadFeed(TokenOf(erased), now_)), type::REASON_FEED_TOKEN);
  EXPECT_TRUE(ReadFeed(TokenOf(kept), now_).ok());
  EXPECT_EQ(Number("SELECT COUNT(*) FROM calendar_feeds WHERE volunteer_id = 1"), 0);
}

TEST_F(CalendarFeedsServiceTest, MakingAndRevokingIsRecorded) {
  const rpc::Call call = Person(1, now_);
  const auto feed = feeds_.CreateCalendarFeed(call, {});
  ASSERT_TRUE(feed.ok()) << feed.status();
  EXPECT_TRUE(call.audited);
  ASSERT_TRUE(Revoke(1, feed->name()).ok());
  EXPECT_EQ(Number("SELECT COUNT(*) FROM audit_pending WHERE object = '" + feed->name() + "'"), 2);
}

}  // namespace
}  // namespace wenming::activity
