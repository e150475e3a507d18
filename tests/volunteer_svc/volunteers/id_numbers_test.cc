#include "volunteer_svc/volunteers/id_numbers.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/volunteer_svc/fixture.h"

namespace wenming::volunteer {
namespace {

using v1::Volunteer;

struct ResidentCase {
  const char* number;
  absl::CivilDay birth_date;
  Volunteer::Sex sex;
};

TEST(ResidentIdTest, ReadsBirthDateAndSex) {
  const ResidentCase kCases[] = {
      {"11010519491231002X", absl::CivilDay(1949, 12, 31), Volunteer::SEX_FEMALE},  // the standard's own example
      {"440524188001010014", absl::CivilDay(1880, 1, 1), Volunteer::SEX_MALE},      // likewise
      {"142625196001010014", absl::CivilDay(1960, 1, 1), Volunteer::SEX_MALE},      // a prefix abolished in 2000
      {"999999200002290028", absl::CivilDay(2000, 2, 29), Volunteer::SEX_FEMALE},   // a prefix of nowhere
  };
  for (const ResidentCase& expected : kCases) {
    const std::string number = ResidentId(std::string_view(expected.number).substr(0, 17));
    const auto facts = ReadIdNumber(Volunteer::ID_TYPE_RESIDENT, number);
    ASSERT_TRUE(facts.has_value()) << number;
    EXPECT_EQ(facts->birth_date, expected.birth_date) << number;
    EXPECT_EQ(facts->sex, expected.sex) << number;
  }
  EXPECT_TRUE(ReadIdNumber(Volunteer::ID_TYPE_RESIDENT, "11010519491231002X").has_value());
  EXPECT_TRUE(ReadIdNumber(Volunteer::ID_TYPE_RESIDENT, "440524188001010014").has_value());
}

TEST(ResidentIdTest, EveryOtherCheckCharacterIsRefused) {
  const std::string first17 = "11010519491231002";
  int accepted = 0;
  for (const char last : std::string("0123456789X")) {
    accepted += ReadIdNumber(Volunteer::ID_TYPE_RESIDENT, first17 + last).has_value() ? 1 : 0;
  }
  EXPECT_EQ(accepted, 1);
}

TEST(ResidentIdTest, EveryMistypedDigitIsFound) {
  const std::string right = "11010519491231002X";
  for (size_t i = 0; i < 17; ++i) {
    for (char digit = '0'; digit <= '9'; ++digit) {
      std::string number = right;
      number[i] = digit;
      EXPECT_EQ(ReadIdNumber(Volunteer::ID_TYPE_RESIDENT, number).has_value(), number == right) << number;
    }
  }
}

TEST(ResidentIdTest, RefusesWhatIsNone) {
  const std::string kWrong[] = {"",
                                "110105491231002",     // 15 digits, before 1999
                                "11010519491231002",   // without the check digit
                                "11010519491231002x",  // not in normal spelling
                                "11010519491231002XX",
                                "1101051949123100 X",
                                ResidentId("99999919810229001"),  // no leap year
                                ResidentId("99999919811301001"),  // no such month
                                ResidentId("99999919810100001"),  // no such day
                                ResidentId("99999904520114500"),  // long dead
                                ResidentId("99999918791231001"),
                                ResidentId("99999900000101001")};
  for (const std::string& number : kWrong) {
    EXPECT_FALSE(ReadIdNumber(Volunteer::ID_TYPE_RESIDENT, number).has_value()) << number;
  }
}

TEST(IdNumberTest, SpellsNumbersInOneWay) {
  EXPECT_EQ(NormalIdNumber(" 11010519491231002x\t"), "11010519491231002X");
  EXPECT_EQ(NormalIdNumber("\u3000e12345678\u00A0"), "E12345678");
  EXPECT_EQ(NormalIdNumber("１２３"), "１２３");  // only ends are trimmed; nothing else is guessed
}

struct ShapeCase {
  Volunteer::IdType type;
  const char* number;
  bool right;
};

TEST(IdNumberTest, ChecksTheShapeOfOtherKinds) {
  const ShapeCase kCases[] = {
      {Volunteer::ID_TYPE_PASSPORT, "E12345678", true},
      {Volunteer::ID_TYPE_PASSPORT, "A1B2", false},
      {Volunteer::ID_TYPE_PASSPORT, "E1234-678", false},
      {Volunteer::ID_TYPE_HK_MACAO_PERMIT, "H12345678", true},
      {Volunteer::ID_TYPE_HK_MACAO_PERMIT, "M1234567801", true},
      {Volunteer::ID_TYPE_HK_MACAO_PERMIT, "K12345678", false},
      {Volunteer::ID_TYPE_HK_MACAO_PERMIT, "H1234567", false},
      {Volunteer::ID_TYPE_TAIWAN_PERMIT, "12345678", true},
      {Volunteer::ID_TYPE_TAIWAN_PERMIT, "1234567A", false},
      {Volunteer::ID_TYPE_FOREIGN_RESIDENT, "USA110076032301", true},
      {Volunteer::ID_TYPE_FOREIGN_RESIDENT, "US1110076032301", false},
      {Volunteer::ID_TYPE_UNSPECIFIED, "E12345678", false},
  };
  for (const ShapeCase& expected : kCases) {
    EXPECT_EQ(ReadIdNumber(expected.type, expected.number).has_value(), expected.right)
        << Volunteer::IdType_Name(expected.type) << " " << expected.number;
  }
}

TEST(IdNumberTest, ForeignersCardsSince2023TellTheBirthDate) {
  const std::string number = ResidentId("91184019900615001");
  const auto facts = ReadIdNumber(Volunteer::ID_TYPE_FOREIGN_RESIDENT, number);
  ASSERT_TRUE(facts.has_value());
  EXPECT_EQ(facts->birth_date, absl::CivilDay(1990, 6, 15));
  EXPECT_FALSE(ReadIdNumber(Volunteer::ID_TYPE_FOREIGN_RESIDENT, "11010519491231002X").has_value());
}

}  // namespace
}  // namespace wenming::volunteer
