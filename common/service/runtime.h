// What the run loop gives a service to stand on.
#pragma once

#include <functional>
#include <iosfwd>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/audit/trail.h"
#include "common/auth/directory.h"
#include "common/auth/token_signer.h"
#include "common/auth/token_verifier.h"
#include "common/crypto/blind_index.h"
#include "common/crypto/data_cipher.h"
#include "common/db/migrations.h"
#include "common/db/pool.h"
#include "common/ids/ids.h"
#include "common/observe/clock.h"
#include "common/observe/log.h"
#include "common/outbox/consumer.h"
#include "common/outbox/log.h"
#include "common/paging/paging.h"
#include "common/reseal/sealed_table.h"
#include "common/rpc/service.h"
#include "common/service/flags.h"
#include "prometheus/registry.h"

namespace wenming::service {

// References to things that outlive the application. All thread-safe.
struct Runtime {
  const std::string name;  // of the service, "org_svc"
  const Flags& flags;
  db::Pool& db;
  ids::Generator& ids;
  // Writing handlers run their transactions through it.
  const audit::Trail& trail;
  const paging::Pager& pager;
  // Filled by the run loop where --directory is given; by org_svc itself where not.
  auth::Directory& directory;
  const auth::TokenSigner& signer;
  const auth::TokenVerifier& verifier;
  const crypto::DataCipher& cipher;
  const crypto::BlindIndex& blind_index;
  // The stream of the service's own events.
  outbox::Log& events;
  observe::Clock clock;
  // For what ends by itself at a deadline that somebody was promised: never later than `clock`, nor than the
  // database's.
  observe::Clock careful_clock;
  const observe::Logger& logger;
  prometheus::Registry& registry;

  bool development() const { return flags.development; }
  // A subscription to another service's events (`address`), as this service; for an outbox::Consumer.
  std::unique_ptr<outbox::Source> EventsFrom(const std::string& address) const;
  // Counts, logs and raises the alarm for what a consumer does; `source` is the other's name.
  std::unique_ptr<outbox::ConsumerObserver> ObserveConsumer(const std::string& source) const;
};

// The objects of one service: owns its resource services and background work. Ended before what Runtime refers to.
class Application {
 public:
  virtual ~Application() = default;
  // Bound methods; called once.
  virtual std::vector<rpc::Service> Services() = 0;
  // Every table with encrypted columns, so that they follow the data key; called once.
  virtual std::vector<reseal::SealedTable> SealedTables() { return {}; }
};

// What a service's data are checked by beside running services: "--FLAG" opens the database, runs it and ends with the
// status that it answers.
struct Check {
  std::string flag;
  std::string help;
  std::function<int(db::Pool&, std::ostream&)> run;
};

struct Program {
  std::string name;  // "org_svc"; also names its keys and its subject, "services/org_svc"
  std::span<const db::Migration> migrations;
  std::function<absl::StatusOr<std::unique_ptr<Application>>(Runtime&)> build;
  // Whom the service lets log in (staff or volunteers): it keeps their sessions and tells the others which have ended.
  auth::CallerKind logs_in = auth::CallerKind::kAnonymous;
  std::vector<Check> checks = {};
};

// Runs a service until SIGTERM or SIGINT: flags, database, keys, application, server, health, metrics; then says
// NOT_SERVING, drains and stops. The exit status of main. With --migrate: migrates and returns; with
// --verify-audit or --check-database: says whether the audit log is in order, or the database safe, and returns; with
// the flag of a check: runs that and returns.
int Run(int argc, char** argv, const Program& program);

}  // namespace wenming::service
