#include "tests/gateway/support/fake_replica.h"

#include <algorithm>
#include <utility>

#include "gateway/h2/header_list.h"

namespace wenming::gateway {
namespace {

constexpr char kUnavailable[] = "14";
const h2::Headers kAnswered = {{":status", "200"}, {"content-type", "application/grpc"}};

// HealthCheckResponse with SERVING or NOT_SERVING.
std::string HealthFrame(bool ready) { return std::string("\0\0\0\0\x02\x08", 6) + (ready ? '\x01' : '\x02'); }

}  // namespace

class FakeReplica::Call final : public h2::StreamListener {
 public:
  Call(FakeReplica& replica, h2::Session& session, int32_t id) : replica_(replica), session_(session), id_(id) {}

  void OnHeaders(h2::Headers headers, bool) override {
    watches_ = *h2::FindHeader(headers, ":path") == "/grpc.health.v1.Health/Watch";
    if (!watches_) ++replica_.calls_;
  }
  void OnData(std::string_view bytes) override { message_ += bytes; }
  void OnEnd() override {
    if (watches_) return Watch();
    switch (replica_.mood_) {
      case Mood::kAnswer:
        session_.Respond(id_, kAnswered);
        session_.Write(id_, message_);
        return session_.End(id_, {{"grpc-status", "0"}});
      case Mood::kUnavailable:
        return Fail(kUnavailable, {});
      case Mood::kExcuse:
        return Fail(kUnavailable, {{"grpc-status-details-bin", "CA4"}});
      case Mood::kBreak:
        return session_.Close();
      case Mood::kRefuse:
        return session_.Reset(id_, NGHTTP2_REFUSED_STREAM);
      case Mood::kHold:
        return;
    }
  }
  void OnSent(size_t) override {}
  void OnClose(uint32_t) override { watches_ = false; }

  void Say(bool ready) {
    if (watches_) session_.Write(id_, HealthFrame(ready));
  }
  void EndWatch(int code) {
    if (watches_) session_.End(id_, {{"grpc-status", std::to_string(code)}});
  }

 private:
  void Watch() {
    ++replica_.watches_;
    if (replica_.watch_failure_) return Fail(std::to_string(*replica_.watch_failure_), {});
    session_.Respond(id_, kAnswered);
    Say(replica_.ready_);
  }
  void Fail(const std::string& code, const h2::Headers& details) {
    h2::Headers headers = kAnswered;
    headers.emplace_back("grpc-status", code);
    headers.insert(headers.end(), details.begin(), details.end());
    session_.RespondAndEnd(id_, headers);
  }

  FakeReplica& replica_;
  h2::Session& session_;
  const int32_t id_;
  std::string message_;
  bool watches_ = false;
};

class FakeReplica::Connection final : private h2::SessionListener {
 public:
  Connection(FakeReplica& replica, Socket socket)
      : replica_(replica), session_(h2::Session::Start(h2::Session::Role::kServer, std::move(socket), {}, this)) {}
  ~Connection() override {
    session_->Detach();
    session_->Close();
  }
  bool open() const { return session_->open(); }
  void Say(bool ready) {
    for (const auto& call : calls_) call->Say(ready);
  }
  void EndWatches(int code) {
    for (const auto& call : calls_) call->EndWatch(code);
  }

 private:
  std::shared_ptr<h2::StreamListener> OnStream(int32_t id) override {
    return calls_.emplace_back(std::make_shared<Call>(replica_, *session_, id));
  }
  void OnGoAway() override {}
  void OnClosed() override {}

  FakeReplica& replica_;
  std::vector<std::shared_ptr<Call>> calls_;
  const std::shared_ptr<h2::Session> session_;
};

FakeReplica::FakeReplica(asio::io_context& loop)
    : loop_(loop),
      acceptor_(loop, Tcp::endpoint(asio::ip::address_v4::loopback(), 0)),
      endpoint_(acceptor_.local_endpoint()) {
  Accept();
}

FakeReplica::~FakeReplica() { Die(); }

void FakeReplica::Accept() {
  auto socket = std::make_shared<Socket>(loop_.get_executor());
  acceptor_.async_accept(*socket, [this, socket](ErrorCode failed) {
    if (failed) return;
    connections_.push_back(std::make_unique<Connection>(*this, std::move(*socket)));
    Accept();
  });
}

void FakeReplica::SetReady(bool ready) {
  ready_ = ready;
  for (const auto& connection : connections_) connection->Say(ready);
}

void FakeReplica::FailWatches(std::optional<int> code) {
  watch_failure_ = code;
  if (!code) return;
  for (const auto& connection : connections_) connection->EndWatches(*code);
}

void FakeReplica::Die() {
  ErrorCode ignored;
  acceptor_.close(ignored);
  connections_.clear();
}

size_t FakeReplica::connections() const {
  return static_cast<size_t>(std::count_if(connections_.begin(), connections_.end(),
                                           [](const auto& connection) { return connection->open(); }));
}

}  // namespace wenming::gateway
