#include "common/audit/refusals.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/db/transaction.h"

namespace wenming::audit {
namespace {

constexpr absl::Duration kTimeout = absl::Seconds(10);

}  // namespace

Refusals::Refusals(db::Pool& db, const Trail& trail, RefusalsOptions options, RefusalsObserver* observer)
    : db_(db), trail_(trail), options_(options), observer_(observer), thread_([this] { Loop(); }) {}

Refusals::~Refusals() {
  {
    absl::MutexLock lock(&mutex_);
    stop_ = true;
  }
  thread_.join();
}

void Refusals::Add(const rpc::Call& call, const google::protobuf::Message& request, absl::StatusCode code) {
  Kind kind{call.caller.subject, call.address, call.method, code};
  {
    absl::MutexLock lock(&mutex_);
    if (const auto found = window_.find(kind); found != window_.end()) {
      ++found->second.count;
      return;
    }
    if (window_.size() < options_.kinds) {
      window_.emplace(std::move(kind), Refused{call, ObjectOf(request, nullptr), 1});
      return;
    }
  }
  if (observer_ != nullptr) observer_->Dropped(1);
}

void Refusals::Loop() {
  for (bool stop = false; !stop;) {
    Window window;
    {
      absl::MutexLock lock(&mutex_);
      stop = mutex_.AwaitWithTimeout(absl::Condition(&stop_), options_.window);
      window.swap(window_);
    }
    if (window.empty()) continue;
    const absl::Status written = Write(window);
    if (written.ok() || observer_ == nullptr) continue;
    observer_->Failed(written);
    for (const auto& [kind, refused] : window) observer_->Dropped(refused.count);
  }
}

absl::Status Refusals::Write(const Window& window) const {
  const db::TransactionOptions options{.deadline = absl::Now() + kTimeout};
  return db::RunTransaction(db_, options, [&](db::Transaction& transaction) {
    for (const auto& [kind, refused] : window) {
      rpc::Call call = refused.call;
      if (refused.count > 1) call.Note("times", absl::StrCat(refused.count));
      const Entry entry{.object = refused.object, .result = std::get<absl::StatusCode>(kind)};
      if (auto status = trail_.Append(transaction, call, entry); !status.ok()) return status;
    }
    return absl::OkStatus();
  });
}

}  // namespace wenming::audit
