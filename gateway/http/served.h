#pragma once

#include <chrono>

namespace wenming::gateway::http {

// A client's connection as its loop sees it, whichever protocol it speaks. Belongs to its loop.
class Served {
 public:
  using Clock = std::chrono::steady_clock;

  virtual ~Served() = default;
  // Refuses or closes when a limit of time is passed. Called now and then, so that a request costs no timer.
  virtual void Expire(Clock::time_point now) = 0;
  // Goes on, but lets the client know that it should send its next request on another connection.
  virtual void Announce() = 0;
  // Closes when idle, else after the answers that are due. A client that has just come may have its first request under
  // way, and gets a second for it.
  virtual void Drain() = 0;
  virtual void Close() = 0;
  virtual bool open() const = 0;
};

}  // namespace wenming::gateway::http
