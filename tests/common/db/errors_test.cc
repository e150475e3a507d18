#include "common/db/errors.h"

#include <gtest/gtest.h>

#include <string>

#include "common/errors/errors.h"
#include "wenming/type/reason.pb.h"

namespace wenming::db {
namespace {

struct Case {
  int number;
  absl::StatusCode code;
  type::Reason reason;
};

class ErrorFromDriverTest : public ::testing::TestWithParam<Case> {};

TEST_P(ErrorFromDriverTest, TranslatesTheNumberAndHidesTheText) {
  const Case& c = GetParam();
  const absl::Status status = ErrorFromDriver(c.number, "secret SELECT * FROM volunteers");
  EXPECT_EQ(status.code(), c.code);
  EXPECT_EQ(errors::ReasonOf(status), c.reason);
  EXPECT_EQ(status.message().find("secret"), std::string::npos);
  EXPECT_EQ(DriverError(status), c.number);
  const google::rpc::Status wire = errors::ToWire(status, errors::Language::kEnglish, "r1");
  EXPECT_EQ(wire.SerializeAsString().find("secret"), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(
    Numbers, ErrorFromDriverTest,
    ::testing::Values(Case{1062, absl::StatusCode::kAlreadyExists, type::REASON_ALREADY_EXISTS},
                      Case{1452, absl::StatusCode::kFailedPrecondition, type::REASON_CONFLICT},
                      Case{1213, absl::StatusCode::kAborted, type::REASON_CONFLICT},
                      Case{1205, absl::StatusCode::kAborted, type::REASON_CONFLICT},
                      Case{1020, absl::StatusCode::kAborted, type::REASON_CONFLICT},
                      Case{9007, absl::StatusCode::kAborted, type::REASON_CONFLICT},
                      Case{2005, absl::StatusCode::kUnavailable, type::REASON_DATABASE_UNAVAILABLE},
                      Case{2002, absl::StatusCode::kUnavailable, type::REASON_DATABASE_UNAVAILABLE},
                      Case{2006, absl::StatusCode::kUnavailable, type::REASON_DATABASE_UNAVAILABLE},
                      Case{2013, absl::StatusCode::kUnavailable, type::REASON_DATABASE_UNAVAILABLE},
                      Case{1040, absl::StatusCode::kUnavailable, type::REASON_DATABASE_UNAVAILABLE},
                      Case{1290, absl::StatusCode::kUnavailable, type::REASON_DATABASE_UNAVAILABLE},
                      Case{1114, absl::StatusCode::kUnavailable, type::REASON_DATABASE_UNAVAILABLE},
                      Case{1226, absl::StatusCode::kUnavailable, type::REASON_DATABASE_UNAVAILABLE},
                      Case{1836, absl::StatusCode::kUnavailable, type::REASON_DATABASE_UNAVAILABLE},
                      Case{1969, absl::StatusCode::kDeadlineExceeded, type::REASON_DEADLINE},
                      Case{1064, absl::StatusCode::kInternal, type::REASON_INTERNAL},
                      Case{0, absl::StatusCode::kInternal, type::REASON_INTERNAL}),
    [](const auto& param) { return std::to_string(param.param.number); });

TEST(IsDuplicateKeyTest, KnowsTheKeyInTheWordsOfMariaDbAndMySql) {
  const absl::Status mariadb = ErrorFromDriver(1062, "Duplicate entry 'for key 'x'' for key 'by_code'");
  const absl::Status mysql = ErrorFromDriver(1062, "Duplicate entry '1-2' for key 'units.by_code'");
  for (const absl::Status& status : {mariadb, mysql}) {
    EXPECT_TRUE(IsDuplicateKey(status));
    EXPECT_TRUE(IsDuplicateKey(status, "by_code"));
    EXPECT_FALSE(IsDuplicateKey(status, "PRIMARY"));
    EXPECT_FALSE(IsDuplicateKey(status, "code"));
  }
  EXPECT_FALSE(IsDuplicateKey(ErrorFromDriver(1213, "Deadlock")));
  EXPECT_FALSE(IsDuplicateKey(errors::AlreadyExists(type::REASON_DUPLICATE_CODE)));
}

TEST(CommitUnknownTest, KeepsTheDriversText) {
  const absl::Status status = CommitUnknown(ErrorFromDriver(2013, "Lost connection"));
  EXPECT_EQ(status.code(), absl::StatusCode::kUnknown);
  EXPECT_EQ(errors::ReasonOf(status), type::REASON_COMMIT_UNKNOWN);
  EXPECT_EQ(DriverText(status), "2013: Lost connection");
}

TEST(EndsConnectionTest, AfterErrorsOfTheNetworkAndWhereThePrimaryHasMoved) {
  EXPECT_TRUE(EndsConnection(2013));
  EXPECT_TRUE(EndsConnection(2014));  // commands out of sync
  EXPECT_TRUE(EndsConnection(1153));
  EXPECT_TRUE(EndsConnection(1290));  // read-only
  EXPECT_FALSE(EndsConnection(1062));
  EXPECT_FALSE(EndsConnection(1213));
}

}  // namespace
}  // namespace wenming::db
