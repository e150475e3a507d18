// What connections cost that do nothing.
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <fstream>
#include <memory>
#include <vector>

#include "tests/gateway/support/fixture.h"
#include "tests/gateway/support/raw_h2.h"

namespace wenming::gateway {
namespace {

// Sanitizers have a memory of their own.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kMemoryIsOurs = false;
#else
constexpr bool kMemoryIsOurs = true;
#endif

constexpr int kConnections = 1000;
constexpr size_t kMostBytes = 32 << 20;  // of the process, so the clients and the kernel's pages for them are in it

size_t ResidentBytes() {
  size_t pages = 0;
  std::ifstream("/proc/self/statm") >> pages >> pages;
  return pages * static_cast<size_t>(sysconf(_SC_PAGESIZE));
}

// Each connection has two ends here.
bool MayOpen(rlim_t files) {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  return limit.rlim_cur >= files;
}

using IdleConnectionsTest = GatewayTest;

TEST_F(IdleConnectionsTest, AThousandOnBothPortsAreNoBurden) {
  if (!MayOpen(4 * kConnections + 200)) GTEST_SKIP() << "the limit of open files is too low";
  ASSERT_EQ(Get("/v1/shelves/1/books/2").status, 200);
  const size_t before = ResidentBytes();
  std::vector<std::unique_ptr<RawConnection>> plain;
  std::vector<std::unique_ptr<RawH2Client>> edge;
  for (int i = 0; i < kConnections; ++i) {
    plain.push_back(std::make_unique<RawConnection>(http()));
    plain.back()->Send("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
    edge.push_back(std::make_unique<RawH2Client>(gateway_->grpc_port()));
    edge.back()->Send(raw_h2::Frame(raw_h2::kPing, 0, 0, "12345678"));
  }
  for (auto& client : plain) ASSERT_EQ(client->Receive().status, 200);
  for (auto& client : edge) ASSERT_EQ(client->ReadPing().pings, 1);
  const size_t after = ResidentBytes();
  EXPECT_EQ(Get("/v1/shelves/1/books/2").status, 200);
  RecordProperty("bytes_a_connection", static_cast<int>((after - before) / (2 * kConnections)));
  EXPECT_TRUE(!kMemoryIsOurs || after - before < kMostBytes) << after - before;
}

}  // namespace
}  // namespace wenming::gateway
