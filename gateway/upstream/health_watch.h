#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "gateway/h2/session.h"
#include "gateway/upstream/grpc_frames.h"

namespace wenming::gateway {

// Listens to what a replica says of itself: Watch of grpc.health.v1 for "ready". One that is about to end, or lacks
// what it needs, says NOT_SERVING; whoever says anything else, or does not know the question, is ready. Belongs to the
// session's loop.
class HealthWatch final : public h2::StreamListener {
 public:
  using Told = std::function<void(bool ready)>;

  // `told` is called for each change; until the first one the replica is not ready.
  static std::shared_ptr<HealthWatch> Start(std::shared_ptr<h2::Session> session, const std::string& authority,
                                            Told told);
  // Listens no more: a stream that is open would keep a connection from its end.
  void Stop();

  void OnHeaders(h2::Headers, bool) override {}
  void OnData(std::string_view bytes) override;
  void OnEnd() override { Tell(true); }
  void OnSent(size_t) override {}
  void OnClose(uint32_t error_code) override;

 private:
  HealthWatch(std::shared_ptr<h2::Session> session, Told told);
  void Tell(bool ready);

  std::shared_ptr<h2::Session> session_;
  Told told_;
  int32_t stream_ = 0;
  FrameReader received_;
  bool ready_ = false;
};

}  // namespace wenming::gateway
