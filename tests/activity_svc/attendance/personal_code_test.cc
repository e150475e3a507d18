// The code that a volunteer shows, and the organiser who scans it.
#include "activity_svc/attendance/personal_code.h"

#include <gtest/gtest.h>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "activity_svc/names.h"
#include "common/crypto/digest.h"
#include "tests/activity_svc/attendance/attendance_fixture.h"

namespace wenming::activity {
namespace {

const absl::Time kWindow = absl::FromUnixSeconds(1'777'600'800);  // the beginning of one

TEST(PersonalCode, GoodForAMinuteForOneRegistrationAndOnePhone) {
  const CheckCodes codes("a secret of the tests' own");
  const std::string key = codes.PersonalKey(5, 9);
  const std::string device = crypto::Sha256("phone-1");
  const auto code = ParsePersonalCode(PersonalCodeAt(key, 5, device, kWindow));
  ASSERT_TRUE(code.has_value());
  EXPECT_EQ(code->registration_id, 5u);
  EXPECT_EQ(code->device_hash, device);
  EXPECT_EQ(code->code.size(), 8u);
  EXPECT_TRUE(AcceptsPersonal(key, *code, kWindow, false));
  EXPECT_TRUE(AcceptsPersonal(key, *code, kWindow + absl::Seconds(59), false));
  EXPECT_FALSE(AcceptsPersonal(key, *code, kWindow + absl::Seconds(60), true));
  EXPECT_FALSE(AcceptsPersonal(key, *code, kWindow - absl::Seconds(1), false));
  EXPECT_TRUE(AcceptsPersonal(key, *code, kWindow - absl::Seconds(1), true));
  EXPECT_FALSE(AcceptsPersonal(key, *code, kWindow - absl::Seconds(31), true));
  EXPECT_FALSE(AcceptsPersonal(codes.PersonalKey(6, 9), *code, kWindow, true));
  EXPECT_FALSE(AcceptsPersonal(codes.PersonalKey(5, 8), *code, kWindow, true));
  PersonalCode other_phone = *code;
  other_phone.device_hash = crypto::Sha256("phone-2");
  EXPECT_FALSE(AcceptsPersonal(key, other_phone, kWindow, true));
}

TEST(PersonalCode, OtherTextsAreNone) {
  const std::string good = PersonalCodeAt("a key", 5, crypto::Sha256("phone-1"), kWindow);
  ASSERT_TRUE(ParsePersonalCode(good).has_value());
  for (const std::string& text :
       {std::string(), std::string("000000"), std::string(".."), good.substr(1), good.substr(0, good.rfind('.')),
        good + ".", absl::StrCat("x", good), good.substr(0, 14) + good.substr(15)}) {
    EXPECT_FALSE(ParsePersonalCode(text).has_value()) << text;
  }
}

TEST(PersonalCode, KeysTellNothingOfEachOther) {
  const CheckCodes codes("a secret of the tests' own");
  EXPECT_NE(codes.PersonalKey(5, 9), codes.PersonalKey(59, 9));
  EXPECT_NE(codes.PersonalKey(1, 23), codes.PersonalKey(12, 3));
  EXPECT_NE(codes.ShiftKey(5), codes.ShiftKey(6));
  EXPECT_NE(codes.ShiftKey(5), codes.PackSeed());
  // What a station can show by itself with the key of its shift.
  EXPECT_EQ(CodeText(codes.ShiftKey(5), absl::StrCat("check_code ", CodeWindowOf(kWindow))), codes.At(5, kWindow));
}

class ScanTest : public PresenceTest {};

TEST_F(ScanTest, ThePhoneShowsWhatTheOrganiserScans) {
  v1::GetMyCodeRequest request;
  request.set_registration(all_[0].name());
  request.set_device_id("phone-1");
  EXPECT_EQ(ReasonOf(attendance_.GetMyCode(Person(2, start_), request)), type::REASON_NOT_YOURS);
  const auto mine = attendance_.GetMyCode(Person(1, start_), request);
  ASSERT_TRUE(mine.ok()) << mine.status();
  EXPECT_GT(FromProto(mine->expire_time()), start_);
  // The same as the phone makes by itself where there is no network.
  EXPECT_EQ(mine->code(), PersonalCodeAt(mine->key(), IdOf(all_[0].name()), crypto::Sha256("phone-1"), start_));

  const auto in = ScanText(A::END_IN, mine->code(), start_ + absl::Seconds(20));
  ASSERT_TRUE(in.ok()) << in.status();
  EXPECT_EQ(in->registration(), all_[0].name());
  EXPECT_EQ(in->check_in_means(), A::MEANS_PERSONAL_CODE);
  EXPECT_EQ(in->check_in_evidence().device(), crypto::Hex(crypto::Sha256("phone-1")).substr(0, 8));
  EXPECT_NEAR(in->check_in_evidence().distance_metres(), 63, 3);
  EXPECT_FALSE(in->has_check_out_evidence());
  const auto again = ScanText(A::END_IN, mine->code(), start_ + absl::Seconds(25));
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->SerializeAsString(), in->SerializeAsString());
  const auto out = Scan(A::END_OUT, 1, end_);
  ASSERT_TRUE(out.ok()) << out.status();
  EXPECT_EQ(out->grade(), A::GRADE_A);
  EXPECT_EQ(out->minutes(), 119);
  EXPECT_EQ(metrics_.by_personal_code.Value(), 1);
}

TEST_F(ScanTest, EachRuleHasItsReason) {
  EXPECT_EQ(ReasonOf(ScanText(A::END_IN, Code(1, start_), start_, true, kStranger)), type::REASON_PERMISSION);
  EXPECT_EQ(ReasonOf(ScanText(A::END_IN, "000000", start_)), type::REASON_PERSONAL_CODE);
  EXPECT_EQ(ReasonOf(ScanText(A::END_IN, Code(1, start_), start_ + absl::Minutes(2))), type::REASON_PERSONAL_CODE);
  EXPECT_EQ(ReasonOf(Scan(A::END_OUT, 1, start_)), type::REASON_NOT_CHECKED_IN);
  EXPECT_EQ(ReasonOf(Scan(A::END_IN, 1, start_ - absl::Minutes(31))), type::REASON_OUTSIDE_WINDOW);
  EXPECT_EQ(ReasonOf(Scan(A::END_IN, 1, end_ + absl::Minutes(1))), type::REASON_OUTSIDE_WINDOW);
  // A registration of another shift, and one that does not exist, are told apart from a wrong code by nobody.
  const v1::Shift other = PublishedAt(start_ + absl::Hours(5), absl::Hours(1), 2, 0);
  const uint64_t elsewhere = IdOf(SignUp(1, other.name())->name());
  for (const uint64_t id : {elsewhere, uint64_t{77}}) {
    const std::string code = PersonalCodeAt(codes_.PersonalKey(id, 1), id, crypto::Sha256("phone-1"), start_);
    EXPECT_EQ(ReasonOf(ScanText(A::END_IN, code, start_)), type::REASON_PERSONAL_CODE);
  }
  v1::ScanVolunteerRequest far;
  far.set_shift(shift_.name());
  far.set_code(Code(1, start_));
  far.set_end(A::END_IN);
  far.mutable_location()->set_latitude(36.2636);
  far.mutable_location()->set_longitude(111.6755);
  EXPECT_EQ(ReasonOf(attendance_.ScanVolunteer(Staff(kHead, start_), far)), type::REASON_OUTSIDE_FENCE);
  ASSERT_TRUE(Cancel(all_[7], now_).ok());
  EXPECT_EQ(ReasonOf(Scan(A::END_IN, 8, start_)), type::REASON_NO_PLACE);
  EXPECT_EQ(Number("SELECT COUNT(*) FROM attendances"), 0);
}

TEST_F(ScanTest, WithoutAPositionTheFenceIsNotEnforced) {
  const auto in = Scan(A::END_IN, 1, start_, false);
  ASSERT_TRUE(in.ok()) << in.status();
  ASSERT_EQ(in->check_in_evidence().unenforced_size(), 1);
  EXPECT_EQ(in->check_in_evidence().unenforced(0), A::UNENFORCED_FENCE);
  EXPECT_EQ(Self(A::END_OUT, 1, end_)->grade(), A::GRADE_B);
}

TEST_F(ScanTest, OnePhoneSpeaksForOnePersonWhoeverScans) {
  ASSERT_TRUE(Self(A::END_IN, 1, start_).ok());
  EXPECT_EQ(ReasonOf(ScanText(A::END_IN, Code(2, start_, "phone-1"), start_)), type::REASON_DEVICE_USED);
  ASSERT_TRUE(Scan(A::END_IN, 2, start_).ok());
  EXPECT_EQ(ReasonOf(ScanText(A::END_OUT, Code(2, end_, "phone-1"), end_)), type::REASON_DEVICE_USED);
  ASSERT_TRUE(ScanText(A::END_OUT, Code(2, end_, "a-new-phone"), end_).ok());
  EXPECT_EQ(ReasonOf(ScanText(A::END_IN, Code(3, end_, "a-new-phone"), end_)), type::REASON_DEVICE_USED);
}

}  // namespace
}  // namespace wenming::activity
