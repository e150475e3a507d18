#include "activity_svc/station_packs/station_packs_rules.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "common/errors/errors.h"

namespace wenming::activity {
namespace {

using A = v1::Attendance;

const absl::Time kStart = absl::FromUnixSeconds(1'777'600'800);

Shift TwoHours(ShiftState state = v1::Shift::STATE_OPEN) {
  Shift shift;
  shift.start_time = kStart;
  shift.end_time = kStart + absl::Hours(2);
  shift.state = state;
  return shift;
}

StationRecord Record(const std::string& id, Edge edge, int minute, bool scanned) {
  StationRecord record{.id = id, .edge = edge};
  record.scan.time = kStart + absl::Minutes(minute);
  record.scan.means = scanned ? A::MEANS_STATION_CODE : A::MEANS_LEADER;
  record.scan.pack_id = 5;
  record.scan.unenforced = UnenforcedSet({A::UNENFORCED_SERVER_TIME});
  return record;
}

std::string Shown(const std::optional<Presence>& presence) {
  return presence ? ToProto(*presence).ShortDebugString() : "nothing";
}

// One after another, each with everything that is known by then, as uploads do.
std::optional<Presence> OneByOne(const Shift& shift, const std::vector<StationRecord>& records,
                                 std::optional<Presence> presence) {
  std::vector<StationRecord> known;
  for (const StationRecord& record : records) {
    known.push_back(record);
    presence = WithRecords(shift, Policy(), known, Presence{.registration_id = 1}, presence);
  }
  return presence;
}

TEST(StationPacksRules, NoOrderOfArrivalMatters) {
  const std::vector<StationRecord> all = {Record("a", Edge::kIn, 10, true), Record("b", Edge::kIn, 2, false),
                                          Record("c", Edge::kOut, 90, true), Record("d", Edge::kOut, 5, true),
                                          Record("e", Edge::kOut, 110, false)};
  for (const ShiftState state : {v1::Shift::STATE_OPEN, v1::Shift::STATE_ENDED}) {
    for (size_t subset = 0; subset < 1u << all.size(); ++subset) {
      std::vector<StationRecord> records;
      for (size_t i = 0; i < all.size(); ++i) {
        if ((subset >> i & 1) != 0) records.push_back(all[i]);
      }
      const std::string expected = Shown(OneByOne(TwoHours(state), records, std::nullopt));
      const auto by_id = [](const StationRecord& a, const StationRecord& b) { return a.id < b.id; };
      while (std::next_permutation(records.begin(), records.end(), by_id)) {
        ASSERT_EQ(Shown(OneByOne(TwoHours(state), records, std::nullopt)), expected) << "of subset " << subset;
      }
    }
  }
}

TEST(StationPacksRules, ScannedBeforeTickedThenTheWidest) {
  const auto presence = OneByOne(
      TwoHours(),
      {Record("a", Edge::kIn, 10, true), Record("b", Edge::kIn, 2, false), Record("c", Edge::kIn, 8, true),
       Record("d", Edge::kOut, 90, true), Record("e", Edge::kOut, 110, false), Record("f", Edge::kOut, 95, true)},
      std::nullopt);
  ASSERT_TRUE(presence.has_value());
  EXPECT_EQ(presence->check_in_time, kStart + absl::Minutes(8));
  EXPECT_EQ(*presence->check_out_time, kStart + absl::Minutes(95));
  EXPECT_EQ(presence->minutes, 87);
  EXPECT_EQ(presence->state, A::STATE_CHECKED_OUT);
  EXPECT_EQ(presence->grade, A::GRADE_B);
}

TEST(StationPacksRules, LeavingWaitsForComing) {
  EXPECT_FALSE(OneByOne(TwoHours(), {Record("a", Edge::kOut, 90, true)}, std::nullopt).has_value());
  const auto late = OneByOne(TwoHours(v1::Shift::STATE_ENDED), {Record("a", Edge::kIn, 10, true)}, std::nullopt);
  EXPECT_EQ(late->state, A::STATE_AUTO_CLOSED);
  EXPECT_TRUE(late->flagged);
  const auto ticked =
      OneByOne(TwoHours(), {Record("a", Edge::kIn, 0, false), Record("b", Edge::kOut, 120, false)}, std::nullopt);
  EXPECT_EQ(ticked->grade, A::GRADE_C);
}

TEST(StationPacksRules, WhatIsKnownInAnotherWayStands) {
  Presence online{.registration_id = 1};
  SetEnd(Edge::kIn, {.time = kStart + absl::Minutes(20), .means = A::MEANS_CODE, .distance = 3}, online);
  const auto in = OneByOne(TwoHours(), {Record("a", Edge::kIn, 1, true), Record("b", Edge::kOut, 100, true)}, online);
  EXPECT_EQ(in->check_in_time, kStart + absl::Minutes(20));
  EXPECT_EQ(*in->check_out_time, kStart + absl::Minutes(100));
  EXPECT_EQ(in->grade, A::GRADE_B);

  Presence left = *OneByOne(TwoHours(), {Record("a", Edge::kIn, 5, false)}, std::nullopt);
  left.state = A::STATE_CHECKED_OUT;
  SetEnd(Edge::kOut, {.time = kStart + absl::Minutes(80), .means = A::MEANS_CODE, .distance = 3}, left);
  const auto out = OneByOne(
      TwoHours(),
      {Record("a", Edge::kIn, 5, false), Record("b", Edge::kIn, 85, true), Record("c", Edge::kOut, 119, true)}, left);
  EXPECT_EQ(out->check_in_time, kStart + absl::Minutes(5));  // nobody comes after he has left
  EXPECT_EQ(*out->check_out_time, kStart + absl::Minutes(80));

  for (const auto state : {A::STATE_CORRECTED, A::STATE_CONFIRMED, A::STATE_VOIDED}) {
    left.state = state;
    EXPECT_EQ(Shown(OneByOne(TwoHours(), {Record("a", Edge::kIn, 1, true)}, left)), Shown(left));
  }
}

TEST(StationPacksRules, Captures) {
  const Shift shift = TwoHours();
  const auto at = [](int minutes) { return kStart + absl::Minutes(minutes); };
  const absl::Time issued = at(-20), expires = at(180);
  const auto reason = [&](Edge edge, absl::Time time, absl::Time sent, absl::Time now) {
    return errors::ReasonOf(CheckCapture(edge, {time, issued, expires, sent, now}, shift, Policy()));
  };
  EXPECT_EQ(reason(Edge::kIn, at(0), at(200), at(200)), type::REASON_UNSPECIFIED);
  EXPECT_EQ(reason(Edge::kIn, at(-22), at(200), at(200)), type::REASON_UNSPECIFIED);  // clocks differ a little
  EXPECT_EQ(reason(Edge::kIn, at(-23), at(200), at(200)), type::REASON_PACK_INVALID);
  EXPECT_EQ(reason(Edge::kOut, at(181), at(200), at(200)), type::REASON_PACK_INVALID);
  EXPECT_EQ(reason(Edge::kOut, at(180), at(200), at(200)), type::REASON_UNSPECIFIED);
  EXPECT_EQ(reason(Edge::kIn, at(10), at(5), at(200)), type::REASON_TIME_ORDER);  // before it was sent by its own clock
  EXPECT_EQ(reason(Edge::kIn, at(10), at(200), at(5)), type::REASON_TIME_ORDER);  // the clock is hours ahead of ours
  EXPECT_EQ(reason(Edge::kIn, at(10), at(11), at(120 + 72 * 60)), type::REASON_UNSPECIFIED);
  EXPECT_EQ(reason(Edge::kIn, at(10), at(11), at(121 + 72 * 60)), type::REASON_UPLOAD_TOO_LATE);
  EXPECT_EQ(reason(Edge::kIn, at(121), at(200), at(200)), type::REASON_OUTSIDE_WINDOW);
  EXPECT_EQ(reason(Edge::kOut, at(-1), at(200), at(200)), type::REASON_OUTSIDE_WINDOW);
}

}  // namespace
}  // namespace wenming::activity
