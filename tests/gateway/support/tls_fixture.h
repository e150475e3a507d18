#pragma once

#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "tests/gateway/support/certificates.h"
#include "tests/gateway/support/fixture.h"

namespace wenming::gateway {

// A gateway whose HTTP port speaks TLS, in front of a library.
class TlsGatewayTest : public GatewayTest {
 protected:
  void SetUp() override {
    GatewayTest::SetUp();
    folder_ = std::filesystem::temp_directory_path() / ("gateway_tls." + std::to_string(getpid()));
    std::filesystem::create_directories(folder_);
    const IssuedCertificate server = authority_.Issue({});
    std::ofstream(folder_ / "http.pem") << server.certificate;
    std::ofstream(folder_ / "http.key") << server.key;
    Serve(Options());
  }
  void TearDown() override {
    gateway_.reset();
    std::filesystem::remove_all(folder_);
  }

  GatewayOptions Options() const {
    GatewayOptions options = LibraryOptions(library_->port());
    options.http_tls = ServerTlsOptions{.certificate = folder_ / "http.pem",
                                        .key = folder_ / "http.key",
                                        .protocols = {"h2", "http/1.1"},
                                        .name = "the HTTP port"};
    return options;
  }
  void Serve(const GatewayOptions& options) {
    Restart(options);
    ASSERT_TRUE(Eventually([this] { return Ready(); }));
  }

  std::filesystem::path folder_;
  const TestAuthority authority_{"servers"};
};

}  // namespace wenming::gateway
