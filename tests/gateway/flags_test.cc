#include "gateway/server/flags.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wenming::gateway {
namespace {

using testing::HasSubstr;

const std::string kDescriptors = std::string("--descriptors=") + GATEWAY_TEST_DESCRIPTORS;

TEST(FlagsTest, ReadsThemAll) {
  auto flags = ParseFlags({kDescriptors,
                           "--backend",
                           "a.b=[::1]:7001",
                           "--backend=c=host:2",
                           "--resolve-every=5s",
                           "--http=0.0.0.0:80",
                           "--grpc=127.0.0.1:9090",
                           "--metrics",
                           "127.0.0.1:0",
                           "--threads=3",
                           "--forward-header=x-a",
                           "--access=none",
                           "--documents=off",
                           "--cors-origin=https://a.example",
                           "--cors-origin=*",
                           "--cache-bytes=0",
                           "--edge-tls-cert=c.pem",
                           "--edge-tls-key=k.pem",
                           "--edge-client-ca=ca.pem",
                           "--edge-client-certificates=optional",
                           "--tls-cert=hc.pem",
                           "--tls-key=hk.pem",
                           "--max-body=10",
                           "--max-held=20",
                           "--max-in-flight=30",
                           "--max-streams=10",
                           "--caller-rate=5",
                           "--address-rate=0",
                           "--address-connections=40",
                           "--trusted-proxy=10.0.0.0/8",
                           "--trusted-proxy=::1",
                           "--call-time=1500ms",
                           "--share-ports=on",
                           "--drain-delay=3s",
                           "--drain-time=2s",
                           "--ops-target=org_svc=127.0.0.1:9201",
                           "--ops-target=gateway=[::1]:9200",
                           "--ops-access=a.B.C"});
  ASSERT_TRUE(flags.ok()) << flags.status();
  const GatewayOptions& options = flags->options;
  EXPECT_EQ(options.descriptors.size(), 1u);
  ASSERT_EQ(options.backends.size(), 2u);
  EXPECT_EQ(options.backends[0].package, "a.b");
  EXPECT_EQ(options.backends[0].address.Text(), "[::1]:7001");
  EXPECT_EQ(options.resolve_every.count(), 5000);
  EXPECT_EQ(options.http.Text(), "0.0.0.0:80");
  EXPECT_EQ(options.grpc->port, 9090);
  EXPECT_EQ(options.metrics->port, 0);
  EXPECT_EQ(options.threads, 3);
  EXPECT_EQ(options.access, AccessMode::kNone);
  EXPECT_FALSE(options.documents);
  EXPECT_EQ(options.cache_bytes, 0u);
  EXPECT_THAT(options.cors_origins, testing::ElementsAre("https://a.example", "*"));
  ASSERT_TRUE(options.edge_tls.has_value());
  EXPECT_EQ(options.edge_tls->certificate, "c.pem");
  EXPECT_EQ(options.edge_tls->key, "k.pem");
  EXPECT_EQ(options.edge_tls->client_ca, "ca.pem");
  EXPECT_FALSE(options.edge_tls->client_certificates_required);
  ASSERT_TRUE(options.http_tls.has_value());
  EXPECT_EQ(options.http_tls->certificate, "hc.pem");
  EXPECT_EQ(options.http_tls->key, "hk.pem");
  EXPECT_EQ(options.limits.body_bytes, 10u);
  EXPECT_EQ(options.admission.held_bytes, 20u);
  EXPECT_EQ(options.admission.in_flight, 30u);
  EXPECT_EQ(options.admission.streams, 10u);
  EXPECT_EQ(options.admission.per_caller.per_second, 5);
  EXPECT_EQ(options.admission.per_caller.burst, 20);
  EXPECT_EQ(options.admission.per_address.per_second, 0);
  EXPECT_EQ(options.admission.connections_per_address, 40u);
  EXPECT_EQ(options.admission.trusted_proxies.size(), 2u);
  EXPECT_EQ(options.call_time.count(), 1500);
  EXPECT_TRUE(options.share_ports);
  EXPECT_EQ(options.drain_delay.count(), 3000);
  EXPECT_EQ(options.drain_time.count(), 2000);
  ASSERT_EQ(options.ops_targets.size(), 2u);
  EXPECT_EQ(options.ops_targets[0].name, "org_svc");
  EXPECT_EQ(options.ops_targets[1].address.Text(), "[::1]:9200");
  EXPECT_EQ(options.ops_access, "a.B.C");
}

TEST(FlagsTest, SaysWhatIsWrong) {
  const struct {
    std::vector<std::string> arguments;
    const char* says;
  } kCases[] = {
      {{}, "--descriptors and --backend are needed"},
      {{"--descriptors=/no/such/file"}, "cannot read"},
      {{"--nothing=1"}, "unknown flag --nothing"},
      {{"--http"}, "--http needs a value"},
      {{"--http=8080"}, "is not HOST:PORT"},
      {{"--http=a:99999"}, "is not HOST:PORT"},
      {{"--backend=127.0.0.1:1"}, "is not PACKAGE=HOST:PORT"},
      {{"--threads=0"}, "is not a count"},
      {{"--access=some"}, "\"ours\" or \"none\""},
      {{"--documents=yes"}, "\"on\" or \"off\""},
      {{"--share-ports=1"}, "\"on\" or \"off\""},
      {{"--call-time=10"}, "is not a duration"},
      {{"--edge-tls-cert="}, "without a file"},
      {{"--edge-client-certificates=no"}, "\"required\" or \"optional\""},
      {{kDescriptors, "--backend=a=b:1", "--grpc=a:1", "--edge-tls-cert=c"}, "--edge-tls-key are needed"},
      {{kDescriptors, "--backend=a=b:1", "--grpc=a:1", "--edge-client-ca=c"}, "--edge-tls-key are needed"},
      {{kDescriptors, "--backend=a=b:1", "--edge-tls-cert=c", "--edge-tls-key=k"}, "of no use without --grpc"},
      {{"--tls-key="}, "without a file"},
      {{kDescriptors, "--backend=a=b:1", "--tls-key=k"}, "--tls-key belong together"},
      {{"--ops-target=127.0.0.1:9201"}, "is not NAME=HOST:PORT"},
      {{"--ops-target=org_svc"}, "is not NAME=HOST:PORT"},
      {{kDescriptors, "--backend=a=b:1", "--ops-target=a=b:1"}, "--ops-target and --ops-access belong together"},
      {{kDescriptors, "--backend=a=b:1", "--ops-access=a.B.C"}, "--ops-target and --ops-access belong together"},
      {{"serve"}, "unexpected argument serve"},
  };
  for (const auto& test : kCases) {
    auto flags = ParseFlags(test.arguments);
    ASSERT_FALSE(flags.ok()) << test.says;
    EXPECT_THAT(std::string(flags.status().message()), HasSubstr(test.says));
  }
}

TEST(FlagsTest, HelpNamesEveryFlag) {
  EXPECT_TRUE(ParseFlags({"--help"})->help);
  for (const char* name :
       {"--descriptors", "--backend", "--http", "--grpc", "--metrics", "--threads", "--forward-header", "--access"}) {
    EXPECT_THAT(FlagsHelp(), HasSubstr(name));
  }
}

}  // namespace
}  // namespace wenming::gateway
