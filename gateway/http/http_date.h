#pragma once

#include <ctime>
#include <string>

namespace wenming::gateway::http {

// "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110, 5.6.7).
std::string HttpDate(std::time_t time);

// The Date of answers, written anew once a second. Not thread-safe.
class DateText {
 public:
  const std::string& At(std::time_t now);

 private:
  std::time_t time_ = -1;
  std::string text_;
};

}  // namespace wenming::gateway::http
