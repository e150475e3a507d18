#include "org_svc/directory/directory_service.h"

namespace wenming::org {
namespace {

// How soon the end of the stream is noticed.
constexpr absl::Duration kPatience = absl::Milliseconds(500);

}  // namespace

rpc::Service DirectoryService::Bind() {
  return rpc::Service("wenming.org.v1.DirectoryService").Stream("Watch", this, &DirectoryService::Watch);
}

absl::Status DirectoryService::Watch(const rpc::Call&, const v1::WatchRequest&, rpc::StreamWriter& writer) {
  v1::WatchResponse roles;
  roles.mutable_roles()->Assign(feed_.roles().begin(), feed_.roles().end());
  if (!writer.Write(roles)) return absl::OkStatus();
  bool synced = false;
  for (FeedPosition position = feed_.Begin(); !writer.Done();) {
    const FeedNews news = feed_.Await(position, kPatience);
    const auto write = [&writer](const v1::WatchResponse& part) { return writer.Write(part); };
    if (!WriteParts(news, write)) break;
    if (news.position.beat != position.beat) {
      v1::WatchResponse sign_of_life;
      sign_of_life.set_synced(!synced);
      if (!writer.Write(sign_of_life)) break;
      synced = true;
    }
    position = news.position;
  }
  return absl::OkStatus();
}

}  // namespace wenming::org
