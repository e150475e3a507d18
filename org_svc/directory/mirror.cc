#include "org_svc/directory/mirror.h"

#include <memory>
#include <vector>

#include "common/db/transaction.h"
#include "org_svc/clients/clients_store.h"
#include "org_svc/staff/staff_store.h"
#include "org_svc/teams/teams_store.h"
#include "org_svc/units/units_store.h"

namespace wenming::org {
namespace {

constexpr char kHead[] = "SELECT head FROM event_heads WHERE stream = 1";

// A beat at least this often, so that watchers get their sign of life each second.
constexpr absl::Duration kBeat = absl::Milliseconds(400);
constexpr absl::Duration kReadTimeout = absl::Seconds(5);
constexpr absl::Duration kFailurePause = absl::Milliseconds(200);
constexpr int kReadSize = 5000;
constexpr int kBatch = 200;

}  // namespace

Mirror::Mirror(db::Pool& db, const outbox::Log& events, UnitsCache& units, DirectoryFeed& feed, observe::Clock clock,
               const observe::Logger& logger)
    : db_(db), events_(events), units_(units), feed_(feed), clock_(std::move(clock)), logger_(logger) {}

Mirror::~Mirror() {
  {
    const absl::MutexLock lock(&mutex_);
    stop_ = true;
  }
  if (thread_.joinable()) thread_.join();
}

absl::Status Mirror::Start(absl::Time deadline) {
  const absl::Status loaded = db::Read(db_, deadline, [this](db::Session& session) { return Load(session); });
  if (!loaded.ok()) return loaded;
  feed_.Beat(clock_());
  thread_ = std::thread([this] { Follow(); });
  return absl::OkStatus();
}

absl::Status Mirror::Load(db::Session& session) {
  // The cursor first: what is committed while the tables are read comes again as an event, and does no harm.
  const auto head = session.QueryOne(kHead);
  if (!head.ok()) return head.status();
  if (!head->has_value()) return absl::InternalError("event_heads is empty");
  cursor_ = (*head)->Int(0);
  auto centers = ReadCenters(session);
  if (!centers.ok()) return centers.status();
  for (const uint64_t center_id : *centers) {
    if (absl::Status loaded = LoadUnits(session, center_id); !loaded.ok()) return loaded;
    if (absl::Status loaded = LoadTeams(session, center_id); !loaded.ok()) return loaded;
  }
  // After its centers, the platform itself.
  centers->push_back(0);
  for (const uint64_t center_id : *centers) {
    if (absl::Status loaded = LoadStaff(session, center_id); !loaded.ok()) return loaded;
    if (absl::Status loaded = LoadClients(session, center_id); !loaded.ok()) return loaded;
  }
  return absl::OkStatus();
}

absl::Status Mirror::LoadUnits(db::Session& session, uint64_t center_id) {
  std::vector<UnitPtr> units;
  for (uint64_t after = 0;;) {
    auto part = ReadUnits(session, center_id, after, kReadSize);
    if (!part.ok()) return part.status();
    if (part->empty()) break;
    after = part->back().id;
    for (UnitRecord& record : *part) units.push_back(std::make_shared<const UnitRecord>(std::move(record)));
  }
  feed_.Put(units, {}, clock_());
  for (const UnitPtr& unit : units) units_.Put(unit);
  return absl::OkStatus();
}

absl::Status Mirror::LoadTeams(db::Session& session, uint64_t center_id) {
  const auto records = ReadAllTeams(session, center_id);
  if (!records.ok()) return records.status();
  std::vector<TeamPtr> teams;
  for (const TeamRecord& record : *records) teams.push_back(std::make_shared<const v1::TeamChange>(ToChange(record)));
  feed_.Put(teams, clock_());
  return absl::OkStatus();
}

absl::Status Mirror::LoadStaff(db::Session& session, uint64_t center_id) {
  std::string after;
  while (true) {
    const auto part = ListStaff(session, center_id, after, kReadSize);
    if (!part.ok()) return part.status();
    if (part->empty()) return absl::OkStatus();
    after = part->back().username;
    std::vector<StaffPtr> staff;
    for (const StaffRecord& record : *part) staff.push_back(std::make_shared<const v1::StaffChanged>(ToEvent(record)));
    feed_.Put({}, staff, clock_());
  }
}

absl::Status Mirror::LoadClients(db::Session& session, uint64_t center_id) {
  for (uint64_t after = 0;;) {
    const auto part = ListClients(session, center_id, after, kReadSize);
    if (!part.ok()) return part.status();
    if (part->empty()) return absl::OkStatus();
    after = part->back().id;
    std::vector<StaffPtr> clients;
    for (const ClientRecord& record : *part) {
      clients.push_back(std::make_shared<const v1::StaffChanged>(ToEvent(record)));
    }
    feed_.Put({}, clients, clock_());
  }
}

void Mirror::Tell(uint64_t center_id, const v1::UnitsChanged& event) {
  std::vector<UnitPtr> units;
  for (const v1::UnitChange& change : event.changes()) {
    UnitPtr unit = FromChange(center_id, change);
    if (unit != nullptr) units.push_back(std::move(unit));
  }
  // The directory first: whoever finds a unit must be judged by where it stands.
  feed_.Put(units, {}, clock_());
  for (const UnitPtr& unit : units) units_.Put(unit);
}

void Mirror::Tell(const v1::TeamsChanged& event) {
  std::vector<TeamPtr> teams;
  for (const v1::TeamChange& change : event.changes()) teams.push_back(std::make_shared<const v1::TeamChange>(change));
  feed_.Put(teams, clock_());
}

void Mirror::Tell(const v1::StaffChanged& event) {
  const StaffPtr staff = std::make_shared<const v1::StaffChanged>(event);
  feed_.Put({}, {&staff, 1}, clock_());
}

void Mirror::Follow() {
  while (!stopping() && !events_.closed()) {
    events_.WaitBeyond(cursor_, kBeat);
    if (const absl::Status caught = Catch(); !caught.ok()) {
      logger_.Warn("cannot follow the changes of the directory", {{"error", std::string(caught.message())}});
      if (!Pause(kFailurePause)) return;
    }
  }
}

absl::Status Mirror::Catch() {
  const std::vector<std::string> types = {v1::UnitsChanged::descriptor()->full_name(),
                                          v1::TeamsChanged::descriptor()->full_name(),
                                          v1::StaffChanged::descriptor()->full_name()};
  while (true) {
    const absl::Time asked = clock_();
    const auto batch = events_.Read(cursor_, kBatch, types, asked + kReadTimeout);
    if (!batch.ok()) return batch.status();
    for (const events::v1::Event& event : batch->events) Apply(event);
    const bool caught_up = batch->read_to - cursor_ < kBatch;
    cursor_ = batch->read_to;
    if (!caught_up) continue;
    feed_.Beat(asked);
    return absl::OkStatus();
  }
}

void Mirror::Apply(const events::v1::Event& event) {
  v1::UnitsChanged units;
  v1::TeamsChanged teams;
  v1::StaffChanged staff;
  if (event.payload().UnpackTo(&units)) {
    Tell(event.center_id(), units);
  } else if (event.payload().UnpackTo(&teams)) {
    Tell(teams);
  } else if (event.payload().UnpackTo(&staff)) {
    Tell(staff);
  } else {
    logger_.Error("an event of our own cannot be read", {{"cursor", event.cursor()}});
  }
}

bool Mirror::Pause(absl::Duration pause) {
  const absl::MutexLock lock(&mutex_);
  mutex_.AwaitWithTimeout(absl::Condition(&stop_), pause);
  return !stop_;
}

bool Mirror::stopping() const {
  const absl::MutexLock lock(&mutex_);
  return stop_;
}

}  // namespace wenming::org
