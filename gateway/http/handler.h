#pragma once

#include <memory>

#include "gateway/http/exchange.h"
#include "gateway/http/message.h"

namespace wenming::gateway::http {

// What answers requests. One handler serves all connections of a loop.
class Handler {
 public:
  virtual ~Handler() = default;
  // Called on the loop; may answer at once or later.
  virtual void Handle(Request request, std::shared_ptr<Exchange> exchange) = 0;
  // The answer to what was no request; the connection closes after it.
  virtual Response Refuse(Refusal refusal) = 0;
};

}  // namespace wenming::gateway::http
