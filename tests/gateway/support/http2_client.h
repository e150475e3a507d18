#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/gateway/support/raw_http.h"

struct bio_st;
struct ssl_ctx_st;
struct nghttp2_session;

namespace wenming::gateway {

// An HTTP/2 client on TLS that agrees on "h2", sends the headers it is given as they are, and verifies nothing of the
// server. Reads and writes only while it is called; reads give up after ten seconds.
class Http2Client {
 public:
  using Headers = std::vector<std::pair<std::string, std::string>>;

  explicit Http2Client(uint16_t port);
  ~Http2Client();
  Http2Client(const Http2Client&) = delete;
  Http2Client& operator=(const Http2Client&) = delete;

  // The pseudo headers of a request, then `more`.
  static Headers Request(std::string_view method, std::string_view target, const Headers& more = {});

  // Sends a request and returns its stream; 0 when the connection takes no more. What of the body does not fit into the
  // windows goes out while something is received. `ends`: the request ends with its body.
  int32_t Start(const Headers& headers, std::string body = {}, bool ends = true);
  // The answer; with status 0 there was none. `whole`: the server has ended it, and has not reset it.
  RawResponse Receive(int32_t stream);
  // Reads until the answer has begun; its status.
  int ReceiveHead(int32_t stream);
  RawResponse Fetch(std::string_view method, std::string_view target, std::string body = {}, const Headers& more = {});
  // Reads until the server has reset the stream; with which code, nothing if the connection ended first.
  std::optional<uint32_t> ResetCode(int32_t stream);
  // Sends more of a body that has not ended. Whether the answer has begun.
  bool SendMore(int32_t stream, std::string_view bytes);
  void Reset(int32_t stream, uint32_t error_code);
  // Reads until the server asks to open no more streams here; false if the connection ended without that.
  bool AskedToLeave();
  // Reads until the server closes; false if it does not.
  bool ClosedByServer();
  // Whether a new stream may be opened, as far as we have read.
  bool usable() const { return !closed_ && !leaving_; }

 private:
  struct Stream {
    RawResponse response{.status = 0, .headers = {}, .body = {}, .whole = false};
    std::string body;
    size_t sent = 0;
    bool ends = true;
    bool gone = false;
    std::optional<uint32_t> reset;
  };
  struct Callbacks;

  void Flush();
  // One read and what it brings; false when the connection has ended or time is over.
  bool Pump();

  std::unique_ptr<ssl_ctx_st, void (*)(ssl_ctx_st*)> context_;
  std::unique_ptr<bio_st, void (*)(bio_st*)> bio_;
  nghttp2_session* session_ = nullptr;
  std::map<int32_t, Stream> streams_;
  bool leaving_ = false;
  bool closed_ = false;
  bool late_ = false;
};

}  // namespace wenming::gateway
