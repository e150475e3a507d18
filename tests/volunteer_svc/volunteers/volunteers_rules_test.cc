#include "volunteer_svc/volunteers/volunteers_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <utility>

#include "common/errors/errors.h"
#include "google/rpc/error_details.pb.h"
#include "tests/volunteer_svc/fixture.h"
#include "volunteer_svc/calendar.h"
#include "volunteer_svc/volunteers/reveals.h"
#include "volunteer_svc/volunteers/texts.h"

namespace wenming::volunteer {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using v1::Volunteer;

const absl::CivilDay kToday(2026, 5, 1);

// The fields that a refusal names.
std::vector<std::string> FieldsOf(const absl::Status& status) {
  std::vector<std::string> fields;
  const google::rpc::Status wire = errors::ToWire(status, errors::Language::kChinese, "");
  for (const auto& any : wire.details()) {
    google::rpc::BadRequest bad;
    if (!any.UnpackTo(&bad)) continue;
    for (const auto& violation : bad.field_violations()) fields.push_back(violation.field());
  }
  return fields;
}

TEST(PersonOfTest, TakesBirthDateAndSexFromTheId) {
  Volunteer volunteer;
  volunteer.set_display_name("\u3000王小明 ");
  volunteer.set_id_type(Volunteer::ID_TYPE_RESIDENT);
  volunteer.set_id_number(" 11010519491231002x");
  volunteer.set_phone("13812341234");
  const auto person = PersonOf(volunteer, kToday);
  ASSERT_TRUE(person.ok()) << person.status();
  EXPECT_EQ(person->display_name, "王小明");
  EXPECT_EQ(person->id_number, "11010519491231002X");
  EXPECT_EQ(person->birth_date, absl::CivilDay(1949, 12, 31));
  EXPECT_EQ(person->sex, Volunteer::SEX_FEMALE);
}

TEST(PersonOfTest, ListsLoseWhatIsEmptyOrRepeated) {
  Volunteer volunteer = PersonNumber(1);
  volunteer.clear_skills();
  for (const char* skill : {"急救", " 急救 ", "", "  ", "书法"}) volunteer.add_skills(skill);
  const auto person = PersonOf(volunteer, kToday);
  ASSERT_TRUE(person.ok()) << person.status();
  EXPECT_THAT(person->skills, ElementsAre("急救", "书法"));
}

struct RefusalCase {
  const char* what;
  std::function<void(Volunteer&)> change;
  std::string field;
};

TEST(PersonOfTest, NamesTheFieldThatIsWrong) {
  const RefusalCase kCases[] = {
      {"blank name", [](Volunteer& v) { v.set_display_name(" 王\u3000 "); }, "volunteer.display_name"},
      {"line break", [](Volunteer& v) { v.set_display_name("王\n小明"); }, "volunteer.display_name"},
      {"check digit", [](Volunteer& v) { v.set_id_number("110105194912310020"); }, "volunteer.id_number"},
      {"wrong kind", [](Volunteer& v) { v.set_id_type(Volunteer::ID_TYPE_TAIWAN_PERMIT); }, "volunteer.id_number"},
      {"other sex", [](Volunteer& v) { v.set_sex(Volunteer::SEX_MALE); }, "volunteer.sex"},
      {"other birth date", [](Volunteer& v) { *v.mutable_birth_date() = ToDate(absl::CivilDay(1950, 1, 1)); },
       "volunteer.birth_date"},
      {"half a birth date", [](Volunteer& v) { v.mutable_birth_date()->set_year(1949); }, "volunteer.birth_date"},
      {"born in the future", [](Volunteer& v) { v.set_id_number(ResidentId("99999920270101002")); },
       "volunteer.id_number"},
      {"born too long ago", [](Volunteer& v) { v.set_id_number(ResidentId("99999918800101002")); },
       "volunteer.id_number"},
      {"no birth date",
       [](Volunteer& v) {
         v.set_id_type(Volunteer::ID_TYPE_PASSPORT);
         v.set_id_number("E12345678");
       },
       "volunteer.birth_date"},
      {"residence", [](Volunteer& v) { v.set_residence("大槐树镇\n九号"); }, "volunteer.residence"},
      {"skill", [](Volunteer& v) { v.add_skills("a\tb"); }, "volunteer.skills[0]"},
      {"category", [](Volunteer& v) { v.add_service_categories(std::string("a\x01", 2)); },
       "volunteer.service_categories[0]"},
  };
  for (const RefusalCase& refusal : kCases) {
    Volunteer volunteer;
    volunteer.set_display_name("王小明");
    volunteer.set_id_type(Volunteer::ID_TYPE_RESIDENT);
    volunteer.set_id_number("11010519491231002X");
    volunteer.set_phone("13812341234");
    ASSERT_TRUE(PersonOf(volunteer, kToday).ok());
    refusal.change(volunteer);
    const auto person = PersonOf(volunteer, kToday);
    EXPECT_EQ(person.status().code(), absl::StatusCode::kInvalidArgument) << refusal.what;
    EXPECT_THAT(FieldsOf(person.status()), ElementsAre(refusal.field)) << refusal.what;
  }
}

TEST(PersonOfTest, WithoutAResidentIdTheBirthDateIsStated) {
  Volunteer volunteer = PersonNumber(1);
  volunteer.set_id_type(Volunteer::ID_TYPE_PASSPORT);
  volunteer.set_id_number("e12345678");
  *volunteer.mutable_birth_date() = ToDate(absl::CivilDay(1990, 6, 15));
  const auto person = PersonOf(volunteer, kToday);
  ASSERT_TRUE(person.ok()) << person.status();
  EXPECT_EQ(person->birth_date, absl::CivilDay(1990, 6, 15));
  EXPECT_EQ(person->sex, Volunteer::SEX_UNSPECIFIED);
}

TEST(ApplyUpdateTest, ChangesTheNamedFieldsOnly) {
  auto person = PersonOf(PersonNumber(1), kToday);
  ASSERT_TRUE(person.ok());
  Volunteer change;
  change.set_phone("13900000000");
  change.set_residence("赵城镇");
  ASSERT_TRUE(ApplyUpdate(change, {"phone", "skills"}, *person).ok());
  EXPECT_EQ(person->phone, "13900000000");
  EXPECT_THAT(person->skills, IsEmpty());
  EXPECT_EQ(person->residence, PersonNumber(1).residence());
  EXPECT_THAT(FieldsOf(ApplyUpdate(Volunteer(), {"phone"}, *person)), ElementsAre("volunteer.phone"));
}

TEST(ToProtoTest, MasksWhatIdentifies) {
  VolunteerRecord record;
  record.id = 9;
  record.unit_id = kStation;
  record.version = 3;
  record.person = *PersonOf(PersonNumber(7), kToday);
  record.create_time = record.update_time = test::Morning();
  const Volunteer whole = ToProto(record, View::kWhole, kToday);
  EXPECT_EQ(whole.id_number(), "9999**********" + PersonNumber(7).id_number().substr(14));
  EXPECT_EQ(whole.phone(), "124****0007");
  EXPECT_EQ(whole.display_name(), "王小7");
  EXPECT_EQ(whole.birth_date().day(), 1);
  const Volunteer outline = ToProto(record, View::kOutline, kToday);
  EXPECT_EQ(outline.birth_date().year(), 1980);
  EXPECT_EQ(outline.birth_date().month(), 0);
  EXPECT_EQ(outline.residence(), "");
  EXPECT_NE(outline.etag(), EtagOf(4));
  EXPECT_EQ(ToEvent(record, kToday).masked_name(), "王*7");
}

TEST(PersonOfTest, AMaskedValueIsNoValue) {
  const std::pair<const char*, const char*> cases[] = {{"display_name", "王*7"},
                                                       {"display_name", "王＊7"},
                                                       {"id_number", "9999**********0073"},
                                                       {"phone", "124****0007"}};
  for (const auto& [field, value] : cases) {
    Volunteer volunteer = PersonNumber(7);
    volunteer.GetReflection()->SetString(&volunteer, Volunteer::descriptor()->FindFieldByName(field), value);
    const absl::Status status = PersonOf(volunteer, kToday).status();
    EXPECT_EQ(errors::ReasonOf(status), type::REASON_MASKED_VALUE) << value;
    EXPECT_THAT(FieldsOf(status), ElementsAre(std::string("volunteer.") + field));
  }
}

TEST(AgeTest, IsCountedInWholeYears) {
  EXPECT_EQ(AgeOn(absl::CivilDay(2008, 5, 1), kToday), 18);
  EXPECT_EQ(AgeOn(absl::CivilDay(2008, 5, 2), kToday), 17);
  EXPECT_EQ(AgeOn(absl::CivilDay(2008, 4, 30), kToday), 18);
  EXPECT_EQ(AgeOn(absl::CivilDay(2008, 2, 29), absl::CivilDay(2026, 2, 28)), 17);
  EXPECT_EQ(AgeOn(absl::CivilDay(2008, 2, 29), absl::CivilDay(2026, 3, 1)), 18);
  EXPECT_TRUE(IsMinor(absl::CivilDay(2008, 5, 2), kToday));
}

TEST(AgeTest, OthersLearnTheMonthAfterTheBirthdayOnly) {
  EXPECT_EQ(AdultFrom(absl::CivilDay(2010, 5, 1)), absl::CivilDay(2028, 6, 1));
  EXPECT_EQ(AdultFrom(absl::CivilDay(2010, 5, 31)), absl::CivilDay(2028, 6, 1));
  EXPECT_EQ(AdultFrom(absl::CivilDay(2010, 12, 8)), absl::CivilDay(2029, 1, 1));
}

TEST(ReasonForTheLogTest, LosesWhatCouldBeAPhoneOrAnId) {
  EXPECT_EQ(ReasonForTheLog(" 请回电 13812341234 "), "请回电 ***********");
  EXPECT_EQ(ReasonForTheLog("证件 11010519491231002X 有误"), "证件 *****************X 有误");
  EXPECT_EQ(ReasonForTheLog("2026 年 5 月共 123456 分钟"), "2026 年 5 月共 123456 分钟");
  EXPECT_EQ(ReasonForTheLog("1234567"), "*******");
  EXPECT_EQ(ReasonForTheLog("请回电 138 1234 1234"), "请回电 *** **** ****");
  EXPECT_EQ(ReasonForTheLog("138-1234-1234，证件 110105 19491231 002X"), "***-****-****，证件 ****** ******** ***X");
  EXPECT_EQ(ReasonForTheLog("2026-11-23 10:30 的活动"), "2026-11-23 10:30 的活动");
  EXPECT_EQ(ReasonForTheLog("3 - 4 人，12345 6"), "3 - 4 人，12345 6");
  EXPECT_EQ(ReasonForTheLog(""), "");
}

TEST(TextsTest, ListsOfStringsSurviveAsJson) {
  const std::vector<std::string> strings = {"急救", "a\"b\\c", "", "<&>"};
  EXPECT_EQ(FromJson(ToJson(strings)), strings);
  EXPECT_EQ(ToJson({"急救"}), "[\"急救\"]");
  EXPECT_THAT(FromJson("{"), IsEmpty());
}

TEST(MembershipTest, EndsAndIsTakenUpAgain) {
  EXPECT_EQ(*StateAfter(Volunteer::STATE_ACTIVE, Move::kDeactivate), Volunteer::STATE_INACTIVE);
  EXPECT_EQ(*StateAfter(Volunteer::STATE_INACTIVE, Move::kReactivate), Volunteer::STATE_ACTIVE);
  EXPECT_TRUE(CheckActive(Volunteer::STATE_ACTIVE).ok());
  const absl::Status refused[] = {StateAfter(Volunteer::STATE_ACTIVE, Move::kReactivate).status(),
                                  StateAfter(Volunteer::STATE_INACTIVE, Move::kDeactivate).status(),
                                  CheckActive(Volunteer::STATE_INACTIVE)};
  for (const absl::Status& status : refused) {
    EXPECT_EQ(errors::ReasonOf(status), type::REASON_MOVE_NOT_ALLOWED) << status;
  }
}

}  // namespace
}  // namespace wenming::volunteer
