#include "gateway/http/connection.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "gateway/errors/codes.h"
#include "gateway/text.h"

namespace wenming::gateway::http {
namespace {

// What may wait unread behind the request being handled; a client that pipelines more has to wait.
constexpr size_t kMaxWaiting = 64 * 1024;
constexpr std::chrono::milliseconds kLinger{1000};
constexpr std::chrono::milliseconds kGrace{1000};
constexpr char kContinue[] = "HTTP/1.1 100 Continue\r\n\r\n";

// `framing` is the header that says where the body ends.
std::string Head(const Response& response, std::string_view framing, bool close) {
  std::string head;
  head.reserve(512);
  absl::StrAppend(&head, "HTTP/1.1 ", response.status, " ", StatusPhrase(response.status), "\r\n");
  for (const auto& [name, value] : response.headers) absl::StrAppend(&head, name, ": ", value, "\r\n");
  absl::StrAppend(&head, ToAbsl(framing), close ? "Connection: close\r\n" : "", "\r\n");
  return head;
}

std::string LengthOf(const Response& response) {
  bool bodiless = response.status == 204 || response.status == 304;
  return bodiless ? std::string() : absl::StrCat("Content-Length: ", response.body.size(), "\r\n");
}

}  // namespace

class Connection::Turn final : public Exchange {
 public:
  explicit Turn(Connection& connection) : Exchange(connection.peer_), connection_(connection.weak_from_this()) {}
  bool TakeRoom(size_t body) override {
    auto connection = connection_.lock();
    return connection == nullptr || connection->TakeRoom(this, body);
  }
  // Its body is shared by all.
  bool TakeRoomFor(const Prepared&) override { return true; }
  void Send(Response response) override {
    Settle();
    if (auto connection = connection_.lock()) connection->Answer(this, std::move(response), nullptr);
  }
  void SendPrepared(Response response, std::shared_ptr<const Prepared> prepared) override {
    Settle();
    if (auto connection = connection_.lock()) connection->Answer(this, std::move(response), std::move(prepared));
  }
  void Begin(Response response) override {
    if (auto connection = connection_.lock()) connection->Begin(this, std::move(response));
  }
  bool Write(std::string_view bytes) override {
    auto connection = connection_.lock();
    if (connection == nullptr || !connection->Streams(this)) return true;
    if (!connection->held_.Add(bytes.size())) return false;
    connection->stream_->Add(bytes);
    connection->Pump();
    return true;
  }
  void End() override { Finish(/*whole=*/true); }
  void Break() override { Finish(/*whole=*/false); }
  using Exchange::Abort;
  using Exchange::Drain;
  using Exchange::Reserve;
  using Exchange::Sent;

 private:
  void Finish(bool whole) {
    Settle();
    auto connection = connection_.lock();
    if (connection == nullptr || !connection->Streams(this)) return;
    connection->stream_->Finish(whole);
    connection->Pump();
  }

  const std::weak_ptr<Connection> connection_;
};

Connection::Connection(Transport transport, const Limits& limits, Handler& handler)
    : transport_(std::move(transport)),
      limits_(limits),
      handler_(handler),
      reader_(limits),
      peer_(transport_.PeerAddress()),
      held_(limits.held == nullptr ? limits::Share() : limits::Share(*limits.held)) {}

void Connection::Start() {
  Await(limits_.head_time);
  Read();
}

void Connection::TurnAway() { Refuse(Refusal::kOverloaded); }

void Connection::Read() {
  if (reading_ || !open_ || input_.size() - input_begin_ > kMaxWaiting) return;
  reading_ = true;
  transport_.ReadSome(asio::buffer(chunk_), [self = shared_from_this()](ErrorCode error, size_t size) {
    self->reading_ = false;
    if (!self->open_) return;
    if (error == asio::error::operation_aborted) return self->CloseIfIdle();
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
    used_ = true;
    if (request.target.empty()) return Refuse(Refusal::kMalformed);
    keep_alive_ = request.keep_alive;
    head_only_ = request.method == "HEAD";
    chunks_ = request.chunks;
    turn_ = std::make_shared<Turn>(*this);
    handler_.Handle(std::move(request), turn_);
    return Read();
  }
  if (stage != last_stage_) {
    if (stage == RequestReader::Stage::kHead) Await(limits_.head_time);
    if (stage == RequestReader::Stage::kBody) Await(limits_.body_time);
    last_stage_ = stage;
  }
  if (stage == RequestReader::Stage::kBody && reader_.TakeExpectation()) {
    return Write(kContinue, "", Then::kNextRequest);
  }
  Read();
}

void Connection::Refuse(Refusal refusal) {
  turn_.reset();
  Response response = handler_.Refuse(refusal);
  std::string head = Head(response, LengthOf(response), /*close=*/true);
  Write(std::move(head), std::move(response.body), Then::kLinger);
}

bool Connection::TakeRoom(const Turn* turn, size_t body) {
  return !Awaits(turn) || head_only_ || Turn::Reserve(held_, body);
}

void Connection::Answer(const Turn* turn, Response response, std::shared_ptr<const Prepared> prepared) {
  if (!Awaits(turn)) return;
  if (prepared == nullptr && !TakeRoom(turn, response.body.size())) return Refuse(Refusal::kNoRoom);
  turn_.reset();
  bool close = response.close || !keep_alive_ || last_;
  std::string head = Head(response, prepared == nullptr ? LengthOf(response) : prepared->text, close);
  if (!head_only_) prepared_ = std::move(prepared);
  Write(std::move(head), head_only_ ? std::string() : std::move(response.body),
        close ? Then::kLinger : Then::kNextRequest);
}

void Connection::Begin(const Turn* turn, Response response) {
  if (!Awaits(turn)) return;
  using Framing = StreamedBody::Framing;
  keep_alive_ = keep_alive_ && chunks_ && !response.close && !last_;
  stream_.emplace(head_only_ ? Framing::kNone : chunks_ ? Framing::kChunked : Framing::kUntilClose);
  Write(Head(response, chunks_ ? "Transfer-Encoding: chunked\r\n" : "", !keep_alive_), "", Then::kStream);
}

void Connection::Pump() {
  if (!open_ || writing_ || !stream_) return;
  if (auto piece = stream_->Next()) {
    payload_ = piece->payload;
    return Write(std::move(piece->head), std::move(piece->bytes), Then::kStream);
  }
  if (stream_->done()) FinishStream();
}

void Connection::FinishStream() {
  bool whole = stream_->whole();
  bool reset = !whole && stream_->framing() == StreamedBody::Framing::kUntilClose;
  stream_.reset();
  turn_.reset();
  if (reset) {
    transport_.Reset();
    return Close();
  }
  whole&& keep_alive_ ? NextRequest() : Linger();
}

void Connection::Write(std::string head, std::string body, Then then) {
  writing_ = true;
  head_ = std::move(head);
  body_ = std::move(body);
  Await(limits_.write_time);
  const std::string& sent_body = prepared_ == nullptr ? body_ : prepared_->body;
  transport_.Write({asio::buffer(head_), asio::buffer(sent_body)},
                   [self = shared_from_this(), then](ErrorCode error, size_t) {
                     self->writing_ = false;
                     self->prepared_.reset();
                     // With its memory: there may be many connections that wait for their next request.
                     std::exchange(self->body_, {});
                     error ? self->Close() : self->OnWritten(then);
                   });
}

void Connection::OnWritten(Then then) {
  const size_t payload = std::exchange(payload_, 0);
  then == Then::kStream ? held_.Remove(payload) : held_.Reset();
  if (then == Then::kLinger) return Linger();
  if (then == Then::kNextRequest) return NextRequest();
  auto turn = turn_;
  if (turn != nullptr) turn->Sent(payload);
  Pump();
}

void Connection::NextRequest() {
  bool in_body = reader_.stage() == RequestReader::Stage::kBody;
  Await(in_body ? limits_.body_time : limits_.idle_time);
  Process();
  if (draining_) Drain();
}

// Closing with unread bytes would make the kernel reset the connection, and the client lose the answer.
void Connection::Linger() {
  lingering_ = true;
  input_.clear();
  input_begin_ = 0;
  transport_.ShutdownSend(shared_from_this());
  Await(kLinger);
  Read();
}

void Connection::Expire(Clock::time_point now) {
  // How long an answer may take is the call's business; how long the client may take to read it is ours.
  bool answering = turn_ != nullptr && !writing_;
  if (!open_ || answering || now < deadline_) return;
  bool halfway = !writing_ && !lingering_ && reader_.stage() != RequestReader::Stage::kIdle;
  if (halfway) return Refuse(Refusal::kTimeout);
  Close();
}

void Connection::Drain() {
  draining_ = last_ = true;
  if (auto turn = turn_) return turn->Drain();
  if (!open_ || !idle()) return;
  if (!used_) deadline_ = std::min(deadline_, Clock::now() + kGrace);
  // A read that has just taken the beginning of a request must not lose it: only one that has taken nothing is aborted.
  if (used_) transport_.CancelRead();
}

bool Connection::idle() const {
  return turn_ == nullptr && !writing_ && !lingering_ && reader_.stage() == RequestReader::Stage::kIdle &&
         input_.empty();
}

void Connection::CloseIfIdle() {
  if (idle() && draining_ && !transport_.HasInput()) return Close();
  Read();
}

void Connection::Close() {
  if (!std::exchange(open_, false)) return;
  transport_.Close();
  stream_.reset();
  held_.Reset();
  if (auto turn = std::exchange(turn_, nullptr)) turn->Abort();
}

}  // namespace wenming::gateway::http
