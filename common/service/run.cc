#include <mysql_driver.h>
#include <prometheus/exposer.h>
#include <signal.h>
#include <unistd.h>

#include <climits>
#include <iostream>
#include <span>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/audit/records_service.h"
#include "common/audit/verify.h"
#include "common/crypto/keys.h"
#include "common/crypto/random.h"
#include "common/idempotency/idempotency.h"
#include "common/observe/build_info.h"
#include "common/observe/rpc_metrics.h"
#include "common/outbox/sequencer.h"
#include "common/reseal/key_check.h"
#include "common/reseal/resealer.h"
#include "common/rpc/pipeline.h"
#include "common/rpc/server.h"
#include "common/service/audit_keeper.h"
#include "common/service/clock_guard.h"
#include "common/service/data_keys.h"
#include "common/service/database_guard.h"
#include "common/service/database_wait.h"
#include "common/service/events_service.h"
#include "common/service/head_exporter.h"
#include "common/service/key_keeper.h"
#include "common/service/keyring.h"
#include "common/service/peers.h"
#include "common/service/readiness.h"
#include "common/service/revocations_service.h"
#include "common/service/runtime.h"
#include "common/service/service_metrics.h"
#include "common/service/session_keeper.h"

namespace wenming::service {
namespace {

// Beside the threads that answer calls: the sequencer, the audit log, the readiness check, consumers, sweepers, those
// who decide many calls together, and subscribers.
constexpr int kBackgroundConnections = 12;
// How long a repeated request finds its first answer, and how many answers are forgotten in one transaction.
constexpr absl::Duration kAnswersKept = absl::Hours(24 * 7);
constexpr int kForgetBatch = 1000;
constexpr absl::Duration kForgetInterval = absl::Minutes(10);
constexpr absl::Duration kStart = absl::Seconds(30);
// As long as a database may take to end a crash, and a migration to run; the startup probes and the Jobs of k8s/ go by
// it.
constexpr absl::Duration kDatabaseThere = absl::Minutes(30);
constexpr absl::Duration kVerification = absl::Hours(6);
// Longer than a few lost signs of life, shorter than a person needs to notice that a role should have ended.
constexpr absl::Duration kDirectorySilence = absl::Seconds(5);
// With the way that the news takes, five seconds.
constexpr absl::Duration kStaffRevocationsSilence = absl::Seconds(4);

// Signals are taken by sigwait in main, so every thread must have them blocked: call it before the first is made.
sigset_t BlockEndSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  signal(SIGPIPE, SIG_IGN);
  return signals;
}

// False where one of the signals came meanwhile.
bool Pause(const sigset_t& signals, absl::Duration duration) {
  const timespec time = absl::ToTimespec(duration);
  return sigtimedwait(&signals, nullptr, &time) < 0;
}

// The check that is asked for, whose flag it takes away; null where none is.
const Check* TakeCheck(const Program& program, std::vector<std::string>& arguments) {
  for (const Check& check : program.checks) {
    if (std::erase(arguments, "--" + check.flag) > 0) return &check;
  }
  return nullptr;
}

absl::StatusOr<db::PoolOptions> PoolOptionsOf(const Flags& flags) {
  db::PoolOptions options;
  options.socket = flags.db_socket;
  options.host = flags.db_host;
  options.port = flags.db_port;
  options.user = flags.db_user;
  options.schema = flags.db_schema;
  options.connections = flags.db_connections + kBackgroundConnections;
  if (!flags.db_password_file.empty()) {
    auto password = crypto::ReadSecretFile(flags.db_password_file);
    if (!password.ok()) return password.status();
    options.password = std::string(absl::StripTrailingAsciiWhitespace(*password));
  }
  return options;
}

std::string HostName() {
  std::string name(HOST_NAME_MAX + 1, '\0');
  if (gethostname(name.data(), name.size()) != 0) return "unknown";
  return name.substr(0, name.find('\0'));
}

// "org_svc" serves "wenming.org.v1".
std::string PackageOf(absl::string_view program) {
  return absl::StrCat("wenming.", absl::StripSuffix(program, "_svc"), ".v1");
}

// Everything a service is made of, in the order in which it is made; taken down in the opposite order.
class Process {
 public:
  Process(const Flags& flags, const Program& program)
      : flags_(flags),
        program_(program),
        logger_(std::cout, program.name, flags.log_level, clock_),
        pool_metrics_(*registry_, logger_),
        outbox_metrics_(*registry_, logger_, clock_()),
        audit_metrics_(*registry_, logger_),
        rpc_metrics_(registry_) {
    observe::AddBuildInfo(*registry_, clock_());
  }

  ~Process() {
    if (server_ != nullptr) Stop();
  }

  // One of the signals ends it while it waits for the database.
  absl::Status Start(const sigset_t& signals) {
    const absl::Time there = clock_() + kDatabaseThere;
    if (auto status = WaitForDatabase(signals, there); !status.ok()) return status;
    if (flags_.migrate) return db::Migrate(*db_, program_.migrations, clock_(), there).status();
    if (auto status = db::CheckMigrations(*db_, program_.migrations, clock_() + kStart); !status.ok()) return status;
    if (auto status = clock_guard_.Compare(*db_, clock_() + kStart); !status.ok()) return status;
    auto keys = LoadKeyring(flags_.keys, program_.name);
    if (!keys.ok()) return keys.status();
    keys_.emplace(*std::move(keys));
    const auto check_audit = [this](db::Session& session) { return audit::CheckKey(session, keys_->audit); };
    if (auto status = db::Read(*db_, clock_() + kStart, check_audit); !status.ok()) return status;
    log_.emplace(*db_);
    sequencer_ = std::make_unique<outbox::Sequencer>(*db_, *log_, outbox::SequencerOptions{}, &outbox_metrics_);
    audit_ = std::make_unique<AuditKeeper>(*db_, ids_, keys_->audit, audit_metrics_);
    head_exporter_.emplace(*db_, keys_->audit, HeadsPlace{flags_.audit_heads, HostName()}, clock_, logger_,
                           audit_metrics_);
    data_keys_.emplace(keys_->cipher, *registry_, clock_);
    std::vector<KeyKeeper::Reload> others = {{"data", [this](absl::Time) { return data_keys_->Reload(); }}};
    key_keeper_ =
        std::make_unique<KeyKeeper>(*keys_->verifier, keys_->signer, std::move(others), clock_, logger_, *registry_);
    self_ = Self{program_.name, &keys_->signer, clock_, &logger_};
    runtime_.emplace(Runtime{.name = program_.name,
                             .flags = flags_,
                             .db = *db_,
                             .ids = ids_,
                             .trail = audit_->trail(),
                             .pager = keys_->pager,
                             .directory = directory_,
                             .signer = keys_->signer,
                             .verifier = *keys_->verifier,
                             .cipher = keys_->cipher,
                             .blind_index = keys_->blind_index,
                             .events = *log_,
                             .clock = clock_,
                             .careful_clock = [this] { return clock_guard_.Careful(); },
                             .logger = logger_,
                             .registry = *registry_});
    auto application = program_.build(*runtime_);
    if (!application.ok()) return application.status();
    application_ = *std::move(application);
    std::vector<reseal::SealedTable> sealed = application_->SealedTables();
    if (auto status = reseal::CheckKeys(*db_, keys_->cipher, keys_->blind_index, sealed, clock_() + kStart);
        !status.ok()) {
      return status;
    }
    resealer_ = std::make_unique<reseal::Resealer>(*db_, keys_->cipher, std::move(sealed), *registry_, logger_, clock_);
    if (!flags_.directory.empty()) {
      watcher_ = std::make_unique<DirectoryWatcher>(self_, flags_.directory, directory_);
    }
    FollowSessions();
    return Serve();
  }

  // The exit status: 0 where the audit log is in order.
  int VerifyAudit() {
    const auto key = LoadAuditKey(flags_.keys, program_.name);
    if (const absl::Status status = key.ok() ? OpenDatabase() : key.status(); !status.ok()) {
      std::cout << program_.name << ": cannot read the audit log: " << status.message() << "\n";
      return 1;
    }
    return service::VerifyAudit(*db_, *key, flags_.audit_heads, clock_() + kVerification, std::cout);
  }

  // Runs it on the database and answers its exit status.
  int RunCheck(const std::function<int(db::Pool&, std::ostream&)>& check) {
    if (const absl::Status status = OpenDatabase(); !status.ok()) {
      std::cerr << program_.name << ": cannot open the database: " << status.message() << "\n";
      return 1;
    }
    return check(*db_, std::cout);
  }

  int CheckDatabase() {
    return RunCheck(
        [this](db::Pool& db, std::ostream& out) { return service::CheckDatabase(db, clock_() + kStart, out); });
  }

  // Looks after readiness until the signal, then drains.
  void RunUntil(const sigset_t& signals) {
    readiness_.emplace(ReadinessOptions{.db = *db_,
                                        .allow_unsafe_database = flags_.allow_unsafe_database,
                                        .directory = directory_,
                                        .staff_revocations = staff_revocations_,
                                        .clock_guard = clock_guard_,
                                        .chores = [this](absl::Time now, absl::Time until) { DoChores(now, until); },
                                        .clock = clock_,
                                        .logger = logger_,
                                        .registry = *registry_},
                       *server_);
    logger_.Info("serving", {{"grpc_port", server_->port()}});
    int signal = 0;
    sigwait(&signals, &signal);
    logger_.Info("stopping", {{"signal", signal}});
    Stop();
  }

  const observe::Logger& logger() const { return logger_; }

 private:
  absl::Status WaitForDatabase(const sigset_t& signals, absl::Time deadline) {
    auto options = PoolOptionsOf(flags_);
    if (!options.ok()) return options.status();
    // By connections that nobody observes, so that what it waits for is told once in a while and not each time.
    const auto ask = [&] { return db::Pool::Open(driver_, *options).status(); };
    const auto pause = [&](absl::Duration duration) { return Pause(signals, duration); };
    const absl::Status waited = AwaitDatabase({ask, pause, clock_, deadline}, logger_);
    return absl::IsCancelled(waited) ? waited : OpenDatabase();
  }

  absl::Status OpenDatabase() {
    auto options = PoolOptionsOf(flags_);
    if (!options.ok()) return options.status();
    // A single change of a large table may take all of the time.
    if (flags_.migrate) options->read_timeout = kDatabaseThere;
    auto pool = db::Pool::Open(driver_, *std::move(options), &pool_metrics_);
    if (!pool.ok()) return pool.status();
    db_ = *std::move(pool);
    return absl::OkStatus();
  }

  // One's own sessions from the database, the others' from the services that keep them.
  void FollowSessions() {
    if (program_.logs_in != auth::CallerKind::kAnonymous) {
      auth::Revocations& own =
          program_.logs_in == auth::CallerKind::kStaff ? staff_revocations_ : volunteer_revocations_;
      session_keeper_ = std::make_unique<SessionKeeper>(*db_, own, clock_, logger_);
      revocations_service_.emplace(own);
    }
    if (program_.logs_in != auth::CallerKind::kStaff && !flags_.directory.empty()) {
      staff_watcher_ = std::make_unique<RevocationsWatcher>(self_, flags_.directory, staff_revocations_);
    }
    const std::string& volunteers =
        flags_.volunteer_revocations.empty() ? flags_.volunteer_events : flags_.volunteer_revocations;
    if (program_.logs_in != auth::CallerKind::kVolunteer && !volunteers.empty()) {
      volunteer_watcher_ = std::make_unique<RevocationsWatcher>(self_, volunteers, volunteer_revocations_);
    }
  }

  // None where nobody tells: then this service is not for volunteers.
  const auth::Revocations* VolunteerRevocations() const {
    const bool told = volunteer_watcher_ != nullptr || program_.logs_in == auth::CallerKind::kVolunteer;
    return told ? &volunteer_revocations_ : nullptr;
  }

  absl::Status Serve() {
    std::vector<rpc::Service> services = application_->Services();
    events_service_.emplace(*log_);
    services.push_back(events_service_->Bind());
    audit_records_.emplace(*db_, keys_->pager);
    services.push_back(audit_records_->Bind(PackageOf(program_.name)));
    if (revocations_service_) services.push_back(revocations_service_->Bind());
    const auto pipeline = std::make_shared<rpc::Pipeline>(
        rpc::PipelineOptions{.verifier = keys_->verifier.get(),
                             .directory = &directory_,
                             .staff_revocations = &staff_revocations_,
                             .volunteer_revocations = VolunteerRevocations(),
                             .clock = clock_,
                             .logger = &logger_,
                             .metrics = &rpc_metrics_,
                             .development = flags_.development,
                             .refused = [this](const rpc::Call& call, const rpc::Message& request,
                                               absl::StatusCode code) { audit_->Refused(call, request, code); }});
    rpc::ServerOptions options;
    options.address = flags_.grpc;
    options.reflection = flags_.reflection;
    options.max_connection_age = flags_.connection_age;
    options.max_connection_grace = flags_.connection_grace;
    options.pool.threads = flags_.db_connections;
    options.pool.thread_begin = [driver = driver_] { driver->threadInit(); };
    options.pool.thread_end = [driver = driver_] { driver->threadEnd(); };
    options.pool.queue_length = &rpc_metrics_.QueueLength();
    auto server = rpc::Server::Start(std::move(options), pipeline, services);
    if (!server.ok()) return server.status();
    server_ = *std::move(server);
    return ServeMetrics();
  }

  absl::Status ServeMetrics() {
    // The exposer says with an exception that its port is taken.
    try {
      exposer_ = std::make_unique<prometheus::Exposer>(flags_.metrics, 1);
    } catch (const std::exception& e) {
      return absl::UnavailableError("cannot listen on " + flags_.metrics + " for metrics; is the port taken?");
    }
    exposer_->RegisterCollectable(registry_);
    return absl::OkStatus();
  }

  void DoChores(absl::Time now, absl::Time until) {
    pool_metrics_.Report(db_->Stats());
    ForgetAnswers(now, until);
  }

  // Old answers to repeated requests go in small steps; a full step is followed by the next a second later.
  void ForgetAnswers(absl::Time now, absl::Time until) {
    if (now < forget_next_) return;
    const auto forgotten = idempotency::Forget(*db_, now - kAnswersKept, kForgetBatch, until);
    if (!forgotten.ok() || *forgotten < kForgetBatch) forget_next_ = now + kForgetInterval;
  }

  void Stop() {
    // What is sent before a caller knows must still be taken: gRPC answers CANCELLED to calls that come after Stop.
    if (readiness_) readiness_->End();
    absl::SleepFor(flags_.drain_delay);
    log_->Close();
    server_->Stop(flags_.drain_time);
    // From here on what hangs in the database may wait for it: no caller does.
    readiness_.reset();
    server_ = nullptr;
    watcher_ = nullptr;
    staff_watcher_ = nullptr;
    volunteer_watcher_ = nullptr;
    session_keeper_ = nullptr;
    key_keeper_ = nullptr;
    resealer_ = nullptr;
    application_ = nullptr;
    audit_ = nullptr;
    head_exporter_.reset();
    sequencer_ = nullptr;
    logger_.Info("stopped");
  }

  const Flags& flags_;
  const Program& program_;
  const observe::Clock clock_ = observe::SystemClock();
  const observe::Logger logger_;
  const std::shared_ptr<prometheus::Registry> registry_ = std::make_shared<prometheus::Registry>();
  PoolMetrics pool_metrics_;
  OutboxMetrics outbox_metrics_;
  AuditMetrics audit_metrics_;
  const observe::RpcMetrics rpc_metrics_;
  ClockGuard clock_guard_{clock_};
  sql::Driver* const driver_ = sql::mysql::get_driver_instance();
  std::unique_ptr<db::Pool> db_;
  ids::Generator ids_{clock_, NodeSalt()};
  std::optional<Keyring> keys_;
  auth::Directory directory_{kDirectorySilence};
  std::optional<outbox::Log> log_;
  std::unique_ptr<outbox::Sequencer> sequencer_;
  std::unique_ptr<AuditKeeper> audit_;
  std::optional<HeadExporter> head_exporter_;
  Self self_;
  std::optional<Runtime> runtime_;
  std::unique_ptr<Application> application_;
  std::unique_ptr<reseal::Resealer> resealer_;
  std::unique_ptr<DirectoryWatcher> watcher_;
  auth::Revocations staff_revocations_{kStaffRevocationsSilence};
  auth::Revocations volunteer_revocations_{absl::InfiniteDuration()};
  std::unique_ptr<SessionKeeper> session_keeper_;
  std::unique_ptr<RevocationsWatcher> staff_watcher_, volunteer_watcher_;
  std::optional<DataKeys> data_keys_;
  std::unique_ptr<KeyKeeper> key_keeper_;
  std::optional<EventsService> events_service_;
  std::optional<audit::RecordsService> audit_records_;
  std::optional<RevocationsService> revocations_service_;
  std::unique_ptr<rpc::Server> server_;
  std::unique_ptr<prometheus::Exposer> exposer_;
  std::optional<Readiness> readiness_;
  absl::Time forget_next_ = absl::InfinitePast();  // of the thread of readiness_

  static uint16_t NodeSalt() {
    const std::string bytes = crypto::RandomBytes(2);
    return static_cast<uint16_t>(static_cast<unsigned char>(bytes[0]) << 8 | static_cast<unsigned char>(bytes[1]));
  }
};

}  // namespace

std::unique_ptr<outbox::Source> Runtime::EventsFrom(const std::string& address) const {
  return SubscribeTo(Self{name, &signer, clock, &logger}, address);
}

std::unique_ptr<outbox::ConsumerObserver> Runtime::ObserveConsumer(const std::string& source) const {
  return MakeConsumerMetrics(source, registry, logger, clock);
}

int Run(int argc, char** argv, const Program& program) {
  const sigset_t signals = BlockEndSignals();
  std::vector<std::string> arguments(argv + 1, argv + argc);
  const Check* const check = TakeCheck(program, arguments);
  const auto flags = ParseFlags(arguments);
  if (!flags.ok() || flags->help) {
    std::ostream& out = flags.ok() ? std::cout : std::cerr;
    out << (flags.ok() ? "" : std::string(flags.status().message()) + "\n") << HelpText(program.name);
    for (const Check& known : program.checks) out << "  --" << known.flag << "\n      " << known.help << "\n";
    return flags.ok() ? 0 : 2;
  }
  Process process(*flags, program);
  if (check != nullptr) return process.RunCheck(check->run);
  if (flags->check_database) return process.CheckDatabase();
  if (flags->verify_audit) return process.VerifyAudit();
  if (const absl::Status status = process.Start(signals); !status.ok()) {
    process.logger().Error("cannot start", {{"error", std::string(status.message())}});
    return 1;
  }
  if (!flags->migrate) process.RunUntil(signals);
  return 0;
}

}  // namespace wenming::service
