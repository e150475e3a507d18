#include "common/service/session_keeper.h"

#include <utility>

#include "common/db/transaction.h"
#include "common/sessions/upkeep.h"

namespace wenming::service {
namespace {

constexpr absl::Duration kInterval = absl::Milliseconds(250);
constexpr absl::Duration kReadTimeout = absl::Seconds(2);
// The time of an end is that of the call, which commits at most 30 seconds later, on a machine whose clock may be off.
constexpr absl::Duration kOverlap = absl::Minutes(2);
// Longer than any access token lives.
constexpr absl::Duration kFirstLook = absl::Hours(24);
// Until then a token of a session that was idle for too long is told so.
constexpr absl::Duration kKept = absl::Hours(24);
constexpr int kForgetBatch = 500;  // rows
constexpr absl::Duration kForgetInterval = absl::Minutes(10);

}  // namespace

SessionKeeper::SessionKeeper(db::Pool& db, auth::Revocations& revocations, observe::Clock clock,
                             const observe::Logger& logger)
    : db_(db), revocations_(revocations), clock_(std::move(clock)), logger_(logger), thread_([this] { Run(); }) {}

SessionKeeper::~SessionKeeper() {
  stop_.Notify();
  thread_.join();
}

void SessionKeeper::Run() {
  do {
    const absl::Time now = clock_();
    if (const absl::Status read = ReadEnded(now); !read.ok()) {
      logger_.Warn("cannot read which sessions have ended", {{"error", std::string(read.message())}});
    }
    revocations_.Forget(now);
    ForgetOld(now);
  } while (!stop_.WaitForNotificationWithTimeout(kInterval));
}

absl::Status SessionKeeper::ReadEnded(absl::Time now) {
  const absl::Time since = read_to_ == absl::InfinitePast() ? now - kFirstLook : read_to_ - kOverlap;
  const auto ended = db::Read(db_, now + kReadTimeout,
                              [&](db::Session& session) { return sessions::EndedSince(session, since, now); });
  if (!ended.ok()) return ended.status();
  for (const sessions::Ended& one : *ended) revocations_.Add(one.session_id, one.forget_time);
  read_to_ = now;
  revocations_.Hear(now);
  return absl::OkStatus();
}

// In small steps; a full one is followed by the next at once.
void SessionKeeper::ForgetOld(absl::Time now) {
  if (now < forget_next_) return;
  const auto forgotten = sessions::Forget(db_, now - kKept, kForgetBatch, now + kReadTimeout);
  if (!forgotten.ok() || *forgotten < kForgetBatch) forget_next_ = now + kForgetInterval;
}

}  // namespace wenming::service
