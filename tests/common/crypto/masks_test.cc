#include "common/crypto/masks.h"

#include <gtest/gtest.h>

namespace wenming::crypto {
namespace {

struct Case {
  const char* plain;
  const char* masked;
};

TEST(Masks, Phone) {
  const Case cases[] = {{"13812341234", "138****1234"},
                        {"+8613812341234", "+86*******1234"},
                        {"12345678", "123*5678"},
                        {"1234567", "*******"},
                        {"1", "*"},
                        {"", ""}};
  for (const auto& [plain, masked] : cases) EXPECT_EQ(MaskPhone(plain), masked) << plain;
}

TEST(Masks, IdNumber) {
  const Case cases[] = {{"11010519491231002X", "1101**********002X"},
                        {"110105491231002", "1101*******1002"},
                        {"E12345678", "E1*****78"},
                        {"H1234567890", "H1*******90"},
                        {"ABCDE123456789", "AB**********89"},
                        {"12345678", "********"},
                        {"", ""}};
  for (const auto& [plain, masked] : cases) EXPECT_EQ(MaskIdNumber(plain), masked) << plain;
}

TEST(Masks, NameByCodePoints) {
  const Case cases[] = {{"王小明", "王*明"},    {"王明", "王*"},     {"王", "*"},  {"", ""},
                        {"欧阳小明", "欧**明"}, {"𠮷田𠮷", "𠮷*𠮷"}, {"Li", "L*"}, {"Anna", "A**a"}};
  for (const auto& [plain, masked] : cases) EXPECT_EQ(MaskName(plain), masked) << plain;
}

TEST(Masks, SurviveTextThatIsNoUtf8) {
  EXPECT_EQ(MaskName("\x80\x80"), "*");
  EXPECT_EQ(MaskName("\xe7\x8e"), "*");
  EXPECT_EQ(MaskPhone("\xff\xff\xff\xff\xff\xff\xff\xff"), "\xff\xff\xff*\xff\xff\xff\xff");
}

}  // namespace
}  // namespace wenming::crypto
