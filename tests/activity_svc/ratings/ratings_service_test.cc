#include "activity_svc/ratings/ratings_service.h"

#include <gtest/gtest.h>

#include <atomic>
#include <set>
#include <string>
#include <thread>
#include <tuple>
#include <vector>

#include "activity_svc/ratings/ratings_rules.h"
#include "tests/activity_svc/activity_fixture.h"

namespace wenming::activity {
namespace {

TEST(RatingsRules, FewAnswersClaimLittle) {
  // Against the closed form as published tables give it.
  for (const auto& [hits, tries, bound] :
       {std::tuple{0, 0, 0.0}, {0, 10, 0.0}, {5, 5, 0.5655}, {8, 10, 0.4902}, {50, 100, 0.4038}, {500, 500, 0.9924}}) {
    EXPECT_NEAR(WilsonLowerBound(hits, tries), bound, 0.0001) << hits << "/" << tries;
  }
}

TEST(RatingsRules, OnlyWhatWasMadeHereIsAnInvitation) {
  const CheckCodes codes("a secret of the tests' own"), others("another secret, other tokens");
  const Invitation invitation{kCenter, 0xFFFFFFFFFFFFFFFF, 499};
  std::string token = TokenOf(codes, invitation);
  EXPECT_EQ(token.size(), 48u);
  EXPECT_EQ(ReadToken(codes, token), invitation);
  EXPECT_EQ(ReadToken(others, token), std::nullopt);
  EXPECT_EQ(ReadToken(codes, ""), std::nullopt);
  EXPECT_EQ(ReadToken(codes, token + "A"), std::nullopt);
  for (char& c : token) {
    const char was = c;
    c = was == 'A' ? 'B' : 'A';
    EXPECT_EQ(ReadToken(codes, token), std::nullopt);
    c = was;
  }
}

class RatingsTest : public ActivityTest {
 protected:
  RatingsTest() : activity_(Published(1, 0).activity()) {}

  absl::StatusOr<v1::CreateRatingInvitationsResponse> Ask(int count, const std::string& request_id = "",
                                                          uint64_t staff = kHead) {
    return AskAt(start_, count, request_id, staff);
  }
  absl::StatusOr<v1::CreateRatingInvitationsResponse> AskAt(absl::Time at, int count,
                                                            const std::string& request_id = "",
                                                            uint64_t staff = kHead) {
    v1::CreateRatingInvitationsRequest request;
    request.set_parent(activity_);
    request.set_count(count);
    request.set_request_id(request_id);
    return ratings_.CreateRatingInvitations(Staff(staff, at), request);
  }
  absl::StatusOr<v1::RateActivityResponse> Rate(const std::string& token, int stars, absl::Time at,
                                                const std::string& comment = "很好") {
    v1::RateActivityRequest request;
    request.set_token(token);
    request.set_stars(stars);
    request.set_comment(comment);
    rpc::Call call = Anybody(at);
    call.center_id = 0;  // a link opens anywhere
    auto rated = ratings_.RateActivity(call, request);
    EXPECT_EQ(call.audited, rated.ok());
    return rated;
  }
  absl::StatusOr<v1::RatingSummary> Summary(uint64_t staff = kHead) {
    v1::GetRatingSummaryRequest request;
    request.set_activity(activity_);
    return ratings_.GetRatingSummary(Staff(staff, now_), request);
  }

  const std::string activity_;
  RatingsService ratings_{dependencies_};
};

TEST_F(RatingsTest, WhoWasAskedAnswersOnce) {
  EXPECT_EQ(ReasonOf(Ask(3, "", kStranger)), type::REASON_PERMISSION);
  const auto asked = Ask(3);
  ASSERT_TRUE(asked.ok()) << asked.status();
  ASSERT_EQ(asked->tokens_size(), 3);
  EXPECT_EQ(std::set<std::string>(asked->tokens().begin(), asked->tokens().end()).size(), 3u);
  ASSERT_TRUE(Rate(asked->tokens(0), 5, now_).ok());
  EXPECT_EQ(ReasonOf(Rate("x", 5, now_)), type::REASON_NOT_ASKED);
  EXPECT_EQ(ReasonOf(Rate(TokenOf(codes_, {kCenter, asked->batch_id(), 3}), 5, now_)), type::REASON_NOT_ASKED);
  EXPECT_EQ(ReasonOf(Rate(TokenOf(codes_, {kOtherCenter, asked->batch_id(), 1}), 5, now_)), type::REASON_NOT_ASKED);
  EXPECT_EQ(ReasonOf(Rate(asked->tokens(1), 5, start_ + kInvitationLife)), type::REASON_NOT_ASKED);
  ASSERT_TRUE(Rate(asked->tokens(1), 2, start_ + kInvitationLife - absl::Seconds(1)).ok());

  EXPECT_EQ(ReasonOf(Summary(kStranger)), type::REASON_PERMISSION);
  const auto summary = Summary();
  ASSERT_TRUE(summary.ok()) << summary.status();
  EXPECT_EQ(summary->asked_count(), 3);
  EXPECT_EQ(summary->answered_count(), 2);
  EXPECT_EQ(summary->satisfied_count(), 1);
  EXPECT_DOUBLE_EQ(summary->answer_rate(), 2.0 / 3);
  EXPECT_DOUBLE_EQ(summary->satisfied_share(), 0.5);
  EXPECT_DOUBLE_EQ(summary->satisfied_of_asked(), 1.0 / 3);
  EXPECT_DOUBLE_EQ(summary->satisfied_lower_bound(), WilsonLowerBound(1, 2));

  v1::ListRatingsRequest list;
  list.set_parent(activity_);
  list.set_page_size(1);
  const auto first = ratings_.ListRatings(Staff(kHead, now_), list);
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_EQ(first->ratings(0).stars(), 5);
  EXPECT_EQ(first->ratings(0).comment(), "很好");
  list.set_page_token(first->next_page_token());
  EXPECT_EQ(ratings_.ListRatings(Staff(kHead, now_), list)->ratings(0).stars(), 2);
}

TEST_F(RatingsTest, ARepetitionAsksNobodyTwiceAndNoTokenIsKept) {
  const auto first = Ask(2, "request-0001");
  const auto again = Ask(2, "request-0001");
  ASSERT_TRUE(first.ok() && again.ok()) << again.status();
  EXPECT_EQ(first->SerializeAsString(), again->SerializeAsString());
  EXPECT_EQ(Summary()->asked_count(), 2);
  const std::string holds = "SELECT COUNT(*) FROM requests WHERE LOCATE('";
  EXPECT_EQ(Number(holds + first->tokens(0) + "', answer) > 0"), 0);
}

TEST_F(RatingsTest, NobodyIsAskedBeforeAnythingWasServed) {
  const auto early = AskAt(start_ - absl::Seconds(1), 3);
  EXPECT_EQ(ReasonOf(early), type::REASON_MOVE_NOT_ALLOWED);
  const std::string text(errors::ToWire(early.status(), errors::Language::kEnglish, "").message());
  EXPECT_NE(text.find("this, from 2026-05-02 "), std::string::npos) << text;
  EXPECT_EQ(Summary()->asked_count(), 0);
  // What was called off was not served.
  Move(activity_, v1::MoveActivityRequest::MOVE_CANCEL, kHead);
  EXPECT_EQ(ReasonOf(Ask(3)), type::REASON_MOVE_NOT_ALLOWED);
}

TEST_F(RatingsTest, NobodyAskedClaimsNothing) {
  const auto summary = Summary();
  ASSERT_TRUE(summary.ok()) << summary.status();
  EXPECT_EQ(summary->asked_count(), 0);
  EXPECT_EQ(summary->satisfied_share(), 0);
  EXPECT_EQ(summary->satisfied_lower_bound(), 0);
}

// Whoever heard no answer sends it once more.
TEST_F(RatingsTest, TheSameAgainChangesNothingAndAnotherIsRefused) {
  const auto asked = Ask(1);
  ASSERT_TRUE(asked.ok()) << asked.status();
  ASSERT_TRUE(Rate(asked->tokens(0), 5, now_).ok());
  const int64_t records = Number("SELECT COUNT(*) FROM audit_pending");
  EXPECT_TRUE(Rate(asked->tokens(0), 5, now_ + absl::Minutes(1)).ok());
  EXPECT_EQ(ReasonOf(Rate(asked->tokens(0), 4, now_)), type::REASON_NOT_ASKED);
  EXPECT_EQ(ReasonOf(Rate(asked->tokens(0), 5, now_, "一般")), type::REASON_NOT_ASKED);
  EXPECT_EQ(Number("SELECT COUNT(*) FROM audit_pending"), records);
  EXPECT_EQ(Number("SELECT COUNT(*) FROM ratings WHERE stars = 5 AND comment = '很好'"), 1);
  EXPECT_EQ(Number("SELECT COUNT(*) FROM ratings"), 1);
}

TEST_F(RatingsTest, OneInvitationFromManySidesCountsOnce) {
  const auto asked = Ask(1);
  ASSERT_TRUE(asked.ok()) << asked.status();
  std::atomic<int> taken = 0;
  std::vector<std::thread> people;
  for (int i = 1; i <= 5; ++i) {
    for (int repeated = 0; repeated < 2; ++repeated) {
      people.emplace_back([&, i] { taken += Rate(asked->tokens(0), i, now_).ok() ? 1 : 0; });
    }
  }
  for (std::thread& one : people) one.join();
  EXPECT_EQ(taken, 2) << "the first, and the same again";
  EXPECT_EQ(Summary()->answered_count(), 1);
}

}  // namespace
}  // namespace wenming::activity
