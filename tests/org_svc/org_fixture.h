// org_svc without a server: its services on a schema of their own, fed and watched as in the real process.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "common/auth/directory.h"
#include "common/auth/password_gate.h"
#include "common/auth/password_hasher.h"
#include "common/auth/token_signer.h"
#include "common/db/transaction.h"
#include "common/errors/errors.h"
#include "common/ids/ids.h"
#include "common/observe/log.h"
#include "common/outbox/log.h"
#include "common/outbox/sequencer.h"
#include "common/paging/paging.h"
#include "common/rpc/access.h"
#include "common/rpc/call.h"
#include "common/rpc/validate.h"
#include "common/sessions/sessions.h"
#include "google/protobuf/text_format.h"
#include "org_svc/dependencies.h"
#include "org_svc/directory/directory_feed.h"
#include "org_svc/directory/mirror.h"
#include "org_svc/staff/log_in_attempts.h"
#include "org_svc/staff/role_book.h"
#include "org_svc/staff/staff_service.h"
#include "org_svc/teams/teams_service.h"
#include "org_svc/units/units_cache.h"
#include "org_svc/units/units_service.h"
#include "tests/common/auth/key_folder.h"
#include "tests/support/test_database.h"

namespace wenming::org {

// The contents of a file of the repository.
std::string ReadRepositoryFile(const std::string& path);

// A message from its text form.
template <typename Message>
Message Parse(const std::string& text) {
  Message message;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &message)) << text;
  return message;
}

// One process's memory of org_svc on a schema that others may share.
struct Replica {
  explicit Replica(db::Pool& pool);
  ~Replica();

  static RoleBook ReadRoles(db::Pool& pool);

  db::Pool& db;
  outbox::Log log;
  outbox::Sequencer sequencer;
  auth::Directory directory{absl::Seconds(5)};
  const RoleBook roles;
  UnitsCache cache;
  DirectoryFeed feed;
  const observe::Logger logger;
  Mirror mirror;
};

class OrgTest : public ::testing::Test {
 protected:
  OrgTest();

  // A call by the member of staff; 0 calls without a token.
  rpc::Call By(uint64_t staff_id);

  // Does what the pipeline does before a handler (access rule, field rules), then runs it.
  template <typename Service, typename Request, typename Response>
  absl::StatusOr<Response> Do(Service& service,
                              absl::StatusOr<Response> (Service::*handler)(const rpc::Call&, const Request&),
                              rpc::Call call, const Request& request) {
    if (absl::Status admitted = Admit(call, request); !admitted.ok()) return admitted;
    auto response = (service.*handler)(call, request);
    EXPECT_TRUE(!response.ok() || !HandlerDecides(request) || call.access_decided) << Request::descriptor()->name();
    return response;
  }

  // An account with one role, made without asking whether anybody may; unit 0 is the platform.
  uint64_t AddStaff(const std::string& role, uint64_t unit_id);

  // The units of data/hongtong, by the platform's admin.
  void ImportHongtong();
  absl::StatusOr<v1::ImportReport> ImportUnits(uint64_t staff_id, const std::string& csv, bool dry_run = false);
  absl::StatusOr<v1::ImportReport> ImportTeams(uint64_t staff_id, const std::string& csv, bool dry_run = false);

  // Of the only center.
  uint64_t UnitId(std::string_view code);
  std::string UnitName(std::string_view code) { return ids::ResourceName("units", UnitId(code)); }
  v1::Unit Unit(std::string_view code);
  int64_t Count(const std::string& from);

  test::TestDatabase database_;
  db::Pool& pool_ = database_.pool();
  ids::Generator ids_{[] { return absl::Now(); }, 7};
  const paging::Pager pager_{"a key of sixteen bytes or more"};
  const auth::PasswordHasher hasher_{{.memory_kib = 64, .passes = 1, .lanes = 1}, crypto::RandomBytes};
  Replica here_{pool_};
  const audit::Trail trail_{pool_, ids_};
  const Dependencies with_{pool_, ids_, trail_, pager_, here_.mirror};
  UnitsService units_{with_, here_.cache};
  TeamsService teams_{with_};
  const auth::KeyFolder keys_;
  const auth::TokenSigner signer_ = *auth::TokenSigner::Load(keys_.path(), "org_svc");
  const auth::PasswordGate gate_{hasher_, 2};
  const crypto::BlindIndex index_ = *crypto::BlindIndex::Load(keys_.path());
  const LogInAttempts attempts_{index_};
  const sessions::Sessions sessions_{
      "staffSessions",
      "staff",
      auth::CallerKind::kStaff,
      {.access = absl::Minutes(10), .idle = absl::Minutes(30), .longest = absl::Hours(12)},
      ids_,
      signer_};
  StaffService staff_{with_, here_.roles, gate_, sessions_, attempts_};
  uint64_t admin_ = 0;  // system_admin on the platform

 private:
  static const google::protobuf::MethodDescriptor& MethodOf(const google::protobuf::Message& request);
  absl::Status Admit(rpc::Call& call, const google::protobuf::Message& request);
  static bool HandlerDecides(const google::protobuf::Message& request);
};

// "NOT_FOUND": the reason a call was refused for; "OK" where it was not.
std::string ReasonName(const absl::Status& status);

}  // namespace wenming::org
