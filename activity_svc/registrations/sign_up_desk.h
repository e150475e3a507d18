// Where sign-ups queue, and those that have come meanwhile are decided together.
//
// Each lane is a thread with a queue; a shift belongs to one lane, so that within a process its row is never fought
// over. A lane takes all that waits for it (of one center, at most Options::batch), decides it in one transaction
// (sign_up_batch.h), and leaves the answering to a second thread while it goes on with the next ones; the longer a
// transaction takes, the more the next one decides. No thread waits for a single caller. The database stays the only
// truth: any number of processes may do this at once.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "activity_svc/registrations/batch_pace.h"
#include "activity_svc/registrations/full_shifts.h"
#include "activity_svc/registrations/sign_up_batch.h"
#include "common/audit/trail.h"
#include "common/db/pool.h"
#include "common/ids/ids.h"
#include "common/observe/clock.h"
#include "common/rpc/reply.h"

namespace wenming::activity {

// Thread-safe. The destructor decides what is queued, then ends the lanes.
class SignUpDesk {
 public:
  struct Options {
    int lanes = 4;        // each with a database connection while it decides
    size_t queue = 8192;  // of one lane; more are refused at once
    size_t batch = 256;   // decided in one transaction
    observe::Clock clock = observe::SystemClock();
  };
  // Told of each answer before it goes out, from a thread of the lane's.
  using Observer = std::function<void(const Verdict&)>;

  // All must outlive this.
  SignUpDesk(db::Pool& db, ids::Generator& ids, const audit::Trail& trail, FullShifts& full, Observer observer,
             Options options);
  SignUpDesk(db::Pool& db, ids::Generator& ids, const audit::Trail& trail, FullShifts& full, Observer observer)
      : SignUpDesk(db, ids, trail, full, std::move(observer), Options()) {}
  ~SignUpDesk();
  SignUpDesk(const SignUpDesk&) = delete;
  SignUpDesk& operator=(const SignUpDesk&) = delete;

  // Does not block. Answers as CreateRegistration does; without any effect OVERLOADED where the queue is full or too
  // long for the caller's time (rpc/waiting.h), DEADLINE_EXCEEDED where the deadline passed in it. `call` and `request`
  // live until the reply is sent.
  void SignUp(const rpc::Call& call, const v1::CreateRegistrationRequest& request, uint64_t shift_id,
              rpc::Reply<v1::Registration> reply);

 private:
  struct Waiting {
    Applicant applicant;
    rpc::Reply<v1::Registration> reply;
  };
  // Of one who has waited too long, with what he is told.
  struct Late {
    rpc::Reply<v1::Registration> reply;
    absl::Status why;
  };
  struct Batch {
    std::vector<Applicant> applicants;
    std::vector<rpc::Reply<v1::Registration>> replies;  // of each
    std::vector<Verdict> verdicts;                      // of each, once decided
    std::vector<Late> late;                             // who were in the queue with them
    bool empty() const { return replies.empty() && late.empty(); }
  };
  struct Lane {
    explicit Lane(size_t batch) : pace(batch) {}

    absl::Mutex mutex;
    BatchPace pace ABSL_GUARDED_BY(mutex);
    std::deque<Waiting> queue ABSL_GUARDED_BY(mutex);
    std::deque<Batch> decided ABSL_GUARDED_BY(mutex);
    bool stopping ABSL_GUARDED_BY(mutex) = false;  // nobody comes any more
    bool all_decided ABSL_GUARDED_BY(mutex) = false;
    std::thread deciding;
    std::thread answering;
  };

  void DecideBatches(Lane& lane);
  void AnswerBatches(Lane& lane);
  // Waits for somebody; empty at the end.
  Batch Take(Lane& lane);
  // Fills the verdicts.
  void Decide(Batch& batch);
  absl::StatusOr<Verdicts> DecideAll(std::span<const Applicant> applicants);
  void Answer(Batch& batch);

  db::Pool& db_;
  ids::Generator& ids_;
  const audit::Trail& trail_;
  FullShifts& full_;
  const Observer observer_;
  const Options options_;
  std::vector<std::unique_ptr<Lane>> lanes_;
};

}  // namespace wenming::activity
