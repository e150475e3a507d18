#include "common/observe/log.h"

#include <sstream>
#include <thread>
#include <vector>

#include "gtest/gtest.h"
#include "rapidjson/document.h"

namespace wenming::observe {
namespace {

Clock Fixed() {
  return [] { return absl::FromUnixMillis(1790000000123); };
}

TEST(Logger, WritesOneJsonObjectALine) {
  std::ostringstream out;
  const Logger logger(out, "org_svc", Severity::kInfo, Fixed());
  logger.Info("started \"now\"\n", {{"port", 9101}, {"ready", true}, {"seconds", 0.5}, {"path", "a\\b"}});
  rapidjson::Document line;
  line.Parse(out.str().c_str());
  ASSERT_FALSE(line.HasParseError()) << out.str();
  EXPECT_EQ(out.str().find('\n'), out.str().size() - 1);
  EXPECT_STREQ(line["time"].GetString(), "2026-09-21T14:13:20.123Z");
  EXPECT_STREQ(line["severity"].GetString(), "INFO");
  EXPECT_STREQ(line["service"].GetString(), "org_svc");
  EXPECT_STREQ(line["message"].GetString(), "started \"now\"\n");
  EXPECT_EQ(line["port"].GetInt(), 9101);
  EXPECT_TRUE(line["ready"].GetBool());
  EXPECT_DOUBLE_EQ(line["seconds"].GetDouble(), 0.5);
  EXPECT_STREQ(line["path"].GetString(), "a\\b");
}

TEST(Logger, LeavesOutWhatIsBelowTheLeastSeverity) {
  std::ostringstream out;
  const Logger logger(out, "x", Severity::kWarning, Fixed());
  logger.Info("quiet");
  EXPECT_EQ(out.str(), "");
  logger.Warn("loud");
  EXPECT_NE(out.str(), "");
}

TEST(Logger, LinesOfManyThreadsStayWhole) {
  std::ostringstream out;
  const Logger logger(out, "x", Severity::kInfo, Fixed());
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&logger, t] {
      for (int i = 0; i < 200; ++i) logger.Info("m", {{"thread", t}, {"i", i}});
    });
  }
  for (auto& thread : threads) thread.join();
  std::istringstream in(out.str());
  int lines = 0;
  for (std::string line; std::getline(in, line); ++lines) {
    rapidjson::Document parsed;
    parsed.Parse(line.c_str());
    ASSERT_FALSE(parsed.HasParseError()) << line;
  }
  EXPECT_EQ(lines, 800);
}

}  // namespace
}  // namespace wenming::observe
