#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/http/exchange.h"
#include "gateway/http/handler.h"
#include "gateway/http/message.h"
#include "gateway/http/request_reader.h"
#include "gateway/http/served.h"
#include "gateway/http/streamed_body.h"
#include "gateway/limits/budget.h"
#include "gateway/net/transport.h"

namespace wenming::gateway::http {

// One HTTP/1.1 connection: reads requests, one after the other also when they come pipelined, and writes the answers.
// Belongs to its loop; keeps itself alive while the socket is open. A client that does not take what is written for
// longer than write_time is cut off.
class Connection final : public Served, public std::enable_shared_from_this<Connection> {
 public:
  // `limits` and `handler` must outlive the loop's run. TLS has shaken hands.
  Connection(Transport transport, const Limits& limits, Handler& handler);

  void Start();
  // In place of Start: answers that there is no room, and closes.
  void TurnAway();
  void Expire(Clock::time_point now) override;
  void Announce() override { last_ = true; }
  void Drain() override;
  void Close() override;
  bool open() const override { return open_; }
  // The memory held for what was read and not yet handled.
  size_t input_capacity() const { return input_.capacity(); }

 private:
  class Turn;  // the exchange of the request at hand
  void Read();
  void Process();
  void Refuse(Refusal refusal);
  void Linger();
  bool TakeRoom(const Turn* turn, size_t body);
  void Answer(const Turn* turn, Response response, std::shared_ptr<const Prepared> prepared);
  void Begin(const Turn* turn, Response response);
  // Whether it is the one to be answered, and nothing of the answer has been sent.
  bool Awaits(const Turn* turn) const { return open_ && turn == turn_.get() && !stream_; }
  bool Streams(const Turn* turn) const { return open_ && turn == turn_.get() && stream_.has_value(); }
  // Writes what the stream has, unless a write runs, and what its end asks for.
  void Pump();
  void FinishStream();

  enum class Then { kNextRequest, kLinger, kStream };
  void Write(std::string head, std::string body, Then then);
  void OnWritten(Then then);
  void NextRequest();
  bool idle() const;
  void CloseIfIdle();
  void Await(std::chrono::milliseconds limit) { deadline_ = Clock::now() + limit; }

  Transport transport_;
  const Limits& limits_;
  Handler& handler_;
  RequestReader reader_;
  std::string peer_;
  std::string input_;
  size_t input_begin_ = 0;
  char chunk_[8192];
  std::string head_;
  std::string body_;
  std::shared_ptr<const Prepared> prepared_;  // has the body instead
  std::shared_ptr<Turn> turn_;                // of the request being handled
  std::optional<StreamedBody> stream_;        // of its answer
  size_t payload_ = 0;                        // of the stream, in the write that runs
  limits::Share held_;                        // of the answer, until the client has taken it
  Clock::time_point deadline_;
  RequestReader::Stage last_stage_ = RequestReader::Stage::kIdle;
  bool reading_ = false;
  bool writing_ = false;
  bool keep_alive_ = true;
  bool head_only_ = false;
  bool chunks_ = true;
  bool used_ = false;  // there was a request
  bool last_ = false;  // the next answer is the connection's last
  bool draining_ = false;
  bool lingering_ = false;  // answered for the last time; what still comes is thrown away
  bool open_ = true;
};

}  // namespace wenming::gateway::http
