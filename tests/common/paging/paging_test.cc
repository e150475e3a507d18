#include "common/paging/paging.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "common/errors/errors.h"
#include "wenming/org/v1/units.pb.h"

namespace wenming::paging {
namespace {

using org::v1::ListUnitsRequest;

const Pager kPager("a key of sixteen bytes or more");

ListUnitsRequest Request(const std::string& token = "") {
  ListUnitsRequest request;
  request.set_query("大槐树");
  request.set_page_size(20);
  request.set_page_token(token);
  return request;
}

void ExpectBadToken(const ListUnitsRequest& request, const Pager& pager = kPager) {
  const absl::Status status = pager.Position(request).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  const google::rpc::Status wire = errors::ToWire(status, errors::Language::kEnglish, "");
  EXPECT_NE(wire.SerializeAsString().find("page_token"), std::string::npos);
  EXPECT_NE(wire.SerializeAsString().find("BAD_PAGE_TOKEN"), std::string::npos);
}

TEST(ClampPageSizeTest, Table) {
  EXPECT_EQ(ClampPageSize(0), 50);
  EXPECT_EQ(ClampPageSize(-1), 50);
  EXPECT_EQ(ClampPageSize(1), 1);
  EXPECT_EQ(ClampPageSize(1000), 1000);
  EXPECT_EQ(ClampPageSize(1001), 1000);
  EXPECT_EQ(ClampPageSize(0, 10, 20), 10);
  EXPECT_EQ(ClampPageSize(30, 10, 20), 20);
}

TEST(PagerTest, FirstPageHasNoPosition) { EXPECT_TRUE(kPager.Position(Request())->empty()); }

TEST(PagerTest, CarriesEveryKindOfValue) {
  const std::vector<db::Value> position = {"洪洞\0县",
                                           std::string("\0\xFF", 2),
                                           std::numeric_limits<int64_t>::min(),
                                           std::numeric_limits<uint64_t>::max(),
                                           0.25,
                                           nullptr,
                                           ""};
  EXPECT_EQ(*kPager.Position(Request(kPager.Token(Request(), position))), position);
}

TEST(PagerTest, PageSizeMayChangeBetweenPages) {
  ListUnitsRequest next = Request(kPager.Token(Request(), {1}));
  next.set_page_size(1000);
  EXPECT_EQ(kPager.Position(next)->size(), 1u);
}

TEST(PagerTest, TokenOfThePageBeforeMakesNoDifference) {
  const std::string first = kPager.Token(Request(), {1});
  const std::string second = kPager.Token(Request(first), {2});
  EXPECT_EQ(kPager.Position(Request(second))->at(0), db::Value(2));
}

TEST(PagerTest, EveryOtherArgumentMustBeTheSame) {
  ListUnitsRequest next = Request(kPager.Token(Request(), {1}));
  next.set_query("other");
  ExpectBadToken(next);
  next = Request(kPager.Token(Request(), {1}));
  next.set_subtree(true);
  ExpectBadToken(next);
}

TEST(PagerTest, TokensOfOtherKeysAreRefused) {
  ExpectBadToken(Request(kPager.Token(Request(), {1})), Pager("another key of sixteen bytes"));
}

TEST(PagerTest, AlteredTokensAreRefused) {
  const uint32_t seed = std::random_device()();
  SCOPED_TRACE(seed);
  std::mt19937 random(seed);
  const std::string token = kPager.Token(Request(), {"name", 7});
  for (size_t length = 1; length < token.size(); ++length) ExpectBadToken(Request(token.substr(0, length)));
  ExpectBadToken(Request(token + "A"));
  ExpectBadToken(Request(token + "="));
  for (size_t i = 0; i < token.size(); ++i) {
    std::string altered = token;
    altered[i] = altered[i] == 'A' ? 'B' : 'A';
    ExpectBadToken(Request(altered));
  }
  for (int i = 0; i < 200; ++i) {
    std::string noise(1 + random() % 60, '\0');
    for (char& c : noise) c = static_cast<char>('!' + random() % 90);
    ExpectBadToken(Request(noise));
  }
}

}  // namespace
}  // namespace wenming::paging
