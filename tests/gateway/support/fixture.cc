#include "tests/gateway/support/fixture.h"

#include <chrono>
#include <thread>

#include "tests/gateway/support/descriptors.h"

namespace wenming::gateway {

bool Eventually(const std::function<bool()>& condition) {
  auto end = std::chrono::steady_clock::now() + std::chrono::minutes(1);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return true;
}

GatewayOptions LibraryOptions(int backend_port) {
  GatewayOptions options;
  options.descriptors = {TestDescriptors()};
  options.backends = {{"wenming.gateway.testdata", {"127.0.0.1", static_cast<uint16_t>(backend_port)}}};
  options.http = {"127.0.0.1", 0};
  options.grpc = Address{"127.0.0.1", 0};
  options.metrics = Address{"127.0.0.1", 0};
  options.threads = 2;
  options.seed = 1;
  return options;
}

void GatewayTest::SetUp() {
  library_ = std::make_unique<LibraryServer>();
  Restart(LibraryOptions(library_->port()));
  ASSERT_TRUE(Eventually([this] { return Ready(); }));
}

void GatewayTest::Restart(const GatewayOptions& options) {
  gateway_.reset();
  auto started = Gateway::Start(options, logger_);
  ASSERT_TRUE(started.ok()) << started.status();
  gateway_ = *std::move(started);
}

bool GatewayTest::Ready() const { return Fetch(gateway_->metrics_port(), "GET", "/readyz").status == 200; }

}  // namespace wenming::gateway
