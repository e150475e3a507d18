#include "gateway/observe/ids.h"

#include <gtest/gtest.h>

namespace wenming::gateway {
namespace {

constexpr char kParent[] = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00";

TEST(IdSourceTest, KeepsGoodRequestIdsAndReplacesOthers) {
  IdSource ids(1);
  EXPECT_EQ(ids.RequestId("abc-DEF_123"), "abc-DEF_123");
  for (std::string_view bad : {"", "short", "has blank in it", "inject\r\n", "中文中文中文"}) {
    std::string made = ids.RequestId(bad);
    EXPECT_EQ(made.size(), 32u) << bad;
    EXPECT_EQ(made.find_first_not_of("0123456789abcdef"), std::string::npos);
  }
  EXPECT_EQ(ids.RequestId(std::string(65, 'a')).size(), 32u);
  EXPECT_NE(ids.RequestId(), ids.RequestId());
}

TEST(IdSourceTest, ContinuesATrace) {
  IdSource ids(1);
  std::string child = ids.TraceParent(kParent);
  EXPECT_EQ(child.substr(0, 36), std::string(kParent).substr(0, 36));
  EXPECT_NE(child.substr(36, 16), std::string(kParent).substr(36, 16));
  EXPECT_EQ(child.substr(52), "-00");
}

TEST(IdSourceTest, BeginsATraceWhereThereIsNone) {
  IdSource ids(1);
  for (std::string_view bad : {"", "00-x", "00-00000000000000000000000000000000-b7ad6b7169203331-01"}) {
    std::string made = ids.TraceParent(bad);
    EXPECT_EQ(made.size(), 55u);
    EXPECT_EQ(made.substr(53), "01");
    EXPECT_NE(made.substr(3, 32), std::string(32, '0'));
  }
}

}  // namespace
}  // namespace wenming::gateway
