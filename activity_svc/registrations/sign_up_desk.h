// Where sign-ups queue, and those that have come meanwhile are decided together.
//
// Each lane is one thread with a queue; a shift belongs to one lane, so that within a process its row is never fought
// over. A lane takes all that waits for it (of one center, at most Options::batch), decides it in one transaction
// (sign_up_batch.h) and answers each; the longer a transaction takes, the more the next one decides. No thread waits
// for a single caller. The database stays the only truth: any number of processes may do this at once.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "activity_svc/registrations/full_shifts.h"
#include "activity_svc/registrations/sign_up_batch.h"
#include "common/audit/trail.h"
#include "common/db/pool.h"
#include "common/ids/ids.h"
#include "common/rpc/reply.h"

namespace wenming::activity {

// Thread-safe. The destructor decides what is queued, then ends the lanes.
class SignUpDesk {
 public:
  struct Options {
    int lanes = 4;        // threads, each with a database connection while it decides
    size_t queue = 8192;  // of one lane; more are refused at once
    size_t batch = 256;   // decided in one transaction
  };
  // Told of each answer before it goes out, from the lane's thread.
  using Observer = std::function<void(const Verdict&)>;

  // All must outlive this.
  SignUpDesk(db::Pool& db, ids::Generator& ids, const audit::Trail& trail, FullShifts& full, Observer observer,
             Options options);
  SignUpDesk(db::Pool& db, ids::Generator& ids, const audit::Trail& trail, FullShifts& full, Observer observer)
      : SignUpDesk(db, ids, trail, full, std::move(observer), Options()) {}
  ~SignUpDesk();
  SignUpDesk(const SignUpDesk&) = delete;
  SignUpDesk& operator=(const SignUpDesk&) = delete;

  // Does not block. Answers as CreateRegistration does; RESOURCE_EXHAUSTED where the queue is full, DEADLINE_EXCEEDED,
  // without any effect, where the deadline passed in it. `call` and `request` live until the reply is sent.
  void SignUp(const rpc::Call& call, const v1::CreateRegistrationRequest& request, uint64_t shift_id,
              rpc::Reply<v1::Registration> reply);

 private:
  struct Waiting {
    const rpc::Call* call;
    const v1::CreateRegistrationRequest* request;
    uint64_t shift_id;
    rpc::Reply<v1::Registration> reply;
  };
  struct Lane {
    absl::Mutex mutex;
    std::deque<Waiting> queue ABSL_GUARDED_BY(mutex);
    bool stopping ABSL_GUARDED_BY(mutex) = false;
    std::thread thread;
  };
  using Batch = std::vector<Waiting>;

  void Loop(Lane& lane);
  // Waits for somebody; empty at the end.
  Batch Take(Lane& lane);
  void Decide(Batch batch);
  absl::StatusOr<Verdicts> DecideAll(uint64_t center_id, std::span<const Applicant> applicants);
  void Answer(Waiting& waiting, const Verdict& verdict);

  db::Pool& db_;
  ids::Generator& ids_;
  const audit::Trail& trail_;
  FullShifts& full_;
  const Observer observer_;
  const Options options_;
  std::vector<std::unique_ptr<Lane>> lanes_;
};

}  // namespace wenming::activity
