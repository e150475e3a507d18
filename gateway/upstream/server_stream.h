#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "absl/functional/any_invocable.h"
#include "gateway/h2/session.h"
#include "gateway/net/asio.h"
#include "gateway/upstream/back_end.h"
#include "gateway/upstream/grpc_frames.h"
#include "gateway/upstream/unary_call.h"

namespace wenming::gateway {

// A gRPC call that is answered by a stream of messages. Belongs to the back end's loop; keeps itself alive.
//
// What waits for a slow reader is bounded: the service may send as long as the messages that were not taken yet fit the
// stream's window, and one message more, however large. Until the first message has come, it is tried
// again as a UnaryCall is.
class ServerStream final : public h2::StreamListener, public std::enable_shared_from_this<ServerStream> {
 public:
  // A message, and what Take is to be told once it has left for the reader.
  using OnMessage = absl::AnyInvocable<void(std::string message, size_t cost)>;
  // The end, after the last message; `response` of the result is empty.
  using OnDone = absl::AnyInvocable<void(UnaryResult)>;

  // Neither is called any more after `on_done` or Cancel.
  static std::shared_ptr<ServerStream> Start(asio::io_context& loop, BackEnd& back_end, UnaryRequest request,
                                             OnMessage on_message, OnDone on_done);
  void Take(size_t cost);
  // Tells the back end that nobody reads any more.
  void Cancel();

  void OnHeaders(h2::Headers headers, bool) override { status_.Read(headers); }
  void OnData(std::string_view bytes) override;
  void OnEnd() override;
  void OnSent(size_t) override { sent_ = true; }
  void OnClose(uint32_t error_code) override;

 private:
  ServerStream(asio::io_context& loop, BackEnd& back_end, UnaryRequest request, OnMessage on_message, OnDone on_done);
  void Try();
  void Open(std::shared_ptr<Channel> channel);
  void Land(UnaryResult result);
  void LetGoOn();
  void Finish(UnaryResult result);

  Tries tries_;
  UnaryRequest request_;
  OnMessage on_message_;
  OnDone on_done_;
  Timer timer_;
  std::shared_ptr<h2::Session> session_;
  int32_t stream_ = 0;
  GrpcStatus status_;
  FrameReader received_;
  bool sent_ = false;   // something of the message
  bool begun_ = false;  // a message was passed on
  bool again_ = false;  // once the stream is closed
  size_t waiting_ = 0;  // window bytes of messages that were not taken yet
  size_t partial_ = 0;  // of the message that is not complete
};

}  // namespace wenming::gateway
