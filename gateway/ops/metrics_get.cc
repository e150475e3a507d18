#include "gateway/ops/metrics_get.h"

#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <memory>
#include <utility>

#include "gateway/net/endpoint_text.h"

namespace wenming::gateway::ops {
namespace {

namespace beast = boost::beast;
constexpr uint64_t kMostBytes = 16 << 20;

// Keeps itself alive until it is done.
class Get final : public std::enable_shared_from_this<Get> {
 public:
  using Done = absl::AnyInvocable<void(std::string text)>;

  Get(asio::io_context& loop, const Tcp::endpoint& endpoint, Done done)
      : stream_(loop.get_executor()), request_(beast::http::verb::get, "/metrics", 11), done_(std::move(done)) {
    request_.set(beast::http::field::host, TextOf(endpoint));
    request_.set(beast::http::field::connection, "close");
    answer_.body_limit(kMostBytes);
  }

  void Start(const Tcp::endpoint& endpoint) {
    stream_.async_connect(endpoint,
                          [self = shared_from_this()](ErrorCode error) { error ? self->done_({}) : self->Write(); });
  }

  // Closed, not cancelled: what was done already, and is only not told yet, would go on.
  void Stop() { stream_.close(); }

 private:
  void Write() {
    beast::http::async_write(stream_, request_, [self = shared_from_this()](ErrorCode error, size_t) {
      error ? self->done_({}) : self->Read();
    });
  }

  void Read() {
    beast::http::async_read(stream_, buffer_, answer_, [self = shared_from_this()](ErrorCode error, size_t) {
      const bool good = !error && self->answer_.get().result() == beast::http::status::ok;
      self->done_(good ? std::move(self->answer_.get().body()) : std::string());
    });
  }

  beast::basic_stream<Tcp, asio::io_context::executor_type> stream_;
  beast::http::request<beast::http::empty_body> request_;
  beast::http::response_parser<beast::http::string_body> answer_;
  beast::flat_buffer buffer_;
  Done done_;
};

}  // namespace

std::function<void()> GetMetrics(asio::io_context& loop, const Tcp::endpoint& endpoint,
                                 absl::AnyInvocable<void(std::string text)> done) {
  auto get = std::make_shared<Get>(loop, endpoint, std::move(done));
  get->Start(endpoint);
  return [weak = std::weak_ptr<Get>(get)] {
    if (auto running = weak.lock()) running->Stop();
  };
}

}  // namespace wenming::gateway::ops
