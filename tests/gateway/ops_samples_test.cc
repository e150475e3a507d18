// What is left of a process's metrics.
#include "gateway/ops/samples.h"

#include <gmock/gmock.h>

namespace wenming::gateway::ops {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

TEST(OpsSamplesTest, AddsUpWhatMethodsAndRoutesHaveDone) {
  EXPECT_THAT(ReadSamples("# HELP calls_total Calls.\n"
                          "# TYPE calls_total counter\n"
                          "calls_total{grpc_method=\"A\",grpc_service=\"S\",grpc_code=\"OK\"} 2\n"
                          "calls_total{grpc_code=\"OK\",grpc_method=\"B\",grpc_service=\"S\"} 3 1700000000000\n"
                          "calls_total{grpc_method=\"A\",grpc_service=\"S\",grpc_code=\"Internal\"} 1\n"
                          "requests_total{method=\"GET\",route=\"/v1/{a}\"} 4\n"
                          "requests_total{method=\"PUT\",route=\"/v1/b\"} 5\n"),
              ElementsAre(Pair("calls_total{grpc_code=\"Internal\"}", 1), Pair("calls_total{grpc_code=\"OK\"}", 5),
                          Pair("requests_total", 9)));
}

TEST(OpsSamplesTest, KeepsTheOthersAsTheyAre) {
  EXPECT_THAT(
      ReadSamples("up 1\nratio 0.25\nnegative -3\nbig 1e3\n"
                  "seconds_bucket{le=\"0.5\"} 7\nseconds_bucket{le=\"+Inf\"} 9\n"
                  "odd{a=\"x,}=\\\" \\\\\",b=\"\"} 1\nend 2"),
      ElementsAre(Pair("big", 1000), Pair("end", 2), Pair("negative", -3), Pair("odd{a=\"x,}=\\\" \\\\\",b=\"\"}", 1),
                  Pair("ratio", 0.25), Pair("seconds_bucket{le=\"+Inf\"}", 9), Pair("seconds_bucket{le=\"0.5\"}", 7),
                  Pair("up", 1)));
}

TEST(OpsSamplesTest, LeavesOutWhatIsNone) {
  for (const char* line : {"", "#", "name", "name ", "name x", " 1", "{a=\"b\"} 1", "name{a=\"b\" 1", "name{a=\"b} 1",
                           "name{a=b} 1", "name{a=\"b\"}1", "name NaN", "name +Inf", "name -Inf", "name 1e300", "name{",
                           "name{}", "name{a=\"\\", "<html>"}) {
    EXPECT_THAT(ReadSamples(line), IsEmpty()) << line;
  }
}

}  // namespace
}  // namespace wenming::gateway::ops
