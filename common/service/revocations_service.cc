#include "common/service/revocations_service.h"

#include <algorithm>

#include "google/protobuf/util/time_util.h"

namespace wenming::service {
namespace {

// How soon the end of the stream is noticed.
constexpr absl::Duration kPatience = absl::Milliseconds(500);
constexpr size_t kPartSize = 1000;

}  // namespace

rpc::Service RevocationsService::Bind() {
  return rpc::Service("wenming.sessions.v1.RevocationsService").Stream("Watch", this, &RevocationsService::Watch);
}

absl::Status RevocationsService::Watch(const rpc::Call&, const sessions::v1::WatchRequest&, rpc::StreamWriter& writer) {
  bool synced = false;
  // A sign of life counts from now on: the last one may be old, where the database is silent.
  auth::Revocations::Position position{.place = 0,
                                       .heard = revocations_.Await({}, absl::ZeroDuration()).position.heard};
  while (!writer.Done()) {
    const auth::Revocations::News news = revocations_.Await(position, kPatience);
    const bool beat = news.position.heard != position.heard;
    position = news.position;
    // A part each, the last one with the sign of life; only the sign where there is nothing else.
    for (size_t begin = 0; begin < news.entries.size() || (begin == 0 && beat); begin += kPartSize) {
      sessions::v1::WatchResponse part;
      const size_t end = std::min(begin + kPartSize, news.entries.size());
      for (size_t i = begin; i < end; ++i) {
        sessions::v1::Revocation& revocation = *part.add_revocations();
        revocation.set_session_id(news.entries[i].session_id);
        *revocation.mutable_forget_time() =
            google::protobuf::util::TimeUtil::MicrosecondsToTimestamp(absl::ToUnixMicros(news.entries[i].forget_time));
      }
      part.set_synced(!synced && beat && end == news.entries.size());
      synced = synced || part.synced();
      if (!writer.Write(part)) return absl::OkStatus();
    }
  }
  return absl::OkStatus();
}

}  // namespace wenming::service
