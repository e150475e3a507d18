#include "common/service/head_exporter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <sstream>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "common/audit/heads.h"
#include "tests/common/audit/audit_fixture.h"

namespace wenming::service {
namespace {

using ::testing::HasSubstr;

class HeadExporterTest : public audit::AuditTest {
 protected:
  HeadExporterTest() {
    folder_ = (std::filesystem::temp_directory_path() / "wenming-heads-XXXXXX").string();
    EXPECT_NE(mkdtemp(folder_.data()), nullptr);
  }
  ~HeadExporterTest() override {
    exporter_.reset();
    std::filesystem::remove_all(folder_);
  }

  void Begin(const std::string& folder, const std::string& instance = "pod") {
    exporter_.reset();
    exporter_.emplace(
        pool_, key_, HeadsPlace{folder, instance}, [this] { return Tell(); }, logger_, metrics_);
    AwaitLook();
  }

  // It has looked at the new time, and done what it then does.
  void SetTime(absl::Time time) {
    {
      const absl::MutexLock lock(&mutex_);
      time_ = time;
    }
    AwaitLook();
  }

  size_t Exported(const std::string& folder) { return audit::ReadHeads(key_, folder)->size(); }

  double Failures() {
    for (const auto& family : registry_.Collect()) {
      if (family.name == "wenming_audit_failures_total") return family.metric.at(0).counter.value;
    }
    return -1;
  }

  const absl::Time start_ = absl::Now();  // the database is asked by deadlines after it
  std::string folder_;
  std::ostringstream log_;
  const observe::Logger logger_{log_, "test", observe::Severity::kInfo, observe::SystemClock()};
  prometheus::Registry registry_;
  AuditMetrics metrics_{registry_, logger_};
  std::optional<HeadExporter> exporter_;

 private:
  absl::Time Tell() {
    const absl::MutexLock lock(&mutex_);
    ++looks_;
    return time_;
  }

  // The second look that begins from now on comes when the first has been acted on.
  void AwaitLook() {
    const absl::MutexLock lock(&mutex_);
    const int enough = looks_ + 2;
    const auto looked = [&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return looks_ >= enough; };
    ASSERT_TRUE(mutex_.AwaitWithTimeout(absl::Condition(&looked), absl::Minutes(1)));
  }

  absl::Mutex mutex_;
  absl::Time time_ ABSL_GUARDED_BY(mutex_) = start_;
  int looks_ ABSL_GUARDED_BY(mutex_) = 0;
};

TEST_F(HeadExporterTest, TheHeadGoesOutAtTheStartAndOnceADay) {
  const absl::Time midnight = audit::NextExport(start_);
  Begin(folder_);
  EXPECT_EQ(Exported(folder_), 1u);
  SetTime(midnight - absl::Microseconds(1));
  EXPECT_EQ(Exported(folder_), 1u);
  SetTime(midnight);
  EXPECT_EQ(Exported(folder_), 2u);
  SetTime(midnight + absl::Hours(23));
  EXPECT_EQ(Exported(folder_), 2u);
  Begin(folder_, "another");
  EXPECT_EQ(Exported(folder_), 3u);
  exporter_.reset();
  EXPECT_THAT(log_.str(), HasSubstr("head of the audit log"));
  EXPECT_EQ(Failures(), 0);
}

TEST_F(HeadExporterTest, WhatCannotBeExportedIsToldAndTriedAgain) {
  const std::string later = folder_ + "/later";
  Begin(later);
  EXPECT_EQ(Failures(), 1);
  std::filesystem::create_directory(later);
  SetTime(start_ + absl::Seconds(59));
  EXPECT_EQ(Exported(later), 0u);
  SetTime(start_ + absl::Minutes(1));
  EXPECT_EQ(Exported(later), 1u);
  exporter_.reset();
  EXPECT_THAT(log_.str(), HasSubstr("cannot be exported"));
}

TEST_F(HeadExporterTest, WithoutAFolderTheLogAloneTells) {
  Begin("");
  exporter_.reset();
  EXPECT_THAT(log_.str(), HasSubstr("head of the audit log"));
  EXPECT_EQ(Exported(folder_), 0u);
}

}  // namespace
}  // namespace wenming::service
