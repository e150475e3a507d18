#include "common/service/flags.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace wenming::service {
namespace {

using ::testing::HasSubstr;

TEST(Flags, ReadsValuesInBothSpellingsAndSwitches) {
  const auto flags = ParseFlags({"--grpc=127.0.0.1:9101", "--db-schema", "wenming_org", "--db-connections=4", "--dev",
                                 "--log-level=error", "--connection-age=5m", "--connection-grace", "20s",
                                 "--drain-delay=1s", "--drain-time=1500ms"});
  ASSERT_TRUE(flags.ok()) << flags.status();
  EXPECT_EQ(flags->grpc, "127.0.0.1:9101");
  EXPECT_EQ(flags->db_schema, "wenming_org");
  EXPECT_EQ(flags->db_connections, 4);
  EXPECT_EQ(flags->connection_age, absl::Minutes(5));
  EXPECT_EQ(flags->connection_grace, absl::Seconds(20));
  EXPECT_EQ(flags->drain_delay, absl::Seconds(1));
  EXPECT_EQ(flags->drain_time, absl::Milliseconds(1500));
  EXPECT_TRUE(flags->development);
  EXPECT_FALSE(flags->migrate);
  EXPECT_EQ(flags->log_level, observe::Severity::kError);
}

TEST(Flags, SaysWhatItDoesNotUnderstand) {
  struct Case {
    std::vector<std::string> arguments;
    const char* want;
  };
  for (const Case& c : {Case{{"--nonsense"}, "--nonsense"}, Case{{"grpc"}, "grpc"}, Case{{"--grpc"}, "needs a value"},
                        Case{{"--db-connections=0"}, "does not take 0"}, Case{{"--db-port=x"}, "does not take x"},
                        Case{{"--drain-time=10"}, "does not take 10"}, Case{{"--drain-delay=inf"}, "does not take inf"},
                        Case{{"--connection-age=-1s"}, "does not take -1s"},
                        Case{{"--log-level=loud"}, "does not take loud"}, Case{{"--grp=x"}, "--grp=x"}}) {
    const auto flags = ParseFlags(c.arguments);
    EXPECT_EQ(flags.status().code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(std::string(flags.status().message()), HasSubstr(c.want));
  }
}

TEST(Flags, HelpNamesEveryFlag) {
  const std::string help = HelpText("org_svc");
  for (const char* name :
       {"--grpc=", "--metrics=", "--db-socket=", "--keys=", "--directory=", "--wechat-url=", "--wechat-app-id=",
        "--wechat-secret-file=", "--migrate\n", "--dev\n", "--allow-unsafe-database\n", "--check-database\n"}) {
    EXPECT_THAT(help, HasSubstr(name));
  }
}

}  // namespace
}  // namespace wenming::service
