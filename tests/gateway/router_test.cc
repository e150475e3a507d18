#include "gateway/routes/router.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_join.h"
#include "gateway/routes/percent.h"

namespace wenming::gateway {
namespace {

struct Route {
  const char* method;
  const char* path;
};

Router Build(const std::vector<Route>& routes) {
  Router::Builder builder;
  for (uint32_t i = 0; i < routes.size(); ++i) {
    EXPECT_TRUE(builder.Add(routes[i].method, *PathTemplate::Parse(routes[i].path), i).ok()) << routes[i].path;
  }
  return std::move(builder).Build();
}

// "3 units/U,7", "405 GET,POST", "404" or "400 name".
std::string Outcome(const Router& router, std::string_view method, std::string_view path) {
  auto result = router.Match(method, path);
  if (auto* found = std::get_if<Router::Found>(&result)) {
    std::string text = std::to_string(found->route);
    return found->values.empty() ? text : text + " " + absl::StrJoin(found->values, ",");
  }
  if (auto* other = std::get_if<Router::OtherMethod>(&result)) return "405 " + absl::StrJoin(other->allow, ",");
  if (auto* malformed = std::get_if<Router::Malformed>(&result)) return "400 " + malformed->field_path;
  return "404";
}

const std::vector<Route> kRoutes = {
    {"GET", "/v1/{name=units/*}"},              // 0
    {"PATCH", "/v1/{unit.name=units/*}"},       // 1
    {"GET", "/v1/units"},                       // 2
    {"POST", "/v1/units:import"},               // 3
    {"POST", "/v1/{name=units/*}:move"},        // 4
    {"GET", "/v1/{name=files/**}"},             // 5
    {"GET", "/v1/units/root"},                  // 6
    {"GET", "/v1/{parent=units/*}/teams/{t}"},  // 7
    {"REPORT", "/v1/report"},                   // 8
    {"*", "/v1/any"},                           // 9
    {"GET", "/v1/files/index"},                 // 10
    {"GET", "/v1/files/*"},                     // 11
    {"POST", "/v1/{name=files/**}:sign"},       // 12
};

TEST(RouterTest, FindsTheBestRoute) {
  Router router = Build(kRoutes);
  const struct {
    const char* method;
    const char* path;
    const char* outcome;
  } kCases[] = {
      {"GET", "/v1/units/U", "0 units/U"},
      {"PATCH", "/v1/units/U", "1 units/U"},
      {"GET", "/v1/units", "2"},
      {"POST", "/v1/units:import", "3"},
      {"POST", "/v1/units/U:move", "4 units/U"},
      {"GET", "/v1/units/root", "6"},
      // A literal beats "*" but gives way where it lacks the method.
      {"PATCH", "/v1/units/root", "1 units/root"},
      {"GET", "/v1/units/root/teams/7", "7 units/root,7"},
      {"GET", "/v1/units/U/teams/7", "7 units/U,7"},
      {"REPORT", "/v1/report", "8"},
      {"PURGE", "/v1/any", "9"},
      // Literal beats "*" beats "**".
      {"GET", "/v1/files/index", "10"},
      {"GET", "/v1/files/a", "11"},
      {"GET", "/v1/files/a/b", "5 files/a/b"},
      {"GET", "/v1/files", "5 files"},
      {"POST", "/v1/files/a/b:sign", "12 files/a/b"},
      // A colon is a verb only where one is registered for the rest of the path.
      {"GET", "/v1/units/a:b", "0 units/a:b"},
      {"GET", "/v1/units/U%3Amove", "0 units/U:move"},
      {"GET", "/v1/files/x:y:z", "11"},
      {"POST", "/v1/units/a:b:move", "4 units/a:b"},
      // Other methods.
      {"DELETE", "/v1/units/U", "405 GET,PATCH"},
      {"GET", "/v1/units/U:move", "405 POST"},
      {"GET", "/v1/units:import", "405 POST"},
      {"POST", "/v1/report", "405 REPORT"},
      // Unknown paths.
      {"GET", "/", "404"},
      {"GET", "", "404"},
      {"GET", "v1/units", "404"},
      {"GET", "/v1", "404"},
      {"GET", "/v1/units/", "404"},
      {"GET", "/v1//U", "404"},
      {"GET", "/v1/units/U/teams", "404"},
      {"GET", "/v1/files//b", "404"},
      {"GET", "/V1/units", "404"},
  };
  for (const auto& test : kCases) {
    EXPECT_EQ(Outcome(router, test.method, test.path), test.outcome) << test.method << " " << test.path;
  }
}

TEST(RouterTest, DecodesPercentEncodingAsHttpProtoSays) {
  Router router =
      Build({{"GET", "/v1/{name=units/*}"}, {"GET", "/v2/{id}"}, {"GET", "/v3/{path=**}"}, {"GET", "/v4/ab"}});
  const struct {
    const char* path;
    const char* outcome;
  } kCases[] = {
      {"/v2/a%2Fb", "1 a/b"},                // one segment: everything
      {"/v1/units/a%2Fb", "0 units/a%2Fb"},  // several: all but the slash
      {"/v3/a%2fb/%E4%B8%AD", "2 a%2fb/中"},
      {"/v2/a+b", "1 a+b"},  // '+' means a blank in queries only
      {"/v2/%41", "1 A"},
      {"/v4/a%62", "3"},
      {"/v2/%zz", "400 id"},
      {"/v2/%4", "400 id"},
      {"/v2/%", "400 id"},
  };
  for (const auto& test : kCases) EXPECT_EQ(Outcome(router, "GET", test.path), test.outcome) << test.path;
}

TEST(RouterTest, RefusesTwoRoutesForTheSameRequests) {
  const struct {
    Route first;
    Route second;
  } kCases[] = {
      {{"GET", "/v1/{name=units/*}"}, {"GET", "/v1/units/{id}"}},
      {{"GET", "/v1/units"}, {"GET", "/v1/units"}},
      {{"POST", "/v1/{a=x/**}:go"}, {"POST", "/v1/x/{b=**}:go"}},
      {{"*", "/v1/any"}, {"*", "/v1/any"}},
      // Each is closer to /v1/u/x somewhere.
      {{"GET", "/v1/{a}/x"}, {"GET", "/v1/u/{b}"}},
      {{"*", "/v1/{a}/x"}, {"GET", "/v1/u/{b}"}},
      {{"GET", "/v1/{a}/x:go"}, {"GET", "/v1/u/{b}:go"}},
      {{"GET", "/v1/{a=u/**}"}, {"GET", "/v1/{b}/x"}},
      {{"GET", "/v1/{a=u/x/**}"}, {"GET", "/v1/{b}/x"}},
  };
  for (const auto& test : kCases) {
    Router::Builder builder;
    ASSERT_TRUE(builder.Add(test.first.method, *PathTemplate::Parse(test.first.path), 0).ok());
    absl::Status status = builder.Add(test.second.method, *PathTemplate::Parse(test.second.path), 1);
    EXPECT_EQ(status.code(), absl::StatusCode::kAlreadyExists) << test.second.path;
    EXPECT_NE(status.message().find(test.second.path), std::string::npos);
  }
}

TEST(RouterTest, TakesRoutesOfWhichOneIsCloserEverywhere) {
  const struct {
    Route first;
    Route second;
  } kCases[] = {
      {{"GET", "/v1/{a}"}, {"GET", "/v1/u"}},
      {{"GET", "/v1/{a}/{b}"}, {"GET", "/v1/u/{b}"}},
      {{"GET", "/v1/{a=**}"}, {"GET", "/v1/u/x"}},
      {{"GET", "/v1/{a=u/**}"}, {"GET", "/v1/u"}},
      // Nothing fits both.
      {{"GET", "/v1/{a}/x"}, {"GET", "/v1/u/{b}/c"}},
      {{"GET", "/v1/{a}/x"}, {"GET", "/v1/u/y"}},
      {{"GET", "/v1/{a}/x"}, {"POST", "/v1/u/{b}"}},
      {{"GET", "/v1/{a}/x:go"}, {"GET", "/v1/u/{b}:come"}},
  };
  for (const auto& test : kCases) {
    for (const auto& [first, second] : {std::pair(test.first, test.second), std::pair(test.second, test.first)}) {
      Router::Builder builder;
      ASSERT_TRUE(builder.Add(first.method, *PathTemplate::Parse(first.path), 0).ok());
      EXPECT_TRUE(builder.Add(second.method, *PathTemplate::Parse(second.path), 1).ok())
          << first.path << " " << second.path;
    }
  }
}

TEST(RouterTest, RefusesPathsOfTooManySegments) {
  Router router = Build({{"GET", "/{path=**}"}});
  std::string path;
  for (int i = 0; i < 65; ++i) path += "/a";
  EXPECT_EQ(Outcome(router, "GET", path), "404");
  EXPECT_EQ(Outcome(router, "GET", path.substr(2)), "0 " + path.substr(3));
}

TEST(RouterTest, FindsEachOfManyRoutes) {
  Router::Builder builder;
  constexpr uint32_t kCount = 5000;
  for (uint32_t i = 0; i < kCount; ++i) {
    ASSERT_TRUE(builder.Add("GET", *PathTemplate::Parse("/v1/{name=kind" + std::to_string(i) + "/*}"), i).ok());
  }
  Router router = std::move(builder).Build();
  for (uint32_t i = 0; i < kCount; ++i) {
    std::string number = std::to_string(i);
    ASSERT_EQ(Outcome(router, "GET", "/v1/kind" + number + "/x"), number + " kind" + number + "/x");
  }
}

TEST(PercentTest, KnowsItsModes) {
  EXPECT_EQ(PercentDecode("a+b%20c", PercentMode::kQuery), "a b c");
  EXPECT_EQ(PercentDecode("a+b%2Fc", PercentMode::kSegment), "a+b/c");
  EXPECT_EQ(PercentDecode("a%2fc%25", PercentMode::kSegments), "a%2fc%");
  EXPECT_EQ(PercentDecode("%f", PercentMode::kQuery), std::nullopt);
  EXPECT_EQ(PercentDecode("%-1", PercentMode::kQuery), std::nullopt);
}

}  // namespace
}  // namespace wenming::gateway
