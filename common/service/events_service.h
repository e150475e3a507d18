// Serves a service's own events to the others: wenming.events.v1.EventsService.
#pragma once

#include "absl/status/status.h"
#include "common/outbox/log.h"
#include "common/rpc/service.h"
#include "wenming/events/v1/events.pb.h"

namespace wenming::service {

// Thread-safe; each subscriber is served on a thread of its own.
class EventsService {
 public:
  explicit EventsService(const outbox::Log& log) : log_(log) {}

  rpc::Service Bind();
  absl::Status Subscribe(const rpc::Call& call, const events::v1::SubscribeRequest& request, rpc::StreamWriter& writer);

 private:
  const outbox::Log& log_;
};

}  // namespace wenming::service
