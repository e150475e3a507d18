#include "gateway/http/connection.h"

#include <array>
#include <utility>

#include "absl/strings/str_cat.h"
#include "gateway/errors/codes.h"

namespace wenming::gateway::http {
namespace {

// What may wait unread behind the request being handled; a client that pipelines more has to wait.
constexpr size_t kMaxWaiting = 64 * 1024;
constexpr std::chrono::milliseconds kLinger{1000};
constexpr char kContinue[] = "HTTP/1.1 100 Continue\r\n\r\n";

std::string Head(const Response& response, bool close) {
  std::string head = absl::StrCat("HTTP/1.1 ", response.status, " ", StatusPhrase(response.status), "\r\n");
  for (const auto& [name, value] : response.headers) absl::StrAppend(&head, name, ": ", value, "\r\n");
  if (response.status != 204 && response.status != 304) {
    absl::StrAppend(&head, "Content-Length: ", response.body.size(), "\r\n");
  }
  absl::StrAppend(&head, close ? "Connection: close\r\n" : "", "\r\n");
  return head;
}

}  // namespace

class Connection::Turn final : public Exchange {
 public:
  explicit Turn(Connection& connection) : Exchange(connection.peer_), connection_(connection.weak_from_this()) {}
  void Send(Response response) override {
    Settle();
    if (auto connection = connection_.lock()) connection->Answer(this, std::move(response));
  }
  using Exchange::Abort;

 private:
  const std::weak_ptr<Connection> connection_;
};

Connection::Connection(Socket socket, const Limits& limits, Handler& handler)
    : socket_(std::move(socket)), limits_(limits), handler_(handler), reader_(limits) {
  ErrorCode error;
  auto endpoint = socket_.remote_endpoint(error);
  if (!error) peer_ = endpoint.address().to_string();
}

void Connection::Start() {
  Await(limits_.head_time);
  Read();
}

void Connection::Read() {
  if (reading_ || !open_ || input_.size() - input_begin_ > kMaxWaiting) return;
  reading_ = true;
  socket_.async_read_some(asio::buffer(chunk_), [self = shared_from_this()](ErrorCode error, size_t size) {
    self->reading_ = false;
    if (error) return self->Close();
    if (self->lingering_) return self->Read();
    self->input_.append(self->chunk_, size);
    self->Process();
  });
}

// Hands the next complete request on, unless one is being handled, and goes on reading.
void Connection::Process() {
  if (!open_ || turn_ != nullptr || writing_) return Read();
  std::string_view input = std::string_view(input_).substr(input_begin_);
  auto result = reader_.Feed(input);
  input_begin_ = input_.size() - input.size();
  if (input_begin_ == input_.size()) {
    input_.clear();
    input_begin_ = 0;
  } else if (input_begin_ > kMaxWaiting) {
    // A client that always has the next request halfway here never lets it run empty.
    input_.erase(0, input_begin_);
    input_begin_ = 0;
  }
  if (auto* refusal = std::get_if<Refusal>(&result)) return Refuse(*refusal);

  auto stage = reader_.stage();
  if (stage == RequestReader::Stage::kReady) {
    Request request = reader_.Take();
    last_stage_ = RequestReader::Stage::kIdle;
    if (request.target.empty()) return Refuse(Refusal::kMalformed);
    keep_alive_ = request.keep_alive;
    head_only_ = request.method == "HEAD";
    turn_ = std::make_shared<Turn>(*this);
    handler_.Handle(std::move(request), turn_);
    return Read();
  }
  if (stage != last_stage_) {
    if (stage == RequestReader::Stage::kHead) Await(limits_.head_time);
    if (stage == RequestReader::Stage::kBody) Await(limits_.body_time);
    last_stage_ = stage;
  }
  if (stage == RequestReader::Stage::kBody && reader_.TakeExpectation()) return Write(kContinue, "", false);
  Read();
}

void Connection::Refuse(Refusal refusal) {
  turn_.reset();
  Response response = handler_.Refuse(refusal);
  std::string head = Head(response, /*close=*/true);
  Write(std::move(head), std::move(response.body), /*close=*/true);
}

void Connection::Answer(const Turn* turn, Response response) {
  if (!open_ || turn != turn_.get()) return;
  turn_.reset();
  bool close = response.close || !keep_alive_ || draining_;
  std::string head = Head(response, close);
  Write(std::move(head), head_only_ ? std::string() : std::move(response.body), close);
}

void Connection::Write(std::string head, std::string body, bool close) {
  writing_ = true;
  head_ = std::move(head);
  body_ = std::move(body);
  Await(limits_.write_time);
  std::array<asio::const_buffer, 2> buffers = {asio::buffer(head_), asio::buffer(body_)};
  asio::async_write(socket_, buffers, [self = shared_from_this(), close](ErrorCode error, size_t) {
    self->writing_ = false;
    if (error) return self->Close();
    if (close) return self->Linger();
    bool in_body = self->reader_.stage() == RequestReader::Stage::kBody;
    self->Await(in_body ? self->limits_.body_time : self->limits_.idle_time);
    self->Process();
  });
}

// Closing with unread bytes would make the kernel reset the connection, and the client lose the answer.
void Connection::Linger() {
  lingering_ = true;
  input_.clear();
  input_begin_ = 0;
  ErrorCode ignored;
  socket_.shutdown(Tcp::socket::shutdown_send, ignored);
  Await(kLinger);
  Read();
}

void Connection::Expire(Clock::time_point now) {
  if (!open_ || turn_ != nullptr || now < deadline_) return;
  bool halfway = !writing_ && !lingering_ && reader_.stage() != RequestReader::Stage::kIdle;
  if (halfway) return Refuse(Refusal::kTimeout);
  Close();
}

void Connection::Drain() {
  draining_ = true;
  bool idle = turn_ == nullptr && !writing_ && reader_.stage() == RequestReader::Stage::kIdle && input_.empty();
  if (idle) Close();
}

void Connection::Close() {
  if (!std::exchange(open_, false)) return;
  ErrorCode ignored;
  socket_.shutdown(Tcp::socket::shutdown_both, ignored);
  socket_.close(ignored);
  if (auto turn = std::exchange(turn_, nullptr)) turn->Abort();
}

}  // namespace wenming::gateway::http
