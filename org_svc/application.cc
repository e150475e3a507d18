#include "org_svc/application.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/strip.h"
#include "common/auth/password_hasher.h"
#include "common/crypto/keys.h"
#include "common/db/transaction.h"
#include "org_svc/clients/clients_service.h"
#include "org_svc/dependencies.h"
#include "org_svc/directory/directory_feed.h"
#include "org_svc/directory/directory_service.h"
#include "org_svc/directory/mirror.h"
#include "org_svc/keys/keys_service.h"
#include "org_svc/operations/operations_service.h"
#include "org_svc/staff/bootstrap.h"
#include "org_svc/staff/role_book.h"
#include "org_svc/staff/staff_auth_service.h"
#include "org_svc/staff/staff_service.h"
#include "org_svc/teams/teams_service.h"
#include "org_svc/units/units_cache.h"
#include "org_svc/units/units_service.h"

namespace wenming::org {
namespace {

constexpr absl::Duration kLoad = absl::Minutes(2);
// In development a token is good for a working day.
constexpr sessions::Lifetimes kLifetimes = {
    .access = absl::Minutes(10), .idle = absl::Minutes(30), .longest = absl::Hours(12)};
constexpr sessions::Lifetimes kDevelopmentLifetimes = {
    .access = absl::Hours(12), .idle = absl::Hours(12), .longest = absl::Hours(12)};
// A hash takes a processor and 19 MiB for tens of milliseconds.
constexpr int kHashesAtOnce = 2;

class OrgApplication : public service::Application {
 public:
  OrgApplication(service::Runtime& runtime, RoleBook roles)
      : roles_(std::move(roles)),
        feed_(roles_.All(), runtime.directory),
        mirror_(runtime.db, runtime.events, units_, feed_, runtime.clock, runtime.logger),
        with_{.db = runtime.db, .ids = runtime.ids, .trail = runtime.trail, .pager = runtime.pager, .changes = mirror_},
        units_service_(with_, units_),
        teams_service_(with_),
        attempts_(runtime.blind_index),
        door_(runtime.db, runtime.trail, gate_, runtime.cipher, attempts_),
        sessions_("staffSessions", "staff", auth::CallerKind::kStaff,
                  runtime.development() ? kDevelopmentLifetimes : kLifetimes, runtime.ids, runtime.signer),
        staff_service_(with_, roles_, gate_, sessions_, attempts_),
        staff_auth_service_(with_, roles_, door_, sessions_, !runtime.development(), runtime.registry),
        clients_service_(with_, roles_, runtime.signer),
        keys_service_(runtime.verifier),
        directory_service_(feed_) {}

  absl::Status Start(absl::Time deadline) { return mirror_.Start(deadline); }

  std::vector<rpc::Service> Services() override {
    std::vector<rpc::Service> services;
    services.push_back(units_service_.Bind());
    services.push_back(teams_service_.Bind());
    services.push_back(staff_service_.Bind());
    services.push_back(staff_auth_service_.Bind());
    services.push_back(clients_service_.Bind());
    services.push_back(clients_service_.BindAuth());
    services.push_back(keys_service_.Bind());
    services.push_back(operations_service_.Bind());
    services.push_back(directory_service_.Bind());
    return services;
  }

  std::vector<reseal::SealedTable> SealedTables() override { return {StaffDoor::SealedSecrets()}; }

 private:
  const RoleBook roles_;
  const auth::PasswordHasher hasher_;
  const auth::PasswordGate gate_{hasher_, kHashesAtOnce};
  UnitsCache units_;
  DirectoryFeed feed_;
  Mirror mirror_;
  const Dependencies with_;
  UnitsService units_service_;
  TeamsService teams_service_;
  const LogInAttempts attempts_;
  const StaffDoor door_;
  const sessions::Sessions sessions_;
  StaffService staff_service_;
  StaffAuthService staff_auth_service_;
  ClientsService clients_service_;
  KeysService keys_service_;
  OperationsService operations_service_;
  DirectoryService directory_service_;
};

absl::Status Bootstrap(service::Runtime& runtime, const std::string& password_file) {
  const auto password = crypto::ReadSecretFile(password_file);
  if (!password.ok()) return password.status();
  const absl::string_view bare = absl::StripTrailingAsciiWhitespace(*password);
  const absl::Time now = runtime.clock();
  return BootstrapAdmin(runtime.db, runtime.ids, auth::PasswordHasher(), std::string_view(bare.data(), bare.size()),
                        now, now + kLoad);
}

}  // namespace

absl::StatusOr<std::unique_ptr<service::Application>> Build(service::Runtime& runtime) {
  if (const std::string& file = runtime.flags.bootstrap_admin_password_file; !file.empty()) {
    if (absl::Status made = Bootstrap(runtime, file); !made.ok()) return made;
  }
  const absl::Time deadline = runtime.clock() + kLoad;
  auto roles = db::Read(runtime.db, deadline, [](db::Session& session) { return RoleBook::Read(session); });
  if (!roles.ok()) return roles.status();
  auto application = std::make_unique<OrgApplication>(runtime, *std::move(roles));
  if (absl::Status started = application->Start(deadline); !started.ok()) return started;
  return application;
}

}  // namespace wenming::org
