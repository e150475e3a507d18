#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "gateway/h2/session.h"
#include "gateway/net/asio.h"
#include "gateway/upstream/grpc_frames.h"

namespace wenming::gateway {

// How long the watch waits before it asks again: at first, and twice as long each time up to the longest, until it is
// told something.
struct HealthPauses {
  std::chrono::milliseconds first;
  std::chrono::milliseconds longest;
};

// Listens to what a replica says of itself: Watch of grpc.health.v1 for "ready". One that is about to end, or lacks
// what it needs, says NOT_SERVING; whoever says anything else is ready, and so is, for good, whoever does not know the
// question (UNIMPLEMENTED). When the answer ends in another way the replica is what it last said, and is asked again.
// Belongs to the session's loop.
class HealthWatch final : public h2::StreamListener, public std::enable_shared_from_this<HealthWatch> {
 public:
  using Told = std::function<void(bool ready)>;

  // `told` is called for each change; until the first one the replica is not ready.
  static std::shared_ptr<HealthWatch> Start(asio::io_context& loop, std::shared_ptr<h2::Session> session,
                                            const std::string& authority, const HealthPauses& pauses, Told told);
  // Listens no more: a stream that is open would keep a connection from its end.
  void Stop();

  void OnHeaders(h2::Headers headers, bool) override { status_.Read(headers); }
  void OnData(std::string_view bytes) override;
  void OnEnd() override {}
  void OnSent(size_t) override {}
  void OnClose(uint32_t error_code) override;

 private:
  HealthWatch(asio::io_context& loop, std::shared_ptr<h2::Session> session, std::string authority,
              const HealthPauses& pauses, Told told);
  void Ask();
  void AskLater();
  void Tell(bool ready);

  std::shared_ptr<h2::Session> session_;
  const std::string authority_;
  const HealthPauses pauses_;
  Told told_;
  Timer timer_;
  std::chrono::milliseconds pause_;
  int32_t stream_ = 0;
  GrpcStatus status_;
  FrameReader received_;
  bool ready_ = false;
};

}  // namespace wenming::gateway
