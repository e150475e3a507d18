// Two replicas of a real gRPC service behind the gateway, one restarted after the other under load.
#include <gmock/gmock.h>

#include "gateway/server/back_ends.h"
#include "tests/gateway/support/fixture.h"
#include "tests/gateway/support/load.h"
#include "tests/gateway/support/ready_replicas.h"

namespace wenming::gateway {
namespace {

using testing::ElementsAre;

TEST(GroupBackEndsTest, RepeatedPackagesAreReplicasAndEqualOnesAreShared) {
  const Address a{"a", 1};
  const Address b{"b", 2};
  const BackEnds back_ends = GroupBackEnds({{"p", a}, {"q", a}, {"p", b}, {"r", b}, {"s", a}, {"p", a}, {"s", b}});
  EXPECT_THAT(back_ends.packages, ElementsAre("p", "q", "r", "s"));
  EXPECT_THAT(back_ends.of_package, ElementsAre(0, 1, 2, 0));
  EXPECT_THAT(back_ends.addresses, ElementsAre(ElementsAre(a, b), ElementsAre(a), ElementsAre(b)));
}

class RollingReplicasTest : public GatewayTest {
 protected:
  void SetUp() override {
    GatewayTest::SetUp();
    second_ = std::make_unique<LibraryServer>();
    GatewayOptions options = LibraryOptions(library_->port());
    options.backends.push_back({options.backends[0].package, {"127.0.0.1", static_cast<uint16_t>(second_->port())}});
    Restart(options);
    ASSERT_TRUE(BothReady());
  }

  // Whether so many of the gateway's two connections to a replica come to be ready.
  bool Becomes(int port, int ready) {
    return Eventually([&] { return SaysReady(MetricsPage(), port, ready); });
  }
  bool BothReady() { return Becomes(library_->port(), 2) && Becomes(second_->port(), 2); }

  std::unique_ptr<LibraryServer> second_;
};

TEST_F(RollingReplicasTest, LosesNoRequest) {
  Load load(http(), gateway_->grpc_port());
  for (int i = 0; i < 2; ++i) {
    load.StartHttp1();
    load.StartHttp1Changes();
    load.StartGrpc();
    load.StartGrpcChanges();
  }
  for (int round = 0; round < 6; ++round) {
    auto& server = round % 2 == 0 ? library_ : second_;
    const int before = load.good();
    ASSERT_TRUE(Eventually([&] { return load.good() > before + 100; }));
    const int port = server->port();
    server->SetReady(false);
    ASSERT_TRUE(Becomes(port, 0));
    server->Drain();
    server = std::make_unique<LibraryServer>(port);
    ASSERT_TRUE(BothReady());
  }
  load.Stop();
  EXPECT_EQ(load.bad(), 0) << "of " << load.good() << ":\n" << load.faults();
}

TEST_F(RollingReplicasTest, ServesAsLongAsOneIsThere) {
  const int port = second_->port();
  second_.reset();
  EXPECT_TRUE(Becomes(port, 0));
  for (int i = 0; i < 20; ++i) EXPECT_EQ(Get("/v1/shelves/1/books/2").status, 200);
  EXPECT_TRUE(Ready());
  library_.reset();
  EXPECT_TRUE(Eventually([this] { return !Ready(); }));
  const RawResponse response = Get("/v1/shelves/1/books/2");
  EXPECT_EQ(response.status, 503);
  EXPECT_EQ(response.headers.at("retry-after"), "1");
}

}  // namespace
}  // namespace wenming::gateway
