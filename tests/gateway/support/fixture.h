#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <sstream>
#include <string>

#include "common/observe/log.h"
#include "gateway/server/gateway.h"
#include "tests/gateway/support/library.h"
#include "tests/gateway/support/raw_http.h"

namespace wenming::gateway {

// Waits until `condition` holds; false after ten seconds.
bool Eventually(const std::function<bool()>& condition);

// Options for a gateway on free ports in front of a library at `backend_port`.
GatewayOptions LibraryOptions(int backend_port);

// A library and a gateway in front of it, in this process, ready to be called.
class GatewayTest : public testing::Test {
 protected:
  void SetUp() override;
  // Starts the gateway anew with other options.
  void Restart(const GatewayOptions& options);
  bool Ready() const;

  uint16_t http() const { return gateway_->http_port(); }
  RawResponse Get(std::string_view target, std::string_view extra = {}) const {
    return Fetch(http(), "GET", target, {}, extra);
  }
  RawResponse Post(std::string_view target, std::string_view body, std::string_view extra = {}) const {
    return Fetch(http(), "POST", target, body, extra);
  }
  // The page of /metrics.
  std::string MetricsPage() const { return Fetch(gateway_->metrics_port(), "GET", "/metrics").body; }

  std::ostringstream log_;
  observe::Logger logger_{log_, "gateway", observe::Severity::kInfo, observe::SystemClock()};
  std::unique_ptr<LibraryServer> library_;
  std::unique_ptr<Gateway> gateway_;
};

}  // namespace wenming::gateway
