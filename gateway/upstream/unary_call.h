#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "gateway/h2/session.h"
#include "gateway/net/asio.h"
#include "gateway/upstream/back_end.h"
#include "gateway/upstream/grpc_frames.h"
#include "gateway/upstream/tries.h"

namespace wenming::gateway {

// A call to make.
struct UnaryRequest {
  std::string path;      // "/package.Service/Method"
  h2::Headers metadata;  // beyond those of the protocol
  std::string message;   // serialized
  std::chrono::steady_clock::time_point deadline;
  Repeatable repeatable = {};
};

// The headers that the call begins with; its deadline is told as the time that is left at `now`.
h2::Headers GrpcHeaders(const UnaryRequest& request, const std::string& authority,
                        std::chrono::steady_clock::time_point now);

// What came of it: a failure of the gateway's own (no connection, deadline), or the service's status and, for OK,
// its message.
struct UnaryResult {
  absl::Status failure = {};
  int code = 0;
  std::string message = {};   // grpc-message, decoded
  std::string details = {};   // grpc-status-details-bin, decoded
  std::string response = {};  // serialized

  bool ok() const { return failure.ok() && code == 0; }
};

UnaryResult Failed(absl::Status failure);

// The failure where no replica has taken the call, or it was lost.
absl::Status BackEndUnavailable();

// Whether the service, or whatever stands before it, has said UNAVAILABLE.
bool IsUnavailable(const UnaryResult& result);

// One unary gRPC call to a back end. One that a replica has certainly not begun (REFUSED_STREAM, or a connection that
// was closed before a byte of it left) is tried on another; likewise one whose connection was lost or that was answered
// with UNAVAILABLE, if it may be made twice and the budget allows. Belongs to the back end's loop; keeps itself alive.
class UnaryCall final : public h2::StreamListener, public std::enable_shared_from_this<UnaryCall> {
 public:
  using Done = absl::AnyInvocable<void(UnaryResult)>;

  // `done` is called once, or never if the call is cancelled before.
  static std::shared_ptr<UnaryCall> Start(asio::io_context& loop, BackEnd& back_end, UnaryRequest request, Done done);
  // Tells the back end that nobody waits any more.
  void Cancel();
  // Whether `done` was called or never will be.
  bool finished() const { return !done_; }

  void OnHeaders(h2::Headers headers, bool trailers) override;
  void OnData(std::string_view bytes) override;
  void OnEnd() override;
  void OnSent(size_t bytes) override { sent_ += bytes; }
  void OnClose(uint32_t error_code) override;

 private:
  UnaryCall(asio::io_context& loop, BackEnd& back_end, UnaryRequest request, Done done);
  void Try();
  void Send(std::shared_ptr<Channel> channel);
  void Late();
  void Land(UnaryResult result);
  void Finish(UnaryResult result);
  UnaryResult Result();

  Tries tries_;
  UnaryRequest request_;
  Done done_;
  Timer timer_;
  std::shared_ptr<h2::Session> session_;
  int32_t stream_ = 0;
  size_t sent_ = 0;     // bytes of the message with its head
  bool again_ = false;  // once the stream is closed
  GrpcStatus status_;
  FrameReader received_;
  size_t received_bytes_ = 0;
};

// The time that is left as the gRPC protocol writes it: "9500m". At least one millisecond.
std::string TimeoutText(std::chrono::steady_clock::duration left);

// Reads "10S", "250m" …; nullopt when it is not of the protocol.
std::optional<std::chrono::nanoseconds> ParseTimeout(std::string_view text);

}  // namespace wenming::gateway
