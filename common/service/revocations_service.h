// Serves the sessions that this service has ended to the others: wenming.sessions.v1.RevocationsService.
#pragma once

#include "absl/status/status.h"
#include "common/auth/revocations.h"
#include "common/rpc/service.h"
#include "wenming/sessions/v1/sessions.pb.h"

namespace wenming::service {

// Thread-safe; each watcher is served on a thread of its own.
class RevocationsService {
 public:
  explicit RevocationsService(const auth::Revocations& revocations) : revocations_(revocations) {}

  rpc::Service Bind();

  // Signs of life come from what was read in the database, so a watcher hears nothing, and in the end refuses staff,
  // while this process cannot know what others commit.
  absl::Status Watch(const rpc::Call& call, const sessions::v1::WatchRequest& request, rpc::StreamWriter& writer);

 private:
  const auth::Revocations& revocations_;
};

}  // namespace wenming::service
