#include "common/audit/heads.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <vector>

#include "absl/strings/str_replace.h"

namespace wenming::audit {
namespace {

const ChainKey kKey{"org_svc", "a key"};
const absl::Time kTime = absl::FromUnixMicros(1780000000123456);

TEST(HeadsTest, ALineIsReadAsItWasWritten) {
  const Head head{.sequence = 7, .hash = std::string(32, '\xFE')};
  const auto heads = ParseHeads(kKey, HeadLine(kKey, {}, kTime) + "\n" + HeadLine(kKey, head, kTime) + "\n");
  ASSERT_TRUE(heads.ok()) << heads.status();
  ASSERT_EQ(heads->size(), 2u);
  EXPECT_EQ((*heads)[0].sequence, 0);
  EXPECT_EQ((*heads)[1].sequence, 7);
  EXPECT_EQ((*heads)[1].hash, head.hash);
}

TEST(HeadsTest, WhatWasAlteredIsNamed) {
  const std::string good = HeadLine(kKey, {.sequence = 7, .hash = "hash"}, kTime);
  const std::string others[] = {
      absl::StrReplaceAll(good, {{":7,", ":6,"}}),
      absl::StrReplaceAll(good, {{"123456Z", "123457Z"}}),
      absl::StrReplaceAll(good, {{"org_svc", "activity_svc"}}),
      HeadLine({"org_svc", "another key"}, {.sequence = 7, .hash = "hash"}, kTime),
      HeadLine({"activity_svc", "a key"}, {.sequence = 7, .hash = "hash"}, kTime),
      good.substr(0, good.size() - 1),
      "{}",
      "",
      "[1]",
      R"({"service":"org_svc","sequence":"7","hash":"","time":"","signature":""})",
  };
  for (const std::string& bad : others) {
    ASSERT_NE(bad, good);
    const auto heads = ParseHeads(kKey, good + "\n" + bad + "\n" + good + "\n");
    EXPECT_EQ(heads.status().code(), absl::StatusCode::kDataLoss) << bad;
    EXPECT_NE(heads.status().message().find("line 2"), absl::string_view::npos) << bad;
  }
}

TEST(HeadsTest, EachInstanceHasAFileThatGrowsAndAllAreRead) {
  std::string directory = (std::filesystem::temp_directory_path() / "wenming-heads-XXXXXX").string();
  ASSERT_NE(mkdtemp(directory.data()), nullptr);
  EXPECT_TRUE(ReadHeads(kKey, directory)->empty());
  const auto append = [&](const std::string& instance, int64_t sequence) {
    return AppendHead(kKey, directory, instance, HeadLine(kKey, {.sequence = sequence, .hash = "h"}, kTime)).ok();
  };
  ASSERT_TRUE(append("pod-b", 3) && append("pod-a", 1) && append("pod-b", 4));
  const auto heads = ReadHeads(kKey, directory);
  ASSERT_TRUE(heads.ok()) << heads.status();
  std::vector<int64_t> sequences;
  for (const Head& head : *heads) sequences.push_back(head.sequence);
  EXPECT_EQ(sequences, (std::vector<int64_t>{1, 3, 4}));
  std::filesystem::create_directory(directory + "/activity_svc.pod.heads.jsonl");
  EXPECT_EQ(ReadHeads({"activity_svc", "a key"}, directory).status().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(AppendHead(kKey, directory + "/absent", "pod", "x").code(), absl::StatusCode::kUnavailable);
  std::ofstream(directory + "/org_svc.pod-b.heads.jsonl", std::ios::app) << "torn";
  const absl::Status torn = ReadHeads(kKey, directory).status();
  EXPECT_EQ(torn.code(), absl::StatusCode::kDataLoss);
  EXPECT_NE(torn.message().find("org_svc.pod-b.heads.jsonl: line 3"), absl::string_view::npos) << torn;
  std::filesystem::remove_all(directory);
}

TEST(HeadsTest, TheNextIsDueAtMidnightInChina) {
  const absl::TimeZone utc = absl::UTCTimeZone();
  const absl::Time midnight = absl::FromCivil(absl::CivilSecond(2026, 5, 1, 16, 0, 0), utc);
  EXPECT_EQ(NextExport(midnight - absl::Microseconds(1)), midnight);
  EXPECT_EQ(NextExport(midnight), midnight + absl::Hours(24));
}

}  // namespace
}  // namespace wenming::audit
