// Implements wenming.org.v1.DirectoryService.
#pragma once

#include "absl/status/status.h"
#include "common/rpc/call.h"
#include "common/rpc/service.h"
#include "org_svc/directory/directory_feed.h"

namespace wenming::org {

// Thread-safe; each watcher is served on a thread of its own.
class DirectoryService {
 public:
  explicit DirectoryService(const DirectoryFeed& feed) : feed_(feed) {}

  rpc::Service Bind();

  // Signs of life come from the feed's beats, so a watcher hears nothing, and in the end decides nothing, while this
  // process cannot know what others commit.
  absl::Status Watch(const rpc::Call& call, const v1::WatchRequest& request, rpc::StreamWriter& writer);

 private:
  const DirectoryFeed& feed_;
};

}  // namespace wenming::org
