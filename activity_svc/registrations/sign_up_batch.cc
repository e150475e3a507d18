#include "activity_svc/registrations/sign_up_batch.h"

#include <algorithm>
#include <set>
#include <unordered_map>

#include "activity_svc/registrations/full_shifts.h"
#include "activity_svc/registrations/registrations_store.h"
#include "common/errors/errors.h"
#include "common/idempotency/idempotency.h"
#include "common/rpc/waiting.h"

namespace wenming::activity {
namespace {

using R = v1::Registration;
using KeptAnswers = std::unordered_map<std::string, idempotency::Kept>;

// Of the time that somebody has; what is left must do for the rest of the transaction.
constexpr double kMostUntilLocked = 0.75;

class Batch {
 public:
  Batch(db::Transaction& transaction, const audit::Trail& trail, uint64_t center_id,
        std::span<const Applicant> applicants, const observe::Clock& clock)
      : transaction_(transaction), trail_(trail), center_id_(center_id), applicants_(applicants), clock_(clock) {
    verdicts_.of.resize(applicants.size());
  }

  absl::StatusOr<Verdicts> Decide(const Before& before) {
    if (before.request_id_known) {
      if (auto status = FindKept([](const Applicant&, const Verdict&) { return true; }); !status.ok()) return status;
    }
    std::vector<SignUp> sign_ups;
    sign_ups.reserve(applicants_.size());
    for (const Applicant& applicant : applicants_) sign_ups.push_back(applicant.sign_up);
    auto book = SignUpBook::Lock(transaction_, center_id_, sign_ups);
    if (!book.ok()) return book.status();
    // Under the locks: the run before may have lost its connection while its COMMIT was still going on.
    if (before.perhaps_committed) {
      if (auto status = FindCommitted(); !status.ok()) return status;
    }
    locked_time_ = clock_();
    for (size_t i = 0; i < applicants_.size(); ++i) DecideOne(*book, applicants_[i], verdicts_.of[i]);
    if (!before.request_id_known) {
      // Whoever repeats what succeeded has a registration, and so a rule against another: only the refused can have an
      // answer from before. (One who has cancelled since is no longer refused; his request id is, by its key.)
      const auto refused = [](const Applicant&, const Verdict& verdict) { return !verdict.answer.ok(); };
      if (auto status = FindKept(refused); !status.ok()) return status;
      for (size_t i = 0; i < applicants_.size(); ++i) {
        if (refused(applicants_[i], verdicts_.of[i])) Repeat(kept_, applicants_[i], verdicts_.of[i]);
      }
    }
    if (auto status = Save(*book); !status.ok()) return status;
    if (auto status = FindFull(*book); !status.ok()) return status;
    return std::move(verdicts_);
  }

 private:
  template <typename F>
  absl::Status FindKept(F&& wanted) {
    std::vector<std::string> keys;
    for (size_t i = 0; i < applicants_.size(); ++i) {
      const Applicant& applicant = applicants_[i];
      if (!applicant.request_key.empty() && wanted(applicant, verdicts_.of[i])) keys.push_back(applicant.request_key);
    }
    auto found = idempotency::FindKept(transaction_, center_id_, keys);
    if (!found.ok()) return found.status();
    kept_.merge(*std::move(found));
    return absl::OkStatus();
  }

  absl::Status FindCommitted() {
    std::vector<uint64_t> ids;
    for (const Applicant& applicant : applicants_) ids.push_back(applicant.sign_up.registration_id);
    auto found = LoadRegistrations(transaction_, center_id_, ids);
    if (!found.ok()) return found.status();
    committed_ = *std::move(found);
    return absl::OkStatus();
  }

  // Answers one who was answered before; says whether he was.
  static bool Repeat(const KeptAnswers& answers, const Applicant& applicant, Verdict& verdict) {
    if (applicant.request_key.empty()) return false;
    const auto kept = answers.find(applicant.request_key);
    if (kept == answers.end()) return false;
    v1::Registration answer;
    const absl::Status status = idempotency::Repeat(kept->second, applicant.fingerprint, answer);
    verdict.answer = status.ok() ? absl::StatusOr<v1::Registration>(std::move(answer)) : status;
    verdict.repeated = status.ok();
    return true;
  }

  void DecideOne(SignUpBook& book, const Applicant& applicant, Verdict& verdict) {
    const SignUp& sign_up = applicant.sign_up;
    if (const auto found = committed_.find(sign_up.registration_id); found != committed_.end()) {
      verdict.answer = ToProto(AsDecided(found->second));
      return;
    }
    if (Repeat(kept_, applicant, verdict) || Repeat(made_, applicant, verdict)) return;
    // Nobody would wait any more for whoever's time went by, or nearly so, while the locks were waited for.
    if (auto in_time = rpc::CheckWaited(*applicant.call, locked_time_, kMostUntilLocked); !in_time.ok()) {
      verdict.answer = std::move(in_time);
      return;
    }
    const auto facts = book.FactsOf(sign_up);
    const absl::Status allowed = facts.ok() ? CheckSignUp(*facts, sign_up.time) : facts.status();
    if (!allowed.ok()) {
      if (errors::ReasonOf(allowed) == type::REASON_SHIFT_FULL) turned_away_.insert(sign_up.shift_id);
      verdict.answer = allowed;
      return;
    }
    v1::Registration answer = ToProto(book.Enter(sign_up));
    records_.push_back(trail_.RecordOf(*applicant.call, {.object = answer.name()}, applicant.request));
    if (!applicant.request_key.empty()) {
      idempotency::Kept kept{applicant.fingerprint, answer.SerializeAsString()};
      made_.emplace(applicant.request_key, kept);
      answers_.push_back({applicant.request_key, std::move(kept), sign_up.time});
    }
    verdict.answer = std::move(answer);
  }

  // As it was when it was decided: what has become of it since is not what was asked.
  static Registration AsDecided(Registration registration) {
    registration.state = registration.waitlist_position == 0 ? R::STATE_CONFIRMED : R::STATE_WAITLISTED;
    registration.offer_expire_time = std::nullopt;
    registration.update_time = registration.create_time;
    return registration;
  }

  absl::Status Save(const SignUpBook& book) {
    // The claims first: a request id that is known after all costs nothing more than this statement.
    if (auto status = idempotency::KeepAll(transaction_, center_id_, std::move(answers_)); !status.ok()) return status;
    if (auto status = book.Save(transaction_); !status.ok()) return status;
    return audit::Trail::AppendAll(transaction_, std::move(records_));
  }

  absl::Status FindFull(const SignUpBook& book) {
    for (const uint64_t shift_id : turned_away_) {
      // Too many to be remembered need not be read, least of all under the locks.
      if (!book.Full(shift_id) || book.CountPeople(shift_id) > FullShifts::kMostRegistered) continue;
      auto registered = ListEverRegistered(transaction_, center_id_, shift_id, FullShifts::kMostRegistered + 1);
      if (!registered.ok()) return registered.status();
      if (registered->size() > FullShifts::kMostRegistered) continue;
      verdicts_.full.emplace_back(shift_id, *std::move(registered));
    }
    return absl::OkStatus();
  }

  db::Transaction& transaction_;
  const audit::Trail& trail_;
  const uint64_t center_id_;
  const std::span<const Applicant> applicants_;
  const observe::Clock& clock_;
  absl::Time locked_time_ = absl::InfinitePast();
  Verdicts verdicts_;
  // By request key. Apart, for what is made here comes after those who were refused before it.
  KeptAnswers kept_;
  KeptAnswers made_;
  std::unordered_map<uint64_t, Registration> committed_;
  std::set<uint64_t> turned_away_;
  std::vector<idempotency::NewAnswer> answers_;
  std::vector<audit::Record> records_;
};

}  // namespace

absl::StatusOr<Verdicts> DecideTogether(db::Transaction& transaction, const audit::Trail& trail, uint64_t center_id,
                                        std::span<const Applicant> applicants, const Before& before,
                                        const observe::Clock& clock) {
  return Batch(transaction, trail, center_id, applicants, clock).Decide(before);
}

}  // namespace wenming::activity
