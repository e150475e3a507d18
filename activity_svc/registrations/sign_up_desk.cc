#include "activity_svc/registrations/sign_up_desk.h"

#include <algorithm>
#include <span>
#include <utility>

#include "absl/hash/hash.h"
#include "common/db/errors.h"
#include "common/db/shapes.h"
#include "common/db/transaction.h"
#include "common/idempotency/idempotency.h"
#include "common/ids/fingerprint.h"
#include "common/rpc/waiting.h"

namespace wenming::activity {
namespace {

// With request ids that others use in the same moment; many more than replicas can cause by turns.
constexpr int kMostCollisions = 16;

Applicant ToApplicant(const rpc::Call& call, const v1::CreateRegistrationRequest& request, uint64_t shift_id,
                      uint64_t registration_id) {
  Applicant applicant{
      .call = &call, .request = &request, .sign_up = {registration_id, shift_id, call.caller.id, call.now}};
  if (!request.request_id().empty()) {
    applicant.request_key =
        idempotency::KeyOf({call.center_id, call.caller.subject, call.method, request.request_id()});
    applicant.fingerprint = ids::Fingerprint(request);
  }
  return applicant;
}

}  // namespace

SignUpDesk::SignUpDesk(db::Pool& db, ids::Generator& ids, const audit::Trail& trail, FullShifts& full,
                       Observer observer, Options options)
    : db_(db), ids_(ids), trail_(trail), full_(full), observer_(std::move(observer)), options_(options) {
  for (int i = 0; i < options_.lanes; ++i) lanes_.push_back(std::make_unique<Lane>(options_.batch));
  for (const auto& lane : lanes_) {
    lane->deciding = std::thread([this, &lane = *lane] { DecideBatches(lane); });
    lane->answering = std::thread([this, &lane = *lane] { AnswerBatches(lane); });
  }
}

SignUpDesk::~SignUpDesk() {
  for (const auto& lane : lanes_) {
    absl::MutexLock lock(&lane->mutex);
    lane->stopping = true;
  }
  for (const auto& lane : lanes_) {
    lane->deciding.join();
    lane->answering.join();
  }
}

void SignUpDesk::SignUp(const rpc::Call& call, const v1::CreateRegistrationRequest& request, uint64_t shift_id,
                        rpc::Reply<v1::Registration> reply) {
  Waiting waiting{ToApplicant(call, request, shift_id, ids_.Next()), std::move(reply)};
  Lane& lane = *lanes_[absl::HashOf(shift_id) % lanes_.size()];
  const absl::Time now = options_.clock();
  absl::Duration wait;
  {
    absl::MutexLock lock(&lane.mutex);
    wait = lane.pace.Wait(lane.queue.size(), now);
    if (lane.queue.size() < options_.queue && rpc::MayWait(call.deadline - now, wait)) {
      lane.queue.push_back(std::move(waiting));
      return;
    }
  }
  waiting.reply.Send(rpc::ComeBackAfter(wait));
}

void SignUpDesk::DecideBatches(Lane& lane) {
  for (Batch batch = Take(lane); !batch.empty(); batch = Take(lane)) {
    if (!batch.applicants.empty()) Decide(batch);
    const absl::Time now = options_.clock();
    absl::MutexLock lock(&lane.mutex);
    lane.pace.Ended(now);
    lane.decided.push_back(std::move(batch));
  }
  absl::MutexLock lock(&lane.mutex);
  lane.all_decided = true;
}

void SignUpDesk::AnswerBatches(Lane& lane) {
  const auto news = [&lane] {
    lane.mutex.AssertHeld();
    return lane.all_decided || !lane.decided.empty();
  };
  for (;;) {
    Batch batch;
    {
      absl::MutexLock lock(&lane.mutex, absl::Condition(&news));
      if (lane.decided.empty()) return;
      batch = std::move(lane.decided.front());
      lane.decided.pop_front();
    }
    Answer(batch);
  }
}

SignUpDesk::Batch SignUpDesk::Take(Lane& lane) {
  const auto news = [&lane] {
    lane.mutex.AssertHeld();
    return lane.stopping || !lane.queue.empty();
  };
  Batch batch;
  absl::MutexLock lock(&lane.mutex, absl::Condition(&news));
  if (lane.queue.empty()) return batch;
  const absl::Time now = options_.clock();
  // Every statement is a round trip: the few beyond a single insert's length come with the next ones.
  for (size_t left = db::SingleInsert(std::min(lane.queue.size(), options_.batch)); left > 0; --left) {
    Waiting& next = lane.queue.front();
    const rpc::Call& call = *next.applicant.call;
    if (absl::Status in_time = rpc::CheckWaited(call, now); !in_time.ok()) {
      batch.late.push_back({std::move(next.reply), std::move(in_time)});
    } else {
      if (!batch.applicants.empty() && call.center_id != batch.applicants.front().call->center_id) break;
      batch.applicants.push_back(std::move(next.applicant));
      batch.replies.push_back(std::move(next.reply));
    }
    lane.queue.pop_front();
  }
  if (!batch.applicants.empty()) lane.pace.Began(now);
  return batch;
}

void SignUpDesk::Decide(Batch& batch) {
  const std::span<const Applicant> applicants = batch.applicants;
  absl::StatusOr<Verdicts> all = DecideAll(applicants);
  if (all.ok()) {
    batch.verdicts = std::move(all->of);
    return;
  }
  // Something about one of them may be what the database cannot take: let it not be the others' misfortune.
  const bool alone = applicants.size() > 1 && (db::WouldFailAgain(all.status()) || absl::IsAlreadyExists(all.status()));
  for (size_t i = 0; i < applicants.size(); ++i) {
    auto one = alone ? DecideAll(applicants.subspan(i, 1)) : all.status();
    batch.verdicts.push_back(one.ok() ? std::move(one->of.front()) : Verdict{.answer = one.status()});
  }
}

absl::StatusOr<Verdicts> SignUpDesk::DecideAll(std::span<const Applicant> applicants) {
  const uint64_t center_id = applicants.front().call->center_id;
  absl::Time deadline = absl::InfinitePast();
  for (const Applicant& applicant : applicants) deadline = std::max(deadline, applicant.call->deadline);
  Before before;
  for (int collisions = 0;;) {
    Moment since;
    auto verdicts =
        db::RunTransaction(db_, {.deadline = deadline, .repeatable = true}, [&](db::Transaction& transaction) {
          since = full_.Now();
          auto decided = DecideTogether(transaction, trail_, center_id, applicants, before, options_.clock);
          before.perhaps_committed = true;
          return decided;
        });
    if (verdicts.ok()) {
      for (auto& [shift_id, registered] : verdicts->full) {
        full_.Learn(center_id, shift_id, since, std::move(registered));
      }
      return verdicts;
    }
    // Whoever had the key first has committed it, so that the next look finds it; another key may collide then.
    if (!db::IsDuplicateKey(verdicts.status(), "PRIMARY") || ++collisions == kMostCollisions) return verdicts;
    before.request_id_known = true;
  }
}

void SignUpDesk::Answer(Batch& batch) {
  for (Late& late : batch.late) late.reply.Send(late.why);
  for (size_t i = 0; i < batch.replies.size(); ++i) {
    const Verdict& verdict = batch.verdicts[i];
    // Its record, where it had an effect, was written with it.
    if (verdict.answer.ok()) batch.applicants[i].call->audited = true;
    observer_(verdict);
    batch.replies[i].Send(verdict.answer);
  }
}

}  // namespace wenming::activity
