#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "absl/functional/any_invocable.h"
#include "gateway/http/message.h"
#include "gateway/http/prepared.h"

namespace wenming::gateway::http {

// The chance to answer one request, whichever protocol it came by: whole with Send, or in pieces with Begin, Write, and
// End or Break. The first answer counts; what comes after the client has gone is dropped. What the client has not taken
// yet counts among all that is held (Limits::held); a whole answer without room gives way to a refusal. Belongs to the
// loop of its connection.
class Exchange {
 public:
  virtual ~Exchange() = default;
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  // Takes room for a whole answer with a body of that size, or one that is prepared; false when there is none. Of
  // whoever has not asked, Send refuses what does not fit.
  virtual bool TakeRoom(size_t body) = 0;
  virtual bool TakeRoomFor(const Prepared& prepared) { return TakeRoom(prepared.body.size()); }

  virtual void Send(Response response) = 0;
  // The same with headers and a body that are shared and come after what `response` has of its own.
  virtual void SendPrepared(Response response, std::shared_ptr<const Prepared> prepared) {
    response.headers.insert(response.headers.end(), prepared->headers.begin(), prepared->headers.end());
    response.body = prepared->body;
    Send(std::move(response));
  }

  // Begins an answer whose length nobody knows; its body comes by Write.
  virtual void Begin(Response response) = 0;
  // Queues a piece; whoever writes waits for OnSent. False when there is no room for it among all that are held: then
  // the answer can only be broken off.
  virtual bool Write(std::string_view bytes) = 0;
  virtual void End() = 0;
  // Ends it after what was written so that the client can tell that it is not whole.
  virtual void Break() = 0;
  // `sent` is told of each part of the body that has left for the client.
  void OnSent(absl::AnyInvocable<void(size_t)> sent) { sent_ = std::move(sent); }

  // `abort` is called when the client goes away before it was answered to the end.
  void OnAbort(absl::AnyInvocable<void()> abort) { abort_ = std::move(abort); }
  // `drain` is called when the connection wants to end: an answer in pieces should come to its end.
  void OnDrain(absl::AnyInvocable<void()> drain) { drain_ = std::move(drain); }
  // The client's address, without the port.
  const std::string& peer() const { return peer_; }

 protected:
  explicit Exchange(std::string peer) : peer_(std::move(peer)) {}
  // Takes as much of `held` as a whole answer of that size needs beyond what it has. A small one needs none: it is no
  // more than what its connection or stream takes by itself, and what says that there is no room must get through.
  static bool Reserve(limits::Share& held, size_t bytes) {
    return bytes <= 4096 || bytes <= held.amount() || held.Add(bytes - held.amount());
  }
  // Answered to the end: the end of the connection is no abort any more.
  void Settle() {
    abort_ = nullptr;
    sent_ = nullptr;
    drain_ = nullptr;
  }
  void Sent(size_t bytes) {
    if (sent_ && bytes > 0) sent_(bytes);
  }
  void Drain() {
    if (auto drain = std::exchange(drain_, nullptr)) drain();
  }
  void Abort() {
    sent_ = nullptr;
    drain_ = nullptr;
    if (auto abort = std::exchange(abort_, nullptr)) abort();
  }

 private:
  const std::string peer_;
  absl::AnyInvocable<void()> abort_;
  absl::AnyInvocable<void(size_t)> sent_;
  absl::AnyInvocable<void()> drain_;
};

}  // namespace wenming::gateway::http
