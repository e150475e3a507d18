#include "activity_svc/registrations/sign_up_desk.h"

#include <algorithm>
#include <span>
#include <utility>

#include "absl/hash/hash.h"
#include "absl/time/clock.h"
#include "common/db/errors.h"
#include "common/db/transaction.h"
#include "common/errors/errors.h"
#include "common/idempotency/idempotency.h"
#include "common/ids/fingerprint.h"

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
  for (int i = 0; i < options_.lanes; ++i) lanes_.push_back(std::make_unique<Lane>());
  for (const auto& lane : lanes_) lane->thread = std::thread([this, &lane = *lane] { Loop(lane); });
}

SignUpDesk::~SignUpDesk() {
  for (const auto& lane : lanes_) {
    absl::MutexLock lock(&lane->mutex);
    lane->stopping = true;
  }
  for (const auto& lane : lanes_) lane->thread.join();
}

void SignUpDesk::SignUp(const rpc::Call& call, const v1::CreateRegistrationRequest& request, uint64_t shift_id,
                        rpc::Reply<v1::Registration> reply) {
  Lane& lane = *lanes_[absl::HashOf(shift_id) % lanes_.size()];
  {
    absl::MutexLock lock(&lane.mutex);
    if (lane.queue.size() < options_.queue) {
      lane.queue.push_back({&call, &request, shift_id, std::move(reply)});
      return;
    }
  }
  reply.Send(errors::Overloaded(absl::Seconds(1)));
}

void SignUpDesk::Loop(Lane& lane) {
  for (Batch batch = Take(lane); !batch.empty(); batch = Take(lane)) Decide(std::move(batch));
}

SignUpDesk::Batch SignUpDesk::Take(Lane& lane) {
  const auto news = [&lane] {
    lane.mutex.AssertHeld();
    return lane.stopping || !lane.queue.empty();
  };
  Batch batch;
  absl::MutexLock lock(&lane.mutex, absl::Condition(&news));
  while (!lane.queue.empty() && batch.size() < options_.batch) {
    Waiting& next = lane.queue.front();
    if (!batch.empty() && next.call->center_id != batch.front().call->center_id) break;
    batch.push_back(std::move(next));
    lane.queue.pop_front();
  }
  return batch;
}

void SignUpDesk::Decide(Batch batch) {
  const absl::Time now = absl::Now();
  std::vector<Applicant> applicants;
  applicants.reserve(batch.size());
  std::erase_if(batch, [&](Waiting& waiting) {
    if (now < waiting.call->deadline) return false;
    waiting.reply.Send(errors::DeadlineExceeded());
    return true;
  });
  if (batch.empty()) return;
  for (const Waiting& waiting : batch) {
    applicants.push_back(ToApplicant(*waiting.call, *waiting.request, waiting.shift_id, ids_.Next()));
  }
  const uint64_t center_id = batch.front().call->center_id;
  const absl::StatusOr<Verdicts> verdicts = DecideAll(center_id, applicants);
  if (verdicts.ok()) {
    for (size_t i = 0; i < batch.size(); ++i) Answer(batch[i], verdicts->of[i]);
    return;
  }
  // Something about one of them may be what the database cannot take: let it not be the others' misfortune.
  const absl::Status& failed = verdicts.status();
  const bool alone = batch.size() > 1 && (db::WouldFailAgain(failed) || absl::IsAlreadyExists(failed));
  for (size_t i = 0; i < batch.size(); ++i) {
    auto one = alone ? DecideAll(center_id, std::span(applicants).subspan(i, 1)) : verdicts.status();
    Answer(batch[i], one.ok() ? one->of.front() : Verdict{.answer = one.status()});
  }
}

absl::StatusOr<Verdicts> SignUpDesk::DecideAll(uint64_t center_id, std::span<const Applicant> applicants) {
  absl::Time deadline = absl::InfinitePast();
  for (const Applicant& applicant : applicants) deadline = std::max(deadline, applicant.call->deadline);
  Before before;
  for (int collisions = 0;;) {
    Moment since;
    auto verdicts =
        db::RunTransaction(db_, {.deadline = deadline, .repeatable = true}, [&](db::Transaction& transaction) {
          since = full_.Now();
          auto decided = DecideTogether(transaction, trail_, center_id, applicants, before);
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

void SignUpDesk::Answer(Waiting& waiting, const Verdict& verdict) {
  // Its record, where it had an effect, was written with it.
  if (verdict.answer.ok()) waiting.call->audited = true;
  observer_(verdict);
  waiting.reply.Send(verdict.answer);
}

}  // namespace wenming::activity
