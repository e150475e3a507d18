#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "tests/gateway/support/raw_http.h"

namespace wenming::gateway {

// HTTP/2 by the byte (RFC 9113, RFC 7541), also as nobody should send it.
namespace raw_h2 {

inline constexpr std::string_view kPreface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

enum Type : uint8_t {
  kData = 0,
  kHeaders = 1,
  kPriority = 2,
  kRstStream = 3,
  kSettings = 4,
  kPushPromise = 5,
  kPing = 6,
  kGoAway = 7,
  kWindowUpdate = 8,
  kContinuation = 9,
};

inline constexpr uint8_t kEndStream = 1;
inline constexpr uint8_t kAck = 1;
inline constexpr uint8_t kEndHeaders = 4;

std::string Frame(uint8_t type, uint8_t flags, uint32_t stream, std::string_view payload = {});
// A number of 32 bits, as frames have it.
std::string Number(uint32_t value);
std::string Setting(uint16_t id, uint32_t value);
std::string Reset(uint32_t stream);

// A field by its name, which stays out of the table or comes into it.
std::string Field(std::string_view name, std::string_view value);
std::string IndexedField(std::string_view name, std::string_view value);
// A field of the table; the first entry of the dynamic part has 62.
std::string FromTable(uint32_t index);
// The header block of a gRPC call to a method of the library, without end.
std::string CallFields(std::string_view method);
// A whole call: the block, `more` fields, and a message.
std::string Call(uint32_t stream, std::string_view method, std::string_view more = {}, std::string_view message = {});

}  // namespace raw_h2

// What a server does to a client of that kind. Reads give up after ten seconds.
class RawH2Client {
 public:
  // Says the preface and `settings`.
  explicit RawH2Client(uint16_t port, std::string_view settings = {});

  void Send(std::string_view bytes) { connection_.Send(bytes); }

  struct Seen {
    bool closed = false;                    // the server has closed the connection
    std::optional<uint32_t> go_away;        // its error code
    std::map<uint32_t, uint32_t> resets;    // error codes by stream
    std::map<uint32_t, std::string> ended;  // data of streams that came to their end
    int pings = 0;                          // that were answered
  };
  // Reads until the connection ends.
  const Seen& ReadToEnd();
  // Reads until the stream has ended or was reset, or the connection has ended.
  const Seen& ReadStream(uint32_t stream);
  // Reads until a PING was answered, or the connection has ended.
  const Seen& ReadPing();
  const Seen& seen() const { return seen_; }

 private:
  bool ReadFrame();

  RawConnection connection_;
  Seen seen_;
  std::map<uint32_t, std::string> data_;
};

}  // namespace wenming::gateway
