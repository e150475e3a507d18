#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string_view>

#include "gateway/h2/session.h"
#include "gateway/upstream/back_end.h"

namespace wenming::gateway {

// Whether a call may be made twice. One that only reads may be, and one with a request id, by which the service knows
// it again (AIP-155).
struct Repeatable {
  bool always = false;
  int request_id = 0;  // the number of the field with the id; 0: there is none

  bool Allows(std::string_view message) const;
};

// The tries of one call: each on a replica of the back end, and what it says of that replica. Belongs to the loop.
class Tries {
 public:
  explicit Tries(BackEnd& back_end) : back_end_(back_end) {}

  // Begins the next try; `taker` then has to say Begin, if it is given a channel.
  void Next(BackEnd::Taker taker);
  void Begin(std::shared_ptr<Channel> channel, std::chrono::steady_clock::time_point now);

  // What the try came to. The bool is whether the call may be tried again; `repeatable` whether it may be made twice.
  //
  // Its stream was closed without a status. `sent`: something of its message has left.
  bool Closed(uint32_t error_code, bool sent, bool repeatable);
  // It was answered with UNAVAILABLE. A service that says why, in details, lives; it may be something else that it
  // needs.
  bool Unavailable(bool has_details, bool repeatable);
  // It was answered with anything else.
  void Answered() { channel_->Succeeded(); }
  // Its deadline has passed. That tells of a replica that was silent all the time, and of no other.
  void Late(const h2::Session& session, std::chrono::steady_clock::time_point now);

  // Of the present try.
  const Channel& channel() const { return *channel_; }
  int count() const { return count_; }

 private:
  BackEnd& back_end_;
  std::shared_ptr<Channel> channel_;
  int count_ = 0;
  std::chrono::steady_clock::time_point begun_;
  uint64_t reads_ = 0;  // of the session when it was begun
};

}  // namespace wenming::gateway
