#pragma once

#include <string>
#include <utility>

#include "absl/functional/any_invocable.h"
#include "gateway/http/message.h"

namespace wenming::gateway::http {

// The chance to answer one request, whichever protocol it came by. The first answer counts; one that comes after the
// client has gone is dropped. Belongs to the loop of its connection.
class Exchange {
 public:
  virtual ~Exchange() = default;
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  virtual void Send(Response response) = 0;
  // `abort` is called when the client goes away before it was answered.
  void OnAbort(absl::AnyInvocable<void()> abort) { abort_ = std::move(abort); }
  // The client's address, without the port.
  const std::string& peer() const { return peer_; }

 protected:
  explicit Exchange(std::string peer) : peer_(std::move(peer)) {}
  // Answered: an end of the connection is no abort any more.
  void Settle() { abort_ = nullptr; }
  void Abort() {
    if (auto abort = std::exchange(abort_, nullptr)) abort();
  }

 private:
  const std::string peer_;
  absl::AnyInvocable<void()> abort_;
};

}  // namespace wenming::gateway::http
