#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <string_view>

namespace wenming::gateway {

// Makes the ids that tie the traces and log lines of one request together. They are no secrets. Not thread-safe: one
// for each loop.
class IdSource {
 public:
  explicit IdSource(uint64_t seed) : random_(seed) {}

  // 32 hexadecimal digits.
  std::string RequestId();
  // The client's id when it is well-formed (8 to 64 letters, digits, '-' and '_'), else a new one.
  std::string RequestId(std::string_view from_client);
  // A W3C traceparent with a new span: within the given trace when that is valid, else of a new, sampled one.
  std::string TraceParent(std::string_view from_client);

 private:
  std::mt19937_64 random_;
};

}  // namespace wenming::gateway
