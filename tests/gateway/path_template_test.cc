#include "gateway/routes/path_template.h"

#include <gtest/gtest.h>

namespace wenming::gateway {
namespace {

std::string Describe(const PathTemplate& path) {
  std::string text;
  for (const auto& segment : path.segments) {
    using Kind = PathTemplate::Segment::Kind;
    text += "/" + (segment.kind == Kind::kLiteral ? segment.literal : segment.kind == Kind::kOne ? "*" : "**");
  }
  for (const auto& variable : path.variables) {
    text += " " + variable.field_path + "[" + std::to_string(variable.begin) + "," + std::to_string(variable.end) +
            (variable.multi ? ")+" : ")");
  }
  if (!path.verb.empty()) text += " :" + path.verb;
  return text;
}

TEST(PathTemplateTest, ParsesEveryForm) {
  const struct {
    const char* text;
    const char* expected;
  } kCases[] = {
      {"/v1/units", "/v1/units"},
      {"/v1/units/*", "/v1/units/*"},
      {"/v1/**", "/v1/**"},
      {"/v1/{name}", "/v1/* name[1,2)"},
      {"/v1/{name=units/*}", "/v1/units/* name[1,3)+"},
      {"/v1/{unit.name=units/*}:move", "/v1/units/* unit.name[1,3)+ :move"},
      {"/v1/{name=**}", "/v1/** name[1,2)+"},
      {"/v1/{parent=units/*}/teams/{team}", "/v1/units/*/teams/* parent[1,3)+ team[4,5)"},
      {"/v1/units:import", "/v1/units :import"},
      {"/v1/a:b:c", "/v1/a:b :c"},
      {"/v1/{name=units/*/teams/**}:list", "/v1/units/*/teams/** name[1,5)+ :list"},
  };
  for (const auto& test : kCases) {
    auto path = PathTemplate::Parse(test.text);
    ASSERT_TRUE(path.ok()) << path.status();
    EXPECT_EQ(Describe(*path), test.expected) << test.text;
    EXPECT_EQ(path->text, test.text);
  }
}

TEST(PathTemplateTest, RefusesWhatIsNoTemplate) {
  for (const char* text : {"", "v1/units", "/", "/v1//units", "/v1/units/", "/v1/{name", "/v1/{}", "/v1/{1name}",
                           "/v1/{a.}", "/v1/{.a}", "/v1/{a={b}}", "/v1/**/units", "/v1/{a=**}/units", "/v1/{a}/{a}",
                           "/v1/units:", "/v1/{a=}", "/v1/{a b}", "/v1/a}b", "/v1/{name=units/*}x"}) {
    auto path = PathTemplate::Parse(text);
    EXPECT_FALSE(path.ok()) << text;
    EXPECT_EQ(path.status().code(), absl::StatusCode::kInvalidArgument) << text;
  }
}

}  // namespace
}  // namespace wenming::gateway
