#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/limits/budget.h"

namespace wenming::gateway::http {

// A request that was read whole and checked. Header names are in lower case, values without surrounding blanks.
struct Request {
  std::string method;
  std::string target;  // begins with '/'
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  bool keep_alive = true;
  bool chunks = true;       // whether the client knows chunked bodies: not with HTTP/1.0
  limits::Share held = {};  // the body's bytes among those that may be held in all

  // The value of the first header of that (lower-case) name; empty when there is none.
  std::string_view Header(std::string_view name) const;
  std::string_view path() const { return std::string_view(target).substr(0, target.find('?')); }
  std::string_view query() const;
};

// An answer. Content-Length, Transfer-Encoding and Connection are the connection's business.
struct Response {
  int status = 200;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  bool close = false;  // closes the connection afterwards
};

// What a client may send, and how long it may take.
struct Limits {
  size_t head_bytes = 16 * 1024;
  size_t header_count = 100;
  size_t fields_bytes = 7 * 1024;  // of all header fields, 32 counted for each besides its name and value
  size_t body_bytes = 4 << 20;
  std::chrono::milliseconds head_time{10'000};  // from the first byte to the end of the head
  std::chrono::milliseconds body_time{30'000};
  std::chrono::milliseconds idle_time{75'000};  // between requests
  std::chrono::milliseconds write_time{30'000};
  std::chrono::milliseconds edge_idle_time{300'000};  // of a gRPC connection without a call
  size_t connections = 10'000;                        // of one listener
  limits::Budget* held = nullptr;                     // of all bodies, and answers not taken yet; null: no limit
};

// Why a request was refused before anybody could handle it.
enum class Refusal {
  kMalformed,
  kHeadTooLarge,
  kBodyTooLarge,
  kTimeout,
  kUnsupportedVersion,
  kUnsupportedCoding,  // a Transfer-Encoding other than chunked
  kUnmetExpectation,
  kNoRoom,      // for the body, among all that are held
  kOverloaded,  // no room for a connection more
};

// The HTTP status of a refusal.
int StatusOf(Refusal refusal);

}  // namespace wenming::gateway::http
