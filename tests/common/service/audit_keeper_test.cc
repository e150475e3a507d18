#include "common/service/audit_keeper.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <sstream>

#include "common/audit/heads.h"
#include "google/protobuf/empty.pb.h"
#include "tests/common/audit/audit_fixture.h"
#include "tests/common/auth/key_folder.h"

namespace wenming::service {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

class AuditKeeperTest : public audit::AuditTest {
 protected:
  AuditKeeperTest() {
    directory_of_heads_ = (std::filesystem::temp_directory_path() / "wenming-audit-XXXXXX").string();
    EXPECT_NE(mkdtemp(directory_of_heads_.data()), nullptr);
  }
  ~AuditKeeperTest() override { std::filesystem::remove_all(directory_of_heads_); }

  int Verify(const std::string& heads) {
    out_.str("");
    return VerifyAudit(pool_, key_, heads, absl::InfiniteFuture(), out_);
  }

  std::string directory_of_heads_;
  std::ostringstream log_, out_;
  const observe::Logger logger_{log_, "test", observe::Severity::kInfo, observe::SystemClock()};
  prometheus::Registry registry_;
  AuditMetrics metrics_{registry_, logger_};
};

TEST_F(AuditKeeperTest, VerificationSaysInOneLineWhatItFinds) {
  Write(3);
  Chain();
  const auto head = db::Read(pool_, absl::InfiniteFuture(), audit::LoadHead);
  ASSERT_TRUE(audit::AppendHead(key_, directory_of_heads_, "pod", audit::HeadLine(key_, *head, absl::Now())).ok());
  EXPECT_EQ(Verify(directory_of_heads_), 0);
  EXPECT_EQ(out_.str(), "test_svc: 3 records in order, 0 pending, 1 exported heads agree\n");
  EXPECT_EQ(Verify(""), 0);
  database_.Administer("USE " + database_.schema());
  database_.Administer("UPDATE audit_records SET object = 'units/other' WHERE sequence = 2");
  EXPECT_EQ(Verify(directory_of_heads_), 1);
  EXPECT_EQ(out_.str(), "test_svc: record 2: altered or inserted\n");
  database_.Administer("DELETE FROM audit_records");
  database_.Administer("UPDATE audit_heads SET sequence = 0, hash = ''");
  EXPECT_EQ(Verify(""), 0);
  EXPECT_EQ(Verify(directory_of_heads_), 1);
  EXPECT_THAT(out_.str(), StartsWith("test_svc: record 1: removed"));
}

TEST_F(AuditKeeperTest, WhatTheServiceWritesIsChainedWhenItHasEnded) {
  {
    AuditKeeper keeper(pool_, ids_, key_, metrics_);
    keeper.Refused(MakeCall(), google::protobuf::Empty(), absl::StatusCode::kPermissionDenied);
  }
  EXPECT_EQ(Count("audit_pending"), 0);
  EXPECT_EQ(Chained().size(), 1u);
}

// A service that is given no such key does not start: crypto::LoadKey says which file it is, and why.
TEST(LoadAuditKey, RefusesAKeyOfNoUseAndNamesIt) {
  const auth::KeyFolder keys;
  const std::string path = keys.path() + "/audit.key", good = keys.Read("audit.key");
  ASSERT_TRUE(LoadAuditKey(keys.path(), "org_svc").ok());
  const auto refused = [&](absl::StatusCode code, const char* why) {
    const absl::Status status = LoadAuditKey(keys.path(), "org_svc").status();
    EXPECT_EQ(status.code(), code) << status;
    EXPECT_THAT(std::string(status.message()), HasSubstr(path));
    EXPECT_THAT(std::string(status.message()), HasSubstr(why));
  };
  keys.Write("audit.key", good.substr(0, 30));
  refused(absl::StatusCode::kInvalidArgument, "must hold a key of at least 16 bytes");
  keys.Write("audit.key", "");
  refused(absl::StatusCode::kInvalidArgument, "is empty");
  keys.Write("audit.key", good);
  std::filesystem::permissions(path, std::filesystem::perms::others_read, std::filesystem::perm_options::add);
  refused(absl::StatusCode::kFailedPrecondition, "is open to everybody");
  std::filesystem::remove(path);
  refused(absl::StatusCode::kNotFound, "cannot read");
}

TEST_F(AuditKeeperTest, ServicesThatShareAKeyDoNotTakeEachOthersRecords) {
  const auth::KeyFolder keys;
  const auto ours = LoadAuditKey(keys.path(), "org_svc"), theirs = LoadAuditKey(keys.path(), "volunteer_svc");
  ASSERT_TRUE(ours.ok() && theirs.ok()) << ours.status() << theirs.status();
  const auto append = [&](const audit::ChainKey& sealed_with) {
    const audit::Trail trail(pool_, ids_, sealed_with.key);
    const absl::Status written = db::RunTransaction(
        pool_, {}, [&](db::Transaction& transaction) { return trail.Append(transaction, MakeCall(), {}); });
    EXPECT_TRUE(written.ok()) << written;
    EXPECT_TRUE(audit::ChainOnce(pool_, *ours, 10, absl::InfiniteFuture()).ok());
  };
  append(*ours);
  EXPECT_EQ(VerifyAudit(pool_, *ours, "", absl::InfiniteFuture(), out_), 0) << out_.str();
  append(*theirs);
  EXPECT_EQ(VerifyAudit(pool_, *ours, "", absl::InfiniteFuture(), out_), 1);
  EXPECT_THAT(out_.str(), HasSubstr("record 2: altered or inserted before it was chained"));
}

}  // namespace
}  // namespace wenming::service
