// The page /ops and the figures that it shows.
#include <gmock/gmock.h>
#include <rapidjson/document.h>

#include <future>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gateway/http/content_coding.h"
#include "tests/gateway/support/fixture.h"
#include "tests/gateway/support/metrics_server.h"

namespace wenming::gateway {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr char kLibrarian[] = "Authorization: Bearer librarian\r\n";
constexpr char kAccess[] = "wenming.gateway.testdata.Library.CheckAccess";

ops::Target At(const std::string& name, uint16_t port) { return {name, {"127.0.0.1", port}}; }

// A port on which nobody listens.
uint16_t DeafPort() { return MetricsServer("").port(); }

class OpsTest : public GatewayTest {
 protected:
  GatewayOptions Options(std::vector<ops::Target> targets) const {
    auto options = LibraryOptions(library_->port());
    options.ops_targets = std::move(targets);
    options.ops_access = kAccess;
    options.ops_patience = std::chrono::minutes(1);
    options.threads = 1;  // so that there is one gatherer
    return options;
  }
  void Watch(std::vector<ops::Target> targets) { Watch(Options(std::move(targets))); }
  void Watch(const GatewayOptions& options) {
    Restart(options);
    ASSERT_TRUE(Eventually([this] { return Ready(); }));
  }
  // What the librarian is told.
  rapidjson::Document Report() const {
    rapidjson::Document report;
    report.Parse(Get("/ops/metrics", kLibrarian).body.c_str());
    return report;
  }
};

TEST_F(OpsTest, GathersWhatAllProcessesSay) {
  MetricsServer good(MetricsAnswer("ready 1\ncalls_total{grpc_method=\"A\"} 2\ncalls_total{grpc_method=\"B\"} 3\n"));
  MetricsServer failing("HTTP/1.1 500 Internal Server Error\r\nContent-Length: 8\r\n\r\nready 1\n");
  MetricsServer silent(MetricsAnswer(""));
  MetricsServer broken("HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\nready 1\n");
  Watch({At("good", good.port()),
         At("failing", failing.port()),
         At("silent", silent.port()),
         At("broken", broken.port()),
         At("deaf", DeafPort()),
         {"nowhere", {"no..host", 80}}});
  auto response = Get("/ops/metrics", kLibrarian);
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.headers["content-type"], "application/json");
  EXPECT_EQ(response.headers["cache-control"], "no-store");
  rapidjson::Document report;
  report.Parse(response.body.c_str());
  EXPECT_GT(report["time"].GetDouble(), 1.7e9);
  const auto& instances = report["instances"];
  ASSERT_EQ(instances.Size(), 6u) << response.body;
  EXPECT_STREQ(instances[0]["target"].GetString(), "good");
  EXPECT_EQ(instances[0]["instance"].GetString(), absl::StrCat("127.0.0.1:", good.port()));
  EXPECT_TRUE(instances[0]["up"].GetBool());
  EXPECT_EQ(instances[0]["samples"]["ready"].GetInt(), 1);
  EXPECT_EQ(instances[0]["samples"]["calls_total"].GetInt(), 5);
  for (rapidjson::SizeType i = 1; i < 6; ++i) {
    EXPECT_FALSE(instances[i]["up"].GetBool()) << instances[i]["target"].GetString();
    EXPECT_EQ(instances[i]["samples"].MemberCount(), 0u);
  }
  EXPECT_STREQ(instances[5]["instance"].GetString(), "no..host:80");
}

TEST_F(OpsTest, TellsOfItselfWithoutWhoLooks) {
  auto options = Options({At("gateway", 0)});
  options.metrics->port = DeafPort();
  options.ops_targets[0].address.port = options.metrics->port;
  Watch(options);
  EXPECT_EQ(Get("/v1/shelves/1/books/2").status, 200);
  const auto report = Report();
  const auto& samples = report["instances"][0]["samples"];
  EXPECT_EQ(samples["http_server_requests_total{code=\"200\"}"].GetInt(), 1);
  EXPECT_EQ(samples["gateway_in_flight"].GetInt(), 0);
  EXPECT_EQ(samples["wenming_ready"].GetInt(), 1);
  EXPECT_EQ(samples["wenming_build_info{version=\"" WENMING_VERSION "\"}"].GetInt(), 1);
  EXPECT_GT(samples["process_start_time_seconds"].GetDouble(), 1.7e9);
}

TEST_F(OpsTest, AnswersNobodyElse) {
  MetricsServer process(MetricsAnswer("secret_figure 1\n"));
  Watch({At("process", process.port())});
  const struct {
    const char* headers;
    int status;
  } kCases[] = {{"", 401},
                {"Authorization: Bearer reader\r\n", 403},
                {"Authorization: Bearer librarian\r\nAuthorization: Bearer reader\r\n", 403},
                {"X-Wenming-Staff: librarian\r\n", 401}};
  for (const auto& test : kCases) {
    auto response = Get("/ops/metrics", test.headers);
    EXPECT_EQ(response.status, test.status) << test.headers;
    EXPECT_THAT(response.body, Not(HasSubstr("secret_figure"))) << test.headers;
  }
  EXPECT_EQ(process.asked(), 0) << "nobody is asked for them either";
  EXPECT_EQ(Get("/ops/metrics", kLibrarian).status, 200);
  library_.reset();
  ASSERT_TRUE(Eventually([this] { return !Ready(); }));
  auto response = Get("/ops/metrics", kLibrarian);
  EXPECT_EQ(response.status, 503) << "without the service nobody gets in";
  EXPECT_THAT(response.body, Not(HasSubstr("secret_figure")));
}

TEST_F(OpsTest, AsksOnceForAllWhoLook) {
  MetricsServer process(MetricsAnswer("ready 1\n"));
  Watch({At("process", process.port())});
  process.Hold(true);
  std::vector<std::future<RawResponse>> looks;
  for (int i = 0; i < 20; ++i) {
    looks.push_back(std::async(std::launch::async, [this] { return Get("/ops/metrics", kLibrarian); }));
  }
  const auto wait = [this](int count) {
    const std::string line = absl::StrCat("\nhttp_server_requests_in_flight ", count, "\n");
    // A look that has been let in takes no place any more.
    return Eventually([&] {
      const std::string page = MetricsPage();
      return page.find(line) != std::string::npos && page.find("\ngateway_in_flight 0\n") != std::string::npos;
    });
  };
  EXPECT_TRUE(wait(20));
  {
    RawConnection leaves(http());  // and takes it from nobody
    leaves.Send(absl::StrCat("GET /ops/metrics HTTP/1.1\r\nHost: x\r\n", kLibrarian, "\r\n"));
    EXPECT_TRUE(wait(21));
  }
  process.Hold(false);
  for (auto& look : looks) EXPECT_THAT(look.get().body, HasSubstr("\"samples\":{\"ready\":1}"));
  EXPECT_EQ(process.asked(), 1);
}

TEST_F(OpsTest, WaitsForNobodyForLong) {
  MetricsServer stuck(MetricsAnswer("ready 1\n"));
  MetricsServer process(MetricsAnswer("ready 1\n"));
  auto options = Options({At("stuck", stuck.port()), At("process", process.port())});
  options.ops_patience = std::chrono::milliseconds(300);
  Watch(options);
  stuck.Hold(true);
  EXPECT_TRUE(Eventually([this] {
    const auto report = Report();
    return !report["instances"][0]["up"].GetBool() && report["instances"][1]["up"].GetBool();
  }));
}

TEST_F(OpsTest, EndsWhileSomebodyIsAsked) {
  MetricsServer stuck(MetricsAnswer("ready 1\n"));
  Watch({At("stuck", stuck.port())});
  stuck.Hold(true);
  RawConnection client(http());
  client.Send(absl::StrCat("GET /ops/metrics HTTP/1.1\r\nHost: x\r\n", kLibrarian, "\r\n"));
  ASSERT_TRUE(Eventually([&] { return stuck.asked() == 1; }));
  gateway_.reset();
  EXPECT_TRUE(client.ClosedByServer());
}

TEST_F(OpsTest, TakesGetAndHeadOnly) {
  MetricsServer process(MetricsAnswer("ready 1\n"));
  Watch({At("process", process.port())});
  auto post = Post("/ops/metrics", "{}", kLibrarian);
  EXPECT_EQ(post.status, 405);
  EXPECT_EQ(post.headers["allow"], "GET, HEAD, OPTIONS");
  EXPECT_EQ(Fetch(http(), "OPTIONS", "/ops/metrics").status, 204);
  RawConnection client(http());
  client.Send(absl::StrCat("HEAD /ops/metrics HTTP/1.1\r\nHost: x\r\n", kLibrarian, "\r\n"));
  EXPECT_EQ(client.Receive(/*head_only=*/true).status, 200);
}

TEST_F(OpsTest, ShowsThePageWithNothingFromElsewhere) {
  Watch({At("process", 1)});
  auto page = Get("/ops");
  EXPECT_EQ(page.status, 200);
  EXPECT_EQ(page.headers["content-type"], "text/html; charset=utf-8");
  EXPECT_THAT(page.headers["content-security-policy"],
              StartsWith("default-src 'none'; script-src 'self'; style-src 'self'; "));
  EXPECT_THAT(page.body, Not(HasSubstr("://")));
  EXPECT_THAT(page.body, Not(testing::ContainsRegex("<script>|<style| on[a-z]+=| style=")));
  for (const char* file : {"/ops/main.mjs", "/ops/charts.mjs", "/ops/figures.mjs", "/ops/samples.mjs",
                           "/ops/session.mjs", "/ops/view.mjs", "/ops/words.mjs", "/ops/uPlot.iife.min.js"}) {
    auto script = Get(file, "Accept-Encoding: gzip\r\n");
    EXPECT_EQ(script.status, 200) << file;
    EXPECT_EQ(script.headers["content-type"], "text/javascript; charset=utf-8") << file;
    EXPECT_EQ(http::Gunzip(script.body), Get(file).body) << file;
  }
  for (const char* file : {"/ops/ops.css", "/ops/uPlot.min.css"}) {
    EXPECT_EQ(Get(file).headers["content-type"], "text/css; charset=utf-8") << file;
  }
  EXPECT_THAT(Get("/ops/uPlot.LICENSE.txt").body, HasSubstr("MIT License"));
}

TEST_F(OpsTest, IsNotThereWithoutTargets) {
  for (const char* path : {"/ops", "/ops/main.mjs", "/ops/metrics"}) EXPECT_EQ(Get(path, kLibrarian).status, 404);
}

TEST_F(OpsTest, StartsWithNoAccessThatLetsEverybodyIn) {
  for (const char* access :
       {"", "wenming.gateway.testdata.Library.Nothing", "wenming.gateway.testdata.Library.GetBook",
        "wenming.gateway.testdata.Library.WatchBooks", "wenming.gateway.testdata.Library.Replicate"}) {
    auto options = Options({At("process", 1)});
    options.ops_access = access;
    const auto started = Gateway::Start(options, logger_);
    ASSERT_FALSE(started.ok()) << access;
    EXPECT_THAT(std::string(started.status().message()), HasSubstr("--ops-access: ")) << access;
  }
}

}  // namespace
}  // namespace wenming::gateway
