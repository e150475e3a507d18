// What a stranger sends to an HTTP/2 session of ours as the server, after a preface that is in order, or without one
// when the first byte is odd; and what a request of HTTP is made of it.

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <variant>

#include "gateway/h2/session.h"
#include "gateway/http2/request_head.h"
#include "tests/fuzz/check.h"

namespace wenming::gateway::h2 {
namespace {

constexpr uint32_t kMostBytes = 1024;
constexpr size_t kMostFields = 20;
constexpr size_t kMostIdleFrames = 8;
constexpr std::string_view kPreface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
constexpr std::string_view kSettings("\0\0\0\4\0\0\0\0\0", 9);

// Whatever the fields say, a request is none that HTTP/1.1 would not have let through.
void CheckRequest(const Headers& fields) {
  const http::Limits limits{.header_count = 10, .fields_bytes = kMostBytes / 2, .body_bytes = 100};
  const auto read = http2::RequestOf(fields, limits);
  const auto* request = std::get_if<http::Request>(&read);
  if (request == nullptr) return;
  fuzz::Check(request->target[0] == '/', "a target is a path");
  fuzz::Check(request->headers.size() <= limits.header_count, "there are as many headers as there may be");
  size_t bytes = 0;
  int hosts = 0;
  for (const auto& [name, value] : request->headers) {
    bytes += name.size() + value.size() + 32;
    hosts += name == "host" ? 1 : 0;
    fuzz::Check(name[0] != ':', "pseudo headers are no headers");
  }
  fuzz::Check(bytes <= limits.fields_bytes, "headers are as large as they may be");
  fuzz::Check(hosts == 1, "one host");
}

// Answers every request when it is complete, and sees to it that the session keeps its word.
class Server final : public SessionListener {
 public:
  ~Server() override { fuzz::Check(running_ == 0, "every stream is told of its end"); }
  void Serve(std::shared_ptr<Session> session) { session_ = std::move(session); }
  void Leave() { session_.reset(); }

  std::shared_ptr<StreamListener> OnStream(int32_t id) override {
    fuzz::Check(id % 2 == 1, "a client opens odd streams");
    fuzz::Check(ids_.insert(id).second, "a stream is opened once");
    ++running_;
    return std::make_shared<Stream>(*this, id);
  }
  void OnGoAway() override {}
  void OnClosed() override { fuzz::Check(!closed_, "a session ends once"), closed_ = true; }

 private:
  class Stream final : public StreamListener {
   public:
    Stream(Server& server, int32_t id) : server_(server), id_(id) {}
    void OnHeaders(Headers headers, bool trailers) override {
      fuzz::Check(!closed_ && trailers == std::exchange(had_headers_, true), "headers come first and once");
      fuzz::Check(headers.size() <= kMostFields, "there are as many fields as there may be");
      size_t bytes = 0;
      for (const auto& [name, value] : headers) {
        bytes += name.size() + value.size() + 32;
        const bool upper = std::any_of(name.begin(), name.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
        fuzz::Check(!name.empty() && !upper, "names are in lower case");
        fuzz::Check(value.find_first_of(std::string_view("\r\n\0", 3)) == std::string::npos, "values are on one line");
      }
      fuzz::Check(bytes <= kMostBytes, "fields are as large as they may be");
      if (!trailers) CheckRequest(headers);
    }
    void OnData(std::string_view bytes) override {
      fuzz::Check(had_headers_ && !ended_ && !closed_, "a body comes between the headers and the end");
      server_.session_->Consume(id_, bytes.size());
    }
    void OnEnd() override {
      fuzz::Check(had_headers_ && !std::exchange(ended_, true), "a stream ends once");
      server_.session_->Respond(id_, {{":status", "200"}});
      server_.session_->Write(id_, "hello");
      server_.session_->End(id_, {{"grpc-status", "0"}});
    }
    void OnSent(size_t) override { fuzz::Check(!closed_, "nothing is sent on a stream that is gone"); }
    void OnClose(uint32_t) override {
      fuzz::Check(!std::exchange(closed_, true), "a stream is gone once");
      --server_.running_;
    }

   private:
    Server& server_;
    const int32_t id_;
    bool had_headers_ = false;
    bool ended_ = false;
    bool closed_ = false;
  };

  std::shared_ptr<Session> session_;
  std::set<int32_t> ids_;
  int running_ = 0;
  bool closed_ = false;
};

void Send(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return;
    bytes.remove_prefix(static_cast<size_t>(sent));
  }
}

void Run(std::string_view input) {
  if (input.empty()) return;
  int ends[2];
  fuzz::Check(socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0, "there are sockets");
  if (static_cast<unsigned char>(input[0]) % 2 == 0) Send(ends[0], std::string(kPreface).append(kSettings));
  Send(ends[0], input.substr(1));
  shutdown(ends[0], SHUT_WR);

  Server server;
  asio::io_context loop(1);
  Socket socket(loop.get_executor(), Tcp::v4(), ends[1]);
  const SessionOptions options{.max_concurrent_streams = 8,
                               .max_header_bytes = kMostBytes,
                               .max_header_count = kMostFields,
                               .max_idle_frames = kMostIdleFrames};
  auto session = Session::Start(Session::Role::kServer, std::move(socket), options, &server);
  server.Serve(session);
  loop.run();
  fuzz::Check(!session->open(), "the session ends with its client");
  server.Leave();
  close(ends[0]);
}

}  // namespace
}  // namespace wenming::gateway::h2

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  wenming::gateway::h2::Run({reinterpret_cast<const char*>(data), size});
  return 0;
}
