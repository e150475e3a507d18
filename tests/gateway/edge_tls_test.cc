// The gRPC edge on TLS: who gets in with which certificate, and what the services are told about it. A certificate that
// was revoked by its authority is not among the cases: the edge reads no revocation lists.
#include "gateway/net/server_tls.h"

#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <openssl/ssl.h>

#include <filesystem>
#include <fstream>

#include "tests/gateway/support/certificates.h"
#include "tests/gateway/support/fixture.h"
#include "tests/gateway/support/tls_client.h"

namespace wenming::gateway {
namespace {

using std::chrono::milliseconds;
using testdata::Book;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr char kHeader[] = "x-wenming-client-certificate";

class EdgeTlsTest : public GatewayTest {
 protected:
  void SetUp() override {
    GatewayTest::SetUp();
    folder_ = std::filesystem::temp_directory_path() / ("edge_tls_test." + std::to_string(getpid()));
    std::filesystem::create_directories(folder_);
    Write("ca.pem", clients_.certificate());
    WriteServer(servers_.Issue({}));
    Serve(/*required=*/true);
  }
  void TearDown() override {
    gateway_.reset();
    std::filesystem::remove_all(folder_);
  }

  std::string File(const std::string& name) const { return (folder_ / name).string(); }
  // In one step, as a tool that rotates certificates does.
  void Write(const std::string& name, const std::string& content) const {
    std::ofstream(File(name + ".new")) << content;
    std::filesystem::rename(File(name + ".new"), File(name));
  }
  void WriteServer(const IssuedCertificate& server) const {
    Write("edge.pem", server.certificate);
    Write("edge.key", server.key);
  }
  GatewayOptions Options(bool required) const {
    GatewayOptions options = LibraryOptions(library_->port());
    options.edge_tls = ServerTlsOptions{.certificate = File("edge.pem"),
                                        .key = File("edge.key"),
                                        .client_ca = File("ca.pem"),
                                        .client_certificates_required = required,
                                        .handshake_time = milliseconds(300)};
    return options;
  }
  void Serve(bool required) {
    Restart(Options(required));
    ASSERT_TRUE(Eventually([this] { return Ready(); }));
  }

  // A client that trusts `authority`; `certificate` may be null.
  std::unique_ptr<testdata::Library::Stub> Client(const IssuedCertificate* certificate,
                                                  const TestAuthority& authority) const {
    grpc::SslCredentialsOptions options;
    options.pem_root_certs = authority.certificate();
    if (certificate != nullptr) {
      options.pem_cert_chain = certificate->certificate;
      options.pem_private_key = certificate->key;
    }
    grpc::ChannelArguments arguments;
    arguments.SetSslTargetNameOverride("localhost");
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    return testdata::Library::NewStub(grpc::CreateCustomChannel("127.0.0.1:" + std::to_string(gateway_->grpc_port()),
                                                                grpc::SslCredentials(options), arguments));
  }
  std::unique_ptr<testdata::Library::Stub> Client(const IssuedCertificate* certificate) const {
    return Client(certificate, servers_);
  }

  struct Echo {
    grpc::Status status;
    std::vector<std::string> tags;  // the metadata that the service has got
  };
  static Echo Call(testdata::Library::Stub& stub, const std::multimap<std::string, std::string>& metadata = {}) {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + milliseconds(10'000));
    for (const auto& [name, value] : metadata) context.AddMetadata(name, value);
    Book book;
    const grpc::Status status = stub.EchoMetadata(&context, {}, &book);
    return {status, {book.tags().begin(), book.tags().end()}};
  }
  static std::string Header(const IssuedCertificate& certificate) {
    return std::string(kHeader) + ": " + certificate.thumbprint;
  }

  std::filesystem::path folder_;
  const TestAuthority servers_{"servers"};
  const TestAuthority clients_{"clients"};
  const IssuedCertificate app_ = clients_.Issue({.name = "app"});
};

TEST_F(EdgeTlsTest, TellsTheServicesWhichCertificateTheClientHasShown) {
  const auto client = Client(&app_);
  for (int call = 0; call < 3; ++call) {
    const Echo echo = Call(*client);
    ASSERT_TRUE(echo.status.ok()) << echo.status.error_message();
    EXPECT_THAT(echo.tags, Contains(Header(app_)));
  }
  const IssuedCertificate other = clients_.Issue({.name = "other"});
  EXPECT_THAT(Call(*Client(&other)).tags, Contains(Header(other)));
}

TEST_F(EdgeTlsTest, RefusesEveryOtherCertificate) {
  const TestAuthority strangers("clients");  // an authority of the same name
  const std::pair<const char*, IssuedCertificate> cases[] = {
      {"expired", clients_.Issue({.name = "app", .from = -7200, .to = -3600})},
      {"not yet valid", clients_.Issue({.name = "app", .from = 3600, .to = 7200})},
      {"another authority", strangers.Issue({.name = "app"})},
      {"an authority for servers", servers_.Issue({.name = "app"})},
      {"a server's", clients_.Issue({.name = "app", .usage = "serverAuth"})},
  };
  for (const bool required : {true, false}) {
    Serve(required);
    for (const auto& [name, certificate] : cases) {
      const Echo echo = Call(*Client(&certificate));
      EXPECT_EQ(echo.status.error_code(), grpc::StatusCode::UNAVAILABLE) << name;
      EXPECT_FALSE(TryTls(gateway_->grpc_port(), {.certificate = &certificate}).served) << name;
    }
  }
  EXPECT_THAT(MetricsPage(), Not(HasSubstr("grpc_edge_handshake_failures_total 0")));
}

TEST_F(EdgeTlsTest, AClientWithoutOneComesInOnlyWhereThatIsAllowed) {
  EXPECT_EQ(Call(*Client(nullptr)).status.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_FALSE(TryTls(gateway_->grpc_port(), {}).served);
  Serve(/*required=*/false);
  const Echo echo = Call(*Client(nullptr), {{kHeader, app_.thumbprint}});
  ASSERT_TRUE(echo.status.ok()) << echo.status.error_message();
  EXPECT_THAT(echo.tags, Not(Contains(StartsWith(kHeader))));
  EXPECT_THAT(Call(*Client(&app_)).tags, Contains(Header(app_)));
}

TEST_F(EdgeTlsTest, NobodyNamesACertificateHeHasNotShown) {
  GatewayOptions options = Options(/*required=*/false);
  options.forward_headers = {"X-Wenming-Client-Certificate",
                             "x-wenming-client-certificate-bin",
                             "x-forwarded-for",
                             "X-Forwarded-Client-Cert",
                             "forwarded",
                             "x-real-ip",
                             "\tx-wenming-client-certificate\t",
                             "x-tenant"};
  Restart(options);
  ASSERT_TRUE(Eventually([this] { return Ready(); }));
  const std::multimap<std::string, std::string> forged = {{kHeader, "forged"},
                                                          {kHeader, "again"},
                                                          {"x-wenming-client-certificate-bin", "forged"},
                                                          {"x_wenming_client_certificate", "forged"},
                                                          {"x-forwarded-client-cert", "forged"},
                                                          {"x-forwarded-for", "forged"},
                                                          {"forwarded", "forged"},
                                                          {"x-real-ip", "forged"},
                                                          {"x-user-id", "forged"},
                                                          {"x-tenant", "t"}};
  for (const IssuedCertificate* certificate : {&app_, static_cast<const IssuedCertificate*>(nullptr)}) {
    const Echo echo = Call(*Client(certificate), forged);
    ASSERT_TRUE(echo.status.ok()) << echo.status.error_message();
    EXPECT_THAT(echo.tags, Not(Contains(HasSubstr("forged"))));
    EXPECT_THAT(echo.tags, Contains("x-tenant: t"));
    EXPECT_EQ(std::count(echo.tags.begin(), echo.tags.end(), Header(app_)), certificate == nullptr ? 0 : 1);
  }
  for (const char* name :
       {"X-Wenming-Client-Certificate", "x-wenming-client-certificate", "X_Wenming_Client_Certificate",
        "x-wenming-client-certificate-bin", "X-Forwarded-For", "Forwarded", "X-Real-IP"}) {
    const RawResponse response = Get("/v1/metadata", std::string(name) + ": forged\r\n");
    EXPECT_EQ(response.status, 200) << name;
    EXPECT_THAT(response.body, Not(HasSubstr("forged"))) << name;
  }
}

TEST_F(EdgeTlsTest, SpeaksOnlyModernTlsAndHttp2) {
  Serve(/*required=*/false);
  const uint16_t port = gateway_->grpc_port();
  const TlsOutcome good = TryTls(port, {});
  EXPECT_TRUE(good.served);
  EXPECT_EQ(good.version, "TLSv1.3");
  EXPECT_FALSE(good.resumable);
  const TlsOutcome older = TryTls(port, {.version = TLS1_2_VERSION});
  EXPECT_TRUE(older.served);
  EXPECT_FALSE(older.resumable);
  const std::pair<const char*, TlsHello> bad[] = {
      {"no ALPN", {.protocols = ""}},
      {"HTTP/1.1", {.protocols = "\x8http/1.1"}},
      {"HTTP/2 in clear", {.protocols = "\3h2c"}},
      {"TLS 1.1", {.version = TLS1_1_VERSION}},
      {"TLS 1.0", {.version = TLS1_VERSION}},
      {"CBC", {.version = TLS1_2_VERSION, .ciphers = "ECDHE-ECDSA-AES128-SHA256"}},
      {"no encryption", {.version = TLS1_2_VERSION, .ciphers = "ECDHE-ECDSA-NULL-SHA"}},
  };
  for (const auto& [name, hello] : bad) EXPECT_FALSE(TryTls(port, hello).served) << name;
}

TEST_F(EdgeTlsTest, ClosesWhatIsNoTls) {
  for (std::string_view bytes :
       {std::string_view("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), std::string_view("GET / HTTP/1.1\r\nHost: x\r\n\r\n"),
        std::string_view("\0\0\0", 3)}) {
    RawConnection client(gateway_->grpc_port());
    client.Send(bytes);
    client.Receive();  // an alert, perhaps
    EXPECT_TRUE(client.ClosedByServer());
  }
  auto plain = testdata::Library::NewStub(
      grpc::CreateChannel("127.0.0.1:" + std::to_string(gateway_->grpc_port()), grpc::InsecureChannelCredentials()));
  EXPECT_EQ(Call(*plain).status.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_TRUE(Call(*Client(&app_)).status.ok());
}

TEST_F(EdgeTlsTest, ClosesAHandshakeThatTakesTooLong) {
  RawConnection silent(gateway_->grpc_port());
  RawConnection slow(gateway_->grpc_port());
  slow.Send(std::string_view("\x16\x03\x01\x02\x00\x01", 6));
  EXPECT_TRUE(silent.ClosedByServer());
  EXPECT_TRUE(slow.ClosedByServer());
  EXPECT_TRUE(Eventually([this] { return MetricsPage().find("grpc_edge_connections 0") != std::string::npos; }));
  EXPECT_THAT(MetricsPage(), HasSubstr("grpc_edge_handshake_failures_total 2"));
}

TEST_F(EdgeTlsTest, TakesNewCertificatesWithoutDroppingConnections) {
  const auto old_client = Client(&app_);
  ASSERT_TRUE(Call(*old_client).status.ok());
  const TestAuthority new_servers("new servers");
  const IssuedCertificate server = new_servers.Issue({});
  // Half of the rotation: the key does not fit the certificate yet.
  Write("edge.pem", server.certificate);
  EXPECT_TRUE(Call(*Client(&app_)).status.ok());
  Write("edge.key", server.key);
  EXPECT_TRUE(Call(*Client(&app_, new_servers)).status.ok());
  EXPECT_EQ(Call(*Client(&app_)).status.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_TRUE(Call(*old_client).status.ok());

  const TestAuthority new_clients("new clients");
  Write("ca.pem", new_clients.certificate());
  const IssuedCertificate new_app = new_clients.Issue({.name = "app"});
  EXPECT_THAT(Call(*Client(&new_app, new_servers)).tags, Contains(Header(new_app)));
  EXPECT_EQ(Call(*Client(&app_, new_servers)).status.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_TRUE(Call(*old_client).status.ok());
  gateway_.reset();
  EXPECT_THAT(log_.str(), HasSubstr("the edge keeps its certificates"));
  EXPECT_THAT(log_.str(), HasSubstr("the edge has read its certificates again"));
}

TEST_F(EdgeTlsTest, AConnectionDoesNotOutliveItsCertificate) {
  const IssuedCertificate brief = clients_.Issue({.name = "app", .to = 2});
  const auto client = Client(&brief);
  ASSERT_TRUE(Call(*client).status.ok());
  EXPECT_TRUE(Eventually([&] { return !Call(*client).status.ok(); }));
}

TEST_F(EdgeTlsTest, DoesNotStartWithFilesOfNoUse) {
  Write("empty", "");
  Write("other.key", clients_.Issue({}).key);
  const std::pair<std::string ServerTlsOptions::*, const char*> cases[] = {
      {&ServerTlsOptions::certificate, "missing"}, {&ServerTlsOptions::certificate, "empty"},
      {&ServerTlsOptions::key, "missing"},         {&ServerTlsOptions::key, "empty"},
      {&ServerTlsOptions::key, "other.key"},       {&ServerTlsOptions::client_ca, "missing"},
      {&ServerTlsOptions::client_ca, "empty"},
  };
  for (const auto& [member, name] : cases) {
    GatewayOptions options = Options(true);
    (*options.edge_tls).*member = File(name);
    const auto started = Gateway::Start(options, logger_);
    EXPECT_EQ(started.status().code(), absl::StatusCode::kFailedPrecondition) << name;
    EXPECT_THAT(std::string(started.status().message()), HasSubstr(File(name)));
  }
}

}  // namespace
}  // namespace wenming::gateway
