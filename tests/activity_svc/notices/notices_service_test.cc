// What volunteers are told of their hours and appeals: once for each happening, in its transaction, and nobody else.
#include "activity_svc/notices/notices_service.h"

#include <gtest/gtest.h>

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "activity_svc/calendars/working_days.h"
#include "activity_svc/notices/notices_store.h"
#include "activity_svc/supplements/supplements_service.h"
#include "activity_svc/volunteers/volunteers_store.h"
#include "tests/activity_svc/settlements/hours_fixture.h"
#include "wenming/volunteer/v1/events.pb.h"

namespace wenming::activity {
namespace {

using A = v1::Appeal;
using N = v1::Notice;

class NoticesTest : public HoursTest {
 protected:
  v1::ListMyNoticesResponse List(uint64_t volunteer, int size = 0, const std::string& token = "",
                                 bool unread_only = false) {
    v1::ListMyNoticesRequest request;
    request.set_page_size(size);
    request.set_page_token(token);
    request.set_unread_only(unread_only);
    const auto page = notices_.ListMyNotices(Person(volunteer, settled_), request);
    EXPECT_TRUE(page.ok()) << page.status();
    return page.ok() ? *page : v1::ListMyNoticesResponse();
  }
  absl::StatusOr<v1::MarkNoticesReadResponse> Read(uint64_t volunteer, const std::string& name) {
    v1::MarkNoticesReadRequest request;
    request.set_name(name);
    return notices_.MarkNoticesRead(Person(volunteer, settled_), request);
  }
  // The people 1 and 2 were there for two hours, 3 was not, and was told.
  void ServeAndSettle() {
    Attend(0, absl::Hours(2));
    Attend(1, absl::Hours(2));
    Publicise(public_);
    SettleShift(settled_);
  }
  // How often anybody was told of hours.
  int64_t Told() { return Number("SELECT COUNT(*) FROM notices WHERE minutes > 0 OR outcome > 0"); }

  NoticesService notices_{dependencies_};
};

TEST_F(NoticesTest, WhoseHoursAreSettledIsToldOnce) {
  ServeAndSettle();
  SettleShift(settled_);  // a repetition
  EXPECT_EQ(Told(), 2);
  const auto told = List(1);
  ASSERT_EQ(told.notices_size(), 1);
  const N& notice = told.notices(0);
  EXPECT_EQ(notice.kind(), N::KIND_HOURS_SETTLED);
  EXPECT_EQ(notice.source(), all_[0].name());
  EXPECT_EQ(notice.activity(), all_[0].activity());
  EXPECT_FALSE(notice.activity_title().empty());
  EXPECT_EQ(notice.minutes(), 120);
  EXPECT_EQ(notice.text(), "“" + notice.activity_title() + "”的服务时长 120 分钟已入账");
  EXPECT_EQ(FromProto(notice.create_time()), settled_);
  EXPECT_FALSE(notice.has_read_time());
  EXPECT_EQ(told.unread_count(), 1);
  ASSERT_EQ(List(3).notices_size(), 1) << "was not there";
  EXPECT_EQ(List(3).notices(0).kind(), N::KIND_ABSENT);
}

TEST_F(NoticesTest, WhoseHoursAreTakenBackIsToldWhy) {
  ServeAndSettle();
  ASSERT_TRUE(Reverse(kSecond, 0, settled_ + absl::Hours(1)).ok());
  EXPECT_FALSE(Reverse(kThird, 0, settled_ + absl::Hours(2)).ok());
  const auto told = List(1);
  ASSERT_EQ(told.notices_size(), 2) << "the refused one tells nobody";
  EXPECT_EQ(told.notices(0).kind(), N::KIND_HOURS_REVERSED);
  EXPECT_EQ(told.notices(0).minutes(), 120);
  EXPECT_EQ(told.notices(0).reason(), "重复记录");
  EXPECT_NE(told.notices(0).text().find("已冲正：重复记录"), std::string::npos);
  EXPECT_EQ(List(2).notices_size(), 1);
}

TEST_F(NoticesTest, AnAppealsDecisionIsToldWithWhatCountsNow) {
  Attend(0, absl::Hours(2));
  Attend(1, absl::Minutes(80));
  Publicise(public_);
  ASSERT_TRUE(Appeal(1, absl::Hours(2), public_).ok());
  ASSERT_TRUE(Appeal(2, absl::Hours(2), public_).ok());
  EXPECT_EQ(Told(), 0) << "the appeal itself is the person's own word";
  ASSERT_TRUE(Decide(kSecond, 1, A::OUTCOME_AMENDED, public_, absl::Minutes(100)).ok());
  ASSERT_TRUE(Decide(kSecond, 2, A::OUTCOME_REJECTED, public_).ok());
  auto told = List(2);
  ASSERT_EQ(told.notices_size(), 1);
  EXPECT_EQ(told.notices(0).kind(), N::KIND_APPEAL_DECIDED);
  EXPECT_EQ(told.notices(0).outcome(), A::OUTCOME_AMENDED);
  EXPECT_EQ(told.notices(0).minutes(), 100);
  EXPECT_EQ(told.notices(0).reason(), "查看了照片");
  told = List(3);
  ASSERT_EQ(told.notices_size(), 2) << "before that, of the absence";
  EXPECT_EQ(told.notices(0).outcome(), A::OUTCOME_REJECTED);
  EXPECT_EQ(told.notices(0).minutes(), 0);
  // After settlement a decision is one notice, too, although the ledger is told to take back and to credit.
  SettleShift(settled_);
  ASSERT_TRUE(Appeal(1, absl::Hours(2), settled_).ok());
  ASSERT_TRUE(Decide(kThird, 1, A::OUTCOME_UPHELD, settled_).ok());
  told = List(2);
  ASSERT_EQ(told.notices_size(), 3);
  EXPECT_EQ(told.notices(0).kind(), N::KIND_APPEAL_DECIDED);
  EXPECT_EQ(told.notices(0).minutes(), 120);
  EXPECT_EQ(told.notices(1).kind(), N::KIND_HOURS_SETTLED);
  EXPECT_EQ(told.notices(1).minutes(), 100);
}

TEST_F(NoticesTest, SupplementsToo) {
  SupplementsService supplements(dependencies_);
  AddVolunteer(9);
  v1::CreateSupplementRequest create;
  create.set_parent(shift_.name());
  auto& supplement = *create.mutable_supplement();
  supplement.set_volunteer(ids::ResourceName("volunteers", 9));
  *supplement.mutable_start_time() = ToProto(start_);
  *supplement.mutable_end_time() = ToProto(end_);
  supplement.set_reason("手机丢失");
  supplement.set_evidence("合影");
  supplement.set_evidence_reference("档案 17");
  const auto asked = supplements.CreateSupplement(Staff(kHead, public_), create);
  ASSERT_TRUE(asked.ok()) << asked.status();
  using M = v1::MoveSupplementRequest;
  const auto move = [&](uint64_t staff, M::Move to, absl::Time at) {
    M request;
    request.set_name(asked->name());
    request.set_move(to);
    request.set_reason("原因");
    const auto moved = supplements.MoveSupplement(Staff(staff, at), request);
    EXPECT_TRUE(moved.ok()) << moved.status();
  };
  move(kApprover, M::MOVE_APPROVE, public_);
  move(kApprover, M::MOVE_PUBLICIZE, public_);
  EXPECT_EQ(Told(), 0);
  move(kApprover, M::MOVE_SETTLE, settled_);
  move(kSecond, M::MOVE_REVERSE, settled_);
  const auto told = List(9);
  ASSERT_EQ(told.notices_size(), 2);
  EXPECT_EQ(told.notices(0).kind(), N::KIND_HOURS_REVERSED);
  EXPECT_EQ(told.notices(1).kind(), N::KIND_HOURS_SETTLED);
  for (const N& notice : told.notices()) {
    EXPECT_EQ(notice.source(), asked->name());
    EXPECT_EQ(notice.minutes(), 120);
  }
}

TEST_F(NoticesTest, PagesAndReadMarksAreThePersonsOwn) {
  const absl::Status told = db::RunTransaction(database_.pool(), {}, [&](db::Transaction& tx) -> absl::Status {
    for (int i = 1; i <= 105; ++i) {
      for (const uint64_t person : {1u, 2u}) {
        const Notice notice{
            .volunteer_id = person, .kind = N::KIND_HOURS_SETTLED, .minutes = i, .create_time = settled_};
        if (auto status = Tell(tx, ids_, kCenter, {&notice, 1}); !status.ok()) return status;
      }
    }
    return absl::OkStatus();
  });
  ASSERT_TRUE(told.ok()) << told;
  std::vector<N> all;
  std::string token;
  do {
    const auto page = List(1, 40, token);
    EXPECT_EQ(page.unread_count(), 100) << "more are not counted";
    all.insert(all.end(), page.notices().begin(), page.notices().end());
    token = page.next_page_token();
  } while (!token.empty());
  ASSERT_EQ(all.size(), 105u);
  for (size_t i = 0; i < all.size(); ++i) EXPECT_EQ(all[i].minutes(), 105 - static_cast<int>(i));

  const int64_t records = Number("SELECT COUNT(*) FROM audit_pending");
  const auto read = Read(1, all[3].name());
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->unread_count(), 3);
  EXPECT_TRUE(Read(1, all[3].name()).ok());
  EXPECT_EQ(Number("SELECT COUNT(*) FROM audit_pending"), records + 1) << "a repetition changes nothing";
  const auto unread = List(1, 0, "", /*unread_only=*/true);
  ASSERT_EQ(unread.notices_size(), 3);
  EXPECT_EQ(unread.notices(2).minutes(), 103);
  EXPECT_TRUE(List(1, 4).notices(3).has_read_time());
  // Another's notice names a place in time and nothing more: it reaches one's own only.
  EXPECT_EQ(List(2).unread_count(), 100);
  ASSERT_TRUE(Read(1, List(2, 1).notices(0).name()).ok());
  EXPECT_EQ(List(1).unread_count(), 0);
  EXPECT_EQ(List(2).unread_count(), 100);
}

TEST_F(NoticesTest, TheyGoWithThePerson) {
  ServeAndSettle();
  volunteer::v1::VolunteerChanged changed;
  changed.set_volunteer_id(1);
  changed.set_erased(true);
  events::v1::Event event;
  event.set_center_id(kCenter);
  event.mutable_payload()->PackFrom(changed);
  const absl::Status erased =
      db::RunTransaction(database_.pool(), {}, [&](db::Transaction& tx) { return ApplyVolunteerEvent(tx, event); });
  ASSERT_TRUE(erased.ok()) << erased;
  EXPECT_EQ(Number("SELECT COUNT(*) FROM notices WHERE volunteer_id = 1"), 0);
  EXPECT_EQ(Number("SELECT COUNT(*) FROM notices WHERE volunteer_id = 2"), 1);
}

// Whatever is told says what it is about and all that it carries, in either language, and differs from all else.
TEST(NoticeText, IsASentenceInBothLanguages) {
  const absl::Time begin = absl::FromUnixSeconds(1'777'600'800), due = begin - absl::Hours(3);
  Notice notice{.minutes = 90, .reason = "查看了照片", .due_time = due, .activity_title = "义诊"};
  const std::set<N::Kind> of_hours = {N::KIND_HOURS_SETTLED, N::KIND_HOURS_REVERSED, N::KIND_APPEAL_DECIDED,
                                      N::KIND_HOURS_CORRECTED};
  const std::set<N::Kind> reasoned = {N::KIND_HOURS_REVERSED,  N::KIND_APPEAL_DECIDED, N::KIND_HOURS_CORRECTED,
                                      N::KIND_SHIFT_CANCELLED, N::KIND_PLACE_LOST,     N::KIND_EXCUSED,
                                      N::KIND_OFFER_LAPSED};
  const std::set<N::Kind> to_answer = {N::KIND_PLACE_OFFERED, N::KIND_HANDOVER_PROPOSED};
  std::set<std::string> texts;
  for (int kind = N::Kind_MIN + 1; kind <= N::Kind_MAX; ++kind) {
    notice.kind = static_cast<N::Kind>(kind);
    notice.outcome = A::OUTCOME_REJECTED;
    notice.shift_start_time = of_hours.contains(notice.kind) ? std::nullopt : std::optional(begin);
    for (const auto language : {errors::Language::kChinese, errors::Language::kEnglish}) {
      const std::string text = TextOf(notice, language);
      SCOPED_TRACE(text);
      EXPECT_TRUE(texts.insert(text).second);
      const auto says = [&text](const std::string& what) { return text.find(what) != std::string::npos; };
      EXPECT_TRUE(says("义诊"));
      EXPECT_EQ(says(" 90 ") || text.starts_with("90 "), of_hours.contains(notice.kind));
      EXPECT_EQ(says(ChineseTime(begin)), !of_hours.contains(notice.kind));
      EXPECT_EQ(says("查看了照片"), reasoned.contains(notice.kind));
      EXPECT_EQ(says(ChineseTime(due)), to_answer.contains(notice.kind));
    }
  }
  notice.shift_start_time = std::nullopt;
  notice.kind = N::KIND_APPEAL_DECIDED;
  EXPECT_EQ(TextOf(notice, errors::Language::kChinese), "“义诊”的时长申诉已处理：维持原记录，认定 90 分钟；查看了照片");
  notice.kind = N::KIND_OFFER_LAPSED;
  notice.reason = "";
  EXPECT_EQ(TextOf(notice, errors::Language::kChinese), "“义诊”为您保留的名额未按时确认，已失效");
}

}  // namespace
}  // namespace wenming::activity
