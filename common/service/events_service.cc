#include "common/service/events_service.h"

#include <algorithm>

#include "common/errors/errors.h"

namespace wenming::service {
namespace {

constexpr int kBatch = 256;
// Shorter than the two seconds the proto promises, and how long a drain may wait for a quiet subscriber.
constexpr absl::Duration kSignOfLife = absl::Seconds(1);
constexpr absl::Duration kReadTimeout = absl::Seconds(10);
// Several turns of the sequencer; an older head says nothing of what has come since the wait began.
constexpr absl::Duration kHeadAge = absl::Milliseconds(500);

}  // namespace

rpc::Service EventsService::Bind() {
  return rpc::Service("wenming.events.v1.EventsService").Stream("Subscribe", this, &EventsService::Subscribe);
}

absl::Status EventsService::Subscribe(const rpc::Call&, const events::v1::SubscribeRequest& request,
                                      rpc::StreamWriter& writer) {
  const std::vector<std::string> types(request.types().begin(), request.types().end());
  int64_t after = std::max<int64_t>(request.after_cursor(), 0);
  while (!writer.Done() && !log_.closed()) {
    events::v1::SubscribeResponse response;
    if (log_.WaitBeyond(after, kSignOfLife)) {
      auto batch = log_.Read(after, kBatch, types, absl::Now() + kReadTimeout);
      if (!batch.ok()) return batch.status();
      after = batch->read_to;
      for (auto& event : batch->events) *response.add_events() = std::move(event);
    }
    if (const auto head = log_.Head(kHeadAge)) {
      response.set_head_cursor(response.events().empty() ? *head : std::max(*head, after));
    }
    if (!writer.Write(response)) break;
  }
  return errors::Unavailable(type::REASON_BACKEND_UNAVAILABLE, absl::Seconds(1));
}

}  // namespace wenming::service
