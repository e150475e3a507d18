// Keeps this process's memory (units cache and directory) in step with the database.
//
// Three ways in: what was there at the start, what this process commits (Tell, before the answer goes out), and what
// other replicas commit (the service's own event stream). Versions decide which of two forms is the later one.
#pragma once

#include <thread>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "common/db/pool.h"
#include "common/db/session.h"
#include "common/observe/clock.h"
#include "common/observe/log.h"
#include "common/outbox/log.h"
#include "org_svc/changes.h"
#include "org_svc/directory/directory_feed.h"
#include "org_svc/units/units_cache.h"

namespace wenming::org {

// Thread-safe. All references outlive it.
class Mirror : public ChangeSink {
 public:
  Mirror(db::Pool& db, const outbox::Log& events, UnitsCache& units, DirectoryFeed& feed, observe::Clock clock,
         const observe::Logger& logger);
  // Stops following; takes up to half a second.
  ~Mirror() override;
  Mirror(const Mirror&) = delete;
  Mirror& operator=(const Mirror&) = delete;

  // Loads everything and follows the event stream from there on in a thread of its own. Call once.
  absl::Status Start(absl::Time deadline);

  void Tell(uint64_t center_id, const v1::UnitsChanged& event) override;
  void Tell(const v1::TeamsChanged& event) override;
  void Tell(const v1::StaffChanged& event) override;

 private:
  absl::Status Load(db::Session& session);
  absl::Status LoadUnits(db::Session& session, uint64_t center_id);
  absl::Status LoadTeams(db::Session& session, uint64_t center_id);
  absl::Status LoadStaff(db::Session& session, uint64_t center_id);
  absl::Status LoadClients(db::Session& session, uint64_t center_id);
  void Follow();
  absl::Status Catch();
  void Apply(const events::v1::Event& event);
  // False when it is time to stop.
  bool Pause(absl::Duration pause);
  bool stopping() const;

  db::Pool& db_;
  const outbox::Log& events_;
  UnitsCache& units_;
  DirectoryFeed& feed_;
  const observe::Clock clock_;
  const observe::Logger& logger_;
  int64_t cursor_ = 0;  // of the last event seen; of the thread, once it runs
  mutable absl::Mutex mutex_;
  bool stop_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace wenming::org
