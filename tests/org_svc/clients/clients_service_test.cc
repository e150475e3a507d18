#include "org_svc/clients/clients_service.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "common/auth/token_verifier.h"
#include "tests/org_svc/org_fixture.h"
#include "tests/support/test_call.h"

namespace wenming::org {
namespace {

// Of 32 bytes each.
const std::string kCertificate = "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU";
const std::string kAnother = "LPJNul-wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ";

class ClientsServiceTest : public OrgTest {
 protected:
  ClientsServiceTest() {
    const auto report = ImportUnits(admin_,
                                    "code,level,parent_code,name,division_code,opened_date\nC,CENTER,,中心,,\n"
                                    "I1,INSTITUTE,C,一所,,\nI2,INSTITUTE,C,二所,,\nS1,STATION,I1,一站,,\n");
    EXPECT_EQ(report->created(), 4);
    center_admin_ = AddStaff("center_admin", UnitId("C"));
  }

  v1::CreateClientRequest Wanted(const std::string& unit, const std::string& role = "backend_reader") {
    v1::CreateClientRequest request;
    request.set_parent(UnitName(unit));
    request.mutable_client()->set_display_name("手机应用");
    request.mutable_client()->set_certificate(kCertificate);
    request.mutable_client()->add_roles(role);
    return request;
  }
  absl::StatusOr<v1::Client> Create(uint64_t by, const v1::CreateClientRequest& request) {
    return Do(clients_, &ClientsService::CreateClient, By(by), request);
  }
  template <typename Request>
  Request About(const v1::Client& client) {
    Request request;
    request.set_name(client.name());
    return request;
  }
  absl::StatusOr<v1::IssueClientTokenResponse> Issue(const std::string& name, const std::string& secret,
                                                     const std::string& certificate) {
    v1::IssueClientTokenRequest request;
    request.set_client(name);
    request.set_client_secret(secret);
    rpc::Call call = By(0);
    call.certificate = certificate;
    call.arrival = absl::Now();
    return Do(clients_, &ClientsService::IssueClientToken, call, request);
  }
  static uint64_t IdOf(const v1::Client& client) { return *ids::ParseName("clients", client.name()); }

  ClientsService clients_{with_, here_.roles, signer_};
  uint64_t center_admin_ = 0;
};

TEST_F(ClientsServiceTest, TheSecretIsToldOnceAndKeptNowhere) {
  auto request = Wanted("I1");
  request.set_request_id("request-1");
  const auto client = Create(center_admin_, request);
  ASSERT_TRUE(client.ok()) << client.status();
  EXPECT_EQ(client->secret().size(), 43u);
  EXPECT_EQ(client->unit(), UnitName("I1"));
  const auto again = Create(center_admin_, request);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->name(), client->name());
  EXPECT_EQ(again->secret(), "");
  const auto read = Do(clients_, &ClientsService::GetClient, By(center_admin_), About<v1::GetClientRequest>(*client));
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->secret(), "");
  EXPECT_EQ(Count("requests WHERE INSTR(answer, '" + client->secret() + "') > 0"), 0);
  EXPECT_EQ(Count("audit_pending WHERE INSTR(details, '" + client->secret() + "') > 0"), 0);
}

TEST_F(ClientsServiceTest, ATokenNeedsTheSecretAndTheCertificate) {
  const auto client = Create(center_admin_, Wanted("I1"));
  ASSERT_TRUE(client.ok()) << client.status();
  const auto token = Issue(client->name(), client->secret(), kCertificate);
  ASSERT_TRUE(token.ok()) << token.status();
  const auto verifier = *auth::TokenVerifier::Load(keys_.path());
  const auto caller = verifier->Verify(token->access_token(), absl::Now());
  ASSERT_TRUE(caller.ok()) << caller.status();
  EXPECT_EQ(caller->kind, auth::CallerKind::kClient);
  EXPECT_EQ(caller->subject, client->name());
  EXPECT_EQ(caller->certificate, kCertificate);
  EXPECT_EQ(caller->center_id, UnitId("C"));

  const std::string nobody = ids::ResourceName("clients", 77);
  const std::pair<absl::Status, std::string> refused[] = {
      {Issue(client->name(), client->secret(), "").status(), "CLIENT_CERTIFICATE"},
      {Issue(client->name(), client->secret(), kAnother).status(), "CLIENT_CERTIFICATE"},
      {Issue(client->name(), "wrong", kCertificate).status(), "BAD_CREDENTIALS"},
      {Issue(nobody, client->secret(), kCertificate).status(), "BAD_CREDENTIALS"},
  };
  for (const auto& [status, reason] : refused) {
    EXPECT_EQ(status.code(), absl::StatusCode::kUnauthenticated) << reason;
    EXPECT_EQ(ReasonName(status), reason);
  }
}

TEST_F(ClientsServiceTest, ItReachesItsSubtreeOnlyAndNoLongerThanItIsLetIn) {
  const auto client = Create(center_admin_, Wanted("I1"));
  ASSERT_TRUE(client.ok()) << client.status();
  const rpc::Call call = test::ClientCall(here_.directory, IdOf(*client), UnitId("C"));
  EXPECT_TRUE(call.May("volunteers.read", UnitId("I1")));
  EXPECT_TRUE(call.May("volunteers.read", UnitId("S1")));
  EXPECT_FALSE(call.May("volunteers.read", UnitId("I2")));
  EXPECT_FALSE(call.May("volunteers.read", UnitId("C")));
  EXPECT_FALSE(call.May("volunteers.write", UnitId("I1")));
  const auto disabled =
      Do(clients_, &ClientsService::DisableClient, By(center_admin_), About<v1::DisableClientRequest>(*client));
  ASSERT_TRUE(disabled.ok()) << disabled.status();
  EXPECT_FALSE(call.May("volunteers.read", UnitId("I1")));
  EXPECT_EQ(ReasonName(Issue(client->name(), client->secret(), kCertificate).status()), "BAD_CREDENTIALS");
  EXPECT_EQ(ReasonName(Do(clients_, &ClientsService::RotateClientSecret, By(center_admin_),
                          About<v1::RotateClientSecretRequest>(*client))
                           .status()),
            "MOVE_NOT_ALLOWED");
}

TEST_F(ClientsServiceTest, AnotherReplicaKnowsThemFromItsStart) {
  const auto client = Create(center_admin_, Wanted("I1"));
  ASSERT_TRUE(client.ok()) << client.status();
  Replica other(pool_);
  EXPECT_TRUE(test::ClientCall(other.directory, IdOf(*client), UnitId("C")).May("volunteers.read", UnitId("S1")));
}

TEST_F(ClientsServiceTest, ANewSecretEndsTheOldOne) {
  const auto client = Create(center_admin_, Wanted("I1"));
  ASSERT_TRUE(client.ok()) << client.status();
  auto request = About<v1::RotateClientSecretRequest>(*client);
  request.set_certificate(kAnother);
  const auto rotated = Do(clients_, &ClientsService::RotateClientSecret, By(center_admin_), request);
  ASSERT_TRUE(rotated.ok()) << rotated.status();
  EXPECT_NE(rotated->secret(), client->secret());
  EXPECT_EQ(ReasonName(Issue(client->name(), client->secret(), kAnother).status()), "BAD_CREDENTIALS");
  EXPECT_EQ(ReasonName(Issue(client->name(), rotated->secret(), kCertificate).status()), "CLIENT_CERTIFICATE");
  EXPECT_TRUE(Issue(client->name(), rotated->secret(), kAnother).ok());
}

TEST_F(ClientsServiceTest, RefusesWhatWouldBeTooWideOrMalformed) {
  const uint64_t unit_admin = AddStaff("unit_admin", UnitId("I1"));
  EXPECT_EQ(ReasonName(Create(unit_admin, Wanted("I1")).status()), "PERMISSION");
  EXPECT_EQ(ReasonName(Create(center_admin_, Wanted("I1", "unit_admin")).status()), "UNKNOWN_VALUE");
  EXPECT_EQ(ReasonName(Create(center_admin_, Wanted("I1", "nobody")).status()), "UNKNOWN_VALUE");
  auto request = Wanted("I1");
  request.mutable_client()->set_certificate(std::string(43, '='));
  EXPECT_EQ(ReasonName(Create(center_admin_, request).status()), "BAD_FORMAT");
  request.mutable_client()->set_certificate("short");
  EXPECT_EQ(ReasonName(Create(center_admin_, request).status()), "TOO_SHORT");
  // A role of back ends is for no person.
  v1::CreateStaffMemberRequest person;
  person.set_username("person");
  person.set_display_name("某人");
  person.set_password("a longer password");
  person.mutable_binding()->set_role("backend_reader");
  person.mutable_binding()->set_unit(UnitName("I1"));
  EXPECT_EQ(ReasonName(Do(staff_, &StaffService::CreateStaffMember, By(center_admin_), person).status()),
            "UNKNOWN_VALUE");
}

TEST_F(ClientsServiceTest, ListsTheSubtreeInPages) {
  std::vector<std::string> of_first;
  for (const char* unit : {"I1", "I2", "S1", "I1"}) {
    const auto client = Create(center_admin_, Wanted(unit));
    ASSERT_TRUE(client.ok()) << client.status();
    if (std::string(unit) != "I2") of_first.push_back(client->name());
  }
  v1::ListClientsRequest request;
  request.set_parent(UnitName("I1"));
  request.set_page_size(2);
  std::vector<std::string> listed;
  do {
    const auto page = Do(clients_, &ClientsService::ListClients, By(center_admin_), request);
    ASSERT_TRUE(page.ok()) << page.status();
    EXPECT_LE(page->clients_size(), 2);
    for (const v1::Client& client : page->clients()) listed.push_back(client.name());
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty());
  EXPECT_EQ(listed, of_first);
}

}  // namespace
}  // namespace wenming::org
